/* Nulls by exchange against an independent program's numbers (tests/data/statistics). */
#include "config.h"

#include <jansson.h>
#include <math.h>

#include "analysis/analysis_input.h"
#include "base/bitset.h"
#include "base/number.h"
#include "inference/null.h"
#include "simulated_tokens.h"

static struct err err;
static json_t *golden;

/* A count file of 0.1.0 under analysis, maps classical. */
static void open_file(struct analysis_input *in, const char *model)
{
    char path[600];
    struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    o.map.method = MAP_CLASSICAL;
    snprintf(path, sizeof path, "%s/%s.counts", source_path("tests/data/statistics"), model);
    assert_ok(analysis_open(in, path, &o, &err));
}

static double number(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

/* The null of NAMES, ends with NULL, for PROPERTY of IN. */
static void make(struct null_result *n, struct analysis_input *in, const char *property,
                 const char *const *names, const struct exchange_options *o, unsigned threads)
{
    struct null_request r = {.property = property, .exchange = *o, .threads = threads};
    for (; *names; names++)
        assert_ok(null_add_statistic(&r, *names, &in->analysis, NULL, &err));
    assert_ok(null_make(n, &in->analysis, &r, &err));
}

static void close_to(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance * fabs(want) + 1e-14))
        fail_msg("%.15g, not %.15g", got, want);
}

static void row_is(const struct null_row *row, const json_t *want)
{
    const struct summary *s = &row->summary;
    close_to(s->observed, number(want, "observed"), 1e-9);
    close_to(s->mean, number(want, "mean"), 1e-9);
    close_to(s->sd, number(want, "sd"), 1e-9);
    close_to(s->low, number(want, "low"), 1e-9);
    close_to(s->high, number(want, "high"), 1e-9);
    close_to(s->p, number(want, "p"), 1e-12);
    close_to(s->p_max, number(want, "p_max"), 1e-12);
}

/* All 3432 ways to call seven of fourteen speakers female. */
static void every_labeling_is_gone_through(void **state)
{
    static const char *const names[] = {"size", "silhouette", "full-dim", NULL};
    static const char *const keys[] = {"size", "silhouette_classical", "full_dim"};
    const struct exchange_options o = {.strata = "none"};
    struct analysis_input in;
    struct null_result n;
    (void)state;
    open_file(&in, "sid");
    make(&n, &in, "gender", names, &o, 2);
    assert_int_equal(n.kind, EXCHANGE_SPEAKERS);
    assert_true(n.enumerated);
    assert_int_equal(n.draws, 3432);
    assert_int_equal(n.rows, 12);
    const json_t *rows = json_object_get(json_object_get(golden, "sid_gender_free"), "rows");
    for (uint32_t i = 0; i < 12; i++)
        row_is(&n.row[i], json_object_get(json_array_get(rows, i % 4), keys[i / 4]));
    null_free(&n);
    analysis_close(&in);
}

/* The 630 that keep the number of each gender among the voices of a synthesiser, whose names a
 * table of speakers has. */
static void strata_are_kept(void **state)
{
    static const char *const names[] = {"size", "silhouette", "full-dim", NULL};
    static const char *const keys[] = {"size", "silhouette_classical", "full_dim"};
    const struct exchange_options o = {.strata = "engine",
                                       .speakers = source_path("data/demo/speakers.tsv")};
    struct analysis_input in;
    struct null_result n;
    (void)state;
    open_file(&in, "sid");
    make(&n, &in, "gender", names, &o, 1);
    assert_int_equal(n.draws, 630);
    assert_string_equal(n.strata, "engine");
    const json_t *rows =
        json_object_get(json_object_get(golden, "sid_gender_strata_engine"), "rows");
    for (uint32_t i = 0; i < 12; i++)
        row_is(&n.row[i], json_object_get(json_array_get(rows, i % 4), keys[i / 4]));
    null_free(&n);
    analysis_close(&in);
}

/* A speaker whose gender is not known is in no pattern, and the others are exchanged: the 1716 ways
 * to call six of thirteen female; the observed sizes are those of the file without the speaker. */
