/*
 * eigen.h - the two largest eigenvalues of a symmetric matrix, in steps between which one may stop.
 */
#ifndef PROPNEU_ANALYSIS_EIGEN_H
#define PROPNEU_ANALYSIS_EIGEN_H

#include <stddef.h>

#include "base/cancel.h"

/*
 * VALUE [2], the larger one first, and their vectors of length 1, VECTOR [2][n], of A [n][n], whose
 * lower triangle is overwritten; n >= 2.  STATUS_UNSUPPORTED where it does not converge;
 * STATUS_CANCELLED a few milliseconds after CANCEL (may be NULL) is set.
 */
enum status eigen_two_largest(double *a, size_t n, double value[2], double *vector,
                              const struct cancel *cancel, struct err *err);

#endif
