#include "config.h"

#include "model/internal.h"

#include <string.h>

/* Bounds no real model comes near; weights of the wrong shape are found by the binding. */
#define MAX_LAYERS 1000
#define MAX_WIDTH  (1u << 20)

/* Names of the original releases and those of Hugging Face. */
static const char *const spelling[][2] = {
    {"encoder_layers", "num_hidden_layers"},
    {"encoder_embed_dim", "hidden_size"},
    {"encoder_ffn_embed_dim", "intermediate_size"},
    {"encoder_attention_heads", "num_attention_heads"},
    {"activation_fn", "hidden_act"},
    {"layer_norm_first", "do_stable_layer_norm"},
    {"conv_pos", "num_conv_pos_embeddings"},
    {"conv_pos_groups", "num_conv_pos_embedding_groups"},
    {"extractor_mode", "feat_extract_norm"},
    {"conv_feature_layers", "extractor_conv_feature_layers"}, /* of s3prl's distilled HuBERT */
    {"max_distance", "max_bucket_distance"},
};

const json_t *config_get(const json_t *settings, const char **key)
{
    const json_t *v = json_object_get(settings, *key);
    for (size_t i = 0; !v && i < sizeof spelling / sizeof *spelling; i++)
        if (strcmp(spelling[i][0], *key) == 0 &&
            (v = json_object_get(settings, spelling[i][1])) != NULL)
            *key = spelling[i][1];
    return json_is_null(v) ? NULL : v;
}

enum status config_uint(const json_t *settings, const char *key, uint32_t fallback, uint32_t low,
                        uint32_t high, uint32_t *out, struct err *err)
{
    const json_t *v = config_get(settings, &key);
    if (!v) {
        *out = fallback;
        return STATUS_OK;
    }
    json_int_t n = json_integer_value(v);
    if (!json_is_integer(v) || n < low || n > high)
        return err_set(err, STATUS_FORMAT, "configuration: %s is not a whole number from %u to %u",
                       key, low, high);
    *out = (uint32_t)n;
    return STATUS_OK;
}

enum status config_bool(const json_t *settings, const char *key, bool fallback, bool *out,
                        struct err *err)
{
    const json_t *v = config_get(settings, &key);
    if (v && !json_is_boolean(v))
        return err_set(err, STATUS_FORMAT, "configuration: %s is neither true nor false", key);
    *out = v ? json_is_true(v) : fallback;
    return STATUS_OK;
}

enum status config_only(const json_t *settings, const char *key, const char *wanted,
                        struct err *err)
{
    const json_t *v = config_get(settings, &key);
    if (!v)
        return STATUS_OK;
    const char *text = json_string_value(v);
    if (!text || strcmp(text, wanted) != 0)
        return err_set(err, STATUS_UNSUPPORTED, "%s '%s' cannot be computed, only '%s'", key,
                       text ? text : "?", wanted);
    return STATUS_OK;
}

static enum status read_activation(struct encoder *e, const json_t *settings, struct err *err)
{
    static const char *const names[] = {"gelu", "relu", "tanh"};
    const char *key = "activation_fn";
    const json_t *v = config_get(settings, &key);
    const char *text = v ? json_string_value(v) : "gelu";
    for (int i = 0; text && i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            e->activation = (enum activation)i;
            return STATUS_OK;
        }
    return err_set(err, STATUS_UNSUPPORTED, "%s '%s' cannot be computed, only gelu, relu and tanh",
                   key, text ? text : "?");
}

/* One width for all layers, or a list with one for each (models pruned unevenly). */
static enum status read_widths(struct model *m, const json_t *settings, struct err *err)
{
    struct encoder *e = &m->encoder;
    const char *key = "encoder_ffn_embed_dim";
    const json_t *v = config_get(settings, &key);
    uint32_t one = 3072;
    e->width = arena_zeros(&m->memory, e->layers, sizeof *e->width);
    if (!e->width)
        return err_nomem(err);
    if (json_is_array(v) && json_array_size(v) != e->layers)
        return err_set(err, STATUS_FORMAT, "configuration: %s has %zu widths for %u layers", key,
                       json_array_size(v), e->layers);
    if (!json_is_array(v)) {
        enum status code =
            config_uint(settings, "encoder_ffn_embed_dim", one, 1, MAX_WIDTH, &one, err);
        if (code)
            return code;
    }
    for (uint32_t n = 0; n < e->layers; n++) {
        json_int_t w = json_is_array(v) ? json_integer_value(json_array_get(v, n)) : one;
        if (w < 1 || w > MAX_WIDTH)
            return err_set(err, STATUS_FORMAT, "configuration: %s of layer %u is not a width", key,
                           n + 1);
        e->width[n] = (uint32_t)w;
        e->widest = e->width[n] > e->widest ? e->width[n] : e->widest;
    }
    return STATUS_OK;
}

static enum status check_divides(const char *what, uint32_t parts, uint32_t whole, struct err *err)
{
    if (whole % parts == 0)
        return STATUS_OK;
    return err_set(err, STATUS_FORMAT, "configuration: %u channels cannot be split into %u %s",
                   whole, parts, what);
}

enum status config_encoder(struct model *m, const json_t *settings, uint32_t default_layers,
                           struct err *err)
{
    struct encoder *e = &m->encoder;
    enum status code;
    if ((code = config_uint(settings, "encoder_layers", default_layers, 1, MAX_LAYERS, &e->layers,
                            err)) ||
        (code = config_uint(settings, "encoder_embed_dim", 768, 1, MAX_WIDTH, &e->embed, err)) ||
        (code =
             config_uint(settings, "encoder_attention_heads", 12, 1, MAX_WIDTH, &e->heads, err)) ||
        (code = config_uint(settings, "conv_pos", 128, 1, 65536, &e->pos.kernel, err)) ||
        (code = config_uint(settings, "conv_pos_groups", 16, 1, MAX_WIDTH, &e->pos.groups, err)) ||
        (code = config_bool(settings, "layer_norm_first", false, &e->norm_first, err)) ||
        (code = config_only(settings, "attention_type", "original", err)) ||
        (code = config_only(settings, "pos_emb_type", "conv", err)) ||
        (code = pos_conv_configure(&e->pos, settings, err)) ||
        (code = read_activation(e, settings, err)) || (code = read_widths(m, settings, err)) ||
        (code = check_divides("attention heads", e->heads, e->embed, err)))
        return code;
    return check_divides("groups of the positional convolution", e->pos.groups, e->embed, err);
}
