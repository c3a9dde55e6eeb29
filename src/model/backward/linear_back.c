/*
 * Linear maps and layer norms backward.
 */
#include "config.h"

#include "model/backward/parts.h"

void linear_back(struct backward *b, const struct linear *l, const float *x, size_t ldx,
                 const float *dy, size_t ldy, float *dx, bool add)
{
    const struct kernels *kn = b->m->kn;
    float *dw = gradients_of(b->g, l->weight), *dbias = gradients_of(b->g, l->bias);
    kn->pack(l->in, b->t, x, ldx, b->packed);
    kn->gemm_turned(l->out, l->in, b->t, dy, ldy, b->packed, dw, l->in, true, b->turned);
    for (size_t i = 0; dbias && i < b->t; i++)
        kn->add(dbias, dy + i * ldy, l->out);
    if (!dx)
        return;
    kn->gemm(b->t, l->in, l->out, dy, ldy, l->back, dx, l->in, NULL, add);
}

void norm_back(struct backward *b, const struct norm *n, const struct tape_norm *tape,
               const float *x, float *dx)
{
    size_t e = b->m->encoder.embed;
    float *dgain = gradients_of(b->g, n->gain), *dbias = gradients_of(b->g, n->bias);
    /* Norms without weights of their own: what is added for them goes nowhere. */
    float *nowhere = b->packed;
    b->m->kn->layer_norm_back(dx, x, b->t, e, tape->mean, tape->inverse, n->gain,
                              dgain ? dgain : nowhere, dbias ? dbias : nowhere + e);
}
