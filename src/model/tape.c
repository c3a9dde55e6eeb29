/*
 * Memory of a tape: the arrays are laid out twice by the same code, once to count.
 */
#include "config.h"

#include "model/tape.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/internal.h"

struct encoder_tape *encoder_tape_new(void)
{
    return mem_zeros(1, sizeof(struct encoder_tape));
}

void encoder_tape_free(struct encoder_tape *tape)
{
    if (!tape)
        return;
    free(tape->conv);
    free(tape->layer);
    free(tape->memory);
    free(tape);
}

/* The arrays of one norm. */
static struct tape_norm tape_lay_norm(float *memory, size_t *used, size_t t, size_t e)
{
    struct tape_norm n;
    n.out = scratch_take(memory, used, t * e);
    n.mean = scratch_take(memory, used, t);
    n.inverse = scratch_take(memory, used, t);
    return n;
}

/* The arrays of layer N, whose input is what the layer before it gave. */
static void tape_lay_layer(struct tape_layer *l, const struct encoder *e, uint32_t n, size_t t,
                           float *input, float *memory, size_t *used)
{
    size_t size = t * e->embed;
    l->input = input;
    l->q = scratch_take(memory, used, size);
    l->k = scratch_take(memory, used, size);
    l->v = scratch_take(memory, used, size);
    l->gates = e->rel.buckets ? scratch_take(memory, used, e->heads * t) : NULL;
    l->attn = scratch_take(memory, used, e->heads * t * t);
    l->mixed = scratch_take(memory, used, size);
    l->attn_sum = scratch_take(memory, used, size);
    l->attn_norm = tape_lay_norm(memory, used, t, e->embed);
    l->fc1 = scratch_take(memory, used, t * e->width[n]);
    l->act = scratch_take(memory, used, t * e->width[n]);
    l->ffn_sum = scratch_take(memory, used, size);
    l->ffn_norm = tape_lay_norm(memory, used, t, e->embed);
}

/* Lays all arrays out in MEMORY; returns the floats they take, also for NULL. */
static size_t tape_lay(struct encoder_tape *tape, const struct encoder *e, float *memory)
{
    const struct tape_norm none = {NULL, NULL, NULL};
    size_t t = tape->frames, size = t * e->embed, used = 0;
    tape->features = scratch_take(memory, &used, size);
    for (uint32_t i = 0; i < e->pos.depth; i++) {
        tape->conv[i].conv = scratch_take(memory, &used, size);
        tape->conv[i].gelu = scratch_take(memory, &used, size);
        tape->conv[i].norm = e->pos.behind.gain ? tape_lay_norm(memory, &used, t, e->embed) : none;
    }
    tape->pos_sum = e->pos.depth ? scratch_take(memory, &used, size) : tape->features;
    tape->first = e->norm_first ? none : tape_lay_norm(memory, &used, t, e->embed);
    float *input = e->norm_first ? tape->pos_sum : tape->first.out;
    for (uint32_t n = 0; n < tape->layers; n++) {
        struct tape_layer *l = &tape->layer[n];
        tape_lay_layer(l, e, n, t, input, memory, &used);
        input = e->norm_first ? l->ffn_sum : l->ffn_norm.out;
    }
    tape->final = e->norm_first ? tape_lay_norm(memory, &used, t, e->embed) : none;
    return used;
}

enum status encoder_tape_reserve(struct encoder_tape *tape, const struct model *m, size_t t,
                                 uint32_t layers, struct err *err)
{
    const struct encoder *e = &m->encoder;
    free(tape->conv);
    free(tape->layer);
    tape->conv = mem_zeros(e->pos.depth, sizeof *tape->conv);
    tape->layer = mem_zeros(layers, sizeof *tape->layer);
    if (!tape->conv || !tape->layer)
        return err_nomem(err);
    tape->frames = t;
    tape->layers = layers;
    size_t size = tape_lay(tape, e, NULL);
    if (size > tape->size) {
        free(tape->memory);
        tape->memory = mem_aligned(size, sizeof *tape->memory);
        tape->size = tape->memory ? size : 0;
    }
    if (!tape->memory)
        return err_nomem(err);
    tape_lay(tape, e, tape->memory);
    return STATUS_OK;
}
