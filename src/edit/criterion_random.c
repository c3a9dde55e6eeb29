/*
 * The random criterion: uniform numbers, the baseline that every other criterion is compared with.
 */
#include "config.h"

#include "edit/criterion.h"

#include "base/rng.h"

static enum status random_score(const struct checkpoint *c, uint32_t layer, uint32_t width,
                                uint64_t seed, double *out, struct err *err)
{
    /* A stream of its own for each layer, so that widths of others do not matter. */
    struct rng seeds = rng_seed(seed);
    struct rng r = rng_seed(0);
    (void)c;
    (void)err;
    for (uint32_t n = 0; n <= layer; n++)
        r = rng_seed(rng_next(&seeds));
    for (uint32_t i = 0; i < width; i++)
        out[i] = rng_uniform(&r);
    return STATUS_OK;
}

const struct prune_criterion prune_criterion_random = {
    .name = "random",
    .summary = "uniform random numbers, by the seed",
    .random = true,
    .score = random_score,
};
