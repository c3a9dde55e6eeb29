/*
 * The installed interface as a program uses it: linked with the shared library, on the demo's
 * files.
 */
#include "config.h"

#include "unit.h"

#include <math.h>
#include <unistd.h>

#include <propneu/propneu.h>

#define LIST    "test_api.neurons"
#define JOURNAL "test_api.journal"

/* The call must succeed; its message is shown where it does not.  ERROR is in scope. */
#define assert_pn(call)                               \
    do {                                              \
        error.message[0] = '\0';                      \
        if ((call) != PN_OK)                          \
            fail_msg("%s: %s", #call, error.message); \
    } while (0)

/* The call must fail so, with a message and the same code in it. */
#define assert_pn_fails(call, wanted)           \
    do {                                        \
        error.message[0] = '\0';                \
        assert_int_equal((call), (wanted));     \
        assert_int_equal(error.code, (wanted)); \
        assert_true(error.message[0] != '\0');  \
    } while (0)

static const char *demo(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "data/demo/%s", name);
    return source_path(path);
}

static void failures_say_why_and_leave_results_alone(void **state)
{
    struct pn_error error;
    pn_counts *counts = (pn_counts *)&error;
    (void)state;
    assert_pn_fails(pn_counts_open(&counts, "nowhere.counts", &error), PN_IO);
    assert_ptr_equal(strstr(error.message, "nowhere.counts: "), error.message);
    assert_int_equal(pn_counts_open(&counts, "nowhere.counts", NULL), PN_IO);
    assert_ptr_equal(counts, &error);
    assert_string_equal(pn_status_name(PN_NOTFOUND), "notfound");
    assert_string_equal(pn_status_name((enum pn_status)99), "unknown");
    assert_string_equal(pn_version(), PN_VERSION);
    pn_counts_free(NULL);
    pn_model_free(NULL);
    pn_set_free(NULL);
    pn_table_free(NULL);
}

/* Rows that came of each stage and layer. */
struct seen {
    size_t rows[2][16];
    float last; /* of the last layer's hidden states */
    int stop;   /* answer from then on */
};

static int note_rows(void *context, const struct pn_rows *rows)
{
    struct seen *s = context;
    assert_true(rows->layer < 16);
    s->rows[rows->stage][rows->layer] += rows->rows;
    s->last = rows->data[0];
    return s->stop;
}

static void models_count_layers_from_one(void **state)
{
    struct pn_error error;
    struct seen seen = {{{0}}, 0, 0}, stopped = {{{0}}, 0, 1};
    pn_model *model;
    pn_scratch *scratch = pn_scratch_new();
    float *samples;
    size_t count;
    (void)state;
    assert_non_null(scratch);
    assert_pn(pn_model_open(&model, demo("models/ssl.safetensors"), NULL, &error));
    assert_string_equal(pn_model_family(model), "melhubert");
    uint32_t layers = pn_model_layers(model);
    assert_int_equal(layers, 4);
    assert_int_equal(pn_model_width(model, 0), 0);
    assert_int_equal(pn_model_width(model, 1), 512);
    assert_int_equal(pn_model_width(model, layers + 1), 0);

    assert_pn(pn_audio_read(&samples, &count, demo("audio/F1-3-0007.flac"), &error));
    size_t frames = pn_model_frames(model, count);
    assert_pn(pn_model_run(model, scratch, samples, count, PN_WANT_HIDDEN | PN_WANT_ACTIVATIONS,
                           note_rows, &seen, &error));
    for (uint32_t l = 0; l <= layers; l++)
        assert_int_equal(seen.rows[PN_STAGE_HIDDEN][l], frames);
    for (uint32_t l = 1; l <= layers; l++)
        assert_int_equal(seen.rows[PN_STAGE_ACTIVATIONS][l], frames);
    assert_int_equal(seen.rows[PN_STAGE_ACTIVATIONS][0], 0);

    assert_pn_fails(pn_model_run(model, scratch, samples, count, PN_WANT_ACTIVATIONS, note_rows,
                                 &stopped, &error),
                    PN_CANCELLED);
    pn_free(samples);
    pn_scratch_free(scratch);
    pn_model_free(model);
}

