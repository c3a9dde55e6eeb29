/* Long computations of the analysis and of the explorer's engine, stopped at any of their places.
 */
#include "config.h"

#include "big_counts.h"
#include "unit.h"

#include <limits.h>
#include <math.h>
#include <time.h>
#include <unistd.h>

#include "analysis/eigen.h"
#include "base/mem.h"
#include "base/worker.h"
#include "corpus/phones.h"
#include "background/engine.h"

#define SMALL_FILE "test_cancel.counts"
#define LARGE_FILE "test_cancel_large.counts"

/* Far more than any of this takes, and far less than the computation that is cancelled. */
#define SECONDS 5

static struct err err;

static void open_counts(struct counts *c, const char *path, uint32_t speakers, uint32_t width)
{
    struct big b = {.speakers = speakers, .layers = 2, .width = width, .tau = width / 50};
    assert_ok(big_write(&b, path, &err));
    assert_ok(counts_open(c, path, &err));
}

/* A [n][n] symmetric: random, or with one eigenvalue twice and zeros, as of points on a circle. */
static double *make_matrix(size_t n, bool random)
{
    struct rng rng = rng_seed(n);
    double *a = mem_array(n * n, sizeof *a);
    assert_non_null(a);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double x = random ? rng_uniform(&rng) - 0.5
                              : cos(6.283185307179586 * (double)(i - j) / (double)n);
            a[i * n + j] = a[j * n + i] = x;
        }
    return a;
}

/* A v = value v, to rounding. */
static void check_pair(const double *a, size_t n, double value, const double *v)
{
    double length = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += a[i * n + j] * v[j];
        assert_true(fabs(sum - value * v[i]) < 1e-11);
        length += v[i] * v[i];
    }
    assert_true(fabs(length - 1) < 1e-11);
}

static void eigenvectors_are_those_of_the_largest_values(void **state)
{
    static const size_t sizes[] = {2, 3, 40, 128, 129, 200, 305};
    (void)state;
    for (size_t k = 0; k < 2 * sizeof sizes / sizeof *sizes; k++) {
        size_t n = sizes[k / 2];
        double *a = make_matrix(n, k % 2), *copy = make_matrix(n, k % 2), value[2], dot = 0;
        double *v = mem_array(2 * n, sizeof *v), trace = 0;
        assert_ok(eigen_largest(copy, n, 2, value, v, NULL, &err));
        check_pair(a, n, value[0], v);
        check_pair(a, n, value[1], v + n);
        for (size_t i = 0; i < n; i++) {
            dot += v[i] * v[n + i];
            trace += a[i * n + i];
        }
        assert_true(fabs(dot) < 1e-11);
        assert_true(value[0] >= value[1]);
        if (k % 2 == 0 && n > 2)
            assert_true(fabs(value[0] - trace / 2) < 1e-11 && fabs(value[1] - trace / 2) < 1e-11);
        else if (n >= 40) /* the half circle's edge: sqrt(n / 12) x 2 */
            assert_true(fabs(value[0] / sqrt((double)n / 3) - 1) < 0.25);
        free(a);
        free(copy);
        free(v);
    }
}

static bool same_map(const struct map *a, const struct map *b)
{
    return a->points == b->points && a->iterations == b->iterations &&
           memcmp(a->xy, b->xy, 2 * a->points * sizeof *a->xy) == 0 &&
           a->silhouette == b->silhouette && a->silhouette_full == b->silhouette_full;
}

/* Every place where a map can be given up, one after another; the session stays what it was. */
static void a_cancelled_map_was_never_asked_for(void **state)
{
    struct counts c;
    struct phones phones;
    struct analysis plain, a;
    struct cancel cancel;
    atomic_long looks = LONG_MAX;
    const struct map *right, *m;
    long places = 1;
    (void)state;
    open_counts(&c, SMALL_FILE, 4, 300); /* 156 points: also by panels */
    assert_ok(phones_open(&phones, NULL, &err));
    assert_ok(analysis_init(&plain, &c, &phones, &err));
    assert_ok(analysis_map(&plain, "speaker", 1, &right, &err));
    assert_int_equal(right->points, 156);
    cancel_init(&cancel, NULL);
    cancel.looks = &looks;
    for (long k = 0; k < places; k += 1 + k / 20) {
        assert_ok(analysis_init(&a, &c, &phones, &err));
        a.cancel = &cancel;
        atomic_store(&looks, k);
        m = NULL;
        assert_status(analysis_map(&a, "speaker", 1, &m, &err), STATUS_CANCELLED);
        assert_null(m);
        assert_true(atomic_load(&looks) >= -2); /* it did not go on after that */
        atomic_store(&looks, LONG_MAX);
        if (k % 8 == 0) {
            assert_ok(analysis_map(&a, "speaker", 1, &m, &err));
            assert_true(same_map(m, right));
            places = LONG_MAX - atomic_load(&looks);
        }
        analysis_free(&a);
    }
    assert_true(places > 300); /* rows, distances, panels, updates */
    analysis_free(&plain);
    phones_free(&phones);
    counts_free(&c);
    unlink(SMALL_FILE);
}

