/*
 * p(i | k), the activation probabilities of a layer's neurons given a phone (figure 2 of the
 * paper), with Wilson's interval as if frames were independent.
 */
#include "config.h"

#include <math.h>

#include "base/bitset.h"
#include "report/report.h"
#include "report/report_forms.h"

/* Columns that are there where they were asked for. */
enum { PATTERN_TESTS = 1 };

static const struct table_column pattern_columns[] = {
    {"phone", TABLE_TEXT, NULL, "the phone", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"rank", TABLE_INTEGER, NULL, "rank by descending p, from 1", 0, 0},
    {"neuron", TABLE_INTEGER, NULL, "the neuron, from 0", 0, 0},
    {"p", TABLE_REAL, "probability", "activation probability: share of the phone's frames", 0, 5},
    {"hits", TABLE_INTEGER, "frames", "frames of the phone that activate the neuron", 0, 0},
    {"low", TABLE_REAL, "probability",
     "lower end of Wilson's interval at 95 %, as if frames were independent", 0, 5},
    {"high", TABLE_REAL, "probability", "its upper end", 0, 5},
    {"lift", TABLE_REAL, NULL, "p over the baseline", 0, 2},
    {"marginal", TABLE_REAL, "probability",
     "activation probability over all phones under the same conditions", 0, 5},
    {"in_pattern", TABLE_BOOLEAN, NULL, "p is above the baseline, compared exactly", 0, 0},
    {"baseline", TABLE_REAL, "probability", "the share tau over the layer's width", 0, 5},
    {"test", TABLE_TEXT, NULL,
     "with --tests: speakers, t-tests of speakers as clusters; tokens, exact tests as if tokens "
     "were independent",
     PATTERN_TESTS, 0},
    {"p_baseline", TABLE_REAL, NULL,
     "with --tests: one-sided p of p above the baseline; missing where speakers do not vary",
     PATTERN_TESTS, 4},
    {"p_elsewhere", TABLE_REAL, NULL,
     "with --tests: one-sided p of p above the neuron's own rate in all other phones, paired by "
     "speaker; of tokens, Fisher's",
     PATTERN_TESTS, 4},
    {"cluster_low", TABLE_REAL, "probability",
     "with --tests: 2.5 percentile of p over draws of speakers (cluster bootstrap); missing "
     "without speakers",
     PATTERN_TESTS, 5},
    {"cluster_high", TABLE_REAL, "probability", "with --tests: 97.5 percentile", PATTERN_TESTS, 5},
};

static const struct table_column summary_columns[] = {
    {"phone", TABLE_TEXT, NULL, "the phone", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"width", TABLE_INTEGER, "neurons", "neurons of the layer", 0, 0},
    {"tau", TABLE_INTEGER, "neurons", "neurons activated in each frame", 0, 0},
    {"baseline", TABLE_REAL, "probability", "the share tau over width", 0, 5},
    {"frames", TABLE_INTEGER, "frames", "frames of the phone", 0, 0},
    {"pattern_size", TABLE_INTEGER, "neurons", "neurons with p above the baseline", 0, 0},
};

const struct table_form form_pattern =
    TABLE_FORM("pattern", "neurons",
               "Activation probabilities p(neuron | phone), in descending order: pattern, figure "
               "2, Pattern in the explorer.",
               pattern_columns);
const struct table_form form_pattern_summary =
    TABLE_FORM("pattern-summary", NULL, "A phone's pattern as a whole: pattern.", summary_columns);

/* One row a neuron: p, its hits and Wilson interval, lift over the marginal probability. Hits are
 * missing in files of probabilities. */
enum status report_pattern(struct table *t, const struct profile *p, const uint32_t *order,
                           size_t count, const char *phone, uint32_t layer,
                           const struct pattern_tests *tests, struct err *err)
{
    static const struct pattern_test none = {NAN, NAN, NAN, NAN};
    table_extend(t, &form_pattern, tests ? PATTERN_TESTS : 0);
    for (size_t i = 0; i < count; i++) {
        const struct pattern_test *test = tests ? &tests->neuron[i] : &none;
        struct profile_stats s = profile_stats(p, order[i]);
        table_words(t, report_level(phone));
        table_count(t, layer + 1);
        table_count(t, (int64_t)i + 1);
        table_count(t, order[i]);
        table_real(t, p->p[order[i]]);
        table_count(t, isnan(s.hits) ? -1 : (int64_t)s.hits);
        table_real(t, s.low);
        table_real(t, s.high);
        table_real(t, s.lift);
        table_real(t, s.marginal);
        table_flag(t, s.in);
        table_real(t, p->baseline);
        table_words(t, tests ? pattern_test_name(tests->kind) : NULL);
        table_real(t, test->p_baseline);
        table_real(t, test->p_elsewhere);
        table_real(t, test->low);
        table_real(t, test->high);
    }
    return table_ok(t, NULL, err);
}

enum status report_pattern_summary(struct table *t, const struct profile *p, const char *phone,
                                   uint32_t layer, struct err *err)
{
    table_extend(t, &form_pattern_summary, 0);
    table_words(t, report_level(phone));
    table_count(t, layer + 1);
    table_count(t, p->width);
    table_count(t, p->tau);
    table_real(t, p->baseline);
    table_count(t, p->frames);
    table_count(t, (int64_t)bitset_count(p->pattern, bitset_words(p->width)));
    return table_ok(t, NULL, err);
}
