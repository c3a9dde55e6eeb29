/*
 * Which waveform model a checkpoint holds and how it is built, from the configurations of the
 * original releases, of programs that rewrite them, and of Hugging Face.
 */
#include "config.h"

#include "model/frontends/wave.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/load/layout.h"

/* Bounds that no real model comes near. */
#define MAX_CHANNELS 65536
#define MAX_KERNEL   256
#define MAX_HOP      (1u << 20)

static bool wave_has_tensor(const struct checkpoint *c, const char *part)
{
    for (size_t i = 0; i < c->tensors.count; i++)
        if (strstr(c->tensors.tensor[i].name, part))
            return true;
    return false;
}

/* Nothing says the kind: what only one of the families has does. */
static const char *wave_guess_kind(const struct checkpoint *c)
{
    if (c->layout == CHECKPOINT_MELHUBERT ||
        !wave_has_tensor(c, "feature_extractor.conv_layers.0."))
        return NULL;
    if (json_object_get(layout_settings(c), "relative_position_embedding") ||
        wave_has_tensor(c, "grep_linear"))
        return "wavlm";
    return wave_has_tensor(c, "quantizer.") ? "wav2vec2" : "hubert";
}

const json_t *wave_config_find(const struct family *family, const struct checkpoint *c)
{
    const char *kind = layout_kind(c);
    if (!kind)
        kind = wave_guess_kind(c);
    return kind && family_is_called(family, kind) ? layout_settings(c) : NULL;
}

/* A reader of "[(512,10,5)] + [(512,3,2)] * 4": sums of lists, each perhaps so many times. */
struct convs_text {
    struct wave *wave;
    const char *at;
};

static bool convs_skip(struct convs_text *x, char c)
{
    x->at += strspn(x->at, " \t\n");
    if (*x->at != c)
        return false;
    x->at++;
    return true;
}

static bool convs_number(struct convs_text *x, uint32_t *out)
{
    x->at += strspn(x->at, " \t\n");
    size_t n = strspn(x->at, "0123456789");
    *out = n && n <= 6 ? (uint32_t)strtoul(x->at, NULL, 10) : 0;
    x->at += n;
    return *out > 0;
}

/* (channels, kernel, stride) at the end of the list. */
static bool convs_one(struct convs_text *x)
{
    struct wave *w = x->wave;
    struct conv c = {0};
    if (w->convs == MAX_CONVS || !convs_skip(x, '(') || !convs_number(x, &c.out) ||
        !convs_skip(x, ',') || !convs_number(x, &c.kernel) || !convs_skip(x, ',') ||
        !convs_number(x, &c.stride))
        return false;
    convs_skip(x, ',');
    w->conv[w->convs++] = c;
    return convs_skip(x, ')');
}

/* A list of convolutions, perhaps with "* n" behind it. */
static bool convs_list(struct convs_text *x)
{
    struct wave *w = x->wave;
    uint32_t first = w->convs, times = 1;
    if (!convs_skip(x, '['))
        return false;
    while (!convs_skip(x, ']')) {
        if (!convs_one(x))
            return false;
        if (!convs_skip(x, ',')) {
            if (!convs_skip(x, ']'))
                return false;
            break;
        }
    }
    uint32_t count = w->convs - first;
    if (convs_skip(x, '*') && !convs_number(x, &times))
        return false;
    for (uint32_t i = 1; i < times; i++)
        for (uint32_t k = 0; k < count; k++) {
            if (w->convs == MAX_CONVS)
                return false;
            w->conv[w->convs++] = w->conv[first + k];
        }
    return true;
}

enum status wave_parse_convs(struct wave *w, const char *text, struct err *err)
{
    struct convs_text x = {w, text};
    bool good = convs_list(&x);
    while (good && convs_skip(&x, '+'))
        good = convs_list(&x);
    x.at += strspn(x.at, " \t\n");
    if (!good || *x.at || w->convs == 0)
        return err_set(err, STATUS_FORMAT,
                       "configuration: conv_feature_layers '%.100s' is not a list of up to %d "
                       "convolutions (channels, kernel, stride)",
                       text, MAX_CONVS);
    return STATUS_OK;
}

/* One number for each convolution from a list of Hugging Face. */
static enum status wave_read_list(struct wave *w, const struct settings *s, const char *key,
                                  uint32_t *out, struct err *err)
{
    const json_t *v = json_object_get(s->json, key);
    size_t n = json_array_size(v);
    if (n == 0 || n > MAX_CONVS || (w->convs && n != w->convs))
        return err_set(err, STATUS_FORMAT,
                       "configuration: %s is not a list of one number for each convolution", key);
    w->convs = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        json_int_t x = json_integer_value(json_array_get(v, i));
        if (x < 1 || x > MAX_CHANNELS)
            return err_set(err, STATUS_FORMAT, "configuration: %s of convolution %zu is wrong", key,
                           i);
        out[i] = (uint32_t)x;
    }
    return STATUS_OK;
}

/* The convolutions as three lists, as transformers has them. */
static enum status wave_read_lists(struct wave *w, const struct settings *s, struct err *err)
{
    uint32_t out[3][MAX_CONVS];
    static const char *const keys[] = {"conv_dim", "conv_kernel", "conv_stride"};
    for (int i = 0; i < 3; i++) {
        enum status code = wave_read_list(w, s, keys[i], out[i], err);
        if (code)
            return code;
    }
    for (uint32_t i = 0; i < w->convs; i++)
        w->conv[i] = (struct conv){.out = out[0][i], .kernel = out[1][i], .stride = out[2][i]};
    return STATUS_OK;
}

