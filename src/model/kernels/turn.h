/*
 * turn.h - transposing by squares of eight.
 */
#ifndef PROPNEU_MODEL_KERNELS_TURN_H
#define PROPNEU_MODEL_KERNELS_TURN_H

#include "model/kernels/simd.h"

#define SQUARE 8

/* OUT [8][8] = the transpose of X [8][8], rows LDOUT and LDX apart. */
SIMD void turn_square(const float *x, size_t ldx, float *out, size_t ldout)
{
#if defined KERNELS_AVX2 || defined KERNELS_AVX512
    __m256 r[SQUARE], s[SQUARE];
    for (size_t i = 0; i < SQUARE; i += 2) {
        __m256 a = _mm256_loadu_ps(x + i * ldx), b = _mm256_loadu_ps(x + (i + 1) * ldx);
        r[i] = _mm256_unpacklo_ps(a, b);
        r[i + 1] = _mm256_unpackhi_ps(a, b);
    }
    for (size_t i = 0; i < SQUARE; i += 4) {
        s[i] = _mm256_shuffle_ps(r[i], r[i + 2], 0x44);
        s[i + 1] = _mm256_shuffle_ps(r[i], r[i + 2], 0xee);
        s[i + 2] = _mm256_shuffle_ps(r[i + 1], r[i + 3], 0x44);
        s[i + 3] = _mm256_shuffle_ps(r[i + 1], r[i + 3], 0xee);
    }
    for (size_t i = 0; i < SQUARE / 2; i++) {
        _mm256_storeu_ps(out + i * ldout, _mm256_permute2f128_ps(s[i], s[i + 4], 0x20));
        _mm256_storeu_ps(out + (i + 4) * ldout, _mm256_permute2f128_ps(s[i], s[i + 4], 0x31));
    }
#else
    for (size_t i = 0; i < SQUARE; i++)
        for (size_t j = 0; j < SQUARE; j++)
            out[j * ldout + i] = x[i * ldx + j];
#endif
}

/* OUT [columns][rows] = the transpose of X [rows][columns]. */
SIMD void turn(size_t rows, size_t columns, const float *x, size_t ldx, float *out, size_t ldout)
{
    for (size_t i = 0; i < rows; i += SQUARE) {
        size_t j = 0, high = rows - i < SQUARE ? rows - i : SQUARE;
        for (; high == SQUARE && j + SQUARE <= columns; j += SQUARE)
            turn_square(x + i * ldx + j, ldx, out + j * ldout + i, ldout);
        for (; j < columns; j++)
            for (size_t q = i; q < i + high; q++)
                out[j * ldout + q] = x[q * ldx + j];
    }
}

#endif
