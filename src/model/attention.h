/*
 * attention.h - self-attention of one layer, behind the maps to queries, keys and values.
 */
#ifndef PROPNEU_MODEL_ATTENTION_H
#define PROPNEU_MODEL_ATTENTION_H

#include "model/internal.h"

/* Arrays of one run, in the caller's scratch. */
struct attention_work {
    float *keys, *values;           /* packed, one head */
    float *scores;                  /* of some queries and keys */
    float *out;                     /* [queries][E / heads] */
    float *largest, *sums, *factor; /* [queries] */
    struct rel_work rel;
};

/* All heads of a layer: columns h E / heads .. of each of these. */
struct attention {
    size_t frames;       /* T: of keys and values */
    size_t queries;      /* rows of q */
    const size_t *query; /* [queries] the frames of these; NULL: 0 .. queries - 1 */
    float *q;            /* [queries][E]; becomes the attention's output */
    const float *k, *v;  /* [T][E] */
    float *weights;      /* [heads][queries][T] to be kept, or NULL */
    const struct cancel *cancel;
};

/* Lays the arrays of T frames out in MEMORY; returns the floats they take, also for NULL. */
size_t attention_scratch(const struct model *m, size_t t, struct attention_work *w, float *memory);

/* A->q = softmax(q k^T / sqrt(d)) v, head by head. */
enum status attention_run(const struct model *m, const struct attention *a,
                          struct attention_work *w, struct err *err);

#endif
