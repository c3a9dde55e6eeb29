/* Sweeps against the null of each setting by itself. */
#include "config.h"

#include <math.h>

#include "base/bitset.h"
#include "inference/null.h"
#include "inference/sweep.h"
#include "unit.h"

static struct err err;
static const struct exchange_options exchange = {.strata = "none", .draws = 200, .seed = 5};
static const uint32_t every[] = {0, 1, 2, 3};

static void open_file(struct analysis_input *in, const char *model)
{
    char path[600];
    const struct analysis_options o = ANALYSIS_OPTIONS_DEFAULT;
    snprintf(path, sizeof path, "%s/%s.counts", source_path("tests/data/statistics"), model);
    assert_ok(analysis_open(in, path, &o, &err));
}

/* Five sigmas and two numbers of frames, of which the second leaves phones out. */
static struct sweep_request request(const char *property, unsigned threads)
{
    return (struct sweep_request){.property = property,
                                  .layer = every,
                                  .layers = 4,
                                  .sigma = {.5, .6, .75, .8, 1},
                                  .lambda = {1},
                                  .min_frames = {1, 150},
                                  .sigmas = 5,
                                  .lambdas = 1,
                                  .frames = 2,
                                  .exchange = exchange,
                                  .threads = threads};
}

static double shared(struct analysis *a, const char *property, uint32_t layer,
                     const uint64_t *neurons)
{
    const struct property_layer *l;
    size_t both = 0, any = 0;
    assert_ok(analysis_layer(a, property, layer, &l, &err));
    for (uint32_t i = 0; i < l->width; i++) {
        both += bitset_has(l->neurons, i) && bitset_has(neurons, i);
        any += bitset_has(l->neurons, i) || bitset_has(neurons, i);
    }
    return any ? (double)both / (double)any : NAN;
}

/* The rows under PARAMS, STEP apart, are those of propneu null and layers. */
static void rows_are(const struct sweep_row *row, size_t step, struct analysis_input *in,
                     const char *property, const struct analysis_params *params,
                     uint64_t *const *hand)
{
    struct null_request r = {
        .property = property, .layer = every, .layers = 4, .exchange = exchange, .threads = 1};
    struct null_result n;
    double value;
    analysis_set_params(&in->analysis, params);
    assert_ok(null_add_statistic(&r, "size", &in->analysis, NULL, &err));
    assert_ok(null_make(&n, &in->analysis, &r, &err));
    for (uint32_t l = 0; l < 4; l++, row += step) {
        const struct summary *s = &n.row[l].summary;
        assert_int_equal(row->layer, l);
        assert_true(row->setting.sigma == params->sigma);
        assert_true(row->setting.min_frames == params->min_frames);
        assert_true(row->size == s->observed);
        assert_true(row->p == s->p);
        assert_true(row->p_max == s->p_max);
        assert_ok(statistic_of_layer(statistic_find("full-dim"), &in->analysis, property, l, NULL,
                                     &value, &err));
        assert_true(fabs(row->silhouette - value) < 1e-12);
        double jaccard = shared(&in->analysis, property, l, hand[l]);
        assert_true(isnan(jaccard) ? isnan(row->jaccard) : row->jaccard == jaccard);
    }
    null_free(&n);
}

static void every_setting_is_as_by_itself(void **state)
{
    static const char *const properties[] = {"gender", "phone"};
    struct analysis_input in;
    (void)state;
    open_file(&in, "sid");
    for (int p = 0; p < 2; p++) {
        const struct sweep_request r = request(properties[p], 2);
        struct sweep_result s;
        uint64_t *hand[4];
        struct analysis_params params = ANALYSIS_PARAMS_DEFAULT;
        for (uint32_t l = 0; l < 4; l++) {
            const struct property_layer *layer;
            assert_ok(analysis_layer(&in.analysis, properties[p], l, &layer, &err));
            hand[l] = malloc(layer->words * sizeof **hand);
            memcpy(hand[l], layer->neurons, layer->words * sizeof **hand);
        }
        assert_ok(sweep_make(&s, &in, &r, &err));
        assert_true(in.analysis.params.sigma == 0.8);
        assert_int_equal(s.settings, 10);
        for (uint32_t k = 0; k < 5; k++)
            for (uint32_t f = 0; f < 2; f++) {
                params.sigma = r.sigma[k];
                params.min_frames = r.min_frames[f];
                rows_are(&s.row[k * 2 + f], 10, &in, properties[p], &params, hand);
            }
        params = (struct analysis_params)ANALYSIS_PARAMS_DEFAULT;
        analysis_set_params(&in.analysis, &params);
        for (uint32_t l = 0; l < 4; l++)
            free(hand[l]);
        sweep_free(&s);
    }
    analysis_close(&in);
}

