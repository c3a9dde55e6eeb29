/*
 * PERMANOVA (Anderson 2001) and PERMDISP (Anderson 2006) on the distances between patterns.  The
 * first asks whether groups differ in where their patterns lie, by the squared distances within
 * groups; the second whether they differ in how far their patterns spread, by an analysis of
 * variance of the distances to the group's centroid.  A large PERMANOVA F with a large PERMDISP F
 * may be spread alone.
 */
#include "config.h"

#include "analysis/statistic.h"

#include <math.h>
#include <string.h>

/* Sums of squares of the whole and within groups, and the groups that have points. */
struct permanova_sums {
    double total, within;
    uint32_t groups;
};

/* Sum over the pairs of points of one group of their squared distances, into OF [groups]. */
static double permanova_pairs(struct sample *s, double *of)
{
    const uint32_t *differing = sample_differing(s);
    double total = 0;
    for (uint32_t g = 0; g < s->groups; g++)
        of[g] = 0;
    for (uint32_t a = 0; a < s->points; a++)
        for (uint32_t b = a + 1; b < s->points; b++) {
            double d = differing[(size_t)a * s->points + b];
            total += d;
            if (s->group[a] == s->group[b])
                of[s->group[a]] += d;
        }
    return total;
}

static struct permanova_sums permanova_split(struct sample *s)
{
    const uint32_t *size = sample_sizes(s);
    double *of = s->scratch;
    struct permanova_sums sums = {.total = permanova_pairs(s, of) / s->points};
    for (uint32_t g = 0; g < s->groups; g++)
        if (size[g] > 0) {
            sums.within += of[g] / size[g];
            sums.groups++;
        }
    return sums;
}

/* Mean squares between GROUPS over those within them, of N values; NAN where there are none. */
static double permanova_ratio(double between, double within, uint32_t groups, uint32_t n)
{
    if (groups < 2 || n <= groups || !(within > 0))
        return NAN;
    return between / (groups - 1) / (within / (n - groups));
}

static enum status permanova_f_compute(struct sample *s, double *value, struct err *err)
{
    struct permanova_sums sums = permanova_split(s);
    (void)err;
    *value = permanova_ratio(sums.total - sums.within, sums.within, sums.groups, s->points);
    return STATUS_OK;
}

static enum status permanova_r2_compute(struct sample *s, double *value, struct err *err)
{
    struct permanova_sums sums = permanova_split(s);
    (void)err;
    *value = sums.groups >= 2 && sums.total > 0 ? 1 - sums.within / sums.total : NAN;
    return STATUS_OK;
}

/*
 * Distance of each point to the centroid of its group into Z [points].  The centroid need not be
 * known: the squared distance to it is the mean squared distance to the group's points minus half
 * the mean over their pairs.
 */
static void permdisp_spread(struct sample *s, double *z, double *of)
{
    const uint32_t *differing = sample_differing(s), *size = sample_sizes(s);
    permanova_pairs(s, of);
    for (uint32_t a = 0; a < s->points; a++) {
        double sum = 0, n = size[s->group[a]];
        for (uint32_t b = 0; b < s->points; b++)
            if (s->group[b] == s->group[a])
                sum += differing[(size_t)a * s->points + b];
        double squared = sum / n - of[s->group[a]] / (n * n);
        z[a] = squared > 0 ? sqrt(squared) : 0;
    }
}

static enum status permdisp_compute(struct sample *s, double *value, struct err *err)
{
    const uint32_t *size = sample_sizes(s);
    double *of = s->scratch, *z = s->scratch + s->groups, all = 0, between = 0, within = 0;
    uint32_t groups = 0;
    (void)err;
    permdisp_spread(s, z, of);
    memset(of, 0, s->groups * sizeof *of);
    for (uint32_t k = 0; k < s->points; k++) {
        of[s->group[k]] += z[k];
        all += z[k] / s->points;
    }
    for (uint32_t g = 0; g < s->groups; g++)
        if (size[g] > 0) {
            of[g] /= size[g];
            between += size[g] * (of[g] - all) * (of[g] - all);
            groups++;
        }
    for (uint32_t k = 0; k < s->points; k++)
        within += (z[k] - of[s->group[k]]) * (z[k] - of[s->group[k]]);
    *value = permanova_ratio(between, within, groups, s->points);
    return STATUS_OK;
}

const struct statistic statistic_permanova_f = {
    .name = "permanova-f",
    .unit = "",
    .summary = "PERMANOVA F of the groups on the patterns' distances",
    .compute = permanova_f_compute,
};

const struct statistic statistic_permanova_r2 = {
    .name = "permanova-r2",
    .unit = "",
    .summary = "PERMANOVA R2: share of the squared distances that the groups explain",
    .compute = permanova_r2_compute,
};

const struct statistic statistic_permdisp = {
    .name = "permdisp",
    .unit = "",
    .summary = "PERMDISP F: whether the groups differ in spread around their centroids",
    .compute = permdisp_compute,
};
