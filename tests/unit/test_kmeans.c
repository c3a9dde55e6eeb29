/*
 * k-means: what it ends with is a fixed point, found again on any number of threads.
 */
#include "config.h"

#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "train/kmeans.h"

enum { WIDTH = 19, PARTS = 3, CLUSTERS = 7 };

/* Rows in three parts, one of them longer than a block, around CLUSTERS places. */
struct rows {
    float *x[PARTS];
    int32_t *label[PARTS], *place[PARTS];
    struct kmeans_part part[PARTS];
    float centre[CLUSTERS * WIDTH];
};

static const size_t lengths[PARTS] = {300, 1, 40};

static void make_rows(struct rows *r, double spread)
{
    struct rng random = rng_seed(3);
    for (size_t p = 0; p < PARTS; p++) {
        r->x[p] = mem_array(lengths[p] * WIDTH, sizeof *r->x[p]);
        r->label[p] = mem_array(lengths[p], sizeof *r->label[p]);
        r->place[p] = mem_array(lengths[p], sizeof *r->place[p]);
        for (size_t i = 0; i < lengths[p]; i++) {
            r->place[p][i] = (int32_t)rng_below(&random, CLUSTERS);
            for (size_t c = 0; c < WIDTH; c++)
                r->x[p][i * WIDTH + c] = (float)(sin(1.0 + r->place[p][i] * 5 + (double)c) * 3 +
                                                 spread * (rng_uniform(&random) - 0.5));
        }
        r->part[p] = (struct kmeans_part){r->x[p], lengths[p], r->label[p]};
    }
}

static void free_rows(struct rows *r)
{
    for (size_t p = 0; p < PARTS; p++) {
        free(r->x[p]);
        free(r->label[p]);
        free(r->place[p]);
    }
}

static struct kmeans run(struct rows *r, unsigned threads)
{
    struct err err;
    struct kmeans c = {.part = r->part,
                       .parts = PARTS,
                       .width = WIDTH,
                       .k = CLUSTERS,
                       .centre = r->centre,
                       .seed = 1,
                       .most_rounds = 100,
                       .threads = threads};
    assert_ok(kmeans_run(&c, &err));
    assert_int_equal(c.changed, 0);
    return c;
}

static double distance(const float *a, const float *b)
{
    double sum = 0;
    for (size_t i = 0; i < WIDTH; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sum;
}

/* Places far apart, each to be a cluster of its own. */
static void what_lies_together_is_a_cluster(void **state)
{
    (void)state;
    struct rows r;
    int32_t name[CLUSTERS];
    make_rows(&r, 0.1);
    run(&r, 1);
    memset(name, -1, sizeof name);
    for (size_t p = 0; p < PARTS; p++)
        for (size_t i = 0; i < lengths[p]; i++) {
            int32_t *n = &name[r.place[p][i]];
            *n = *n < 0 ? r.label[p][i] : *n;
            assert_int_equal(r.label[p][i], *n);
        }
    free_rows(&r);
}

/* Every row is with its nearest centre, every centre the mean of its rows. */
static void the_end_is_a_fixed_point(void **state)
{
    (void)state;
    struct rows r;
    make_rows(&r, 8);
    struct kmeans c = run(&r, 2);
    double sum[CLUSTERS * WIDTH] = {0}, all = 0;
    size_t count[CLUSTERS] = {0};
    for (size_t p = 0; p < PARTS; p++)
        for (size_t i = 0; i < lengths[p]; i++) {
            const float *x = r.x[p] + i * WIDTH;
            size_t mine = (size_t)r.label[p][i];
            double own = distance(x, r.centre + mine * WIDTH);
            for (size_t k = 0; k < CLUSTERS; k++)
                assert_true(own <= distance(x, r.centre + k * WIDTH) + 1e-4);
            count[mine]++;
            all += own;
            for (size_t j = 0; j < WIDTH; j++)
                sum[mine * WIDTH + j] += (double)x[j];
        }
    assert_true(fabs(all - c.distance) < 1e-6 * all);
    for (size_t k = 0; k < CLUSTERS; k++)
        for (size_t j = 0; j < WIDTH; j++)
            assert_true(fabs(sum[k * WIDTH + j] / (double)count[k] -
                             (double)r.centre[k * WIDTH + j]) < 1e-5);
    free_rows(&r);
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    struct rows a, b;
    make_rows(&a, 8);
    make_rows(&b, 8);
    assert_int_equal(run(&a, 1).rounds, run(&b, 3).rounds);
    assert_memory_equal(a.centre, b.centre, sizeof a.centre);
    for (size_t p = 0; p < PARTS; p++)
        assert_memory_equal(a.label[p], b.label[p], lengths[p] * sizeof **a.label);
    free_rows(&a);
    free_rows(&b);
}

static void too_few_different_rows_are_refused(void **state)
{
    (void)state;
    struct err err;
    float x[10] = {1, 1, 1, 2, 2, 2, 1, 1, 2, 2}, centre[3];
    int32_t label[10];
    struct kmeans_part part = {x, 10, label};
    struct kmeans c = {
        .part = &part, .parts = 1, .width = 1, .k = 3, .centre = centre, .most_rounds = 100};
    assert_status(kmeans_run(&c, &err), STATUS_MISMATCH);
    c.k = 2;
    assert_ok(kmeans_run(&c, &err));
    assert_true(centre[0] + centre[1] == 3 && c.distance == 0);
    part.rows = 0;
    assert_status(kmeans_run(&c, &err), STATUS_MISMATCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lies_together_is_a_cluster),
        cmocka_unit_test(the_end_is_a_fixed_point),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(too_few_different_rows_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