/* Shares count the rows. */
static void settings_that_hold_are_counted(void **state)
{
    const struct sweep_request r = request("gender", 1);
    struct analysis_input in;
    struct sweep_result s;
    uint32_t best = 0;
    (void)state;
    open_file(&in, "sid");
    assert_ok(sweep_make(&s, &in, &r, &err));
    for (uint32_t k = 0; k < s.settings; k++) {
        bool holds = false;
        for (uint32_t l = 0; l < 4; l++)
            holds = holds || s.row[l * s.settings + k].p_max < SWEEP_HOLDS;
        best += holds;
    }
    assert_int_equal(s.share[4].holds, best);
    assert_int_equal(s.share[4].settings, 10);
    for (uint32_t l = 0; l < 4; l++) {
        uint32_t holds = 0;
        double high = 0;
        for (uint32_t k = 0; k < s.settings; k++) {
            holds += s.row[l * s.settings + k].p < SWEEP_HOLDS;
            high = fmax(high, s.row[l * s.settings + k].size);
        }
        assert_int_equal(s.share[l].holds, holds);
        assert_true(s.share[l].high == high);
    }
    assert_true(s.share[1].holds > 0);
    sweep_free(&s);
    analysis_close(&in);
}

static void threads_change_nothing(void **state)
{
    static const unsigned threads[] = {1, 2, 7};
    struct analysis_input in;
    struct sweep_result s[3];
    (void)state;
    open_file(&in, "sid");
    for (int t = 0; t < 3; t++) {
        const struct sweep_request r = request("gender", threads[t]);
        assert_ok(sweep_make(&s[t], &in, &r, &err));
    }
    for (int t = 1; t < 3; t++)
        for (uint32_t i = 0; i < 4 * s[0].settings; i++) {
            assert_true(s[t].row[i].p == s[0].row[i].p);
            assert_true(s[t].row[i].size == s[0].row[i].size);
        }
    for (int t = 0; t < 3; t++)
        sweep_free(&s[t]);
    analysis_close(&in);
}

/* A second lambda whose layers are those of the first in the opposite order. */
static void lambdas_are_gone_through(void **state)
{
    struct analysis_input in;
    struct sweep_request r = request("gender", 1);
    struct sweep_result s;
    (void)state;
    open_file(&in, "sid");
    struct counts *c = &in.counts;
    c->lambdas = 2;
    c->lambda = counts_alloc(c, 2, sizeof *c->lambda);
    c->block = counts_alloc(c, 8, sizeof *c->block);
    c->lambda[0] = 1;
    c->lambda[1] = 2;
    for (uint32_t l = 0; l < 4; l++)
        c->block[l] = c->block[7 - l] = c->layer[l];
    r.lambda[1] = 2;
    r.lambdas = 2;
    assert_ok(sweep_make(&s, &in, &r, &err));
    assert_true(c->lambda_percent == 1);
    for (uint32_t l = 0; l < 4; l++)
        for (uint32_t k = 0; k < 5; k++)
            for (uint32_t f = 0; f < 2; f++) {
                const struct sweep_row *one = &s.row[((l * 5 + k) * 2 + 0) * 2 + f];
                const struct sweep_row *other = &s.row[(((3 - l) * 5 + k) * 2 + 1) * 2 + f];
                assert_true(other->setting.lambda == 2);
                assert_true(one->size == other->size && one->p == other->p);
            }
    sweep_free(&s);
    r.lambda[1] = 3;
    assert_status(sweep_make(&s, &in, &r, &err), STATUS_NOTFOUND);
    analysis_close(&in);
}

/* Rows are there without values, and the reason is said. */
static void what_is_missing_is_said(void **state)
{
    struct analysis_input in;
    struct sweep_request r = request("gender", 1);
    struct sweep_result s;
    struct cancel cancel = {0};
    (void)state;
    open_file(&in, "sid");
    r.min_frames[1] = 1000000;
    assert_ok(sweep_make(&s, &in, &r, &err));
    assert_true(isnan(s.row[1].size) && isnan(s.row[1].p) && isnan(s.row[1].jaccard));
    assert_true(s.row[0].size > 0 && s.row[0].p > 0);
    assert_int_equal(s.share[0].settings, 5);
    assert_non_null(strstr(s.why, "enough frames"));
    sweep_free(&s);
    cancel_set(&cancel);
    in.analysis.cancel = &cancel;
    assert_status(sweep_make(&s, &in, &r, &err), STATUS_CANCELLED);
    analysis_close(&in);
    open_file(&in, "ssl");
    assert_ok(sweep_make(&s, &in, &r, &err));
    assert_true(s.row[0].size > 0 && isnan(s.row[0].p));
    assert_false(s.exchanged);
    assert_non_null(strstr(s.why, "speaker"));
    sweep_free(&s);
    r.property = "colour";
    assert_status(sweep_make(&s, &in, &r, &err), STATUS_NOTFOUND);
    analysis_close(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_is_as_by_itself),
        cmocka_unit_test(settings_that_hold_are_counted),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(lambdas_are_gone_through),
        cmocka_unit_test(what_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
