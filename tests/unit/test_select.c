#include "config.h"

#include "unit.h"

#include <math.h>

#include "model/kernels/kernels.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/kernels/select.h"

struct ranked {
    float magnitude;
    uint32_t index;
};

static int by_falling_magnitude(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->magnitude != y->magnitude)
        return x->magnitude > y->magnitude ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The selection against a full sort. */
static void check_row(const float *row, uint32_t width, uint32_t tau)
{
    struct err err;
    struct selector s;
    struct ranked *all = mem_array(width, sizeof *all);
    uint32_t *want = mem_array(tau, sizeof *want);
    for (uint32_t i = 0; i < width; i++)
        all[i] = (struct ranked){fabsf(row[i]), i};
    qsort(all, width, sizeof *all, by_falling_magnitude);
    for (uint32_t i = 0; i < tau; i++)
        want[i] = all[i].index;
    qsort(want, tau, sizeof *want, ascending);
    assert_ok(selector_init(&s, width, tau, &err));
    const uint32_t *got = selector_run(&s, row);
    for (uint32_t i = 0; i < tau; i++)
        if (got[i] != want[i])
            fail_msg("%u of %u: number %u is %u, not %u", tau, width, i, got[i], want[i]);
    selector_free(&s);
    free(all);
    free(want);
}

static const uint32_t widths[] = {1, 2, 7, 8, 9, 31, 64, 150, 250, 511, 512, 3072, 4096};

/* Kinds of rows: all different, few distinct values, sorted, all zero, few not zero. */
static float value(struct rng *r, int kind, uint32_t i)
{
    switch (kind) {
    case 0: return (float)(rng_uniform(r) * 2 - 1);
    case 1: return (float)rng_below(r, 5) - 2;
    case 2: return (float)i;
    case 3: return rng_below(r, 2) ? 0.0f : -0.0f;
    default: return rng_below(r, 50) ? 0 : (float)rng_uniform(r);
    }
}

static void selection_equals_a_full_sort(void **state)
{
    struct rng r = rng_seed(11);
    static float row[4096];
    (void)state;
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (int kind = 0; kind < 5; kind++) {
            uint32_t width = widths[w];
            uint32_t taus[] = {1, select_tau(width, 1), select_tau(width, 5), width / 2, width};
            for (uint32_t i = 0; i < width; i++)
                row[i] = value(&r, kind, i);
            for (size_t t = 0; t < sizeof taus / sizeof *taus; t++)
                if (taus[t] > 0)
                    check_row(row, width, taus[t]);
        }
}

static void rows_that_start_anywhere_are_read_right(void **state)
{
    struct rng r = rng_seed(12);
    static float many[40000];
    (void)state;
    for (size_t i = 0; i < 40000; i++)
        many[i] = value(&r, 0, 0);
    for (uint32_t at = 0; at < 300; at++)
        check_row(many + at * 37, 1000 + at, 10 + at % 21);
}

static void every_build_finds_candidates(void **state)
{
    const struct kernels *builds[KERNELS_BUILDS + 1];
    struct rng r = rng_seed(13);
    float row[777];
    uint32_t index[777 + 16], key[777 + 16];
    (void)state;
    kernels_list(builds);
    for (int kind = 0; kind < 5; kind++) {
        for (uint32_t i = 0; i < 777; i++)
            row[i] = value(&r, kind, i);
        for (int b = 0; builds[b]; b++) {
            size_t n = builds[b]->candidates(row, 777, 8, index, key);
            assert_true(n >= 8 && n <= 777);
            uint32_t bound = builds[b]->threshold(key, n, 8);
            size_t reach = 0;
            for (size_t i = 0; i < n; i++) {
                assert_true(i == 0 || index[i] > index[i - 1]);
                reach += key[i] >= bound;
            }
            assert_true(reach >= 8);
        }
    }
}

static void rows_with_nans_still_give_distinct_neurons(void **state)
{
    struct err err;
    struct selector s;
    float row[500];
    (void)state;
    for (int i = 0; i < 500; i++)
        row[i] = i % 3 ? NAN : 1.0f;
    assert_ok(selector_init(&s, 500, 5, &err));
    const uint32_t *got = selector_run(&s, row);
    for (int i = 0; i < 5; i++)
        assert_true(got[i] < 500 && (i == 0 || got[i] > got[i - 1]));
    selector_free(&s);
}

static void tau_rounds_halves_to_even(void **state)
{
    (void)state;
    assert_int_equal(select_tau(3072, 1), 31);
    assert_int_equal(select_tau(4096, 1), 41);
    assert_int_equal(select_tau(250, 1), 2);
    assert_int_equal(select_tau(150, 1), 2);
    assert_int_equal(select_tau(350, 1), 4);
    assert_int_equal(select_tau(10, 1), 1);
    assert_int_equal(select_tau(512, 5), 26);
    assert_int_equal(select_tau(8, 100), 8);
}

static void impossible_sizes_are_refused(void **state)
{
    struct err err;
    struct selector s;
    (void)state;
    assert_status(selector_init(&s, 10, 0, &err), STATUS_USAGE);
    assert_status(selector_init(&s, 10, 11, &err), STATUS_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selection_equals_a_full_sort),
        cmocka_unit_test(rows_that_start_anywhere_are_read_right),
        cmocka_unit_test(every_build_finds_candidates),
        cmocka_unit_test(rows_with_nans_still_give_distinct_neurons),
        cmocka_unit_test(tau_rounds_halves_to_even),
        cmocka_unit_test(impossible_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
