/*
 * tile_neon.h - the inner loop of a matrix product, 8 rows by 8 columns, for NEON on 64-bit Arm.
 *
 * Four columns of A are loaded at a time, a vector of each row, and multiplied by element: 16
 * loads for 64 multiply-adds.  Sixteen sums, eight vectors of A and two of B are 26 of the 32
 * registers, so that intrinsics do.
 */
#ifndef PROPNEU_MODEL_KERNELS_TILE_NEON_H
#define PROPNEU_MODEL_KERNELS_TILE_NEON_H

#include <arm_neon.h>
#include <stddef.h>

#define TILE_NEON_ROWS 8

/* Row by row by their names: of arrays compilers keep some in memory. */
#define TILE_NEON_EACH(each) each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7)

#define TILE_NEON_CLEAR(r) float32x4_t s##r = zero, t##r = zero;
#define TILE_NEON_QUAD(r)  const float32x4_t x##r = vld1q_f32(a + r * lda + p);
#define TILE_NEON_ONE(r)   const float32x4_t x##r = vld1q_dup_f32(a + r * lda + p);
#define TILE_NEON_ADD(r, q)                    \
    s##r = vfmaq_laneq_f32(s##r, b0, x##r, q); \
    t##r = vfmaq_laneq_f32(t##r, b1, x##r, q);
#define TILE_NEON_ADD0(r) TILE_NEON_ADD(r, 0)
#define TILE_NEON_ADD1(r) TILE_NEON_ADD(r, 1)
#define TILE_NEON_ADD2(r) TILE_NEON_ADD(r, 2)
#define TILE_NEON_ADD3(r) TILE_NEON_ADD(r, 3)
#define TILE_NEON_STORE(r)                                                 \
    vst1q_f32(c + r * ldc, vaddq_f32(vld1q_f32(from + r * ldfrom), s##r)); \
    vst1q_f32(c + r * ldc + 4, vaddq_f32(vld1q_f32(from + r * ldfrom + 4), t##r));

/* Row Q of B times element Q of each row of A. */
#define TILE_NEON_STEP(q)                                                           \
    {                                                                               \
        const float32x4_t b0 = vld1q_f32(b + 8 * q), b1 = vld1q_f32(b + 8 * q + 4); \
        TILE_NEON_EACH(TILE_NEON_ADD##q)                                            \
    }

/*
 * C [8][8] = FROM [8][8] + A [8][k] B [k][8]; FROM may be C, or a single row where LDFROM is 0.
 * Each sum is made in the order of k from 0 on, then added to what FROM has.
 */
static inline __attribute__((always_inline)) void tile_neon(size_t k, const float *a, size_t lda,
                                                            const float *b, const float *from,
                                                            size_t ldfrom, float *c, size_t ldc)
{
    const float32x4_t zero = vdupq_n_f32(0);
    TILE_NEON_EACH(TILE_NEON_CLEAR)
    size_t p = 0;
    for (; p + 4 <= k; p += 4, b += 32) {
        TILE_NEON_EACH(TILE_NEON_QUAD)
        TILE_NEON_STEP(0)
        TILE_NEON_STEP(1)
        TILE_NEON_STEP(2)
        TILE_NEON_STEP(3)
    }
    for (; p < k; p++, b += 8) {
        TILE_NEON_EACH(TILE_NEON_ONE)
        TILE_NEON_STEP(0)
    }
    TILE_NEON_EACH(TILE_NEON_STORE)
}

#endif
