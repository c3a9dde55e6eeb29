/*
 * The forward pass on models of many shapes, against a second one written straight from the
 * definition in double precision.
 */
#include "config.h"

#include "flips.h"
#include "unit.h"

#include <math.h>

#include "formats/tensors/checkpoint.h"
#include "model/frontends/logmel.h"
#include "base/mem.h"
#include "model/model.h"
#include "base/rng.h"

enum { MAX_LAYERS = 12 };

struct shape {
    uint32_t input, embed, heads, layers, kernel, groups;
    uint32_t width[MAX_LAYERS];
    const char *activation;
    bool norm_first;
};

static const struct shape shapes[] = {
    {80, 36, 4, 3, 128, 12, {50, 50, 50}, "gelu", false},
    {80, 36, 4, 3, 16, 6, {50, 50, 50}, "gelu", true},
    {40, 40, 5, 2, 7, 4, {33, 65, 0}, "relu", false},
    {80, 64, 1, 1, 1, 1, {1, 0, 0}, "tanh", true},
    {40, 48, 48, 3, 3, 48, {16, 1, 100}, "gelu", true},
};

/* As published, on two seconds: for an argument "base" alone, since the definition is slow. */
static const struct shape base_shape = {
    80,
    768,
    12,
    12,
    128,
    16,
    {3072, 3072, 3072, 3072, 3072, 3072, 3072, 3072, 3072, 3072, 3072, 3072},
    "gelu",
    false};

/* A checkpoint in memory; tensors are sorted by name at the end. */
struct weights {
    struct tensor tensor[16 + 16 * MAX_LAYERS];
    char name[16 + 16 * MAX_LAYERS][64];
    size_t count;
    struct rng rng;
};

static void add(struct weights *w, const char *name, uint32_t ndim, size_t a, size_t b, size_t c)
{
    struct tensor *t = &w->tensor[w->count];
    size_t shape[3] = {a, b, c};
    snprintf(w->name[w->count], sizeof *w->name, "%s", name);
    *t = (struct tensor){.name = w->name[w->count++], .dtype = DTYPE_F32, .ndim = ndim, .count = 1};
    for (uint32_t d = ndim; d-- > 0; t->count *= shape[d]) {
        t->shape[d] = shape[d];
        t->stride[d] = t->count;
    }
    float *x = mem_array(t->count, sizeof *x);
    for (size_t i = 0; i < t->count; i++)
        x[i] = (float)(rng_uniform(&w->rng) - 0.5) * (ndim == 2 ? 2.5f / sqrtf((float)b) : 1);
    t->data = (const unsigned char *)x;
}

static void add_pair(struct weights *w, const char *prefix, const char *what, size_t out, size_t in)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s.weight", prefix, what);
    add(w, name, in ? 2 : 1, out, in, 0);
    snprintf(name, sizeof name, "%s%s.bias", prefix, what);
    add(w, name, 1, out, 0, 0);
}

static void make_weights(struct weights *w, const struct shape *s, bool newer_names)
{
    static const char *const maps[] = {"q_proj", "k_proj", "v_proj", "out_proj"};
    char prefix[64];
    if (s->input != s->embed)
        add_pair(w, "", "pre_extract_proj", s->embed, s->input);
    const char *conv = "encoder.pos_conv.0.";
    snprintf(prefix, sizeof prefix, "%s%s", conv,
             newer_names ? "parametrizations.weight.original0" : "weight_g");
    add(w, prefix, 3, 1, 1, s->kernel);
    snprintf(prefix, sizeof prefix, "%s%s", conv,
             newer_names ? "parametrizations.weight.original1" : "weight_v");
    add(w, prefix, 3, s->embed, s->embed / s->groups, s->kernel);
    add(w, "encoder.pos_conv.0.bias", 1, s->embed, 0, 0);
    add_pair(w, "encoder.", "layer_norm", s->embed, 0);
    add(w, "input.mean", 1, 40, 0, 0);
    add(w, "input.std", 1, 40, 0, 0);
    for (uint32_t n = 0; n < s->layers; n++) {
        for (int i = 0; i < 4; i++) {
            snprintf(prefix, sizeof prefix, "encoder.layers.%u.self_attn.", n);
            add_pair(w, prefix, maps[i], s->embed, s->embed);
        }
        snprintf(prefix, sizeof prefix, "encoder.layers.%u.", n);
        add_pair(w, prefix, "self_attn_layer_norm", s->embed, 0);
        add_pair(w, prefix, "final_layer_norm", s->embed, 0);
        add_pair(w, prefix, "fc1", s->width[n], s->embed);
        add_pair(w, prefix, "fc2", s->embed, s->width[n]);
    }
}

