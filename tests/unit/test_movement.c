/*
 * Movement of neurons between two checkpoints, and sets against the rest of their layer.
 */
#include "config.h"

#include "unit.h"

#include <math.h>

#include "base/bitset.h"
#include "base/cancel.h"
#include "edit/movement.h"

static void open_demo(struct checkpoint *c, const char *file)
{
    struct err err;
    assert_ok(checkpoint_open(c, source_path(file), &err));
}

static void measure(struct movement *m, const char *before, const char *after)
{
    struct checkpoint a, b;
    struct err err;
    open_demo(&a, before);
    open_demo(&b, after);
    assert_ok(movement_make(m, &a, &b, NULL, &err));
    checkpoint_free(&a);
    checkpoint_free(&b);
}

static double mean(const double *x, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += x[i];
    return sum / n;
}

/* By a program of its own. */
static void rows_and_columns_are_compared_with_their_lengths(void **state)
{
    static const double rows[] = {0.45644694686802372, 0.49760596573367205, 0.52653223210913837,
                                  0.52817686988194204};
    struct movement m;
    (void)state;
    measure(&m, "data/demo/models/ssl.safetensors", "data/demo/models/pr.safetensors");
    assert_int_equal(m.layers, 4);
    for (uint32_t l = 0; l < 4; l++) {
        assert_int_equal(m.width[l], 512);
        assert_true(fabs(mean(m.row[l], 512) / rows[l] - 1) < 1e-12);
    }
    assert_true(fabs(m.row[0][1] - 0.41247739) < 1e-8);
    assert_true(fabs(m.column[3][510] - 0.48875230) < 1e-8);
    assert_true(fabs(m.column[3][511] - 0.43652004) < 1e-8);
    movement_free(&m);
    measure(&m, "data/demo/models/ssl.safetensors", "data/demo/models/ssl.safetensors");
    for (uint32_t i = 0; i < 512; i++)
        assert_true(m.row[2][i] == 0 && m.column[2][i] == 0);
    movement_free(&m);
}

/* The same model in two layouts, whose tensors have other names, has not moved. */
static void names_and_layouts_may_differ(void **state)
{
    struct movement m;
    (void)state;
    measure(&m, "tests/data/models/g_melhubert_20ms/native.pt",
            "tests/data/models/g_melhubert_20ms/hf");
    for (uint32_t i = 0; i < m.width[1]; i++)
        assert_true(m.row[1][i] == 0 && m.column[1][i] == 0);
    movement_free(&m);
}

static void what_differs_in_shape_is_named(void **state)
{
    struct checkpoint a, b;
    struct movement m;
    struct err err;
    (void)state;
    open_demo(&a, "data/demo/models/ssl.safetensors");
    open_demo(&b, "tests/data/models/g_melhubert_20ms/hf");
    assert_status(movement_make(&m, &a, &b, NULL, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "ssl.safetensors has 4 layers and "));
    assert_non_null(strstr(err.msg, "g_melhubert_20ms/hf has 3"));
    checkpoint_free(&a);
    open_demo(&a, "tests/data/models/a_hubert_base/fairseq.pt");
    assert_status(movement_make(&m, &a, &b, NULL, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "layer 1 has 200 neurons in "));
    assert_non_null(strstr(err.msg, " and 250 in "));
    checkpoint_free(&a);
    checkpoint_free(&b);
}

/* Weights that were 0 have no length to compare with. */
static void zeros_have_no_movement(void **state)
{
    struct checkpoint a, b;
    struct movement m;
    struct err err;
    (void)state;
    open_demo(&a, "data/demo/models/ssl.safetensors");
    open_demo(&b, "data/demo/models/sid.safetensors");
    for (size_t i = 0; i < a.tensors.count; i++)
        if (strcmp(a.tensors.tensor[i].name, "encoder.layers.0.fc1.weight") == 0) {
            float *zero = calloc(a.tensors.tensor[i].count, sizeof *zero);
            assert_non_null(zero);
            a.tensors.tensor[i].data = (const unsigned char *)zero;
            assert_ok(movement_make(&m, &a, &b, NULL, &err));
            free(zero);
        }
    assert_true(isnan(m.row[0][0]) && isnan(m.row[0][511]));
    assert_false(isnan(m.column[0][0]) || isnan(m.row[1][0]));
    movement_free(&m);
    checkpoint_free(&a);
    checkpoint_free(&b);
}

