/*
 * Waveform models of many shapes, the large kinds above all, against a second forward pass written
 * straight from the definition in double precision.
 */
#include "config.h"

#include "flips.h"
#include "unit.h"

#include <math.h>

#include "model/internal.h"
#include "base/mem.h"
#include "base/rng.h"

enum rel { NO_BIAS, PLAIN_BIAS, GATED_BIAS };

/* What stands for the positions: a convolution with weight norm, one without, one behind a batch
 * norm, or several with norms behind them. */
enum positions { WEIGHT_NORM, PLAIN_WEIGHT, BATCH_NORM, SEVERAL };

struct shape {
    const char *family;
    bool hugging_face;
    const char *prefix;
    uint32_t convs, conv[7][3]; /* channels, kernel, stride */
    bool norm_each, conv_bias, norm_first, normalize;
    uint32_t embed, heads, layers, width, kernel, groups;
    enum rel rel;
    uint32_t samples;
    enum positions positions;
    uint32_t depth; /* of SEVERAL */
};

static const struct shape shapes[] = {
    /* large HuBERT, wav2vec 2.0: layer norms, biases, norm first */
    {"hubert",
     false,
     "",
     3,
     {{24, 10, 5}, {24, 3, 2}, {24, 2, 2}},
     true,
     true,
     true,
     true,
     32,
     4,
     3,
     50,
     16,
     4,
     NO_BIAS,
     3000,
     WEIGHT_NORM,
     0},
    {"wav2vec2",
     true,
     "wav2vec2.",
     3,
     {{24, 10, 5}, {20, 3, 2}, {16, 2, 2}},
     true,
     true,
     true,
     true,
     36,
     3,
     2,
     33,
     7,
     6,
     NO_BIAS,
     5001,
     WEIGHT_NORM,
     0},
    {"wav2vec2",
     false,
     "w2v_encoder.w2v_model.",
     2,
     {{8, 4, 2}, {24, 3, 2}},
     false,
     true,
     false,
     false,
     24,
     4,
     2,
     20,
     5,
     2,
     NO_BIAS,
     700,
     WEIGHT_NORM,
     0},
    /* large WavLM: gated bias of the norm's output */
    {"wavlm",
     false,
     "",
     4,
     {{24, 10, 5}, {24, 3, 2}, {24, 3, 2}, {24, 2, 2}},
     true,
     false,
     true,
     true,
     40,
     5,
     3,
     44,
     16,
     4,
     GATED_BIAS,
     8000,
     WEIGHT_NORM,
     0},
    {"wavlm",
     true,
     "wavlm.",
     3,
     {{24, 10, 5}, {24, 3, 2}, {24, 2, 2}},
     true,
     false,
     true,
     false,
     32,
     2,
     3,
     44,
     9,
     4,
     GATED_BIAS,
     6000,
     WEIGHT_NORM,
     0},
    {"wavlm",
     false,
     "",
     2,
     {{16, 10, 5}, {24, 3, 2}},
     false,
     false,
     false,
     false,
     32,
     4,
     2,
     30,
     4,
     1,
     PLAIN_BIAS,
     6000,
     WEIGHT_NORM,
     0},
    /* many frames: more than one piece of the front end and of the encoder */
    {"hubert",
     false,
     "",
     2,
     {{17, 3, 2}, {9, 2, 2}},
     false,
     false,
     true,
     true,
     24,
     2,
     2,
     40,
     128,
     3,
     NO_BIAS,
     2901,
     WEIGHT_NORM,
     0},
    {"unispeech-sat",
     true,
     "unispeech_sat.",
     1,
     {{24, 10, 5}},
     true,
     false,
     false,
     true,
     24,
     4,
     2,
     31,
     3,
     24,
     NO_BIAS,
     1009,
     WEIGHT_NORM,
     0},
    {"wavlm",
     false,
     "",
     2,
     {{16, 10, 5}, {24, 3, 2}},
     false,
     false,
     false,
     false,
     24,
     4,
     1,
     30,
     4,
     1,
     NO_BIAS,
     22,
     WEIGHT_NORM,
     0},
    /* data2vec: odd and even kernels, one convolution and several */
    {"data2vec-audio",
     true,
     "data2vec_audio.",
     3,
     {{24, 10, 5}, {20, 3, 2}, {16, 2, 2}},
     true,
     true,
     false,
     true,
     36,
     3,
     2,
     33,
     19,
     6,
     NO_BIAS,
     3001,
     SEVERAL,
     5},
    {"data2vec-audio",
     true,
     "",
     1,
     {{24, 10, 5}},
     true,
     false,
     false,
     false,
     32,
     4,
     2,
     20,
     4,
     4,
     NO_BIAS,
     700,
     SEVERAL,
     1},
    {"data2vec-audio",
     false,
     "w2v_encoder.w2v_model.",
     2,
     {{8, 4, 2}, {24, 3, 2}},
     true,
     false,
     false,
     true,
     24,
     4,
     2,
     20,
     7,
     2,
     NO_BIAS,
     900,
     SEVERAL,
     3},
    {"wav2vec2",
     false,
     "",
     1,
     {{24, 10, 5}},
     false,
     false,
     true,
     false,
     32,
     4,
     1,
     20,
     4,
     4,
     NO_BIAS,
     700,
     SEVERAL,
     2},
    /* HuBERT with a batch norm before the positional convolution, and without weight norm */
    {"hubert",
     true,
     "hubert.",
     1,
     {{24, 10, 5}},
     false,
     false,
     false,
     false,
     32,
     4,
     2,
     20,
     16,
     4,
     NO_BIAS,
     700,
     BATCH_NORM,
     0},
    {"hubert",
     false,
     "",
     1,
     {{24, 10, 5}},
     false,
     false,
     false,
     false,
     32,
     4,
     2,
     20,
     7,
     4,
     NO_BIAS,
     700,
     BATCH_NORM,
     0},
    {"wav2vec2",
     true,
     "wav2vec2.",
     1,
     {{24, 10, 5}},
     false,
     false,
     false,
     false,
     32,
     4,
     2,
     20,
     16,
     4,
     NO_BIAS,
     700,
     PLAIN_WEIGHT,
     0},
};

