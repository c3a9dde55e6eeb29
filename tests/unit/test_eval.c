/*
 * Evaluations of the demo's models on the demo's recordings: numbers of an implementation in
 * torch, of runs with any number of threads and any memory, and of twins written plainly.
 */
#include "config.h"

#include "unit.h"

#include <jansson.h>
#include <math.h>

#include "eval/distance.h"
#include "eval/noise.h"
#include "corpus/audio.h"
#include "corpus/recordings.h"
#include "eval/eval.h"
#include "base/rng.h"
#include "corpus/corpus.h"
#include "formats/tensors/checkpoint.h"
#include "formats/tensors/safetensors.h"
#include "model/model.h"
#include "train/mask.h"
#include "edit/intervention.h"
#include "formats/labels/labels.h"
#include "base/mem.h"
#include "corpus/phones.h"

/* Group neurons of male speech at lambda 1 % of middle frames: layer from 1, neuron. */
static const uint16_t male[][2] = {
    {1, 317}, {1, 373}, {1, 479}, {2, 0},   {2, 91},  {2, 106}, {2, 135}, {2, 294},
    {2, 310}, {2, 327}, {2, 374}, {2, 462}, {2, 463}, {3, 14},  {3, 140}, {3, 159},
    {3, 165}, {3, 176}, {3, 179}, {3, 190}, {3, 200}, {3, 203}, {3, 222}, {3, 277},
    {3, 306}, {3, 316}, {3, 324}, {3, 347}, {3, 351}, {3, 388}, {3, 475}, {3, 477},
    {3, 490}, {4, 2},   {4, 4},   {4, 16},  {4, 40},  {4, 45},  {4, 52},  {4, 62},
    {4, 73},  {4, 83},  {4, 97},  {4, 116}, {4, 153}, {4, 156}, {4, 177}, {4, 195},
    {4, 198}, {4, 212}, {4, 220}, {4, 259}, {4, 278}, {4, 280}, {4, 320}, {4, 402},
    {4, 403}, {4, 407}, {4, 408}, {4, 422}, {4, 428}, {4, 458}, {4, 459}, {4, 469},
};

static char path[6][1024];

static struct eval_options demo(const char *model, enum eval_task task)
{
    static const char *const name[] = {"audio", "textgrid", "speakers.tsv",
                                       "labels/demo-f0-hz.json"};
    snprintf(path[0], sizeof path[0], "%s", source_path("data/demo/models/"));
    snprintf(path[0] + strlen(path[0]), 64, "%s.safetensors", model);
    for (int i = 0; i < 4; i++) {
        char part[64];
        snprintf(part, sizeof part, "data/demo/%s", name[i]);
        snprintf(path[i + 1], sizeof path[0], "%s", source_path(part));
    }
    return (struct eval_options){
        .model = path[0],
        .corpus = {.audio = path[1], .labels = path[2], .speakers = path[3]},
        .threads = 2,
        .task = task};
}

/* The change of activations that erasing the neurons above is. */
static struct intervention erase_male(const struct model_info *m)
{
    struct err err;
    struct neuron_set s;
    struct intervention v;
    assert_ok(neuron_set_init(&s, m->layers, m->width, &err));
    for (size_t i = 0; i < sizeof male / sizeof *male; i++)
        bitset_put(s.row[male[i][0] - 1], male[i][1]);
    assert_int_equal(neuron_set_total(&s), 64);
    assert_ok(intervention_init(&v, &(struct edit){.kind = EDIT_SCALE, .sets = &s}, &err));
    neuron_set_free(&s);
    return v;
}

static const struct eval_score *score_of(const struct eval *e, const struct eval_result *r,
                                         uint32_t measure, const char *factor, const char *level)
{
    uint32_t count;
    const struct eval_group *g = eval_groups(e, &count);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(g[i].factor, factor) == 0 && strcmp(g[i].level, level) == 0)
            return eval_score(r, measure, i);
    fail_msg("no group %s=%s", factor, level);
    return NULL;
}

