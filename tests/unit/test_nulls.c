/* Nulls for the screen: in steps, on a thread, and from the cache. */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/analysis_input.h"
#include "base/sha256.h"
#include "base/worker.h"
#include "corpus/phones.h"
#include "formats/cachefile.h"
#include "inference/neurontest.h"
#include "inference/stability.h"
#include "synth_counts.h"
#include "background/nulls.h"

#define FILE_NAME "nulls.counts"

enum { DRAWS = 1200, FILES = 2 }; /* files of the cache for one null */

static char folder[] = "test_nulls.XXXXXX";
static struct counts counts;
static struct phones phones;
static struct engine *engine;
static struct analysis_params params = ANALYSIS_PARAMS_DEFAULT;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    if (synth_small(FILE_NAME, &err) || counts_open(&counts, FILE_NAME, &err))
        return -1;
    engine = phones_open(&phones, source_path("data/phones/arpabet.tsv"), &err)
                 ? NULL
                 : engine_new(&counts, &phones, &err);
    return engine ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    engine_free(engine);
    phones_free(&phones);
    counts_free(&counts);
    return remove(FILE_NAME);
}

/* Nulls of DRAWS draws, with a cache or without. */
static struct nulls *open_nulls(char *cache)
{
    struct nulls_options o = {.draws = DRAWS, .seed = 7, .cache = cache};
    struct nulls *n = nulls_new(&counts, &phones, engine, &o, &err);
    assert_non_null(n);
    return n;
}

static uint32_t property(const char *name)
{
    struct analysis a;
    assert_ok(analysis_init(&a, &counts, &phones, &err));
    uint32_t p = names_find(&a.names, name);
    analysis_free(&a);
    assert_true(p != NAMES_NONE);
    return p;
}

/* The null that ANSWER must be: made at once. */
static void assert_answer(const struct nulls_answer *answer, double sigma)
{
    struct analysis a;
    struct analysis_params p = params;
    struct null_request r = {
        .property = "phone", .exchange = {.draws = DRAWS, .seed = 7}, .threads = 2};
    struct null_result wanted;
    assert_non_null(answer);
    assert_ok(answer->code);
    assert_ok(analysis_init(&a, &counts, &phones, &err));
    p.sigma = sigma;
    analysis_set_params(&a, &p);
    for (uint32_t i = 0; i < nulls_rows(answer); i += counts.layers)
        r.statistic[r.statistics++].statistic = nulls_row(answer, i)->statistic;
    assert_int_equal(r.statistics, 6);
    assert_ok(null_make(&wanted, &a, &r, &err));
    assert_int_equal(wanted.rows, nulls_rows(answer));
    for (uint32_t i = 0; i < wanted.rows; i++) {
        const struct null_row *got = nulls_row(answer, i);
        int part = nulls_part(answer, i);
        assert_int_equal(answer->part[part].draws, DRAWS);
        assert_true(answer->final[part]);
        assert_memory_equal(got->value, wanted.row[i].value, DRAWS * sizeof *got->value);
        assert_memory_equal(&got->summary, &wanted.row[i].summary, sizeof got->summary);
        assert_ptr_equal(nulls_find(answer, got->statistic, got->layer), got);
    }
    null_free(&wanted);
    analysis_free(&a);
}

static void the_first_draws_are_those_of_a_smaller_null(void **state)
{
    struct analysis a;
    struct null_request r = {
        .property = "phone", .exchange = {.draws = DRAWS, .seed = 3}, .threads = 1};
    struct null_result some, all, wanted;
    struct null_run *run;
    (void)state;
    assert_ok(analysis_init(&a, &counts, &phones, &err));
    r.statistic[r.statistics++].statistic = &statistic_size;
    r.statistic[r.statistics++].statistic = &statistic_full_dim;
    assert_ok(null_begin(&run, &a, &r, &err));
    assert_ok(null_draw(run, 700, &err));
    assert_ok(null_so_far(run, &some, &err));
    assert_ok(null_draw(run, UINT64_MAX, &err));
    assert_int_equal(null_drawn(run), DRAWS);
    assert_ok(null_so_far(run, &all, &err));
    null_end(run);
    for (int i = 0; i < 2; i++) {
        const struct null_result *got = i ? &all : &some;
        r.exchange.draws = i ? DRAWS : 700;
        assert_ok(null_make(&wanted, &a, &r, &err));
        assert_int_equal(got->rows, wanted.rows);
        assert_int_equal(got->draws, wanted.draws);
        for (uint32_t k = 0; k < wanted.rows; k++)
            assert_memory_equal(&got->row[k].summary, &wanted.row[k].summary,
                                sizeof wanted.row[k].summary);
        null_free(&wanted);
    }
    null_free(&some);
    null_free(&all);
    analysis_free(&a);
}

