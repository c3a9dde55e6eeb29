/*
 * pattern.h - activation patterns S_k = { i : p(i | k) > tau / D } and the statistics of one
 * probability.
 */
#ifndef PROPNEU_ANALYSIS_PATTERN_H
#define PROPNEU_ANALYSIS_PATTERN_H

#include <stdint.h>

/*
 * Sets in BITS [bitset_words(width)] the neurons activated more often than chance, exactly, in
 * integers: hits / frames > tau / width.  No frames, no neurons.
 */
void pattern_from_hits(uint64_t *bits, const uint32_t *hits, uint32_t width, uint64_t frames,
                       uint32_t tau);

/* The same of COUNT of the WIDTH neurons, from a multiple of 64 on. */
void pattern_from_hits_of(uint64_t *bits, const uint32_t *hits, uint32_t count, uint64_t frames,
                          uint32_t tau, uint32_t width);

/* The same of probabilities, compared as the published program does: p > (float)(tau / width). */
void pattern_from_probabilities(uint64_t *bits, const float *p, uint32_t width, uint32_t tau);

/* Integer counts under the published program's rule: (float)hits / (float)frames, as above. */
void pattern_from_hits_f32(uint64_t *bits, const uint32_t *hits, uint32_t width, uint64_t frames,
                           uint32_t tau);
void pattern_from_hits_f32_of(uint64_t *bits, const uint32_t *hits, uint32_t count, uint64_t frames,
                              uint32_t tau, uint32_t width);

/* Interval of a probability. */
struct wilson_interval {
    double low, high;
};

/* Wilson's score interval of hits / frames at 95 % (Wilson 1927); [0, 1] without frames. */
struct wilson_interval wilson_interval(uint64_t hits, uint64_t frames);

#endif