/* As published, on two seconds: for an argument "base" alone, since the definition is slow. */
#define BASE_CONVS                                                                     \
    7,                                                                                 \
    {                                                                                  \
        {512, 10, 5}, {512, 3, 2}, {512, 3, 2}, {512, 3, 2}, {512, 3, 2}, {512, 2, 2}, \
        {                                                                              \
            512, 2, 2                                                                  \
        }                                                                              \
    }
static const struct shape base_shapes[] = {
    {"hubert", false, "", BASE_CONVS, false, false, false, false, 768, 12, 12, 3072, 128, 16,
     NO_BIAS, 32000, WEIGHT_NORM, 0},
    {"wav2vec2", true, "wav2vec2.", BASE_CONVS, false, false, false, true, 768, 12, 12, 3072, 128,
     16, NO_BIAS, 32000, WEIGHT_NORM, 0},
    {"wavlm", false, "", BASE_CONVS, false, false, false, false, 768, 12, 12, 3072, 128, 16,
     GATED_BIAS, 32000, WEIGHT_NORM, 0},
    /* the large kind of layer, norm first; the first layers of 24 */
    {"hubert", false, "", BASE_CONVS, true, true, true, true, 1024, 16, 6, 4096, 128, 16, NO_BIAS,
     32000, WEIGHT_NORM, 0},
};

enum { BUCKETS = 24, DISTANCE = 30, MAX_TENSORS = 320, MAX_STAGES = 32 };

struct weights {
    struct tensor tensor[MAX_TENSORS];
    char name[MAX_TENSORS][96];
    size_t count;
    struct rng rng;
    const struct shape *shape;
};

/* The tensor called FORM, which has NATIVE and HUGGING_FACE spellings and may hold a number. */
static const float *add(struct weights *w, const char *native, const char *hugging_face, int n,
                        const char *end, double middle, double spread, uint32_t ndim,
                        const size_t *size)
{
    assert_true(w->count < MAX_TENSORS);
    struct tensor *t = &w->tensor[w->count];
    char *name = w->name[w->count++], form[96];
    snprintf(form, sizeof form, "%s%s%s", w->shape->prefix,
             w->shape->hugging_face ? hugging_face : native, end);
    char *number = strchr(form, '#');
    if (number)
        snprintf(name, 96, "%.*s%d%s", (int)(number - form), form, n, number + 1);
    else
        snprintf(name, 96, "%s", form);
    *t = (struct tensor){.name = name, .dtype = DTYPE_F32, .ndim = ndim};
    memcpy(t->shape, size, ndim * sizeof *size);
    assert_true(tensor_set_rows(t));
    float *x = mem_array(t->count, sizeof *x);
    for (size_t i = 0; i < t->count; i++)
        x[i] = (float)(middle + 2 * spread * (rng_uniform(&w->rng) - 0.5));
    t->data = (const unsigned char *)x;
    return x;
}

struct map {
    const float *w, *b; /* [out][in], [out] */
};

static struct map add_map(struct weights *w, const char *native, const char *hf, int n, size_t out,
                          size_t in)
{
    return (struct map){
        add(w, native, hf, n, ".weight", 0, 1.7 / sqrt((double)in), 2, (size_t[]){out, in}),
        add(w, native, hf, n, ".bias", 0, 0.3, 1, (size_t[]){out})};
}

static struct map add_norm(struct weights *w, const char *native, const char *hf, int n, size_t c)
{
    return (struct map){add(w, native, hf, n, ".weight", 1, 0.4, 1, (size_t[]){c}),
                        add(w, native, hf, n, ".bias", 0, 0.3, 1, (size_t[]){c})};
}

