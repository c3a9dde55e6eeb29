/*
 * How well the groups of a property separate: the mean silhouette of the activation patterns on
 * the layer's map (as published), and on the patterns' own distances, before they are laid out in
 * a plane.
 */
#include "config.h"

#include "analysis/statistic.h"

static enum status silhouette_compute(struct analysis *a, const char *property, uint32_t layer,
                                      double *value, struct err *err)
{
    const struct map *m;
    enum status code = analysis_map(a, property, layer, &m, err);
    if (!code)
        *value = m->silhouette;
    return code;
}

static enum status full_dim_compute(struct analysis *a, const char *property, uint32_t layer,
                                    double *value, struct err *err)
{
    const struct map *m;
    enum status code = analysis_map(a, property, layer, &m, err);
    if (!code)
        *value = m->silhouette_full;
    return code;
}

const struct statistic statistic_silhouette = {
    .name = "silhouette",
    .unit = "",
    .summary = "mean silhouette of the groups on the layer's map",
    .extreme = STATISTIC_LARGE,
    .compute = silhouette_compute,
};

const struct statistic statistic_full_dim = {
    .name = "full-dim",
    .unit = "",
    .summary = "mean silhouette of the groups on the patterns' distances",
    .extreme = STATISTIC_LARGE,
    .compute = full_dim_compute,
};
