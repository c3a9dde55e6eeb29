#include "config.h"

#include "unit.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "corpus/audio.h"
#include "edit/editfolder.h"
#include "formats/file.h"
#include "formats/jsontext.h"
#include "formats/tempnames.h"
#include "base/mem.h"
#include "model/load/model_parts.h"
#include "edit/prune.h"
#include "formats/tensors/safetensors.h"

#define MODEL   "models/g_melhubert_20ms/"
#define ERASURE "erasure/g_melhubert_20ms/"

static const char *const utterances[] = {"9001-100001-0000", "9002-100001-0000"};

static struct model_options with_stats(void)
{
    return (struct model_options){.mean_std = data_path("info/mean-std.npy")};
}

/* hidden.1 and the final output of a recording. */
struct outputs {
    float *hidden, *final; /* [rows][width] */
    size_t count;
};

static enum status keep_rows(void *context, const struct model_block *b, struct err *err)
{
    struct outputs *o = context;
    (void)err;
    float **to = b->stage == MODEL_FINAL ? &o->final : b->index == 1 ? &o->hidden : NULL;
    if (!to)
        return STATUS_OK;
    o->count = b->stage_rows * b->width;
    if (!*to)
        *to = mem_array(o->count, sizeof **to);
    memcpy(*to + b->first * b->width, b->data, b->rows * b->width * sizeof **to);
    return STATUS_OK;
}

/* Runs M, which is freed. */
static struct outputs run(struct model *m, const char *utterance)
{
    char file[64];
    struct err err;
    struct outputs o = {NULL, NULL, 0};
    struct audio a = AUDIO_INIT;
    struct model_scratch *s = model_scratch_new();
    struct model_sink sink = {MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FINAL), keep_rows, &o};
    snprintf(file, sizeof file, "audio/%s.wav", utterance);
    assert_ok(audio_read(&a, data_path(file), &err));
    assert_ok(model_forward(m, s, a.samples, a.count, &sink, &err));
    audio_free(&a);
    model_scratch_free(s);
    model_free(m);
    return o;
}

static void outputs_free(struct outputs *o)
{
    free(o->hidden);
    free(o->final);
}

static double largest_difference(const float *x, const float *y, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)x[i] - y[i]);
        most = d > most || isnan(d) ? d : most;
    }
    return most;
}

static void check_near(const char *what, const float *x, const float *y, size_t n, double accept)
{
    double d = largest_difference(x, y, n);
    if (!(d <= accept))
        fail_msg("%s: off by %g", what, d);
}

static const uint32_t widths[] = {250, 250, 250};

/* The sets of CASE in sets.json. */
static struct neuron_set read_sets(const char *name)
{
    struct err err;
    json_t *all, *neuron;
    struct neuron_set s;
    assert_ok(jsontext_open(&all, data_path(ERASURE "sets.json"), &err));
    assert_ok(neuron_set_init(&s, 3, widths, &err));
    const json_t *layers = json_object_get(all, name);
    assert_int_equal(json_array_size(layers), 3);
    for (uint32_t l = 0; l < 3; l++) {
        size_t i;
        json_array_foreach(json_array_get(layers, l), i, neuron)
        {
            bitset_put(s.row[l], (size_t)json_integer_value(neuron));
        }
    }
    json_decref(all);
    return s;
}

static struct model *edited(const char *file, const struct edit *e)
{
    struct err err;
    struct model *m;
    struct model_options o = with_stats();
    assert_ok(edit_open_model(&m, data_path(file), &o, e, &err));
    return m;
}

static float *reference(const struct tensors *t, const char *set, const char *utterance,
                        const char *what, size_t count)
{
    char name[96];
    snprintf(name, sizeof name, "%s/%s/%s", set, utterance, what);
    const struct tensor *one = tensors_find(t, name);
    assert_non_null(one);
    assert_int_equal(one->count, count);
    float *x = mem_array(count, sizeof *x);
    tensor_to_f32(one, x);
    return x;
}

