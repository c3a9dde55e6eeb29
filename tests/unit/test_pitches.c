#include "config.h"

#include "unit.h"

#include <unistd.h>

#include "count/count.h"
#include "base/mem.h"
#include "corpus/pitches.h"
#include "base/rng.h"

#define OUT "test_pitches.counts"

/* Order statistics from bins must be those of the values themselves. */
static void bins_give_the_tertiles_of_the_values(void **state)
{
    struct rng rng = rng_seed(11);
    struct pitch_bins *b = mem_zeros(1, sizeof *b);
    (void)state;
    assert_non_null(b);
    for (size_t n = 0; n < 400; n += 1 + n / 7) {
        float f0[400];
        double edges[2] = {-1, -1}, wanted[2] = {-1, -1};
        struct pitch_track t = {.kind = PITCH_F0_TIMED, .count = n, .f0 = f0};
        memset(b, 0, sizeof *b);
        for (size_t i = 0; i < n; i++) {
            uint64_t r = rng_below(&rng, 4000);
            f0[i] = r % 3 ? (float)(60 * PITCHTRACK_STEPS + r) / PITCHTRACK_STEPS : 0;
        }
        t.count = n / 2;
        pitch_bins_add(b, &t);
        t.f0 = f0 + n / 2;
        t.count = n - n / 2;
        pitch_bins_add(b, &t);
        assert_int_equal(pitch_bins_tertiles(b, edges), pitch_tertiles(f0, n, wanted));
        assert_true(edges[0] == wanted[0] && edges[1] == wanted[1]);
    }
    free(b);
}

static struct count_options options(void)
{
    static char path[4][1024];
    const char *name[] = {"models/g_melhubert_20ms/hf", "info/mean-std.npy", "audio",
                          "counting/g_melhubert_20ms/framewise-phone-20ms.json"};
    for (int i = 0; i < 4; i++)
        snprintf(path[i], sizeof path[i], "%s", data_path(name[i]));
    return (struct count_options){
        .model = path[0],
        .mean_std = path[1],
        .corpus.audio = path[2],
        .corpus.labels = path[3],
        .corpus.label_table = data_path("info/label-merge.json"),
        .corpus.pitch = CORPUS_PITCH_AUTO,
        .corpus.by = 1 << CORPUS_PHONE | 1 << CORPUS_PITCH,
        .lambda_percent = 1,
        .frames = COUNTS_FRAMES_ALL,
        .threads = 2,
        .output = OUT,
        .resume = true,
        .created_by = "test",
        .command = "propneu count",
    };
}

static void pitch_is_tracked_and_its_tertiles_found(void **state)
{
    struct count_options o = options();
    struct count_hooks hooks = {.context = NULL};
    struct count_job *job;
    struct counts c;
    char edges[64];
    double e[2];
    int64_t in_level[PITCH_LEVELS] = {0}, voiced = 0;
    struct err err;
    (void)state;
    assert_ok(count_open(&job, &o, &err));
    assert_string_equal(count_pitch_edges(job), "");
    assert_ok(count_run(job, &hooks, &err));
    snprintf(edges, sizeof edges, "%s", count_pitch_edges(job));
    count_free(job);
    assert_int_equal(sscanf(edges, "%lf,%lf", &e[0], &e[1]), 2);
    assert_true(60 <= e[0] && e[0] <= e[1] && e[1] <= 500);
    assert_ok(counts_open(&c, OUT, &err));
    assert_string_equal(c.pitch_edges_hz, edges);
    int f = counts_find_factor(&c, "pitch");
    assert_true(f >= 0);
    for (uint32_t k = 0; k < c.cells; k++)
        if (c.factor[f].index[k] >= 0) {
            in_level[c.factor[f].index[k]] += c.frames[k];
            voiced += c.frames[k];
        }
    assert_true(voiced > 0);
    for (int l = 0; l < PITCH_LEVELS; l++)
        assert_in_range(in_level[l], voiced / 4, voiced / 2);
    counts_free(&c);
    unlink(OUT);
}

static void stopping_while_pitch_is_tracked_leaves_nothing(void **state)
{
    static const struct cancel stop = {.set = 1};
    struct count_options o = options();
    struct count_hooks hooks = {.cancel = &stop};
    struct count_job *job;
    struct err err;
    (void)state;
    assert_ok(count_open(&job, &o, &err));
    assert_status(count_run(job, &hooks, &err), STATUS_CANCELLED);
    count_free(job);
    assert_int_not_equal(access(OUT, F_OK), 0);
    assert_int_not_equal(access(OUT ".journal", F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bins_give_the_tertiles_of_the_values),
        cmocka_unit_test(pitch_is_tracked_and_its_tertiles_found),
        cmocka_unit_test(stopping_while_pitch_is_tracked_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
