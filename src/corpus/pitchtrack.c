/*
 * A pitch tracker after Talkin's RAPT (1995): peaks of the normalised cross-correlation at a low
 * rate, refined at the full one, and dynamic programming over the whole recording.
 */
#include "config.h"

#include "corpus/pitchtrack.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/audio.h"
#include "base/mem.h"
#include "base/number.h"

/* The harmonics that decide lie below 1.3 kHz, so a quarter of the rate does, and noise above
 * cannot disturb. */
#define FRAMES_A_LOOK 64 /* between two looks at a flag */
#define DECIMATION    4
#define RATE          (AUDIO_RATE / DECIMATION)
#define CUTOFF_HZ     1300.0
#define TAPS          49

/* Frames are twice as dense as the values: pitch moves less from one to the next. */
#define STEP    (RATE / 100)
#define DENSITY 2
#define WINDOW  (RATE / 40) /* samples that are correlated: 25 ms */
#define MAX_LAG (RATE / 40 + 2 + SIDE)
#define REGION  (WINDOW + MAX_LAG)
#define SIDE    4 /* lags to either side that tell what is between two */

#define CANDIDATES 7
#define UNVOICED   CANDIDATES /* the last state of a frame */
#define STATES     (CANDIDATES + 1)

/* Scores are correlations, at most 1 a frame; costs are taken from them. */
#define VOICING      0.5f   /* score of a frame without pitch */
#define OCTAVE       0.03f  /* for each octave below the highest F0: of equal peaks the first */
#define OCTAVE_JUMP  0.5f   /* for each octave from frame to frame */
#define VOICE_SWITCH 0.14f  /* for a change between pitch and none */
#define ROUNDING     1e-10f /* power, of that of the mean, which is but the mean's rounding */
#define FLOOR        0.001f /* power, of that of loud frames, which halves a correlation */

struct candidate {
    float octave, score; /* log2 of Hz; correlation less the cost of its octave */
};

struct frame {
    struct candidate candidate[CANDIDATES]; /* by score, best first */
    uint8_t count;
    uint8_t from[STATES]; /* best state of the frame before, for each of this one's */
};

struct tracker {
    float *low; /* [count] at RATE, less the mean of all samples */
    size_t count;
    float mean;
    size_t frames; /* frame j lies around sample (j + 1) * STEP */
    struct frame *frame;
    float min_hz, max_hz;
    size_t min_lag, max_lag; /* peaks are looked for between these */
    float power;             /* mean square of loud frames */
};

size_t pitchtrack_frames(size_t samples)
{
    const size_t step = (size_t)(PITCHTRACK_PERIOD * AUDIO_RATE + 0.5);
    return samples / step + (samples % step > step / 2);
}

/* Eight sums that the compiler keeps in registers; in this order on every machine. */
static float pitchtrack_dot(const float *a, const float *b, size_t n)
{
    float sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++)
            sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum[0] += a[i] * b[i];
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* Low-pass filter of linear phase: a sinc under a Hamming window. */
static void pitchtrack_make_filter(float tap[TAPS])
{
    double w = 2 * M_PI * CUTOFF_HZ / AUDIO_RATE, sum = 0;
    for (int i = 0; i < TAPS; i++) {
        int t = i - TAPS / 2;
        double sinc = t ? sin(w * t) / (M_PI * t) : w / M_PI;
        double value = sinc * (0.54 + 0.46 * cos(2 * M_PI * t / (TAPS - 1)));
        tap[i] = (float)value;
        sum += value;
    }
    for (int i = 0; i < TAPS; i++)
        tap[i] = (float)(tap[i] / sum);
}

/* Low-pass filters the samples and keeps every DECIMATION-th, without their mean. Beyond the ends
 * the mean stands in for samples, so that there is no step; the taps add up to 1, which makes it
 * drop out. */
static void pitchtrack_decimate(struct tracker *t, const float *samples, size_t n)
{
    float tap[TAPS], edge[TAPS];
    double sum = 0;
    pitchtrack_make_filter(tap);
    for (size_t i = 0; i < n; i++)
        sum += samples[i];
    t->mean = (float)(sum / (double)n);
    for (size_t i = 0; i < t->count; i++) {
        size_t at = i * DECIMATION; /* the filter's middle */
        const float *from = edge;
        if (at >= TAPS / 2 && at + TAPS / 2 < n)
            from = samples + (at - TAPS / 2);
        else
            for (size_t k = 0; k < TAPS; k++) {
                size_t s = at + k - TAPS / 2; /* wraps below 0, and then is beyond N too */
                edge[k] = s < n ? samples[s] : t->mean;
            }
        t->low[i] = pitchtrack_dot(tap, from, TAPS) - t->mean;
    }
}