static void erased_and_pruned_outputs_equal_the_reference(void **state)
{
    static const char *const cases[] = {"A", "B"};
    struct err err;
    struct tensors want;
    int seen = 0;
    (void)state;
    assert_ok(safetensors_open(&want, data_path(ERASURE "outputs.safetensors"), &err));
    for (int c = 0; c < 2; c++)
        for (int u = 0; u < 2; u++) {
            char name[96];
            snprintf(name, sizeof name, "%s/%s/erased.final", cases[c], utterances[u]);
            if (!tensors_find(&want, name))
                continue;
            struct neuron_set s = read_sets(cases[c]);
            struct edit erase = {.kind = EDIT_SCALE, .sets = &s};
            struct edit mask = {.kind = EDIT_MASK, .sets = &s};
            struct outputs e = run(edited(MODEL "hf", &erase), utterances[u]);
            struct outputs k = run(edited(MODEL "native.pt", &mask), utterances[u]);
            float *hidden = reference(&want, cases[c], utterances[u], "erased.hidden.1", e.count);
            float *final = reference(&want, cases[c], utterances[u], "erased.final", e.count);
            float *pruned = reference(&want, cases[c], utterances[u], "pruned.final", e.count);
            check_near("erased hidden.1", e.hidden, hidden, e.count, 1e-4);
            check_near("erased final", e.final, final, e.count, 1e-4);
            check_near("masked final", k.final, pruned, e.count, 1e-4);
            check_near("erased and masked", e.final, k.final, e.count, 1e-5);
            seen++;
            free(hidden);
            free(final);
            free(pruned);
            outputs_free(&e);
            outputs_free(&k);
            neuron_set_free(&s);
        }
    assert_true(seen >= 2);
    tensors_free(&want);
}

/* Case B empties a layer, which no program runs: one of its neurons stays. */
static void removed_neurons_leave_what_masked_ones_do(void **state)
{
    static const char *const cases[] = {"A", "B"};
    (void)state;
    for (int c = 0; c < 2; c++) {
        struct neuron_set s = read_sets(cases[c]);
        if (c == 1)
            bitset_drop(s.row[1], 17);
        struct outputs o[3];
        static const enum edit_kind kinds[] = {EDIT_MASK, EDIT_REMOVE, EDIT_EQUAL};
        for (int k = 0; k < 3; k++) {
            struct edit e = {.kind = kinds[k], .sets = &s};
            struct model *m = edited(MODEL "hf", &e);
            for (uint32_t l = 0; l < 3; l++) {
                uint32_t stay = 250 - neuron_set_size(&s, l);
                uint32_t widest = 250 - (c == 0 ? 0 : neuron_set_size(&s, 0));
                assert_int_equal(model_info(m)->width[l], k == 0 ? 250 : k == 1 ? stay : widest);
            }
            o[k] = run(m, utterances[1]);
        }
        check_near("removed", o[1].final, o[0].final, o[0].count, 1e-5);
        check_near("equal widths", o[2].final, o[0].final, o[0].count, 1e-5);
        for (int k = 0; k < 3; k++)
            outputs_free(&o[k]);
        neuron_set_free(&s);
    }
}

static void a_layer_cannot_lose_all_its_neurons(void **state)
{
    struct err err;
    struct model *m;
    struct neuron_set s = read_sets("B");
    struct model_options o = with_stats();
    struct edit e = {.kind = EDIT_REMOVE, .sets = &s};
    (void)state;
    assert_status(edit_open_model(&m, data_path(MODEL "hf"), &o, &e, &err), STATUS_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "layer 2"));
    s.width[0] = 249;
    assert_status(edit_open_model(&m, data_path(MODEL "hf"), &o, &e, &err), STATUS_MISMATCH);
    neuron_set_free(&s);
}

