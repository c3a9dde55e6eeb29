/*
 * simd.h - vectors of floats for the arithmetic kernels, which are compiled for the
 * machine propneu is built for, and for AVX2 with FMA and AVX-512 or for NEON, chosen at run time.
 *
 * Written in the vector extensions of GCC and Clang, with intrinsics where those generate poor
 * code.  KERNEL(name) gives each build its own names.
 */
#ifndef PROPNEU_MODEL_KERNELS_SIMD_H
#define PROPNEU_MODEL_KERNELS_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef KERNELS_AVX512
#include <immintrin.h>
#define KERNEL(name) name##_avx512
#define LANES        16
#elif defined(KERNELS_AVX2)
#include <immintrin.h>
#define KERNEL(name) name##_avx2
#define LANES        8
#elif defined(KERNELS_NEON)
#include <arm_neon.h>
#define KERNEL(name) name##_neon
#define LANES        4
#else
#define KERNEL(name) name##_portable
#define LANES        4
#endif

#define SIMD static inline __attribute__((always_inline))

typedef float vfloat __attribute__((vector_size(LANES * 4)));
typedef int32_t vint __attribute__((vector_size(LANES * 4)));

SIMD vfloat vload(const float *p)
{
    vfloat v;
    memcpy(&v, p, sizeof v);
    return v;
}

SIMD void vstore(float *p, vfloat v)
{
    memcpy(p, &v, sizeof v);
}

SIMD vint vload_int(const void *p)
{
    vint v;
    memcpy(&v, p, sizeof v);
    return v;
}

SIMD vfloat vsplat(float x)
{
    return x - (vfloat){0};
}

SIMD vint vas_int(vfloat v)
{
    return (vint)v;
}

SIMD vfloat vas_float(vint v)
{
    return (vfloat)v;
}

/* Where MASK is all ones A, where 0 B. */
SIMD vfloat vselect(vint mask, vfloat a, vfloat b)
{
    return vas_float((mask & vas_int(a)) | (~mask & vas_int(b)));
}

/* A B + C, rounded once where the build has the instruction: as an expression it is so only if the
 * compiler optimises, and assembly beside it always. */
SIMD vfloat vfma(vfloat a, vfloat b, vfloat c)
{
#ifdef KERNELS_AVX512
    return _mm512_fmadd_ps(a, b, c);
#elif defined(KERNELS_AVX2)
    return _mm256_fmadd_ps(a, b, c);
#elif defined(KERNELS_NEON)
    return vfmaq_f32(c, a, b);
#else
    return a * b + c;
#endif
}

/* As the instructions: B where either is NaN. */
SIMD vfloat vmax(vfloat a, vfloat b)
{
#ifdef KERNELS_AVX512
    return _mm512_max_ps(a, b);
#elif defined(KERNELS_AVX2)
    return _mm256_max_ps(a, b);
#else
    return vselect(a > b, a, b);
#endif
}

SIMD vfloat vmin(vfloat a, vfloat b)
{
#ifdef KERNELS_AVX512
    return _mm512_min_ps(a, b);
#elif defined(KERNELS_AVX2)
    return _mm256_min_ps(a, b);
#else
    return vselect(a < b, a, b);
#endif
}

SIMD vint vmax_int(vint a, vint b)
{
#ifdef KERNELS_AVX512
    return (vint)_mm512_max_epi32((__m512i)a, (__m512i)b);
#elif defined(KERNELS_AVX2)
    return (vint)_mm256_max_epi32((__m256i)a, (__m256i)b);
#elif defined(KERNELS_NEON)
    return vmaxq_s32(a, b);
#else
    vint mask = a > b;
    return (mask & a) | (~mask & b);
#endif
}

/* Sums in a fixed order, so that results do not depend on anything but the build. */
SIMD float vsum(vfloat v)
{
    float s = 0;
    for (int i = 0; i < LANES; i++)
        s += v[i];
    return s;
}

SIMD float vlargest(vfloat v)
{
    float m = v[0];
    for (int i = 1; i < LANES; i++)
        m = v[i] > m ? v[i] : m;
    return m;
}

#endif