static void check(const struct eval_score *s, uint64_t trials, uint64_t errors, double loss)
{
    assert_int_equal(s->trials, trials);
    assert_int_equal(s->errors, errors);
    if (!(fabs(eval_loss(s) - loss) < 2e-5))
        fail_msg("loss %.9g, not %.9g", eval_loss(s), loss);
}

static void speakers_are_told_as_in_torch(void **state)
{
    struct err err;
    struct eval *e;
    struct eval_result plain, erased;
    struct eval_options o = demo("sid", EVAL_SID);
    o.piece = 0.2;
    (void)state;
    assert_ok(eval_open(&e, &o, NULL, &err));
    struct intervention v = erase_male(eval_model(e));
    assert_ok(eval_run(e, NULL, NULL, &plain, &err));
    assert_ok(eval_run(e, &v.change, NULL, &erased, &err));
    check(eval_score(&plain, 0, EVAL_TOTAL), 290, 23, (160 * 0.2465127 + 130 * 0.2305116) / 290);
    check(score_of(e, &plain, 0, "gender", "male"), 160, 12, 0.2465127278);
    check(score_of(e, &plain, 0, "gender", "female"), 130, 11, 0.2305115963);
    check(score_of(e, &erased, 0, "gender", "male"), 160, 14, 0.2915120646);
    check(score_of(e, &erased, 0, "gender", "female"), 130, 9, 0.2146973530);
    assert_true(fabs(eval_damage(e, eval_score(&plain, 0, EVAL_TOTAL)) - 23.0 / 290) < 1e-12);
    eval_result_free(&plain);
    eval_result_free(&erased);
    intervention_free(&v);
    eval_free(e);
}

/* Every trial is of one speaker, one gender, and of at most one phone class. */
static void groups_share_out_the_trials(void **state)
{
    struct err err;
    struct eval *e;
    struct eval_result r;
    struct eval_options o = demo("sid", EVAL_SID);
    o.piece = 0.2;
    uint32_t count;
    uint64_t speaker = 0, gender = 0, phone = 0;
    (void)state;
    assert_ok(eval_open(&e, &o, NULL, &err));
    assert_ok(eval_run(e, NULL, NULL, &r, &err));
    const struct eval_group *g = eval_groups(e, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t n = eval_score(&r, 0, i)->trials;
        speaker += strcmp(g[i].factor, "speaker") == 0 ? n : 0;
        gender += strcmp(g[i].factor, "gender") == 0 ? n : 0;
        phone += strcmp(g[i].factor, "phone") == 0 ? n : 0;
    }
    assert_int_equal(speaker, 290);
    assert_int_equal(gender, 290);
    assert_true(phone > 250 && phone <= 290);
    eval_result_free(&r);
    eval_free(e);
    /* A whole recording is of no one phone. */
    o.piece = 0;
    assert_ok(eval_open(&e, &o, NULL, &err));
    g = eval_groups(e, &count);
    for (uint32_t i = 0; i < count; i++)
        assert_string_not_equal(g[i].factor, "phone");
    eval_free(e);
}

static void assert_same(const struct eval_result *a, const struct eval_result *b)
{
    assert_int_equal(a->measures, b->measures);
    assert_int_equal(a->groups, b->groups);
    assert_memory_equal(a->score, b->score, a->measures * (1 + a->groups) * sizeof *a->score);
}

/* A file of clusters with the tensor T. */
static const char *write_clusters(const struct tensor *t, size_t count)
{
    static const char *const name = "test_eval.clusters";
    struct err err;
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_ok(safetensors_write(f, t, count, NULL, 0, &err));
    fclose(f);
    return name;
}

/* A hundred centroids of the demo's input. */
static const char *make_centroids(void)
{
    static float x[100 * 80];
    struct rng r = rng_seed(3);
    struct tensor t = {.name = "centroids",
                       .dtype = DTYPE_F32,
                       .ndim = 2,
                       .shape = {100, 80},
                       .data = (const unsigned char *)x};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        x[i] = (float)(4 * rng_uniform(&r) - 2);
    assert_true(tensor_set_rows(&t));
    return write_clusters(&t, 1);
}