/* Plain floats of a tensor of an opened checkpoint. */
static float *floats(const struct checkpoint *c, size_t at)
{
    const struct tensor *t = &c->tensors.tensor[at];
    float *x = mem_array(t->count, sizeof *x);
    tensor_to_f32(t, x);
    return x;
}

static void scaling_and_means_do_what_they_say(void **state)
{
    struct err err;
    struct checkpoint plain, scaled, ablated;
    struct model_ffn at;
    struct neuron_set s = read_sets("A");
    float mean[250];
    (void)state;
    for (int i = 0; i < 250; i++)
        mean[i] = (float)(i % 7) / 8;
    struct tensor means[2] = {
        {.name = "mean.1", .ndim = 1, .shape = {250}, .dtype = DTYPE_F32, .data = (void *)mean},
        {.name = "mean.3", .ndim = 1, .shape = {250}, .dtype = DTYPE_F32, .data = (void *)mean}};
    assert_true(tensor_set_rows(&means[0]) && tensor_set_rows(&means[1]));
    struct tensors file = {.tensor = means, .count = 2};
    assert_ok(checkpoint_open(&plain, data_path(MODEL "native.pt"), &err));
    assert_ok(checkpoint_open(&scaled, data_path(MODEL "native.pt"), &err));
    assert_ok(checkpoint_open(&ablated, data_path(MODEL "native.pt"), &err));
    struct edit scale = {.kind = EDIT_SCALE, .sets = &s, .gain = -2.5};
    struct edit ablate = {
        .kind = EDIT_MEAN, .sets = &s, .means = &file, .means_path = "means.safetensors"};
    assert_ok(edit_apply(&scaled, &scale, &err));
    assert_ok(edit_apply(&ablated, &ablate, &err));
    assert_ok(model_ffn_find(&plain, 2, &at, &err));
    float *w = floats(&plain, at.at[FFN_FC2_WEIGHT]), *b = floats(&plain, at.at[FFN_FC2_BIAS]);
    float *sw = floats(&scaled, at.at[FFN_FC2_WEIGHT]), *sb = floats(&scaled, at.at[FFN_FC2_BIAS]);
    float *aw = floats(&ablated, at.at[FFN_FC2_WEIGHT]);
    float *ab = floats(&ablated, at.at[FFN_FC2_BIAS]);
    for (size_t e = 0; e < 36; e++) {
        double bias = b[e];
        for (size_t i = 0; i < 250; i++) {
            bool in = bitset_has(s.row[2], i);
            assert_true(sw[e * 250 + i] == (in ? (float)(-2.5 * w[e * 250 + i]) : w[e * 250 + i]));
            assert_true(aw[e * 250 + i] == (in ? 0 : w[e * 250 + i]));
            bias += in ? (double)w[e * 250 + i] * mean[i] : 0;
        }
        assert_true(sb[e] == b[e]);
        assert_true(fabs(ab[e] - bias) < 1e-5);
        assert_true(fabs(ab[e] - (double)b[e]) > 1e-6);
    }
    float *all[] = {w, b, sw, sb, aw, ab};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    /* Layer 2 has no set, so nothing asks for its means; now it does. */
    bitset_put(s.row[1], 3);
    assert_status(edit_apply(&plain, &ablate, &err), STATUS_NOTFOUND);
    assert_non_null(strstr(err.msg, "means.safetensors: no tensor mean.2"));
    checkpoint_free(&plain);
    checkpoint_free(&scaled);
    checkpoint_free(&ablated);
    neuron_set_free(&s);
}

/* True if ORDER lists the scores ascending but for neighbours closer than 5e-6. */
static void check_order(const int32_t *order, const double *score, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (score[order[i - 1]] > score[order[i]] + 5e-6)
            fail_msg("place %zu: neuron %d (%.9g) before %d (%.9g)", i, order[i - 1],
                     score[order[i - 1]], order[i], score[order[i]]);
}

