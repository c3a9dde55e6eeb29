/*
 * Masks have as many spans as they ask for, order and crops cover what there is, and all are
 * functions of seed and position alone.
 */
#include "config.h"

#include "unit.h"

#include "train/draw.h"
#include "train/mask.h"
#include "train/order.h"

enum { MOST = 1000 };

static const struct mask melhubert = MASK_DEFAULTS;

/* Runs of masked frames, and the length of the shortest. */
static size_t count_runs(const bool *masked, size_t frames, size_t *shortest)
{
    size_t runs = 0;
    *shortest = SIZE_MAX;
    for (size_t t = 0, next; t < frames; t = next) {
        next = t + 1;
        while (next < frames && masked[next] == masked[t])
            next++;
        if (!masked[t])
            continue;
        runs++;
        *shortest = next - t < *shortest ? next - t : *shortest;
    }
    return runs;
}

static void masks_are_spans(void **state)
{
    bool masked[MOST];
    (void)state;
    for (size_t frames = 12; frames <= MOST; frames += 19)
        for (uint64_t seed = 0; seed < 20; seed++) {
            size_t shortest, hidden = mask_draw(&melhubert, seed, frames, 0, masked, frames), n = 0;
            for (size_t t = 0; t < frames; t++)
                n += masked[t];
            assert_int_equal(n, hidden);
            size_t runs = count_runs(masked, frames, &shortest);
            size_t spans = (size_t)(0.7 * (double)frames / 5 + 1);
            spans = spans < 2 ? 2 : spans;
            /* Starts lie before the last span's length: no span is cut off. */
            assert_true(shortest >= 5);
            assert_true(runs <= spans && hidden <= 5 * spans);
            /* n different starts hide n + 4 frames at least. */
            assert_true(hidden >= spans - 1 + 4);
            assert_false(masked[frames - 1]); /* the last start is frames - 6 */
        }
}

/* All starts: with two spans in a hundred frames both are drawn from 95 places. */
static void starts_are_everywhere(void **state)
{
    static const struct mask two = {.share = 0, .span = 5, .least = 2};
    size_t began[100] = {0}, hidden = 0;
    bool masked[100];
    (void)state;
    for (uint64_t a = 0; a < 9500; a++) {
        hidden += mask_draw(&two, 7, a, 0, masked, 100);
        for (size_t t = 0; t < 100; t++)
            began[t] += masked[t] && (t == 0 || !masked[t - 1]);
    }
    /* 200 a place are expected, but for those next to the other span's: 4 in 94. */
    for (size_t t = 0; t < 95; t++)
        assert_in_range(began[t], 130, 260);
    for (size_t t = 95; t < 100; t++)
        assert_int_equal(began[t], 0);
    /* Of the 4465 pairs of starts 94, 93, 92 and 91 overlap by 4, 3, 2 and 1 frames. */
    assert_true(hidden > 9.77 * 9500 && hidden < 9.81 * 9500);
}

static void half_of_the_frames_are_masked(void **state)
{
    bool masked[MOST];
    size_t hidden = 0;
    (void)state;
    for (uint64_t a = 0; a < 200; a++)
        hidden += mask_draw(&melhubert, 1, a, 0, masked, MOST);
    assert_true(hidden > 0.52 * 200 * MOST && hidden < 0.54 * 200 * MOST);
}

/* Fewer frames than spans need: nothing beyond them, and hardly ever nothing masked. */
static void short_utterances_are_masked(void **state)
{
    (void)state;
    for (size_t frames = 0; frames < 12; frames++) {
        size_t all = 0;
        for (uint64_t a = 0; a < 100; a++) {
            bool masked[13] = {false};
            size_t hidden = mask_draw(&melhubert, 3, a, frames, masked, frames);
            assert_true(hidden <= frames);
            assert_false(masked[frames]);
            all += hidden;
        }
        assert_true(frames == 0 ? all == 0 : all >= 50);
    }
}

static void masks_depend_on_what_they_are_for(void **state)
{
    bool a[MOST], b[MOST];
    (void)state;
    mask_draw(&melhubert, 1, 2, 3, a, MOST);
    mask_draw(&melhubert, 2, 2, 3, b, MOST); /* others in between change nothing */
    assert_memory_not_equal(a, b, sizeof a);
    mask_draw(&melhubert, 1, 3, 2, b, MOST);
    assert_memory_not_equal(a, b, sizeof a);
    mask_draw(&melhubert, 1, 2, 3, b, MOST);
    assert_memory_equal(a, b, sizeof a);
}

static void masked_rows_are_zero(void **state)
{
    static const bool masked[3] = {true, false, true};
    float x[6] = {1, 2, 3, 4, 5, 6};
    static const float right[6] = {0, 0, 3, 4, 0, 0};
    (void)state;
    mask_rows(x, 2, masked, 3);
    assert_memory_equal(x, right, sizeof x);
}

static void epochs_hold_every_utterance_once(void **state)
{
    enum { COUNT = 37 };
    struct order o;
    struct err err;
    uint32_t first[COUNT];
    size_t same = 0;
    (void)state;
    assert_ok(order_open(&o, COUNT, 5, &err));
    for (uint64_t epoch = 0; epoch < 50; epoch++) {
        bool there[COUNT] = {false};
        for (uint32_t i = 0; i < COUNT; i++) {
            uint32_t u = order_utterance(&o, epoch * COUNT + i);
            assert_true(u < COUNT && !there[u]);
            there[u] = true;
            same += epoch > 0 && u == first[i];
            first[i] = epoch ? first[i] : u;
        }
    }
    /* One utterance an epoch is where it was, as chance has it. */
    assert_in_range(same, 20, 90);
    /* Any position at any time. */
    for (uint32_t i = COUNT; i-- > 0;)
        assert_int_equal(order_utterance(&o, i), first[i]);
    order_free(&o);
}

static void crops_lie_within(void **state)
{
    size_t seen[11] = {0};
    (void)state;
    for (uint64_t p = 0; p < 1100; p++) {
        size_t at = order_crop(9, p, 30, 20);
        assert_true(at <= 10);
        seen[at]++;
        assert_int_equal(order_crop(9, p, 30, 20), at);
        assert_int_equal(order_crop(9, p, 20, 20), 0);
        assert_int_equal(order_crop(9, p, 3, 20), 0);
    }
    for (size_t i = 0; i < 11; i++)
        assert_in_range(seen[i], 60, 140);
}

/* Draws of different kinds, and of exchanged numbers, share no generator. */
static void draws_differ(void **state)
{
    struct rng a = draw_begin(1, DRAW_MASK, 2, 3), b = draw_begin(1, DRAW_CROP, 2, 3);
    struct rng c = draw_begin(1, DRAW_MASK, 3, 2), d = draw_begin(2, DRAW_MASK, 2, 3);
    (void)state;
    assert_true(a.state != b.state && a.state != c.state && a.state != d.state);
    assert_true(b.state != c.state && b.state != d.state && c.state != d.state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_are_spans),
        cmocka_unit_test(starts_are_everywhere),
        cmocka_unit_test(half_of_the_frames_are_masked),
        cmocka_unit_test(short_utterances_are_masked),
        cmocka_unit_test(masks_depend_on_what_they_are_for),
        cmocka_unit_test(masked_rows_are_zero),
        cmocka_unit_test(epochs_hold_every_utterance_once),
        cmocka_unit_test(crops_lie_within),
        cmocka_unit_test(draws_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
