/*
 * The number of neurons of a layer that are in any pattern of the property: |S|.
 */
#include "config.h"

#include "analysis/statistic.h"

#include "base/bitset.h"

static enum status active_compute(struct analysis *a, const char *property, uint32_t layer,
                                  double *value, struct err *err)
{
    const struct property_layer *l;
    enum status code = analysis_layer(a, property, layer, &l, err);
    if (!code)
        *value = (double)bitset_count(l->any, l->words);
    return code;
}

const struct statistic statistic_active = {
    .name = "active",
    .unit = "neurons",
    .summary = "neurons in at least one activation pattern",
    .extreme = STATISTIC_LARGE,
    .compute = active_compute,
};