/* The neurons chosen must be the first of ORDER, but for neighbours closer than 5e-6. */
static void check_choice(const struct neuron_set *s, const int32_t *order, const double *score,
                         uint32_t first_layer, size_t n)
{
    size_t pruned = 0, base = first_layer * 250u;
    for (size_t i = 0; i < n; i++)
        pruned += bitset_has(s->row[(base + i) / 250], (base + i) % 250);
    double edge = score[order[pruned - 1]];
    for (size_t i = 0; i < n; i++) {
        size_t flat = base + (size_t)order[i];
        bool in = bitset_has(s->row[flat / 250], flat % 250);
        if (in != (i < pruned) && fabs(score[order[i]] - edge) > 5e-6)
            fail_msg("place %zu of %zu: neuron %zu %s", i, pruned, flat,
                     in ? "pruned" : "left standing");
    }
}

static void the_l1_orders_equal_the_reference(void **state)
{
    struct err err;
    struct tensors want;
    struct checkpoint c;
    double score[750];
    (void)state;
    assert_ok(safetensors_open(&want, data_path(ERASURE "l1.safetensors"), &err));
    assert_ok(checkpoint_open(&c, data_path(MODEL "hf"), &err));
    const struct tensor *l1 = tensors_find(&want, "l1_f64");
    const int32_t *per_layer = (const void *)tensors_find(&want, "order_per_layer")->data;
    const int32_t *global = (const void *)tensors_find(&want, "order_global")->data;
    struct prune_options o = {.criterion = &prune_criterion_l1, .minimum = 1, .keep = 0.4};
    for (uint32_t l = 0; l < 3; l++) {
        assert_ok(o.criterion->score(&c, l, 250, o.seed, score + 250 * l, &err));
        check_order(per_layer + 250 * l, score + 250 * l, 250);
    }
    for (size_t i = 0; i < 750; i++) {
        double x;
        memcpy(&x, l1->data + i * sizeof x, sizeof x);
        assert_true(fabs(score[i] - x) < 1e-6);
    }
    check_order(global, score, 750);
    struct neuron_set each, all;
    assert_ok(neuron_set_init(&each, 3, widths, &err));
    assert_ok(neuron_set_init(&all, 3, widths, &err));
    assert_ok(prune_choose(&each, &c, &o, &err));
    o.global = true;
    assert_ok(prune_choose(&all, &c, &o, &err));
    assert_int_equal(neuron_set_total(&all), 450);
    for (uint32_t l = 0; l < 3; l++) {
        assert_int_equal(neuron_set_size(&each, l), 150);
        check_choice(&each, per_layer + 250 * l, score + 250 * l, l, 250);
    }
    check_choice(&all, global, score, 0, 750);
    /* With the bias, the score grows by its magnitude. */
    struct model_ffn at;
    double biased[250];
    o.criterion = &prune_criterion_l1_bias;
    assert_ok(o.criterion->score(&c, 0, 250, o.seed, biased, &err));
    assert_ok(model_ffn_find(&c, 0, &at, &err));
    float *bias = floats(&c, at.at[FFN_FC1_BIAS]);
    for (int i = 0; i < 250; i++)
        assert_true(fabs(biased[i] - score[i] - fabs((double)bias[i])) < 1e-9);
    free(bias);
    neuron_set_free(&each);
    neuron_set_free(&all);
    checkpoint_free(&c);
    tensors_free(&want);
}