static const float *find(const struct weights *w, const char *prefix, const char *what)
{
    char name[96];
    snprintf(name, sizeof name, "%s%s", prefix, what);
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->name[i], name) == 0)
            return (const float *)(uintptr_t)w->tensor[i].data;
    fail_msg("no %s", name);
    return NULL;
}

/* Y [t][out] = X W^T + b. */
static void map(const struct weights *w, const char *prefix, const char *what, const double *x,
                size_t t, size_t in, size_t out, double *y)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", prefix, what);
    const float *m = find(w, name, ".weight"), *b = find(w, name, ".bias");
    for (size_t i = 0; i < t; i++)
        for (size_t o = 0; o < out; o++) {
            y[i * out + o] = b[o];
            for (size_t k = 0; k < in; k++)
                y[i * out + o] += x[i * in + k] * m[o * in + k];
        }
}

static void norm(const struct weights *w, const char *prefix, const char *what, const double *x,
                 size_t t, size_t n, double *y)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", prefix, what);
    const float *gain = find(w, name, ".weight"), *bias = find(w, name, ".bias");
    for (size_t i = 0; i < t; i++) {
        double mean = 0, var = 0;
        for (size_t j = 0; j < n; j++)
            mean += x[i * n + j] / (double)n;
        for (size_t j = 0; j < n; j++)
            var += (x[i * n + j] - mean) * (x[i * n + j] - mean) / (double)n;
        for (size_t j = 0; j < n; j++)
            y[i * n + j] = (x[i * n + j] - mean) / sqrt(var + 1e-5) * gain[j] + bias[j];
    }
}

static double activate(const char *how, double x)
{
    if (strcmp(how, "relu") == 0)
        return x > 0 ? x : 0;
    return strcmp(how, "tanh") == 0 ? tanh(x) : 0.5 * x * (1 + erf(x / sqrt(2.0)));
}

static void convolve(const struct weights *w, const struct shape *s, const double *x, size_t t,
                     double *y)
{
    const char *p = "encoder.pos_conv.0.";
    const float *g = find(w, p, "weight_g"), *v = find(w, p, "weight_v"), *b = find(w, p, "bias");
    size_t e = s->embed, c = e / s->groups, kernel = s->kernel;
    for (size_t o = 0; o < e; o++)
        for (size_t i = 0; i < t; i++)
            y[i * e + o] = b[o];
    for (size_t k = 0; k < kernel; k++) {
        double square = 0;
        for (size_t i = 0; i < e * c; i++)
            square += (double)v[i * kernel + k] * v[i * kernel + k];
        for (size_t i = 0; i < t; i++) {
            if (i + k < kernel / 2 || i + k - kernel / 2 >= t)
                continue;
            for (size_t o = 0; o < e; o++)
                for (size_t j = 0; j < c; j++)
                    y[i * e + o] += g[k] / sqrt(square) * v[(o * c + j) * kernel + k] *
                                    x[(i + k - kernel / 2) * e + o / c * c + j];
        }
    }
    for (size_t i = 0; i < t * e; i++)
        y[i] = activate("gelu", y[i]);
}

