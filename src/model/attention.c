/*
 * Self-attention, a few queries of one head at a time.  Every query's row is computed by itself:
 * which others are asked for does not change its bits.
 */
#include "config.h"

#include "model/attention.h"

#include <math.h>
#include <string.h>

/* Query rows of one head at a time: their scores against all keys stay in the L2 cache. */
#define QUERY_ROWS 48

size_t attention_scratch(const struct model *m, size_t t, struct attention_work *w, float *memory)
{
    size_t head = m->encoder.embed / m->encoder.heads, used = 0;
    w->keys = scratch_take(memory, &used, kernels_packed_size(m->kn, t, head));
    w->values = scratch_take(memory, &used, kernels_packed_size(m->kn, head, t));
    w->scores = scratch_take(memory, &used, QUERY_ROWS * t);
    w->sums = scratch_take(memory, &used, QUERY_ROWS);
    return used + rel_pos_scratch(m, t, &w->rel, memory ? memory + used : NULL);
}

/* SCORES [rows][T] of queries FIRST on += the relative position bias of head H. */
static void attention_add_positions(const struct model *m, const struct attention *a, uint32_t h,
                                    size_t first, size_t rows, struct attention_work *w)
{
    if (!a->query) {
        rel_pos_add(m, h, first, rows, a->frames, &w->rel, w->scores);
        return;
    }
    for (size_t i = 0; i < rows; i++)
        rel_pos_add(m, h, a->query[first + i], 1, a->frames, &w->rel, w->scores + i * a->frames);
}

/* One head's softmax(q k^T / sqrt(d)) v, written over its columns of q. */
static enum status attention_run_head(const struct model *m, const struct attention *a, uint32_t h,
                                      struct attention_work *w, struct err *err)
{
    const struct kernels *kn = m->kn;
    size_t e = m->encoder.embed, d = e / m->encoder.heads, t = a->frames;
    float scale = 1 / sqrtf((float)d);
    kn->pack_transposed(t, d, a->k + h * d, e, w->keys);
    kn->pack(d, t, a->v + h * d, e, w->values);
    for (size_t i = 0; i < a->queries; i += QUERY_ROWS) {
        size_t rows = a->queries - i < QUERY_ROWS ? a->queries - i : QUERY_ROWS;
        float *q = a->q + i * e + h * d;
        enum status code = cancel_check(a->cancel, err);
        if (code)
            return code;
        kn->gemm(rows, t, d, q, e, w->keys, w->scores, t, NULL, false);
        if (m->encoder.rel.buckets)
            attention_add_positions(m, a, h, i, rows, w);
        kn->softmax(w->scores, rows, t, t, scale, w->sums);
        if (a->weights) {
            float *kept = a->weights + (h * a->queries + i) * t;
            memcpy(kept, w->scores, rows * t * sizeof *kept);
            kn->scale_rows(kept, rows, t, t, w->sums);
        }
        kn->gemm(rows, d, t, w->scores, t, w->values, q, e, NULL, false);
        kn->scale_rows(q, rows, d, e, w->sums);
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
