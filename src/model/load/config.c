/*
 * Settings by name: keys as fairseq writes them or as a family's list of spellings has them,
 * numbers within bounds, and the settings that every encoder has.
 */
#include "config.h"

#include "model/activation.h"
#include "model/internal.h"

#include <string.h>

/* Bounds no real model comes near; weights of the wrong shape are found by the binding. */
#define MAX_LAYERS 1000
#define MAX_WIDTH  (1u << 20)

const json_t *config_get(const struct settings *s, const char **key)
{
    const json_t *v = json_object_get(s->json, *key);
    for (const struct spelling *k = s->keys; !v && k->ours; k++)
        if (strcmp(k->ours, *key) == 0 && (v = json_object_get(s->json, k->theirs)) != NULL)
            *key = k->theirs;
    return json_is_null(v) ? NULL : v;
}

enum status config_uint(const struct settings *s, const char *key, uint32_t fallback, uint32_t low,
                        uint32_t high, uint32_t *out, struct err *err)
{
    const json_t *v = config_get(s, &key);
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

enum status config_bool(const struct settings *s, const char *key, bool fallback, bool *out,
                        struct err *err)
{
    const json_t *v = config_get(s, &key);
    if (v && !json_is_boolean(v))
        return err_set(err, STATUS_FORMAT, "configuration: %s is neither true nor false", key);
    *out = v ? json_is_true(v) : fallback;
    return STATUS_OK;
}

enum status config_only(const struct settings *s, const char *key, const char *wanted,
                        struct err *err)
{
    const json_t *v = config_get(s, &key);
    if (!v)
        return STATUS_OK;
    const char *text = json_string_value(v);
    if (!text || strcmp(text, wanted) != 0)
        return err_set(err, STATUS_UNSUPPORTED, "%s '%s' cannot be computed, only '%s'", key,
                       text ? text : "?", wanted);
    return STATUS_OK;
}

enum status config_activation(const struct settings *s, const char *key, enum activation fallback,
                              enum activation *out, struct err *err)
{
    const json_t *v = config_get(s, &key);
    const char *text = json_string_value(v);
    *out = fallback;
    if (!v || (text && activation_parse(text, out)))
        return STATUS_OK;
    return err_set(err, STATUS_UNSUPPORTED, "%s '%s' cannot be computed", key, text ? text : "?");
}

/* What layer norms add to the variance; no model comes near the bound. */
static enum status config_epsilon(struct encoder *e, const struct settings *s, struct err *err)
{
    const char *key = "layer_norm_eps";
    const json_t *v = config_get(s, &key);
    double epsilon = v ? json_number_value(v) : (double)NORM_EPSILON;
    if (v && (!json_is_number(v) || epsilon < 0 || epsilon > 1))
        return err_set(err, STATUS_FORMAT, "configuration: %s is not a number from 0 to 1", key);
    e->epsilon = (float)epsilon;
    return STATUS_OK;
}

/* One width for all layers, or a list with one for each (models pruned unevenly). */
static enum status config_widths(struct model *m, const struct settings *s, uint32_t one,
                                 struct err *err)
{
    struct encoder *e = &m->encoder;
    const char *key = "encoder_ffn_embed_dim";
    const json_t *v = config_get(s, &key);
    e->width = arena_zeros(&m->memory, e->layers, sizeof *e->width);
    if (!e->width)
        return err_nomem(err);
    if (json_is_array(v) && json_array_size(v) != e->layers)
        return err_set(err, STATUS_FORMAT, "configuration: %s has %zu widths for %u layers", key,
                       json_array_size(v), e->layers);
    if (!json_is_array(v)) {
        enum status code = config_uint(s, "encoder_ffn_embed_dim", one, 1, MAX_WIDTH, &one, err);
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

enum status config_encoder(struct model *m, const struct settings *s,
                           const struct encoder_defaults *defaults, struct err *err)
{
    struct encoder *e = &m->encoder;
    const struct family *f = m->family;
    enum status code;
    if ((code =
             config_uint(s, "encoder_layers", defaults->layers, 1, MAX_LAYERS, &e->layers, err)) ||
        (code =
             config_uint(s, "encoder_embed_dim", defaults->embed, 1, MAX_WIDTH, &e->embed, err)) ||
        (code = config_uint(s, "encoder_attention_heads", defaults->heads, 1, MAX_WIDTH, &e->heads,
                            err)) ||
        (code = config_only(s, "attention_type", "original", err)) ||
        (code = config_activation(s, "activation_fn", f->activation, &e->activation, err)) ||
        (code = config_epsilon(e, s, err)) || (code = config_widths(m, s, defaults->width, err)))
        return code;
    e->norm_first = f->norms == NORM_BEFORE;
    if (f->norms == NORM_CONFIGURED &&
        (code = config_bool(s, "layer_norm_first", false, &e->norm_first, err)))
        return code;
    if (e->embed % e->heads != 0)
        return err_set(err, STATUS_FORMAT,
                       "configuration: %u channels cannot be split into %u attention heads",
                       e->embed, e->heads);
    return f->positions & POSITION_CONV ? pos_conv_configure(e, s, defaults, err) : STATUS_OK;
}
