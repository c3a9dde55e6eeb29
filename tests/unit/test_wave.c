#include "config.h"

#include "unit.h"

#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/frontends/wave.h"
#include "corpus/audio.h"
#include "formats/tensors/checkpoint.h"
#include "base/mem.h"
#include "model/model.h"
#include "model/load/model_parts.h"
#include "formats/tensors/safetensors.h"

static const char *const utterances[] = {"9001-100001-0000", "9002-100001-0000"};

/* Files of one model, and what the reference makes of it. */
static const struct {
    const char *folder, *file, *outputs, *family;
} models[] = {
    {"a_hubert_base", "fairseq.pt", "outputs", "hubert"},
    {"a_hubert_base", "native.pt", "outputs", "hubert"},
    {"a_hubert_base", "hf", "outputs", "hubert"},
    {"a_hubert_base", "hf_bf16", "outputs_bf16", "hubert"},
    {"c_wav2vec2_base", "native.pt", "outputs", "wav2vec2"},
    {"c_wav2vec2_base", "native_legacy.pt", "outputs", "wav2vec2"},
    {"c_wav2vec2_base", "hf", "outputs", "wav2vec2"},
    {"c_wav2vec2_base", "native_fp16.pt", "outputs_fp16", "wav2vec2"},
    {"e_wavlm_base", "hf", "outputs", "wavlm"},
    {"e_wavlm_base", "native.pt", "outputs", "wavlm"},
};
#define MODELS (sizeof models / sizeof *models)

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

/* A sink that compares with stored stages; what is not stored is passed over. */
struct comparison {
    const struct tensors *want;
    const char *model, *utterance;
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
        return STATUS_OK;
    assert_int_equal(t->shape[0], b->stage_rows);
    assert_int_equal(t->shape[1], b->width);
    float *want = mem_array(t->count, sizeof *want);
    tensor_to_f32(t, want);
    for (size_t i = 0; i < b->rows * b->width; i++)
        if (!(fabs((double)(b->data[i] - want[b->first * b->width + i])) <= 1e-4))
            fail_msg("%s: %s row %zu column %zu: %g, not %g", c->model, name,
                     b->first + i / b->width, i % b->width, (double)b->data[i],
                     (double)want[b->first * b->width + i]);
    c->tensors += b->first + b->rows == b->stage_rows;
    free(want);
    return STATUS_OK;
}

static void compare_model(const char *path, const struct model *m, const struct tensors *want)
{
    struct err err;
    struct model_scratch *s = model_scratch_new();
    size_t seen = 0;
    for (int u = 0; u < 2; u++) {
        char file[64];
        struct audio a = AUDIO_INIT;
        struct comparison c = {want, path, utterances[u], 0};
        struct model_sink sink = {MODEL_WANT_ALL, compare_rows, &c};
        snprintf(file, sizeof file, "audio/%s.wav", utterances[u]);
        if (!exists(data_path(file)))
            continue;
        assert_ok(audio_read(&a, data_path(file), &err));
        assert_int_equal(model_frames(m, a.count), (a.count - 400) / 320 + 1);
        assert_ok(model_forward(m, s, a.samples, a.count, &sink, &err));
        seen += c.tensors;
        audio_free(&a);
    }
    /* All there is was compared. */
    assert_int_equal(seen, want->count);
    model_scratch_free(s);
}

static void every_stage_equals_the_reference(void **state)
{
    size_t tested = 0;
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        char path[128], outputs[128];
        struct err err;
        struct tensors want;
        struct model *m;
        snprintf(path, sizeof path, "models/%s/%s", models[i].folder, models[i].file);
        snprintf(outputs, sizeof outputs, "models/%s/%s.safetensors", models[i].folder,
                 models[i].outputs);
        if (!exists(data_path(path)) || !exists(data_path(outputs)))
            continue;
        assert_ok(safetensors_open(&want, data_path(outputs), &err));
        assert_ok(model_open(&m, data_path(path), NULL, &err));
        assert_string_equal(model_info(m)->family, models[i].family);
        compare_model(path, m, &want);
        model_free(m);
        tensors_free(&want);
        tested++;
    }
    assert_true(tested > 0);
}

