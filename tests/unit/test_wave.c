#include "config.h"

#include "unit.h"

#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/model/internal.h"
#include "propneu/audio.h"
#include "propneu/checkpoint.h"
#include "propneu/mem.h"
#include "propneu/model.h"
#include "propneu/safetensors.h"

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

/* The tests with one build of the kernels, in a process of its own: the choice is made once. */
static int run_with(const char *kernels)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_equals_the_reference),
        cmocka_unit_test(relative_positions_fall_into_the_reference_buckets),
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