static void cells_add_up(void **state)
{
    struct pn_error error;
    pn_counts *counts;
    (void)state;
    assert_pn(pn_counts_open(&counts, demo("counts/ssl.counts"), &error));
    uint32_t width = pn_counts_width(counts, 1);
    uint32_t *hits = calloc(width, sizeof *hits);
    double *p = calloc(width, sizeof *p);
    assert_false(pn_counts_is_probability(counts));
    for (uint32_t c = 0; c < pn_counts_cells(counts); c++) {
        uint64_t sum = 0;
        assert_pn(pn_counts_hits(counts, 1, c, hits, &error));
        assert_pn(pn_counts_probabilities(counts, 1, c, p, &error));
        uint64_t frames = (uint64_t)pn_counts_cell_frames(counts, c);
        for (uint32_t i = 0; i < width; i++) {
            sum += hits[i];
            assert_true(fabs(p[i] * (double)frames - hits[i]) < 1e-6);
        }
        assert_int_equal(sum, frames * pn_counts_tau(counts, 1));
    }
    assert_string_equal(pn_counts_factor_name(counts, 0), "phone");
    assert_null(pn_counts_factor_name(counts, pn_counts_factors(counts)));
    assert_null(pn_counts_level_name(counts, 0, pn_counts_levels(counts, 0)));
    assert_pn_fails(pn_counts_hits(counts, 0, 0, hits, &error), PN_NOTFOUND);
    assert_pn_fails(pn_counts_hits(counts, 1, pn_counts_cells(counts), hits, &error), PN_NOTFOUND);
    free(hits);
    free(p);
    pn_counts_free(counts);
}

/* The set EXPRESSION of A. */
static pn_set *set_of(pn_analysis *a, const char *expression)
{
    struct pn_error error;
    pn_set *set;
    assert_pn(pn_set_for_analysis(&set, a, &error));
    assert_pn(pn_set_add(set, expression, a, &error));
    return set;
}

static bool same(const pn_set *a, const pn_set *b)
{
    char *x = pn_set_text(a), *y = pn_set_text(b);
    assert_non_null(x);
    assert_non_null(y);
    bool equal = strcmp(x, y) == 0;
    pn_free(x);
    pn_free(y);
    return equal;
}

/* By a selector in the expression, or in the options of the analysis. */
static void sets_are_chosen_by_selectors(void **state)
{
    struct pn_error error;
    struct pn_analysis_options options;
    pn_analysis *a, *by_lape;
    (void)state;
    pn_analysis_options_init(&options);
    options.select = "lape";
    options.size = "own";
    assert_pn(pn_analysis_open(&a, demo("counts/sid.counts"), NULL, &error));
    assert_pn(pn_analysis_open(&by_lape, demo("counts/sid.counts"), &options, &error));
    pn_set *paper = set_of(a, "gender"), *named = set_of(a, "gender:paper");
    pn_set *lape = set_of(a, "gender:lape"), *own = set_of(by_lape, "gender");
    assert_true(same(paper, named));
    assert_false(same(paper, lape));
    assert_int_equal(pn_set_size(own, 0), 20); /* 1 % of 4 x 512 */
    pn_analysis *no = NULL;
    options.select = "nonsense";
    assert_pn_fails(pn_analysis_open(&no, demo("counts/sid.counts"), &options, &error), PN_USAGE);
    options.select = "lape";
    options.size = "0";
    assert_pn_fails(pn_analysis_open(&no, demo("counts/sid.counts"), &options, &error), PN_USAGE);
    pn_set_free(paper);
    pn_set_free(named);
    pn_set_free(lape);
    pn_set_free(own);
    pn_analysis_free(a);
    pn_analysis_free(by_lape);
}