enum { SMALL = 10, DRAWS = 99999 };

static const double small[SMALL] = {0.3, 0.1, 0.7, 0.7, 0.2, 0.9, 0.4, 0.05, 0.6, 0.8};

static struct movement_test tried(const double *x, uint64_t set, uint64_t key)
{
    struct movement_test t;
    struct err err;
    assert_ok(movement_test(&t, x, SMALL, &set, DRAWS, key, NULL, &err));
    return t;
}

/* Share of the sets of three that have at least SUM, all looked through. */
static double share_of_three(double sum)
{
    int reached = 0;
    for (int i = 0; i < SMALL; i++)
        for (int j = i + 1; j < SMALL; j++)
            for (int k = j + 1; k < SMALL; k++)
                reached += small[i] + small[j] + small[k] >= sum - 1e-12;
    return reached / 120.0;
}

/* With the draws of 100,000 within four standard errors of all sets there are. */
static void p_is_the_share_of_sets_that_moved_as_far(void **state)
{
    static const int sets[][3] = {{0, 2, 5}, {1, 4, 7}, {2, 5, 9}, {3, 5, 9}, {0, 1, 9}};
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        uint64_t set = 0;
        double sum = 0;
        for (int k = 0; k < 3; k++) {
            bitset_put(&set, (size_t)sets[i][k]);
            sum += small[sets[i][k]];
        }
        struct movement_test t = tried(small, set, 5);
        double want = share_of_three(sum);
        assert_true(fabs(t.set - sum / 3) < 1e-12);
        assert_true(fabs(t.rest - (mean(small, SMALL) * SMALL - sum) / 7) < 1e-12);
        if (!(fabs(t.p - want) <= 4 * sqrt(want * (1 - want) / DRAWS) + 1e-4))
            fail_msg("set %zu: p %g, all sets give %g", i, t.p, want);
        struct movement_test again = tried(small, set, 5), other = tried(small, set, 6);
        assert_true(again.p == t.p);
        assert_true(want == 1 || other.p != t.p);
    }
}

static void equal_means_count(void **state)
{
    double alike[SMALL];
    (void)state;
    for (int i = 0; i < SMALL; i++)
        alike[i] = 0.1 * (1 + 1e-13 * i);
    assert_true(tried(alike, 7u << 7, 1).p == 1);
    assert_true(tried(alike, 7, 1).p == 1);
}

static void what_cannot_be_compared_has_no_p(void **state)
{
    double holes[SMALL];
    (void)state;
    struct movement_test t = tried(small, 0, 1);
    assert_true(isnan(t.p) && isnan(t.set) && fabs(t.rest - mean(small, SMALL)) < 1e-12);
    t = tried(small, (1u << SMALL) - 1, 1);
    assert_true(isnan(t.p) && isnan(t.rest));
    memcpy(holes, small, sizeof holes);
    holes[5] = NAN;
    t = tried(holes, 1u << 5 | 1u << 9 | 1u << 3, 1); /* the two largest that are known, tied */
    assert_true(fabs(t.set - 0.75) < 1e-12);
    assert_true(fabs(t.p - 2.0 / 36) < 0.004);
}

static void it_can_be_stopped(void **state)
{
    struct movement_test t;
    struct cancel stop;
    struct err err;
    uint64_t set = 7;
    (void)state;
    cancel_init(&stop, NULL);
    cancel_set(&stop);
    assert_status(movement_test(&t, small, SMALL, &set, DRAWS, 1, &stop, &err), STATUS_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_columns_are_compared_with_their_lengths),
        cmocka_unit_test(names_and_layouts_may_differ),
        cmocka_unit_test(what_differs_in_shape_is_named),
        cmocka_unit_test(zeros_have_no_movement),
        cmocka_unit_test(p_is_the_share_of_sets_that_moved_as_far),
        cmocka_unit_test(equal_means_count),
        cmocka_unit_test(what_cannot_be_compared_has_no_p),
        cmocka_unit_test(it_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
