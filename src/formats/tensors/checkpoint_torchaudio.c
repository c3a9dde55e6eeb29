/*
 * torchaudio's models (Yang et al. 2022) are saved as state dictionaries alone: the factory
 * function that made one knows its sizes, the file does not say them.  All but two can be seen from
 * the shapes; strides and attention heads are those of the released models of such kernels and such
 * a width.  A JSON next to the file may say otherwise, and has to for other sizes.  Keys are those
 * of transformers, which has one for everything, but for the heads.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "formats/tensors/checkpoint_parts.h"

#define FFN_WEIGHT "feed_forward.intermediate_dense.weight"
#define MAX_NAME   256
#define MAX_LAYERS 1000
#define MAX_CONVS  32

/* What stands before "encoder.transformer." in the names of T, or false if nothing is called so. */
static bool torchaudio_prefix(const struct tensors *t, char *prefix, size_t size)
{
    static const char anchor[] = "encoder.transformer.layer_norm.weight";
    for (size_t i = 0; i < t->count; i++) {
        const char *name = t->tensor[i].name;
        size_t n = strlen(name), k = strlen(anchor);
        if (n < k || n - k >= size || strcmp(name + n - k, anchor) != 0)
            continue;
        memcpy(prefix, name, n - k);
        prefix[n - k] = '\0';
        return true;
    }
    return false;
}

/* The tensor PREFIX FORM, in which %u is N; NULL unless it has DIMS dimensions. */
static const struct tensor *torchaudio_find(const struct tensors *t, const char *prefix,
                                            const char *before, uint32_t n, const char *after,
                                            uint32_t dims)
{
    char name[MAX_NAME];
    int used = after ? snprintf(name, sizeof name, "%s%s%u%s", prefix, before, n, after)
                     : snprintf(name, sizeof name, "%s%s", prefix, before);
    const struct tensor *found = used > 0 && used < MAX_NAME ? tensors_find(t, name) : NULL;
    return found && found->ndim == dims ? found : NULL;
}

static void torchaudio_set(json_t *o, const char *key, size_t n)
{
    json_object_set_new(o, key, json_integer((json_int_t)n));
}

/* The convolutions; strides only for the kernels of the releases. */
static void torchaudio_convs(json_t *o, const struct tensors *t, const char *prefix)
{
    static const size_t kernels[] = {10, 3, 3, 3, 3, 2, 2};
    const char *convs = "feature_extractor.conv_layers.";
    json_t *dim = json_array(), *kernel = json_array(), *stride = json_array();
    const struct tensor *c;
    bool known = true;
    size_t n = 0;
    for (; n < MAX_CONVS && (c = torchaudio_find(t, prefix, convs, (uint32_t)n, ".conv.weight", 3));
         n++) {
        json_array_append_new(dim, json_integer((json_int_t)c->shape[0]));
        json_array_append_new(kernel, json_integer((json_int_t)c->shape[2]));
        json_array_append_new(stride, json_integer(n == 0 ? 5 : 2));
        known = known && n < 7 && c->shape[2] == kernels[n];
    }
    json_object_set_new(o, "conv_dim", dim);
    json_object_set_new(o, "conv_kernel", kernel);
    if (known && n == 7)
        json_object_set(o, "conv_stride", stride);
    json_decref(stride);
    bool each = torchaudio_find(t, prefix, convs, 1, ".layer_norm.weight", 1) != NULL;
    json_object_set_new(o, "feat_extract_norm", json_string(each ? "layer" : "group"));
    /* Every release with layer norms there has norms before attention, too. */
    json_object_set_new(o, "do_stable_layer_norm", json_boolean(each));
    json_object_set_new(
        o, "conv_bias",
        json_boolean(torchaudio_find(t, prefix, convs, 0, ".conv.bias", 1) != NULL));
}