static void attend(const struct weights *w, const struct shape *s, const char *layer,
                   const double *x, size_t t, double *out)
{
    size_t e = s->embed, d = e / s->heads;
    double *q = mem_array(3 * t * e, sizeof *q), *k = q + t * e, *v = k + t * e;
    double *p = mem_array(t, sizeof *p), *mixed = mem_zeros(t * e, sizeof *mixed);
    map(w, layer, "self_attn.q_proj", x, t, e, e, q);
    map(w, layer, "self_attn.k_proj", x, t, e, e, k);
    map(w, layer, "self_attn.v_proj", x, t, e, e, v);
    for (size_t h = 0; h < e; h += d)
        for (size_t i = 0; i < t; i++) {
            double sum = 0;
            for (size_t j = 0; j < t; j++) {
                double dot = 0;
                for (size_t c = h; c < h + d; c++)
                    dot += q[i * e + c] * k[j * e + c];
                sum += p[j] = exp(dot / sqrt((double)d));
            }
            for (size_t j = 0; j < t; j++)
                for (size_t c = h; c < h + d; c++)
                    mixed[i * e + c] += p[j] / sum * v[j * e + c];
        }
    map(w, layer, "self_attn.out_proj", mixed, t, e, e, out);
    free(q);
    free(p);
    free(mixed);
}

/* PRINT the largest difference of a stage, and INDEX behind its name. */
static void compare(const double *want, const float *got, size_t n, const char *what,
                    uint32_t index, bool print)
{
    double worst = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        double off = fabs(want[i] - got[i]);
        if (!(off < 1e-4))
            fail_msg("%s.%u, value %zu: %g, not %g", what, index, i, (double)got[i], want[i]);
        worst = fmax(worst, off);
        largest = fmax(largest, fabs(want[i]));
    }
    if (print)
        printf("  %-6s %2u  %.1e (%.2f)\n", what, index, worst, largest);
}

/* What the model handed out, stage by stage. */
struct stages {
    float *input, *fc1[MAX_LAYERS], *hidden[MAX_LAYERS + 1], *final;
};

static enum status keep(void *context, const struct model_block *b, struct err *err)
{
    struct stages *k = context;
    float **to = b->stage == MODEL_INPUT    ? &k->input
                 : b->stage == MODEL_FC1    ? &k->fc1[b->index]
                 : b->stage == MODEL_HIDDEN ? &k->hidden[b->index]
                                            : &k->final;
    (void)err;
    if (!*to)
        *to = mem_array(b->stage_rows * b->width, sizeof **to);
    memcpy(*to + b->first * b->width, b->data, b->rows * b->width * sizeof **to);
    return STATUS_OK;
}

static void check_flips(const double *want, const float *got, size_t rows, size_t width,
                        struct flips *f)
{
    for (size_t r = 0; r < rows; r++)
        flips_add(f, got + r * width, want + r * width, width);
}

