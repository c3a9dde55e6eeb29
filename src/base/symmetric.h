/*
 * symmetric.h - arithmetic on symmetric matrices in double precision, of which the half from the
 * diagonal to the right is there: A[i * lda + k] for k >= i.
 *
 * A BLAS would do the same with threads, buffers and last bits of its own.  Here the order of all
 * additions is fixed and no product is rounded together with a sum, so that results are the same on
 * every processor of a kind; where the processor has wider vectors they are used.
 */
#ifndef PROPNEU_BASE_SYMMETRIC_H
#define PROPNEU_BASE_SYMMETRIC_H

#include <stdbool.h>
#include <stddef.h>

/* The sum of X[i] Y[i], and Y += FACTOR X, for vectors of N. */
double symmetric_dot(const double *x, const double *y, size_t n);
void symmetric_add(double *y, double factor, const double *x, size_t n);

/* Y [n] = A X. */
void symmetric_times(const double *a, size_t lda, size_t n, const double *x, double *y);

/* A [n][n] -= V' W + W' V, where V and W have COUNT rows of N, each LDV or LDW behind the other. */
void symmetric_less_products(double *a, size_t lda, size_t n, const double *v, size_t ldv,
                             const double *w, size_t ldw, size_t count);

/* A [n][n] += X' X for X [count][n]. */
void symmetric_add_squares(double *a, size_t n, const double *x, size_t count);

/* Solves A x = B for a positive definite A [n][n], which becomes its factor; x stands in B [n].
 * False if A is not positive definite; B is then of no use. */
bool symmetric_solve(double *a, size_t n, double *b);

#endif
