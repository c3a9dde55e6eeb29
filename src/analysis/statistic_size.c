/*
 * The number of property neurons of a layer: |P| (equation 5).
 */
#include "config.h"

#include "analysis/statistic.h"

#include "base/bitset.h"

static enum status size_compute(struct analysis *a, const char *property, uint32_t layer,
                                double *value, struct err *err)
{
    const struct property_layer *l;
    enum status code = analysis_layer(a, property, layer, &l, err);
    if (!code)
        *value = (double)bitset_count(l->neurons, l->words);
    return code;
}

const struct statistic statistic_size = {
    .name = "size",
    .unit = "neurons",
    .summary = "property neurons of the layer",
    .extreme = STATISTIC_LARGE,
    .compute = size_compute,
};
