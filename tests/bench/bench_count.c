/*
 * Counting with a model of base size (12 x 768 / 3072, random weights): the forward pass with
 * selection and counts of every frame, against the model's own matrix products done by OpenBLAS
 * on one thread, in turn.
 */
#include "config.h"

#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <jansson.h>

#include "propneu/checkpoint.h"
#include "propneu/kernels.h"
#include "propneu/mem.h"
#include "propneu/model.h"
#include "propneu/rng.h"
#include "propneu/select.h"

enum { LAYERS = 12, EMBED = 768, FFN = 3072, HEADS = 12, HEAD = 64, TAPS = 128, GROUPS = 16 };
enum { INPUT = 80, CHANNELS = EMBED / GROUPS };

void openblas_set_num_threads(int n);

/* Weights as they would lie in a file, in one block; scaled so that values stay near 1. */
struct weights {
    struct tensor tensor[16 + 16 * LAYERS];
    char name[16 + 16 * LAYERS][64];
    size_t count, used, cap;
    float *data;
};

static void add_tensor(struct weights *w, const char *name, float low, float high, size_t a,
                       size_t b, size_t c)
{
    static struct rng r = {1};
    struct tensor *t = &w->tensor[w->count];
    snprintf(w->name[w->count], sizeof *w->name, "%s", name);
    *t = (struct tensor){.name = w->name[w->count++], .dtype = DTYPE_F32, .ndim = 1};
    t->shape[0] = a;
    if (b) {
        t->ndim = c ? 3 : 2;
        t->shape[1] = b;
        t->shape[2] = c;
    }
    t->count = a * (b ? b : 1) * (c ? c : 1);
    t->stride[t->ndim - 1] = 1;
    for (uint32_t d = t->ndim - 1; d > 0; d--)
        t->stride[d - 1] = t->stride[d] * t->shape[d];
    float *x = w->data + w->used;
    w->used += t->count;
    t->data = (const unsigned char *)x;
    for (size_t i = 0; i < t->count; i++)
        x[i] = low + (high - low) * (float)rng_uniform(&r);
}

static void add_linear(struct weights *w, const char *prefix, size_t out, size_t in)
{
    char name[64];
    float s = sqrtf(3.0f / (float)in);
    snprintf(name, sizeof name, "%s.weight", prefix);
    add_tensor(w, name, -s, s, out, in, 0);
    snprintf(name, sizeof name, "%s.bias", prefix);
    add_tensor(w, name, -0.1f, 0.1f, out, 0, 0);
}

static void add_norm(struct weights *w, const char *prefix)
{
    char name[64];
    snprintf(name, sizeof name, "%s.weight", prefix);
    add_tensor(w, name, 0.8f, 1.2f, EMBED, 0, 0);
    snprintf(name, sizeof name, "%s.bias", prefix);
    add_tensor(w, name, -0.1f, 0.1f, EMBED, 0, 0);
}

static void add_layer(struct weights *w, int n)
{
    static const char *const parts[] = {"q_proj", "k_proj", "v_proj", "out_proj"};
    char name[64];
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "encoder.layers.%d.self_attn.%s", n, parts[i]);
        add_linear(w, name, EMBED, EMBED);
    }
    snprintf(name, sizeof name, "encoder.layers.%d.self_attn_layer_norm", n);
    add_norm(w, name);
    snprintf(name, sizeof name, "encoder.layers.%d.fc1", n);
    add_linear(w, name, FFN, EMBED);
    snprintf(name, sizeof name, "encoder.layers.%d.fc2", n);
    add_linear(w, name, EMBED, FFN);
    snprintf(name, sizeof name, "encoder.layers.%d.final_layer_norm", n);
    add_norm(w, name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct tensor *)a)->name, ((const struct tensor *)b)->name);
}

static void free_weights(void *owner)
{
    struct weights *w = owner;
    free(w->data);
    free(w);
}

