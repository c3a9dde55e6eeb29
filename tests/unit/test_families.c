/*
 * An invented family, as one would be added: its front end and its configuration, which would be
 * src/model/frontends/toy.c and toy_config.c, and its row; no other file knows of it.  The model is
 * opened from a checkpoint made here, and its forward pass compared with plain loops.
 */
#include "config.h"

#include "unit.h"

#include <math.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "formats/tensors/safetensors.h"
#include "model/internal.h"

/* [family: front end] Loudness of the four quarters of 10 ms, mapped to the encoder's width. */

enum { HOP = 160, PARTS = 4 };

struct toy {
    struct linear proj; /* [E][PARTS] */
};

static enum status toy_bind(struct model *m, struct binder *b, const struct checkpoint *c,
                            const struct model_options *o, struct err *err)
{
    struct toy *t = m->front;
    (void)c;
    (void)o;
    return bind_linear(b, &t->proj, "proj", m->encoder.embed, PARTS, err);
}

static size_t toy_frames(const struct model *m, size_t samples)
{
    (void)m;
    return samples / HOP;
}

static size_t toy_stage_rows(const struct model *m, enum model_stage stage, size_t samples)
{
    (void)stage;
    return toy_frames(m, samples);
}

static size_t toy_stage_width(const struct model *m, enum model_stage stage)
{
    (void)m;
    (void)stage;
    return PARTS;
}

static size_t toy_scratch(const struct model *m, size_t samples)
{
    return toy_frames(m, samples) * PARTS;
}

static void toy_loudness(const float *samples, size_t frames, float *out)
{
    for (size_t i = 0; i < frames * PARTS; i++) {
        out[i] = 0;
        for (size_t k = 0; k < HOP / PARTS; k++)
            out[i] += fabsf(samples[i * (HOP / PARTS) + k]);
    }
}

static enum status toy_run(const struct model *m, const struct model_pass *pass, float *out,
                           float *work, const struct model_sink *sink, struct err *err)
{
    const struct toy *t = m->front;
    size_t frames = toy_frames(m, pass->count);
    toy_loudness(pass->samples, frames, work);
    enum status code = sink_send(sink, MODEL_INPUT, 0, frames, PARTS, work, err);
    if (code)
        return code;
    linear_run(m->kn, &t->proj, work, frames, out);
    return sink_send(sink, MODEL_FEAT, 0, frames, m->encoder.embed, out, err);
}

static const struct frontend toy_frontend = {
    .size = sizeof(struct toy),
    .stages = MODEL_WANT(MODEL_INPUT),
    .bind = toy_bind,
    .frames = toy_frames,
    .stage_rows = toy_stage_rows,
    .stage_width = toy_stage_width,
    .scratch = toy_scratch,
    .run = toy_run,
};

/* [family: configuration] Keys, defaults and the names of tensors. */

static const struct spelling toy_keys[] = {
    {"encoder_layers", "depth"},        {"encoder_embed_dim", "size"},
    {"encoder_ffn_embed_dim", "inner"}, {"encoder_attention_heads", "heads"},
    {"activation_fn", "nonlinearity"},  {NULL, NULL},
};

static const struct spelling toy_pairs[] = {
    {"encoder.layer_norm.", "norm."},
    {"encoder.layers.#.self_attn.q_proj.", "block.#.query."},
    {"encoder.layers.#.self_attn.k_proj.", "block.#.key."},
    {"encoder.layers.#.self_attn.v_proj.", "block.#.value."},
    {"encoder.layers.#.self_attn.out_proj.", "block.#.out."},
    {"encoder.layers.#.self_attn_layer_norm.", "block.#.norm1."},
    {"encoder.layers.#.final_layer_norm.", "block.#.norm2."},
    {"encoder.layers.#.fc1.", "block.#.up."},
    {"encoder.layers.#.fc2.", "block.#.down."},
    {NULL, NULL},
};

static const struct tensor_spelling toy_kind[] = {{"norm.weight", NULL, "block.", toy_pairs, 0}};
static const char *const toy_computed[] = {"block.", "norm.", "proj.", NULL};
static const char *const toy_ignored[] = {NULL};
static const struct tensor_names toy_names = {toy_kind, 1, toy_computed, toy_ignored};

static enum status toy_read(struct model *m, const struct settings *s, struct err *err)
{
    static const struct encoder_defaults defaults = {
        .layers = 2, .embed = 24, .width = 40, .heads = 3};
    m->info.hop = m->info.window = HOP;
    return config_encoder(m, s, &defaults, err);
}