/* Threads, memory and what ran before change no bit of any task. */
static void runs_are_equal_to_the_bit(void **state)
{
    static const char *const model[EVAL_TASKS] = {[EVAL_SID] = "sid",
                                                  [EVAL_PHONES] = "pr",
                                                  [EVAL_CENTROID] = "ssl",
                                                  [EVAL_F0] = "ssl",
                                                  [EVAL_SSL] = "ssl"};
    static const size_t cache[] = {0, 1, 700 << 10, 3 << 20};
    (void)state;
    for (int t = 0; t < EVAL_TASKS; t++) {
        struct eval_result first[2] = {{0}, {0}};
        for (int k = 0; model[t] && k < 4; k++) {
            struct err err;
            struct eval *e;
            struct eval_options o = demo(model[t], (enum eval_task)t);
            o.piece = t == EVAL_SID ? 0.4 : 0;
            o.noise = t == EVAL_PHONES ? 0.5 : 0;
            o.cache = cache[k];
            o.min_run = 1;
            o.layer = t == EVAL_CENTROID ? 3 : 0;
            o.threads = (unsigned)k + 1;
            o.corpus.pitch = t == EVAL_F0 ? path[4] : NULL;
            o.clusters = t == EVAL_SSL ? make_centroids() : NULL;
            assert_ok(eval_open(&e, &o, NULL, &err));
            struct intervention v = erase_male(eval_model(e));
            for (int n = 0; n < 4; n++) {
                struct eval_result r;
                int which = (n + k) % 2; /* sometimes the changed model first */
                assert_ok(eval_run(e, which ? &v.change : NULL, NULL, &r, &err));
                if (!first[which].score) {
                    first[which] = r;
                    continue;
                }
                assert_same(&first[which], &r);
                eval_result_free(&r);
            }
            intervention_free(&v);
            eval_free(e);
        }
        if (!model[t])
            continue;
        assert_memory_not_equal(first[0].score, first[1].score,
                                (1 + first[0].groups) * sizeof *first[0].score);
        eval_result_free(&first[0]);
        eval_result_free(&first[1]);
    }
}

/* What a pass of the model gives out. */
struct rows {
    float x[512 * 96];
    size_t frames;
    int only; /* hidden state that is taken; 0: all that come */
};

static enum status take_rows(void *context, const struct model_block *b, struct err *err)
{
    struct rows *r = context;
    (void)err;
    if (r->only && (int)b->index != r->only)
        return STATUS_OK;
    assert_true(b->stage_rows * b->width <= sizeof r->x / sizeof *r->x);
    memcpy(r->x + b->first * b->width, b->data, b->rows * b->width * sizeof *b->data);
    r->frames = b->stage_rows;
    return STATUS_OK;
}

/* The rows of STAGE of recording SAMPLES, or from the rows of input IN. */
static void run_model(const struct model *m, const struct audio *a, const struct rows *in,
                      enum model_stage stage, struct rows *out)
{
    struct err err;
    struct model_scratch *scratch = model_scratch_new();
    const struct model_sink sink = {MODEL_WANT(stage), take_rows, out};
    struct model_pass pass = {.samples = a->samples, .count = a->count};
    if (in)
        pass = (struct model_pass){.rows = in->x, .frames = in->frames, .stage = MODEL_INPUT};
    assert_ok(model_run(m, scratch, &pass, &sink, &err));
    model_scratch_free(scratch);
}

/* Loss and errors of MelHuBERT's head on the masked frames, whose clusters are LABEL. */
static double masked_loss(const struct checkpoint *c, const struct rows *last, const bool *masked,
                          const int32_t *label, size_t *trials, size_t *errors)
{
    static float w[100 * 96], b[100];
    double loss = 0;
    tensor_to_f32(tensors_find(&c->tensors, "final_proj.weight"), w);
    tensor_to_f32(tensors_find(&c->tensors, "final_proj.bias"), b);
    for (size_t t = 0; t < last->frames; t++) {
        double logit[100], sum = 0;
        int best = 0;
        for (int k = 0; k < 100; k++) {
            logit[k] = (double)b[k];
            for (int i = 0; i < 96; i++)
                logit[k] += (double)w[k * 96 + i] * (double)last->x[t * 96 + (size_t)i];
            sum += exp(logit[k]);
            best = logit[k] > logit[best] ? k : best;
        }
        if (!masked[t])
            continue;
        ++*trials;
        *errors += best != label[t];
        loss += log(sum) - logit[label[t]];
    }
    return loss;
}