static void sets_are_combined_and_written(void **state)
{
    struct pn_error error;
    const uint32_t narrow[] = {3};
    pn_analysis *a;
    pn_set *both, *other, *one;
    (void)state;
    assert_pn(pn_analysis_open(&a, demo("counts/sid.counts"), NULL, &error));
    pn_set *gender = set_of(a, "gender"), *pitch = set_of(a, "pitch");
    pn_set *wanted = set_of(a, "gender & pitch");
    assert_pn(pn_set_combine(&both, gender, '&', pitch, &error));
    assert_true(pn_set_size(both, 0) > 0);
    assert_true(pn_set_size(both, 0) < pn_set_size(gender, 0));
    assert_true(same(both, wanted));

    assert_pn(pn_set_write(both, LIST, "both", &error));
    other = set_of(a, "@" LIST);
    assert_true(same(both, other));
    unlink(LIST);

    assert_pn(pn_set_only_layers(other, "4", &error));
    assert_int_equal(pn_set_size(other, 4), pn_set_size(both, 4));
    assert_int_equal(pn_set_size(other, 0), pn_set_size(both, 4));

    assert_pn_fails(pn_set_put(other, 5, 0, &error), PN_NOTFOUND);
    assert_pn_fails(pn_set_put(other, 0, 0, &error), PN_NOTFOUND);
    assert_pn_fails(pn_set_put(other, 4, 512, &error), PN_NOTFOUND);
    assert_pn(pn_set_new(&one, 1, narrow, &error));
    assert_pn(pn_set_put(one, 1, 2, &error));
    assert_true(pn_set_has(one, 1, 2) && !pn_set_has(one, 1, 1) && !pn_set_has(one, 2, 2));
    both = (pn_set_free(both), NULL);
    assert_pn_fails(pn_set_combine(&both, one, '|', gender, &error), PN_MISMATCH);
    assert_pn_fails(pn_set_add(one, "gender", a, &error), PN_MISMATCH);
    pn_set_free(gender);
    pn_set_free(pitch);
    pn_set_free(wanted);
    pn_set_free(other);
    pn_set_free(one);
    pn_analysis_free(a);
}

static void tables_hold_what_sets_hold(void **state)
{
    struct pn_error error;
    pn_analysis *a;
    pn_table *t;
    uint32_t groups;
    (void)state;
    assert_pn(pn_analysis_open(&a, demo("counts/sid.counts"), NULL, &error));
    pn_set *set = set_of(a, "gender");
    assert_pn(pn_report_neurons(&t, a, "gender", 0, &error));
    assert_int_equal(pn_table_rows(t), pn_set_size(set, 0));
    long layer = pn_table_find(t, "layer"), neuron = pn_table_find(t, "neuron");
    long group = pn_table_find(t, "group");
    assert_true(layer >= 0 && neuron >= 0 && group >= 0);
    assert_int_equal(pn_table_find(t, "no such"), -1);
    assert_int_equal(pn_table_type(t, (size_t)group), PN_TEXT);
    for (size_t i = 0; i < pn_table_rows(t); i++) {
        assert_true(pn_set_has(set, (uint32_t)pn_table_integer(t, i, (size_t)layer),
                               (uint32_t)pn_table_integer(t, i, (size_t)neuron)));
        assert_string_not_equal(pn_table_text(t, i, (size_t)group), "");
        assert_true(isnan(pn_table_real(t, i, (size_t)group)));
    }
    assert_false(pn_table_has(t, pn_table_rows(t), 0));
    pn_table_free(t);

    assert_pn(pn_analysis_groups(a, "gender", &groups, &error));
    assert_int_equal(groups, 2);
    assert_non_null(pn_analysis_group(a, "gender", 1));
    assert_null(pn_analysis_group(a, "gender", 2));
    assert_pn_fails(pn_report_neurons(&t, a, "gender", 5, &error), PN_NOTFOUND);
    assert_pn_fails(pn_report_map(&t, a, "hair", 1, &error), PN_NOTFOUND);
    pn_set_free(set);
    pn_analysis_free(a);
}

static int stop_at_once(void *context, size_t done, size_t all)
{
    (void)done;
    (void)all;
    ++*(int *)context;
    return 1;
}