/* A stage as the definition has it. */
struct stage {
    enum model_stage stage;
    uint32_t index;
    size_t rows, width;
    double *x;
    double worst, largest; /* difference and |value| seen */
};

/* The whole of one model: its weights are made where the definition first needs them. */
struct twin {
    struct weights w;
    struct stage stage[MAX_STAGES];
    size_t stages, seen;
    struct flips flips;
};

static double *copy(const double *x, size_t n)
{
    double *y = mem_array(n, sizeof *y);
    memcpy(y, x, n * sizeof *y);
    return y;
}

static void keep(struct twin *t, enum model_stage stage, uint32_t index, size_t rows, size_t width,
                 const double *x)
{
    assert_true(t->stages < MAX_STAGES);
    t->stage[t->stages++] = (struct stage){stage, index, rows, width, copy(x, rows * width), 0, 0};
}

static double gelu(double x)
{
    return 0.5 * x * (1 + erf(x / sqrt(2)));
}

/* What transformers' configurations can say besides: the functions and the norms' epsilon. */
struct manner {
    const char *act, *conv_act; /* hidden_act, feat_extract_activation */
    double (*f)(double), (*conv)(double);
    double epsilon; /* layer_norm_eps: of the encoder and of what stands before it */
};

static const struct manner common = {"gelu", "gelu", gelu, gelu, 1e-5};
static const struct manner *manner = &common;

static double silu(double x)
{
    return x / (1 + exp(-x));
}

static double gelu_new(double x)
{
    return 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

static double quick_gelu(double x)
{
    return x / (1 + exp(-1.702 * x));
}

static double relu_squared(double x)
{
    return x > 0 ? x * x : 0;
}

/* Squares come first: behind several positional convolutions values would grow beyond what single
 * precision holds to 1e-4. */
static const struct manner others[] = {
    {"gelu_python", "relu2", gelu, relu_squared, 1e-3},
    {"silu", "gelu_new", silu, gelu_new, 1e-2},
    {"gelu_pytorch_tanh", "quick_gelu", gelu_new, quick_gelu, 1e-12},
    {"gelu_fast", "swish", gelu_new, silu, 0.1},
};

/* X [rows][n] normalised row by row. */
static void norm(double *x, size_t rows, size_t n, struct map g, double epsilon)
{
    for (size_t r = 0; r < rows; r++, x += n) {
        double mean = 0, var = 0;
        for (size_t i = 0; i < n; i++)
            mean += x[i] / (double)n;
        for (size_t i = 0; i < n; i++)
            var += (x[i] - mean) * (x[i] - mean) / (double)n;
        for (size_t i = 0; i < n; i++)
            x[i] = (x[i] - mean) / sqrt(var + epsilon) * (double)g.w[i] + (double)g.b[i];
    }
}

static double *linear(const double *x, size_t rows, size_t in, size_t out, struct map m)
{
    double *y = mem_array(rows * out, sizeof *y);
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < out; o++) {
            y[r * out + o] = (double)m.b[o];
            for (size_t i = 0; i < in; i++)
                y[r * out + o] += x[r * in + i] * (double)m.w[o * in + i];
        }
    return y;
}

static void group_norm(double *x, size_t rows, size_t n, struct map g)
{
    for (size_t c = 0; c < n; c++) {
        double mean = 0, var = 0;
        for (size_t r = 0; r < rows; r++)
            mean += x[r * n + c] / (double)rows;
        for (size_t r = 0; r < rows; r++)
            var += (x[r * n + c] - mean) * (x[r * n + c] - mean) / (double)rows;
        for (size_t r = 0; r < rows; r++)
            x[r * n + c] =
                (x[r * n + c] - mean) / sqrt(var + 1e-5) * (double)g.w[c] + (double)g.b[c];
    }
}

/* X [*rows][in] convolved; frees X. */
static double *conv(struct twin *t, int n, double *x, size_t *rows, size_t in)
{
    const struct shape *s = t->w.shape;
    const uint32_t *c = s->conv[n];
    size_t out = (*rows - c[1]) / c[2] + 1;
    const float *w =
        add(&t->w, "feature_extractor.conv_layers.#.0", "feature_extractor.conv_layers.#.conv", n,
            ".weight", 0, 2 / sqrt((double)(in * c[1])), 3, (size_t[]){c[0], in, c[1]});
    const float *b = s->conv_bias ? add(&t->w, "feature_extractor.conv_layers.#.0",
                                        "feature_extractor.conv_layers.#.conv", n, ".bias", 0, 0.3,
                                        1, (size_t[]){c[0]})
                                  : NULL;
    double *y = mem_zeros(out * c[0], sizeof *y);
    for (size_t r = 0; r < out; r++)
        for (size_t o = 0; o < c[0]; o++) {
            y[r * c[0] + o] = b ? (double)b[o] : 0;
            for (size_t i = 0; i < in; i++)
                for (size_t k = 0; k < c[1]; k++)
                    y[r * c[0] + o] +=
                        x[(r * c[2] + k) * in + i] * (double)w[(o * in + i) * c[1] + k];
        }
    if (s->norm_each)
        norm(y, out, c[0],
             add_norm(&t->w, "feature_extractor.conv_layers.#.2.1",
                      "feature_extractor.conv_layers.#.layer_norm", n, c[0]),
             1e-5);
    else if (n == 0)
        group_norm(y, out, c[0],
                   add_norm(&t->w, "feature_extractor.conv_layers.#.2",
                            "feature_extractor.conv_layers.#.layer_norm", n, c[0]));
    for (size_t i = 0; i < out * c[0]; i++)
        y[i] = manner->conv(y[i]);
    free(x);
    *rows = out;
    return y;
}