static struct model *make_model(void)
{
    struct err err;
    struct model *m = NULL;
    struct weights *w = mem_zeros(1, sizeof *w);
    w->data = mem_aligned((size_t)100 << 20, sizeof *w->data);
    add_linear(w, "pre_extract_proj", EMBED, INPUT);
    add_tensor(w, "encoder.pos_conv.0.weight_v", -1, 1, EMBED, CHANNELS, TAPS);
    add_tensor(w, "encoder.pos_conv.0.weight_g", 1, 2, 1, 1, TAPS);
    add_tensor(w, "encoder.pos_conv.0.bias", -0.1f, 0.1f, EMBED, 0, 0);
    add_norm(w, "encoder.layer_norm");
    add_tensor(w, "input.mean", 12, 13, 40, 0, 0);
    add_tensor(w, "input.std", 3, 4, 40, 0, 0);
    for (int n = 0; n < LAYERS; n++)
        add_layer(w, n);
    struct tensor *sorted = mem_array(w->count, sizeof *sorted);
    memcpy(sorted, w->tensor, w->count * sizeof *sorted);
    qsort(sorted, w->count, sizeof *sorted, by_name);
    struct checkpoint c = {.path = mem_strndup("base", 4), .layout = CHECKPOINT_SAFETENSORS};
    c.tensors =
        (struct tensors){.tensor = sorted, .count = w->count, .owner = w, .release = free_weights};
    c.config = json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "model_type", "melhubert",
                         "feat_emb_dim", INPUT, "encoder_layers", LAYERS, "encoder_embed_dim",
                         EMBED, "encoder_ffn_embed_dim", FFN, "encoder_attention_heads", HEADS,
                         "conv_pos", TAPS, "conv_pos_groups", GROUPS);
    double start = bench_cpu();
    if (model_from_checkpoint(&m, &c, NULL, &err))
        fprintf(stderr, "bench: %s\n", err.msg);
    else
        printf("  binding and packing the weights: %.0f ms\n", 1e3 * (bench_cpu() - start));
    return m;
}

/* What counting does with a frame, for one cell. */
struct counter {
    struct selector selector;
    uint32_t counts[LAYERS][FFN];
};

static enum status count_rows(void *context, const struct model_block *b, struct err *err)
{
    struct counter *c = context;
    (void)err;
    for (size_t r = 0; r < b->rows; r++) {
        const uint32_t *top = selector_run(&c->selector, b->data + r * b->width);
        for (uint32_t i = 0; i < c->selector.tau; i++)
            c->counts[b->index][top[i]]++;
    }
    return STATUS_OK;
}

/* One product of a shape, by OpenBLAS as a plain program would do it, or by our kernel packed. */
struct product {
    size_t m, n, k;
    bool weights; /* right side given as rows of outputs */
    int times;
};

static size_t list_products(struct product *p, size_t t)
{
    struct product all[] = {
        {t, EMBED, INPUT, true, 1},          {t, CHANNELS, CHANNELS * TAPS, true, GROUPS},
        {t, EMBED, EMBED, true, 4 * LAYERS}, {t, FFN, EMBED, true, LAYERS},
        {t, EMBED, FFN, true, LAYERS - 1}, /* the last layer's is never read */
        {t, t, HEAD, true, HEADS * LAYERS},  {t, HEAD, t, false, HEADS * LAYERS},
    };
    memcpy(p, all, sizeof all);
    return sizeof all / sizeof *all;
}

static double gflop(const struct product *p)
{
    return 2e-9 * (double)p->m * (double)p->n * (double)p->k * p->times;
}

static double blas_time(const struct product *p, const float *a, const float *b, float *c)
{
    double start = bench_cpu();
    for (int i = 0; i < p->times; i++)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, p->weights ? CblasTrans : CblasNoTrans, (int)p->m,
                    (int)p->n, (int)p->k, 1, a, (int)p->k, b, (int)(p->weights ? p->k : p->n), 0, c,
                    (int)p->n);
    return bench_cpu() - start;
}

static double own_time(const struct product *p, const float *a, const float *b, float *c)
{
    const struct kernels *kn = kernels_get();
    double start = bench_cpu();
    for (int i = 0; i < p->times; i++)
        kn->gemm(p->m, p->n, p->k, a, p->k, b, c, p->n, NULL, false);
    return bench_cpu() - start;
}

struct buffers {
    float *a, *b, *c;
};