static void evaluations_are_compared_and_stopped(void **state)
{
    struct pn_error error;
    struct pn_eval_options options;
    struct pn_score before, after;
    int calls = 0;
    const struct pn_eval_hooks hooks = {NULL, stop_at_once, &calls};
    pn_eval *eval;
    pn_eval_result *plain, *erased, *none = NULL;
    pn_analysis *a;
    pn_table *t;
    (void)state;
    pn_eval_options_init(&options);
    assert_pn_fails(pn_eval_open(&eval, &options, NULL, &error), PN_USAGE);
    options.model = demo("models/sid.safetensors");
    options.corpus.audio = demo("audio");
    options.corpus.speakers = demo("speakers.tsv");
    options.task = "sid";
    options.piece = 0.3;
    options.threads = 2;
    assert_pn(pn_analysis_open(&a, demo("counts/sid.counts"), NULL, &error));
    pn_set *set = set_of(a, "gender");
    assert_pn(pn_eval_open(&eval, &options, NULL, &error));
    assert_pn(pn_eval_run(eval, NULL, NULL, NULL, &plain, &error));
    assert_pn(pn_eval_run(eval, set, NULL, NULL, &erased, &error));
    assert_true(pn_eval_total(eval, plain, 0, &before) && pn_eval_total(eval, erased, 0, &after));
    assert_false(pn_eval_total(eval, plain, pn_eval_measures(eval), &after));
    assert_int_equal(before.trials, after.trials);
    assert_true(before.trials > 14);
    assert_true(after.loss > before.loss);
    assert_pn(pn_eval_table(&t, eval, erased, plain, &error));
    assert_true(pn_table_find(t, "error_before") >= 0);
    pn_table_free(t);

    assert_pn_fails(pn_eval_run(eval, NULL, NULL, &hooks, &none, &error), PN_CANCELLED);
    assert_null(none);
    assert_true(calls > 0);
    pn_eval_result_free(plain);
    pn_eval_result_free(erased);
    pn_eval_free(eval);
    pn_set_free(set);
    pn_analysis_free(a);
}

static void experiments_are_filled_in_by_name(void **state)
{
    struct pn_error error;
    pn_experiment *x;
    pn_table *t, *again;
    const char *const settings[][2] = {{"counts", demo("counts/sid.counts")},
                                       {"property", "gender"},
                                       {"audio", demo("audio")},
                                       {"speakers", demo("speakers.tsv")},
                                       {"task", "sid"},
                                       {"controls", "1"},
                                       {"piece", "0.5"},
                                       {"journal", JOURNAL}};
    (void)state;
    unlink(JOURNAL);
    assert_pn(pn_experiment_new(&x, PN_EXPERIMENT_MATRIX, &error));
    assert_pn_fails(pn_experiment_set(x, "draws", "3", &error), PN_NOTFOUND);
    assert_pn_fails(pn_experiment_set(x, "controls", "many", &error), PN_USAGE);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        assert_pn(pn_experiment_set(x, settings[i][0], settings[i][1], &error));
    assert_pn_fails(pn_experiment_run(x, NULL, 2, &t, &error), PN_USAGE);
    assert_pn(pn_experiment_set(x, "model", demo("models/sid.safetensors"), &error));
    assert_pn(pn_experiment_run(x, NULL, 2, &t, &error));
    assert_true(pn_table_rows(t) > 0);

    assert_pn(pn_experiment_read(&again, JOURNAL, &error));
    char *one = pn_table_tsv(t), *other = pn_table_tsv(again);
    assert_string_equal(one, other);
    pn_free(one);
    pn_free(other);
    pn_table_free(t);
    pn_table_free(again);
    pn_experiment_free(x);
    unlink(JOURNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_say_why_and_leave_results_alone),
        cmocka_unit_test(models_count_layers_from_one),
        cmocka_unit_test(cells_add_up),
        cmocka_unit_test(sets_are_combined_and_written),
        cmocka_unit_test(sets_are_chosen_by_selectors),
        cmocka_unit_test(tables_hold_what_sets_hold),
        cmocka_unit_test(evaluations_are_compared_and_stopped),
        cmocka_unit_test(experiments_are_filled_in_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
