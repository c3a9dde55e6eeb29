/*
 * Positional convolutions backward, group by group, by products over unfolded frames: the gradient
 * of the taps is that of an output times the frames it sees, that of the frames is a convolution of
 * the outputs' with the taps turned round.
 */
#include "config.h"

#include "model/backward/parts.h"

#include <math.h>
#include <string.h>

#include "model/backward/activation_back.h"

/* A group's columns of X [T][E] with BEFORE zeros in front and zeros to T + kernel rows. */
static void pos_conv_pad(struct backward *b, const float *x, uint32_t g, size_t before)
{
    const struct encoder *e = &b->m->encoder;
    size_t channels = e->embed / e->pos.groups, rows = b->t + e->pos.kernel;
    memset(b->padded, 0, rows * channels * sizeof *b->padded);
    for (size_t i = 0; i < b->t; i++)
        memcpy(b->padded + (before + i) * channels, x + i * e->embed + g * channels,
               channels * sizeof *x);
}

/* The batch norm in front, if there is one, on the padded rows that are frames. */
static void pos_conv_scale_padded(struct backward *b, uint32_t g, size_t before)
{
    const struct encoder *e = &b->m->encoder;
    const struct norm *norm = &e->pos.before;
    size_t channels = e->embed / e->pos.groups;
    float *x = b->padded + before * channels;
    for (size_t i = 0; norm->gain && i < b->t; i++)
        for (size_t c = 0; c < channels; c++, x++)
            *x = *x * norm->gain[g * channels + c] + norm->bias[g * channels + c];
}

/* w = length v / |v| of tap K over all outputs and inputs: their factor, and 1 / |v|^2. */
static double pos_conv_tap_scale(const struct backward *b, uint32_t n, size_t k, double *inverse)
{
    const struct pos_conv *p = &b->m->encoder.pos;
    size_t all = (size_t)b->m->encoder.embed * (b->m->encoder.embed / p->groups);
    const float *v = p->direction[n] + k;
    double square = 0;
    if (!p->length[n])
        return 1;
    for (size_t i = 0; i < all; i++)
        square += (double)v[i * p->kernel] * (double)v[i * p->kernel];
    *inverse = 1 / square;
    return (double)p->length[n][k] / sqrt(square);
}

/* From the gradients of the normalised taps, b->turn [E][kernel][E / groups], to those of what is
 * kept: directions [E][E / groups][kernel] and lengths. */
static void pos_conv_back_weights(struct backward *b, uint32_t n)
{
    const struct encoder *e = &b->m->encoder;
    const struct pos_conv *p = &e->pos;
    size_t channels = e->embed / p->groups, kernel = p->kernel;
    float *dv = gradients_of(b->g, p->direction[n]);
    float *dlength = p->length[n] ? gradients_of(b->g, p->length[n]) : NULL;
    for (size_t k = 0; k < kernel; k++) {
        double inverse = 0, scale = pos_conv_tap_scale(b, n, k, &inverse), along = 0;
        for (size_t o = 0; dlength && o < e->embed; o++)
            for (size_t i = 0; i < channels; i++)
                along += (double)b->turn[(o * kernel + k) * channels + i] *
                         (double)p->direction[n][(o * channels + i) * kernel + k];
        if (dlength)
            dlength[k] += (float)(along * sqrt(inverse));
        for (size_t o = 0; o < e->embed; o++)
            for (size_t i = 0; i < channels; i++) {
                size_t at = (o * channels + i) * kernel + k;
                double dw = (double)b->turn[(o * kernel + k) * channels + i];
                dv[at] += (float)(scale * (dw - along * inverse * (double)p->direction[n][at]));
            }
    }
}

