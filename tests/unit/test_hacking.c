/*
 * The examples of HACKING.md (tests/hacking; tests/style/hacking.sh holds the text to them) compile
 * against the tables they are written for, and do what the text says.
 */
#include "config.h"

#include "toy_counts.h"

#include <math.h>

#include "analysis/selector.h"
#include "analysis/statistic.h"
#include "corpus/phones.h"

extern const struct statistic statistic_active;
extern const struct selector selector_margin;

static struct counts counts;
static struct phones phones;
static struct analysis session;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    toy_counts(&counts, 3);
    if (phones_open(&phones, NULL, &err))
        return -1;
    return analysis_init(&session, &counts, &phones, &err) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    analysis_free(&session);
    phones_free(&phones);
    counts_free(&counts);
    return 0;
}

static void the_statistic_counts_neurons_in_patterns(void **state)
{
    double value;
    const struct property_layer *l;
    (void)state;
    assert_ok(statistic_active.compute(&session, "gender", 1, &value, &err));
    assert_ok(analysis_layer(&session, "gender", 1, &l, &err));
    double want = 0;
    for (uint32_t i = 0; i < TOY_WIDTH; i++)
        want += l->any[i / 64] >> i % 64 & 1;
    assert_true(want > 0);
    assert_true(value == want);
}

/* With two groups the margins of a neuron are opposite, and its rates' difference. */
static void the_selector_scores_margins(void **state)
{
    const struct property *p;
    const struct property_layer *l;
    double score[2][TOY_WIDTH], rate[2][TOY_WIDTH];
    (void)state;
    assert_ok(analysis_property(&session, "gender", &p, &err));
    assert_ok(analysis_layer(&session, "gender", 0, &l, &err));
    assert_int_equal(p->groups, 2);
    struct selector_input in = {
        .property = p, .counts = &counts, .layer = 0, .width = TOY_WIDTH, .words = l->words};
    assert_ok(selector_margin.score(&in, score[0], &err));
    assert_ok(selector_rates(&in, rate[0], &err));
    for (int i = 0; i < TOY_WIDTH; i++) {
        assert_true(fabs(score[0][i] - (rate[0][i] - rate[1][i])) < 1e-12);
        assert_true(fabs(score[0][i] + score[1][i]) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_statistic_counts_neurons_in_patterns),
        cmocka_unit_test(the_selector_scores_margins),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
