/* Tails of distributions against exact fractions and an independent library's numbers. */
#include "config.h"

#include <math.h>

#include "base/distributions.h"
#include "unit.h"

static void near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-10 * fabs(want)))
        fail_msg("%.16g, not %.16g", got, want);
}

static void student_is_tabulated(void **state)
{
    static const struct {
        double t, df, p;
    } of[] = {{0, 5, 0.5},
              {0.5, 1, 3.524163823495667e-01},
              {1, 2, 2.113248654051871e-01},
              {2.0, 3, 6.966298427942152e-02},
              {3.5, 23, 9.640302762137521e-04},
              {12.5, 23, 4.872060634494525e-12},
              {1.96, 59, 2.736208676146224e-02},
              {-1.3, 7, 8.826160823038114e-01},
              {30, 11, 3.333465610682525e-12},
              {2.5, 2412, 6.242627772120098e-03},
              {0.001, 40, 4.996035431430287e-01},
              {80, 59, 3.596080558402700e-62}};
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        near(student_upper(of[i].t, of[i].df), of[i].p);
    near(student_upper(1, 1), 0.25); /* Cauchy */
    assert_true(student_upper(INFINITY, 4) == 0);
    assert_true(student_upper(-INFINITY, 4) == 1);
    assert_true(isnan(student_upper(NAN, 4)));
}

static void beta_is_tabulated(void **state)
{
    static const struct {
        double a, b, x, value;
    } of[] = {{0.5, 0.5, 0.25, 1.0 / 3},
              {2, 3, 0.5, 0.6875},
              {30, 0.5, 0.9, 1.228244849985276e-02},
              {5, 5, 0.1, 8.9092e-04},
              {1000, 2000, 0.35, 9.729045043168851e-01},
              {100000, 100000, 0.501, 8.144532554424423e-01},
              {0.5, 30, 0.01, 5.606656310947490e-01},
              {3, 10000, 0.0001, 8.032899086535365e-02}};
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        near(beta_regularised(of[i].a, of[i].b, of[i].x, 1 - of[i].x), of[i].value);
    assert_true(beta_regularised(2, 3, 0, 1) == 0);
    assert_true(beta_regularised(2, 3, 1, 0) == 1);
}

/* Also a sum over the same terms as I_p(k, n - k + 1), which is computed in another way. */
static void binomial_is_exact(void **state)
{
    (void)state;
    near(binomial_upper(0, 10, 0.25), 1);
    near(binomial_upper(3, 10, 0.25), 4.744071960449219e-1);
    near(binomial_upper(10, 10, 0.25), 9.5367431640625e-7);
    near(binomial_upper(25, 1000, 0.01), 4.202920844836743e-5);
    near(binomial_upper(7, 2000, 1.0 / 64), 9.999999638332735e-1);
    near(binomial_upper(590, 60000, 15.0 / 1536), 4.385968407646548e-01);
    assert_true(binomial_upper(11, 10, 0.25) == 0);
    for (uint64_t n = 1; n < 3000; n = n * 3 + 1)
        for (uint64_t k = 1; k <= n; k += 1 + n / 7)
            near(binomial_upper(k, n, 0.02),
                 beta_regularised((double)k, (double)(n - k + 1), 0.02, 0.98));
}

static void hypergeometric_is_exact(void **state)
{
    static const struct {
        uint64_t hits, n, marked, all;
        double p;
    } of[] = {{1, 5, 5, 20, 8.063080495356037e-1},
              {4, 5, 5, 20, 4.901960784313725e-3},
              {0, 5, 5, 20, 1},
              {5, 5, 18, 20, 5.526315789473684e-1},
              {6, 5, 18, 20, 0},
              {30, 100, 200, 4000, 1.563195801606426e-16},
              {100, 100, 3900, 4000, 7.699192030987572e-2},
              {60, 300, 2000, 30000, 1.429198339736327e-14},
              {12, 40, 50, 60, 1},
              {30, 40, 50, 60, 1},
              {34, 40, 50, 60, 4.405128888879978e-1},
              {40, 40, 50, 60, 2.450538934775230e-6}};
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        near(hypergeometric_upper(of[i].hits, of[i].n, of[i].marked, of[i].all), of[i].p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(student_is_tabulated),
        cmocka_unit_test(beta_is_tabulated),
        cmocka_unit_test(binomial_is_exact),
        cmocka_unit_test(hypergeometric_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
