/*
 * Toom-Cook's transforms for two taps and four outputs at a time, F(4,2), at the points 0, 1, -1, 2
 * and infinity: y_i = u d_i + v d_(i+1) for i = 0 .. 3 by five products where there were eight.
 * With
 *
 *     a0 = (d0 - d2) + (d3 - d1) / 2      p0 = u a0
 *     a1 = 2 d1 + d2 - d3                 p1 = (u + v) / 2 a1
 *     a2 = -2 d1 + 3 d2 - d3              p2 = (u - v) / 6 a2
 *     a3 = d3 - d1                        p3 = (u + 2 v) / 6 a3
 *     a4 = 2 (d1 - d3) + (d4 - d2)        p4 = v a4
 *
 * the outputs are y0 = p0 + p1 + p2 + p3, y1 = p1 - p2 + 2 p3, y2 = p1 + p2 + 4 p3 and
 * y3 = p1 - p2 + 8 p3 + p4.  S. Winograd, Arithmetic complexity of computations, 1980; A. Lavin,
 * S. Gray, Fast algorithms for convolutional neural networks, CVPR 2016.
 */
#include "config.h"

#include "model/kernels/kernels_impl.h"

/* N <= LANES values at P; all of them where FULL, which is constant in every caller. */
SIMD vfloat toom_load(const bool full, const float *p, size_t n)
{
    vfloat v = {0};
    if (full)
        return vload(p);
    memcpy(&v, p, n * sizeof *p);
    return v;
}

SIMD void toom_store(const bool full, float *p, vfloat v, size_t n)
{
    if (full)
        vstore(p, v);
    else
        memcpy(p, &v, n * sizeof *p);
}

/* N <= LANES columns of one group of rows. */
SIMD void toom_in_columns(const bool full, size_t n, float *x, size_t ld, float *last)
{
    vfloat d0 = toom_load(full, x, n), d1 = toom_load(full, x + ld, n);
    vfloat d2 = toom_load(full, x + 2 * ld, n), d3 = toom_load(full, x + 3 * ld, n);
    vfloat d4 = toom_load(full, x + 4 * ld, n), across = d3 - d1;
    toom_store(full, x, (d0 - d2) + 0.5f * across, n);
    toom_store(full, x + ld, 2 * d1 + (d2 - d3), n);
    toom_store(full, x + 2 * ld, 2 * (d2 - d1) + (d2 - d3), n);
    toom_store(full, x + 3 * ld, across, n);
    toom_store(full, last, (d4 - d2) - 2 * across, n);
}

/* In ascending order: d4 of a group is d0 of the next, which has not been changed yet. */
void KERNEL(toom_in)(size_t groups, size_t n, float *x, size_t ld, float *last, size_t ld_last)
{
    for (size_t g = 0; g < groups; g++, x += 4 * ld, last += ld_last) {
        size_t c = 0;
        for (; c + LANES <= n; c += LANES)
            toom_in_columns(true, LANES, x + c, ld, last + c);
        if (c < n)
            toom_in_columns(false, n - c, x + c, ld, last + c);
    }
}

/* The same of outputs. */
SIMD void toom_out_columns(const bool full, size_t n, float *y, size_t ld, const float *bias)
{
    vfloat b = {0}, p3 = toom_load(full, y + 3 * ld, n);
    vfloat p1 = toom_load(full, y + ld, n), p2 = toom_load(full, y + 2 * ld, n);
    if (bias)
        b = toom_load(full, bias, n);
    vfloat sum = p1 + p2 + b, rest = p1 - p2 + b;
    toom_store(full, y, sum + p3, n);
    toom_store(full, y + ld, rest + 2 * p3, n);
    toom_store(full, y + 2 * ld, sum + 4 * p3, n);
    toom_store(full, y + 3 * ld, rest + 8 * p3, n);
}

void KERNEL(toom_out)(size_t groups, size_t n, float *y, size_t ld, const float *bias)
{
    for (size_t g = 0; g < groups; g++, y += 4 * ld) {
        size_t c = 0;
        for (; c + LANES <= n; c += LANES)
            toom_out_columns(true, LANES, y + c, ld, bias ? bias + c : NULL);
        if (c < n)
            toom_out_columns(false, n - c, y + c, ld, bias ? bias + c : NULL);
    }
}
