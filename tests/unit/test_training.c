/*
 * Losses against sums over everything that they stand for and against differences, Adam against its
 * definition; and MelHuBERT's masked loss, its gradients and five steps of Adam against torch's in
 * double precision ($PROPNEU_FIXTURES has the other losses, too).
 */
#include "config.h"

#include "unit.h"

#include <math.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "formats/tensors/safetensors.h"
#include "model/backward/backward.h"
#include "model/weights.h"
#include "train/adam.h"
#include "train/loss.h"
#include "train/pass.h"

enum { ROWS = 5, CLASSES = 4 };

static void draw_logits(float *x, uint64_t seed)
{
    struct rng r = rng_seed(seed);
    for (size_t i = 0; i < ROWS * CLASSES; i++)
        x[i] = (float)(rng_uniform(&r) * 4 - 2);
}

/* The probability of all paths of classes that become TARGET, by trying every path. */
static double spelled(const float *logits, const int32_t *target, size_t length)
{
    double all = 0;
    for (int path = 0; path < 1024; path++) { /* CLASSES ^ ROWS */
        int32_t said[ROWS], last = -1;
        size_t n = 0;
        double p = 1;
        for (size_t t = 0; t < ROWS; t++) {
            int32_t k = path >> (2 * t) & 3;
            double sum = 0;
            for (size_t c = 0; c < CLASSES; c++)
                sum += exp((double)logits[t * CLASSES + c]);
            p *= exp((double)logits[t * CLASSES + (size_t)k]) / sum;
            if (k != last && k != 0)
                said[n++] = k;
            last = k;
        }
        if (n == length && memcmp(said, target, n * sizeof *said) == 0)
            all += p;
    }
    return all;
}

static void ctc_sums_over_all_paths(void **state)
{
    static const int32_t targets[][3] = {{1, 2, 3}, {2, 2, 1}, {3, 3, 3}, {1, 0, 0}};
    static const size_t lengths[] = {3, 3, 3, 1, 0};
    (void)state;
    struct err err;
    for (size_t i = 0; i < 5; i++) {
        const int32_t *target = targets[i % 4];
        float x[ROWS * CLASSES], d[ROWS * CLASSES];
        double loss;
        draw_logits(x, i);
        memcpy(d, x, sizeof d);
        assert_ok(loss_ctc(d, ROWS, CLASSES, target, lengths[i], 0.5, &loss, &err));
        assert_true(fabs(loss + log(spelled(x, target, lengths[i]))) < 1e-9);
        for (size_t k = 0; k < ROWS * CLASSES; k++) {
            const float was = x[k];
            x[k] = was + 0x1p-10f;
            double slope = -log(spelled(x, target, lengths[i]));
            x[k] = was - 0x1p-10f;
            slope += log(spelled(x, target, lengths[i]));
            x[k] = was;
            assert_true(fabs(slope / 0x1p-9 * 0.5 - (double)d[k]) < 1e-5);
        }
    }
}

static void a_target_that_is_too_long_teaches_nothing(void **state)
{
    static const int32_t target[] = {1, 1, 2, 2};
    (void)state;
    struct err err;
    float x[ROWS * CLASSES];
    double loss;
    draw_logits(x, 1);
    assert_int_equal(loss_ctc_frames(target, 4), 6);
    assert_ok(loss_ctc(x, ROWS, CLASSES, target, 4, 1, &loss, &err));
    assert_true(isinf(loss));
    for (size_t i = 0; i < ROWS * CLASSES; i++)
        assert_true(x[i] == 0);
}

static void cross_entropy_has_its_slope(void **state)
{
    static const int32_t label[ROWS] = {0, 3, -1, 2, 1};
    (void)state;
    float x[ROWS * CLASSES], d[ROWS * CLASSES];
    size_t correct = 0, wanted = 0;
    double loss = 0;
    draw_logits(x, 3);
    memcpy(d, x, sizeof d);
    for (size_t t = 0; t < ROWS; t++) {
        double sum = 0;
        size_t best = 0;
        for (size_t c = 0; c < CLASSES; c++) {
            sum += exp((double)x[t * CLASSES + c]);
            best = x[t * CLASSES + c] > x[t * CLASSES + best] ? c : best;
        }
        for (size_t c = 0; c < CLASSES; c++)
            x[t * CLASSES + c] = (float)(exp((double)x[t * CLASSES + c]) / sum);
        if (label[t] >= 0)
            loss -= log((double)x[t * CLASSES + (size_t)label[t]]);
        wanted += (int32_t)best == label[t];
    }
    assert_true(fabs(loss_cross_entropy(d, ROWS, CLASSES, label, 2, &correct) - loss) < 1e-5);
    assert_int_equal(correct, wanted);
    for (size_t t = 0; t < ROWS; t++)
        for (size_t c = 0; c < CLASSES; c++) {
            double p = (double)x[t * CLASSES + c] - ((int32_t)c == label[t]);
            double want = label[t] < 0 ? 0 : 2 * p;
            assert_true(fabs((double)d[t * CLASSES + c] - want) < 1e-6);
        }
}

