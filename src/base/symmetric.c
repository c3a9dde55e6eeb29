/*
 * Symmetric matrices by rows of four and vectors of four.  What bounds products with a vector is
 * reading the matrix, which is read once, and only half of it.  With AVX2 the same operations are
 * done four at a time instead of two: the same numbers, since sums are kept apart by lane.
 */
#include "config.h"

#include "base/symmetric.h"

#include <math.h>
#include <string.h>

#define LANES 4
#define ROWS  4

typedef double vdouble __attribute__((vector_size(LANES * sizeof(double))));
typedef double vdouble_anywhere
    __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));

#define LOAD(p)     (*(const vdouble_anywhere *)(p))
#define STORE(p, v) (*(vdouble_anywhere *)(p) = (v))
#define ADD(p, v)   STORE(p, LOAD(p) + (v))
#define SUM(v)      (((v)[0] + (v)[1]) + ((v)[2] + (v)[3]))

#define TARGET
#define BUILD(name) plain_##name
#include "base/symmetric_impl.h"
#undef TARGET
#undef BUILD

/* Without FMA, which rounds otherwise. */
#if defined __x86_64__ && !defined __AVX2__
#define TARGET      __attribute__((target("avx2")))
#define BUILD(name) avx2_##name
#include "base/symmetric_impl.h"
#undef TARGET
#undef BUILD
#define CHOSEN(name) (__builtin_cpu_supports("avx2") ? avx2_##name : plain_##name)
#else
#define CHOSEN(name) plain_##name
#endif

double symmetric_dot(const double *x, const double *y, size_t n)
{
    return CHOSEN(dot)(x, y, n);
}

void symmetric_add(double *y, double factor, const double *x, size_t n)
{
    CHOSEN(add)(y, factor, x, n);
}

void symmetric_times(const double *a, size_t lda, size_t n, const double *x, double *y)
{
    memset(y, 0, n * sizeof *y);
    for (size_t j = 0; j < n; j += ROWS) {
        size_t rows = n - j < ROWS ? n - j : ROWS, next = j + rows;
        const double *square = a + j * lda + j;
        double sum[ROWS] = {0};
        if (next < n)
            CHOSEN(times_rows)(square + ROWS, lda, n - next, x + j, x + next, y + next, sum);
        for (size_t r = 0; r < rows; r++) {
            y[j + r] += sum[r] + square[r * lda + r] * x[j + r];
            for (size_t c = r + 1; c < rows; c++) {
                y[j + c] += square[r * lda + c] * x[j + r];
                y[j + r] += square[r * lda + c] * x[j + c];
            }
        }
    }
}

void symmetric_less_products(double *a, size_t lda, size_t n, const double *v, size_t ldv,
                             const double *w, size_t ldw, size_t count)
{
    for (size_t j = 0; j < n; j += ROWS) {
        size_t rows = n - j < ROWS ? n - j : ROWS, m = n - j;
        size_t whole = rows == ROWS ? m - m % LANES : 0;
        double *c = a + j * lda + j;
        CHOSEN(less_products)(c, lda, whole, v + j, v + j, ldv, w + j, w + j, ldw, count);
        for (size_t r = 0; r < rows; r++)
            for (size_t i = whole > r ? whole : r; i < m; i++)
                for (size_t k = 0; k < count; k++)
                    c[r * lda + i] -= v[k * ldv + j + i] * w[k * ldw + j + r] +
                                      w[k * ldw + j + i] * v[k * ldv + j + r];
    }
}

/* A += X' X for as many rows of X as stay in the cache. */
static void add_some_squares(double *a, size_t n, const double *x, size_t count)
{
    for (size_t j = 0; j < n; j += ROWS) {
        size_t rows = n - j < ROWS ? n - j : ROWS, m = n - j;
        size_t whole = rows == ROWS ? m - m % (2 * LANES) : 0;
        double *c = a + j * n + j;
        CHOSEN(add_squares)(c, n, whole, x + j, x + j, n, count);
        for (size_t r = 0; r < rows; r++)
            for (size_t i = whole > r ? whole : r; i < m; i++) {
                double sum = 0;
                for (size_t k = 0; k < count; k++)
                    sum += x[k * n + j + i] * x[k * n + j + r];
                c[r * n + i] += sum;
            }
    }
}

void symmetric_add_squares(double *a, size_t n, const double *x, size_t count)
{
    const size_t some = 48;
    for (size_t k = 0; k < count; k += some)
        add_some_squares(a, n, x + k * n, count - k < some ? count - k : some);
}

bool symmetric_solve(double *a, size_t n, double *b)
{
    /* A = U' U (Cholesky), and U' y = b on the way. */
    for (size_t k = 0; k < n; k++) {
        double *row = a + k * n, root = sqrt(row[k]);
        if (!(row[k] > 0) || !isfinite(root))
            return false;
        for (size_t i = k; i < n; i++)
            row[i] /= root;
        for (size_t i = k + 1; i < n; i++)
            symmetric_add(a + i * n + i, -row[i], row + i, n - i);
        b[k] /= root;
        symmetric_add(b + k + 1, -b[k], row + k + 1, n - k - 1);
    }
    /* U x = y. */
    for (size_t k = n; k-- > 0;)
        b[k] = (b[k] - symmetric_dot(a + k * n + k + 1, b + k + 1, n - k - 1)) / a[k * n + k];
    return true;
}