static double *front_end(struct twin *t, const float *samples, size_t *rows)
{
    const struct shape *s = t->w.shape;
    size_t n = s->samples, in = 1;
    double *x = mem_array(n, sizeof *x), mean = 0, var = 0;
    double epsilon = s->hugging_face ? 1e-7 : 1e-5; /* some 10 % of the variance here, or nothing */
    for (size_t i = 0; i < n; i++)
        mean += (double)samples[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        var += ((double)samples[i] - mean) * ((double)samples[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++)
        x[i] =
            s->normalize ? ((double)samples[i] - mean) / sqrt(var + epsilon) : (double)samples[i];
    for (uint32_t i = 0; i < s->convs; in = s->conv[i++][0])
        x = conv(t, (int)i, x, &n, in);
    keep(t, MODEL_CONV, 0, n, in, x);
    norm(x, n, in, add_norm(&t->w, "layer_norm", "feature_projection.layer_norm", 0, in),
         manner->epsilon);
    /* As in the original releases: no projection between equal sizes. */
    if (in != s->embed || s->hugging_face) {
        double *y = linear(
            x, n, in, s->embed,
            add_map(&t->w, "post_extract_proj", "feature_projection.projection", 0, s->embed, in));
        free(x);
        x = y;
    }
    keep(t, MODEL_FEAT, 0, n, s->embed, x);
    *rows = n;
    return x;
}

/* What stands before "weight" and "bias" of convolution N, in one spelling and the other. */
static void name_positions(const struct shape *s, int n, char native[64], char hf[64])
{
    if (s->positions == SEVERAL) {
        snprintf(native, 64, "encoder.pos_conv.%d.0", n);
        snprintf(hf, 64, "encoder.pos_conv_embed.layers.%d.conv", n);
    } else {
        snprintf(native, 64, "encoder.pos_conv.%d", s->positions == BATCH_NORM);
        snprintf(hf, 64, "encoder.pos_conv_embed.conv");
    }
}

/* The weight of convolution N, [e][part][k], to be freed. */
static double *positions_weight(struct twin *t, const char *native, const char *hf)
{
    const struct shape *s = t->w.shape;
    size_t e = s->embed, part = e / s->groups, k = s->kernel;
    bool plain = s->positions != WEIGHT_NORM, newer = s->kernel % 2;
    const float *g = plain ? NULL
                           : add(&t->w, native, hf, 0,
                                 newer ? ".parametrizations.weight.original0" : ".weight_g", 1.5,
                                 0.5, 3, (size_t[]){1, 1, k});
    const float *v = add(&t->w, native, hf, 0,
                         plain   ? ".weight"
                         : newer ? ".parametrizations.weight.original1"
                                 : ".weight_v",
                         0, plain ? 0.3 : 1, 3, (size_t[]){e, part, k});
    double *w = mem_array(e * part * k, sizeof *w), *length = mem_zeros(k, sizeof *length);
    for (size_t i = 0; i < e * part * k; i++)
        length[i % k] += (double)v[i] * (double)v[i];
    for (size_t i = 0; i < e * part * k; i++)
        w[i] = plain ? (double)v[i] : (double)g[i % k] * (double)v[i] / sqrt(length[i % k]);
    free(length);
    return w;
}

/* Y = convolution N of X. */
static void convolve(struct twin *t, int n, const double *x, size_t rows, double *y)
{
    const struct shape *s = t->w.shape;
    size_t e = s->embed, part = e / s->groups, k = s->kernel;
    char native[64], hf[64];
    name_positions(s, n, native, hf);
    double *w = positions_weight(t, native, hf);
    const float *b = add(&t->w, native, hf, 0, ".bias", 0, 0.3, 1, (size_t[]){e});
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < e; o++) {
            double sum = (double)b[o];
            for (size_t i = 0; i < part; i++)
                for (size_t j = 0; j < k; j++)
                    if (r + j >= k / 2 && r + j - k / 2 < rows)
                        sum += w[(o * part + i) * k + j] *
                               x[(r + j - k / 2) * e + o / part * part + i];
            y[r * e + o] = sum;
        }
    free(w);
}

/* A norm with the means and variances of the training, not of these frames. */
static void batch_norm(struct twin *t, double *x, size_t rows)
{
    const char *native = "encoder.pos_conv.0", *hf = "encoder.pos_conv_embed.batch_norm";
    size_t e = t->w.shape->embed;
    struct map g = add_norm(&t->w, native, hf, 0, e);
    const float *mean = add(&t->w, native, hf, 0, ".running_mean", 0, 0.5, 1, (size_t[]){e});
    const float *var = add(&t->w, native, hf, 0, ".running_var", 1, 0.4, 1, (size_t[]){e});
    for (size_t i = 0; i < rows * e; i++)
        x[i] = (x[i] - (double)mean[i % e]) / sqrt((double)var[i % e] + 1e-5) * (double)g.w[i % e] +
               (double)g.b[i % e];
}

static void positions(struct twin *t, double *x, size_t rows)
{
    const struct shape *s = t->w.shape;
    size_t e = s->embed, depth = s->positions == SEVERAL ? s->depth : 1;
    double *in = copy(x, rows * e), *y = mem_zeros(rows * e, sizeof *y);
    float *one = mem_array(e, sizeof *one), *zero = mem_zeros(e, sizeof *zero);
    for (size_t i = 0; i < e; i++)
        one[i] = 1;
    if (s->positions == BATCH_NORM)
        batch_norm(t, in, rows);
    for (size_t n = 0; n < depth; n++) {
        convolve(t, (int)n, in, rows, y);
        if (s->positions == SEVERAL)
            norm(y, rows, e, (struct map){one, zero}, 1e-5);
        for (size_t i = 0; i < rows * e; i++)
            in[i] = y[i] = manner->conv(y[i]);
    }
    keep(t, MODEL_POS, 0, rows, e, y);
    for (size_t i = 0; i < rows * e; i++)
        x[i] += y[i];
    free(in);
    free(y);
    free(one);
    free(zero);
}

/* What the relative position adds to the score of query I for key J. */
struct bias {
    const float *table, *w, *b, *scale;
};

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double position_bias(const struct shape *s, const struct bias *p, const double *in, size_t h,
                            size_t i, size_t j)
{
    size_t d = s->embed / s->heads;
    if (s->rel == NO_BIAS)
        return 0;
    double bias =
        (double)p->table[rel_pos_bucket((int64_t)j - (int64_t)i, BUCKETS, DISTANCE) * s->heads + h];
    if (s->rel == PLAIN_BIAS)
        return bias;
    double logit[2] = {0, 0};
    for (int r = 0; r < 8; r++) {
        logit[r / 4] += (double)p->b[r];
        for (size_t k = 0; k < d; k++)
            logit[r / 4] += (double)p->w[(size_t)r * d + k] * in[i * s->embed + h * d + k];
    }
    return bias * (sigmoid(logit[0]) * (sigmoid(logit[1]) * (double)p->scale[h] - 1) + 2);
}

static double *attention(struct twin *t, int n, const double *in, size_t rows, struct bias p)
{
    const struct shape *s = t->w.shape;
    static const char *const native[] = {"q_proj", "k_proj", "v_proj", "out_proj"};
    size_t e = s->embed, d = e / s->heads;
    struct map maps[4];
    for (int i = 0; i < 4; i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "encoder.layers.#.self_attn.%s", native[i]);
        snprintf(b, sizeof b, "encoder.layers.#.attention.%s", native[i]);
        maps[i] = add_map(&t->w, a, b, n, e, e);
    }
    double *q = linear(in, rows, e, e, maps[0]), *k = linear(in, rows, e, e, maps[1]);
    double *v = linear(in, rows, e, e, maps[2]), *y = mem_zeros(rows * e, sizeof *y);
    double *a = mem_array(rows, sizeof *a);
    for (size_t h = 0; h < s->heads; h++)
        for (size_t i = 0; i < rows; i++) {
            double sum = 0;
            for (size_t j = 0; j < rows; j++) {
                double score = 0;
                for (size_t c = h * d; c < (h + 1) * d; c++)
                    score += q[i * e + c] * k[j * e + c] / sqrt((double)d);
                a[j] = exp(score + position_bias(s, &p, in, h, i, j));
                sum += a[j];
            }
            for (size_t j = 0; j < rows; j++)
                for (size_t c = h * d; c < (h + 1) * d; c++)
                    y[i * e + c] += a[j] / sum * v[j * e + c];
        }
    double *out = linear(y, rows, e, e, maps[3]);
    free(q);
    free(k);
    free(v);
    free(y);
    free(a);
    return out;
}