static void without_a_thread_all_is_computed_when_it_is_waited_for(void **state)
{
    struct nulls *n = open_nulls(NULL);
    uint32_t phone = property("phone");
    (void)state;
    nulls_finish(n, 0); /* nothing is wanted */
    assert_false(nulls_take(n));
    nulls_focus(n, NULLS_PROPERTY, phone, 0);
    assert_false(nulls_complete(n));
    nulls_finish(n, 0);
    assert_true(nulls_complete(n));
    assert_true(nulls_take(n));
    assert_false(nulls_take(n));
    assert_answer(nulls_get(n, phone), params.sigma);
    /* The share that is there does not fall while something else is looked at. */
    nulls_focus(n, NULLS_NOTHING, phone, 0);
    nulls_focus(n, NULLS_PROPERTY, phone, 0);
    assert_true(nulls_share(n) == 1);
    nulls_free(n);
}

static void what_cannot_be_exchanged_says_why(void **state)
{
    struct nulls *n = open_nulls(NULL);
    uint32_t gender = property("gender");
    (void)state;
    nulls_focus(n, NULLS_PROPERTY, gender, 0);
    nulls_finish(n, 0);
    assert_true(nulls_take(n));
    assert_int_equal(nulls_get(n, gender)->code, STATUS_UNSUPPORTED);
    assert_non_null(strstr(nulls_get(n, gender)->why, "speaker"));
    assert_null(nulls_find(nulls_get(n, gender), &statistic_size, 0));
    nulls_free(n);
}

static void neurons_are_tested_layer_by_layer(void **state)
{
    struct nulls *n = open_nulls(NULL);
    uint32_t phone = property("phone"), layer = 2;
    struct neuron_tests_request r = {.property = "phone",
                                     .layer = &layer,
                                     .layers = 1,
                                     .threads = 1,
                                     .exchange = {.draws = DRAWS, .seed = 7}};
    struct neuron_tests wanted;
    struct analysis a;
    (void)state;
    nulls_focus(n, NULLS_NEURONS, phone, layer);
    nulls_finish(n, 0);
    assert_true(nulls_complete(n));
    assert_true(nulls_take(n));
    assert_null(nulls_get_neurons(n, phone, 0));
    const struct nulls_neurons *got = nulls_get_neurons(n, phone, layer);
    assert_non_null(got);
    assert_true(got->tests_final);
    assert_null(got->stable); /* there are no speakers to draw */
    assert_ok(analysis_init(&a, &counts, &phones, &err));
    assert_ok(neuron_tests_make(&wanted, &a, &r, &err));
    assert_int_equal(got->width, wanted.layer[0].width);
    assert_memory_equal(got->p, wanted.layer[0].p, got->width * sizeof *got->p);
    assert_memory_equal(got->q, wanted.layer[0].q, got->width * sizeof *got->q);
    neuron_tests_free(&wanted);
    analysis_free(&a);
    nulls_free(n);
}

/* The demo's speaker model has speakers. */
static void stability_comes_from_the_speakers(void **state)
{
    struct nulls_options o = {.draws = 40};
    struct stability_request r = {.property = "gender", .threads = 1, .bootstrap = {.draws = 40}};
    struct counts sid;
    struct analysis a;
    struct stability wanted;
    (void)state;
    assert_ok(counts_open(&sid, source_path("data/demo/counts/sid.counts"), &err));
    assert_ok(analysis_init(&a, &sid, &phones, &err));
    struct nulls *n = nulls_new(&sid, &phones, engine, &o, &err);
    uint32_t gender = names_find(&a.names, "gender");
    nulls_focus(n, NULLS_NEURONS, gender, 1);
    nulls_finish(n, 0);
    nulls_take(n);
    const struct nulls_neurons *got = nulls_get_neurons(n, gender, 1);
    assert_ok(stability_make(&wanted, &a, &r, &err));
    assert_true(got && got->q && got->stable && got->stable_final);
    for (uint32_t g = 0; g < 2; g++)
        for (uint32_t i = 0; i < got->width; i++)
            assert_true(got->stable[g * got->width + i] ==
                        stability_share(&wanted, &wanted.layer[1], g, i));
    stability_free(&wanted);
    nulls_free(n);
    analysis_free(&a);
    counts_free(&sid);
}

/* Waits until the thread has nothing left to do. */
static void wait_for(struct nulls *n)
{
    double until = worker_clock() + 60;
    while (!nulls_complete(n) && worker_clock() < until)
        nulls_finish(n, 50);
    assert_true(nulls_complete(n));
    nulls_take(n);
}

