/*
 * ANOSIM R (Clarke 1993): the mean rank of the distances between groups minus that of the distances
 * within, over half the number of pairs; equal distances share their mean rank.  1: every distance
 * within a group is shorter than every one between groups; 0: no difference.
 */
#include "config.h"

#include "analysis/statistic.h"

#include <math.h>

static enum status anosim_compute(struct sample *s, double *value, struct err *err)
{
    const double *rank = sample_ranks(s);
    double sum[2] = {0, 0}, pairs[2] = {0, 0}; /* between, within */
    (void)err;
    for (uint32_t a = 0; a < s->points; a++)
        for (uint32_t b = a + 1; b < s->points; b++) {
            bool within = s->group[a] == s->group[b];
            sum[within] += rank[(size_t)a * s->points + b];
            pairs[within]++;
        }
    *value = NAN;
    if (pairs[0] > 0 && pairs[1] > 0)
        *value = (sum[0] / pairs[0] - sum[1] / pairs[1]) / ((pairs[0] + pairs[1]) / 2);
    return STATUS_OK;
}

const struct statistic statistic_anosim = {
    .name = "anosim",
    .unit = "",
    .summary = "ANOSIM R of the groups on the patterns' distances",
    .compute = anosim_compute,
};
