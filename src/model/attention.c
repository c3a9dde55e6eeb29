/*
 * Self-attention, a few queries of one head at a time.  Every query's row is computed by itself:
 * which others are asked for does not change its bits.
 *
 * Keys come in blocks, so that scores stay in the cache however long the recording is: a row's
 * sums are carried on from block to block and scaled down where a larger score appears (M. Milakov,
 * N. Gimelshein, Online normalizer calculation for softmax, 2018).
 */
#include "config.h"

#include "model/attention.h"

#include <math.h>
#include <string.h>

/* Query rows of one head and, in whole panels, keys at a time. */
#define QUERY_ROWS 48
#define KEYS       512

/* Keys in a block, of T. */
static size_t attention_block(const struct model *m, size_t t)
{
    size_t block = KEYS / m->kn->panel * m->kn->panel;
    return t < block ? t : block;
}

size_t attention_scratch(const struct model *m, size_t t, struct attention_work *w, float *memory)
{
    size_t head = m->encoder.embed / m->encoder.heads, used = 0;
    w->keys = scratch_take(memory, &used, kernels_packed_size(m->kn, t, head));
    w->values = scratch_take(memory, &used, kernels_packed_size(m->kn, head, t));
    w->scores = scratch_take(memory, &used, QUERY_ROWS * attention_block(m, t));
    w->out = scratch_take(memory, &used, QUERY_ROWS * head);
    w->largest = scratch_take(memory, &used, QUERY_ROWS);
    w->sums = scratch_take(memory, &used, QUERY_ROWS);
    w->factor = scratch_take(memory, &used, QUERY_ROWS);
    return used + rel_pos_scratch(m, t, &w->rel, memory ? memory + used : NULL);
}

/* SCORES [rows][keys] of queries FIRST on and keys KEY on += the position bias of head H. */
static void attention_add_positions(const struct model *m, const struct attention *a, uint32_t h,
                                    size_t first, size_t rows, size_t key, size_t keys,
                                    const struct attention_work *w, float *scores, size_t ld)
{
    for (size_t i = 0; i < rows; i++)
        rel_pos_add(m, h, a->query ? a->query[first + i] : first + i, a->frames, key, keys, &w->rel,
                    scores + i * ld);
}

/*
 * w->out = what ROWS queries FIRST on see of all keys with head H, not yet divided by w->sums.  The
 * weights of a tape need the whole row: then BLOCK is all keys, and scores are made where they
 * stay.
 */
static void attention_run_rows(const struct model *m, const struct attention *a, uint32_t h,
                               size_t first, size_t rows, size_t block, struct attention_work *w)
{
    const struct kernels *kn = m->kn;
    size_t e = m->encoder.embed, d = e / m->encoder.heads, t = a->frames;
    float *scores = a->weights ? a->weights + (h * a->queries + first) * t : w->scores;
    const float *q = a->q + first * e + h * d;
    for (size_t i = 0; i < rows; i++) {
        w->largest[i] = -INFINITY;
        w->sums[i] = 0;
    }
    for (size_t k = 0; k < t; k += block) {
        size_t keys = t - k < block ? t - k : block;
        kn->gemm(rows, keys, d, q, e, w->keys + kernels_packed_size(kn, k, d), scores, block, NULL,
                 false);
        if (m->encoder.rel.buckets)
            attention_add_positions(m, a, h, first, rows, k, keys, w, scores, block);
        kn->softmax(scores, rows, keys, block, 1 / sqrtf((float)d), w->largest, w->sums, w->factor);
        if (k > 0)
            kn->scale_rows(w->out, rows, d, d, w->factor);
        kn->gemm(rows, d, keys, scores, block, w->values + kernels_packed_size(kn, d, k), w->out, d,
                 NULL, k > 0);
    }
    for (size_t i = 0; i < rows; i++)
        w->sums[i] = 1 / w->sums[i];
    if (a->weights)
        kn->scale_rows(scores, rows, t, t, w->sums);
}

/* One head's softmax(q k^T / sqrt(d)) v, written over its columns of q. */
static enum status attention_run_head(const struct model *m, const struct attention *a, uint32_t h,
                                      struct attention_work *w, struct err *err)
{
    const struct kernels *kn = m->kn;
    size_t e = m->encoder.embed, d = e / m->encoder.heads, t = a->frames;
    size_t block = a->weights ? t : attention_block(m, t);
    kn->pack_transposed(t, d, a->k + h * d, e, w->keys);
    for (size_t k = 0; k < t; k += block)
        kn->pack(d, t - k < block ? t - k : block, a->v + k * e + h * d, e,
                 w->values + kernels_packed_size(kn, d, k));
    for (size_t i = 0; i < a->queries; i += QUERY_ROWS) {
        size_t rows = a->queries - i < QUERY_ROWS ? a->queries - i : QUERY_ROWS;
        enum status code = cancel_check(a->cancel, err);
        if (code)
            return code;
        attention_run_rows(m, a, h, i, rows, block, w);
        kn->scale_rows(w->out, rows, d, d, w->sums);
        for (size_t r = 0; r < rows; r++)
            memcpy(a->q + (i + r) * e + h * d, w->out + r * d, d * sizeof *w->out);
    }
    return STATUS_OK;
}

enum status attention_run(const struct model *m, const struct attention *a,
                          struct attention_work *w, struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t h = 0; h < m->encoder.heads && !code; h++)
        code = attention_run_head(m, a, h, w, err);
    return code;
}
