/*
 * Convolutions over time by Fourier transforms, a vector of channels at a time.  A transform works
 * in place and leaves frequencies in bit-reversed order, which its inverse begins with.
 */
#include "config.h"

#include "model/kernels/kernels_impl.h"
#include "model/kernels/kernels.h"

#define SIZE KERNELS_FOURIER

/* X [SIZE] of vectors, RE and IM; ROOTS are cos and -sin of 2 pi j / SIZE for j < SIZE / 2. */
void KERNEL(fourier)(float *re, float *im, const float *roots)
{
    for (size_t half = SIZE / 2, step = 1; half > 0; half /= 2, step *= 2)
        for (size_t s = 0; s < SIZE; s += 2 * half)
            for (size_t j = s; j < s + half; j++) {
                float *re0 = re + j * LANES, *im0 = im + j * LANES;
                float *re1 = re0 + half * LANES, *im1 = im0 + half * LANES;
                float c = roots[(j - s) * step], d = roots[SIZE / 2 + (j - s) * step];
                vfloat a = vload(re0), b = vload(im0), x = a - vload(re1), y = b - vload(im1);
                vstore(re0, a + vload(re1));
                vstore(im0, b + vload(im1));
                vstore(re1, x * c - y * d);
                vstore(im1, x * d + y * c);
            }
}

/* The inverse, times SIZE. */
void KERNEL(fourier_back)(float *re, float *im, const float *roots)
{
    for (size_t half = 1, step = SIZE / 2; half < SIZE; half *= 2, step /= 2)
        for (size_t s = 0; s < SIZE; s += 2 * half)
            for (size_t j = s; j < s + half; j++) {
                float *re0 = re + j * LANES, *im0 = im + j * LANES;
                float *re1 = re0 + half * LANES, *im1 = im0 + half * LANES;
                float c = roots[(j - s) * step], d = roots[SIZE / 2 + (j - s) * step];
                vfloat a = vload(re0), b = vload(im0), x = vload(re1), y = vload(im1);
                vfloat u = x * c + y * d, v = y * c - x * d;
                vstore(re0, a + u);
                vstore(im0, b + v);
                vstore(re1, a - u);
                vstore(im1, b - v);
            }
}

/*
 * Vector J of outputs at frequency F and its mirror image, where the filters are conjugate, for
 * COUNT series; COUNT is constant in every caller.
 */
SIMD void mix(const size_t count, size_t channels, size_t vectors, size_t f, size_t j,
              const float *filter, const float *x, float *y)
{
    const size_t at[2] = {kernels_fourier_at(f) * LANES,
                          kernels_fourier_at((SIZE - f) % SIZE) * LANES};
    const size_t part = SIZE * LANES, series = 2 * vectors * part;
    vfloat re[2][2] = {{{0}}}, im[2][2] = {{{0}}};
    for (size_t i = 0; i < channels; i++) {
        const float *h = filter + (i * vectors + j) * 2 * LANES;
        const float *in = x + i / LANES * 2 * part + i % LANES;
        vfloat c = vload(h), d = vload(h + LANES);
        for (size_t s = 0; s < count; s++) {
            const float *of = in + s * series;
            float a = of[at[0]], b = of[at[0] + part], u = of[at[1]], v = of[at[1] + part];
            re[s][0] += a * c;
            im[s][0] += a * d;
            re[s][1] += u * c;
            im[s][1] -= u * d;
            re[s][0] -= b * d;
            im[s][0] += b * c;
            re[s][1] += v * d;
            im[s][1] += v * c;
        }
    }
    for (size_t s = 0; s < count; s++)
        for (int side = 0; side < 2; side++) {
            float *to = y + s * series + j * 2 * part + at[side];
            vstore(to, re[s][side]);
            vstore(to + part, im[s][side]);
        }
}

void KERNEL(fourier_mix)(size_t series, size_t channels, const float *filters, const float *x,
                         float *y)
{
    size_t vectors = (channels + LANES - 1) / LANES, size = 2 * vectors * SIZE * LANES;
    for (size_t f = 0; f <= SIZE / 2; f++, filters += channels * vectors * 2 * LANES)
        for (size_t s = 0; s < series; s += 2)
            for (size_t j = 0; j < vectors; j++)
                if (series - s > 1)
                    mix(2, channels, vectors, f, j, filters, x + s * size, y + s * size);
                else
                    mix(1, channels, vectors, f, j, filters, x + s * size, y + s * size);
}
