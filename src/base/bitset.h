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

/* Bits of each byte of X, in that byte. */
static inline uint64_t bitset_count_bytes(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    return (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
}

/* The sum of the bytes of X. */
static inline size_t bitset_add_bytes(uint64_t x)
{
    x = (x & 0x00ff00ff00ff00ffu) + (x >> 8 & 0x00ff00ff00ff00ffu);
    return (size_t)((x * 0x0001000100010001u) >> 48);
}

/*
 * Bits in which A and B differ: of all pairs of patterns in every draw of a null.  Counted by
 * adding within words, without a table and without an instruction that not all processors have, and
 * eight words at a time, for compilers to make vectors of; a byte holds the counts of 31 rounds.
 */
static inline size_t bitset_differing(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t n = 0, w = 0;
    while (w + 8 <= words) {
        uint64_t sum[8] = {0};
        for (size_t round = 0; round < 31 && w + 8 <= words; round++, w += 8)
            for (size_t k = 0; k < 8; k++)
                sum[k] += bitset_count_bytes(a[w + k] ^ b[w + k]);
        for (size_t k = 0; k < 8; k++)
            n += bitset_add_bytes(sum[k]);
    }
    for (; w < words; w++)
        n += bitset_add_bytes(bitset_count_bytes(a[w] ^ b[w]));
    return n;
}

#endif
