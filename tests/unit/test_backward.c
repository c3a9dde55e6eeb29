/*
 * Gradients of whole encoders: against those that torch gives in double precision for a head on the
 * weighted sum of all hidden states, and, for every order of norms, against how the forward pass
 * changes when a weight does.
 *
 * $PROPNEU_FIXTURES may hold more models than the one that is here.
 */
#include "config.h"

#include "model_kinds.h"
#include "unit.h"

#include <math.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "corpus/audio.h"
#include "formats/tensors/safetensors.h"
#include "model/backward/backward.h"
#include "model/weights.h"

static const char *const models[] = {"a_hubert_base", "c_wav2vec2_base", "e_wavlm_base"};
static const char *const recordings[] = {"9001-100001-0000", "9002-100001-0000"};

/* What a head sees and what a backward pass wants of a forward one. */
struct pass {
    size_t t, e;
    float *input, *hidden[64], *final; /* [T][channels], [T][E] */
};

static enum status keep(void *context, const struct model_block *b, struct err *err)
{
    struct pass *p = context;
    float **to = b->stage == MODEL_CONV || b->stage == MODEL_INPUT ? &p->input
                 : b->stage == MODEL_HIDDEN                        ? &p->hidden[b->index]
                                                                   : &p->final;
    (void)err;
    if (!*to)
        *to = mem_array(b->stage_rows * b->width, sizeof **to);
    memcpy(*to + b->first * b->width, b->data, b->rows * b->width * sizeof **to);
    p->t = b->stage_rows;
    return STATUS_OK;
}

static const float *numbers(const struct tensors *t, const char *name, size_t *count)
{
    const struct tensor *x = tensors_find(t, name);
    if (!x)
        fail_msg("no %s", name);
    *count = x->count;
    return (const float *)(uintptr_t)x->data;
}

/*
 * Cross-entropy of softmax(head mean(hidden states)) over all frames of both recordings: its
 * gradient for every hidden state of one recording, of FRAMES in all, into HIDDEN.
 */
static double head_back(const struct pass *p, const struct tensors *batch, const char *recording,
                        uint32_t layers, size_t frames, float *hidden)
{
    size_t classes, n, e = p->e;
    char name[64];
    const float *weight = numbers(batch, "head.weight", &n);
    const float *bias = numbers(batch, "head.bias", &classes);
    double loss = 0, *x = mem_array(e, sizeof *x), *y = mem_array(classes, sizeof *y);
    snprintf(name, sizeof name, "%s/labels", recording);
    const int32_t *label = (const int32_t *)numbers(batch, name, &n);
    assert_int_equal(n, p->t);
    for (size_t t = 0; t < p->t; t++) {
        double sum = 0;
        for (size_t i = 0; i < e; i++) {
            x[i] = 0;
            for (uint32_t l = 0; l <= layers; l++)
                x[i] += (double)p->hidden[l][t * e + i] / (layers + 1);
        }
        for (size_t c = 0; c < classes; c++) {
            y[c] = (double)bias[c];
            for (size_t i = 0; i < e; i++)
                y[c] += (double)weight[c * e + i] * x[i];
            sum += exp(y[c]);
        }
        loss += (log(sum) - y[label[t]]) / (double)frames;
        for (size_t i = 0; i < e; i++) {
            double d = 0;
            for (size_t c = 0; c < classes; c++)
                d += (exp(y[c]) / sum - (c == (size_t)label[t])) * (double)weight[c * e + i];
            hidden[t * e + i] = (float)(d / (double)frames / (layers + 1));
        }
    }
    free(x);
    free(y);
    return loss;
}

