/*
 * tridiagonal.h - the largest eigenvalues of a symmetric tridiagonal matrix, and their vectors.
 */
#ifndef PROPNEU_ANALYSIS_TRIDIAGONAL_H
#define PROPNEU_ANALYSIS_TRIDIAGONAL_H

#include <stddef.h>

#include "base/cancel.h"

/*
 * VALUE [count], falling, and their vectors of length 1, VECTOR [count][n], of the matrix with the
 * diagonal D [n] and E [n - 1] next to it, whose largest element is near 1; n >= count >= 1.  E is
 * changed: what is nothing beside 1 becomes 0.  STATUS_NOMEM, or STATUS_CANCELLED soon after CANCEL
 * (may be NULL) is set.
 */
enum status tridiagonal_largest(const double *d, double *e, size_t n, size_t count, double *value,
                                double *vector, const struct cancel *cancel, struct err *err);

#endif
