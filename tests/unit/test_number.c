/*
 * Numbers as text: printf's digits, but no negative zero and no sign of NaN, whatever the width.
 */
#include "unit.h"

#include <float.h>
#include <math.h>

#include "base/number.h"

static void test_zero_has_no_minus(void **state)
{
    (void)state;
    assert_string_equal(number_fixed(-0.0, 0).text, "0");
    assert_string_equal(number_fixed(-0.0, 3).text, "0.000");
    assert_string_equal(number_fixed(-1e-17, 3).text, "0.000");
    assert_string_equal(number_fixed(-0.00049, 3).text, "0.000");
    assert_string_equal(number_fixed(-0.00051, 3).text, "-0.001");
    assert_string_equal(number_fixed(-0.4, 0).text, "0");
    assert_string_equal(number_signed(-0.0, 2).text, "+0.00");
    assert_string_equal(number_signed(-0.004, 2).text, "+0.00");
    assert_string_equal(number_signed(-0.006, 2).text, "-0.01");
    assert_string_equal(number_short(-0.0, 6).text, "0");
    assert_string_equal(number_short(-1e-17, 3).text, "-1e-17");
    assert_false(signbit(number_positive_zero(-0.0)));
    assert_true(number_positive_zero(-2.5) == -2.5);
}

static void test_others_are_as_printf_has_them(void **state)
{
    (void)state;
    static const double v[] = {1,    -1,     0.1,   -0.05, 123456.789, -99.995, 1e19,
                               -1e9, 5e-324, -7e22, 10,    0.125,      1 / 3.0, DBL_MAX};
    char text[400];
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        for (int d = 0; d < 6 && fabs(v[i]) < 1e20; d++) {
            snprintf(text, sizeof text, "%.*f", d, v[i]);
            if (strspn(text, "-0.") < strlen(text))
                assert_string_equal(number_fixed(v[i], d).text, text);
            snprintf(text, sizeof text, "%+.*f", d, v[i]);
            if (strspn(text, "+-0.") < strlen(text))
                assert_string_equal(number_signed(v[i], d).text, text);
        }
        for (int d = 1; d <= 17; d++) {
            snprintf(text, sizeof text, "%.*g", d, v[i]);
            assert_string_equal(number_short(v[i], d).text, text);
        }
    }
}

static void test_a_probability_has_at_most_six_characters(void **state)
{
    (void)state;
    static const struct {
        double p;
        const char *text;
    } of[] = {{NAN, "-"},          {1, "1.000"},        {0.2304, "0.230"},
              {0.0123, "0.012"},   {0.00994, "0.0099"}, {0.0001, "0.0001"},
              {3.31e-15, "3e-15"}, {1e-300, "1e-300"},  {0, "0.0000"}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        assert_string_equal(number_p(of[i].p).text, of[i].text);
}

static void test_extremes(void **state)
{
    (void)state;
    assert_string_equal(number_fixed(NAN, 2).text, "nan");
    assert_string_equal(number_fixed(-NAN, 2).text, "nan");
    assert_string_equal(number_signed(-NAN, 2).text, "nan");
    assert_string_equal(number_short(-NAN, 2).text, "nan");
    assert_string_equal(number_fixed(-INFINITY, 2).text, "-inf");
    assert_string_equal(number_signed(INFINITY, 2).text, "+inf");
    assert_string_equal(number_fixed(-DBL_MAX, 2).text, "-1.797693135e+308");
    assert_string_equal(number_signed(1e20, 2).text, "+1e+20");
    assert_string_equal(number_fixed(-9.9e19, 99).text, "-99000000000000000000.000000000");
    assert_string_equal(number_short(-DBL_MIN, 99).text, "-2.2250738585072014e-308");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zero_has_no_minus),
        cmocka_unit_test(test_others_are_as_printf_has_them),
        cmocka_unit_test(test_a_probability_has_at_most_six_characters),
        cmocka_unit_test(test_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
