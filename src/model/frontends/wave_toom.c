/*
 * Convolutions of three taps and stride two with fewer products.  Of the rows below, the even ones
 * meet two taps and the odd ones the third:
 *
 *     y[t] = (w0 x[2 t] + w2 x[2 t + 2]) + w1 x[2 t + 1] .
 *
 * The first is a convolution with two taps, whose outputs Toom-Cook's F(4,2) makes four at a time
 * of five products (kernels/toom_impl.c): nine with the odd rows' where there were twelve.  Its
 * inputs differ from the plain form's by factors up to 3 of either sign, so sums lose about one bit
 * more.  Everything is transformed where it stands.
 */
#include "config.h"

#include "model/frontends/wave.h"

#include <stdlib.h>

#include "base/mem.h"

bool wave_toom_fits(const struct conv *c)
{
    return c->kernel == 3 && c->stride == 2;
}

enum status wave_toom_pack(struct model *m, struct conv *c, const float *weight, struct err *err)
{
    static const double first[3] = {1.0 / 2, 1.0 / 6, 1.0 / 6},
                        last[3] = {1.0 / 2, -1.0 / 6, 1.0 / 3};
    size_t size = kernels_packed_size(m->kn, c->out, c->in), n = (size_t)c->out * c->in;
    float *mix = mem_array(n, sizeof *mix), *packed = model_floats(m, 3 * size);
    for (size_t k = 0; k < 3 && mix && packed; k++) {
        for (size_t i = 0; i < n; i++)
            mix[i] =
                (float)(first[k] * (double)weight[3 * i] + last[k] * (double)weight[3 * i + 2]);
        m->kn->pack_transposed(c->out, c->in, mix, c->in, packed + k * size);
    }
    free(mix);
    c->mixed = mix ? packed : NULL;
    return c->mixed ? STATUS_OK : err_nomem(err);
}

void wave_toom_rows(const struct kernels *kn, const struct conv *c, size_t groups, float *in,
                    size_t below, float *last, float *out, size_t stride, const float *bias,
                    const struct cancel *cancel)
{
    size_t size = kernels_packed_size(kn, c->out, c->in);
    kn->toom_in(groups, c->in, in, 2 * below, last, below);
    for (size_t k = 0; k < 3 && !cancelled(cancel); k++)
        kn->gemm(groups, c->out, c->in, in + 2 * (k + 1) * below, 8 * below, c->mixed + k * size,
                 out + (k + 1) * stride, 4 * stride, NULL, false);
    kn->toom_out(groups, c->out, out, stride, bias);
    if (cancelled(cancel))
        return;
    kn->gemm(4 * groups, c->out, c->in, in + below, 2 * below, c->packed + size, out, stride, NULL,
             true);
    kn->gemm(groups, c->out, c->in, in, 8 * below, c->packed, out, 4 * stride, NULL, true);
    kn->gemm(groups, c->out, c->in, last, below, c->packed + 2 * size, out + 3 * stride, 4 * stride,
             NULL, true);
}
