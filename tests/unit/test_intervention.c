/*
 * Forward passes that begin in the middle or with changed activations: the same numbers as whole
 * passes and as edited checkpoints.
 */
#include "config.h"

#include "unit.h"

#include <math.h>

#include "corpus/audio.h"
#include "edit/intervention.h"
#include "formats/jsontext.h"
#include "base/mem.h"
#include "formats/tensors/safetensors.h"

#define MELHUBERT "models/g_melhubert_20ms/"
#define ERASURE   "erasure/g_melhubert_20ms/"
#define UTTERANCE "9002-100001-0000"
#define STAGES    20

/* Every stage of a pass, whole. */
struct stages {
    float *hidden[STAGES], *fc1[STAGES], *input, *final;
    size_t hidden_count[STAGES], fc1_count[STAGES], input_count, final_count, frames;
};

static enum status keep(void *context, const struct model_block *b, struct err *err)
{
    struct stages *s = context;
    float **to = b->stage == MODEL_HIDDEN  ? &s->hidden[b->index]
                 : b->stage == MODEL_FC1   ? &s->fc1[b->index]
                 : b->stage == MODEL_INPUT ? &s->input
                                           : &s->final;
    size_t *count = b->stage == MODEL_HIDDEN  ? &s->hidden_count[b->index]
                    : b->stage == MODEL_FC1   ? &s->fc1_count[b->index]
                    : b->stage == MODEL_INPUT ? &s->input_count
                                              : &s->final_count;
    (void)err;
    *count = b->stage_rows * b->width;
    s->frames = b->stage_rows;
    if (!*to)
        *to = mem_array(*count, sizeof **to);
    memcpy(*to + b->first * b->width, b->data, b->rows * b->width * sizeof **to);
    return STATUS_OK;
}

static void stages_free(struct stages *s)
{
    for (int i = 0; i < STAGES; i++) {
        free(s->hidden[i]);
        free(s->fc1[i]);
    }
    free(s->input);
    free(s->final);
}

static struct stages run(const struct model *m, const struct model_pass *pass)
{
    struct err err;
    struct stages s = {.input = NULL};
    struct model_scratch *scratch = model_scratch_new();
    struct model_sink sink = {MODEL_WANT(MODEL_INPUT) | MODEL_WANT(MODEL_HIDDEN) |
                                  MODEL_WANT(MODEL_FC1) | MODEL_WANT(MODEL_FINAL),
                              keep, &s};
    assert_ok(model_run(m, scratch, pass, &sink, &err));
    model_scratch_free(scratch);
    return s;
}

static struct audio sound(void)
{
    struct err err;
    struct audio a = AUDIO_INIT;
    assert_ok(audio_read(&a, data_path("audio/" UTTERANCE ".wav"), &err));
    return a;
}

static struct model *open_edited(const char *file, const struct edit *e)
{
    struct err err;
    struct model *m;
    bool mel = strncmp(file, MELHUBERT, strlen(MELHUBERT)) == 0;
    struct model_options o = {.mean_std = mel ? data_path("info/mean-std.npy") : NULL};
    assert_ok(edit_open_model(&m, data_path(file), &o, e, &err));
    return m;
}

static void assert_equal_bits(const float *x, const float *y, size_t n)
{
    assert_non_null(x);
    assert_non_null(y);
    assert_memory_equal(x, y, n * sizeof *x);
}

static void assert_near(const float *x, const float *y, size_t n, double accept)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fabs((double)x[i] - (double)y[i]) > most ? fabs((double)x[i] - (double)y[i]) : most;
    if (!(most <= accept))
        fail_msg("off by %g", most);
}

static void a_pass_from_any_stage_ends_with_the_same_bits(void **state)
{
    static const char *const files[] = {MELHUBERT "native.pt", "models/a_hubert_base/fairseq.pt",
                                        "models/e_wavlm_base/hf"};
    struct audio a = sound();
    (void)state;
    for (int f = 0; f < 3; f++) {
        struct model *m = open_edited(files[f], NULL);
        uint32_t layers = model_info(m)->layers;
        struct stages all = run(m, &(struct model_pass){.samples = a.samples, .count = a.count});
        for (int from = f == 0 ? -1 : 0; from <= (int)layers; from++) {
            struct model_pass pass = {.rows = from < 0 ? all.input : all.hidden[from],
                                      .frames = all.frames,
                                      .stage = from < 0 ? MODEL_INPUT : MODEL_HIDDEN,
                                      .index = from < 0 ? 0 : (uint32_t)from};
            struct stages part = run(m, &pass);
            assert_equal_bits(part.final, all.final, all.final_count);
            for (int n = 0; n <= (int)layers; n++) {
                if (n <= from)
                    assert_null(part.hidden[n]);
                else
                    assert_equal_bits(part.hidden[n], all.hidden[n], all.hidden_count[n]);
            }
            for (int n = from < 0 ? 0 : from; n < (int)layers; n++)
                assert_equal_bits(part.fc1[n], all.fc1[n], all.fc1_count[n]);
            stages_free(&part);
        }
        stages_free(&all);
        model_free(m);
    }
    audio_free(&a);
}