static void layer(struct twin *t, int n, double *x, size_t rows, struct bias p)
{
    const struct shape *s = t->w.shape;
    size_t e = s->embed, d = e / s->heads, size = rows * e;
    struct map before = add_norm(&t->w, "encoder.layers.#.self_attn_layer_norm",
                                 "encoder.layers.#.layer_norm", n, e);
    struct map behind = add_norm(&t->w, "encoder.layers.#.final_layer_norm",
                                 "encoder.layers.#.final_layer_norm", n, e);
    if (s->rel == GATED_BIAS) {
        const char *native = "encoder.layers.#.self_attn.grep_linear",
                   *hf = "encoder.layers.#.attention.gru_rel_pos_linear";
        p.w = add(&t->w, native, hf, n, ".weight", 0, 0.5, 2, (size_t[]){8, d});
        p.b = add(&t->w, native, hf, n, ".bias", 0, 0.5, 1, (size_t[]){8});
        p.scale = add(&t->w, "encoder.layers.#.self_attn.grep_a",
                      "encoder.layers.#.attention.gru_rel_pos_const", n, "", 1, 0.5, 4,
                      (size_t[]){1, s->heads, 1, 1});
    }
    double *in = copy(x, size);
    if (s->norm_first)
        norm(in, rows, e, before, manner->epsilon);
    double *y = attention(t, n, in, rows, p);
    for (size_t i = 0; i < size; i++)
        x[i] += y[i];
    free(y);
    if (!s->norm_first)
        norm(x, rows, e, before, manner->epsilon);
    memcpy(in, x, size * sizeof *x);
    if (s->norm_first)
        norm(in, rows, e, behind, manner->epsilon);
    double *f = linear(in, rows, e, s->width,
                       add_map(&t->w, "encoder.layers.#.fc1",
                               "encoder.layers.#.feed_forward.intermediate_dense", n, s->width, e));
    for (size_t i = 0; i < rows * s->width; i++)
        f[i] = manner->f(f[i]);
    keep(t, MODEL_FC1, (uint32_t)n, rows, s->width, f);
    y = linear(f, rows, s->width, e,
               add_map(&t->w, "encoder.layers.#.fc2", "encoder.layers.#.feed_forward.output_dense",
                       n, e, s->width));
    for (size_t i = 0; i < size; i++)
        x[i] += y[i];
    if (!s->norm_first)
        norm(x, rows, e, behind, manner->epsilon);
    keep(t, MODEL_HIDDEN, (uint32_t)n + 1, rows, e, x);
    free(f);
    free(y);
    free(in);
}

