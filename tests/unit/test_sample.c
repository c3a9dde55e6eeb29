/* Samples, labelings and summaries by naive twins. */
#include "config.h"

#include <math.h>

#include "analysis/sample.h"
#include "base/bitset.h"
#include "base/rng.h"
#include "inference/labelings.h"
#include "inference/summary.h"
#include "unit.h"

#define WIDTH  130
#define WORDS  3
#define POINTS 11
#define GROUPS 3

static struct err err;
static uint64_t pattern[POINTS][WORDS];
static uint32_t group[POINTS];

static void fill(uint64_t seed)
{
    struct rng rng = rng_seed(seed);
    memset(pattern, 0, sizeof pattern);
    for (uint32_t k = 0; k < POINTS; k++) {
        group[k] = (uint32_t)rng_below(&rng, GROUPS);
        for (uint32_t i = 0; i < WIDTH; i++)
            if (rng_uniform(&rng) < (i % GROUPS == group[k] ? 0.9 : 0.2))
                bitset_put(pattern[k], i);
    }
}

/* True if at least SIGMA of group G's patterns have neuron I. */
static bool is_member(uint32_t g, uint32_t i, double sigma)
{
    uint32_t size = 0, with = 0;
    for (uint32_t k = 0; k < POINTS; k++) {
        size += group[k] == g;
        with += group[k] == g && bitset_has(pattern[k], i);
    }
    return with > 0 && (double)with / size >= sigma;
}

static void sets_are_the_definition_s(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct sample s;
        double sigma = seed % 2 ? 0.8 : 0.5;
        sample_init(&s, WIDTH, sigma, NULL, NULL);
        fill(seed);
        assert_ok(sample_set(&s, pattern[0], group, POINTS, GROUPS, &err));
        for (uint32_t i = 0; i < WIDTH; i++) {
            uint32_t groups = 0;
            for (uint32_t g = 0; g < GROUPS; g++) {
                bool member = is_member(g, i, sigma);
                groups += member;
                assert_int_equal(bitset_has(sample_members(&s) + g * WORDS, i), member);
            }
            assert_int_equal(bitset_has(sample_neurons(&s), i), groups == 1);
        }
        sample_free(&s);
    }
}

static void distances_and_ranks_are_the_definition_s(void **state)
{
    struct sample s;
    (void)state;
    fill(99);
    sample_init(&s, WIDTH, 0.8, NULL, NULL);
    assert_ok(sample_set(&s, pattern[0], group, POINTS, GROUPS, &err));
    const uint32_t *d = sample_differing(&s);
    for (uint32_t a = 0; a < POINTS; a++)
        for (uint32_t b = 0; b < POINTS; b++) {
            uint32_t differing = 0;
            double below = 0, equal = 0;
            for (uint32_t i = 0; i < WIDTH; i++)
                differing += bitset_has(pattern[a], i) != bitset_has(pattern[b], i);
            assert_int_equal(d[a * POINTS + b], differing);
            for (uint32_t x = 0; x < POINTS; x++)
                for (uint32_t y = x + 1; y < POINTS; y++) {
                    below += d[x * POINTS + y] < differing;
                    equal += d[x * POINTS + y] == differing;
                }
            if (a != b)
                assert_float_equal(sample_ranks(&s)[a * POINTS + b], below + (equal + 1) / 2, 0);
        }
    sample_free(&s);
}

/* Every assignment within strata once, the observed one among them. */
static void enumeration_is_complete(void **state)
{
    static const uint32_t label[] = {0, 1, 0, 2, 1, 1, 0}, stratum[] = {0, 0, 0, 1, 1, 1, 1};
    enum { UNITS = 7, ALL = 3 * 12 };
    struct labelings l;
    uint32_t seen[ALL][UNITS], room[UNITS + 3];
    bool observed = false;
    (void)state;
    assert_ok(labelings_init(&l, UNITS, label, 3, stratum, 2, 0, 0, &err));
    assert_true(l.enumerated);
    assert_int_equal(l.total, ALL);
    for (uint32_t d = 0; d < ALL; d++) {
        uint32_t count[2][3] = {{0}};
        labelings_draw(&l, d, seen[d], room);
        for (uint32_t i = 0; i < UNITS; i++) {
            count[stratum[i]][seen[d][i]]++;
            count[stratum[i]][label[i]]--;
        }
        for (uint32_t i = 0; i < 6; i++)
            assert_int_equal(count[i / 3][i % 3], 0);
        for (uint32_t e = 0; e < d; e++)
            assert_memory_not_equal(seen[d], seen[e], sizeof seen[d]);
        observed = observed || memcmp(seen[d], label, sizeof label) == 0;
    }
    assert_true(observed);
    labelings_free(&l);
}