/* The REGION samples around frame J without their mean; zeros where there are none. */
static void pitchtrack_cut(const struct tracker *t, size_t j, float region[REGION])
{
    size_t middle = (j + 1) * STEP, first = middle < REGION / 2 ? REGION / 2 - middle : 0;
    size_t begin = middle + first - REGION / 2, end = middle + REGION / 2;
    if (end > t->count)
        end = t->count;
    size_t n = end > begin ? end - begin : 0;
    float mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += t->low[begin + i];
    mean = n ? mean / (float)n : 0;
    memset(region, 0, REGION * sizeof *region);
    for (size_t i = 0; i < n; i++)
        region[first + i] = t->low[begin + i] - mean;
}

static int pitchtrack_by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The power that one frame in twenty exceeds: what is faint compared with it is no voice, whatever
 * the recording's level, and a click decides nothing. */
static bool pitchtrack_find_power(struct tracker *t)
{
    float region[REGION], *power = mem_array(t->frames, sizeof *power);
    if (!power)
        return false;
    for (size_t j = 0; j < t->frames; j++) {
        pitchtrack_cut(t, j, region);
        const float *window = region + (REGION - WINDOW) / 2;
        power[j] = pitchtrack_dot(window, window, WINDOW) / WINDOW;
    }
    qsort(power, t->frames, sizeof *power, pitchtrack_by_value);
    t->power = power[t->frames - 1 - t->frames / 20];
    if (!(t->power > ROUNDING * t->mean * t->mean))
        t->power = 0;
    free(power);
    return true;
}

/*
 * Normalised cross-correlation of REGION with itself (Talkin 1995, eq. 5), both windows at equal
 * distances from the middle, so that no lag looks further ahead than another.
 */
static void pitchtrack_correlate(const struct tracker *t, const float region[REGION], float *r)
{
    float energy[REGION + 1];
    float least = FLOOR * t->power * WINDOW;
    energy[0] = 0;
    for (size_t i = 0; i < REGION; i++)
        energy[i + 1] = energy[i] + region[i] * region[i];
    for (size_t lag = t->min_lag - SIDE + 1; lag <= t->max_lag + SIDE; lag++) {
        size_t a = (REGION - WINDOW - lag) / 2, b = a + lag;
        float left = energy[a + WINDOW] - energy[a], right = energy[b + WINDOW] - energy[b];
        r[lag] = pitchtrack_dot(region + a, region + b, WINDOW) / (sqrtf(left * right) + least);
    }
}

/* Puts C among the best; at equal scores the one found first stays ahead. */
static void pitchtrack_keep(struct frame *f, struct candidate c)
{
    size_t i = f->count < CANDIDATES ? f->count++ : CANDIDATES;
    for (; i > 0 && f->candidate[i - 1].score < c.score; i--)
        if (i < CANDIDATES)
            f->candidate[i] = f->candidate[i - 1];
    if (i < CANDIDATES)
        f->candidate[i] = c;
}

/* Correlation in the middle between LAG and the next, by a sinc under a Hann window: peaks of sharp
 * sounds are lower at the lags themselves, and not all by as much. */
static float pitchtrack_between(const float *r, size_t lag)
{
    static const float tap[SIDE] = {0.6105329f, -0.1462624f, 0.0391804f, -0.0034509f};
    float sum = 0;
    for (size_t k = 0; k < SIDE; k++)
        sum += tap[k] * (r[lag - k] + r[lag + 1 + k]);
    return sum;
}

/* Peaks, by the parabola through three correlations half a lag apart. */
static void pitchtrack_find_candidates(const struct tracker *t, const float *r, struct frame *f)
{
    float a = r[t->min_lag], b = pitchtrack_between(r, t->min_lag), c;
    f->count = 0;
    for (size_t i = 2 * t->min_lag + 1; i < 2 * t->max_lag; i++, a = b, b = c) {
        c = i % 2 ? r[i / 2 + 1] : pitchtrack_between(r, i / 2);
        if (!(b > VOICING / 2 && b > a && b >= c)) /* nor where they are no numbers */
            continue;
        float shift = (a - c) / (2 * (a - 2 * b + c));
        float hz = 2 * RATE / ((float)i + shift), peak = fminf(b - (a - c) * shift / 4, 1);
        if (!(hz >= t->min_hz && hz <= t->max_hz))
            continue;
        pitchtrack_keep(f, (struct candidate){log2f(hz), peak - OCTAVE * log2f(t->max_hz / hz)});
    }
}

