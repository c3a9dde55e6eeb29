/*
 * What LAPACK's dsyevr does for a few of the eigenvalues, step by step: reduction to a tridiagonal
 * matrix (Householder; J. Dongarra, D. Sorensen, S. Hammarling, "Block reduction of matrices to
 * condensed form for eigenvalue computations", J. Comput. Appl. Math. 27, 1989), bisection, inverse
 * iteration, and the vectors turned back.  The reduction is nearly all of the time: seconds for the
 * 1600 points of the largest map that the explorer makes.  dsyevr cannot be interrupted; here the
 * reduction's panels are called one by one, with a look at the flag between them.
 */
#include "config.h"

#include "analysis/eigen.h"

#include <cblas.h>
#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Columns reduced between two looks: each takes a product of the rest of the matrix and a vector;
 * together with what they change in that rest some 8 ms at 1600. */
#define PANEL 8
/* Matrices of up to this size, less than a millisecond, go through dsyevr as a whole. */
#define SMALL 128

/* LAPACK's reduction of one panel, which its C interface does not declare; the last argument is the
 * length of the first, as Fortran passes it. */
#define eigen_dlatrd LAPACK_GLOBAL(dlatrd, DLATRD)
void eigen_dlatrd(const char *uplo, const lapack_int *n, const lapack_int *nb, double *a,
                  const lapack_int *lda, double *e, double *tau, double *w, const lapack_int *ldw,
                  size_t uplo_length);

static enum status not_converged(struct err *err)
{
    return err_set(err, STATUS_UNSUPPORTED, "eigenvalues did not converge");
}

/* Sorts the COUNT values and their vectors: LAPACK's order is rising, or by blocks of a matrix. */
static void largest_first(size_t n, size_t count, double *value, double *vector)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && value[j - 1] < value[j]; j--) {
            double v = value[j];
            value[j] = value[j - 1];
            value[j - 1] = v;
            for (size_t k = 0; k < n; k++) {
                v = vector[j * n + k];
                vector[j * n + k] = vector[(j - 1) * n + k];
                vector[(j - 1) * n + k] = v;
            }
        }
}

static enum status eigen_small(double *a, lapack_int n, lapack_int count, double *value,
                               double *vector, struct err *err)
{
    lapack_int found = 0, support[2 * SMALL];
    double all[SMALL];
    lapack_int info = LAPACKE_dsyevr(LAPACK_COL_MAJOR, 'V', 'I', 'L', n, a, n, 0, 0, n - count + 1,
                                     n, 0, &found, all, vector, n, support);
    if (info != 0 || found != count)
        return not_converged(err);
    memcpy(value, all, (size_t)count * sizeof *value);
    return STATUS_OK;
}

/* A reduction in the making: A = Q T Q'. */
struct reduction {
    lapack_int n;
    double *a;    /* [n][n]; below its second diagonal the vectors that make Q */
    double *d;    /* [n] T's diagonal */
    double *e;    /* [n] the one next to it */
    double *tau;  /* [n] factors of those vectors */
    double *work; /* [PANEL][n] */
};

/* Panels from the left while there are enough columns, then the rest in one go. */
static enum status eigen_reduce(struct reduction *r, const struct cancel *cancel, struct err *err)
{
    const lapack_int n = r->n, nb = PANEL;
    lapack_int i = 0;
    for (; n - i > SMALL; i += nb) {
        const lapack_int rest = n - i, behind = rest - nb;
        double *corner = r->a + (size_t)i * (size_t)n + i; /* columns are n apart */
        enum status code = cancel_check(cancel, err);
        if (code)
            return code;
        eigen_dlatrd("L", &rest, &nb, corner, &n, r->e + i, r->tau + i, r->work, &n, 1);
        cblas_dsyr2k(CblasColMajor, CblasLower, CblasNoTrans, behind, nb, -1, corner + nb, n,
                     r->work + nb, n, 1, corner + nb + (size_t)nb * (size_t)n, n);
        for (lapack_int k = 0; k < nb; k++) {
            double *diagonal = corner + (size_t)k * (size_t)n + k;
            diagonal[1] = r->e[i + k];
            r->d[i + k] = diagonal[0];
        }
    }
    return LAPACKE_dsytrd(LAPACK_COL_MAJOR, 'L', n - i, r->a + (size_t)i * (size_t)n + i, n,
                          r->d + i, r->e + i, r->tau + i) == 0
               ? STATUS_OK
               : not_converged(err);
}

/* The COUNT largest eigenvalues of T, their vectors, and those turned into A's.  INDEX is [3][n].
 */
static enum status eigen_solve(const struct reduction *r, lapack_int *index, lapack_int count,
                               double *value, double *vector, const struct cancel *cancel,
                               struct err *err)
{
    lapack_int n = r->n, found = 0, splits, *block = index, *split = index + n;
    double *found_value = r->work; /* [n] */
    if (LAPACKE_dstebz('I', 'B', n, 0, 0, n - count + 1, n, 0, r->d, r->e, &found, &splits,
                       found_value, block, split) != 0 ||
        found != count ||
        LAPACKE_dstein(LAPACK_COL_MAJOR, n, r->d, r->e, found, found_value, block, split, vector, n,
                       index + 2 * (size_t)n) != 0)
        return not_converged(err);
    enum status code = cancel_check(cancel, err);
    if (code)
        return code;
    if (LAPACKE_dormtr(LAPACK_COL_MAJOR, 'L', 'L', 'N', n, count, r->a, n, r->tau, vector, n) != 0)
        return not_converged(err);
    memcpy(value, found_value, (size_t)count * sizeof *value);
    return STATUS_OK;
}

enum status eigen_largest(double *a, size_t n, size_t count, double *value, double *vector,
                          const struct cancel *cancel, struct err *err)
{
    struct reduction r = {.n = (lapack_int)n, .a = a};
    openblas_set_num_threads(1); /* the order of additions must not depend on the machine */
    double *memory = mem_zeros((3 + PANEL) * n, sizeof *memory);
    lapack_int *index = mem_zeros(3 * n, sizeof *index);
    enum status code = memory && index ? STATUS_OK : err_nomem(err);
    if (!code && n <= SMALL) {
        code = eigen_small(a, (lapack_int)n, (lapack_int)count, value, vector, err);
    } else if (!code) {
        r.d = memory;
        r.e = r.d + n;
        r.tau = r.e + n;
        r.work = r.tau + n;
        code = eigen_reduce(&r, cancel, err);
        if (!code)
            code = eigen_solve(&r, index, (lapack_int)count, value, vector, cancel, err);
    }
    if (!code)
        largest_first(n, count, value, vector);
    free(memory);
    free(index);
    return code;
}
