/*
 * eigen.h - the largest eigenvalues of a symmetric matrix, in steps between which one may stop.
 */
#ifndef PROPNEU_ANALYSIS_EIGEN_H
#define PROPNEU_ANALYSIS_EIGEN_H

#include <stddef.h>

#include "base/cancel.h"

/*
 * VALUE [count], falling, and their vectors of length 1, VECTOR [count][n], of A [n][n], of
 * which only A[i * n + k] with k >= i is read, and overwritten; n >= count >= 1.
 * STATUS_UNSUPPORTED where A is not finite; STATUS_CANCELLED a few milliseconds after CANCEL (may
 * be NULL) is set.
 */
enum status eigen_largest(double *a, size_t n, size_t count, double *value, double *vector,
                          const struct cancel *cancel, struct err *err);

#endif