/* The best way to each state of F, TOTAL [STATES] being those to the states of PREVIOUS. */
static void pitchtrack_extend(const struct frame *previous, struct frame *f, float total[STATES])
{
    float next[STATES];
    for (size_t s = 0; s < STATES; s++) {
        next[s] = -INFINITY;
        f->from[s] = UNVOICED;
        if (s != UNVOICED && s >= f->count)
            continue;
        for (size_t p = 0; p < STATES; p++) {
            float cost = 0;
            if ((s == UNVOICED) != (p == UNVOICED))
                cost = VOICE_SWITCH;
            else if (s != UNVOICED && p < previous->count)
                cost = OCTAVE_JUMP * fabsf(f->candidate[s].octave - previous->candidate[p].octave);
            if (total[p] - cost > next[s]) {
                next[s] = total[p] - cost;
                f->from[s] = (uint8_t)p;
            }
        }
        next[s] += s == UNVOICED ? VOICING : f->candidate[s].score;
    }
    memcpy(total, next, sizeof next);
}

static float pitchtrack_rounded(float octave)
{
    return (float)(rint(exp2(octave) * PITCHTRACK_STEPS) / PITCHTRACK_STEPS);
}

/* Values from the best path: Viterbi's backward pass over all frames. */
static void pitchtrack_choose(struct tracker *t, float *f0, size_t values)
{
    static const struct frame silence; /* before the first frame */
    float total[STATES];
    for (size_t s = 0; s < STATES; s++)
        total[s] = s == UNVOICED ? 0 : -INFINITY;
    for (size_t j = 0; j < t->frames; j++)
        pitchtrack_extend(j ? &t->frame[j - 1] : &silence, &t->frame[j], total);
    size_t state = UNVOICED;
    for (size_t s = 0; s < STATES; s++)
        if (total[s] > total[state])
            state = s;
    for (size_t j = t->frames; j-- > 0; state = t->frame[j].from[state])
        if (j % DENSITY == 0 && j / DENSITY < values)
            f0[j / DENSITY] =
                state == UNVOICED ? 0 : pitchtrack_rounded(t->frame[j].candidate[state].octave);
}

static enum status pitchtrack_set_range(struct tracker *t, const struct pitchtrack_options *o,
                                        struct err *err)
{
    static const struct pitchtrack_options defaults = PITCHTRACK_DEFAULTS;
    if (!o)
        o = &defaults;
    if (!(o->min_hz >= 40 && o->max_hz <= PITCHTRACK_MAX_HZ && o->max_hz >= 2 * o->min_hz))
        return err_set(err, STATUS_USAGE,
                       "pitch between %s and %s Hz: 40 to 800 Hz, an octave at least, is possible",
                       number_short(o->min_hz, 6).text, number_short(o->max_hz, 6).text);
    t->min_hz = (float)o->min_hz;
    t->max_hz = (float)o->max_hz;
    t->min_lag = (size_t)(RATE / o->max_hz) - 1;
    t->max_lag = (size_t)(RATE / o->min_hz) + 2;
    return STATUS_OK;
}

enum status pitchtrack_run(const float *samples, size_t n, const struct pitchtrack_options *options,
                           float *f0, const struct cancel *cancel, struct err *err)
{
    size_t values = pitchtrack_frames(n);
    struct tracker t = {.count = n / DECIMATION, .frames = values ? DENSITY * values - 1 : 0};
    enum status code = pitchtrack_set_range(&t, options, err);
    if (code || values == 0)
        return code;
    t.low = mem_array(t.count, sizeof *t.low);
    t.frame = mem_array(t.frames, sizeof *t.frame);
    if (!t.low || !t.frame) {
        code = err_nomem(err);
        goto out;
    }
    pitchtrack_decimate(&t, samples, n);
    if (!pitchtrack_find_power(&t)) {
        code = err_nomem(err);
        goto out;
    }
    for (size_t j = 0; j < t.frames; j++) {
        float region[REGION], r[MAX_LAG + 1];
        if (j % FRAMES_A_LOOK == 0 && (code = cancel_check(cancel, err)))
            goto out;
        t.frame[j].count = 0;
        if (t.power > 0) {
            pitchtrack_cut(&t, j, region);
            pitchtrack_correlate(&t, region, r);
            pitchtrack_find_candidates(&t, r, &t.frame[j]);
        }
    }
    pitchtrack_choose(&t, f0, values);
out:
    free(t.low);
    free(t.frame);
    return code;
}