/* Masked prediction written down plainly: input rows to 0, the model, the head. */
static void masked_prediction_is_its_definition(void **state)
{
    static const struct mask mask = MASK_DEFAULTS;
    static struct rows in, last;
    static int32_t label[16][512];
    static char name[16][64];
    struct tensor t[16];
    struct eval_options o = demo("ssl", EVAL_SSL);
    struct recordings c;
    struct checkpoint weights;
    struct model *m;
    struct eval *e;
    struct eval_result r;
    struct err err;
    struct rng rng = rng_seed(8);
    double loss = 0;
    size_t trials = 0, errors = 0;
    (void)state;
    o.seed = 7;
    assert_ok(recordings_open(&c, o.corpus.audio, &err));
    assert_ok(model_open(&m, o.model, &(struct model_options){.mean_std = NULL}, &err));
    assert_ok(checkpoint_open(&weights, o.model, &err));
    for (size_t u = 0; u < c.count; u++) {
        struct audio a = AUDIO_INIT;
        bool masked[512];
        assert_ok(audio_read(&a, c.recording[u].path, &err));
        run_model(m, &a, NULL, MODEL_INPUT, &in);
        for (size_t k = 0; k < in.frames; k++)
            label[u][k] = (int32_t)rng_below(&rng, 100);
        mask_draw(&mask, 7, corpus_hash(c.recording[u].utterance), 0, masked, in.frames);
        for (size_t k = 0; k < in.frames; k++)
            for (size_t i = 0; i < 80 && masked[k]; i++)
                in.x[k * 80 + i] = 0;
        run_model(m, &a, &in, MODEL_FINAL, &last);
        assert_int_equal(last.frames, in.frames);
        loss += masked_loss(&weights, &last, masked, label[u], &trials, &errors);
        snprintf(name[u], sizeof name[u], "%s/labels", c.recording[u].utterance);
        t[u] = (struct tensor){.name = name[u],
                               .dtype = DTYPE_I32,
                               .ndim = 1,
                               .shape = {in.frames},
                               .data = (const unsigned char *)label[u]};
        assert_true(tensor_set_rows(&t[u]));
        audio_free(&a);
    }
    o.clusters = write_clusters(t, c.count);
    assert_ok(eval_open(&e, &o, NULL, &err));
    assert_ok(eval_run(e, NULL, NULL, &r, &err));
    const struct eval_score *all = eval_score(&r, 0, EVAL_TOTAL);
    assert_int_equal(all->trials, trials);
    assert_int_equal(all->errors, errors);
    assert_true(fabs(all->loss - loss) < 1e-4 * loss);
    eval_result_free(&r);
    eval_free(e);
    remove(o.clusters);
    checkpoint_free(&weights);
    model_free(m);
    recordings_free(&c);
}

/* The demo's ssl with the F0 head W [96], B in a file of its own, whose configuration says LAYER
 * (0: nothing). */
static const char *write_f0_model(const float *w, const float *b, int layer)
{
    static const char *const name = "test_eval.f0.safetensors";
    struct tensor all[128], *t;
    struct checkpoint c;
    struct err err;
    size_t n = 0;
    assert_ok(checkpoint_open(&c, source_path("data/demo/models/ssl.safetensors"), &err));
    assert_true(c.tensors.count + 2 <= 128);
    while (n < c.tensors.count) {
        all[n] = c.tensors.tensor[n];
        n++;
    }
    t = &all[n++];
    *t = (struct tensor){.name = "head.f0.weight",
                         .dtype = DTYPE_F32,
                         .ndim = 2,
                         .shape = {1, 96},
                         .data = (const unsigned char *)w};
    assert_true(tensor_set_rows(t));
    t = &all[n++];
    *t = (struct tensor){.name = "head.f0.bias",
                         .dtype = DTYPE_F32,
                         .ndim = 1,
                         .shape = {1},
                         .data = (const unsigned char *)b};
    assert_true(tensor_set_rows(t));
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_ok(safetensors_write(f, all, n, NULL, 0, &err));
    fclose(f);
    json_t *config = json_load_file(source_path("data/demo/models/ssl.json"), 0, NULL);
    assert_non_null(config);
    if (layer)
        json_object_set_new(config, "head_layer", json_integer(layer));
    assert_int_equal(json_dump_file(config, "test_eval.f0.json", 0), 0);
    json_decref(config);
    checkpoint_free(&c);
    return name;
}

