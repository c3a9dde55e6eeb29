/*
 * Noise that a recording gets in every run alike, whatever else is evaluated.
 */
#include "config.h"

#include "eval/noise.h"

#include <math.h>

struct noise noise_begin(uint64_t seed, uint64_t name)
{
    /* One step apart, so that seed s of one name is not seed s + 1 of another. */
    struct rng first = rng_seed(seed);
    return (struct noise){rng_seed(rng_next(&first) ^ name)};
}

void noise_add(struct noise *s, float *x, size_t n, double deviation)
{
    const double turn = 6.283185307179586;
    for (size_t i = 0; i < n; i += 2) {
        /* Box and Muller: two uniform numbers make two normal ones. Uniform numbers are
         * below 1, so the logarithm is finite. */
        double radius = deviation * sqrt(-2 * log(1 - rng_uniform(&s->rng)));
        double angle = turn * rng_uniform(&s->rng);
        x[i] += (float)(radius * cos(angle));
        if (i + 1 < n)
            x[i + 1] += (float)(radius * sin(angle));
    }
}

double noise_rms(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return n ? sqrt(sum / (double)n) : 0;
}