static void run_twin(struct twin *t, const float *samples)
{
    const struct shape *s = t->w.shape;
    size_t rows;
    double *x = front_end(t, samples, &rows);
    struct map last = add_norm(&t->w, "encoder.layer_norm", "encoder.layer_norm", 0, s->embed);
    struct bias p = {0};
    if (s->rel != NO_BIAS)
        p.table = add(&t->w, "encoder.layers.0.self_attn.relative_attention_bias",
                      "encoder.layers.0.attention.rel_attn_embed", 0, ".weight", 0, 2, 2,
                      (size_t[]){BUCKETS, s->heads});
    positions(t, x, rows);
    if (!s->norm_first)
        norm(x, rows, s->embed, last, manner->epsilon);
    keep(t, MODEL_HIDDEN, 0, rows, s->embed, x);
    for (uint32_t n = 0; n < s->layers; n++)
        layer(t, (int)n, x, rows, p);
    if (s->norm_first)
        norm(x, rows, s->embed, last, manner->epsilon);
    keep(t, MODEL_FINAL, 0, rows, s->embed, x);
    free(x);
}

static json_t *hugging_face_config(const struct shape *s)
{
    json_t *c = json_pack(
        "{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:b, s:b, s:s, s:i, s:i, s:s}", "model_type",
        s->family, "num_hidden_layers", s->layers, "hidden_size", s->embed, "num_attention_heads",
        s->heads, "intermediate_size", s->width, "num_conv_pos_embeddings", s->kernel,
        "num_conv_pos_embedding_groups", s->groups, "do_stable_layer_norm", s->norm_first,
        "conv_bias", s->conv_bias, "feat_extract_norm", s->norm_each ? "layer" : "group",
        "num_buckets", BUCKETS, "max_bucket_distance", DISTANCE, "hidden_act", manner->act);
    json_object_set_new(c, "feat_extract_activation", json_string(manner->conv_act));
    json_object_set_new(c, "layer_norm_eps", json_real(manner->epsilon));
    static const char *const keys[] = {"conv_dim", "conv_kernel", "conv_stride"};
    json_object_set_new(c, "conv_pos_batch_norm", json_boolean(s->positions == BATCH_NORM));
    if (strcmp(s->family, "data2vec-audio") == 0) {
        json_object_set_new(c, "num_conv_pos_embeddings", json_integer(s->depth));
        json_object_set_new(c, "conv_pos_kernel_size", json_integer(s->kernel));
        json_object_del(c, "feat_extract_norm");
    }
    for (int k = 0; k < 3; k++) {
        json_t *list = json_array();
        for (uint32_t i = 0; i < s->convs; i++)
            json_array_append_new(list, json_integer(s->conv[i][k]));
        json_object_set_new(c, keys[k], list);
    }
    return c;
}

