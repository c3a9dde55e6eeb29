/*
 * WavLM's gated relative position bias backward (relpos.c): to the table that all layers share, to
 * the gates' rows, biases and scales, and to the layer's input that the gates are made from.
 */
#include "config.h"

#include "model/backward/parts.h"

#include <math.h>
#include <string.h>

static float sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

/* DLINES [2 T - 1] by distance, and DGATES [T], from DS. */
static void rel_pos_back_scores(struct backward *b, uint32_t h, const float *gates, const float *ds)
{
    const struct kernels *kn = b->m->kn;
    size_t t = b->t;
    const float *lines = b->rel.lines + h * (2 * t - 1);
    memset(b->dlines, 0, (2 * t - 1) * sizeof *b->dlines);
    for (size_t i = 0; i < t; i++, ds += t) {
        size_t first = t - 1 - i;
        double sum = 0;
        kn->add_scaled(b->dlines + first, ds, gates[i], t);
        for (size_t j = 0; j < t; j++)
            sum += (double)ds[j] * (double)lines[first + j];
        b->dgates[i] = (float)sum;
    }
}

/* From DGATES to the rows, biases and scales of layer N, and to its input. */
static void rel_pos_back_gates(struct backward *b, uint32_t n, uint32_t h, const float *in,
                               float *dx)
{
    const struct encoder *e = &b->m->encoder;
    const struct layer *l = &e->layer[n];
    size_t t = b->t, d = e->embed / e->heads;
    float *drows = gradients_of(b->g, l->gate_rows), *dbias = gradients_of(b->g, l->gate_row_bias);
    float *dscale = gradients_of(b->g, l->gate_scale), factor = sqrtf((float)d);
    b->m->kn->gemm(t, 2, d, in + h * d, e->embed, l->gate, b->logits, 2, l->gate_bias, false);
    for (size_t i = 0; i < t; i++) {
        const float *x = in + i * e->embed + h * d;
        float *to = dx + i * e->embed + h * d, c = l->gate_scale[h];
        float first = sigmoid(b->logits[2 * i]), second = sigmoid(b->logits[2 * i + 1]);
        float dgate = b->dgates[i] * factor;
        const float dlogit[2] = {dgate * (second * c - 1) * first * (1 - first),
                                 dgate * first * c * second * (1 - second)};
        dscale[h] += dgate * first * second;
        for (size_t r = 0; r < 8; r++) {
            dbias[r] += dlogit[r / 4];
            b->m->kn->add_scaled(drows + r * d, x, dlogit[r / 4], d);
            b->m->kn->add_scaled(to, l->gate_rows + r * d, dlogit[r / 4], d);
        }
    }
}

void rel_pos_back_head(struct backward *b, uint32_t n, uint32_t h, const float *ds, const float *in,
                       float *dx)
{
    const struct encoder *e = &b->m->encoder;
    float *dtable = gradients_of(b->g, e->rel.table);
    size_t t = b->t;
    rel_pos_back_scores(b, h, b->tape->layer[n].gates + h * t, ds);
    for (size_t i = 0; i < 2 * t - 1; i++) {
        int64_t relative = (int64_t)i - ((int64_t)t - 1);
        uint32_t bucket = rel_pos_bucket(relative, e->rel.buckets, e->rel.distance);
        dtable[(size_t)bucket * e->heads + h] += b->dlines[i];
    }
    if (e->layer[n].gate)
        rel_pos_back_gates(b, n, h, in, dx);
}
