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
#include "explorer/view.h"
#include "formats/labels/label_format.h"

extern const struct statistic statistic_active;
extern const struct selector selector_ratio;
extern const struct label_format label_format_stm;
extern const struct view view_about;

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
    assert_ok(statistic_of_layer(&statistic_active, &session, "gender", 1, NULL, &value, &err));
    assert_ok(analysis_layer(&session, "gender", 1, &l, &err));
    double want = 0;
    for (uint32_t i = 0; i < TOY_WIDTH; i++)
        want += l->any[i / 64] >> i % 64 & 1;
    assert_true(want > 0);
    assert_true(value == want);
}

/* Shares add up to 1 in a neuron that is active at all. */
static void the_selector_scores_shares_of_activity(void **state)
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
    assert_ok(selector_ratio.score(&in, score[0], &err));
    assert_ok(selector_rates(&in, rate[0], &err));
    for (int i = 0; i < TOY_WIDTH; i++) {
        double sum = rate[0][i] + rate[1][i];
        assert_true(fabs(score[0][i] * sum - rate[0][i]) < 1e-12);
        assert_true(fabs(score[0][i] + score[1][i] - (sum > 0)) < 1e-12);
    }
}

static void the_label_format_reads_spans_of_utterances(void **state)
{
    static const char text[] = ";; a comment\nb 1 spk 0.5 0.75 IY\na 1 spk 0 0.25 AA\n";
    struct label_store s = {.count = 0};
    struct utterance_labels labels;
    (void)state;
    assert_ok(label_format_stm.store(&s, text, sizeof text - 1, "x.stm", "x", &err));
    assert_ok(label_store_done(&s, "x.stm", &err));
    assert_int_equal(s.utterance.count, 2);
    uint32_t b = names_find(&s.utterance, "b");
    assert_ok(label_store_get(&s, b, &labels, &err));
    assert_int_equal(labels.count, 1);
    assert_true(labels.interval[0].start == 0.5 && labels.interval[0].end == 0.75);
    utterance_labels_free(&labels);
    label_store_free(&s);
    memset(&s, 0, sizeof s);
    assert_status(label_format_stm.store(&s, "a 1 spk x 1 AA\n", 15, "x.stm", "x", &err),
                  STATUS_FORMAT);
    assert_non_null(strstr(err.msg, "line 1"));
    label_store_free(&s);
}

static void the_view_draws_what_the_counts_are_of(void **state)
{
    static struct app app;
    struct canvas c;
    struct buf text = BUF_INIT;
    (void)state;
    app.file[0].session = session;
    assert_true(canvas_init(&c, 40, 10, true));
    view_about.render(&app, &c, canvas_all(&c));
    canvas_print(&c, &text);
    assert_non_null(strstr(buf_text(&text), "3 layers, lambda 3 %"));
    assert_non_null(strstr(buf_text(&text), "gender     2 levels"));
    buf_free(&text);
    canvas_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_statistic_counts_neurons_in_patterns),
        cmocka_unit_test(the_selector_scores_shares_of_activity),
        cmocka_unit_test(the_label_format_reads_spans_of_utterances),
        cmocka_unit_test(the_view_draws_what_the_counts_are_of),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
