/*
 * The number of property neurons of a layer: |P| (equation 5); and how many of them are in a set
 * that does not depend on the groups.
 */
#include "config.h"

#include "analysis/statistic.h"

#include "base/bitset.h"

static enum status size_compute(struct sample *s, double *value, struct err *err)
{
    (void)err;
    *value = (double)bitset_count(sample_neurons(s), s->words);
    return STATUS_OK;
}

static enum status overlap_compute(struct sample *s, double *value, struct err *err)
{
    const uint64_t *neurons = sample_neurons(s);
    size_t n = 0;
    if (!s->reference)
        return err_set(err, STATUS_USAGE, "overlap: compares with a set (overlap:SET)");
    for (size_t w = 0; w < s->words; w++) {
        uint64_t both = neurons[w] & s->reference[w];
        n += bitset_count(&both, 1);
    }
    *value = (double)n;
    return STATUS_OK;
}

const struct statistic statistic_size = {
    .name = "size",
    .unit = "neurons",
    .summary = "property neurons of the layer",
    .compute = size_compute,
};

const struct statistic statistic_overlap = {
    .name = "overlap",
    .unit = "neurons",
    .summary = "property neurons of the layer that are in a set, too",
    .needs_set = true,
    .compute = overlap_compute,
};