/* The passes between the products, each over as many elements as the forward pass has. */
static void print_passes(size_t t, double forward, struct buffers *x)
{
    const struct kernels *kn = kernels_get();
    static struct counter c;
    struct err err;
    double took[4], start = bench_cpu();
    for (int n = 0; n < LAYERS; n++)
        for (size_t i = 0; i < t; i += 6)
            kn->gelu(x->a + i * FFN, 6 * FFN);
    took[0] = bench_cpu() - start;
    start = bench_cpu();
    for (int n = 0; n < LAYERS * HEADS; n++)
        for (size_t i = 0; i < t; i += 48)
            kn->softmax(x->b, t - i < 48 ? t - i : 48, t, t, 0.1f, x->c);
    took[1] = bench_cpu() - start;
    start = bench_cpu();
    for (int n = 0; n < 2 * LAYERS; n++)
        kn->layer_norm(x->c, x->b, t, EMBED, x->a, x->a);
    took[2] = bench_cpu() - start;
    if (selector_init(&c.selector, FFN, 31, &err))
        return;
    start = bench_cpu();
    for (uint32_t n = 0; n < LAYERS; n++) {
        struct model_block block = {MODEL_FC1, n, 0, t, t, FFN, x->a};
        count_rows(&c, &block, &err);
    }
    took[3] = bench_cpu() - start;
    selector_free(&c.selector);
    printf("    of it: gelu %.1f %%, softmax %.1f %%, norms %.1f %%, selection and counting "
           "%.1f %% (%.2f us a frame and layer)\n",
           100 * took[0] / forward, 100 * took[1] / forward, 100 * took[2] / forward,
           100 * took[3] / forward, 1e6 * took[3] / (double)t / LAYERS);
}

static int run_length(const struct model *m, struct model_scratch *s, double seconds)
{
    size_t n = (size_t)(seconds * 16000), t = model_frames(m, n), big = (size_t)4 << 20;
    struct rng r = rng_seed(2);
    struct err err;
    struct product p[8];
    struct buffers x = {mem_aligned(big, 4), mem_aligned(big, 4), mem_aligned(big, 4)};
    float *samples = mem_array(n, sizeof *samples);
    static struct counter c;
    struct model_sink sink = {MODEL_WANT(MODEL_FC1), count_rows, &c};
    double blas[8] = {0}, own[8] = {0}, total = 0;
    double ratio[BENCH_MAX_ROUNDS], took[BENCH_MAX_ROUNDS], rate[BENCH_MAX_ROUNDS];
    size_t products = list_products(p, t);
    int rounds = bench_rounds(), failed = 0;
    for (size_t i = 0; i < n; i++)
        samples[i] = (float)(rng_uniform(&r) - 0.5) * 0.2f;
    for (size_t i = 0; i < big; i++)
        x.a[i] = x.b[i] = (float)(rng_uniform(&r) - 0.5);
    for (size_t i = 0; i < products; i++)
        total += gflop(&p[i]);
    failed =
        selector_init(&c.selector, FFN, 31, &err) || model_forward(m, s, samples, n, &sink, &err);
    for (int k = 0; k < rounds && !failed; k++) {
        double start = bench_cpu(), sum = 0;
        failed = model_forward(m, s, samples, n, &sink, &err);
        took[k] = bench_cpu() - start;
        for (size_t i = 0; i < products; i++) {
            double one = blas_time(&p[i], x.a, x.b, x.c);
            sum += one;
            blas[i] += one;
            own[i] += own_time(&p[i], x.a, x.b, x.c);
        }
        ratio[k] = took[k] / sum;
        rate[k] = total / sum;
    }
    if (failed)
        fprintf(stderr, "bench: %s\n", err.msg);
    else {
        double forward = bench_median(took, rounds);
        printf("  %.1f s (%zu frames): %.3f s of processor, %.4f a second of audio\n", seconds, t,
               forward, forward / seconds);
        printf("    %.3f x its %.1f GFLOP by OpenBLAS at %.1f GFLOP/s (medians of %d)\n",
               bench_median(ratio, rounds), total, bench_median(rate, rounds), rounds);
        for (size_t i = 0; i < products; i++)
            printf("    %4zu x %4zu x %4zu, %3d times: OpenBLAS %5.1f, ours %5.1f GFLOP/s\n",
                   p[i].m, p[i].n, p[i].k, p[i].times, gflop(&p[i]) * rounds / blas[i],
                   gflop(&p[i]) * rounds / own[i]);
        print_passes(t, forward, &x);
    }
    selector_free(&c.selector);
    free(x.a);
    free(x.b);
    free(x.c);
    free(samples);
    return failed;
}

static int run(void)
{
    openblas_set_num_threads(1);
    printf("  kernels: %s\n", kernels_get()->name);
    struct model *m = make_model();
    struct model_scratch *s = model_scratch_new();
    int failed = !m || !s || run_length(m, s, 7.2) || run_length(m, s, 15);
    model_scratch_free(s);
    model_free(m);
    printf("  peak memory %.0f MiB\n", bench_peak_mib());
    return failed;
}

const struct bench_section bench_count = {
    "count", "activation counting with a model of base size, one thread", run};
