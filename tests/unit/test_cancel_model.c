/* Models, listening, counting and evaluation stopped at any of their places. */
#include "config.h"

#include "unit.h"

#include <limits.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/worker.h"
#include "corpus/audio.h"
#include "count/count.h"
#include "eval/eval.h"
#include "model/frontends/logmel.h"
#include "model/model.h"
#include "background/live.h"

#define OUTPUT  "test_cancel_model.counts"
#define JOURNAL OUTPUT ".journal"

static struct err err;

/* A flag that is set by the look after LOOKS more. */
static struct cancel flag;
static atomic_long looks;

static const struct cancel *after(long n)
{
    cancel_init(&flag, NULL);
    atomic_store(&looks, n);
    flag.looks = &looks;
    return &flag;
}

static long looks_taken(long n)
{
    return n - atomic_load(&looks);
}

struct rows {
    size_t count;
    double sum;
};

static enum status add_rows(void *context, const struct model_block *b, struct err *e)
{
    struct rows *r = context;
    (void)e;
    r->count += b->rows;
    for (size_t i = 0; i < b->rows * b->width; i++)
        r->sum += (double)b->data[i];
    return STATUS_OK;
}

static void passes_end_at_every_look(void **state)
{
    static const char *const files[] = {
        "models/g_melhubert_20ms/hf", "models/a_hubert_base/fairseq.pt", "models/e_wavlm_base/hf"};
    (void)state;
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        const struct model_options o = {.mean_std = f == 0 ? data_path("info/mean-std.npy") : NULL};
        struct audio a = AUDIO_INIT;
        struct rows right = {0}, got = {0};
        struct model *m;
        struct model_scratch *s = model_scratch_new();
        struct model_sink sink = {MODEL_WANT(MODEL_FC1) | MODEL_WANT(MODEL_FINAL), add_rows,
                                  &right};
        assert_ok(model_open(&m, data_path(files[f]), &o, &err));
        assert_ok(audio_read(&a, data_path("audio/9001-100001-0000.wav"), &err));
        struct model_pass pass = {.samples = a.samples, .count = a.count};
        assert_ok(model_run(m, s, &pass, &sink, &err));
        pass.cancel = after(LONG_MAX);
        sink.context = &got;
        assert_ok(model_run(m, s, &pass, &sink, &err));
        assert_true(got.count == right.count && got.sum == right.sum);
        long all = looks_taken(LONG_MAX);
        assert_true(all > 10 * (long)model_info(m)->layers); /* heads, products, front end */
        for (long k = 0; k < all; k += 1 + all / 100) {
            pass.cancel = after(k);
            assert_status(model_run(m, s, &pass, &sink, &err), STATUS_CANCELLED);
            assert_in_range(looks_taken(k), k + 1, k + 20);
        }
        audio_free(&a);
        model_scratch_free(s);
        model_free(m);
    }
}

static void opening_ends_between_tensors(void **state)
{
    struct model_options o = {.mean_std = data_path("info/mean-std.npy"),
                              .cancel = after(LONG_MAX)};
    const char *path = data_path("models/g_melhubert_20ms/hf");
    struct model *m = NULL;
    (void)state;
    assert_ok(model_open(&m, path, &o, &err));
    model_free(m);
    long all = looks_taken(LONG_MAX);
    assert_true(all > 20);
    for (long k = 0; k < all; k += 1 + all / 50) {
        m = NULL;
        o.cancel = after(k);
        assert_status(model_open(&m, path, &o, &err), STATUS_CANCELLED);
        assert_null(m);
    }
}

static void reading_and_front_ends_end(void **state)
{
    enum { SECONDS = 20 };
    struct audio a = AUDIO_INIT;
    struct logmel *l;
    float *samples = mem_zeros(SECONDS * AUDIO_RATE, sizeof *samples);
    float *mel = mem_array(logmel_frames(SECONDS * AUDIO_RATE) * LOGMEL_BINS, sizeof *mel);
    (void)state;
    assert_true(samples && mel);
    a.cancel = after(0);
    assert_status(audio_read(&a, data_path("audio/9001-100001-0000.wav"), &err), STATUS_CANCELLED);
    assert_int_equal(a.count, 0);
    assert_ok(logmel_new(&l, LOGMEL_BINS, &err));
    assert_status(logmel_run(l, samples, SECONDS * AUDIO_RATE, mel, after(3), &err),
                  STATUS_CANCELLED);
    assert_int_equal(looks_taken(3), 4);
    logmel_free(l);
    audio_free(&a);
    free(samples);
    free(mel);
}