/* Squared errors of W x + B against ln F0, and the differences of ln F0 from frame to frame. */
static void f0_add_rows(const struct rows *x, const json_t *f0, const float *w, float b,
                        struct eval_score *out)
{
    for (size_t t = 0; t < x->frames; t++) {
        double hz = json_number_value(json_array_get(f0, t)), guess = (double)b;
        double before = t > 0 ? json_number_value(json_array_get(f0, t - 1)) : 0;
        if (!(hz > 0))
            continue;
        for (size_t i = 0; i < 96; i++)
            guess += (double)w[i] * (double)x->x[t * 96 + i];
        out->trials++;
        out->loss += pow(guess - log(hz), 2);
        out->followed += before > 0;
        out->steps += before > 0 ? pow(log(hz) - log(before), 2) : 0;
    }
}

static void a_head_for_f0_is_its_definition(void **state)
{
    float w[96], b = 5;
    struct rng rng = rng_seed(2);
    (void)state;
    for (int i = 0; i < 96; i++)
        w[i] = (float)(rng_uniform(&rng) - 0.5) / 8;
    for (int layer = 0; layer <= 2; layer += 2) {
        static struct rows x;
        struct eval_options o = demo("ssl", EVAL_F0);
        struct eval_score right = {.trials = 0};
        struct recordings c;
        struct eval_result r;
        struct eval *e;
        struct model *m;
        struct err err;
        o.corpus.pitch = path[4];
        o.model = write_f0_model(w, &b, layer);
        json_t *f0 = json_load_file(path[4], 0, NULL);
        assert_ok(recordings_open(&c, o.corpus.audio, &err));
        assert_ok(model_open(&m, o.model, &(struct model_options){.mean_std = NULL}, &err));
        for (size_t u = 0; u < c.count; u++) {
            struct audio a = AUDIO_INIT;
            assert_ok(audio_read(&a, c.recording[u].path, &err));
            x.only = layer;
            run_model(m, &a, NULL, layer ? MODEL_HIDDEN : MODEL_FINAL, &x);
            f0_add_rows(&x, json_object_get(f0, c.recording[u].utterance), w, b, &right);
            audio_free(&a);
        }
        assert_ok(eval_open(&e, &o, NULL, &err));
        assert_false(eval_fits(e));
        assert_ok(eval_run(e, NULL, NULL, &r, &err));
        const struct eval_score *all = eval_score(&r, 0, EVAL_TOTAL);
        assert_true(right.trials > 1000);
        assert_int_equal(all->trials, right.trials);
        assert_true(fabs(all->loss - right.loss) < 1e-4 * right.loss);
        assert_int_equal(all->followed, right.followed);
        assert_true(fabs(all->steps - right.steps) < 1e-6 * right.steps);
        eval_result_free(&r);
        eval_free(e);
        /* Where a layer is asked for, a regression is fitted as without a head. */
        o.layer = 2;
        assert_ok(eval_open(&e, &o, NULL, &err));
        assert_true(eval_fits(e));
        eval_free(e);
        model_free(m);
        recordings_free(&c);
        json_decref(f0);
    }
    remove("test_eval.f0.safetensors");
    remove("test_eval.f0.json");
}