/* One recording forward and backward; returns its part of the loss. */
static double run(const struct model *m, const struct tensors *batch, const char *recording,
                  size_t frames, struct gradients *g)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    char name[64];
    const struct model_info *info = model_info(m);
    struct pass p = {.e = info->embed};
    struct model_scratch *scratch = model_scratch_new();
    struct encoder_tape *tape = encoder_tape_new();
    struct backward *b = backward_new();
    struct model_sink sink = {MODEL_WANT(MODEL_CONV) | MODEL_WANT(MODEL_HIDDEN), keep, &p};
    const float *hidden[64];
    snprintf(name, sizeof name, "audio/%s.wav", recording);
    assert_ok(audio_read(&a, data_path(name), &err));
    struct model_pass pass = {.samples = a.samples, .count = a.count, .tape = tape};
    assert_ok(model_run(m, scratch, &pass, &sink, &err));
    float *d = mem_array(p.t * p.e, sizeof *d);
    double loss = head_back(&p, batch, recording, info->layers, frames, d);
    for (uint32_t l = 0; l <= info->layers; l++)
        hidden[l] = d;
    assert_ok(model_backward(m, b, tape, hidden, p.input, g, NULL, &err));
    for (uint32_t l = 0; l <= info->layers; l++)
        free(p.hidden[l]);
    free(p.input);
    free(d);
    audio_free(&a);
    backward_free(b);
    encoder_tape_free(tape);
    model_scratch_free(scratch);
    return loss;
}

/* The gradient of a weight called NAME: the file has the names of a plain model of today. */
static const float *wanted(const struct tensors *want, const char *name, size_t *count)
{
    static const char *const older[] = {"conv.weight_g", "conv.weight_v"};
    char plain[200];
    const char *base = strstr(name, "wav2vec2.");
    snprintf(plain, sizeof plain, "grad/%s", base ? base + strlen("wav2vec2.") : name);
    for (int i = 0; i < 2; i++) {
        char *at = strstr(plain, older[i]);
        if (at)
            snprintf(at, sizeof plain - (size_t)(at - plain),
                     "conv.parametrizations.weight.original%d", i);
    }
    return numbers(want, plain, count);
}

/* Every gradient within 1e-3 of the tensor's largest and 1e-6. */
static void check_gradients(const struct model *m, const struct gradients *g,
                            const struct tensors *want)
{
    const struct model_weight *w;
    size_t n = model_weights(m, &w), count;
    assert_true(n > 40);
    for (size_t i = 0; i < n; i++) {
        const char *name = w[i].name;
        double largest = 0;
        const float *x = wanted(want, name, &count), *got = gradients_data(g, i);
        assert_int_equal(count, w[i].count);
        for (size_t k = 0; k < count; k++)
            largest = fmax(largest, fabs((double)x[k]));
        for (size_t k = 0; k < count; k++)
            if (!(fabs((double)got[k] - (double)x[k]) <= 1e-3 * largest + 1e-6))
                fail_msg("%s: value %zu is %g, not %g", name, k, (double)got[k], (double)x[k]);
    }
}

static void encoders_have_the_gradients_of_torch(void **state)
{
    (void)state;
    struct err err;
    int checked = 0;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char name[64];
        struct tensors batch, want;
        struct model *m;
        struct gradients *g;
        size_t n, frames = 0;
        snprintf(name, sizeof name, "training/%s/batch.safetensors", models[i]);
        if (access(data_path(name), R_OK) != 0)
            continue;
        assert_ok(safetensors_open(&batch, data_path(name), &err));
        snprintf(name, sizeof name, "training/%s/frames_weighted.safetensors", models[i]);
        assert_ok(safetensors_open(&want, data_path(name), &err));
        snprintf(name, sizeof name, "models/%s/hf", models[i]);
        struct model_options o = {.keep_weights = true, .normalize = MODEL_NORMALIZE_AS_TRAINED};
        assert_ok(model_open(&m, data_path(name), &o, &err));
        assert_ok(gradients_new(&g, m, &err));
        for (int r = 0; r < 2; r++) {
            snprintf(name, sizeof name, "%s/labels", recordings[r]);
            numbers(&batch, name, &n);
            frames += n;
        }
        double loss =
            run(m, &batch, recordings[0], frames, g) + run(m, &batch, recordings[1], frames, g);
        const double wanted = *(const double *)(uintptr_t)tensors_find(&want, "loss")->data;
        assert_true(fabs(loss - wanted) < 1e-5 * wanted);
        check_gradients(m, g, &want);
        gradients_free(g);
        model_free(m);
        tensors_free(&batch);
        tensors_free(&want);
        checked++;
    }
    assert_true(checked > 0);
}

enum { SAMPLES = 9000 };

/* The sum of all values of the encoder's output and of the input of layer 1, each times a number of
 * its own between -1 and 1; P keeps what a backward pass wants. */
