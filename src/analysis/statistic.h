/*
 * statistic.h - numbers that say how strongly a property shows in a layer: one row for each, one
 * source for each.
 *
 * To add a statistic, write its source with a struct statistic and add its row to STATISTICS.
 */
#ifndef PROPNEU_ANALYSIS_STATISTIC_H
#define PROPNEU_ANALYSIS_STATISTIC_H

#include "analysis/analysis.h"

/* STATISTIC(identifier, name) */
#define STATISTICS(STATISTIC)           \
    STATISTIC(size, "size")             \
    STATISTIC(silhouette, "silhouette") \
    STATISTIC(full_dim, "full-dim")

/* Which values are evidence for the property. */
enum statistic_side { STATISTIC_LARGE, STATISTIC_SMALL };

struct statistic {
    const char *name, *unit, *summary; /* unit: "" for a pure number */
    enum statistic_side extreme;
    /* The value for PROPERTY in LAYER (from 0); NAN where it is not defined. */
    enum status (*compute)(struct analysis *a, const char *property, uint32_t layer, double *value,
                           struct err *err);
};

#define STATISTIC_DECLARE(id, name) extern const struct statistic statistic_##id;
STATISTICS(STATISTIC_DECLARE)
#undef STATISTIC_DECLARE

extern const struct statistic *const statistics[]; /* ends with NULL */

/* The statistic NAME, or NULL. */
const struct statistic *statistic_find(const char *name);

#endif
