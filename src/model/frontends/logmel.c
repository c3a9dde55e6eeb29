/*
 * Log-mel spectra as Kaldi computes them, with the settings of torchaudio's compliance.kaldi.fbank
 * (logmel.h), in double precision up to the logarithm.  The FFT of 512 real points, by one of 256
 * complex points, is written out here: libraries for it are under the GPL or large for one size.
 */
#include "config.h"

#include "model/frontends/logmel.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* Settings of the published features; all others are defaults of Kaldi's fbank. */
#define PREEMPHASIS   0.97
#define LOW_HZ        20.0
#define HIGH_HZ       8000.0
#define RATE_HZ       16000.0
#define INT16_SCALE   32768.0 /* Kaldi works on 16-bit integers */
#define HALF          (LOGMEL_FFT / 2)
#define FRAMES_A_LOOK 256                    /* between two looks at a flag: about a millisecond */
#define ENERGY_FLOOR  1.1920928955078125e-07 /* float's epsilon, before the logarithm */

struct logmel {
    uint32_t bins;
    double window[LOGMEL_WINDOW];
    double cosine[HALF], sine[HALF]; /* of 2 pi k / LOGMEL_FFT */
    uint16_t reversed[HALF];         /* bit reversal of the complex transform of half size */
    uint32_t *first, *last; /* [bins] bins of the spectrum with weight > 0: first .. last-1 */
    double *weight;         /* [bins][HALF] */
};

/* The mel scale of HTK and Kaldi. */
static double logmel_mel(double hz)
{
    return 1127.0 * log(1.0 + hz / 700.0);
}

/* Triangles with corners equally spaced in mel and sides linear in mel, not in hertz. */
static void logmel_make_filters(struct logmel *m)
{
    double low = logmel_mel(LOW_HZ), step = (logmel_mel(HIGH_HZ) - low) / (m->bins + 1);
    for (uint32_t b = 0; b < m->bins; b++) {
        double left = low + b * step, centre = left + step, right = centre + step;
        double *w = m->weight + (size_t)b * HALF;
        m->first[b] = HALF;
        m->last[b] = 0;
        for (uint32_t k = 0; k < HALF; k++) {
            double at = logmel_mel(k * RATE_HZ / LOGMEL_FFT);
            double up = (at - left) / (centre - left), down = (right - at) / (right - centre);
            double v = up < down ? up : down;
            w[k] = v > 0 ? v : 0;
            if (v > 0) {
                m->first[b] = k < m->first[b] ? k : m->first[b];
                m->last[b] = k + 1;
            }
        }
    }
}

/* The window, the twiddle factors and the order of the transform's input. */
static void logmel_make_tables(struct logmel *m)
{
    /* Symmetric Hamming window: 0.54 - 0.46 cos(2 pi n / (N - 1)). */
    for (int n = 0; n < LOGMEL_WINDOW; n++)
        m->window[n] = 0.54 - 0.46 * cos(2 * M_PI * n / (LOGMEL_WINDOW - 1));
    for (int k = 0; k < HALF; k++) {
        m->cosine[k] = cos(2 * M_PI * k / LOGMEL_FFT);
        m->sine[k] = sin(2 * M_PI * k / LOGMEL_FFT);
    }
    for (unsigned i = 0; i < HALF; i++) {
        unsigned r = 0;
        for (unsigned bit = 1; bit < HALF; bit <<= 1)
            r = r << 1 | ((i & bit) != 0);
        m->reversed[i] = (uint16_t)r;
    }
}

/* In-place complex transform of HALF points given in bit-reversed order, RE and IM. */
static void logmel_fft(const struct logmel *m, double *re, double *im)
{
    for (size_t half = 1; half < HALF; half *= 2) {
        /* The table is for LOGMEL_FFT points, so a step of LOGMEL_FFT / (2 half). */
        size_t step = LOGMEL_FFT / (2 * half);
        for (size_t base = 0; base < HALF; base += 2 * half)
            for (size_t k = 0; k < half; k++) {
                double c = m->cosine[k * step], s = m->sine[k * step];
                size_t i = base + k, j = i + half;
                double xr = re[j] * c + im[j] * s, xi = im[j] * c - re[j] * s;
                re[j] = re[i] - xr;
                im[j] = im[i] - xi;
                re[i] += xr;
                im[i] += xi;
            }
    }
}