static void a_pass_can_end_early(void **state)
{
    struct audio a = sound();
    struct model *m = open_edited(MELHUBERT "native.pt", NULL);
    struct model_pass pass = {.samples = a.samples, .count = a.count};
    struct stages all = run(m, &pass);
    (void)state;
    pass.layers = 2;
    struct stages part = run(m, &pass);
    assert_equal_bits(part.hidden[2], all.hidden[2], all.hidden_count[2]);
    assert_null(part.hidden[3]);
    assert_null(part.final);
    stages_free(&all);
    stages_free(&part);
    model_free(m);
    audio_free(&a);
}

static struct neuron_set read_sets(const char *name)
{
    static const uint32_t widths[] = {250, 250, 250};
    struct err err;
    json_t *all, *neuron;
    struct neuron_set s;
    assert_ok(jsontext_open(&all, data_path(ERASURE "sets.json"), &err));
    assert_ok(neuron_set_init(&s, 3, widths, &err));
    for (uint32_t l = 0; l < 3; l++) {
        size_t i;
        json_array_foreach(json_array_get(json_object_get(all, name), l), i, neuron)
        {
            bitset_put(s.row[l], (size_t)json_integer_value(neuron));
        }
    }
    json_decref(all);
    return s;
}

/* An edit in memory against the edited checkpoint, and the rows it begins with kept from before. */
static void check_edit(const struct edit *e, double accept)
{
    struct err err;
    struct intervention v;
    struct audio a = sound();
    struct model *plain = open_edited(MELHUBERT "native.pt", NULL);
    struct model *edited = open_edited(MELHUBERT "native.pt", e);
    assert_ok(intervention_init(&v, e, &err));
    struct model_pass pass = {.samples = a.samples, .count = a.count};
    struct stages before = run(plain, &pass), want = run(edited, &pass);
    pass.intervention = &v.change;
    struct stages have = run(plain, &pass);
    uint32_t first = intervention_first(&v.change, 3);
    assert_near(have.final, want.final, want.final_count, accept);
    for (int n = 0; n < 3; n++) {
        assert_near(have.hidden[n], want.hidden[n], want.hidden_count[n], accept);
        assert_near(have.fc1[n], want.fc1[n], want.fc1_count[n], accept);
    }
    pass = (struct model_pass){.rows = before.hidden[first],
                               .frames = before.frames,
                               .stage = MODEL_HIDDEN,
                               .index = first,
                               .intervention = &v.change};
    struct stages part = run(plain, &pass);
    assert_equal_bits(part.final, have.final, have.final_count);
    double moved = 0;
    for (size_t i = 0; i < have.final_count; i++)
        moved = fmax(moved, fabs((double)have.final[i] - (double)before.final[i]));
    assert_true(moved > 1e-3);
    stages_free(&before);
    stages_free(&want);
    stages_free(&have);
    stages_free(&part);
    intervention_free(&v);
    model_free(plain);
    model_free(edited);
    audio_free(&a);
}

static void edits_in_memory_equal_edited_checkpoints(void **state)
{
    float mean[250];
    (void)state;
    for (int i = 0; i < 250; i++)
        mean[i] = (float)(i % 7) / 8;
    struct tensor means[3];
    static const char *const names[] = {"mean.1", "mean.2", "mean.3"};
    for (int i = 0; i < 3; i++) {
        means[i] = (struct tensor){.name = names[i],
                                   .ndim = 1,
                                   .shape = {250},
                                   .dtype = DTYPE_F32,
                                   .data = (const void *)mean};
        assert_true(tensor_set_rows(&means[i]));
    }
    struct tensors file = {.tensor = means, .count = 3};
    for (int c = 0; c < 2; c++) {
        struct neuron_set s = read_sets(c ? "B" : "A");
        check_edit(&(struct edit){.kind = EDIT_SCALE, .sets = &s}, 1e-5);
        check_edit(&(struct edit){.kind = EDIT_SCALE, .sets = &s, .gain = -1.5}, 2e-5);
        check_edit(&(struct edit){.kind = EDIT_MEAN, .sets = &s, .means = &file, .means_path = ""},
                   2e-5);
        neuron_set_free(&s);
    }
}

static void erasure_in_memory_equals_the_reference(void **state)
{
    struct err err;
    struct tensors want;
    struct intervention v;
    struct audio a = sound();
    struct neuron_set s = read_sets("A");
    struct model *m = open_edited(MELHUBERT "hf", NULL);
    (void)state;
    assert_ok(safetensors_open(&want, data_path(ERASURE "outputs.safetensors"), &err));
    const struct tensor *t = tensors_find(&want, "A/" UTTERANCE "/erased.final");
    assert_non_null(t);
    assert_ok(intervention_init(&v, &(struct edit){.kind = EDIT_SCALE, .sets = &s}, &err));
    struct stages have = run(
        m, &(struct model_pass){.samples = a.samples, .count = a.count, .intervention = &v.change});
    assert_int_equal(t->count, have.final_count);
    float *final = mem_array(t->count, sizeof *final);
    tensor_to_f32(t, final);
    assert_near(have.final, final, t->count, 1e-4);
    free(final);
    stages_free(&have);
    intervention_free(&v);
    neuron_set_free(&s);
    tensors_free(&want);
    model_free(m);
    audio_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pass_from_any_stage_ends_with_the_same_bits),
        cmocka_unit_test(a_pass_can_end_early),
        cmocka_unit_test(edits_in_memory_equal_edited_checkpoints),
        cmocka_unit_test(erasure_in_memory_equals_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