/* Convolutions and the samples that their frames are apart and wide. */
static enum status wave_read_convs(struct model *m, const struct settings *s, struct err *err)
{
    struct wave *w = m->front;
    const char *key = "conv_feature_layers";
    const json_t *v = config_get(s, &key);
    uint64_t hop = 1, window = 1;
    enum status code;
    if (json_object_get(s->json, "conv_dim") || json_object_get(s->json, "conv_kernel") ||
        json_object_get(s->json, "conv_stride"))
        code = wave_read_lists(w, s, err);
    else if (v && !json_is_string(v))
        code = err_set(err, STATUS_FORMAT, "configuration: %s is not a text", key);
    else
        code = wave_parse_convs(
            w, v ? json_string_value(v) : "[(512,10,5)] + [(512,3,2)] * 4 + [(512,2,2)] * 2", err);
    for (uint32_t i = 0; !code && i < w->convs; i++) {
        struct conv *c = &w->conv[i];
        c->in = i ? w->conv[i - 1].out : 1;
        window += (c->kernel - 1) * hop;
        hop *= c->stride;
        if (c->out > MAX_CHANNELS || c->kernel > MAX_KERNEL || hop > MAX_HOP || window > MAX_HOP)
            code = err_set(err, STATUS_FORMAT,
                           "configuration: convolution %u of %u channels, kernel %u, stride %u", i,
                           c->out, c->kernel, c->stride);
    }
    m->info.hop = (uint32_t)hop;
    m->info.window = (uint32_t)window;
    return code;
}

/*
 * What is normalised between a convolution and its GELU, in the words of fairseq or of
 * transformers.
 */
static enum status wave_read_norm(struct wave *w, const struct settings *s, struct err *err)
{
    const char *key = "extractor_mode";
    const json_t *v = config_get(s, &key);
    const char *text = v ? json_string_value(v) : "default";
    if (text && (strcmp(text, "layer_norm") == 0 || strcmp(text, "layer") == 0))
        w->norm = CONV_NORM_EACH;
    else if (text && (strcmp(text, "default") == 0 || strcmp(text, "group") == 0 ||
                      strcmp(text, "group_norm_masked") ==
                          0)) /* over the unmasked frames: all of them here */
        w->norm = CONV_NORM_FIRST;
    else
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s '%s' cannot be computed, only default (group) and layer_norm (layer)",
                       key, text ? text : "?");
    return STATUS_OK;
}

/* What would make it another model, by the names of its switches. */
static enum status wave_refuse(const struct settings *s, struct err *err)
{
    static const char *const off[] = {"add_adapter", "quantize_input"};
    static const char *const words[][2] = {{"layer_type", "transformer"},
                                           {"position_embeddings_type", "absolute"},
                                           {"pos_enc_type", "abs"}};
    const json_t *v;
    enum status code;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        if (json_is_true(json_object_get(s->json, off[i])))
            return err_set(err, STATUS_UNSUPPORTED, "%s cannot be computed", off[i]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((code = config_only(s, words[i][0], words[i][1], err)))
            return code;
    v = json_object_get(s->json, "adapter_attn_dim");
    if (v && !json_is_null(v))
        return err_set(err, STATUS_UNSUPPORTED, "adapter_attn_dim: adapters cannot be computed");
    v = json_object_get(s->json, "task_emb_type");
    if (json_is_string(v) &&
        (strcmp(json_string_value(v), "add") == 0 || strcmp(json_string_value(v), "concat") == 0))
        return err_set(err, STATUS_UNSUPPORTED, "task_emb_type '%s' cannot be computed",
                       json_string_value(v));
    /* The last norm of ContentVec is then conditioned on the speaker. */
    if (json_integer_value(json_object_get(s->json, "encoder_layers_1")) > 0 &&
        json_is_true(json_object_get(s->json, "layer_norm_first")))
        return err_set(err, STATUS_UNSUPPORTED,
                       "encoder_layers_1 with layer_norm_first cannot be computed");
    v = json_object_get(s->json, "crop_seq_to_multiple");
    if (json_integer_value(v) > 1)
        return err_set(err, STATUS_UNSUPPORTED, "crop_seq_to_multiple cannot be computed");
    return STATUS_OK;
}

enum status wave_config_read(struct model *m, const struct settings *s, struct err *err)
{
    struct wave *w = m->front;
    /* s3prl's distilled HuBERT has fewer layers, and no norm before the projection. */
    bool distilled = json_object_get(s->json, "extractor_conv_feature_layers") != NULL, proj_norm;
    struct encoder_defaults defaults = ENCODER_DEFAULTS;
    const char *heads = json_string_value(json_object_get(s->json, "encoder_num_heads"));
    enum status code;
    if (heads && !json_object_get(s->json, "num_attention_heads") &&
        !json_object_get(s->json, "encoder_attention_heads"))
        return err_set(err, STATUS_UNSUPPORTED,
                       "torchaudio's names, and nothing says how many attention heads: write "
                       "{\"encoder_num_heads\": N} to config.json next to it");
    defaults.layers = distilled ? 1 : 12;
    if ((code = wave_refuse(s, err)) || (code = config_encoder(m, s, &defaults, err)) ||
        (code = wave_read_convs(m, s, err)) || (code = wave_read_norm(w, s, err)) ||
        (code = config_activation(s, "feat_extract_activation", ACTIVATION_GELU, &w->activation,
                                  err)) ||
        (code = config_bool(s, "conv_bias", false, &w->bias, err)) ||
        (code = config_bool(s, "feat_proj_layer_norm", !distilled, &proj_norm, err)))
        return code;
    w->no_proj_norm = !proj_norm;
    return STATUS_OK;
}

const struct family_config wave_config = {wave_keys, wave_config_find, wave_config_read};