static double weighted_sum(const struct model *m, const float *samples, size_t n,
                           struct encoder_tape *tape, struct pass *p, float *weight)
{
    struct err err;
    struct rng r = rng_seed(5);
    double sum = 0;
    struct model_scratch *scratch = model_scratch_new();
    struct model_sink sink = {MODEL_WANT(MODEL_INPUT) | MODEL_WANT(MODEL_CONV) |
                                  MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FINAL),
                              keep, p};
    struct model_pass pass = {.samples = samples, .count = n, .tape = tape};
    assert_ok(model_run(m, scratch, &pass, &sink, &err));
    for (size_t i = 0; i < p->t * p->e; i++) {
        weight[i] = (float)(rng_uniform(&r) * 2 - 1);
        sum += (double)weight[i] * ((double)p->final[i] + (double)p->hidden[1][i]);
    }
    model_scratch_free(scratch);
    return sum;
}

static void pass_free(struct pass *p)
{
    for (size_t i = 0; i < sizeof p->hidden / sizeof *p->hidden; i++)
        free(p->hidden[i]);
    free(p->input);
    free(p->final);
    *p = (struct pass){.e = p->e};
}

/* Weight W of M a step along its gradient G, times SIDE. */
static void step_along(struct model *m, const struct model_weight *w, const float *was,
                       const float *g, double step)
{
    struct err err;
    for (size_t i = 0; i < w->count; i++)
        w->data[i] = (float)((double)was[i] + step * (double)g[i]);
    assert_ok(model_repack(m, w->layer, &err));
}

/*
 * A step along its gradient changes the sum by the gradient's square.  The forward pass has single
 * precision, so that only what matters in the sum is looked at, to 1 %.
 */
static void check_slopes(const struct kind *k)
{
    struct err err;
    struct model *m = open_kind(k, true);
    const struct model_weight *w;
    struct gradients *g;
    struct pass p = {.e = model_info(m)->embed};
    struct encoder_tape *tape = encoder_tape_new();
    struct backward *b = backward_new();
    size_t weights = model_weights(m, &w), checked = 0;
    float *samples = mem_array(SAMPLES, sizeof *samples), *weight = mem_array(100000, 4);
    const float *hidden[64] = {NULL};
    for (size_t i = 0; i < SAMPLES; i++)
        samples[i] = 0.1f * sinf((float)(i * i) * 1e-5f);
    assert_ok(gradients_new(&g, m, &err));
    weighted_sum(m, samples, SAMPLES, tape, &p, weight);
    hidden[1] = hidden[model_info(m)->layers] = weight;
    assert_ok(model_backward(m, b, tape, hidden, p.input, g, NULL, &err));
    pass_free(&p);
    for (size_t i = 0; i < weights; i++) {
        const float *d = gradients_data(g, i);
        float *was = mem_array(w[i].count, sizeof *was);
        double square = 0, scale = 0;
        for (size_t j = 0; j < w[i].count; j++) {
            square += (double)d[j] * (double)d[j];
            scale += (double)w[i].data[j] * (double)w[i].data[j];
        }
        memcpy(was, w[i].data, w[i].count * sizeof *was);
        double step = 0.004 * sqrt((scale + 0.01) / (square + 1e-30));
        step_along(m, &w[i], was, d, step);
        double sum = weighted_sum(m, samples, SAMPLES, NULL, &p, weight);
        pass_free(&p);
        step_along(m, &w[i], was, d, -step);
        sum -= weighted_sum(m, samples, SAMPLES, NULL, &p, weight);
        pass_free(&p);
        step_along(m, &w[i], was, d, 0);
        free(was);
        if (step * square < 0.01) /* lost in the sum's own rounding */
            continue;
        if (!(fabs(sum / (2 * step * square) - 1) < 0.01))
            fail_msg("%s: %s: slope %g, not %g", k->path, w[i].name, sum / (2 * step), square);
        checked++;
    }
    assert_true(checked > weights / 2);
    gradients_free(g);
    encoder_tape_free(tape);
    backward_free(b);
    model_free(m);
    free(samples);
    free(weight);
}

static void gradients_are_slopes_of_the_forward_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        check_slopes(&kinds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoders_have_the_gradients_of_torch),
        cmocka_unit_test(gradients_are_slopes_of_the_forward_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