/* Layers and their widths: one number, or a list for a model that was pruned unevenly. */
static void torchaudio_layers(json_t *o, const struct tensors *t, const char *prefix)
{
    json_t *widths = json_array();
    const struct tensor *w;
    bool even = true;
    size_t n = 0, first = 0;
    for (; n < MAX_LAYERS && (w = torchaudio_find(t, prefix, "encoder.transformer.layers.",
                                                  (uint32_t)n, "." FFN_WEIGHT, 2));
         n++) {
        first = n ? first : w->shape[0];
        even = even && w->shape[0] == first;
        json_array_append_new(widths, json_integer((json_int_t)w->shape[0]));
    }
    torchaudio_set(o, "num_hidden_layers", n);
    if (even)
        torchaudio_set(o, "intermediate_size", first);
    else
        json_object_set(o, "intermediate_size", widths);
    json_decref(widths);
}

/* Kernel and groups of the positional convolution, [E][E / groups][kernel]. */
static void torchaudio_positions(json_t *o, const struct tensors *t, const char *prefix, size_t e)
{
    static const char *const names[] = {"weight_v", "parametrizations.weight.original1", "weight"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[MAX_NAME];
        snprintf(name, sizeof name, "encoder.transformer.pos_conv_embed.conv.%s", names[i]);
        const struct tensor *p = torchaudio_find(t, prefix, name, 0, NULL, 3);
        if (!p || p->shape[1] == 0)
            continue;
        torchaudio_set(o, "num_conv_pos_embeddings", p->shape[2]);
        torchaudio_set(o, "num_conv_pos_embedding_groups", e / p->shape[1]);
        return;
    }
}

/* WavLM's table of relative positions, [buckets][heads]; its distance is that of all releases. */
static size_t torchaudio_bias(json_t *o, const struct tensors *t, const char *prefix)
{
    const struct tensor *table = torchaudio_find(
        t, prefix, "encoder.transformer.layers.0.attention.rel_attn_embed.weight", 0, NULL, 2);
    if (!table)
        return 0;
    torchaudio_set(o, "num_buckets", table->shape[0]);
    torchaudio_set(o, "max_distance", 800);
    json_object_set_new(o, "relative_position_embedding", json_true());
    json_object_set_new(o, "gru_rel_pos", json_true());
    return table->shape[1];
}

/* Heads of the released models; "?" for a width that none has. */
static void torchaudio_heads(json_t *o, size_t embed, size_t heads)
{
    static const size_t released[][2] = {{768, 12}, {1024, 16}, {1280, 16}};
    for (size_t i = 0; !heads && i < sizeof released / sizeof *released; i++)
        if (released[i][0] == embed)
            heads = released[i][1];
    if (heads)
        torchaudio_set(o, "encoder_num_heads", heads);
    else
        json_object_set_new(o, "encoder_num_heads", json_string("?"));
}

enum status checkpoint_describe_torchaudio(struct checkpoint *c, struct err *err)
{
    char prefix[MAX_NAME];
    const struct tensors *t = &c->tensors;
    const char *slash = strrchr(c->path, '/'), *name = slash ? slash + 1 : c->path;
    if (!torchaudio_prefix(t, prefix, sizeof prefix))
        return STATUS_OK;
    const struct tensor *norm =
        torchaudio_find(t, prefix, "encoder.transformer.layer_norm.weight", 0, NULL, 1);
    size_t e = norm ? norm->shape[0] : 0;
    json_t *o = json_object();
    torchaudio_set(o, "hidden_size", e);
    torchaudio_layers(o, t, prefix);
    torchaudio_convs(o, t, prefix);
    torchaudio_positions(o, t, prefix, e);
    size_t heads = torchaudio_bias(o, t, prefix);
    torchaudio_heads(o, e, heads);
    /* HuBERT and wav2vec 2.0 are the same network. */
    json_object_set_new(o, "_name",
                        json_string(heads                      ? "wavlm"
                                    : strstr(name, "wav2vec2") ? "wav2vec2"
                                                               : "hubert"));
    if (!o || json_object_update(o, c->config) != 0) {
        json_decref(o);
        return err_nomem(err);
    }
    json_decref(c->config);
    c->config = o;
    if (c->layout == CHECKPOINT_BARE)
        c->layout = CHECKPOINT_TORCHAUDIO;
    return STATUS_OK;
}
