#include "config.h"

#include "unit.h"

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include "corpus/audio.h"
#include "formats/tensors/checkpoint.h"
#include "base/mem.h"
#include "model/model.h"
#include "formats/tensors/safetensors.h"
#include "model/kernels/select.h"

#define MODEL "models/g_melhubert_20ms/"

static const char *const utterances[] = {"9001-100001-0000", "9002-100001-0000"};

static struct model_options with_stats(void)
{
    return (struct model_options){.mean_std = data_path("info/mean-std.npy")};
}

static struct model *open_model(const char *file)
{
    struct err err;
    struct model *m;
    struct model_options o = with_stats();
    assert_ok(model_open(&m, data_path(file), &o, &err));
    return m;
}

static struct audio read_utterance(const char *name)
{
    char file[64];
    struct err err;
    struct audio a = AUDIO_INIT;
    snprintf(file, sizeof file, "audio/%s.wav", name);
    assert_ok(audio_read(&a, data_path(file), &err));
    return a;
}

/* A sink that compares with stored stages. */
struct comparison {
    const struct tensors *want;
    const char *utterance;
    size_t tensors; /* stages that ended */
};

static enum status compare_rows(void *context, const struct model_block *b, struct err *err)
{
    struct comparison *c = context;
    char name[96];
    (void)err;
    bool numbered = b->stage == MODEL_HIDDEN || b->stage == MODEL_FC1;
    snprintf(name, sizeof name, numbered ? "%s/%s.%u" : "%s/%s", c->utterance,
             model_stage_name(b->stage), b->index);
    const struct tensor *t = tensors_find(c->want, name);
    if (!t)
        fail_msg("%s is not in the reference", name);
    assert_int_equal(t->shape[0], b->stage_rows);
    assert_int_equal(t->shape[1], b->width);
    float *want = mem_array(t->count, sizeof *want);
    tensor_to_f32(t, want);
    double accept = b->stage == MODEL_FBANK ? 5e-4 : 1e-4;
    for (size_t i = 0; i < b->rows * b->width; i++)
        if (!(fabs(b->data[i] - want[b->first * b->width + i]) <= accept))
            fail_msg("%s row %zu column %zu: %g, not %g", name, b->first + i / b->width,
                     i % b->width, (double)b->data[i], (double)want[b->first * b->width + i]);
    c->tensors += b->first + b->rows == b->stage_rows;
    free(want);
    return STATUS_OK;
}

static void every_stage_equals_the_reference(void **state)
{
    static const char *const layouts[] = {MODEL "hf", MODEL "native.pt"};
    struct err err;
    struct tensors want;
    (void)state;
    assert_ok(safetensors_open(&want, data_path(MODEL "outputs.safetensors"), &err));
    for (int l = 0; l < 2; l++) {
        struct model *m = open_model(layouts[l]);
        struct model_scratch *s = model_scratch_new();
        size_t seen = 0;
        for (int u = 0; u < 2; u++) {
            char name[64];
            snprintf(name, sizeof name, "%s/input", utterances[u]);
            if (!tensors_find(&want, name))
                continue;
            struct comparison c = {&want, utterances[u], 0};
            struct model_sink sink = {MODEL_WANT_ALL, compare_rows, &c};
            struct audio a = read_utterance(utterances[u]);
            assert_ok(model_forward(m, s, a.samples, a.count, &sink, &err));
            assert_int_equal(c.tensors, 5 + 4 + 3 + 1);
            seen += c.tensors;
            audio_free(&a);
        }
        /* All there is, but the mean and deviation. */
        assert_int_equal(seen, want.count - 2);
        model_scratch_free(s);
        model_free(m);
    }
    tensors_free(&want);
}

/* A sink that marks the neurons selected: [layers][frames][width]. */
struct marks {
    struct selector selector;
    unsigned char *hit;
    size_t frames, width;
};

static enum status mark_rows(void *context, const struct model_block *b, struct err *err)
{
    struct marks *k = context;
    (void)err;
    for (size_t r = 0; r < b->rows; r++) {
        const uint32_t *top = selector_run(&k->selector, b->data + r * b->width);
        for (uint32_t i = 0; i < k->selector.tau; i++)
            k->hit[(b->index * k->frames + b->first + r) * k->width + top[i]] = 1;
    }
    return STATUS_OK;
}