/* What stays of a layer are the best of its protected neurons where not all of them may. */
static void an_exact_budget_takes_protected_neurons_lowest_first(void **state)
{
    struct err err;
    struct checkpoint c;
    struct neuron_set protect, out;
    double score[250];
    (void)state;
    assert_ok(checkpoint_open(&c, data_path(MODEL "hf"), &err));
    assert_ok(neuron_set_init(&out, 3, widths, &err));
    assert_ok(neuron_set_init(&protect, 3, widths, &err));
    for (uint32_t i = 0; i < 3 * 7; i++)
        bitset_put(protect.row[i % 3], 11 * i);
    struct prune_options o = {.criterion = &prune_criterion_l1_bias,
                              .minimum = 1,
                              .keep = 2 / 250.0,
                              .exact = true,
                              .protect = &protect};
    assert_ok(prune_choose(&out, &c, &o, &err));
    for (uint32_t l = 0; l < 3; l++) {
        assert_int_equal(neuron_set_size(&out, l), 248);
        assert_ok(o.criterion->score(&c, l, 250, o.seed, score, &err));
        double lowest = INFINITY;
        for (uint32_t i = 0; i < 250; i++)
            if (!bitset_has(out.row[l], i)) {
                assert_true(bitset_has(protect.row[l], i));
                lowest = fmin(lowest, score[i]);
            }
        for (uint32_t i = 0; i < 250; i++)
            if (bitset_has(out.row[l], i) && bitset_has(protect.row[l], i))
                assert_true(score[i] <= lowest);
    }
    neuron_set_free(&out);
    neuron_set_free(&protect);
    checkpoint_free(&c);
}

static void protected_neurons_and_a_minimum_stay(void **state)
{
    struct err err;
    struct checkpoint c;
    struct neuron_set protect = read_sets("A"), out, again;
    (void)state;
    assert_ok(checkpoint_open(&c, data_path(MODEL "hf"), &err));
    assert_ok(neuron_set_init(&out, 3, widths, &err));
    assert_ok(neuron_set_init(&again, 3, widths, &err));
    struct prune_options o = {.criterion = &prune_criterion_random,
                              .seed = 7,
                              .keep = 0.001,
                              .global = true,
                              .minimum = 2,
                              .protect = &protect};
    assert_ok(prune_choose(&out, &c, &o, &err));
    for (uint32_t l = 0; l < 3; l++) {
        uint32_t safe = neuron_set_size(&protect, l);
        assert_int_equal(250 - neuron_set_size(&out, l), safe > 2 ? safe : 2);
        for (uint32_t i = 0; i < 250; i++)
            assert_false(bitset_has(out.row[l], i) && bitset_has(protect.row[l], i));
    }
    /* The same seed chooses the same, another one something else. */
    o.protect = NULL;
    o.keep = 0.5;
    for (int round = 0; round < 2; round++) {
        neuron_set_free(&out);
        neuron_set_free(&again);
        assert_ok(neuron_set_init(&out, 3, widths, &err));
        assert_ok(neuron_set_init(&again, 3, widths, &err));
        assert_ok(prune_choose(&out, &c, &o, &err));
        o.seed += (uint64_t)round;
        assert_ok(prune_choose(&again, &c, &o, &err));
        assert_int_equal(neuron_set_total(&out), 375);
        bool same = true;
        for (uint32_t l = 0; l < 3; l++)
            same = same && memcmp(out.row[l], again.row[l], 4 * sizeof(uint64_t)) == 0;
        assert_int_equal(same, round == 0);
    }
    neuron_set_free(&out);
    neuron_set_free(&again);
    neuron_set_free(&protect);
    checkpoint_free(&c);
}

static char *new_folder(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/propneu-edit-XXXXXX");
    assert_non_null(mkdtemp(path));
    return path;
}

static void remove_folder(const char *path)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

static void copy_dtype(const struct tensor *a, const struct tensor *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->dtype, b->dtype);
    assert_int_equal(a->ndim, b->ndim);
    for (uint32_t d = 0; d < a->ndim; d++)
        assert_int_equal(a->shape[d], b->shape[d]);
}