static const struct family_config toy_config = {toy_keys, family_find_called, toy_read};

/* [family: row] */
static const char *const toy_aliases[] = {"toy-old", NULL};

static const struct family toy_family = {
    .name = "toy",
    .title = "Toy",
    .aliases = toy_aliases,
    .frontend = &toy_frontend,
    .config = &toy_config,
    .names = &toy_names,
    .positions = POSITION_NONE,
    .norms = NORM_BEFORE,
    .biases = BIAS_ALL & ~(BIAS_K | BIAS_NORM),
    .activation = ACTIVATION_TANH,
    .banks = 1,
};

/* [family: end] */

enum { E = 24, D = 40, HEADS = 3, LAYERS = 2, T = 7, TENSORS = 40 };

/* The checkpoint's tensors, random, in a folder of its own. */
struct toy_files {
    struct tensor tensor[TENSORS];
    char name[TENSORS][40];
    size_t count;
    struct rng rng;
    char folder[32];
};

static void toy_add(struct toy_files *f, const char *name, uint32_t ndim, size_t a, size_t b)
{
    struct tensor *t = &f->tensor[f->count];
    snprintf(f->name[f->count], sizeof *f->name, "model.%s", name);
    *t = (struct tensor){
        .name = f->name[f->count++], .dtype = DTYPE_F32, .ndim = ndim, .shape = {a, b}};
    assert_true(tensor_set_rows(t));
    float *x = mem_array(t->count, sizeof *x);
    for (size_t i = 0; i < t->count; i++)
        x[i] = (float)(rng_uniform(&f->rng) - 0.5);
    t->data = (const unsigned char *)x;
}

static void toy_add_map(struct toy_files *f, int layer, const char *what, size_t out, size_t in,
                        bool biased)
{
    char name[40];
    snprintf(name, sizeof name, "block.%d.%s.weight", layer, what);
    toy_add(f, name, in ? 2 : 1, out, in);
    snprintf(name, sizeof name, "block.%d.%s.bias", layer, what);
    if (biased)
        toy_add(f, name, 1, out, 0);
}

static void toy_write(const struct toy_files *f, const char *file, const char *text)
{
    char path[64];
    struct err err;
    snprintf(path, sizeof path, "%s/%s", f->folder, file);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    if (text)
        assert_true(fputs(text, out) >= 0);
    else
        assert_ok(safetensors_write(out, f->tensor, f->count, NULL, 0, &err));
    assert_int_equal(fclose(out), 0);
}

static struct toy_files toy_make(const char *config)
{
    struct toy_files f = {.rng = rng_seed(4), .folder = "/tmp/propneu-toy-XXXXXX"};
    assert_non_null(mkdtemp(f.folder));
    for (int n = 0; n < LAYERS; n++) {
        toy_add_map(&f, n, "query", E, E, true);
        toy_add_map(&f, n, "key", E, E, false);
        toy_add_map(&f, n, "value", E, E, true);
        toy_add_map(&f, n, "out", E, E, true);
        toy_add_map(&f, n, "norm1", E, 0, false);
        toy_add_map(&f, n, "norm2", E, 0, false);
        toy_add_map(&f, n, "up", D, E, true);
        toy_add_map(&f, n, "down", E, D, true);
    }
    toy_add(&f, "norm.weight", 1, E, 0);
    toy_add(&f, "proj.weight", 2, E, PARTS);
    toy_add(&f, "proj.bias", 1, E, 0);
    toy_add(&f, "head.weight", 2, 5, E);
    toy_write(&f, "model.safetensors", NULL);
    toy_write(&f, "config.json", config);
    return f;
}

static void toy_free(struct toy_files *f)
{
    static const char *const files[] = {"model.safetensors", "config.json"};
    char path[64];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", f->folder, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(f->folder), 0);
    for (size_t i = 0; i < f->count; i++)
        free((void *)(uintptr_t)f->tensor[i].data);
}

/* The definition in double precision, by the names that the file has. */

static const float *toy_find(const struct toy_files *f, int layer, const char *what)
{
    char name[48];
    if (layer < 0)
        snprintf(name, sizeof name, "model.%s", what);
    else
        snprintf(name, sizeof name, "model.block.%d.%s", layer, what);
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->name[i], name) == 0)
            return (const float *)(uintptr_t)f->tensor[i].data;
    return NULL;
}

