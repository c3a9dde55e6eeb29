/*
 * statistic.h - numbers that say how strongly a property shows in a layer: one row for each, one
 * source for each.
 *
 * To add a statistic, write its source with a struct statistic and add its row to STATISTICS.
 */
#ifndef PROPNEU_ANALYSIS_STATISTIC_H
#define PROPNEU_ANALYSIS_STATISTIC_H

#include "analysis/analysis.h"
#include "analysis/sample.h"

/* STATISTIC(identifier, name) */
#define STATISTICS(STATISTIC)               \
    STATISTIC(size, "size")                 \
    STATISTIC(silhouette, "silhouette")     \
    STATISTIC(full_dim, "full-dim")         \
    STATISTIC(anosim, "anosim")             \
    STATISTIC(permanova_f, "permanova-f")   \
    STATISTIC(permanova_r2, "permanova-r2") \
    STATISTIC(permdisp, "permdisp")         \
    STATISTIC(overlap, "overlap")

struct statistic {
    const char *name, *unit, *summary; /* unit: "" for a pure number */
    bool needs_set;                    /* it compares with a set: "NAME:SET", sample.reference */
    /* The value of S, larger where it is more evidence for the property; NAN where it is not
     * defined. */
    enum status (*compute)(struct sample *s, double *value, struct err *err);
};

#define STATISTIC_DECLARE(id, name) extern const struct statistic statistic_##id;
STATISTICS(STATISTIC_DECLARE)
#undef STATISTIC_DECLARE

extern const struct statistic *const statistics[]; /* ends with NULL */

/*
 * The value of a statistic for PROPERTY in LAYER (from 0) of the file as it is; REFERENCE [words]
 * as in struct sample, NULL where the statistic compares with no set.
 */
enum status statistic_of_layer(const struct statistic *statistic, struct analysis *a,
                               const char *property, uint32_t layer, const uint64_t *reference,
                               double *value, struct err *err);

/* The statistic NAME, or NULL. */
const struct statistic *statistic_find(const char *name);

#endif
