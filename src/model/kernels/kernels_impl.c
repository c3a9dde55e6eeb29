/*
 * The passes between the matrix products: activation functions, softmax, norms.  Each goes over
 * rows that the product before has just left in the cache.
 */
#include "config.h"

#include "model/kernels/kernels_impl.h"
#include "model/kernels/passes.h"

#include <math.h>

/*
 * x (1 + erf(x / sqrt 2)) / 2 = max(x, 0) + (x erf(x / sqrt 2) - |x|) / 2, where the second term
 * vanishes outside the clamped range, so that no error of erf is multiplied by a large x.
 */
SIMD vfloat gelu_vector(vfloat x)
{
    vfloat near = vmin(vmax(x, vsplat(-ERF_END)), vsplat(ERF_END)), u = near * near;
    vfloat size = vas_float(vas_int(near) & 0x7fffffff);
    return vmax(x, vsplat(0)) + 0.5f * (erf_times(u, u) - size);
}

/* True if no element has an exponent of all ones: infinity or NaN. */
SIMD bool all_finite(vint worst)
{
    for (int i = 0; i < LANES; i++)
        if (worst[i] >= 0x7f800000)
            return false;
    return true;
}

bool KERNEL(gelu)(float *x, size_t n)
{
    vint worst = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vfloat v = vload(x + i);
        worst = vmax_int(worst, vas_int(v) & 0x7fffffff);
        vstore(x + i, gelu_vector(v));
    }
    if (i < n) {
        float rest[LANES] = {0};
        memcpy(rest, x + i, (n - i) * sizeof *rest);
        vfloat v = vload(rest);
        worst = vmax_int(worst, vas_int(v) & 0x7fffffff);
        vstore(rest, gelu_vector(v));
        memcpy(x + i, rest, (n - i) * sizeof *rest);
    }
    return all_finite(worst);
}

/*
 * x sigmoid(z) of z = linear x + cubic x^3, by exp(-|z|), which cannot overflow; x is bounded in z
 * alone, where the sigmoid is 0 or 1 long before.
 */
SIMD vfloat gate_vector(vfloat x, float linear, float cubic)
{
    vfloat near = vmin(vmax(x, vsplat(-1e6f)), vsplat(1e6f));
    vfloat z = near * (near * near * cubic + linear);
    vfloat e = exp_negative(vas_float(vas_int(z) | INT32_MIN));
    return x * vselect(z < vsplat(0), e, vsplat(1)) / (1 + e);
}

bool KERNEL(gate)(float *x, size_t n, float linear, float cubic)
{
    vint worst = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vfloat v = vload(x + i);
        worst = vmax_int(worst, vas_int(v) & 0x7fffffff);
        vstore(x + i, gate_vector(v, linear, cubic));
    }
    if (i < n) {
        float rest[LANES] = {0};
        memcpy(rest, x + i, (n - i) * sizeof *rest);
        vfloat v = vload(rest);
        worst = vmax_int(worst, vas_int(v) & 0x7fffffff);
        vstore(rest, gate_vector(v, linear, cubic));
        memcpy(x + i, rest, (n - i) * sizeof *rest);
    }
    return all_finite(worst);
}

bool KERNEL(relu)(float *x, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++) {
        finite &= isfinite(x[i]) != 0;
        x[i] = x[i] > 0 ? x[i] : 0;
    }
    return finite;
}

bool KERNEL(tanh)(float *x, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++) {
        finite &= isfinite(x[i]) != 0;
        x[i] = tanhf(x[i]);
    }
    return finite;
}

/* The largest of X [n]. */
static float row_largest(const float *x, size_t n)
{
    float m = -INFINITY;
    size_t i = 0;
    if (n >= LANES) {
        vfloat v = vload(x);
        for (i = LANES; i + LANES <= n; i += LANES)
            v = vmax(vload(x + i), v);
        m = vlargest(v);
    }
    for (; i < n; i++)
        m = x[i] > m ? x[i] : m;
    return m;
}

/* X [n] = exp(scale (x - largest)); returns the sum. */
static float row_exp(float *x, size_t n, float scale, float largest)
{
    vfloat sum = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vfloat e = exp_negative((vload(x + i) - largest) * scale);
        vstore(x + i, e);
        sum += e;
    }
    if (i < n) {
        float rest[LANES];
        for (size_t j = 0; j < LANES; j++)
            rest[j] = i + j < n ? x[i + j] : -INFINITY;
        vfloat e = exp_negative((vload(rest) - largest) * scale);
        vstore(rest, e);
        memcpy(x + i, rest, (n - i) * sizeof *rest);
        for (size_t j = 0; i + j < n; j++)
            sum[j % LANES] += rest[j];
    }
    return vsum(sum);
}

void KERNEL(softmax)(float *x, size_t rows, size_t n, size_t ld, float scale, float *largest,
                     float *sum, float *factor)
{
    for (size_t r = 0; r < rows; r++, x += ld) {
        float was = largest[r], now = row_largest(x, n);
        largest[r] = now > was ? now : was;
        factor[r] = now > was ? expf(scale * (was - now)) : 1;
        sum[r] = sum[r] * factor[r] + row_exp(x, n, scale, largest[r]);
    }
}

void KERNEL(scale_rows)(float *x, size_t rows, size_t n, size_t ld, const float *scale)
{
    for (size_t r = 0; r < rows; r++, x += ld) {
        size_t i = 0;
        for (; i + LANES <= n; i += LANES)
            vstore(x + i, vload(x + i) * scale[r]);
        for (; i < n; i++)
            x[i] *= scale[r];
    }
}

/* The mean of X [n], summed in two vectors. */
static float row_mean(const float *x, size_t n)
{
    vfloat s0 = {0}, s1 = {0};
    size_t i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        s0 += vload(x + i);
        s1 += vload(x + i + LANES);
    }
    float s = vsum(s0 + s1);
    for (; i < n; i++)
        s += x[i];
    return s / (float)n;
}

/* The biased variance of X [n] about MEAN: two passes, which loses less than sums of squares. */
static float row_variance(const float *x, size_t n, float mean)
{
    vfloat s0 = {0}, s1 = {0};
    size_t i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        vfloat d0 = vload(x + i) - mean, d1 = vload(x + i + LANES) - mean;
        s0 += d0 * d0;
        s1 += d1 * d1;
    }
    float s = vsum(s0 + s1);
    for (; i < n; i++)
        s += (x[i] - mean) * (x[i] - mean);
    return s / (float)n;
}

void KERNEL(layer_norm)(float *out, const float *x, size_t rows, size_t n, const float *gain,
                        const float *bias, float epsilon)
{
    for (size_t r = 0; r < rows; r++, x += n, out += n) {
        float mean = row_mean(x, n);
        float scale = 1 / sqrtf(row_variance(x, n, mean) + epsilon);
        size_t i = 0;
        for (; i + LANES <= n; i += LANES)
            vstore(out + i, (vload(x + i) - mean) * scale * vload(gain + i) + vload(bias + i));
        for (; i < n; i++)
            out[i] = (x[i] - mean) * scale * gain[i] + bias[i];
    }
}

void KERNEL(add)(float *x, const float *y, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        vstore(x + i, vload(x + i) + vload(y + i));
    for (; i < n; i++)
        x[i] += y[i];
}

void KERNEL(add_scaled)(float *x, const float *y, float scale, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        vstore(x + i, vload(x + i) + vload(y + i) * scale);
    for (; i < n; i++)
        x[i] += y[i] * scale;
}
