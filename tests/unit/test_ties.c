/*
 * Choices between computed numbers: last bits decide nothing, the lower index does.
 */
#include "config.h"

#include "unit.h"

#include <math.h>

#include "base/ties.h"

static const double third = 1.0 / 3, bit = 1e-15;

static void last_bits_tie(void **state)
{
    (void)state;
    assert_true(third * 3 - bit != 1);
    assert_false(ties_above(1 + bit, 1));
    assert_false(ties_above(1, 1 - bit));
    assert_false(ties_above(0.1 + 0.2, 0.3));
    assert_false(ties_above(-0.3, -(0.1 + 0.2)));
    assert_false(ties_above(0.0, -0.0));
    assert_true(ties_above(1 + 1e-8, 1));
    assert_true(ties_above(1e-300, 0));
    assert_true(ties_above(INFINITY, 1e300));
    assert_true(ties_above(0, -INFINITY));
    assert_false(ties_above(INFINITY, INFINITY));
    assert_false(ties_above(NAN, 0));
    assert_false(ties_above(0, NAN));
    assert_true(ties_key(0.5) == 0.5);
    assert_true(ties_key(-12345) == -12345);
    assert_true(ties_key(third) == ties_key(third - bit / 3));
}

static void differences_are_not_made_of_last_bits(void **state)
{
    (void)state;
    assert_true(ties_difference(0.1 + 0.2, 0.3) == 0);
    assert_true(ties_difference(0.5, 0.25) == 0.25);
    assert_true(ties_difference(-1, 1) == -2);
    assert_true(isnan(ties_difference(NAN, NAN)));
    assert_true(isnan(ties_difference(INFINITY, INFINITY)));
    assert_true(ties_difference(INFINITY, 1) == INFINITY);
}

static void borders_belong_above(void **state)
{
    (void)state;
    assert_int_equal(ties_floor(3 - bit), 3);
    assert_int_equal(ties_floor(3 + bit), 3);
    assert_int_equal(ties_floor(-bit), 0);
    assert_int_equal(ties_floor(-0.5), -1);
    assert_int_equal(ties_floor(2.99), 2);
    assert_int_equal(ties_round(2.5 - bit), 3);
    assert_int_equal(ties_round(2.49), 2);
    assert_int_equal(ties_round(-0.5 - bit), 0);
}

static struct ties offered(const double *v, long n)
{
    struct ties t = TIES_NONE;
    for (long i = 0; i < n; i++)
        ties_offer(&t, i, v[i]);
    return t;
}

static void the_lower_index_wins(void **state)
{
    const double rising[] = {NAN, 0.7, 0.7 + bit, 0.7 + 2 * bit, 0.2};
    const double none[] = {NAN, NAN};
    (void)state;
    struct ties t = offered(rising, 5);
    assert_int_equal(t.best, 1);
    assert_int_equal(t.count, 4);
    assert_true(t.value == 0.7);
    assert_int_equal(ties_choice(&t), 1);
    t = offered(none, 2);
    assert_int_equal(t.best, -1);
    assert_int_equal(ties_choice(&t), -1);
}

static void what_is_all_alike_has_no_best(void **state)
{
    const double alike[] = {NAN, -0.05 + bit, -0.05, -0.05 - bit};
    const double last[] = {0, 0, 1};
    (void)state;
    struct ties t = offered(alike, 4);
    assert_int_equal(t.best, 1);
    assert_int_equal(ties_choice(&t), -1);
    t = offered(alike, 2); /* the only one is the best */
    assert_int_equal(ties_choice(&t), 1);
    t = offered(last, 3);
    assert_int_equal(ties_choice(&t), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_bits_tie),
        cmocka_unit_test(differences_are_not_made_of_last_bits),
        cmocka_unit_test(borders_belong_above),
        cmocka_unit_test(the_lower_index_wins),
        cmocka_unit_test(what_is_all_alike_has_no_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
