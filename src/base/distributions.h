/*
 * distributions.h - upper tails of Student's t, the binomial and the hypergeometric distribution:
 * P(X >= x), accurate in relative terms, so that small tails are numbers and no differences.
 */
#ifndef PROPNEU_BASE_DISTRIBUTIONS_H
#define PROPNEU_BASE_DISTRIBUTIONS_H

#include <stdint.h>

/* The regularised incomplete beta function I_x(a, b), a and b above 0; Y is 1 - x, which callers
 * know to more digits where x is almost 1. */
double beta_regularised(double a, double b, double x, double y);

/* P(T >= t) with DF degrees of freedom; NAN for a NAN. */
double student_upper(double t, double df);

/* P(X >= HITS) of N trials of probability P, 0 < p < 1. */
double binomial_upper(uint64_t hits, uint64_t n, double p);

/*
 * P(X >= HITS) where N of ALL are drawn, of which MARKED are marked: Fisher's exact test (1935) of
 * "more often here than elsewhere", one-sided.
 */
double hypergeometric_upper(uint64_t hits, uint64_t n, uint64_t marked, uint64_t all);

#endif