static json_t *native_config(const struct shape *s)
{
    char convs[256] = "";
    for (uint32_t i = 0; i < s->convs; i++) {
        size_t used = strlen(convs);
        snprintf(convs + used, sizeof convs - used, "%s[(%u, %u,%u)]%s", i ? " + " : "",
                 s->conv[i][0], s->conv[i][1], s->conv[i][2], i % 2 ? "*1" : "");
    }
    bool data2vec = strcmp(s->family, "data2vec-audio") == 0;
    uint32_t depth = s->positions == SEVERAL ? s->depth : 1;
    return json_pack(
        "{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:b, s:b, s:s, s:i, s:i, s:s, s:b, s:b, s:i, s:b}",
        "_name", data2vec ? "data2vec_audio" : s->family, "encoder_layers", s->layers,
        "encoder_embed_dim", s->embed, "encoder_attention_heads", s->heads, "encoder_ffn_embed_dim",
        s->width, "conv_pos", s->kernel * depth, "conv_pos_groups", s->groups, "layer_norm_first",
        s->norm_first, "conv_bias", s->conv_bias, "extractor_mode",
        s->norm_each ? "layer_norm" : "default", "num_buckets", BUCKETS, "max_distance", DISTANCE,
        "conv_feature_layers", convs, "relative_position_embedding", s->rel != NO_BIAS,
        "gru_rel_pos", s->rel == GATED_BIAS, "pos_conv_depth", depth, "conv_pos_batch_norm",
        s->positions == BATCH_NORM);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct tensor *)a)->name, ((const struct tensor *)b)->name);
}

/* The same weights as a checkpoint of one layout or another; they stay the twin's. */
static struct checkpoint make_checkpoint(const struct twin *t)
{
    const struct shape *s = t->w.shape;
    struct checkpoint c = {.path = mem_strndup("twin", 4)};
    struct tensor *sorted = mem_array(t->w.count, sizeof *sorted);
    memcpy(sorted, t->w.tensor, t->w.count * sizeof *sorted);
    qsort(sorted, t->w.count, sizeof *sorted, by_name);
    c.tensors = (struct tensors){.tensor = sorted, .count = t->w.count};
    if (s->hugging_face) {
        c.layout = CHECKPOINT_FOLDER;
        c.config = hugging_face_config(s);
        c.preprocessor =
            json_pack("{s:b, s:i}", "do_normalize", s->normalize, "sampling_rate", 16000);
    } else if (strcmp(s->family, "wavlm") == 0) {
        c.layout = CHECKPOINT_WAVLM;
        c.config = json_pack("{s:o}", "cfg", native_config(s));
        json_object_set_new(json_object_get(c.config, "cfg"), "normalize",
                            json_boolean(s->normalize));
    } else if (*s->prefix) {
        c.layout = CHECKPOINT_FAIRSEQ;
        c.config = json_pack("{s:{s:{s:s, s:{s:o, s:{s:b}}}, s:{s:b}}}", "cfg", "model", "_name",
                             "wav2vec_ctc", "w2v_args", "model", native_config(s), "task",
                             "normalize", s->normalize, "task", "normalize", s->normalize);
    } else {
        c.layout = CHECKPOINT_S3PRL;
        c.config = json_pack("{s:o, s:{s:b}}", "model_cfg", native_config(s), "task_cfg",
                             "normalize", s->normalize);
    }
    assert_non_null(c.config);
    return c;
}

static enum status compare(void *context, const struct model_block *b, struct err *err)
{
    struct twin *t = context;
    (void)err;
    for (size_t i = 0; i < t->stages; i++) {
        struct stage *s = &t->stage[i];
        if (s->stage != b->stage || s->index != b->index)
            continue;
        assert_int_equal(b->stage_rows, s->rows);
        assert_int_equal(b->width, s->width);
        for (size_t k = 0; k < b->rows * b->width; k++) {
            double want = s->x[b->first * b->width + k], off = fabs((double)b->data[k] - want);
            if (!(off <= 1e-4))
                fail_msg("%s of %u, %s.%u, row %zu, column %zu: %g, not %g", t->w.shape->family,
                         t->w.shape->embed, model_stage_name(b->stage), b->index,
                         b->first + k / b->width, k % b->width, (double)b->data[k], want);
            s->worst = fmax(s->worst, off);
            s->largest = fmax(s->largest, fabs(want));
        }
        for (size_t r = 0; b->stage == MODEL_FC1 && r < b->rows; r++)
            flips_add(&t->flips, b->data + r * b->width, s->x + (b->first + r) * b->width,
                      b->width);
        t->seen += b->first + b->rows == b->stage_rows;
        return STATUS_OK;
    }
    fail_msg("%s.%u is not a stage", model_stage_name(b->stage), b->index);
    return STATUS_OK;
}