static void a_thread_gives_the_same_and_can_be_interrupted(void **state)
{
    struct nulls *n = open_nulls(NULL);
    struct query_filters none = QUERY_FILTERS_INIT;
    struct analysis_params p = params;
    uint32_t phone = property("phone"), each = property("each-phone");
    (void)state;
    nulls_start(n);
    for (int i = 0; i < 20; i++) { /* come and go */
        nulls_focus(n, (enum nulls_want)(1 + i % 2), i % 3 ? phone : each, i % 2);
        nulls_finish(n, i % 4);
        nulls_take(n);
        nulls_focus(n, NULLS_NOTHING, phone, 0);
        assert_true(nulls_complete(n));
    }
    nulls_focus(n, NULLS_PROPERTY, phone, 0);
    nulls_finish(n, 5);
    p.sigma = 0.5;
    assert_ok(nulls_set(n, &p, counts.lambda_percent, &none, &err));
    assert_null(nulls_get(n, phone));
    wait_for(n);
    assert_answer(nulls_get(n, phone), 0.5);
    assert_ok(nulls_set(n, &params, counts.lambda_percent, &none, &err));
    nulls_ask_to_stop(n);
    nulls_free(n); /* while it computes */
}

/* The files of the cache; the bytes of the last into SIZE. */
static int cached(char *path, size_t room)
{
    char line[300];
    int n = 0;
    snprintf(line, sizeof line, "ls %s/propneu/nulls/*.cache 2>/dev/null", folder);
    FILE *f = popen(line, "r");
    assert_non_null(f);
    for (; fgets(line, sizeof line, f); n++)
        snprintf(path, room, "%.*s", (int)strcspn(line, "\n"), line);
    pclose(f);
    return n;
}

/* True if new nulls that have the cache had to draw for their answer. */
static bool computes(char *cache, double sigma)
{
    struct nulls *n = open_nulls(cache);
    struct query_filters none = QUERY_FILTERS_INIT;
    struct analysis_params p = params;
    p.sigma = sigma;
    assert_ok(nulls_set(n, &p, counts.lambda_percent, &none, &err));
    nulls_focus(n, NULLS_PROPERTY, property("phone"), 0);
    nulls_finish(n, 0);
    assert_true(nulls_take(n));
    assert_answer(nulls_get(n, property("phone")), sigma);
    bool drew = nulls_share(n) > 0;
    nulls_free(n);
    return drew;
}

static void a_cache_gives_what_was_computed_and_nothing_else(void **state)
{
    char here[200], path[300] = "";
    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/%s", here, folder);
    setenv("XDG_CACHE_HOME", path, 1);
    char *cache = cache_folder("nulls");
    assert_true(computes(cache, 0.8));
    assert_int_equal(cached(path, sizeof path), FILES);
    assert_false(computes(cache, 0.8));
    assert_true(computes(cache, 0.6)); /* another setting is another key */
    assert_int_equal(cached(path, sizeof path), 2 * FILES);
    FILE *f = fopen(path, "r+"); /* broken */
    assert_non_null(f);
    fseek(f, -9, SEEK_END);
    fputs("rubbish", f);
    fclose(f);
    assert_true(computes(cache, 0.8) != computes(cache, 0.6));
    assert_int_equal(truncate(path, 40), 0);
    assert_true(computes(cache, 0.8) != computes(cache, 0.6));
    counts.cells--; /* other data */
    assert_true(computes(cache, 0.8));
    counts.cells++;
    assert_false(computes(cache, 0.8));
    assert_int_equal(cached(path, sizeof path), 3 * FILES);
    free(cache);
}

static bool cache_has(const char *key, const char *wanted)
{
    struct buf got = BUF_INIT;
    bool there = cache_get(folder, key, &got);
    assert_string_equal(buf_text(&got), there ? wanted : "");
    buf_free(&got);
    return there;
}

static void a_cache_keeps_the_newest_within_its_limit(void **state)
{
    char bytes[1000];
    struct timespec pause = {0, 20000000};
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    assert_false(cache_has("one", ""));
    assert_true(cache_put(folder, "one", "first", 5, 10000));
    assert_true(cache_put(folder, "one", "other", 5, 10000));
    assert_true(cache_has("one", "other"));
    assert_false(cache_has("on", ""));
    nanosleep(&pause, NULL);
    assert_true(cache_put(folder, "two", bytes, sizeof bytes, 2500));
    nanosleep(&pause, NULL);
    assert_true(cache_has("one", "other"));
    assert_true(cache_put(folder, "three", bytes, sizeof bytes, 2200));
    assert_false(cache_has("one", ""));
    struct buf got = BUF_INIT;
    assert_true(cache_get(folder, "two", &got) && got.len == sizeof bytes);
    buf_free(&got);
    assert_false(cache_put("/dev/null/nowhere", "one", "first", 5, 10000));
    assert_false(cache_get("/dev/null/nowhere", "one", &got));
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[100];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_draws_are_those_of_a_smaller_null),
        TEST(without_a_thread_all_is_computed_when_it_is_waited_for),
        TEST(what_cannot_be_exchanged_says_why),
        TEST(neurons_are_tested_layer_by_layer),
        TEST(stability_comes_from_the_speakers),
        TEST(a_thread_gives_the_same_and_can_be_interrupted),
        TEST(a_cache_gives_what_was_computed_and_nothing_else),
        cmocka_unit_test(a_cache_keeps_the_newest_within_its_limit),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
