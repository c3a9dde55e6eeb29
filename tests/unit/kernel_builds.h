/*
 * kernel_builds.h - the builds of the kernels that this processor runs, and numbers for them.
 */
#ifndef PROPNEU_KERNEL_BUILDS_H
#define PROPNEU_KERNEL_BUILDS_H

#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "model/kernels/kernels.h"

/* The builds this processor runs. */
static const struct kernels *builds[KERNELS_BUILDS + 1];

static inline float draw(struct rng *r)
{
    return (float)(rng_uniform(r) * 2 - 1);
}

static inline float *draw_many(struct rng *r, size_t n)
{
    float *x = mem_aligned(n, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = draw(r);
    return x;
}

static inline int find_builds(void **state)
{
    (void)state;
    kernels_list(builds);
    return 0;
}

#endif
