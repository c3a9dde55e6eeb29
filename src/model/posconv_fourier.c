/*
 * Positional convolutions with many taps by Fourier transforms (overlap-save): 128 taps take about
 * a twentieth of the arithmetic that way.
 *
 * A piece of KERNELS_FOURIER frames gives KERNELS_FOURIER - kernel + 1 frames of the result.  Two
 * pieces are transformed at once, as the real and the imaginary part of one series: the taps are
 * real, so the results come out apart again.
 */
#include "config.h"

#include "model/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SIZE KERNELS_FOURIER
/* Fewer taps are quicker one by one. */
#define FEWEST_TAPS 32

bool pos_conv_is_long(const struct pos_conv *p)
{
    return !p->batch_norm && p->kernel >= FEWEST_TAPS && p->kernel <= SIZE / 2;
}

static size_t fourier_vectors(const struct kernels *kn, size_t channels)
{
    return (channels + kn->lanes - 1) / kn->lanes;
}

/* Floats of one group's filters: [SIZE / 2 + 1][channels][vectors][re, im][lanes]. */
static size_t fourier_filter_size(const struct kernels *kn, size_t channels)
{
    return (SIZE / 2 + 1) * channels * fourier_vectors(kn, channels) * 2 * kn->lanes;
}

/* The filters of input I for vector J of outputs: conjugate, since a convolution here looks ahead,
 * and divided by SIZE, which the transform back multiplies with. */
static void fourier_make_filters(const struct model *m, const float *taps, size_t channels,
                                 size_t i, size_t j, float *work, float *filters)
{
    const struct kernels *kn = m->kn;
    const struct pos_conv *p = &m->encoder.pos;
    size_t lanes = kn->lanes, all = fourier_vectors(kn, channels);
    float *re = work, *im = work + SIZE * lanes;
    memset(work, 0, 2 * SIZE * lanes * sizeof *work);
    for (size_t k = 0; k < p->kernel; k++)
        for (size_t l = 0; l < lanes && j * lanes + l < channels; l++)
            re[k * lanes + l] = taps[((j * lanes + l) * p->kernel + k) * channels + i];
    kn->fourier(re, im, p->roots);
    for (size_t f = 0; f <= SIZE / 2; f++) {
        float *to = filters + ((f * channels + i) * all + j) * 2 * lanes;
        size_t at = kernels_fourier_at(f) * lanes;
        for (size_t l = 0; l < lanes; l++) {
            to[l] = re[at + l] / SIZE;
            to[lanes + l] = -im[at + l] / SIZE;
        }
    }
}

/* cos and -sin of 2 pi j / SIZE, once for all convolutions of the model. */
static bool fourier_make_roots(struct model *m)
{
    float *roots = model_floats(m, SIZE);
    for (size_t j = 0; roots && j < SIZE / 2; j++) {
        double angle = 2 * 3.14159265358979323846 * (double)j / SIZE;
        roots[j] = (float)cos(angle);
        roots[SIZE / 2 + j] = (float)-sin(angle);
    }
    m->encoder.pos.roots = roots;
    return roots;
}

size_t pos_conv_filters_size(const struct model *m)
{
    const struct encoder *e = &m->encoder;
    return e->pos.groups * fourier_filter_size(m->kn, e->embed / e->pos.groups);
}

bool pos_conv_filters(struct model *m, const float *taps, float *filters)
{
    const struct encoder *e = &m->encoder;
    size_t channels = e->embed / e->pos.groups, size = fourier_filter_size(m->kn, channels);
    float *work = mem_aligned(2 * SIZE * m->kn->lanes, sizeof *work);
    bool ok = work && (e->pos.roots || fourier_make_roots(m));
    for (size_t g = 0; g < e->pos.groups && ok; g++)
        for (size_t i = 0; i < channels; i++)
            for (size_t j = 0; j < fourier_vectors(m->kn, channels); j++)
                fourier_make_filters(m, taps + g * channels * e->pos.kernel * channels, channels, i,
                                     j, work, filters + g * size);
    free(work);
    return ok;
}

/* Pieces of T frames, two by two. */
static size_t fourier_pairs(const struct pos_conv *p, size_t t)
{
    size_t step = SIZE - p->kernel + 1;
    return (t + 2 * step - 1) / (2 * step);
}

size_t pos_conv_scratch(const struct model *m, size_t t)
{
    const struct encoder *e = &m->encoder;
    return 2 * fourier_pairs(&e->pos, t) * fourier_vectors(m->kn, e->embed / e->pos.groups) * 2 *
           SIZE * m->kn->lanes;
}

/* SIZE frames of X from FIRST on, zeros where there are none, as one part of a series. */
static void fourier_take_piece(const struct model *m, const float *x, ptrdiff_t first, size_t t,
                               size_t columns, float *part)
{
    size_t lanes = m->kn->lanes;
    memset(part, 0, SIZE * lanes * sizeof *part);
    for (ptrdiff_t i = 0; i < SIZE; i++)
        if (first + i >= 0 && first + i < (ptrdiff_t)t)
            memcpy(part + (size_t)i * lanes, x + (size_t)(first + i) * m->encoder.embed,
                   columns * sizeof *x);
}

/* Frames from FIRST on of Y, from one part of a series. */
static void fourier_give_piece(const struct model *m, const float *part, size_t first, size_t t,
                               size_t columns, const float *bias, float *y)
{
    size_t step = SIZE - m->encoder.pos.kernel + 1;
    for (size_t i = 0; i < step && first + i < t; i++)
        for (size_t c = 0; c < columns; c++)
            y[(first + i) * m->encoder.embed + c] = part[i * m->kn->lanes + c] + bias[c];
}

void pos_conv_long(const struct model *m, uint32_t n, size_t g, const float *x, size_t t,
                   float *work, float *y)
{
    const struct encoder *e = &m->encoder;
    const struct kernels *kn = m->kn;
    size_t channels = e->embed / e->pos.groups, all = fourier_vectors(kn, channels);
    size_t step = SIZE - e->pos.kernel + 1, part = SIZE * kn->lanes,
           count = fourier_pairs(&e->pos, t);
    float *to = work + count * all * 2 * part;
    for (size_t s = 0; s < count * all; s++) {
        size_t column = s % all * kn->lanes, first = s / all * 2 * step;
        size_t columns = channels - column < kn->lanes ? channels - column : kn->lanes;
        for (size_t half = 0; half < 2; half++)
            fourier_take_piece(m, x + column, (ptrdiff_t)(first + half * step) - e->pos.kernel / 2,
                               t, columns, work + (2 * s + half) * part);
        kn->fourier(work + 2 * s * part, work + (2 * s + 1) * part, e->pos.roots);
    }
    kn->fourier_mix(count, channels, e->pos.packed[n] + g * fourier_filter_size(kn, channels), work,
                    to);
    for (size_t s = 0; s < count * all; s++) {
        size_t column = s % all * kn->lanes, first = s / all * 2 * step;
        size_t columns = channels - column < kn->lanes ? channels - column : kn->lanes;
        kn->fourier_back(to + 2 * s * part, to + (2 * s + 1) * part, e->pos.roots);
        for (size_t half = 0; half < 2; half++)
            fourier_give_piece(m, to + (2 * s + half) * part, first + half * step, t, columns,
                               e->pos.bias[n] + g * channels + column, y + column);
    }
}