static void speakers_without_a_level_are_left_out(void **state)
{
    static const char *const names[] = {"size", NULL};
    const struct exchange_options o = {.strata = "none"};
    const struct property_layer *l;
    struct analysis_input in;
    struct null_result n;
    (void)state;
    open_file(&in, "sid");
    struct counts *c = &in.counts;
    const struct counts_factor *speaker = &c->factor[counts_find_factor(c, "speaker")];
    struct counts_factor *gender = &c->factor[counts_find_factor(c, "gender")];
    int32_t *index = counts_alloc(c, c->cells, sizeof *index);
    assert_non_null(index);
    for (uint32_t i = 0; i < c->cells; i++)
        index[i] = speaker->index[i] == 0 ? -1 : gender->index[i];
    gender->index = index;
    make(&n, &in, "gender", names, &o, 1);
    assert_int_equal(n.kind, EXCHANGE_SPEAKERS);
    assert_int_equal(n.left_out, 1);
    assert_true(n.enumerated);
    assert_int_equal(n.draws, 1716);
    for (uint32_t i = 0; i < n.rows; i++) {
        assert_ok(analysis_layer(&in.analysis, "gender", i, &l, &err));
        assert_true(n.row[i].summary.observed == (double)bitset_count(l->neurons, l->words));
        assert_true(n.row[i].summary.p > 0 && n.row[i].summary.p <= 1);
    }
    null_free(&n);
    analysis_close(&in);
}

/* Groups of phones: random draws of another generator, so that means are within their errors. */
static void classes_are_drawn(void **state)
{
    static const char *const models[] = {"ssl", "sid", "pr"};
    static const char *const names[] = {"size", NULL};
    const struct exchange_options o = {.draws = 4999, .seed = 7};
    (void)state;
    for (int m = 0; m < 3; m++) {
        struct analysis_input in;
        struct null_result n;
        const json_t *rows = json_object_get(json_object_get(golden, models[m]), "phone");
        open_file(&in, models[m]);
        make(&n, &in, "phone", names, &o, 1);
        assert_int_equal(n.kind, EXCHANGE_CLASSES);
        assert_false(n.enumerated);
        for (uint32_t l = 0; l < n.rows; l++) {
            const json_t *want = json_array_get(rows, l);
            double error = number(want, "null_mean_standard_error");
            assert_true(n.row[l].summary.observed == number(want, "P"));
            assert_true(fabs(n.row[l].summary.mean - number(want, "null_mean")) <=
                        4 * error * sqrt(2));
            assert_true(n.row[l].summary.p <= 0.002);
        }
        null_free(&n);
        analysis_close(&in);
    }
}

/* Observed statistics of every property and layer. */
static void statistics_are_numpy_s(void **state)
{
    static const char *const models[] = {"ssl", "sid", "pr"};
    static const char *const properties[] = {"gender", "pitch", "phone"};
    static const struct {
        const char *name, *key;
    } of[] = {{"size", "P"},
              {"silhouette", "silhouette_classical"},
              {"full-dim", "silhouette_full"},
              {"anosim", "anosim_R"},
              {"permanova-f", "permanova_F"},
              {"permanova-r2", "permanova_R2"}};
    (void)state;
    for (int m = 0; m < 3; m++) {
        struct analysis_input in;
        open_file(&in, models[m]);
        for (int p = 0; p < 3; p++) {
            const json_t *rows = json_object_get(json_object_get(golden, models[m]), properties[p]);
            for (uint32_t l = 0; l < in.counts.layers; l++)
                for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
                    double value;
                    assert_ok(statistic_of_layer(statistic_find(of[i].name), &in.analysis,
                                                 properties[p], l, NULL, &value, &err));
                    close_to(value, number(json_array_get(rows, l), of[i].key), 1e-9);
                }
        }
        analysis_close(&in);
    }
}

#define TOKENS "test_null.tokens"