/* The tensors of A and B have the same names, dtypes, shapes, and elements but in N of them. */
static void check_same_tensors(const struct tensors *a, const struct tensors *b, size_t n)
{
    size_t differ = 0;
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        size_t bytes = a->tensor[i].count * dtype_size(a->tensor[i].dtype);
        copy_dtype(&a->tensor[i], &b->tensor[i]);
        void *x = mem_array(bytes, 1), *y = mem_array(bytes, 1);
        tensor_copy(&a->tensor[i], x);
        tensor_copy(&b->tensor[i], y);
        differ += memcmp(x, y, bytes) != 0;
        free(x);
        free(y);
    }
    assert_int_equal(differ, n);
}

/* Some neurons of every layer but the second. */
static struct neuron_set some_neurons(const struct edit_source *s)
{
    struct err err;
    struct neuron_set sets;
    assert_ok(neuron_set_init(&sets, s->layers, s->width, &err));
    for (uint32_t l = 0; l < s->layers; l++)
        for (uint32_t i = l; l != 1 && i < s->width[l]; i += 5)
            bitset_put(sets.row[l], i);
    return sets;
}

/* The folder OUT holds AFTER once more as what BEFORE was; fairseq's layout alone it does not. */
static void check_torch_file(const char *out, const struct checkpoint *before,
                             const struct checkpoint *after)
{
    char path[128];
    struct err err;
    struct checkpoint c;
    bool torch = before->layout == CHECKPOINT_S3PRL || before->layout == CHECKPOINT_WAVLM ||
                 before->layout == CHECKPOINT_MELHUBERT;
    snprintf(path, sizeof path, "%s/checkpoint.pt", out);
    assert_int_equal(access(path, F_OK) == 0, torch);
    if (!torch)
        return;
    assert_ok(checkpoint_open(&c, path, &err));
    assert_int_equal(c.layout, before->layout);
    check_same_tensors(&after->tensors, &c.tensors, 0);
    snprintf(path, sizeof path, "%s/source_config.json", out);
    json_t *all = json_load_file(path, 0, NULL);
    assert_true(json_equal(all, c.config));
    json_decref(all);
    checkpoint_free(&c);
}

/* Edits FILE in memory and through a folder; both must give the same. */
static void check_round_trip(const char *file, enum edit_kind kind)
{
    char out[96];
    struct err err;
    struct edit_source s;
    struct model *m, *again;
    struct checkpoint before, after;
    struct model_options o = with_stats();
    char *folder = new_folder();
    json_t *what = json_pack("{s:s}", "kind", "test"), *manifest;
    assert_ok(edit_source_open(&s, data_path(file), &o, &err));
    struct neuron_set sets = some_neurons(&s);
    struct edit e = {.kind = kind, .sets = &sets, .gain = 0.25};
    struct edit_record r = {.sets = &sets, .edit = what, .set = "@x", .command = "propneu test"};
    assert_ok(edit_apply(&s.checkpoint, &e, &err));
    snprintf(out, sizeof out, "%s/new", folder);
    assert_ok(edit_folder_write(&s, &r, out, &manifest, &err));
    assert_int_equal(json_integer_value(json_object_get(manifest, "edited")),
                     neuron_set_total(&sets));
    json_decref(manifest);
    m = edited(file, &e);
    assert_ok(model_open(&again, out, NULL, &err));
    assert_true(model_info(m)->fingerprint == model_info(again)->fingerprint);
    assert_string_equal(model_info(m)->family, model_info(again)->family);
    assert_int_equal(model_info(m)->normalize, model_info(again)->normalize);
    struct outputs x = run(m, utterances[1]), y = run(again, utterances[1]);
    check_near(file, x.final, y.final, x.count, 0);
    outputs_free(&x);
    outputs_free(&y);
    assert_ok(checkpoint_open(&before, data_path(file), &err));
    assert_ok(checkpoint_open(&after, out, &err));
    assert_string_equal(tensors_meta(&after.tensors, "format"), "pt");
    if (kind == EDIT_SCALE || kind == EDIT_MASK)
        check_same_tensors(&before.tensors, &after.tensors, kind == EDIT_SCALE ? 2 : 6);
    if (kind == EDIT_SCALE && before.layout == CHECKPOINT_FOLDER)
        assert_true(json_equal(before.config, after.config));
    check_torch_file(out, &before, &after);
    checkpoint_free(&before);
    checkpoint_free(&after);
    neuron_set_free(&sets);
    edit_source_free(&s);
    json_decref(what);
    remove_folder(folder);
}