static void squares_leave_out_what_has_no_target(void **state)
{
    (void)state;
    float x[3] = {1, 2, 3};
    const double target[3] = {0.5, NAN, 5};
    assert_true(fabs(loss_squared(x, 3, target, 0.5) - 4.25) < 1e-12);
    assert_true(x[0] == 0.5f && x[1] == 0 && x[2] == -2);
}

static void adam_is_its_definition(void **state)
{
    (void)state;
    float weight[2] = {1, -2}, gradient[2], mean[2] = {0}, square[2] = {0};
    double w[2] = {1, -2}, m[2] = {0}, v[2] = {0};
    struct adam a = ADAM_DEFAULTS;
    a.decay = 0.1;
    struct adam_parameter p = {weight, gradient, mean, square, 2};
    for (int step = 1; step <= 20; step++) {
        for (int i = 0; i < 2; i++)
            gradient[i] = (float)sin(step + i);
        double norm = hypot(sin(step), sin(step + 1)), by = fmin(1, 0.5 / (norm + 1e-6));
        assert_true(fabs(adam_norm(&p, 1) - norm) < 1e-6);
        assert_true(adam_step(&a, &p, 1, 0.01, 0.5, norm));
        for (int i = 0; i < 2; i++) {
            double g = by * sin(step + i);
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.999 * v[i] + 0.001 * g * g;
            w[i] = w[i] * (1 - 0.01 * 0.1) - 0.01 * m[i] / (1 - pow(0.9, step)) /
                                                 (sqrt(v[i] / (1 - pow(0.999, step))) + 1e-8);
            assert_true(fabs(w[i] - (double)weight[i]) < 1e-5);
        }
    }
    float was = weight[0];
    assert_false(adam_step(&a, &p, 1, 0.01, 0.5, NAN));
    assert_true(weight[0] == was && a.step == 20);
}

/* The batch of tests/data/gradients: features of two utterances, zero-padded to the longer. */
struct batch {
    struct tensors file;
    size_t frames, width;
    const float *feat; /* [2][frames][width] */
    size_t length[2];
    const unsigned char *mask; /* [2][frames] */
};

static const void *data_of(const struct tensors *t, const char *name)
{
    const struct tensor *x = tensors_find(t, name);
    if (!x)
        fail_msg("no %s", name);
    return x->data;
}

/* Whole numbers of four bytes, which may stand anywhere in the file. */
static int32_t whole_at(const struct tensors *t, const char *name, size_t i)
{
    int32_t n;
    memcpy(&n, (const unsigned char *)data_of(t, name) + i * sizeof n, sizeof n);
    return n;
}

#define GRADIENTS "gradients/g_melhubert_20ms/"

static void open_batch(struct batch *b)
{
    struct err err;
    assert_ok(safetensors_open(&b->file, data_path(GRADIENTS "batch.safetensors"), &err));
    const struct tensor *feat = tensors_find(&b->file, "feat");
    b->frames = feat->shape[1];
    b->width = feat->shape[2];
    b->feat = data_of(&b->file, "feat");
    for (size_t u = 0; u < 2; u++)
        b->length[u] = (size_t)whole_at(&b->file, "lengths", u);
    b->mask = data_of(&b->file, "mask");
}

/* Everything that one step needs. */
struct trainer {
    struct model *m;
    struct train_head head;
    struct train_pass pass;
    struct gradients *g;
    float *head_gradient; /* [head.count] */
};

