/*
 * null.h - what chance gives: statistics of a property in every layer against their distribution
 * when labels are exchanged (exchange.h).
 */
#ifndef PROPNEU_INFERENCE_NULL_H
#define PROPNEU_INFERENCE_NULL_H

#include "analysis/setexpr.h"
#include "analysis/statistic.h"
#include "inference/exchange.h"
#include "inference/summary.h"

#define NULL_MAX_STATISTICS 16

struct null_request {
    const char *property;
    const uint32_t *layer; /* [layers] from 0, in rising order; NULL: all */
    uint32_t layers;
    struct {
        const struct statistic *statistic;
        const struct setexpr *set; /* where it needs one; borrowed, loaded */
    } statistic[NULL_MAX_STATISTICS];
    uint32_t statistics;
    struct exchange_options exchange;
    unsigned threads; /* at least 1 */
    void (*progress)(void *context, double share);
    void *progress_context;
};

/* The null of one statistic in one layer. */
struct null_row {
    const struct statistic *statistic;
    const char *set; /* text of the set compared with, borrowed from the request; "" */
    uint32_t layer;  /* from 0 */
    struct summary summary;
    const double *value; /* [draws] of the null, in the order of the draws */
};

struct null_result {
    char *property;
    enum exchange_kind kind;
    char strata[80];
    uint64_t draws, labelings; /* labelings: how many there are; UINT64_MAX: more */
    bool enumerated;
    uint32_t left_out;    /* units without a level of the property, which are in no draw */
    char why[256];        /* why there is no p but at most an expected size (draws 0); "" */
    uint32_t rows;        /* statistics x layers, statistic by statistic */
    struct null_row *row; /* [rows] */
    double *value;        /* private */
};

/* Runs R on A's file, under A's cancel flag. */
enum status null_make(struct null_result *out, struct analysis *a, const struct null_request *r,
                      struct err *err);
void null_free(struct null_result *n);

/*
 * The same step by step, for whoever shows what there is so far: some draws, a summary of
 * them, more draws.  R is copied; what it points to (but `layer`) and
 * A outlive the run, and A's conditions stay.
 */
struct null_run;
enum status null_begin(struct null_run **out, struct analysis *a, const struct null_request *r,
                       struct err *err);
void null_end(struct null_run *run); /* RUN may be NULL */

/* Draws on until there are DRAWS, or all.  What a cancelled call had begun is made again. */
enum status null_draw(struct null_run *run, uint64_t draws, struct err *err);
uint64_t null_drawn(const struct null_run *run);

/*
 * What the draws so far say, with a copy of their values.  The first draws of an enumeration are no
 * sample of it: before all are there, these say nothing.
 */
enum status null_so_far(const struct null_run *run, struct null_result *out, struct err *err);

/* How the null is made, and the values so far: [rows][draws], a row's first null_drawn count. */
const struct null_result *null_plan(const struct null_run *run);

/* Takes VALUE [rows][draws], the values of all draws as an earlier run of the same request over the
 * same file made them. */
void null_restore(struct null_run *run, const double *value);

/*
 * Adds the statistic written as TEXT, "size" or "overlap:SET", to R; SET is parsed and loaded into
 * *SET, which the caller frees (setexpr_free) after use.
 */
enum status null_add_statistic(struct null_request *r, const char *text, struct analysis *a,
                               struct setexpr *set, struct err *err);

#endif
