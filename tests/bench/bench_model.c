/*
 * Models of base size with random weights, as checkpoints that are only in memory.
 */
#include "config.h"

#include "bench_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "bench.h"
#include "formats/tensors/checkpoint.h"
#include "base/mem.h"
#include "base/rng.h"

const struct bench_conv bench_conv[CONVS] = {{10, 5}, {3, 2}, {3, 2}, {3, 2},
                                             {3, 2},  {2, 2}, {2, 2}};

/* Weights as they would lie in a file, in one block; scaled so that values stay near 1. */
struct weights {
    struct tensor tensor[32 + 19 * LAYERS];
    char name[32 + 19 * LAYERS][64];
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

static void add_norm(struct weights *w, const char *prefix, size_t width)
{
    char name[64];
    snprintf(name, sizeof name, "%s.weight", prefix);
    add_tensor(w, name, 0.8f, 1.2f, width, 0, 0);
    snprintf(name, sizeof name, "%s.bias", prefix);
    add_tensor(w, name, -0.1f, 0.1f, width, 0, 0);
}

/* WavLM's gate. */
static void add_gate(struct weights *w, int n)
{
    char name[64];
    snprintf(name, sizeof name, "encoder.layers.%d.self_attn.grep_linear", n);
    add_linear(w, name, 8, HEAD);
    snprintf(name, sizeof name, "encoder.layers.%d.self_attn.grep_a", n);
    add_tensor(w, name, 0.5f, 1.5f, 1, HEADS, 1);
    struct tensor *t = &w->tensor[w->count - 1];
    t->ndim = 4;
    t->shape[3] = t->stride[3] = 1;
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
    add_norm(w, name, EMBED);
    snprintf(name, sizeof name, "encoder.layers.%d.fc1", n);
    add_linear(w, name, FFN, EMBED);
    snprintf(name, sizeof name, "encoder.layers.%d.fc2", n);
    add_linear(w, name, EMBED, FFN);
    snprintf(name, sizeof name, "encoder.layers.%d.final_layer_norm", n);
    add_norm(w, name, EMBED);
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

/* What MelHuBERT reads, or what the others do. */
static void add_front(struct weights *w, enum bench_family family)
{
    if (family == BENCH_MELHUBERT) {
        add_linear(w, "pre_extract_proj", EMBED, INPUT);
        add_tensor(w, "input.mean", 12, 13, 40, 0, 0);
        add_tensor(w, "input.std", 3, 4, 40, 0, 0);
        return;
    }
    for (int i = 0; i < CONVS; i++) {
        char name[64];
        size_t in = i ? CONV : 1;
        float s = sqrtf(6.0f / (float)(in * bench_conv[i].kernel));
        snprintf(name, sizeof name, "feature_extractor.conv_layers.%d.0.weight", i);
        add_tensor(w, name, -s, s, CONV, in, bench_conv[i].kernel);
    }
    add_norm(w, "feature_extractor.conv_layers.0.2", CONV);
    add_norm(w, "layer_norm", CONV);
    add_linear(w, "post_extract_proj", EMBED, CONV);
    if (family != BENCH_WAVLM)
        return;
    add_tensor(w, "encoder.layers.0.self_attn.relative_attention_bias.weight", -1, 1, 320, HEADS,
               0);
    for (int n = 0; n < LAYERS; n++)
        add_gate(w, n);
}

static json_t *make_config(enum bench_family family)
{
    static const char *const types[] = {"melhubert", "hubert", "wavlm"};
    return json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "model_type",
                     types[family], "feat_emb_dim", INPUT, "encoder_layers", LAYERS,
                     "encoder_embed_dim", EMBED, "encoder_ffn_embed_dim", FFN,
                     "encoder_attention_heads", HEADS, "conv_pos", TAPS, "conv_pos_groups", GROUPS,
                     "num_buckets", 320, "max_distance", 800);
}

struct model *bench_model(enum bench_family family)
{
    struct err err;
    struct model *m = NULL;
    struct weights *w = mem_zeros(1, sizeof *w);
    w->data = mem_aligned((size_t)100 << 20, sizeof *w->data);
    add_front(w, family);
    add_tensor(w, "encoder.pos_conv.0.weight_v", -1, 1, EMBED, CHANNELS, TAPS);
    add_tensor(w, "encoder.pos_conv.0.weight_g", 1, 2, 1, 1, TAPS);
    add_tensor(w, "encoder.pos_conv.0.bias", -0.1f, 0.1f, EMBED, 0, 0);
    add_norm(w, "encoder.layer_norm", EMBED);
    for (int n = 0; n < LAYERS; n++)
        add_layer(w, n);
    struct tensor *sorted = mem_array(w->count, sizeof *sorted);
    memcpy(sorted, w->tensor, w->count * sizeof *sorted);
    qsort(sorted, w->count, sizeof *sorted, by_name);
    struct checkpoint c = {.path = mem_strndup("base", 4), .layout = CHECKPOINT_SAFETENSORS};
    c.tensors =
        (struct tensors){.tensor = sorted, .count = w->count, .owner = w, .release = free_weights};
    c.config = make_config(family);
    double start = bench_cpu();
    if (model_from_checkpoint(&m, &c, NULL, &err))
        fprintf(stderr, "bench: %s\n", err.msg);
    else
        printf("  binding and packing the weights: %.0f ms\n", 1e3 * (bench_cpu() - start));
    return m;
}
