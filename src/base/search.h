/*
 * search.h - binary search in rows that are sorted by a number.
 */
#ifndef PROPNEU_BASE_SEARCH_H
#define PROPNEU_BASE_SEARCH_H

#include <stddef.h>
#include <stdint.h>

/* The first of COUNT rows, STRIDE bytes apart, whose number is KEY or more; KEYS points to the
 * number of the first row. */
static inline size_t search_u32(const uint32_t *keys, size_t stride, size_t count, uint32_t key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const void *row = (const char *)keys + mid * stride;
        if (*(const uint32_t *)row < key)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

#endif