/* The head that the loss called KIND has: final_proj of the checkpoint, or one of the batch. */
static void open_head(struct trainer *t, const struct batch *b, const char *kind)
{
    struct err err;
    struct tensors model;
    char name[64];
    bool masked = strcmp(kind, "masked") == 0;
    assert_ok(
        safetensors_open(&model, data_path("models/g_melhubert_20ms/hf/model.safetensors"), &err));
    const struct tensors *from = masked ? &model : &b->file;
    snprintf(name, sizeof name, masked ? "final_proj.%s" : "%s_head_%s", masked ? "weight" : kind,
             "weight");
    const struct tensor *w = tensors_find(from, name);
    assert_non_null(w);
    uint32_t layers = model_info(t->m)->layers;
    t->head = (struct train_head){.layers = layers,
                                  .layer = layers,
                                  .mean = strcmp(kind, "sid") == 0,
                                  .embed = w->shape[1],
                                  .classes = w->shape[0]};
    assert_ok(train_head_open(&t->head, &err));
    memcpy(t->head.weights, w->data, w->count * sizeof(float));
    snprintf(name, sizeof name, masked ? "final_proj.%s" : "%s_head_%s", masked ? "bias" : kind,
             "bias");
    memcpy(t->head.weights + w->count, data_of(from, name), t->head.classes * sizeof(float));
    tensors_free(&model);
}

static void open_trainer(struct trainer *t, const struct batch *b, const char *kind)
{
    struct err err;
    struct model_options o = {.keep_weights = true, .mean_std = data_path("info/mean-std.npy")};
    assert_ok(model_open(&t->m, data_path("models/g_melhubert_20ms/hf"), &o, &err));
    assert_ok(gradients_new(&t->g, t->m, &err));
    open_head(t, b, kind);
    assert_ok(train_pass_open(&t->pass, &t->head, &err));
    t->head_gradient = mem_zeros(t->head.count, sizeof *t->head_gradient);
}

static void close_trainer(struct trainer *t)
{
    train_pass_free(&t->pass);
    train_head_free(&t->head);
    gradients_free(t->g);
    free(t->head_gradient);
    model_free(t->m);
}

/* Forward and backward over utterance U; adds to the gradients. */
static double run_utterance(struct trainer *tr, const struct batch *b, const char *kind, size_t u)
{
    struct err err;
    struct train_sums sums = {.loss = 0};
    enum train_loss loss = LOSS_FRAMES;
    size_t t = b->length[u], all = 0;
    bool masked[200] = {false};
    int32_t label[200];
    double scale = 0.5;
    struct example e = {.rows = b->feat + u * b->frames * b->width, .frames = t, .label = label};
    if (strcmp(kind, "sid") == 0) {
        label[0] = whole_at(&b->file, "sid_labels", u);
        loss = LOSS_POOLED;
    } else if (strcmp(kind, "ctc") == 0) {
        size_t most = tensors_find(&b->file, "ctc_targets")->shape[1];
        e.labels = (size_t)whole_at(&b->file, "ctc_target_lengths", u);
        scale = 0.5 / (double)e.labels;
        for (size_t k = 0; k < e.labels; k++)
            label[k] = whole_at(&b->file, "ctc_targets", u * most + k);
        loss = LOSS_CTC;
    } else {
        for (size_t i = 0; i < 2; i++)
            for (size_t k = 0; k < b->length[i]; k++)
                all += b->mask[i * b->frames + k];
        scale = 1 / (double)all;
        for (size_t k = 0; k < t; k++) {
            masked[k] = b->mask[u * b->frames + k];
            label[k] = masked[k] ? whole_at(&b->file, "labels", u * b->frames + k) : -1;
        }
        e.masked = masked;
    }
    assert_ok(train_pass_run(&tr->pass, tr->m, &tr->head, loss, &e, scale, tr->g, tr->head_gradient,
                             &sums, NULL, &err));
    return sums.loss;
}

static void check_gradient(const struct tensors *want, const char *name, const float *got)
{
    char full[200];
    double largest = 0;
    snprintf(full, sizeof full, "grad/%s", name);
    const struct tensor *t = tensors_find(want, full);
    assert_non_null(t);
    const float *x = (const float *)(uintptr_t)t->data;
    for (size_t i = 0; i < t->count; i++)
        largest = fmax(largest, fabs((double)x[i]));
    for (size_t i = 0; i < t->count; i++)
        if (!(fabs((double)got[i] - (double)x[i]) <= 1e-3 * largest + 1e-6))
            fail_msg("%s: value %zu is %g, not %g", name, i, (double)got[i], (double)x[i]);
}