static void written_models_equal_those_edited_in_memory(void **state)
{
    static const char *const files[] = {MODEL "hf",
                                        MODEL "native.pt",
                                        "models/a_hubert_base/hf",
                                        "models/a_hubert_base/hf_bf16",
                                        "models/a_hubert_base/native.pt",
                                        "models/a_hubert_base/fairseq.pt",
                                        "models/c_wav2vec2_base/hf",
                                        "models/c_wav2vec2_base/native.pt",
                                        "models/c_wav2vec2_base/native_fp16.pt",
                                        "models/c_wav2vec2_base/native_legacy.pt",
                                        "models/e_wavlm_base/hf",
                                        "models/e_wavlm_base/native.pt"};
    int seen = 0;
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (access(data_path(files[i]), F_OK) != 0)
            continue;
        check_round_trip(files[i], EDIT_SCALE);
        check_round_trip(files[i], EDIT_MASK);
        check_round_trip(files[i], EDIT_EQUAL);
        check_round_trip(files[i], EDIT_REMOVE);
        seen++;
    }
    assert_true(seen >= 4);
}

static void half_precision_is_kept_and_bounded(void **state)
{
    static const enum dtype dtypes[] = {DTYPE_F16, DTYPE_BF16};
    static const uint16_t one[] = {0x3c00, 0x3f80}, scaled[] = {0x34cd, 0x3e9a};
    struct err err;
    struct neuron_set s = read_sets("A");
    (void)state;
    for (int d = 0; d < 2; d++) {
        struct checkpoint c;
        struct model_ffn at;
        assert_ok(checkpoint_open(&c, data_path(MODEL "hf"), &err));
        assert_ok(model_ffn_find(&c, 0, &at, &err));
        struct tensor *t = &c.tensors.tensor[at.at[FFN_FC2_WEIGHT]];
        uint16_t *data = mem_array(t->count, sizeof *data);
        for (size_t i = 0; i < t->count; i++)
            data[i] = one[d];
        t->dtype = dtypes[d];
        t->data = (const unsigned char *)data;
        struct edit e = {.kind = EDIT_SCALE, .sets = &s, .gain = 0.3};
        assert_ok(edit_apply(&c, &e, &err));
        t = &c.tensors.tensor[at.at[FFN_FC2_WEIGHT]];
        assert_int_equal(t->dtype, dtypes[d]);
        for (size_t i = 0; i < t->count; i++) {
            uint16_t x;
            memcpy(&x, t->data + 2 * i, sizeof x);
            assert_int_equal(x, bitset_has(s.row[0], i % 250) ? scaled[d] : one[d]);
        }
        e.gain = 3e5; /* 9e4 fits bfloat16 only */
        assert_int_equal(edit_apply(&c, &e, &err), d ? STATUS_OK : STATUS_UNSUPPORTED);
        checkpoint_free(&c);
        free(data);
    }
    neuron_set_free(&s);
}

