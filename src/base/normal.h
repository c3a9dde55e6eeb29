/*
 * normal.h - numbers of a normal and of a uniform distribution by seed and place: the number at a
 * place does not depend on those before it, so that arrays can be filled in any order.
 *
 * They are the same bits on every machine.  Only additions, products, quotients, square roots and
 * fma() are used, all of which IEEE 754 rounds correctly, and every product that is added to is
 * written as an fma(), so that no compiler can decide whether to round in between; the logarithms,
 * sines and exponentials of the usual methods differ in the last bit from library to library.
 */
#ifndef PROPNEU_BASE_NORMAL_H
#define PROPNEU_BASE_NORMAL_H

#include <stdint.h>

/* A stream of numbers, which NAME and SEED distinguish from others. */
uint64_t stream_key(uint64_t seed, const char *name);

/* The number at INDEX of the stream KEY: uniform in LOW .. HIGH. */
double stream_uniform(uint64_t key, uint64_t index, double low, double high);

/* The same, normal with mean 0 and deviation 1. */
double stream_normal(uint64_t key, uint64_t index);

/* The number that a standard normal one stays below with probability P, 0 < P < 1. */
double normal_quantile(double p);

#endif