/* From middle frames alone the mean is that of exchanged tokens, and there is no p. */
static void sizes_are_expected_without_tokens(void **state)
{
    const struct token_simulation s = {.speakers = 4,
                                       .utterances = 5,
                                       .phones = 6,
                                       .tokens = 4,
                                       .width = 200,
                                       .tau = 8,
                                       .seed = 3};
    struct null_request r = {.property = "pitch",
                             .threads = 2,
                             .exchange = {.strata = "speaker", .tokens = TOKENS, .draws = 999}};
    struct analysis a;
    struct phones phones;
    struct counts c;
    struct null_result drawn, expected;
    (void)state;
    simulated_with_tokens(&c, &s, TOKENS);
    assert_ok(phones_open(&phones, NULL, &err));
    assert_ok(analysis_init(&a, &c, &phones, &err));
    a.params.sigma = 0.6;
    assert_ok(null_add_statistic(&r, "size", &a, NULL, &err));
    assert_ok(null_make(&drawn, &a, &r, &err));
    assert_int_equal(drawn.kind, EXCHANGE_TOKENS);
    r.exchange.tokens = NULL; /* and none lies beside "simulated" */
    assert_ok(null_make(&expected, &a, &r, &err));
    const struct summary *x = &drawn.row[0].summary, *y = &expected.row[0].summary;
    assert_true(x->observed == y->observed);
    assert_true(isnan(y->p) && isnan(y->sd) && expected.why[0] && expected.draws == 0);
    /* Neurons drawn alone: a deviation of about the root of the size, over 199 draws. */
    assert_true(fabs(x->mean - y->mean) < 5 * sqrt(x->mean / 199 + x->sd * x->sd / 999));
    assert_true(x->mean > 1);
    null_free(&expected);
    c.frames_mode = COUNTS_FRAMES_ALL;
    assert_ok(null_make(&expected, &a, &r, &err));
    assert_true(isnan(expected.row[0].summary.mean));
    null_free(&expected);
    null_free(&drawn);
    analysis_free(&a);
    phones_free(&phones);
    counts_free(&c);
    unlink(TOKENS);
}

/* The same draws, whoever makes them and however many there are. */
static void threads_change_nothing(void **state)
{
    static const char *const names[] = {"size", "full-dim", "anosim", NULL};
    static const char *const properties[] = {"gender", "phone"};
    static const unsigned threads[] = {1, 2, 7};
    const struct exchange_options o = {.strata = "none", .draws = 150, .seed = 3};
    struct analysis_input in;
    (void)state;
    open_file(&in, "sid");
    for (int p = 0; p < 2; p++) {
        struct null_result n[3];
        for (int t = 0; t < 3; t++)
            make(&n[t], &in, properties[p], names, &o, threads[t]);
        for (int t = 1; t < 3; t++)
            for (uint32_t i = 0; i < n[0].rows; i++)
                assert_memory_equal(n[t].row[i].value, n[0].row[i].value,
                                    150 * sizeof *n[0].row[i].value);
        for (int t = 0; t < 3; t++)
            null_free(&n[t]);
    }
    analysis_close(&in);
}

/* What a file cannot give is said, with what would help. */
static void what_is_missing_is_said(void **state)
{
    struct null_request r = {.property = "gender", .threads = 1};
    struct analysis_input in;
    struct null_result n;
    (void)state;
    open_file(&in, "ssl");
    assert_ok(null_add_statistic(&r, "size", &in.analysis, NULL, &err));
    assert_status(null_make(&n, &in.analysis, &r, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "without the factor 'speaker'"));
    r.property = "each-phone";
    assert_status(null_make(&n, &in.analysis, &r, &err), STATUS_UNSUPPORTED);
    assert_status(null_add_statistic(&r, "overlap", &in.analysis, NULL, &err), STATUS_USAGE);
    assert_status(null_add_statistic(&r, "size:phone", &in.analysis, NULL, &err), STATUS_USAGE);
    assert_status(null_add_statistic(&r, "luck", &in.analysis, NULL, &err), STATUS_USAGE);
    analysis_close(&in);
    open_file(&in, "sid");
    r.property = "gender";
    r.exchange.strata = "voice type";
    assert_status(null_make(&n, &in.analysis, &r, &err), STATUS_NOTFOUND);
    analysis_close(&in);
}

static int set_up(void **state)
{
    json_error_t where;
    (void)state;
    golden = json_load_file(data_path("statistics/statistics.json"), 0, &where);
    return golden ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(golden);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_labeling_is_gone_through),
        cmocka_unit_test(classes_are_drawn),
        cmocka_unit_test(strata_are_kept),
        cmocka_unit_test(speakers_without_a_level_are_left_out),
        cmocka_unit_test(statistics_are_numpy_s),
        cmocka_unit_test(sizes_are_expected_without_tokens),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