/* The definition from the model's input on, compared as it goes. */
static void check(const struct weights *w, const struct shape *s, const struct stages *k, size_t t,
                  bool print)
{
    size_t e = s->embed, n = t * e;
    double *x = mem_array(n, sizeof *x), *y = mem_array(n, sizeof *y), *z = mem_array(n, sizeof *z);
    struct flips flips = {0, 0, 0};
    uint32_t widest = 0;
    for (uint32_t l = 0; l < s->layers; l++)
        widest = s->width[l] > widest ? s->width[l] : widest;
    double *f = mem_array(t * widest, sizeof *f), *in = mem_array(t * s->input, sizeof *in);
    for (size_t i = 0; i < t * s->input; i++)
        in[i] = k->input[i];
    if (s->input != s->embed)
        map(w, "", "pre_extract_proj", in, t, s->input, e, x);
    else
        memcpy(x, in, n * sizeof *x);
    convolve(w, s, x, t, y);
    for (size_t i = 0; i < n; i++)
        x[i] += y[i];
    if (!s->norm_first)
        norm(w, "encoder.", "layer_norm", x, t, e, x);
    compare(x, k->hidden[0], n, "hidden", 0, print);
    for (uint32_t l = 0; l < s->layers; l++) {
        char layer[32];
        snprintf(layer, sizeof layer, "encoder.layers.%u.", l);
        memcpy(y, x, n * sizeof *y);
        if (s->norm_first)
            norm(w, layer, "self_attn_layer_norm", x, t, e, y);
        attend(w, s, layer, y, t, z);
        for (size_t i = 0; i < n; i++)
            x[i] += z[i];
        if (!s->norm_first)
            norm(w, layer, "self_attn_layer_norm", x, t, e, x);
        memcpy(y, x, n * sizeof *y);
        if (s->norm_first)
            norm(w, layer, "final_layer_norm", x, t, e, y);
        map(w, layer, "fc1", y, t, e, s->width[l], f);
        for (size_t i = 0; i < t * s->width[l]; i++)
            f[i] = activate(s->activation, f[i]);
        compare(f, k->fc1[l], t * s->width[l], "fc1", l, print);
        check_flips(f, k->fc1[l], t, s->width[l], &flips);
        map(w, layer, "fc2", f, t, s->width[l], e, z);
        for (size_t i = 0; i < n; i++)
            x[i] += z[i];
        if (!s->norm_first)
            norm(w, layer, "final_layer_norm", x, t, e, x);
        compare(x, k->hidden[l + 1], n, "hidden", l + 1, print);
    }
    if (s->norm_first)
        norm(w, "encoder.", "layer_norm", x, t, e, x);
    compare(x, k->final, n, "final", 0, print);
    if (print)
        flips_print(&flips);
    free(x);
    free(y);
    free(z);
    free(f);
    free(in);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct tensor *)a)->name, ((const struct tensor *)b)->name);
}

static struct model *build(const struct weights *w, const struct shape *s)
{
    struct err err;
    struct model *m;
    struct checkpoint c = {.path = mem_strndup("made/up.ckpt", 12)};
    json_t *widths = json_array();
    for (uint32_t n = 0; n < s->layers; n++)
        json_array_append_new(widths, json_integer(s->width[n]));
    c.config = json_pack("{s:{s:{s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:b, s:o}}}", "Upstream_Config",
                         "hubert", "feat_emb_dim", (int)s->input, "encoder_embed_dim",
                         (int)s->embed, "encoder_attention_heads", (int)s->heads, "encoder_layers",
                         (int)s->layers, "conv_pos", (int)s->kernel, "conv_pos_groups",
                         (int)s->groups, "activation_fn", s->activation, "layer_norm_first",
                         s->norm_first, "encoder_ffn_embed_dim", widths);
    assert_non_null(c.config);
    c.tensors.tensor = mem_array(w->count, sizeof *w->tensor);
    c.tensors.count = w->count;
    memcpy(c.tensors.tensor, w->tensor, w->count * sizeof *w->tensor);
    qsort(c.tensors.tensor, w->count, sizeof *w->tensor, by_name);
    assert_ok(model_from_checkpoint(&m, &c, NULL, &err));
    assert_string_equal(model_info(m)->name, "up");
    return m;
}

static void make_samples(float *x, size_t n)
{
    struct rng r = rng_seed(n);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(rng_uniform(&r) - 0.5);
}

static void test_shape(const struct shape *shape, uint64_t seed, const size_t *lengths,
                       size_t count, bool print)
{
    static float samples[32000];
    struct err err;
    struct weights w = {.rng = rng_seed(seed)};
    make_weights(&w, shape, false);
    float *std = (float *)(uintptr_t)find(&w, "input.", "std");
    for (int b = 0; b < 40; b++)
        std[b] = fabsf(std[b]) + 3;
    struct model *m = build(&w, shape);
    struct model_scratch *s = model_scratch_new();
    for (size_t l = 0; l < count; l++) {
        struct stages k = {0};
        struct model_sink sink = {MODEL_WANT(MODEL_INPUT) | MODEL_WANT(MODEL_FC1) |
                                      MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FINAL),
                                  keep, &k};
        make_samples(samples, lengths[l]);
        assert_ok(model_forward(m, s, samples, lengths[l], &sink, &err));
        check(&w, shape, &k, model_frames(m, lengths[l]), print);
        free(k.input);
        free(k.final);
        for (int n = 0; n < MAX_LAYERS; n++)
            free(k.fc1[n]);
        for (int n = 0; n <= MAX_LAYERS; n++)
            free(k.hidden[n]);
    }
    model_scratch_free(s);
    model_free(m);
    for (size_t t = 0; t < w.count; t++)
        free((void *)(uintptr_t)w.tensor[t].data);
}

