/* Conditions, patterns and their statistics against sums made one count at a time. */
#include "config.h"

#include "toy_counts.h"

#include <math.h>

#include "base/bitset.h"
#include "analysis/pattern.h"
#include "analysis/query.h"

static struct err err;

static void grouped_rows_are_sums_of_their_cells(void **state)
{
    (void)state;
    static const uint32_t factor[] = {1, 0}; /* gender, then phone */
    struct counts c;
    struct query_rows r;
    toy_counts(&c, 1);
    assert_ok(query_rows(&r, &c, NULL, factor, 2, &err));
    assert_true(r.rows > 10);
    for (uint32_t l = 0; l < TOY_LAYERS; l++) {
        uint32_t *hits = mem_array((size_t)r.rows * TOY_WIDTH, sizeof *hits);
        for (uint32_t row = 0; row < r.rows; row++)
            assert_ok(query_row_hits(&r, &c, l, row, hits + row * c.layer[l].width, NULL, &err));
        for (uint32_t row = 0; row < r.rows; row++) {
            const int32_t *key = r.level + 2 * row;
            int64_t frames;
            assert_true(key[0] >= 0 && key[1] >= 0); /* cells without a level are in no row */
            assert_true(row == 0 || key[0] > key[-2] || (key[0] == key[-2] && key[1] > key[-1]));
            for (uint32_t i = 0; i < TOY_WIDTH; i++) {
                uint32_t wanted = toy_hits(&c, l, i, key[1], key[0], -2, &frames);
                assert_int_equal(hits[row * TOY_WIDTH + i], wanted);
                assert_int_equal(query_one_count(&r, &c, l, row, i), wanted);
            }
            assert_int_equal(r.frames[row], frames);
        }
        free(hits);
    }
    query_rows_free(&r);
    counts_free(&c);
}

static void filters_narrow_and_say_themselves(void **state)
{
    (void)state;
    struct counts c;
    struct query_filters f = QUERY_FILTERS_INIT, copy;
    struct query_rows r;
    char text[200];
    uint32_t hits[TOY_WIDTH];
    toy_counts(&c, 2);
    assert_ok(query_filters_add(&f, &c, "pitch=low,mid", &err));
    assert_ok(query_filters_add(&f, &c, "phone=(sil),AA,IY", &err));
    assert_ok(query_filters_add(&f, &c, "pitch=high,mid", &err));
    query_filters_text(&f, &c, text, sizeof text);
    assert_string_equal(text, "pitch=mid, phone=(sil)|AA|IY");
    assert_true(query_filters_allow(&f, 2, 2) && !query_filters_allow(&f, 2, 1));
    assert_true(!query_filters_allow(&f, 2, -1) && query_filters_allow(&f, 1, -1));
    assert_ok(query_filters_copy(&copy, &f, &err));
    query_filters_free(&f);
    assert_ok(query_rows(&r, &c, &copy, NULL, 0, &err));
    assert_int_equal(r.rows, 1);
    assert_ok(query_row_hits(&r, &c, 1, 0, hits, NULL, &err));
    for (uint32_t i = 0; i < TOY_WIDTH; i++) {
        uint32_t wanted = 0;
        int64_t frames = 0, n;
        for (int32_t phone = 0; phone <= TOY_IY; phone++) {
            wanted += toy_hits(&c, 1, i, phone, -2, 2, &n);
            frames += n;
        }
        assert_int_equal(hits[i], wanted);
        assert_int_equal(r.frames[0], frames);
    }
    query_rows_free(&r);
    query_filters_free(&copy);
    counts_free(&c);
}

static void conditions_that_name_nothing_say_what_there_is(void **state)
{
    (void)state;
    struct counts c;
    struct query_filters f = QUERY_FILTERS_INIT;
    toy_counts(&c, 2);
    assert_status(query_filters_add(&f, &c, "pitch", &err), STATUS_USAGE);
    assert_status(query_filters_add(&f, &c, "age=old", &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "phone, gender, pitch"));
    assert_status(query_filters_add(&f, &c, "gender=male,neither", &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "'neither' (there are: female, male)"));
    assert_int_equal(f.count, 0);
    query_filters_free(&f);
    counts_free(&c);
}

static void toggling_a_level_twice_leaves_no_filter(void **state)
{
    (void)state;
    struct counts c;
    struct query_filters f = QUERY_FILTERS_INIT;
    struct query_rows r;
    toy_counts(&c, 2);
    assert_ok(query_filters_toggle(&f, &c, 1, 0, &err));
    assert_true(!query_filters_allow(&f, 1, 0) && query_filters_allow(&f, 1, 1));
    assert_ok(query_filters_toggle(&f, &c, 1, 1, &err));
    assert_ok(query_rows(&r, &c, &f, NULL, 0, &err)); /* nothing passes */
    assert_int_equal(r.frames[0], 0);
    query_rows_free(&r);
    assert_ok(query_filters_toggle(&f, &c, 1, 0, &err));
    assert_ok(query_filters_toggle(&f, &c, 1, 1, &err));
    assert_int_equal(f.count, 0);
    counts_free(&c);
}

