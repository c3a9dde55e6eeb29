/*
 * bitset.h - sets of neurons as rows of 64-bit words.
 *
 * A row of D bits takes bitset_words(D) words; bits from D on are always 0.
 */
#ifndef PROPNEU_BASE_BITSET_H
#define PROPNEU_BASE_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline size_t bitset_words(size_t bits)
{
    return (bits + 63) / 64;
}

static inline bool bitset_has(const uint64_t *set, size_t i)
{
    return set[i / 64] >> (i % 64) & 1;
}

static inline void bitset_put(uint64_t *set, size_t i)
{
    set[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline void bitset_drop(uint64_t *set, size_t i)
{
    set[i / 64] &= ~((uint64_t)1 << (i % 64));
}

static inline size_t bitset_count(const uint64_t *set, size_t words)
{
    size_t n = 0;
    for (size_t w = 0; w < words; w++)
        n += (size_t)__builtin_popcountll(set[w]);
    return n;
}

/* Bits in which A and B differ.  Counted in words, without a table or an instruction that not all
 * processors have, so that compilers make vectors of it. */
static inline size_t bitset_differing(const uint64_t *a, const uint64_t *b, size_t words)
{
    uint64_t n = 0;
    for (size_t w = 0; w < words; w++) {
        uint64_t x = a[w] ^ b[w];
        x -= x >> 1 & 0x5555555555555555u;
        x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
        x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
        x += x >> 8;
        x += x >> 16;
        n += (x + (x >> 32)) & 0x7f;
    }
    return n;
}

#endif