static void a_failed_write_leaves_nothing(void **state)
{
    char out[96], inner[128];
    struct err err;
    struct edit_source s;
    struct stat st;
    struct model_options o = with_stats();
    char *folder = new_folder();
    json_t *what = json_object();
    (void)state;
    assert_ok(edit_source_open(&s, data_path(MODEL "hf"), &o, &err));
    struct neuron_set sets = some_neurons(&s);
    struct edit_record r = {.sets = &sets, .edit = what, .command = ""};
    snprintf(out, sizeof out, "%s/new", folder);
    snprintf(inner, sizeof inner, "%s/none/new", folder);
    assert_status(edit_folder_write(&s, &r, inner, NULL, &err), STATUS_IO);
    assert_non_null(strstr(err.msg, inner));
    edit_source_free(&s);
    /* Statistics that vanish after the model was opened: fails in the middle. */
    assert_ok(edit_source_open(&s, data_path(MODEL "hf"), &o, &err));
    free(s.stats);
    s.stats = mem_strndup("/nonexistent", 12);
    assert_status(edit_folder_write(&s, &r, out, NULL, &err), STATUS_IO);
    assert_int_not_equal(stat(out, &st), 0);
    edit_source_free(&s);
    /* Interrupted among the weights. */
    const struct cancel stop = {.set = 1};
    r.stop = &stop;
    assert_ok(edit_source_open(&s, data_path(MODEL "hf"), &o, &err));
    assert_status(edit_folder_write(&s, &r, out, NULL, &err), STATUS_CANCELLED);
    assert_int_not_equal(stat(out, &st), 0);
    assert_int_equal(rmdir(folder), 0); /* nothing is in it */
    edit_source_free(&s);
    neuron_set_free(&sets);
    json_decref(what);
}

static void leave_no_folder(int number)
{
    (void)number;
    tempnames_remove();
    _exit(3);
}

/* Another program cuts the model short (a fault, or what the system says of bytes that are gone) or
 * writes into it, while a child of ours writes the edited one. */
static void a_model_that_changes_leaves_nothing(void **state)
{
    char from[96], file[128], out[96], command[512];
    struct err err;
    char *folder = new_folder();
    (void)state;
    snprintf(from, sizeof from, "%s/from", folder);
    snprintf(file, sizeof file, "%s/model.safetensors", from);
    snprintf(out, sizeof out, "%s/out", folder);
    for (int cut = 0; cut < 2; cut++) {
        struct model_options o = with_stats();
        struct edit_source s;
        json_t *what = json_object();
        struct edit_record r = {.edit = what, .command = ""};
        struct stat st;
        int status;
        snprintf(command, sizeof command, "cp -r '%s' '%s' && chmod -R u+w '%s'",
                 data_path(MODEL "hf"), from, from);
        assert_int_equal(system(command), 0);
        assert_ok(edit_source_open(&s, from, &o, &err));
        pid_t child = fork();
        if (child == 0) {
            signal(SIGBUS, leave_no_folder);
            if (cut)
                assert_int_equal(truncate(file, 5000), 0);
            else
                assert_int_equal(utimensat(AT_FDCWD, file, (struct timespec[2]){{1, 0}, {1, 0}}, 0),
                                 0);
            _exit(edit_folder_write(&s, &r, out, NULL, &err) == STATUS_IO &&
                          strstr(err.msg, "was changed while in use")
                      ? 3
                      : 4);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 3);
        assert_int_not_equal(stat(out, &st), 0);
        edit_source_free(&s);
        json_decref(what);
        remove_folder(from);
        mapped_unchanged(&err); /* told once */
    }
    assert_int_equal(rmdir(folder), 0); /* nothing is in it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erased_and_pruned_outputs_equal_the_reference),
        cmocka_unit_test(removed_neurons_leave_what_masked_ones_do),
        cmocka_unit_test(a_layer_cannot_lose_all_its_neurons),
        cmocka_unit_test(scaling_and_means_do_what_they_say),
        cmocka_unit_test(half_precision_is_kept_and_bounded),
        cmocka_unit_test(the_l1_orders_equal_the_reference),
        cmocka_unit_test(an_exact_budget_takes_protected_neurons_lowest_first),
        cmocka_unit_test(protected_neurons_and_a_minimum_stay),
        cmocka_unit_test(written_models_equal_those_edited_in_memory),
        cmocka_unit_test(a_failed_write_leaves_nothing),
        cmocka_unit_test(a_model_that_changes_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