static void a_cancelled_profile_was_never_asked_for(void **state)
{
    struct counts c;
    struct phones phones;
    struct analysis a;
    struct cancel cancel;
    struct profile p = {0};
    (void)state;
    open_counts(&c, SMALL_FILE, 4, 300);
    assert_ok(phones_open(&phones, NULL, &err));
    assert_ok(analysis_init(&a, &c, &phones, &err));
    cancel_init(&cancel, NULL);
    cancel_set(&cancel);
    a.cancel = &cancel;
    assert_status(analysis_profile(&a, &p, NULL, NULL, 0, &err), STATUS_CANCELLED);
    assert_null(p.p);
    cancel_clear(&cancel);
    assert_ok(analysis_profile(&a, &p, NULL, NULL, 0, &err));
    profile_free(&p);
    analysis_free(&a);
    phones_free(&phones);
    counts_free(&c);
    unlink(SMALL_FILE);
}

static void pause_for(double seconds)
{
    struct timespec t = {0, (long)(seconds * 1e9)};
    nanosleep(&t, NULL);
}

/* Distances, eigenvalues and updates of 1599 points take many seconds; they are left at once. */
static void an_engine_ends_in_the_middle_of_a_large_map(void **state)
{
    static const double moments[] = {0, 0.01, 0.1, 0.5};
    struct counts c;
    struct phones phones;
    (void)state;
    open_counts(&c, LARGE_FILE, 41, 500);
    assert_ok(phones_open(&phones, NULL, &err));
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct engine *e = engine_new(&c, &phones, &err);
        assert_non_null(e);
        engine_focus(e, 1, 0, false);
        engine_start(e, NULL);
        pause_for(moments[i]);
        assert_null(engine_get(e, 1, 0));
        double from = worker_clock();
        engine_free(e);
        assert_true(worker_clock() - from < SECONDS);
    }
    phones_free(&phones);
    counts_free(&c);
    unlink(LARGE_FILE);
}

/* What was begun for other conditions is dropped, and does not keep the new ones waiting. */
static void new_conditions_cancel_the_old_ones(void **state)
{
    struct counts c;
    struct phones phones;
    struct query_filters f = QUERY_FILTERS_INIT;
    struct analysis_params params = ANALYSIS_PARAMS_DEFAULT;
    (void)state;
    open_counts(&c, LARGE_FILE, 41, 500);
    assert_ok(phones_open(&phones, NULL, &err));
    assert_ok(query_filters_add(&f, &c, "speaker=1000", &err));
    struct engine *e = engine_new(&c, &phones, &err);
    assert_non_null(e);
    engine_focus(e, 1, 0, false);
    engine_start(e, NULL);
    pause_for(0.1);
    assert_ok(engine_set(e, &params, c.lambda_percent, &f, &err));
    engine_focus(e, 1, 0, false);
    engine_finish(e, true, 1000 * SECONDS);
    const struct engine_result *r = engine_get(e, 1, 0);
    assert_non_null(r);
    assert_int_equal(r->code, STATUS_OK);
    assert_int_equal(r->points, BIG_PHONES);
    engine_free(e);
    query_filters_free(&f);
    phones_free(&phones);
    counts_free(&c);
    unlink(LARGE_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eigenvectors_are_those_of_the_largest_values),
        cmocka_unit_test(a_cancelled_map_was_never_asked_for),
        cmocka_unit_test(a_cancelled_profile_was_never_asked_for),
        cmocka_unit_test(an_engine_ends_in_the_middle_of_a_large_map),
        cmocka_unit_test(new_conditions_cancel_the_old_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
