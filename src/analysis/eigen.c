/*
 * A few eigenvalues of a symmetric matrix and their vectors: reduction to a tridiagonal matrix by
 * Householder's reflections in panels (J. Dongarra, D. Sorensen, S. Hammarling, "Block reduction of
 * matrices to condensed form for eigenvalue computations", J. Comput. Appl. Math. 27, 1989), that
 * matrix's eigenvalues (tridiagonal.h), and their vectors turned back.
 *
 * The reduction is nearly all of the time: half a second for the 1600 points of the largest map
 * that the explorer makes, with a look at the flag between panels.  Columns are rows here: of a
 * symmetric matrix the half from the diagonal to the right is by rows what its lower half is by
 * columns (base/symmetric.h).
 */
#include "config.h"

#include "analysis/eigen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/tridiagonal.h"
#include "base/mem.h"
#include "base/symmetric.h"

/* Columns reduced between two looks: each takes a product of the rest of the matrix and a vector;
 * together with what they change in that rest some 8 ms at 1600. */
#define PANEL 8

/* A reduction in the making: A = Q T Q'. */
struct reduction {
    size_t n;
    double *a;    /* [n][n] column k from the diagonal on; behind it the vector k that makes Q */
    double *d;    /* [n] T's diagonal */
    double *e;    /* [n] the one next to it */
    double *tau;  /* [n] factors of those vectors */
    double *work; /* [PANEL][n] */
};

/*
 * The reflection I - tau v v' that leaves of X [m] only its first element, which becomes *E; X
 * becomes v, whose first element is 1.  Returns tau.
 */
static double reflect(double *x, size_t m, double *e)
{
    double first = x[0], rest = sqrt(symmetric_dot(x + 1, x + 1, m - 1));
    x[0] = 1;
    *e = first;
    if (rest == 0)
        return 0;
    *e = copysign(hypot(first, rest), -first);
    for (size_t i = 1; i < m; i++)
        x[i] /= first - *e;
    return (*e - first) / *e;
}

/*
 * Reduces the COLUMNS columns from number AT on.  The rest of the matrix A is not changed yet: what
 * it should be is A - V W' - W V', with V in the columns and W in work.
 */
static void reduce_panel(struct reduction *r, size_t at, size_t columns)
{
    const size_t n = r->n, m = n - at;
    double *a = r->a + at * n + at, *w = r->work + at;
    for (size_t k = 0; k < columns; k++) {
        double *column = a + k * n, *v = column + k + 1, *product = w + k * n + k + 1;
        size_t below = m - k - 1;
        for (size_t j = 0; j < k; j++) {
            symmetric_add(column + k, -w[j * n + k], a + j * n + k, m - k);
            symmetric_add(column + k, -a[j * n + k], w + j * n + k, m - k);
        }
        r->d[at + k] = column[k];
        r->tau[at + k] = reflect(v, below, &r->e[at + k]);
        symmetric_times(a + (k + 1) * n + k + 1, n, below, v, product);
        for (size_t j = 0; j < k; j++) {
            const double *vj = a + j * n + k + 1, *wj = w + j * n + k + 1;
            double with_w = symmetric_dot(wj, v, below), with_v = symmetric_dot(vj, v, below);
            symmetric_add(product, -with_w, vj, below);
            symmetric_add(product, -with_v, wj, below);
        }
        for (size_t i = 0; i < below; i++)
            product[i] *= r->tau[at + k];
        symmetric_add(product, -r->tau[at + k] / 2 * symmetric_dot(product, v, below), v, below);
    }
}

static enum status reduce(struct reduction *r, const struct cancel *cancel, struct err *err)
{
    const size_t n = r->n;
    for (size_t at = 0; at + 1 < n; at += PANEL) {
        size_t columns = n - 1 - at < PANEL ? n - 1 - at : PANEL;
        enum status code = cancel_check(cancel, err);
        if (code)
            return code;
        reduce_panel(r, at, columns);
        /* What the panel changes in the rest of the matrix. */
        symmetric_less_products(r->a + (at + columns) * (n + 1), n, n - at - columns,
                                r->a + at * n + at + columns, n, r->work + at + columns, n,
                                columns);
    }
    return STATUS_OK;
}

/* VECTOR [count][n] of T becomes those of A: Q times each. */
static enum status turn_back(const struct reduction *r, size_t count, double *vector,
                             const struct cancel *cancel, struct err *err)
{
    const size_t n = r->n;
    for (size_t c = 0; c < count; c++) {
        enum status code = cancel_check(cancel, err);
        if (code)
            return code;
        for (size_t k = n - 1; k-- > 0;) {
            const double *v = r->a + k * n + k + 1;
            double *x = vector + c * n + k + 1;
            symmetric_add(x, -r->tau[k] * symmetric_dot(x, v, n - k - 1), v, n - k - 1);
        }
    }
    return STATUS_OK;
}

/* Makes the largest element of A at least 1 and less than 2, and returns the power of two that it
 * was divided by: sums of squares then neither overflow nor vanish.  1 for a matrix of zeros; 0 for
 * one that is not finite. */
static double scale(double *a, size_t n)
{
    double largest = 0, power;
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++) {
            double size = fabs(a[j * n + i]);
            if (!isfinite(size))
                return 0;
            largest = size > largest ? size : largest;
        }
    if (largest == 0)
        return 1;
    power = exp2(floor(log2(largest)));
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++)
            a[j * n + i] /= power;
    return power;
}

enum status eigen_largest(double *a, size_t n, size_t count, double *value, double *vector,
                          const struct cancel *cancel, struct err *err)
{
    struct reduction r = {.n = n, .a = a};
    double power = scale(a, n);
    if (power == 0)
        return err_set(err, STATUS_UNSUPPORTED, "no eigenvalues: the matrix is not finite");
    double *memory = mem_zeros((3 + PANEL) * n, sizeof *memory);
    if (!memory)
        return err_nomem(err);
    r.d = memory;
    r.e = r.d + n;
    r.tau = r.e + n;
    r.work = r.tau + n;
    enum status code = reduce(&r, cancel, err);
    if (!code) {
        r.d[n - 1] = a[n * n - 1];
        code = tridiagonal_largest(r.d, r.e, n, count, value, vector, cancel, err);
    }
    if (!code)
        code = turn_back(&r, count, vector, cancel, err);
    for (size_t k = 0; k < count && !code; k++)
        value[k] *= power;
    free(memory);
    return code;
}