static void the_published_neurons_are_activated(void **state)
{
    struct err err;
    struct tensors want;
    struct model *m = open_model(MODEL "hf");
    struct model_scratch *s = model_scratch_new();
    int seen = 0;
    (void)state;
    assert_ok(
        safetensors_open(&want, data_path("counting/g_melhubert_20ms/counts.safetensors"), &err));
    for (int u = 0; u < 2; u++) {
        char name[64];
        snprintf(name, sizeof name, "topk/%s", utterances[u]);
        const struct tensor *t = tensors_find(&want, name);
        if (!t)
            continue;
        struct audio a = read_utterance(utterances[u]);
        struct marks k = {.frames = model_frames(m, a.count), .width = 250};
        assert_int_equal(t->shape[0], 3);
        assert_int_equal(t->shape[1], k.frames);
        assert_int_equal(t->shape[2], select_tau(250, 1));
        assert_ok(selector_init(&k.selector, 250, select_tau(250, 1), &err));
        k.hit = mem_zeros(3 * k.frames, 250);
        int64_t *top = mem_array(t->count, sizeof *top);
        assert_ok(tensor_to_i64(t, top, &err));
        struct model_sink sink = {MODEL_WANT(MODEL_FC1), mark_rows, &k};
        assert_ok(model_forward(m, s, a.samples, a.count, &sink, &err));
        for (size_t i = 0; i < t->count; i++)
            if (!k.hit[i / t->shape[2] * 250 + (size_t)top[i]])
                fail_msg("%s: neuron %d of place %zu is not activated", name, (int)top[i], i);
        seen++;
        selector_free(&k.selector);
        free(k.hit);
        free(top);
        audio_free(&a);
    }
    assert_true(seen > 0);
    tensors_free(&want);
    model_scratch_free(s);
    model_free(m);
}

static void the_same_model_in_another_file_has_the_same_fingerprint(void **state)
{
    struct model *a = open_model(MODEL "hf"), *b = open_model(MODEL "native.pt");
    const struct model_info *x = model_info(a), *y = model_info(b);
    (void)state;
    assert_true(x->fingerprint != 0 && x->fingerprint == y->fingerprint);
    assert_string_equal(x->name, "g_melhubert_20ms");
    assert_string_equal(y->name, "native");
    assert_string_equal(x->family, "melhubert");
    assert_int_equal(x->layers, 3);
    assert_int_equal(x->width[2], 250);
    assert_int_equal(x->embed, 36);
    assert_int_equal(x->hop, 320);
    assert_int_equal(x->window, 560);
    assert_true(x->frame_ms == 20);
    assert_int_equal(model_frames(a, 29917), 93);
    assert_int_equal(model_frames(a, 399), 0);
    assert_int_equal(model_frames(a, 400), 1);
    model_free(a);
    model_free(b);
}

/* Everything of the first layer's activations, to compare bits. */
struct copy {
    float *data;
    size_t used;
};

static enum status keep_rows(void *context, const struct model_block *b, struct err *err)
{
    struct copy *c = context;
    (void)err;
    if (b->stage == MODEL_FC1) {
        memcpy(c->data + c->used, b->data, b->rows * b->width * sizeof *b->data);
        c->used += b->rows * b->width;
    }
    return STATUS_OK;
}

static void results_do_not_depend_on_what_ran_before(void **state)
{
    struct err err;
    struct model *m = open_model(MODEL "hf");
    struct model_scratch *fresh = model_scratch_new(), *used = model_scratch_new();
    struct audio a = read_utterance(utterances[0]);
    struct copy one = {mem_array(3 * 93 * 250, 4), 0}, two = {mem_array(3 * 93 * 250, 4), 0};
    struct copy other = {mem_array(3 * 93 * 250, 4), 0};
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), keep_rows, &one};
    (void)state;
    assert_ok(model_forward(m, fresh, a.samples, 20000, &sink, &err));
    sink.context = &other;
    assert_ok(model_forward(m, used, a.samples + 3, a.count - 3, &sink, &err));
    sink.context = &two;
    sink.want = MODEL_WANT_ALL;
    assert_ok(model_forward(m, used, a.samples, 20000, &sink, &err));
    assert_int_equal(one.used, two.used);
    assert_memory_equal(one.data, two.data, one.used * sizeof *one.data);
    free(one.data);
    free(two.data);
    free(other.data);
    audio_free(&a);
    model_scratch_free(fresh);
    model_scratch_free(used);
    model_free(m);
}