/* Taps of group G turned round: [i][kernel][o], for the gradient of input i. */
static void pos_conv_turned_taps(struct backward *b, uint32_t n, uint32_t g)
{
    const struct encoder *e = &b->m->encoder;
    size_t channels = e->embed / e->pos.groups, kernel = e->pos.kernel;
    const float *v = e->pos.direction[n] + (size_t)g * channels * channels * kernel;
    for (size_t o = 0; o < channels; o++)
        for (size_t i = 0; i < channels; i++)
            for (size_t k = 0; k < kernel; k++)
                b->taps[(i * kernel + kernel - 1 - k) * channels + o] =
                    (float)(b->tap_scale[k] * (double)v[(o * channels + i) * kernel + k]);
}

/* The batch norm's gain and bias, and DX through it; X: what went into it. */
static void pos_conv_back_norm(struct backward *b, const float *x, float *dx)
{
    const struct encoder *e = &b->m->encoder;
    const struct pos_conv *p = &e->pos;
    float *dgain = gradients_of(b->g, p->batch[0]), *dbias = gradients_of(b->g, p->batch[1]);
    for (size_t i = 0; i < b->t; i++)
        for (size_t c = 0; c < e->embed; c++) {
            float *d = dx + i * e->embed + c;
            double inverse = 1 / sqrt((double)p->batch[3][c] + (double)NORM_EPSILON);
            double unit = ((double)x[i * e->embed + c] - (double)p->batch[2][c]) * inverse;
            dgain[c] += (float)((double)*d * unit);
            dbias[c] += *d;
            *d *= p->before.gain[c];
        }
}

/* Convolution N of X: DY [T][E] becomes the gradient DX of X, which may be DY's own array. */
static enum status pos_conv_back_one(struct backward *b, uint32_t n, const float *x,
                                     const float *dy, float *dx, struct err *err)
{
    const struct encoder *e = &b->m->encoder;
    const struct pos_conv *p = &e->pos;
    const struct kernels *kn = b->m->kn;
    size_t channels = e->embed / p->groups, depth = p->kernel * channels;
    size_t before = p->kernel / 2, behind = p->kernel - 1 - before;
    float *dbias = gradients_of(b->g, p->bias[n]);
    double inverse;
    for (size_t i = 0; i < b->t; i++)
        kn->add(dbias, dy + i * e->embed, e->embed);
    for (size_t k = 0; k < p->kernel; k++)
        b->tap_scale[k] = pos_conv_tap_scale(b, n, k, &inverse);
    for (uint32_t g = 0; g < p->groups; g++) {
        enum status code = cancel_check(b->cancel, err);
        if (code)
            return code;
        pos_conv_pad(b, x, g, before);
        pos_conv_scale_padded(b, g, before);
        kn->pack(depth, b->t, b->padded, channels, b->packed);
        kn->gemm_turned(channels, depth, b->t, dy + g * channels, e->embed, b->packed,
                        b->turn + g * channels * depth, depth, false, b->turned);
        pos_conv_turned_taps(b, n, g);
        kn->pack_transposed(channels, depth, b->taps, depth, b->packed);
        pos_conv_pad(b, dy, g, behind);
        kn->gemm(b->t, channels, depth, b->padded, channels, b->packed, dx + g * channels, e->embed,
                 NULL, false);
    }
    pos_conv_back_weights(b, n);
    if (p->before.gain)
        pos_conv_back_norm(b, x, dx);
    return STATUS_OK;
}

enum status pos_conv_back(struct backward *b, struct err *err)
{
    const struct encoder *e = &b->m->encoder;
    const struct encoder_tape *tape = b->tape;
    size_t size = b->t * e->embed;
    enum status code = STATUS_OK;
    memcpy(b->branch, b->d, size * sizeof *b->d);
    for (uint32_t n = e->pos.depth; n-- > 0 && !code;) {
        const struct tape_conv *c = &tape->conv[n];
        activation_back(b->m->kn, e->pos.activation, b->branch, c->norm.out ? c->norm.out : c->conv,
                        size);
        if (c->norm.out)
            norm_back(b, &e->pos.behind, &c->norm, c->conv, b->branch);
        code = pos_conv_back_one(b, n, n ? tape->conv[n - 1].gelu : tape->features, b->branch,
                                 b->branch, err);
    }
    if (!code)
        b->m->kn->add(b->d, b->branch, size);
    return code;
}
