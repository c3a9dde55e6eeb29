/*
 * The encoder backward, layer by layer from the last one (encoder.c).
 */
#include "config.h"

#include "model/backward/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/backward/activation_back.h"

struct backward *backward_new(void)
{
    return mem_zeros(1, sizeof(struct backward));
}

void backward_free(struct backward *b)
{
    if (!b)
        return;
    free(b->memory);
    free(b->tap_scale);
    free(b);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t backward_input_width(const struct model *m)
{
    const struct frontend *f = m->family->frontend;
    bool input = f->stages & MODEL_WANT(MODEL_INPUT);
    return f->stage_width(m, input ? MODEL_INPUT : MODEL_CONV);
}

/* Floats that the right sides of all products of a pass of T frames take at most, packed. */
static size_t backward_packed(const struct model *m, size_t t)
{
    const struct encoder *e = &m->encoder;
    const struct kernels *kn = m->kn;
    size_t channels = e->pos.depth ? e->embed / e->pos.groups : 1;
    size_t taps = e->pos.depth ? channels * e->pos.kernel : 1;
    size_t wide = larger(larger(e->widest, e->embed), backward_input_width(m));
    size_t most = larger(kernels_packed_size(kn, wide, t), kernels_packed_size(kn, t, t));
    most = larger(most, kernels_packed_size(kn, e->widest, e->embed));
    most = larger(most, kernels_packed_size(kn, e->embed, larger(e->widest, wide)));
    most = larger(most, kernels_packed_size(kn, taps, t));
    return larger(larger(most, kernels_packed_size(kn, channels, taps)), 2 * (size_t)wide);
}

/* Lays the arrays out in MEMORY; returns the floats they take, also for NULL. */
static size_t backward_lay(struct backward *b, const struct model *m, size_t t, float *memory)
{
    const struct encoder *e = &m->encoder;
    size_t used = 0, size = t * e->embed;
    size_t channels = e->pos.depth ? e->embed / e->pos.groups : 0;
    size_t taps = channels * e->pos.kernel;
    float **rows[] = {&b->d, &b->branch, &b->dq, &b->dk, &b->dv, &b->dmixed};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        *rows[i] = scratch_take(memory, &used, size);
    b->dffn = scratch_take(memory, &used, t * larger(e->widest, backward_input_width(m)));
    b->normed = scratch_take(memory, &used, t * backward_input_width(m));
    b->scores = scratch_take(memory, &used, t * t);
    b->packed = scratch_take(memory, &used, backward_packed(m, t));
    b->turned = scratch_take(memory, &used, KERNELS_TURNED_ROWS * KERNELS_TURNED_DEPTH);
    b->padded = scratch_take(memory, &used, (t + e->pos.kernel) * channels);
    b->taps = scratch_take(memory, &used, channels * taps);
    b->turn = scratch_take(memory, &used, e->embed * taps);
    b->dlines = scratch_take(memory, &used, 2 * t);
    b->dgates = scratch_take(memory, &used, t);
    b->logits = scratch_take(memory, &used, 2 * t);
    used += rel_pos_scratch(m, t, &b->rel, memory ? memory + used : NULL);
    return used;
}

static enum status backward_reserve(struct backward *b, const struct model *m, size_t t,
                                    struct err *err)
{
    size_t size = backward_lay(b, m, t, NULL);
    if (size > b->size) {
        free(b->memory);
        b->memory = mem_aligned(size, sizeof *b->memory);
        b->size = b->memory ? size : 0;
    }
    free(b->tap_scale);
    b->tap_scale = mem_zeros(m->encoder.pos.kernel, sizeof *b->tap_scale);
    if (!b->memory || !b->tap_scale)
        return err_nomem(err);
    backward_lay(b, m, t, b->memory);
    b->m = m;
    b->t = t;
    return STATUS_OK;
}

/* DX = the gradient of what goes into layer N's feed-forward block, DY that of what comes out. */
static void ffn_back(struct backward *b, uint32_t n, const float *dy, float *dx)
{
    const struct encoder *e = &b->m->encoder;
    const struct layer *l = &e->layer[n];
    const struct tape_layer *tape = &b->tape->layer[n];
    const float *in = e->norm_first ? tape->ffn_norm.out : tape->attn_norm.out;
    size_t width = e->width[n];
    linear_back(b, &l->fc2, tape->act, width, dy, e->embed, b->dffn, false);
    activation_back(b->m->kn, e->activation, b->dffn, tape->fc1, b->t * width);
    linear_back(b, &l->fc1, in, e->embed, b->dffn, width, dx, false);
}

/* b->d from the gradient of layer N's output to that of its input. */
static enum status layer_back(struct backward *b, uint32_t n, struct err *err)
{
    const struct encoder *e = &b->m->encoder;
    const struct layer *l = &e->layer[n];
    const struct tape_layer *tape = &b->tape->layer[n];
    const struct kernels *kn = b->m->kn;
    size_t size = b->t * e->embed;
    enum status code;
    if (!e->norm_first)
        norm_back(b, &l->final_norm, &tape->ffn_norm, tape->ffn_sum, b->d);
    ffn_back(b, n, b->d, b->branch);
    if (e->norm_first)
        norm_back(b, &l->final_norm, &tape->ffn_norm, tape->attn_sum, b->branch);
    kn->add(b->d, b->branch, size);
    if (!e->norm_first)
        norm_back(b, &l->attn_norm, &tape->attn_norm, tape->attn_sum, b->d);
    if ((code = attention_back(b, n, b->d, b->branch, err)))
        return code;
    if (e->norm_first)
        norm_back(b, &l->attn_norm, &tape->attn_norm, tape->input, b->branch);
    kn->add(b->d, b->branch, size);
    return STATUS_OK;
}

/* The layers, the closing norm before them; what is wanted of hidden states is added on the way. */
static enum status layers_back(struct backward *b, const float *const *hidden, struct err *err)
{
    const struct encoder *e = &b->m->encoder;
    const struct encoder_tape *tape = b->tape;
    size_t size = b->t * e->embed;
    enum status code = STATUS_OK;
    if (hidden[tape->layers])
        memcpy(b->d, hidden[tape->layers], size * sizeof *b->d);
    else
        memset(b->d, 0, size * sizeof *b->d);
    if (e->norm_first && tape->layers)
        norm_back(b, &e->norm, &tape->final, tape->layer[tape->layers - 1].ffn_sum, b->d);
    for (uint32_t n = tape->layers; n-- > 0 && !code;) {
        if (!(code = cancel_check(b->cancel, err)))
            code = layer_back(b, n, err);
        if (!code && hidden[n])
            b->m->kn->add(b->d, hidden[n], size);
    }
    return code;
}

enum status model_backward(const struct model *m, struct backward *b,
                           const struct encoder_tape *tape, const float *const *hidden,
                           const float *input, struct gradients *g, const struct cancel *cancel,
                           struct err *err)
{
    const struct encoder *e = &m->encoder;
    enum status code;
    if (m->weights == 0)
        return err_set(err, STATUS_USAGE, "%s: its weights were not kept", m->name);
    if ((code = backward_reserve(b, m, tape->frames, err)))
        return code;
    b->tape = tape;
    b->g = g;
    b->cancel = cancel;
    if (e->rel.buckets)
        rel_pos_lines(m, b->t, &b->rel);
    if ((code = layers_back(b, hidden, err)))
        return code;
    if (!e->norm_first)
        norm_back(b, &e->norm, &tape->first, tape->pos_sum, b->d);
    if (e->pos.depth && (code = pos_conv_back(b, err)))
        return code;
    m->family->frontend->back(b, input);
    return STATUS_OK;
}
