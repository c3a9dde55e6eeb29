/*
 * rng.h - a small seeded generator (SplitMix64, Steele, Lea and Flood 2014): the same numbers
 * on every machine, so that a seed is enough to reproduce a result.
 */
#ifndef PROPNEU_BASE_RNG_H
#define PROPNEU_BASE_RNG_H

#include <stdint.h>

/* What the state is advanced by: the N-th number from here is that of state + (N - 1) steps. */
#define RNG_STEP UINT64_C(0x9e3779b97f4a7c15)

struct rng {
    uint64_t state;
};

static inline struct rng rng_seed(uint64_t seed)
{
    return (struct rng){seed};
}

/* A generator of its own for each COUNTER: draw number 7 of a seed is the same whoever makes it,
 * and whichever draws were made before. */
static inline struct rng rng_at(uint64_t seed, uint64_t counter)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
    z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u + counter;
    z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u;
    return (struct rng){z ^ (z >> 32)};
}

static inline uint64_t rng_next(struct rng *r)
{
    uint64_t z = r->state += RNG_STEP;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Uniform in [0, 1), 53 bits. */
static inline double rng_uniform(struct rng *r)
{
    return (double)(rng_next(r) >> 11) * 0x1p-53;
}

/* Uniform in 0 .. n-1, n > 0. */
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
    return (uint64_t)(((unsigned __int128)rng_next(r) * n) >> 64);
}

#endif