static enum status stop_at_layer_1(void *context, const struct model_block *b, struct err *err)
{
    int *calls = context;
    *calls += b->index == 1;
    assert_true(b->stage == MODEL_FC1 && b->index <= 1);
    return b->index == 1 ? err_set(err, STATUS_CANCELLED, "enough") : STATUS_OK;
}

static void a_sink_can_stop_the_run(void **state)
{
    struct err err;
    struct model *m = open_model(MODEL "hf");
    struct model_scratch *s = model_scratch_new();
    float samples[1000] = {0.1f};
    int calls = 0;
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), stop_at_layer_1, &calls};
    (void)state;
    assert_status(model_forward(m, s, samples, 1000, &sink, &err), STATUS_CANCELLED);
    assert_int_equal(calls, 1);
    assert_status(model_forward(m, s, samples, 399, &sink, &err), STATUS_USAGE);
    model_scratch_free(s);
    model_free(m);
}

/* Opens the small model with one setting replaced by VALUE (stolen), and NAME (or none) spoiled. */
static enum status open_spoiled(struct model **m, const char *key, json_t *value, const char *name,
                                struct err *err)
{
    struct checkpoint c;
    struct model_options o = with_stats();
    enum status code = checkpoint_open(&c, data_path(MODEL "hf"), err);
    assert_int_equal(code, STATUS_OK);
    if (key)
        json_object_set_new(c.config, key, value);
    for (size_t i = 0; name && i < c.tensors.count; i++)
        if (strcmp(c.tensors.tensor[i].name, name) == 0) {
            static const float nan_bias[250] = {[7] = NAN};
            static float large[250];
            for (int k = 0; k < 250; k++)
                large[k] = 3e38f;
            if (strstr(name, "fc1.bias"))
                c.tensors.tensor[i].data =
                    (const unsigned char *)(strstr(name, "layers.0.") ? nan_bias : large);
            else
                c.tensors.tensor[i].dtype = DTYPE_I32;
        }
    return model_from_checkpoint(m, &c, &o, err);
}

static void assert_says(const struct err *err, const char *what)
{
    if (!strstr(err->msg, what))
        fail_msg("'%s' does not say '%s'", err->msg, what);
}

