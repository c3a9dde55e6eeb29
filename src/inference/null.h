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
    uint32_t rows;        /* statistics x layers, statistic by statistic */
    struct null_row *row; /* [rows] */
    double *value;        /* private */
};

/* Runs R on A's file, under A's cancel flag. */
enum status null_make(struct null_result *out, struct analysis *a, const struct null_request *r,
                      struct err *err);
void null_free(struct null_result *n);

/*
 * Adds the statistic written as TEXT, "size" or "overlap:SET", to R; SET is parsed and loaded into
 * *SET, which the caller frees (setexpr_free) after use.
 */
enum status null_add_statistic(struct null_request *r, const char *text, struct analysis *a,
                               struct setexpr *set, struct err *err);

#endif
