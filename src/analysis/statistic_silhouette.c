/*
 * How well the groups of a property separate: the mean silhouette (Rousseeuw 1987) of the
 * activation patterns on the layer's map (as published), and on the patterns' own distances, before
 * they are laid out in a plane.
 */
#include "config.h"

#include "analysis/statistic.h"

static enum status silhouette_compute(struct sample *s, double *value, struct err *err)
{
    const double *xy;
    enum status code = sample_map(s, &xy, err);
    if (!code)
        *value = silhouette_plane(xy, s->points, s->group, s->groups);
    return code;
}

static enum status full_dim_compute(struct sample *s, double *value, struct err *err)
{
    (void)err;
    *value = silhouette_distances(sample_distances(s), s->points, s->group, s->groups);
    return STATUS_OK;
}

const struct statistic statistic_silhouette = {
    .name = "silhouette",
    .unit = "",
    .summary = "mean silhouette of the groups on the layer's map",
    .compute = silhouette_compute,
};

const struct statistic statistic_full_dim = {
    .name = "full-dim",
    .unit = "",
    .summary = "mean silhouette of the groups on the patterns' distances",
    .compute = full_dim_compute,
};