static char path[4][1024];

static struct corpus_options demo(void)
{
    static const char *const name[] = {"data/demo/models/sid.safetensors", "data/demo/audio",
                                       "data/demo/textgrid", "data/demo/speakers.tsv"};
    for (int i = 0; i < 4; i++)
        snprintf(path[i], sizeof path[i], "%s", source_path(name[i]));
    return (struct corpus_options){
        .audio = path[1], .labels = path[2], .speakers = path[3], .by = 1 << CORPUS_PHONE};
}

/* Wherever it is: what was counted is kept, what was not is as if it had not been begun. */
static void counting_ends_within_a_recording(void **state)
{
    static const long moments[] = {0, 1, 40, 400};
    struct count_options o = {.corpus = demo(),
                              .model = path[0],
                              .lambda_percent = 1,
                              .frames = COUNTS_FRAMES_ALL,
                              .threads = 2,
                              .output = OUTPUT,
                              .created_by = "test",
                              .command = "propneu count"};
    struct count_hooks hooks = {.cancel = NULL};
    struct count_job *job;
    (void)state;
    o.resume = true;
    unlink(JOURNAL);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        assert_ok(count_open(&job, &o, &err));
        hooks.cancel = after(moments[i]);
        assert_status(count_run(job, &hooks, &err), STATUS_CANCELLED);
        assert_true(count_totals(job)->counted < 14);
        assert_int_equal(count_left_out(count_totals(job)), 0);
        assert_in_range(looks_taken(moments[i]), moments[i] + 1, moments[i] + 100);
        count_free(job);
    }
    hooks.cancel = after(LONG_MAX);
    assert_ok(count_open(&job, &o, &err));
    assert_ok(count_run(job, &hooks, &err));
    assert_int_equal(count_totals(job)->counted, 14);
    count_free(job);
    unlink(OUTPUT);
}

static void evaluation_ends_within_a_recording(void **state)
{
    static const long moments[] = {0, 5, 100, 1000};
    struct eval_hooks hooks = {.cancel = NULL};
    struct eval_result r;
    struct eval *e;
    (void)state;
    for (int task = 0; task < 2; task++) {
        struct eval_options o = {.corpus = demo(),
                                 .model = path[0],
                                 .threads = 2,
                                 .task = task ? EVAL_CENTROID : EVAL_SID};
        assert_ok(eval_open(&e, &o, NULL, &err));
        for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
            hooks.cancel = after(moments[i]);
            assert_status(eval_run(e, NULL, &hooks, &r, &err), STATUS_CANCELLED);
            assert_in_range(looks_taken(moments[i]), moments[i] + 1, moments[i] + 100);
        }
        hooks.cancel = NULL;
        assert_ok(eval_run(e, NULL, &hooks, &r, &err));
        assert_true(eval_score(&r, 0, EVAL_TOTAL)->trials > 0);
        eval_result_free(&r);
        eval_free(e);
    }
}

/* Opening models, reading, listening: the thread is joined after any of them. */
static void listening_ends_at_any_moment(void **state)
{
    static const long ms[] = {0, 1, 5, 20, 60};
    struct live_options o = {.models = 1, .thread = true, .model[0].task = EVAL_SID};
    struct live_ask ask = {.sigma = 80, .set = "gender=male", .erase = true};
    (void)state;
    snprintf(o.model[0].model, sizeof o.model[0].model, "%s",
             source_path("data/demo/models/sid.safetensors"));
    snprintf(o.model[0].counts, sizeof o.model[0].counts, "%s",
             source_path("data/demo/counts/sid.counts"));
    snprintf(o.audio, sizeof o.audio, "%s", source_path("data/demo/audio"));
    for (size_t i = 0; i < sizeof ms / sizeof *ms; i++) {
        struct live *l = live_new(&o);
        assert_non_null(l);
        live_ask(l, &ask);
        nanosleep(&(struct timespec){0, ms[i] * 1000000}, NULL);
        live_free(l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_end_at_every_look),
        cmocka_unit_test(opening_ends_between_tensors),
        cmocka_unit_test(reading_and_front_ends_end),
        cmocka_unit_test(counting_ends_within_a_recording),
        cmocka_unit_test(evaluation_ends_within_a_recording),
        cmocka_unit_test(listening_ends_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