/* What is known of the demo: 80.6 % of frames, 24.1 and 52.3 % of phones. */
static void phones_of_the_demo_are_recognised_as_it_was_told(void **state)
{
    (void)state;
    for (unsigned run = 1; run <= 2; run++) {
        struct err err;
        struct eval *e;
        struct eval_result r;
        struct eval_options o = demo("pr", EVAL_PHONES);
        o.min_run = run;
        assert_ok(eval_open(&e, &o, NULL, &err));
        assert_ok(eval_run(e, NULL, NULL, &r, &err));
        const struct eval_score *phone = eval_score(&r, 0, EVAL_TOTAL);
        assert_int_equal(phone->trials, 677);
        assert_int_equal(phone->errors, run == 1 ? 354 : 163);
        assert_true(isnan(eval_loss(phone)));
        assert_int_equal(eval_score(&r, 1, EVAL_TOTAL)->trials, 3188);
        assert_int_equal(eval_score(&r, 1, EVAL_TOTAL)->errors, 617);
        /* Insertions are nobody's phone. */
        uint64_t trials = 0, errors = 0;
        static const char *const classes[] = {"vowel", "voiced", "unvoiced"};
        for (int c = 0; c < 3; c++) {
            const struct eval_score *s = score_of(e, &r, 0, "phone", classes[c]);
            assert_int_equal(s->inserted, 0);
            trials += s->trials;
            errors += s->errors;
        }
        assert_int_equal(trials, phone->trials);
        assert_int_equal(errors + phone->inserted, phone->errors);
        assert_int_equal(score_of(e, &r, 0, "gender", "male")->errors +
                             score_of(e, &r, 0, "gender", "female")->errors,
                         phone->errors);
        eval_result_free(&r);
        eval_free(e);
    }
}

/* The fewest changes, by trying everything. */
static unsigned fewest(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    if (n == 0 || m == 0)
        return (unsigned)(n + m);
    unsigned pair = fewest(a + 1, n - 1, b + 1, m - 1) + (*a != *b);
    unsigned drop = fewest(a + 1, n - 1, b, m) + 1, insert = fewest(a, n, b + 1, m - 1) + 1;
    pair = drop < pair ? drop : pair;
    return insert < pair ? insert : pair;
}

static void distances_are_the_least(void **state)
{
    struct err err;
    struct rng rng = rng_seed(4);
    struct distance d = {0};
    (void)state;
    for (int k = 0; k < 300; k++) {
        uint32_t a[7], b[7];
        bool wrong[7] = {false};
        size_t n = rng_below(&rng, 8), m = rng_below(&rng, 8), inserted, sum = 0;
        for (size_t i = 0; i < 7; i++) {
            a[i] = (uint32_t)rng_below(&rng, 3);
            b[i] = (uint32_t)rng_below(&rng, 3);
        }
        assert_ok(distance_align(&d, a, n, b, m, wrong, &inserted, &err));
        for (size_t i = 0; i < n; i++)
            sum += wrong[i];
        assert_int_equal(sum + inserted, fewest(a, n, b, m));
    }
    assert_status(distance_align(&d, NULL, 1 << 14, NULL, 1 << 14, NULL, NULL, &err),
                  STATUS_UNSUPPORTED);
    distance_free(&d);
}

static void noise_is_normal_and_the_same_each_time(void **state)
{
    enum { N = 100001 };
    static float x[N], y[N], z[N];
    struct noise a = noise_begin(7, 1), b = noise_begin(7, 1), c = noise_begin(8, 1);
    double sum = 0, square = 0, inside = 0;
    (void)state;
    noise_add(&a, x, N, 2);
    noise_add(&b, y, N, 2);
    noise_add(&c, z, N, 2);
    assert_memory_equal(x, y, sizeof x);
    assert_memory_not_equal(x, z, sizeof x);
    for (int i = 0; i < N; i++) {
        sum += (double)x[i];
        square += (double)x[i] * (double)x[i];
        inside += fabsf(x[i]) < 2;
    }
    assert_true(fabs(sum / N) < 0.03);
    assert_true(fabs(noise_rms(x, N) - 2) < 0.02);
    assert_true(fabs(sqrt(square / N) - noise_rms(x, N)) < 1e-9);
    assert_true(fabs(inside / N - 0.6827) < 0.01);
}

/* The hidden states of layer 2 of all recordings, and what their frames are. */
struct frames {
    size_t count, recording[4096];
    float *hidden; /* [count][width] */
    int phone[4096];
    uint32_t width;
};

static enum status collect(void *context, const struct model_block *b, struct err *err)
{
    struct frames *f = context;
    (void)err;
    if (b->index == 2)
        memcpy(f->hidden + (f->count + b->first) * b->width, b->data,
               b->rows * b->width * sizeof *b->data);
    return STATUS_OK;
}

