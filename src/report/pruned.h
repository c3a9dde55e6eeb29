/*
 * pruned.h - models that were pruned with training in between, one row each, and what they give by
 * the share that is kept: figures 6 and 9 of the paper.
 */
#ifndef PROPNEU_REPORT_PRUNED_H
#define PROPNEU_REPORT_PRUNED_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "base/status.h"

/* One model; NAN where the table has no such number. */
struct pruned_model {
    uint32_t task, method; /* of the names */
    double seed, share, kept, error;
    double parameters, multiply_adds, real_time;
};

struct pruned {
    struct names task, method;  /* in their order in the tables */
    struct pruned_model *model; /* [count] */
    size_t count, cap;
};

/* Models of one task and method with one share: numbers over their seeds. */
struct pruned_point {
    uint32_t task, method;
    double share, error, low, high;                    /* mean, least and largest error */
    double kept, parameters, multiply_adds, real_time; /* means */
    size_t seeds;
};

/*
 * Adds the rows of PATH, a table "pruning" of propneu-tables(5), to P, which is PRUNED_INIT at
 * first. STATUS_FORMAT names file and line.
 */
#define PRUNED_INIT                              \
    {                                            \
        .task = NAMES_INIT, .method = NAMES_INIT \
    }
enum status pruned_read(struct pruned *p, const char *path, struct err *err);
void pruned_free(struct pruned *p);

/*
 * The points of P into *OUT [*COUNT], to be freed, by task, method and falling share.
 * STATUS_MISMATCH: a seed has two models at one point.
 */
enum status pruned_points(const struct pruned *p, struct pruned_point **out, size_t *count,
                          struct err *err);

#endif
