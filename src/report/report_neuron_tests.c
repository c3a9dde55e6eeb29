/*
 * How the neurons of each layer were tested (inference/neurontest.h), and how many of its property
 * neurons are expected to be there by chance.
 */
#include "config.h"

#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column neuron_tests_columns[] = {
    {"property", TABLE_TEXT, NULL, "the property", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1", 0, 0},
    {"exchanged", TABLE_TEXT, NULL, "what draws exchange: classes, speakers, tokens or utterances",
     0, 0},
    {"strata", TABLE_TEXT, NULL, "what labels are exchanged within; none: freely", 0, 0},
    {"draws", TABLE_INTEGER, "labelings", "labelings drawn", 0, 0},
    {"enumerated", TABLE_BOOLEAN, NULL,
     "they are all there are, the observed one among them; else random ones", 0, 0},
    {"smallest_p", TABLE_REAL, NULL, "the smallest p that so many allow; no q is smaller", 0, 5},
    {"fdr", TABLE_TEXT, NULL, "how q was computed: bh, by or storey", 0, 0},
    {"tested", TABLE_INTEGER, "neurons", "neurons of the layer, all of which are tested", 0, 0},
    {"significant", TABLE_INTEGER, "neurons", "of these, with a q of at most .05", 0, 0},
    {"expected_false", TABLE_REAL, "neurons",
     "of the significant ones: the largest q among them times their number", 0, 1},
    {"size", TABLE_INTEGER, "neurons", "property neurons", 0, 0},
    {"size_significant", TABLE_INTEGER, "neurons", "of these, with a q of at most .05", 0, 0},
    {"size_expected_false", TABLE_REAL, "neurons",
     "of the significant ones: the largest q among them times their number", 0, 1},
};

const struct table_form form_neuron_tests =
    TABLE_FORM("neuron-tests", "tests",
               "How the neurons of each layer were tested, and what that says of its property "
               "neurons: neurons with --tests.",
               neuron_tests_columns);

enum status report_neuron_tests(struct table *t, struct analysis *a, const char *property,
                                const struct neuron_tests *tests, struct err *err)
{
    enum status code = STATUS_OK;
    table_extend(t, &form_neuron_tests, 0);
    for (uint32_t i = 0; i < tests->layers && !code; i++) {
        const struct neuron_tests_layer *l = &tests->layer[i];
        const struct selection *chosen;
        code = analysis_selection(a, property, l->layer, NULL, &chosen, err);
        if (code)
            break;
        struct neuron_tests_set all = neuron_tests_of_set(l, NULL);
        struct neuron_tests_set set = neuron_tests_of_set(l, chosen->neurons);
        table_words(t, property);
        table_count(t, l->layer + 1);
        table_words(t, exchange_name(tests->kind));
        table_words(t, tests->strata);
        table_count(t, (int64_t)tests->draws);
        table_flag(t, tests->enumerated);
        table_real(t, tests->smallest_p);
        table_words(t, fdr_name(tests->fdr));
        table_count(t, (int64_t)all.size);
        table_count(t, (int64_t)all.significant);
        table_real(t, all.expected_false);
        table_count(t, (int64_t)set.size);
        table_count(t, (int64_t)set.significant);
        table_real(t, set.expected_false);
    }
    return code ? code : table_ok(t, NULL, err);
}