static void probabilities_are_never_added(void **state)
{
    (void)state;
    static const int32_t phone[] = {0, 0, 1}, gender[] = {0, 1, 1};
    static const int64_t frames[] = {-1, -1, -1};
    static const float p[] = {0.5f, 0.5f, 0.25f, 0.75f, 1, 0};
    static const uint32_t factor[] = {0, 1};
    char *levels[] = {(char[]){"AA"}, (char[]){"IY"}};
    struct counts_factor factors[] = {{(char[]){"phone"}, levels, 2, phone},
                                      {(char[]){"gender"}, levels, 2, gender}};
    struct counts_layer layer = {.width = 2, .tau = 1, .probability = p};
    struct counts c = {.path = (char[]){"p.counts"},
                       .cells = 3,
                       .frames = frames,
                       .factors = 2,
                       .factor = factors,
                       .layers = 1,
                       .layer = &layer};
    struct query_rows r;
    assert_ok(query_rows(&r, &c, NULL, factor, 2, &err));
    assert_int_equal(r.rows, 3);
    assert_int_equal(r.frames[0], -1);
    assert_true(query_row_probabilities(&r, &c, 0, 1)[1] == 0.75f);
    query_rows_free(&r);
    assert_status(query_rows(&r, &c, NULL, factor, 1, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "frame counts"));
}

static void patterns_compare_exactly_at_the_baseline(void **state)
{
    (void)state;
    struct rng rng = rng_seed(4);
    for (int round = 0; round < 2000; round++) {
        uint32_t width = 1 + (uint32_t)rng_below(&rng, 200), hits[200];
        uint32_t tau = 1 + (uint32_t)rng_below(&rng, width);
        uint64_t frames = rng_below(&rng, round % 2 ? 50 : UINT32_MAX), bits[4];
        for (uint32_t i = 0; i < width; i++) { /* on, just above or just below the baseline */
            hits[i] = (uint32_t)(tau * frames / width + rng_below(&rng, 3));
            hits[i] -= hits[i] > 0;
        }
        pattern_from_hits(bits, hits, width, frames, tau);
        for (uint32_t i = 0; i < width; i++) {
            unsigned __int128 left = (unsigned __int128)hits[i] * width;
            unsigned __int128 right = (unsigned __int128)tau * frames;
            assert_int_equal(bitset_has(bits, i), frames > 0 && left > right);
        }
        for (size_t i = width; i < bitset_words(width) * 64; i++)
            assert_false(bitset_has(bits, i));
    }
}

static void probabilities_compare_in_float32(void **state)
{
    (void)state;
    const float base = (float)(3.0 / 256);
    const float p[] = {base, nextafterf(base, 1), nextafterf(base, 0), 0, 1};
    uint64_t bits[4];
    float wide[256] = {0};
    memcpy(wide, p, sizeof p);
    pattern_from_probabilities(bits, wide, 256, 3);
    assert_int_equal(bits[0], 1 << 1 | 1 << 4);
    /* 3/100 of 10000 frames: on the baseline exactly; in float32 too. */
    const uint32_t hits[100] = {300, 301, 299};
    pattern_from_hits_f32(bits, hits, 100, 10000, 3);
    assert_int_equal(bits[0], 1 << 1);
}

static void intervals_are_wilsons(void **state)
{
    (void)state;
    /* Computed apart from the formula in Wilson (1927). */
    struct wilson_interval i = wilson_interval(8, 99);
    assert_true(fabs(i.low - 0.0415144) < 1e-6 && fabs(i.high - 0.1514181) < 1e-6);
    i = wilson_interval(0, 10);
    assert_true(i.low == 0 && fabs(i.high - 0.2775328) < 1e-6);
    i = wilson_interval(10, 10);
    assert_true(i.high == 1 && fabs(i.low - 0.7224672) < 1e-6);
    i = wilson_interval(0, 0);
    assert_true(i.low == 0 && i.high == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grouped_rows_are_sums_of_their_cells),
        cmocka_unit_test(filters_narrow_and_say_themselves),
        cmocka_unit_test(conditions_that_name_nothing_say_what_there_is),
        cmocka_unit_test(toggling_a_level_twice_leaves_no_filter),
        cmocka_unit_test(probabilities_are_never_added),
        cmocka_unit_test(patterns_compare_exactly_at_the_baseline),
        cmocka_unit_test(probabilities_compare_in_float32),
        cmocka_unit_test(intervals_are_wilsons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