static void relative_positions_fall_into_the_reference_buckets(void **state)
{
    struct err err;
    struct tensors want;
    (void)state;
    assert_ok(safetensors_open(&want, data_path("wavlm_buckets.safetensors"), &err));
    assert_true(want.count > 0);
    for (size_t i = 0; i < want.count; i++) {
        const struct tensor *t = &want.tensor[i];
        unsigned buckets, distance;
        int64_t *bucket = mem_array(t->count, sizeof *bucket);
        assert_int_equal(sscanf(t->name, "buckets.%u.%u", &buckets, &distance), 2);
        assert_ok(tensor_to_i64(t, bucket, &err));
        int64_t reach = (int64_t)(t->count - 1) / 2;
        for (int64_t r = -reach; r <= reach; r++)
            assert_int_equal(rel_pos_bucket(r, buckets, distance), bucket[r + reach]);
        free(bucket);
    }
    tensors_free(&want);
}

/* Where a distance is the square root of the largest one, the reference's rounding decides. */
static void distances_on_an_edge_fall_as_the_reference_rounds(void **state)
{
    static const uint32_t cases[][4] = {
        /* buckets, largest distance, distance, bucket */
        {8, 200, 20, 3},    {16, 400, 40, 6},    {32, 800, 80, 12},    {64, 100, 40, 24},
        {128, 200, 80, 48}, {160, 1280, 80, 48}, {160, 1280, 640, 72}, {256, 400, 160, 96},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(rel_pos_bucket(-(int64_t)cases[i][2], cases[i][0], cases[i][1]),
                         cases[i][3]);
}

static void lists_of_convolutions_are_read_as_python_would(void **state)
{
    static const struct {
        const char *text;
        uint32_t convs, last[3]; /* 0 convs: not a list */
    } cases[] = {
        {"[(512,10,5)] + [(512,3,2)] * 4 + [(512,2,2)] * 2", 7, {512, 2, 2}},
        {"[(512, 10, 5)] + [(512, 3, 2)] * 4 + [(512,2,2)] + [(512,2,2)]", 7, {512, 2, 2}},
        {" [ (1,2,3) , (4,5,6,), ] ", 2, {4, 5, 6}},
        {"[(1,2,3),(4,5,6)]*16", 32, {4, 5, 6}},
        {"[(1,2,3),(4,5,6)]*17", 0, {0}},
        {"[(1,2,3)]*999999999999", 0, {0}},
        {"[(1,2,3)]*0", 0, {0}},
        {"[]", 0, {0}},
        {"", 0, {0}},
        {"[(1,2,3)", 0, {0}},
        {"[(1,2)]", 0, {0}},
        {"[(1,2,3,4)]", 0, {0}},
        {"[(0,2,3)]", 0, {0}},
        {"[(-1,2,3)]", 0, {0}},
        {"[(1,2,3)] +", 0, {0}},
        {"[(1,2,3)] __import__('os')", 0, {0}},
        {"[(1,2,3) (4,5,6)]", 0, {0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct wave w = {0};
        enum status code = wave_parse_convs(&w, cases[i].text, &err);
        if (code != (cases[i].convs ? STATUS_OK : STATUS_FORMAT))
            fail_msg("'%s': status %d", cases[i].text, code);
        if (code)
            continue;
        const struct conv *last = &w.conv[w.convs - 1];
        assert_int_equal(w.convs, cases[i].convs);
        assert_int_equal(last->out, cases[i].last[0]);
        assert_int_equal(last->kernel, cases[i].last[1]);
        assert_int_equal(last->stride, cases[i].last[2]);
    }
}

/* Opens the small WavLM with one setting replaced by VALUE (stolen) and tensor FROM called TO. */
static enum status open_changed(struct model **m, const char *key, json_t *value, const char *from,
                                const char *to, const struct model_options *o, struct err *err)
{
    struct checkpoint c;
    assert_int_equal(checkpoint_open(&c, data_path("models/e_wavlm_base/hf"), err), STATUS_OK);
    if (key && value)
        json_object_set_new(c.config, key, value);
    for (size_t i = 0; from && i < c.tensors.count; i++)
        if (strcmp(c.tensors.tensor[i].name, from) == 0)
            c.tensors.tensor[i].name = to;
    assert_int_equal(tensors_sort(&c.tensors, "changed", err), STATUS_OK);
    return model_from_checkpoint(m, &c, o, err);
}

static void assert_says(const struct err *err, const char *what)
{
    if (!strstr(err->msg, what))
        fail_msg("'%s' does not say '%s'", err->msg, what);
}

static void what_would_be_another_model_is_named(void **state)
{
    struct err err;
    struct model *m = NULL;
    struct {
        const char *key;
        json_t *value;
        enum status code;
        const char *says;
    } cases[] = {
        {"add_adapter", json_true(), STATUS_UNSUPPORTED, "add_adapter"},
        {"adapter_attn_dim", json_integer(16), STATUS_UNSUPPORTED, "adapter_attn_dim"},
        {"conv_pos_batch_norm", json_true(), STATUS_NOTFOUND, "pos_conv_embed.batch_norm.weight"},
        {"conv_pos_batch_norm", json_integer(1), STATUS_FORMAT, "conv_pos_batch_norm"},
        {"crop_seq_to_multiple", json_integer(2), STATUS_UNSUPPORTED, "crop_seq_to_multiple"},
        {"quantize_input", json_true(), STATUS_UNSUPPORTED, "quantize_input"},
        {"task_emb_type", json_string("concat"), STATUS_UNSUPPORTED, "task_emb_type 'concat'"},
        {"layer_type", json_string("conformer"), STATUS_UNSUPPORTED, "conformer"},
        {"position_embeddings_type", json_string("rotary"), STATUS_UNSUPPORTED, "rotary"},
        {"hidden_act", json_string("prelu"), STATUS_UNSUPPORTED, "hidden_act 'prelu'"},
        {"hidden_act", json_integer(1), STATUS_UNSUPPORTED, "hidden_act '?'"},
        {"feat_extract_activation", json_string("xielu"), STATUS_UNSUPPORTED, "xielu"},
        {"feat_extract_norm", json_string("batch"), STATUS_UNSUPPORTED, "feat_extract_norm 'ba"},
        {"pos_conv_depth", json_integer(5), STATUS_NOTFOUND, "pos_conv_embed.layers.0.conv.weight"},
        {"pos_conv_depth", json_integer(65), STATUS_FORMAT, "pos_conv_depth"},
        {"layer_norm_eps", json_real(-1e-12), STATUS_FORMAT, "layer_norm_eps"},
        {"layer_norm_eps", json_string("1e-5"), STATUS_FORMAT, "layer_norm_eps"},
        {"model_type", json_string("sew-d"), STATUS_UNSUPPORTED, "(sew-d)"},
        {"model_type", json_string("wav2vec2-conformer"), STATUS_UNSUPPORTED, "conformer"},
        {"model_type", json_string("data2vec-audio"), STATUS_NOTFOUND,
         "conv_layers.1.layer_norm.weight"},
        {"model_type", json_string("hubert"), STATUS_UNSUPPORTED, "gru_rel_pos_const is not part"},
        {"num_hidden_layers", json_integer(4), STATUS_NOTFOUND, "encoder.layers.3.attention.q_pr"},
        {"conv_dim", json_pack("[i,i]", 24, 24), STATUS_FORMAT, "conv_kernel"},
        {"conv_stride", json_string("5"), STATUS_FORMAT, "conv_stride"},
        {"conv_bias", json_true(), STATUS_NOTFOUND, "conv_layers.0.conv.bias"},
        {"hidden_size", json_integer(44), STATUS_FORMAT, "projection.weight"},
        {"num_buckets", json_integer(3), STATUS_FORMAT, "num_buckets"},
        {"max_bucket_distance", json_integer(8), STATUS_FORMAT, "max_bucket_distance"},
        {"num_buckets", json_integer(40), STATUS_FORMAT, "rel_attn_embed.weight"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum status code = open_changed(&m, cases[i].key, cases[i].value, NULL, NULL, NULL, &err);
        if (code != cases[i].code)
            fail_msg("%s: status %d", cases[i].says, code);
        assert_says(&err, cases[i].says);
        assert_null(m);
    }
    assert_status(
        open_changed(&m, NULL, NULL, "masked_spec_embed", "encoder.layers.0.adapter.w", NULL, &err),
        STATUS_UNSUPPORTED);
    assert_says(&err, "encoder.layers.0.adapter.w is not part");
}

static void tensors_without_use_are_listed(void **state)
{
    struct err err;
    struct model *m;
    (void)state;
    assert_ok(open_changed(&m, NULL, NULL, NULL, NULL, NULL, &err));
    assert_int_equal(model_info(m)->unused_count, 1);
    assert_int_equal(model_info(m)->layers_stored, 0);
    assert_string_equal(model_info(m)->unused[0], "masked_spec_embed");
    model_free(m);
    /* Layers that the configuration leaves out are like heads. */
    assert_ok(open_changed(&m, "num_hidden_layers", json_integer(2), NULL, NULL, NULL, &err));
    assert_int_equal(model_info(m)->layers, 2);
    assert_int_equal(model_info(m)->layers_stored, 3);
    assert_true(model_info(m)->unused_count > 16);
    model_free(m);
}

static void all_that_is_missing_is_told(void **state)
{
    struct err err;
    struct checkpoint c;
    struct names missing = NAMES_INIT;
    (void)state;
    assert_ok(checkpoint_open(&c, data_path("models/e_wavlm_base/hf"), &err));
    assert_ok(model_missing(&c, &missing, &err));
    assert_int_equal(missing.count, 0);
    /* Another layer has 16 tensors, and its gate three. */
    json_object_set_new(c.config, "num_hidden_layers", json_integer(4));
    assert_ok(model_missing(&c, &missing, &err));
    assert_int_equal(missing.count, 19);
    assert_int_not_equal(names_find(&missing, "encoder.layers.3.feed_forward.output_dense.bias"),
                         NAMES_NONE);
    names_free(&missing);
    checkpoint_free(&c);
}

static void normalising_is_as_trained_or_as_told(void **state)
{
    struct err err;
    struct model *m;
    struct model_options o = {.normalize = MODEL_NORMALIZE_YES};
    (void)state;
    assert_ok(open_changed(&m, NULL, NULL, NULL, NULL, NULL, &err));
    assert_false(model_info(m)->normalize);
    assert_string_equal(model_info(m)->normalize_from, "do_normalize of preprocessor_config.json");
    model_free(m);
    assert_ok(open_changed(&m, NULL, NULL, NULL, NULL, &o, &err));
    assert_true(model_info(m)->normalize);
    assert_string_equal(model_info(m)->normalize_from, "--normalize");
    model_free(m);
}

static enum status ignore_rows(void *context, const struct model_block *b, struct err *err)
{
    (void)context;
    (void)b;
    (void)err;
    return STATUS_OK;
}

static void samples_that_are_no_numbers_end_the_run(void **state)
{
    struct err err;
    struct model *m;
    struct model_scratch *s = model_scratch_new();
    float samples[2000] = {[1000] = NAN};
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), ignore_rows, NULL};
    (void)state;
    assert_ok(model_open(&m, data_path("models/a_hubert_base/fairseq.pt"), NULL, &err));
    assert_status(model_forward(m, s, samples, 2000, &sink, &err), STATUS_FORMAT);
    assert_status(model_forward(m, s, samples, 399, &sink, &err), STATUS_USAGE);
    /* Silence is a recording too. */
    assert_ok(model_forward(m, s, samples, 400, &sink, &err));
    model_scratch_free(s);
    model_free(m);
}

/* The tests with one build of the kernels, in a process of its own: the choice is made once. */
static int run_with(const char *kernels)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_equals_the_reference),
        cmocka_unit_test(relative_positions_fall_into_the_reference_buckets),
        cmocka_unit_test(distances_on_an_edge_fall_as_the_reference_rounds),
        cmocka_unit_test(lists_of_convolutions_are_read_as_python_would),
        cmocka_unit_test(what_would_be_another_model_is_named),
        cmocka_unit_test(tensors_without_use_are_listed),
        cmocka_unit_test(all_that_is_missing_is_told),
        cmocka_unit_test(normalising_is_as_trained_or_as_told),
        cmocka_unit_test(samples_that_are_no_numbers_end_the_run),
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
