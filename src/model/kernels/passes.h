/*
 * passes.h - what the forward and backward passes between the products are made of.
 */
#ifndef PROPNEU_MODEL_KERNELS_PASSES_H
#define PROPNEU_MODEL_KERNELS_PASSES_H

#include "model/kernels/simd.h"

/*
 * erf(x / sqrt 2) = x P(x^2) / Q(x^2) for |x| <= 5.6, beyond which it is 1 in float.  P and Q were
 * fitted for propneu by iteratively reweighted least squares; 1.5e-9 off before rounding.
 */
#define ERF_END 5.6f
static const float erf_p[7] = {7.978845710e-01f, 6.530504474e-02f, 9.600508225e-03f,
                               3.390992987e-04f, 1.686661967e-05f, 1.050117074e-07f,
                               -1.493604454e-10f};
static const float erf_q[6] = {1.000000000e+00f, 2.485145046e-01f, 2.845130061e-02f,
                               1.930460940e-03f, 8.172265777e-05f, 1.991972967e-06f};

/* BY P(U) / Q(U), U = x^2 <= ERF_END^2: erf(x / sqrt 2) for BY = x. */
SIMD vfloat erf_times(vfloat by, vfloat u)
{
    vfloat p = vsplat(erf_p[6]), q = vsplat(erf_q[5]);
    for (int i = 5; i >= 0; i--)
        p = p * u + erf_p[i];
    for (int i = 4; i >= 0; i--)
        q = q * u + erf_q[i];
    return by * p / q;
}

/*
 * exp(x) for x <= 0: 2^n times a polynomial in r = x - n ln 2, |r| <= ln 2 / 2 (Taylor, relative
 * error 2e-7).  Below -87 the result would be subnormal; it stays at exp(-87) = 1e-38, which no
 * sum of a softmax notices.
 */
SIMD vfloat exp_negative(vfloat x)
{
    const float rounder = 12582912.0f; /* 1.5 * 2^23: adding it leaves an integer in the low bits */
    x = vmax(x, vsplat(-87.0f));
    vfloat shifted = x * 1.44269504f + rounder;
    vfloat n = shifted - rounder;
    vfloat r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    vfloat p = r * (1.0f / 720) + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    vint exponent = vas_int(shifted) << 23;
    return vas_float(vas_int(p) + exponent);
}

#endif
