/* Symmetric matrices: products, solutions and eigenvalues against their definitions. */
#include "config.h"

#include "unit.h"

#include <math.h>

#include "analysis/eigen.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/symmetric.h"

static struct err err;

/* N numbers between -1 and 1. */
static double *some(size_t n, uint64_t seed)
{
    struct rng rng = rng_seed(seed);
    double *x = mem_array(n, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = 2 * rng_uniform(&rng) - 1;
    return x;
}

/* Below the diagonal nothing may be read or written. */
static void spoil_below(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            a[i * n + k] = NAN;
}

static double upper(const double *a, size_t n, size_t i, size_t k)
{
    return k >= i ? a[i * n + k] : a[k * n + i];
}

static void sums_have_one_order_on_every_processor(void **state)
{
    enum { N = 1003 };
    double *x = some(N, 1), *y = some(N, 2), lane[8] = {0}, rest = 0;
    (void)state;
    for (size_t i = 0; i < N / 8 * 8; i++)
        lane[i % 8] += x[i] * y[i];
    for (size_t i = N / 8 * 8; i < N; i++)
        rest += x[i] * y[i];
    for (size_t i = 0; i < 4; i++)
        lane[i] += lane[i + 4];
    double wanted = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + rest;
    double found = symmetric_dot(x, y, N);
    assert_true(fabs(found - wanted) < 1e-12);
#if defined __x86_64__ && !defined __FMA__
    assert_memory_equal(&found, &wanted, sizeof found);
#endif
    free(x);
    free(y);
}

static void products_are_those_of_the_definition(void **state)
{
    enum { COUNT = 50 }; /* more than are added at once */
    (void)state;
    for (size_t n = 1; n <= 41; n++) {
        double *a = some(n * n, n), *before = some(n * n, n), *x = some(n, 3), *y = some(n, 4);
        double *v = some(COUNT * n, 5), *w = some(COUNT * n, 6);
        spoil_below(a, n);
        symmetric_times(a, n, n, x, y);
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += upper(a, n, i, k) * x[k];
            assert_true(fabs(sum - y[i]) < 1e-13);
        }
        symmetric_less_products(a, n, n, v, n, w, n, COUNT);
        symmetric_add_squares(a, n, v, COUNT);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++) {
                double sum = before[i * n + k];
                for (size_t r = 0; r < COUNT; r++)
                    sum += v[r * n + i] * v[r * n + k] - v[r * n + i] * w[r * n + k] -
                           w[r * n + i] * v[r * n + k];
                assert_true(k < i ? isnan(a[i * n + k]) : fabs(sum - a[i * n + k]) < 1e-12);
            }
        free(a);
        free(before);
        free(x);
        free(y);
        free(v);
        free(w);
    }
}

static void equations_are_solved_and_bad_ones_refused(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 60; n += 7) {
        double *x = some(n, 7), *b = mem_zeros(n, sizeof *b), *rows = some(2 * n * n, 8);
        double *a = mem_zeros(n * n, sizeof *a), *copy = mem_array(n * n, sizeof *copy);
        symmetric_add_squares(a, n, rows, 2 * n);
        spoil_below(a, n);
        memcpy(copy, a, n * n * sizeof *a);
        symmetric_times(a, n, n, x, b);
        assert_true(symmetric_solve(a, n, b));
        for (size_t i = 0; i < n; i++)
            assert_true(fabs(b[i] - x[i]) < 1e-9);
        copy[n * n - 1] = -1;
        assert_false(symmetric_solve(copy, n, b));
        copy[0] = NAN;
        assert_false(symmetric_solve(copy, n, b));
        free(x);
        free(b);
        free(rows);
        free(a);
        free(copy);
    }
}

/* Element I, K of matrices whose eigenvalues are equal, near each other, or far apart. */
static double hard(int kind, size_t n, size_t i, size_t k)
{
    switch (kind) {
    case 0: return 0;
    case 1: return i == k;                     /* all equal */
    case 2: return (i == k) - 1.0 / (double)n; /* all but one */
    case 3:
        return i == k ? fabs((double)i - (double)(n / 2)) /* Wilkinson's: in pairs */
                      : i + 1 == k || k + 1 == i;
    case 4: return i == k ? pow(10, -(double)i) : 0;                 /* to nothing */
    case 5: return i % 4 == k % 4 ? 1e200 / (double)(i + k + 1) : 0; /* four blocks, large */
    default: return 1e-200 * (double)((i + 1) * (k + 1));            /* rank 1, small */
    }
}

static void all_eigenvectors_of_hard_matrices_are_right(void **state)
{
    static const size_t sizes[] = {1, 2, 3, 4, 7, 8, 9, 10, 16, 17, 21, 60, 130};
    (void)state;
    for (size_t s = 0; s < 7 * sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s / 7];
        double *a = mem_array(n * n, sizeof *a), *value = mem_array(n, sizeof *value);
        double *v = mem_array(n * n, sizeof *v), size = 0;
        for (size_t i = 0; i < n * n; i++) {
            a[i] = hard((int)(s % 7), n, i / n, i % n);
            size = fabs(a[i]) > size ? fabs(a[i]) : size;
        }
        spoil_below(a, n);
        assert_ok(eigen_largest(a, n, n, value, v, NULL, &err));
        for (size_t k = 0; k < n; k++) {
            assert_true(k == 0 || value[k] <= value[k - 1]);
            for (size_t i = 0; i < n; i++) {
                double sum = 0, dot = 0;
                for (size_t j = 0; j < n; j++) {
                    sum += hard((int)(s % 7), n, i, j) * v[k * n + j];
                    dot += v[i * n + j] * v[k * n + j];
                }
                assert_true(fabs(sum - value[k] * v[k * n + i]) <= 1e-12 * (double)n * size);
                assert_true(fabs(dot - (i == k)) < 1e-11);
            }
        }
        free(a);
        free(value);
        free(v);
    }
}

static void a_matrix_that_is_not_finite_is_refused(void **state)
{
    double a[9] = {1, 2, 3, 0, INFINITY, 4, 0, 0, 5}, value[1], v[3];
    (void)state;
    assert_status(eigen_largest(a, 3, 1, value, v, NULL, &err), STATUS_UNSUPPORTED);
    a[4] = NAN;
    assert_status(eigen_largest(a, 3, 1, value, v, NULL, &err), STATUS_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_have_one_order_on_every_processor),
        cmocka_unit_test(products_are_those_of_the_definition),
        cmocka_unit_test(equations_are_solved_and_bad_ones_refused),
        cmocka_unit_test(all_eigenvectors_of_hard_matrices_are_right),
        cmocka_unit_test(a_matrix_that_is_not_finite_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
