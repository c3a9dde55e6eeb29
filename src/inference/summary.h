/*
 * summary.h - what a null says of an observed value: its mean, spread and percentiles, p, and p for
 * the best of several layers.
 *
 * Values within 1e-9 of each other are ties and count as reached: sums in another order must not
 * decide.  A value that is not defined (NAN) is left out of mean, spread and percentiles and never
 * reaches anything.
 */
#ifndef PROPNEU_INFERENCE_SUMMARY_H
#define PROPNEU_INFERENCE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct summary {
    double observed, mean, sd, low, high; /* low, high: 2.5 and 97.5 percentiles */
    double p;                             /* NAN where observed is */
    double p_max;                         /* of summary_family; NAN where it was not asked for */
};

/* True if A is at least B, or ties with it. */
bool summary_reaches(double a, double b);

/*
 * OBSERVED among VALUE [draws], large being extreme (Phipson and Smyth 2010): the share of values
 * that reach it where they are ENUMERATED (it is among them), else (1 + number) / (1 + draws).
 */
enum status summary_make(struct summary *s, double observed, const double *value, size_t draws,
                         bool enumerated, struct err *err);

/*
 * p_max of each of S [layers], with the values VALUE [layers][draws] of the same draws in each
 * (Westfall and Young 1993): how often the largest standardised value of any layer reaches the
 * layer's own.  A layer whose draws are all equal takes no part; its p_max is 1.
 */
enum status summary_family(struct summary *s, size_t layers, const double *value, size_t draws,
                           bool enumerated, struct err *err);

/* The SHARE quantile (0..1) of SORTED [n] by numpy's linear rule; NAN for n = 0. */
double summary_quantile(const double *sorted, size_t n, double share);

/* Rising order of doubles, for qsort. */
int summary_compare(const void *a, const void *b);

#endif