static void naive_map(const struct toy_files *f, int layer, const char *what, const double *x,
                      size_t in, size_t out, double *y)
{
    char name[32];
    snprintf(name, sizeof name, "%s.weight", what);
    const float *w = toy_find(f, layer, name);
    snprintf(name, sizeof name, "%s.bias", what);
    const float *b = toy_find(f, layer, name);
    assert_non_null(w);
    for (size_t t = 0; t < T; t++)
        for (size_t o = 0; o < out; o++) {
            y[t * out + o] = b ? (double)b[o] : 0;
            for (size_t i = 0; i < in; i++)
                y[t * out + o] += x[t * in + i] * (double)w[o * in + i];
        }
}

static void naive_norm(const float *gain, const double *x, double *y)
{
    for (size_t t = 0; t < T; t++) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < E; i++)
            mean += x[t * E + i] / E;
        for (size_t i = 0; i < E; i++)
            square += (x[t * E + i] - mean) * (x[t * E + i] - mean) / E;
        for (size_t i = 0; i < E; i++)
            y[t * E + i] = (x[t * E + i] - mean) / sqrt(square + 1e-5) * (double)gain[i];
    }
}

static void naive_attention(const double *q, const double *k, const double *v, double *out)
{
    for (size_t h = 0; h < E; h += E / HEADS)
        for (size_t i = 0; i < T; i++) {
            double p[T], sum = 0;
            for (size_t j = 0; j < T; j++) {
                double dot = 0;
                for (size_t c = h; c < h + E / HEADS; c++)
                    dot += q[i * E + c] * k[j * E + c];
                sum += p[j] = exp(dot / sqrt((double)E / HEADS));
            }
            for (size_t c = h; c < h + E / HEADS; c++) {
                out[i * E + c] = 0;
                for (size_t j = 0; j < T; j++)
                    out[i * E + c] += p[j] / sum * v[j * E + c];
            }
        }
}

/* X [T][E] through layer N; its activations into F1 [T][D]. */
static void naive_layer(const struct toy_files *f, int n, double *x, double *f1)
{
    double y[T * E], q[T * E], k[T * E], v[T * E], mixed[T * E];
    naive_norm(toy_find(f, n, "norm1.weight"), x, y);
    naive_map(f, n, "query", y, E, E, q);
    naive_map(f, n, "key", y, E, E, k);
    naive_map(f, n, "value", y, E, E, v);
    naive_attention(q, k, v, mixed);
    naive_map(f, n, "out", mixed, E, E, y);
    for (size_t i = 0; i < (size_t)T * E; i++)
        x[i] += y[i];
    naive_norm(toy_find(f, n, "norm2.weight"), x, y);
    naive_map(f, n, "up", y, E, D, f1);
    for (size_t i = 0; i < (size_t)T * D; i++)
        f1[i] = tanh(f1[i]);
    naive_map(f, n, "down", f1, D, E, y);
    for (size_t i = 0; i < (size_t)T * E; i++)
        x[i] += y[i];
}

struct toy_seen {
    float fc1[LAYERS][T * D], final[T * E];
    size_t stages;
};

static enum status toy_keep(void *context, const struct model_block *b, struct err *err)
{
    struct toy_seen *s = context;
    (void)err;
    assert_int_not_equal(b->stage, MODEL_POS);
    assert_int_equal(b->stage_rows, T);
    if (b->stage == MODEL_FC1)
        memcpy(s->fc1[b->index] + b->first * D, b->data, b->rows * D * sizeof *b->data);
    if (b->stage == MODEL_FINAL)
        memcpy(s->final, b->data, sizeof s->final);
    s->stages += b->first + b->rows == b->stage_rows;
    return STATUS_OK;
}

static void compare(const char *what, const float *got, const double *want, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] - want[i]) < 1e-5))
            fail_msg("%s, value %zu: %g, not %g", what, i, (double)got[i], want[i]);
}

static struct model *open_toy(const struct toy_files *f)
{
    struct err err;
    struct model *m;
    struct model_options o = {.family = &toy_family};
    assert_ok(model_open(&m, f->folder, &o, &err));
    return m;
}

