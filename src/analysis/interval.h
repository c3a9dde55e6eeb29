/*
 * interval.h - where most of a list of numbers lies, and how many reach another one.
 */
#ifndef PROPNEU_ANALYSIS_INTERVAL_H
#define PROPNEU_ANALYSIS_INTERVAL_H

#include <stddef.h>

/* Intervals hold this share: of a distribution, or of what was drawn. */
#define CONFIDENCE 0.95

struct interval {
    size_t count;
    double mean, low, high; /* NAN without numbers */
};

/*
 * Of the COUNT numbers at X, which it sorts: their mean (added up in ascending order), and the
 * percentiles that leave out (1 - COVERAGE) / 2 on either side, between neighbours by straight
 * lines.  NANs are left out.
 */
struct interval interval_of(double *x, size_t count, double coverage);

/* The number below which SHARE of the COUNT numbers at X lie, between neighbours by straight lines;
 * sorts X, which holds no NAN.  NAN without numbers. */
double interval_percentile(double *x, size_t count, double share);

/*
 * Share of random sets at least as high as OBSERVED, itself counted as one of them, so that it is
 * never 0: the p-value of a permutation test.  NAN without numbers.
 */
double interval_p(const double *x, size_t count, double observed);

#endif
