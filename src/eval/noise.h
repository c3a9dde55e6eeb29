/*
 * noise.h - Gaussian noise from a seed.
 */
#ifndef PROPNEU_EVAL_NOISE_H
#define PROPNEU_EVAL_NOISE_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

struct noise {
    struct rng rng;
};

/* The noise of SEED for the recording whose name has the hash NAME. */
struct noise noise_begin(uint64_t seed, uint64_t name);

/* X [n] += deviation x noise. */
void noise_add(struct noise *s, float *x, size_t n, double deviation);

/* Root of the mean square of X [n]. */
double noise_rms(const float *x, size_t n);

#endif