/* Labels of a recording's frames by looking each time through all intervals. */
static void label_frames(struct frames *f, const struct labels *l, const struct phones *p,
                         const char *utterance, size_t recording, size_t frames)
{
    struct err err;
    struct utterance_labels u;
    assert_ok(labels_get(l, utterance, &u, &err));
    for (size_t t = 0; t < frames; t++) {
        double at = 0.02 * (double)t + 0.01;
        int *phone = &f->phone[f->count + t];
        f->recording[f->count + t] = recording;
        *phone = -1;
        for (size_t i = 0; i < u.count; i++)
            if (u.interval[i].start <= at + 1e-6 && at + 1e-6 < u.interval[i].end) {
                uint32_t n = names_find(&p->phone, u.name.name[u.interval[i].name]);
                *phone = n == NAMES_NONE ? -1 : (int)n;
            }
    }
    utterance_labels_free(&u);
}

static struct frames read_frames(const struct eval_options *o)
{
    struct err err;
    struct frames f = {.hidden = mem_array(4096 * 96, sizeof(float)), .width = 96};
    struct model *m;
    struct recordings c;
    struct labels *l;
    struct phones p;
    struct audio a = AUDIO_INIT;
    struct model_scratch *s = model_scratch_new();
    assert_ok(model_open(&m, o->model, NULL, &err));
    assert_ok(recordings_open(&c, o->corpus.audio, &err));
    assert_ok(labels_open(&l, o->corpus.labels, NULL, &err));
    assert_ok(phones_open(&p, NULL, &err));
    for (size_t i = 0; i < c.count; i++) {
        assert_ok(audio_read(&a, c.recording[i].path, &err));
        size_t frames = model_frames(m, a.count);
        assert_true(f.count + frames <= 4096);
        struct model_sink sink = {MODEL_WANT(MODEL_HIDDEN), collect, &f};
        assert_ok(model_forward(m, s, a.samples, a.count, &sink, &err));
        label_frames(&f, l, &p, c.recording[i].utterance, i, frames);
        f.count += frames;
    }
    audio_free(&a);
    model_scratch_free(s);
    model_free(m);
    recordings_free(&c);
    labels_free(l);
    phones_free(&p);
    return f;
}

/* One recording a speaker: the second, fourth, ... are tested. */
static void centroids_equal_their_twin(void **state)
{
    struct err err;
    struct eval *e;
    struct eval_result r;
    struct eval_options o = demo("ssl", EVAL_CENTROID);
    o.layer = 2;
    struct frames f = read_frames(&o);
    static double mean[39][96];
    static size_t count[39];
    size_t trials = 0, errors = 0;
    (void)state;
    for (size_t t = 0; t < f.count; t++)
        if (f.phone[t] >= 0 && f.recording[t] % 2 == 0) {
            count[f.phone[t]]++;
            for (size_t i = 0; i < 96; i++)
                mean[f.phone[t]][i] += (double)f.hidden[t * 96 + i];
        }
    for (size_t t = 0; t < f.count; t++) {
        double least = INFINITY;
        int best = -1;
        if (f.phone[t] < 0 || f.recording[t] % 2 == 0 || count[f.phone[t]] == 0)
            continue;
        for (int p = 0; p < 39; p++) {
            double square = 0;
            for (size_t i = 0; i < 96 && count[p]; i++) {
                double d = mean[p][i] / (double)count[p] - (double)f.hidden[t * 96 + i];
                square += d * d;
            }
            if (count[p] && square < least) {
                least = square;
                best = p;
            }
        }
        trials++;
        errors += best != f.phone[t];
    }
    assert_ok(eval_open(&e, &o, NULL, &err));
    assert_ok(eval_run(e, NULL, NULL, &r, &err));
    assert_int_equal(eval_score(&r, 0, EVAL_TOTAL)->trials, trials);
    assert_int_equal(eval_score(&r, 0, EVAL_TOTAL)->errors, errors);
    assert_true(trials > 500 && errors > 100);
    /* The two halves share no speaker here, so that none can be told. */
    assert_int_equal(eval_score(&r, 2, EVAL_TOTAL)->trials, 0);
    assert_int_equal(eval_score(&r, 1, EVAL_TOTAL)->trials, trials);
    eval_result_free(&r);
    eval_free(e);
    free(f.hidden);
}

