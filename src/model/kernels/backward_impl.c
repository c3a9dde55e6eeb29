/*
 * Backward passes of what lies between the matrix products: each multiplies the gradient of a
 * function's values by the function's derivative.
 */
#include "config.h"

#include "model/kernels/kernels_impl.h"
#include "model/kernels/passes.h"

/* Phi(x) + x phi(x), the derivative of x Phi(x): phi's exponential cannot overflow. */
SIMD vfloat gelu_slope(vfloat x)
{
    vfloat near = vmin(vmax(x, vsplat(-ERF_END)), vsplat(ERF_END));
    vfloat density = exp_negative(-0.5f * near * near) * 0.398942280f;
    return 0.5f + 0.5f * erf_times(near, near * near) + near * density;
}

void KERNEL(gelu_back)(float *dx, const float *x, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        vstore(dx + i, vload(dx + i) * gelu_slope(vload(x + i)));
    if (i < n) {
        float rest[LANES] = {0}, slope[LANES];
        memcpy(rest, x + i, (n - i) * sizeof *rest);
        vstore(slope, gelu_slope(vload(rest)));
        for (size_t j = 0; i + j < n; j++)
            dx[i + j] *= slope[j];
    }
}

/* The sum of A [n] B [n] in one vector and the rest. */
static float row_dot(const float *a, const float *b, size_t n)
{
    vfloat s = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        s += vload(a + i) * vload(b + i);
    float sum = vsum(s);
    for (; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

void KERNEL(softmax_back)(float *dp, const float *p, size_t rows, size_t n, float scale)
{
    for (size_t r = 0; r < rows; r++, dp += n, p += n) {
        float mean = row_dot(dp, p, n);
        size_t i = 0;
        for (; i + LANES <= n; i += LANES)
            vstore(dp + i, (vload(dp + i) - mean) * vload(p + i) * scale);
        for (; i < n; i++)
            dp[i] = (dp[i] - mean) * p[i] * scale;
    }
}

/* One row of layer_norm_back. */
static void norm_back_row(float *dx, const float *x, size_t n, float mean, float inverse,
                          const float *gain, float *dgain, float *dbias)
{
    vfloat plain = {0}, along = {0};
    float rest_plain = 0, rest_along = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vfloat d = vload(dx + i), unit = (vload(x + i) - mean) * inverse, g = d * vload(gain + i);
        vstore(dgain + i, vload(dgain + i) + d * unit);
        vstore(dbias + i, vload(dbias + i) + d);
        plain += g;
        along += g * unit;
    }
    for (size_t j = i; j < n; j++) {
        float unit = (x[j] - mean) * inverse, g = dx[j] * gain[j];
        dgain[j] += dx[j] * unit;
        dbias[j] += dx[j];
        rest_plain += g;
        rest_along += g * unit;
    }
    float a = (vsum(plain) + rest_plain) / (float)n, b = (vsum(along) + rest_along) / (float)n;
    for (i = 0; i + LANES <= n; i += LANES) {
        vfloat unit = (vload(x + i) - mean) * inverse;
        vstore(dx + i, (vload(dx + i) * vload(gain + i) - a - unit * b) * inverse);
    }
    for (; i < n; i++)
        dx[i] = (dx[i] * gain[i] - a - (x[i] - mean) * inverse * b) * inverse;
}

void KERNEL(layer_norm_back)(float *dx, const float *x, size_t rows, size_t n, const float *mean,
                             const float *inverse, const float *gain, float *dgain, float *dbias)
{
    for (size_t r = 0; r < rows; r++)
        norm_back_row(dx + r * n, x + r * n, n, mean[r], inverse[r], gain, dgain, dbias);
}