/* A recording with a constant, so that normalising it matters. */
static float *make_samples(size_t n)
{
    struct rng r = rng_seed(3);
    float *x = mem_array(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = 0.02f + 0.03f * (float)(rng_uniform(&r) - 0.5) + 0.01f * sinf((float)i * 0.1f);
    return x;
}

static void print_stages(const struct twin *t)
{
    const struct shape *s = t->w.shape;
    printf("%s, %u x %u / %u, %u samples: largest difference (of values up to)\n", s->family,
           s->layers, s->embed, s->width, s->samples);
    for (size_t i = 0; i < t->stages; i++)
        printf("  %-6s %2u  %.1e (%.2f)\n", model_stage_name(t->stage[i].stage), t->stage[i].index,
               t->stage[i].worst, t->stage[i].largest);
    flips_print(&t->flips);
}

/* Activations as they come: of the layers before the last their sum, of the last one rows. */
struct last_rows {
    uint32_t last;
    double sum;
    float *x; /* [frames][width] */
    size_t *frame, count;
};

static enum status keep_last(void *context, const struct model_block *b, struct err *err)
{
    struct last_rows *k = context;
    (void)err;
    for (size_t i = 0; i < b->rows * b->width && b->index < k->last; i++)
        k->sum += (double)b->data[i];
    for (size_t r = 0; r < b->rows && b->index == k->last; r++) {
        memcpy(k->x + k->count * b->width, b->data + r * b->width, b->width * sizeof *k->x);
        k->frame[k->count++] = b->first + r;
    }
    return STATUS_OK;
}

/* The last layer's activations of some frames, to the bit those of the whole pass. */
static void test_some_frames(const struct model *m, struct model_scratch *scratch,
                             const float *samples, size_t n)
{
    struct err err;
    const struct model_info *info = model_info(m);
    size_t t = model_frames(m, n), width = info->width[info->layers - 1], some = 0;
    struct last_rows got[2];
    size_t *only = mem_array(t, sizeof *only);
    for (size_t i = 0; i < t; i++)
        if (i % 7 == 0 || i % 5 == 1 || i == t - 1)
            only[some++] = i;
    for (int g = 0; g < 2; g++) {
        struct model_sink sink = {MODEL_WANT(MODEL_FC1), keep_last, &got[g]};
        got[g] = (struct last_rows){info->layers - 1, 0, mem_array(t * width, sizeof(float)),
                                    mem_array(t, sizeof(size_t)), 0};
        struct model_pass pass = {
            .samples = samples, .count = n, .only = g ? only : NULL, .onlys = some};
        assert_ok(model_run(m, scratch, &pass, &sink, &err));
    }
    assert_true(got[0].sum == got[1].sum);
    assert_int_equal(got[0].count, t);
    assert_int_equal(got[1].count, some);
    for (size_t i = 0; i < some; i++) {
        assert_int_equal(got[1].frame[i], only[i]);
        assert_memory_equal(got[1].x + i * width, got[0].x + only[i] * width,
                            width * sizeof(float));
    }
    for (int g = 0; g < 2; g++) {
        free(got[g].x);
        free(got[g].frame);
    }
    free(only);
}

static void test_shape(const struct shape *s, bool print)
{
    struct err err;
    struct model *m;
    struct twin *t = mem_zeros(1, sizeof *t);
    struct model_scratch *scratch = model_scratch_new();
    struct model_sink sink = {MODEL_WANT_ALL, compare, t};
    float *samples = make_samples(s->samples);
    t->w.shape = s;
    t->w.rng = rng_seed(5);
    run_twin(t, samples);
    struct checkpoint c = make_checkpoint(t);
    assert_ok(model_from_checkpoint(&m, &c, NULL, &err));
    assert_string_equal(model_info(m)->family, s->family);
    assert_int_equal(model_info(m)->normalize, s->normalize);
    assert_int_equal(model_info(m)->unused_count, 0);
    assert_ok(model_forward(m, scratch, samples, s->samples, &sink, &err));
    assert_int_equal(t->seen, t->stages);
    test_some_frames(m, scratch, samples, s->samples);
    if (print)
        print_stages(t);
    model_free(m);
    model_scratch_free(scratch);
    free(samples);
    for (size_t i = 0; i < t->stages; i++)
        free(t->stage[i].x);
    for (size_t i = 0; i < t->w.count; i++)
        free((void *)(uintptr_t)t->w.tensor[i].data);
    free(t);
}

static void every_shape_equals_its_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        test_shape(&shapes[i], false);
}

static void every_function_and_epsilon_is_computed(void **state)
{
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        manner = &others[n % (sizeof others / sizeof *others)];
        if (shapes[i].hugging_face && ++n)
            test_shape(&shapes[i], false);
    }
    manner = &common;
    assert_true(n >= sizeof others / sizeof *others);
}

static void base_size_equals_its_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof base_shapes / sizeof *base_shapes; i++)
        test_shape(&base_shapes[i], true);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_equals_its_definition),
        cmocka_unit_test(every_function_and_epsilon_is_computed),
    };
    const struct CMUnitTest base[] = {
        cmocka_unit_test(base_size_equals_its_definition),
    };
    if (argc > 1 && strcmp(argv[1], "base") == 0)
        return cmocka_run_group_tests(base, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