static void every_shape_follows_the_definition(void **state)
{
    static const size_t lengths[] = {400, 560, 720, 12345};
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        test_shape(&shapes[i], i, lengths, sizeof lengths / sizeof *lengths, false);
}

static void base_size_follows_the_definition(void **state)
{
    static const size_t length = 32000;
    (void)state;
    printf("melhubert, 12 x 768 / 3072, %zu samples: largest difference (of values up to)\n",
           length);
    test_shape(&base_shape, 1, &length, 1, true);
}

static void newer_names_of_the_convolution_are_the_same_model(void **state)
{
    uint64_t fingerprint[2];
    (void)state;
    for (int newer = 0; newer < 2; newer++) {
        struct weights w = {.rng = rng_seed(9)};
        make_weights(&w, &shapes[0], newer);
        float *std = (float *)(uintptr_t)find(&w, "input.", "std");
        for (int b = 0; b < 40; b++)
            std[b] = 1;
        struct model *m = build(&w, &shapes[0]);
        fingerprint[newer] = model_info(m)->fingerprint;
        model_free(m);
        for (size_t t = 0; t < w.count; t++)
            free((void *)(uintptr_t)w.tensor[t].data);
    }
    assert_true(fingerprint[0] == fingerprint[1]);
}

/* The same numbers in another storage: column by column, and as doubles. */
static void store_otherwise(struct tensor *t, bool turned)
{
    const float *x = (const float *)(uintptr_t)t->data;
    size_t rows = t->shape[0], columns = t->count / rows;
    double *wide = mem_array(t->count, sizeof *wide);
    float *narrow = mem_array(t->count, sizeof *narrow);
    for (size_t i = 0; i < t->count; i++) {
        wide[i] = x[i];
        narrow[i % columns * rows + i / columns] = x[i];
    }
    free((void *)(uintptr_t)t->data);
    if (turned && t->ndim == 2) {
        t->stride[0] = 1;
        t->stride[1] = rows;
    }
    bool use_wide = !turned || t->ndim != 2;
    t->dtype = use_wide ? DTYPE_F64 : DTYPE_F32;
    t->data = use_wide ? (const unsigned char *)wide : (const unsigned char *)narrow;
    free(use_wide ? (void *)narrow : (void *)wide);
}

static void how_weights_are_stored_does_not_matter(void **state)
{
    uint64_t fingerprint[3];
    (void)state;
    for (int way = 0; way < 3; way++) {
        struct weights w = {.rng = rng_seed(10)};
        make_weights(&w, &shapes[1], false);
        float *std = (float *)(uintptr_t)find(&w, "input.", "std");
        for (int b = 0; b < 40; b++)
            std[b] = 1;
        for (size_t t = 0; way > 0 && t < w.count; t++)
            store_otherwise(&w.tensor[t], way == 2);
        struct model *m = build(&w, &shapes[1]);
        fingerprint[way] = model_info(m)->fingerprint;
        model_free(m);
        for (size_t t = 0; t < w.count; t++)
            free((void *)(uintptr_t)w.tensor[t].data);
    }
    assert_true(fingerprint[0] == fingerprint[1] && fingerprint[0] == fingerprint[2]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest base[] = {
        cmocka_unit_test(base_size_follows_the_definition),
    };
    if (argc > 1 && strcmp(argv[1], "base") == 0)
        return cmocka_run_group_tests(base, NULL, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_follows_the_definition),
        cmocka_unit_test(newer_names_of_the_convolution_are_the_same_model),
        cmocka_unit_test(how_weights_are_stored_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