/*
 * Power spectrum of the real sequence X [LOGMEL_FFT] below the Nyquist frequency, POWER [HALF]:
 * even and odd samples make one complex transform of half the size, which is then taken apart.
 */
static void power_spectrum(const struct logmel *m, const double *x, double *power)
{
    double re[HALF], im[HALF];
    for (size_t i = 0; i < HALF; i++) {
        re[m->reversed[i]] = x[2 * i];
        im[m->reversed[i]] = x[2 * i + 1];
    }
    logmel_fft(m, re, im);
    for (size_t k = 0; k < HALF; k++) {
        size_t other = (HALF - k) % HALF;
        double even_re = (re[k] + re[other]) / 2, even_im = (im[k] - im[other]) / 2;
        double odd_re = (im[k] + im[other]) / 2, odd_im = (re[other] - re[k]) / 2;
        double c = m->cosine[k], s = m->sine[k];
        double sum_re = even_re + odd_re * c + odd_im * s;
        double sum_im = even_im + odd_im * c - odd_re * s;
        power[k] = sum_re * sum_re + sum_im * sum_im;
    }
}

/* One frame of LOGMEL_WINDOW samples into OUT [bins]. */
static void run_frame(const struct logmel *m, const float *samples, float *out)
{
    double x[LOGMEL_FFT] = {0}, power[HALF], mean = 0;
    for (int n = 0; n < LOGMEL_WINDOW; n++) {
        x[n] = samples[n] * INT16_SCALE;
        mean += x[n];
    }
    mean /= LOGMEL_WINDOW;
    /* Backwards, so that x[n - 1] is still the unfiltered sample; x[-1] = x[0]. */
    for (int n = LOGMEL_WINDOW - 1; n >= 0; n--) {
        double before = x[n ? n - 1 : 0] - mean;
        x[n] = (x[n] - mean - PREEMPHASIS * before) * m->window[n];
    }
    power_spectrum(m, x, power);
    for (uint32_t b = 0; b < m->bins; b++) {
        const double *w = m->weight + (size_t)b * HALF;
        double energy = 0;
        for (uint32_t k = m->first[b]; k < m->last[b]; k++)
            energy += w[k] * power[k];
        out[b] = (float)log(energy > ENERGY_FLOOR ? energy : ENERGY_FLOOR);
    }
}

enum status logmel_new(struct logmel **out, uint32_t bins, struct err *err)
{
    if (bins < 1 || bins > 128)
        return err_set(err, STATUS_UNSUPPORTED, "%u log-mel bins", bins);
    struct logmel *m = mem_zeros(1, sizeof *m);
    if (!m)
        return err_nomem(err);
    m->bins = bins;
    m->first = mem_array(bins, sizeof *m->first);
    m->last = mem_array(bins, sizeof *m->last);
    m->weight = mem_array((size_t)bins * HALF, sizeof *m->weight);
    if (!m->first || !m->last || !m->weight) {
        logmel_free(m);
        return err_nomem(err);
    }
    logmel_make_tables(m);
    logmel_make_filters(m);
    *out = m;
    return STATUS_OK;
}

void logmel_free(struct logmel *m)
{
    if (!m)
        return;
    free(m->first);
    free(m->last);
    free(m->weight);
    free(m);
}

size_t logmel_frames(size_t samples)
{
    return samples < LOGMEL_WINDOW ? 0 : (samples - LOGMEL_WINDOW) / LOGMEL_HOP + 1;
}

enum status logmel_run(const struct logmel *m, const float *samples, size_t n, float *out,
                       const struct cancel *cancel, struct err *err)
{
    size_t frames = logmel_frames(n);
    for (size_t t = 0; t < frames; t++) {
        enum status code = t % FRAMES_A_LOOK == 0 ? cancel_check(cancel, err) : STATUS_OK;
        if (code)
            return code;
        run_frame(m, samples + t * LOGMEL_HOP, out + t * m->bins);
    }
    return STATUS_OK;
}
