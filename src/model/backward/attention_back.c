/*
 * Attention backward, head by head: softmax(scale (q k^T + bias)) v.
 */
#include "config.h"

#include "model/backward/parts.h"

#include <math.h>

/* One head: DMIXED's columns become those of dq, dk and dv. */
static void attention_back_head(struct backward *b, uint32_t n, uint32_t h, const float *in,
                                float *dx)
{
    const struct kernels *kn = b->m->kn;
    const struct tape_layer *l = &b->tape->layer[n];
    size_t t = b->t, e = b->m->encoder.embed, d = e / b->m->encoder.heads, at = h * d;
    const float *attn = l->attn + (size_t)h * t * t, *dmixed = b->dmixed + at;
    kn->pack(d, t, dmixed, e, b->packed);
    kn->gemm_turned(t, d, t, attn, t, b->packed, b->dv + at, e, false, b->turned);
    kn->pack_transposed(t, d, l->v + at, e, b->packed);
    kn->gemm(t, t, d, dmixed, e, b->packed, b->scores, t, NULL, false);
    kn->softmax_back(b->scores, attn, t, t, 1 / sqrtf((float)d));
    kn->pack(d, t, l->k + at, e, b->packed);
    kn->gemm(t, d, t, b->scores, t, b->packed, b->dq + at, e, NULL, false);
    kn->pack(d, t, l->q + at, e, b->packed);
    kn->gemm_turned(t, d, t, b->scores, t, b->packed, b->dk + at, e, false, b->turned);
    if (l->gates)
        rel_pos_back_head(b, n, h, b->scores, in, dx);
}

enum status attention_back(struct backward *b, uint32_t n, const float *dy, float *dx,
                           struct err *err)
{
    const struct encoder *e = &b->m->encoder;
    const struct layer *l = &e->layer[n];
    const struct tape_layer *tape = &b->tape->layer[n];
    const float *in = e->norm_first ? tape->attn_norm.out : tape->input;
    size_t width = e->embed, size = b->t * width;
    linear_back(b, &l->out, tape->mixed, width, dy, width, b->dmixed, false);
    for (size_t i = 0; i < size; i++)
        dx[i] = 0;
    for (uint32_t h = 0; h < e->heads; h++) {
        enum status code = cancel_check(b->cancel, err);
        if (code)
            return code;
        attention_back_head(b, n, h, in, dx);
    }
    linear_back(b, &l->q, in, width, b->dq, width, dx, true);
    linear_back(b, &l->k, in, width, b->dk, width, dx, true);
    linear_back(b, &l->v, in, width, b->dv, width, dx, true);
    return STATUS_OK;
}