static void a_family_is_a_front_end_a_configuration_and_a_row(void **state)
{
    struct err err;
    struct toy_files f = toy_make("{\"model_type\": \"toy\", \"depth\": 2}");
    struct model *m = open_toy(&f);
    struct model_scratch *s = model_scratch_new();
    struct toy_seen seen = {.stages = 0};
    struct model_sink sink = {MODEL_WANT_ALL, toy_keep, &seen};
    float samples[T * HOP], loudness[T * PARTS];
    double in[T * PARTS], x[T * E], f1[T * D];
    (void)state;
    assert_string_equal(model_info(m)->family, "toy");
    assert_int_equal(model_info(m)->width[1], D);
    assert_true(model_info(m)->frame_ms == 10);
    assert_int_equal(model_info(m)->unused_count, 1);
    for (size_t i = 0; i < (size_t)T * HOP; i++)
        samples[i] = (float)(rng_uniform(&f.rng) - 0.5) * 0.1f;
    assert_ok(model_forward(m, s, samples, T * HOP, &sink, &err));
    /* input, feat, hidden.0 to 2, fc1.0 and 1, final */
    assert_int_equal(seen.stages, 8);
    toy_loudness(samples, T, loudness);
    for (size_t i = 0; i < (size_t)T * PARTS; i++)
        in[i] = (double)loudness[i];
    naive_map(&f, -1, "proj", in, PARTS, E, x);
    for (int n = 0; n < LAYERS; n++) {
        naive_layer(&f, n, x, f1);
        compare("fc1", seen.fc1[n], f1, T * D);
    }
    naive_norm(toy_find(&f, -1, "norm.weight"), x, x);
    compare("final", seen.final, x, T * E);
    model_scratch_free(s);
    model_free(m);
    toy_free(&f);
}

static void a_configuration_that_does_not_fit_the_row_is_refused(void **state)
{
    static const struct {
        const char *config, *says;
    } cases[] = {
        {"{\"model_type\": \"tot\"}", "unsupported model (tot)"},
        {"{\"model_type\": \"toy\", \"depth\": 3}", "model.block.2.query.weight is missing"},
        {"{\"_name\": \"toy-old\", \"inner\": 41}", "block.0.up.weight"},
        {"{\"model_type\": \"toy\", \"depth\": 0}", "depth is not a whole number"},
    };
    struct err err;
    struct model *m = NULL;
    struct model_options o = {.family = &toy_family};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct toy_files f = toy_make(cases[i].config);
        err.msg[0] = '\0';
        assert_int_not_equal(model_open(&m, f.folder, &o, &err), STATUS_OK);
        if (!strstr(err.msg, cases[i].says))
            fail_msg("'%s' does not say '%s'", err.msg, cases[i].says);
        toy_free(&f);
    }
}

static void what_the_encoder_does_not_compute_is_refused_by_name(void **state)
{
    struct family rows[4] = {toy_family, toy_family, toy_family, toy_family};
    static const char *const says[] = {"rotary", "sinusoidal", "gated", "several feed-forward"};
    struct toy_files f = toy_make("{\"model_type\": \"toy\"}");
    struct err err;
    struct model *m = NULL;
    (void)state;
    rows[0].positions = POSITION_ROTARY;
    rows[1].positions = POSITION_SINUSOIDAL;
    rows[2].gated = true;
    rows[3].banks = 2;
    for (int i = 0; i < 4; i++) {
        struct model_options o = {.family = &rows[i]};
        assert_status(model_open(&m, f.folder, &o, &err), STATUS_UNSUPPORTED);
        if (!strstr(err.msg, says[i]))
            fail_msg("'%s' does not say '%s'", err.msg, says[i]);
    }
    toy_free(&f);
}

static void every_row_is_called_by_its_own_name_alone(void **state)
{
    static const char *const kinds[] = {"hubert",        "wav2vec2",       "wavlm",    "unispeech",
                                        "unispeech-sat", "data2vec-audio", "melhubert"};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const json_t *settings;
        struct checkpoint c = {.config = json_pack("{s:s}", "model_type", kinds[i])};
        const struct family *family = family_find(&c, &settings);
        assert_non_null(family);
        assert_string_equal(family->name, kinds[i]);
        assert_ptr_equal(settings, c.config);
        json_decref(c.config);
    }
    assert_true(family_is_called(&toy_family, "toy_large"));
    assert_true(family_is_called(&toy_family, "toy-old"));
    assert_false(family_is_called(&toy_family, "toy-old_large"));
    assert_false(family_is_called(&toy_family, "toys"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_family_is_a_front_end_a_configuration_and_a_row),
        cmocka_unit_test(a_configuration_that_does_not_fit_the_row_is_refused),
        cmocka_unit_test(what_the_encoder_does_not_compute_is_refused_by_name),
        cmocka_unit_test(every_row_is_called_by_its_own_name_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