/* Random labelings keep strata and sizes, depend on their number alone, and take each order about
 * as often. */
static void draws_are_fair(void **state)
{
    static const uint32_t label[] = {0, 0, 1, 1}, stratum[] = {0, 0, 0, 0};
    enum { DRAWS = 5 };
    struct labelings l, again;
    uint32_t drawn[4], room[6], often[16] = {0};
    (void)state;
    assert_ok(labelings_init(&l, 4, label, 2, stratum, 1, DRAWS, 5, &err));
    assert_ok(labelings_init(&again, 4, label, 2, NULL, 1, DRAWS, 5, &err));
    assert_false(l.enumerated);
    for (uint64_t d = 0; d < 6000; d++) {
        uint32_t other[4];
        labelings_draw(&l, d, drawn, room);
        labelings_draw(&again, d, other, room);
        assert_memory_equal(drawn, other, sizeof drawn);
        often[drawn[0] * 8 + drawn[1] * 4 + drawn[2] * 2 + drawn[3]]++;
    }
    for (int k = 0; k < 16; k++)
        if (__builtin_popcount((unsigned)k) == 2)
            assert_in_range(often[k], 850, 1150); /* 1000, 5 standard errors of 29 */
        else
            assert_int_equal(often[k], 0);
    labelings_free(&l);
    labelings_free(&again);
    assert_ok(labelings_init(&l, 4, label, 2, stratum, 1, LABELINGS_ALL, 5, &err));
    assert_true(l.enumerated);
    labelings_free(&l);
}

static void p_counts_ties(void **state)
{
    static const double value[] = {1, 2, 3 * (1 + 1e-12), 4, NAN};
    struct summary s;
    (void)state;
    assert_ok(summary_make(&s, 3, value, 5, false, &err));
    assert_float_equal(s.p, 3.0 / 6, 1e-15);
    assert_float_equal(s.mean, 2.5, 1e-9);
    assert_ok(summary_make(&s, 3, value, 4, true, &err));
    assert_float_equal(s.p, 0.5, 1e-15);
    assert_float_equal(s.low, 1.075, 1e-9);
    assert_ok(summary_make(&s, NAN, value, 4, true, &err));
    assert_true(isnan(s.p));
}

/* The best of two layers: what reaches 3 deviations in one may be reached in the other. */
static void families_take_the_largest(void **state)
{
    static const double value[2][4] = {{0, 1, 2, 3}, {30, 20, 10, 0}};
    static const double flat[2][4] = {{0, 1, 2, 3}, {5, 5, 5, 5}};
    struct summary s[2];
    (void)state;
    for (int l = 0; l < 2; l++)
        assert_ok(summary_make(&s[l], l ? 20 : 3, value[l], 4, true, &err));
    assert_ok(summary_family(s, 2, value[0], 4, true, &err));
    assert_float_equal(s[0].p, 0.25, 1e-15);
    assert_float_equal(s[0].p_max, 0.5, 1e-15); /* 30 of the other layer is as extreme */
    assert_float_equal(s[1].p, 0.5, 1e-15);
    assert_float_equal(s[1].p_max, 1, 1e-15);
    for (int l = 0; l < 2; l++)
        assert_ok(summary_make(&s[l], l ? 5 : 3, flat[l], 4, true, &err));
    assert_ok(summary_family(s, 2, flat[0], 4, true, &err));
    assert_float_equal(s[0].p_max, 0.25, 1e-15);
    assert_float_equal(s[1].p_max, 1, 1e-15); /* left out */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_the_definition_s),
        cmocka_unit_test(distances_and_ranks_are_the_definition_s),
        cmocka_unit_test(enumeration_is_complete),
        cmocka_unit_test(draws_are_fair),
        cmocka_unit_test(p_counts_ties),
        cmocka_unit_test(families_take_the_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