static void settings_that_cannot_be_computed_are_named(void **state)
{
    struct err err;
    struct model *m = NULL;
    struct {
        const char *key;
        json_t *value;
        enum status code;
        const char *says;
    } cases[] = {
        {"activation_fn", json_string("glu"), STATUS_UNSUPPORTED, "glu"},
        {"attention_type", json_string("sparse"), STATUS_UNSUPPORTED, "attention_type"},
        {"pos_emb_type", json_string("sin"), STATUS_UNSUPPORTED, "pos_emb_type"},
        {"feat_emb_dim", json_integer(120), STATUS_UNSUPPORTED, "feat_emb_dim 120"},
        {"model_type", json_string("unknown"), STATUS_UNSUPPORTED, "unknown"},
        {"encoder_layers", json_integer(0), STATUS_FORMAT, "encoder_layers"},
        {"encoder_layers", json_integer(4), STATUS_NOTFOUND, "encoder.layers.3."},
        {"encoder_layers", json_string("3"), STATUS_FORMAT, "encoder_layers"},
        {"encoder_embed_dim", json_integer(48), STATUS_FORMAT, "[36, 80]"},
        {"encoder_ffn_embed_dim", json_integer(251), STATUS_FORMAT, "encoder.layers.0.fc1.weight"},
        {"encoder_ffn_embed_dim", json_pack("[i,i]", 250, 250), STATUS_FORMAT, "2 widths"},
        {"encoder_ffn_embed_dim", json_pack("[i,i,i]", 250, 250, -1), STATUS_FORMAT, "layer 3"},
        {"encoder_attention_heads", json_integer(5), STATUS_FORMAT, "5 attention heads"},
        {"conv_pos_groups", json_integer(7), STATUS_FORMAT, "7 groups"},
        {"conv_pos", json_integer(64), STATUS_FORMAT, "encoder.pos_conv.0.weight_g"},
        {"layer_norm_first", json_integer(1), STATUS_FORMAT, "layer_norm_first"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(open_spoiled(&m, cases[i].key, cases[i].value, NULL, &err), cases[i].code);
        assert_says(&err, cases[i].says);
        assert_true(strncmp(err.msg, data_path(MODEL "hf"), strlen(data_path(MODEL "hf"))) == 0);
        assert_null(m);
    }
}

static void tensors_that_do_not_fit_are_named(void **state)
{
    struct err err;
    struct model *m = NULL;
    (void)state;
    assert_status(open_spoiled(&m, NULL, NULL, "encoder.layer_norm.weight", &err),
                  STATUS_UNSUPPORTED);
    assert_says(&err, "encoder.layer_norm.weight holds I32");
}

static enum status ignore_rows(void *context, const struct model_block *b, struct err *err)
{
    (void)context;
    (void)b;
    (void)err;
    return STATUS_OK;
}

static void values_that_are_no_numbers_end_the_run(void **state)
{
    struct err err;
    struct model *m;
    struct model_scratch *s = model_scratch_new();
    struct audio a = read_utterance(utterances[0]);
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), ignore_rows, NULL};
    (void)state;
    /* In a weight they are seen before anything runs. */
    assert_status(open_spoiled(&m, NULL, NULL, "encoder.layers.0.fc1.bias", &err), STATUS_FORMAT);
    assert_says(&err, "tensor encoder.layers.0.fc1.bias: element 7 is NaN or infinity");
    /* Sums of large ones are infinite in the next layer. */
    assert_ok(open_spoiled(&m, NULL, NULL, "encoder.layers.1.fc1.bias", &err));
    assert_status(model_forward(m, s, a.samples, a.count, &sink, &err), STATUS_FORMAT);
    assert_says(&err, "NaN or infinity in layer 3");
    audio_free(&a);
    model_scratch_free(s);
    model_free(m);
}

static void missing_statistics_are_asked_for(void **state)
{
    struct err err;
    struct model *m;
    (void)state;
    struct model_options o = {.mean_std = data_path("info/no-such.npy")};
    assert_status(model_open(&m, data_path(MODEL "hf"), NULL, &err), STATUS_NOTFOUND);
    assert_says(&err, "--mean-std");
    assert_status(model_open(&m, data_path(MODEL "hf"), &o, &err), STATUS_IO);
    assert_status(model_open(&m, data_path(MODEL "nothing"), NULL, &err), STATUS_IO);
}

/* The tests with one build of the kernels, in a process of its own: the choice is made once. */
static int run_with(const char *kernels)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_equals_the_reference),
        cmocka_unit_test(the_published_neurons_are_activated),
        cmocka_unit_test(the_same_model_in_another_file_has_the_same_fingerprint),
        cmocka_unit_test(results_do_not_depend_on_what_ran_before),
        cmocka_unit_test(a_sink_can_stop_the_run),
        cmocka_unit_test(settings_that_cannot_be_computed_are_named),
        cmocka_unit_test(tensors_that_do_not_fit_are_named),
        cmocka_unit_test(values_that_are_no_numbers_end_the_run),
        cmocka_unit_test(missing_statistics_are_asked_for),
    };
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        printf("kernels: %s\n", kernels);
        setenv("PROPNEU_KERNELS", kernels, 1);
        int failed = cmocka_run_group_tests(tests, NULL, NULL);
        fflush(stdout);
        _exit(failed != 0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

int main(void)
{
    return run_with("portable") | run_with("avx2") | run_with("avx512");
}
