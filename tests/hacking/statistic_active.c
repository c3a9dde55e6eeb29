/*
 * The number of neurons of a layer that are in any pattern of the property: |S|.
 */
#include "config.h"

#include "analysis/statistic.h"

static enum status active_compute(struct sample *s, double *value, struct err *err)
{
    size_t n = 0;
    (void)err;
    for (size_t w = 0; w < s->words; w++) {
        uint64_t any = 0;
        for (uint32_t k = 0; k < s->points; k++)
            any |= s->pattern[k * s->words + w];
        n += (size_t)__builtin_popcountll(any);
    }
    *value = (double)n;
    return STATUS_OK;
}

const struct statistic statistic_active = {
    .name = "active",
    .unit = "neurons",
    .summary = "neurons in at least one activation pattern",
    .compute = active_compute,
};