static void losses_have_the_gradients_of_torch(void **state)
{
    static const char *const kinds[] = {"masked", "ctc", "sid"};
    (void)state;
    struct err err;
    struct batch b;
    open_batch(&b);
    for (size_t k = 0; k < 3; k++) {
        char name[64];
        struct tensors want;
        struct trainer t;
        const struct model_weight *w;
        snprintf(name, sizeof name, GRADIENTS "%s.safetensors", kinds[k]);
        if (k > 0 && access(data_path(name), R_OK) != 0)
            continue;
        assert_ok(safetensors_open(&want, data_path(name), &err));
        open_trainer(&t, &b, kinds[k]);
        double loss = run_utterance(&t, &b, kinds[k], 0) + run_utterance(&t, &b, kinds[k], 1);
        const double wanted = *(const double *)data_of(&want, "loss");
        assert_true(fabs(loss - wanted) < 1e-5 * wanted);
        for (size_t i = 0; i < model_weights(t.m, &w); i++)
            check_gradient(&want, w[i].name, gradients_data(t.g, i));
        check_gradient(&want, k ? "head.weight" : "final_proj.weight", t.head_gradient);
        check_gradient(&want, k ? "head.bias" : "final_proj.bias",
                       t.head_gradient + t.head.classes * t.head.embed);
        close_trainer(&t);
        tensors_free(&want);
    }
    tensors_free(&b.file);
}

/* Losses before each step and after the last, gradient norms before clipping: torch in double. */
static const double adam_losses[] = {4.522883279542791, 4.131326000803754, 3.913092827719468,
                                     3.733607886463306, 3.568582325385755, 3.396744240824834};
static const double adam_norms[] = {4.6941539863772475, 2.6824248371343162, 2.1502971026188957,
                                    2.074732970302711, 2.1099542479423996};

static void five_steps_of_adam_are_those_of_torch(void **state)
{
    (void)state;
    struct err err;
    struct batch b;
    struct trainer t;
    struct adam adam = ADAM_DEFAULTS;
    const struct model_weight *w;
    open_batch(&b);
    open_trainer(&t, &b, "masked");
    size_t n = model_weights(t.m, &w);
    struct adam_parameter *p = mem_zeros(n + 1, sizeof *p);
    for (size_t i = 0; i < n; i++)
        p[i] = (struct adam_parameter){w[i].data, gradients_data(t.g, i), NULL, NULL, w[i].count};
    p[n] = (struct adam_parameter){t.head.weights, t.head_gradient, NULL, NULL, t.head.count};
    for (size_t i = 0; i < n + 1; i++) {
        p[i].mean = mem_zeros(p[i].count, sizeof(float));
        p[i].square = mem_zeros(p[i].count, sizeof(float));
    }
    for (int step = 0; step <= 5; step++) {
        for (size_t i = 0; i < n + 1; i++)
            memset(p[i].gradient, 0, p[i].count * sizeof(float));
        double loss = run_utterance(&t, &b, "masked", 0) + run_utterance(&t, &b, "masked", 1);
        assert_true(fabs(loss - adam_losses[step]) < 1e-4 * adam_losses[step]);
        if (step == 5)
            break;
        double norm = adam_norm(p, n + 1);
        assert_true(fabs(norm - adam_norms[step]) < 1e-3 * adam_norms[step]);
        assert_true(adam_step(&adam, p, n + 1, 1e-3, 1, norm));
        for (uint32_t l = 0; l < model_info(t.m)->layers; l++)
            assert_ok(model_repack(t.m, l, &err));
        assert_ok(model_repack(t.m, MODEL_NO_LAYER, &err));
    }
    for (size_t i = 0; i < n + 1; i++) {
        free(p[i].mean);
        free(p[i].square);
    }
    free(p);
    close_trainer(&t);
    tensors_free(&b.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ctc_sums_over_all_paths),
        cmocka_unit_test(a_target_that_is_too_long_teaches_nothing),
        cmocka_unit_test(cross_entropy_has_its_slope),
        cmocka_unit_test(squares_leave_out_what_has_no_target),
        cmocka_unit_test(adam_is_its_definition),
        cmocka_unit_test(losses_have_the_gradients_of_torch),
        cmocka_unit_test(five_steps_of_adam_are_those_of_torch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
