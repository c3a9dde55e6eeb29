/*
 * WavLM's gated relative position bias: attention scores get gate(head, query) x
 * R[bucket(key - query)][head], with one table R for all layers and a gate in each.
 */
#include "config.h"

#include "model/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/*
 * Half of the buckets for keys ahead, half for keys behind; in each half the first half one a
 * frame, the others over ever longer distances, in steps equal in the logarithm.  Both logarithms
 * are rounded where the reference rounds them: a distance that is a power of the ratio falls on the
 * edge of a bucket, and exact arithmetic may put it on the other side.
 */
uint32_t rel_pos_bucket(int64_t relative, uint32_t buckets, uint32_t distance)
{
    uint32_t half = buckets / 2, exact = half / 2;
    uint32_t ahead = relative > 0 ? half : 0;
    uint64_t away = (uint64_t)(relative > 0 ? relative : -relative);
    if (away < exact)
        return ahead + (uint32_t)away;
    float far = logf((float)away / (float)exact) / (float)log((double)distance / exact) *
                (float)(half - exact);
    return ahead + (far < (float)(half - 1 - exact) ? exact + (uint32_t)far : half - 1);
}

enum status bind_rel_pos(struct binder *b, struct err *err)
{
    const struct encoder *e = &b->model->encoder;
    if (!e->rel.buckets)
        return STATUS_OK;
    return bind_floats(b, &b->model->encoder.rel.table,
                       "encoder.layers.0.self_attn.relative_attention_bias.weight", 2,
                       (size_t[]){e->rel.buckets, e->heads}, err);
}

/*
 * grep_linear maps a head's part of the layer's input to eight numbers, the first four of which
 * are summed to one logit and the last four to another.  The rows are summed beforehand.
 */
enum status rel_gate_pack(struct model *m, uint32_t layer, struct err *err)
{
    struct layer *l = &m->encoder.layer[layer];
    size_t d = m->encoder.embed / m->encoder.heads; /* columns of a row */
    if (!l->gate)
        return STATUS_OK;
    float *sums = mem_zeros(2 * d, sizeof *sums); /* [2][d] */
    if (!sums)
        return err_nomem(err);
    l->gate_bias[0] = l->gate_bias[1] = 0;
    for (size_t r = 0; r < 8; r++) {
        for (size_t i = 0; i < d; i++)
            sums[r / 4 * d + i] += l->gate_rows[r * d + i];
        l->gate_bias[r / 4] += l->gate_row_bias[r];
    }
    m->kn->pack_transposed(2, d, sums, d, l->gate);
    free(sums);
    return STATUS_OK;
}

/* The gate of LAYER, where the configuration has gates. */
enum status bind_rel_gate(struct binder *b, uint32_t layer, struct err *err)
{
    struct model *m = b->model;
    const struct encoder *e = &m->encoder;
    struct layer *l = &e->layer[layer];
    size_t d = e->embed / e->heads;
    char name[MAX_TENSOR_NAME];
    enum status code;
    if (!e->rel.buckets || !e->rel.gated)
        return STATUS_OK;
    snprintf(name, sizeof name, "encoder.layers.%u.self_attn.grep_linear.weight", layer);
    if ((code = bind_floats(b, &l->gate_rows, name, 2, (size_t[]){8, d}, err)))
        return code;
    snprintf(name, sizeof name, "encoder.layers.%u.self_attn.grep_linear.bias", layer);
    if ((code = bind_vector(b, &l->gate_row_bias, name, 8, err)))
        return code;
    snprintf(name, sizeof name, "encoder.layers.%u.self_attn.grep_a", layer);
    code = bind_floats(b, &l->gate_scale, name, 4, (size_t[]){1, e->heads, 1, 1}, err);
    if (code || b->survey)
        return code;
    l->gate = model_floats(m, kernels_packed_size(m->kn, 2, d));
    l->gate_bias = model_floats(m, 2);
    return l->gate && l->gate_bias ? rel_gate_pack(m, layer, err) : err_nomem(err);
}

size_t rel_pos_scratch(const struct model *m, size_t t, struct rel_work *w, float *memory)
{
    const struct encoder *e = &m->encoder;
    size_t used = 0;
    if (!e->rel.buckets)
        return 0;
    w->lines = scratch_take(memory, &used, e->heads * (2 * t - 1));
    w->gates = scratch_take(memory, &used, e->heads * t);
    w->logit = scratch_take(memory, &used, 2 * t);
    return used;
}

void rel_pos_lines(const struct model *m, size_t t, struct rel_work *w)
{
    const struct encoder *e = &m->encoder;
    const struct rel_pos *p = &e->rel;
    for (size_t i = 0; i < 2 * t - 1; i++) {
        uint32_t bucket = rel_pos_bucket((int64_t)i - ((int64_t)t - 1), p->buckets, p->distance);
        for (uint32_t h = 0; h < e->heads; h++)
            w->lines[h * (2 * t - 1) + i] = p->table[(size_t)bucket * e->heads + h];
    }
}

static float gate_sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

/* gate = a (b c - 1) + 2, a and b the logits' sigmoids, c the head's scale. */
void rel_pos_gates(const struct model *m, const struct layer *l, const float *in, size_t t,
                   struct rel_work *w)
{
    const struct encoder *e = &m->encoder;
    size_t d = e->embed / e->heads;
    float factor = sqrtf((float)d);
    for (uint32_t h = 0; h < e->heads; h++) {
        float *gate = w->gates + h * t;
        if (l->gate)
            m->kn->gemm(t, 2, d, in + h * d, e->embed, l->gate, w->logit, 2, l->gate_bias, false);
        for (size_t i = 0; i < t; i++) {
            float a = l->gate ? gate_sigmoid(w->logit[2 * i]) : 0;
            float b = l->gate ? gate_sigmoid(w->logit[2 * i + 1]) : 0;
            gate[i] = l->gate ? factor * (a * (b * l->gate_scale[h] - 1) + 2) : factor;
        }
    }
}

void rel_pos_add(const struct model *m, uint32_t head, size_t query, size_t t, size_t first,
                 size_t keys, const struct rel_work *w, float *scores)
{
    const float *line = w->lines + head * (2 * t - 1) + (t - 1 - query) + first;
    m->kn->add_scaled(scores, line, w->gates[head * t + query], keys);
}