/* What was fitted on the model as it is suffers from a change; fitted anew it suffers less. */
static void regression_explains_some_variance_and_erasure_changes_it(void **state)
{
    struct err err;
    struct eval *e;
    struct eval_result plain, erased, refitted;
    struct eval_options o = demo("ssl", EVAL_F0);
    o.layer = 1;
    (void)state;
    o.corpus.pitch = path[4];
    assert_ok(eval_open(&e, &o, NULL, &err));
    struct intervention v = erase_male(eval_model(e));
    assert_ok(eval_run(e, NULL, NULL, &plain, &err));
    assert_ok(eval_run(e, &v.change, NULL, &erased, &err));
    const struct eval_score *s = eval_score(&plain, 0, EVAL_TOTAL);
    assert_int_equal(s->trials, 1112);
    assert_true(eval_r2(s) > 0.5 && eval_r2(s) < 0.7);
    assert_true(fabs(1 - s->loss / (s->square - s->sum * s->sum / 1112) - eval_r2(s)) < 1e-12);
    assert_true(eval_damage(e, s) < eval_damage(e, eval_score(&erased, 0, EVAL_TOTAL)));
    eval_free(e);
    o.refit = true;
    assert_ok(eval_open(&e, &o, NULL, &err));
    assert_ok(eval_run(e, &v.change, NULL, &refitted, &err));
    assert_true(eval_loss(eval_score(&refitted, 0, EVAL_TOTAL)) <
                eval_loss(eval_score(&erased, 0, EVAL_TOTAL)));
    eval_result_free(&plain);
    eval_result_free(&erased);
    eval_result_free(&refitted);
    intervention_free(&v);
    eval_free(e);
}

struct seen {
    size_t last, calls, problems;
    struct cancel cancel;
};

static void count_progress(void *context, size_t done, size_t all)
{
    struct seen *s = context;
    assert_int_equal(all, 14);
    assert_int_equal(done, s->last + 1);
    s->last = done;
    s->calls++;
    if (done == 3)
        cancel_set(&s->cancel);
}

static void a_run_can_be_watched_and_stopped(void **state)
{
    struct err err;
    struct eval *e;
    struct eval_result r;
    struct seen seen = {0};
    struct eval_hooks hooks = {.progress = count_progress, .context = &seen};
    struct eval_options o = demo("sid", EVAL_SID);
    (void)state;
    assert_ok(eval_open(&e, &o, &hooks, &err));
    assert_ok(eval_run(e, NULL, &hooks, &r, &err));
    assert_int_equal(seen.calls, 14);
    eval_result_free(&r);
    seen = (struct seen){0};
    hooks.cancel = &seen.cancel;
    assert_status(eval_run(e, NULL, &hooks, &r, &err), STATUS_CANCELLED);
    assert_in_range(seen.calls, 3, 6);
    hooks = (struct eval_hooks){.progress = NULL};
    assert_ok(eval_run(e, NULL, &hooks, &r, &err));
    check(eval_score(&r, 0, EVAL_TOTAL), 14, 0, eval_loss(eval_score(&r, 0, EVAL_TOTAL)));
    eval_result_free(&r);
    eval_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speakers_are_told_as_in_torch),
        cmocka_unit_test(groups_share_out_the_trials),
        cmocka_unit_test(runs_are_equal_to_the_bit),
        cmocka_unit_test(a_head_for_f0_is_its_definition),
        cmocka_unit_test(masked_prediction_is_its_definition),
        cmocka_unit_test(phones_of_the_demo_are_recognised_as_it_was_told),
        cmocka_unit_test(distances_are_the_least),
        cmocka_unit_test(noise_is_normal_and_the_same_each_time),
        cmocka_unit_test(centroids_equal_their_twin),
        cmocka_unit_test(regression_explains_some_variance_and_erasure_changes_it),
        cmocka_unit_test(a_run_can_be_watched_and_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
