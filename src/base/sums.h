/*
 * sums.h - rows of counts added to each other: where nulls and queries spend their time.  The inner
 * loops have a fixed length, so that compilers make vectors of them without being asked for more
 * than -O2.
 */
#ifndef PROPNEU_BASE_SUMS_H
#define PROPNEU_BASE_SUMS_H

#include <stddef.h>
#include <stdint.h>

#define SUMS_STEP 16

static inline void sums_add_u16(uint32_t *restrict sum, const uint16_t *restrict count, size_t n)
{
    size_t whole = n - n % SUMS_STEP;
    for (size_t i = 0; i < whole; i += SUMS_STEP)
        for (size_t k = 0; k < SUMS_STEP; k++)
            sum[i + k] += count[i + k];
    for (size_t i = whole; i < n; i++)
        sum[i] += count[i];
}

static inline void sums_add(uint32_t *restrict sum, const uint32_t *restrict count, size_t n)
{
    size_t whole = n - n % SUMS_STEP;
    for (size_t i = 0; i < whole; i += SUMS_STEP)
        for (size_t k = 0; k < SUMS_STEP; k++)
            sum[i + k] += count[i + k];
    for (size_t i = whole; i < n; i++)
        sum[i] += count[i];
}

static inline void sums_subtract(uint32_t *restrict sum, const uint32_t *restrict count, size_t n)
{
    size_t whole = n - n % SUMS_STEP;
    for (size_t i = 0; i < whole; i += SUMS_STEP)
        for (size_t k = 0; k < SUMS_STEP; k++)
            sum[i + k] -= count[i + k];
    for (size_t i = whole; i < n; i++)
        sum[i] -= count[i];
}

#endif
