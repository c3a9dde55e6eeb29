/*
 * Which waveform model a checkpoint holds and how it is built, from the configurations of the
 * original releases, of programs that rewrite them, and of Hugging Face.
 */
#include "config.h"

#include "base/number.h"
#include "model/frontends/wave.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bounds that no real model comes near. */
#define MAX_CHANNELS 65536
#define MAX_KERNEL   256
#define MAX_HOP      (1u << 20)

/*
 * Settings of the model: fairseq's cfg.model or, in old files, args; model_cfg where s3prl has
 * rewritten the file; cfg of WavLM; all of a config.json.  Fine-tuned models keep those of the
 * pre-trained one in w2v_args, which may again be a whole configuration or attributes.
 */
static const json_t *settings_of(const struct checkpoint *c)
{
    const json_t *cfg = json_object_get(c->config, "cfg"), *s = c->config;
    if (c->layout == CHECKPOINT_S3PRL)
        s = json_object_get(c->config, "model_cfg");
    else if (c->layout == CHECKPOINT_WAVLM)
        s = cfg;
    else if (c->layout == CHECKPOINT_DISTILLER)
        s = json_object_get(json_object_get(c->config, "Config"), "distiller");
    else if (c->layout == CHECKPOINT_FAIRSEQ) {
        s = json_object_get(cfg, "model");
        if (!json_is_object(s))
            s = json_object_get(c->config, "args");
    }
    for (int depth = 0; depth < 4; depth++) {
        const json_t *inner = json_object_get(s, "w2v_args");
        if (!json_is_object(inner))
            break;
        const json_t *model = json_object_get(inner, "model");
        s = json_is_object(model) ? model : inner;
    }
    return json_is_object(s) ? s : NULL;
}

static bool has_tensor(const struct checkpoint *c, const char *part)
{
    for (size_t i = 0; i < c->tensors.count; i++)
        if (strstr(c->tensors.tensor[i].name, part))
            return true;
    return false;
}

const char *wave_kind(const struct checkpoint *c)
{
    static const char *const keys[] = {"model_type", "_name", "arch"};
    const json_t *s = settings_of(c);
    if (c->layout == CHECKPOINT_MELHUBERT)
        return NULL;
    if (c->layout == CHECKPOINT_DISTILLER)
        return "distiller";
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *name = json_string_value(json_object_get(s, keys[i]));
        if (name)
            return name;
    }
    /* Nothing says it: what only one of them has does. */
    if (!has_tensor(c, "feature_extractor.conv_layers.0."))
        return NULL;
    if (json_object_get(s, "relative_position_embedding") || has_tensor(c, "grep_linear"))
        return "wavlm";
    return has_tensor(c, "quantizer.") ? "wav2vec2" : "hubert";
}

const json_t *wave_find(const struct model_family *family, const struct checkpoint *c)
{
    const char *kind = wave_kind(c);
    if (!kind)
        return NULL;
    /* HuBERT with other names: distilled by s3prl, disentangled from speakers. */
    if (strcmp(kind, "distiller") == 0 || strcmp(kind, "contentvec") == 0)
        kind = "hubert";
    /* Sizes of one architecture ("wav2vec2_large") do not make another; fairseq has _ for -. */
    size_t n = strlen(family->name);
    for (size_t i = 0; i < n; i++)
        if (kind[i] != family->name[i] && (kind[i] != '_' || family->name[i] != '-'))
            return NULL;
    bool same = !kind[n] || strcmp(kind + n, "_base") == 0 || strcmp(kind + n, "_large") == 0;
    return same ? settings_of(c) : NULL;
}

/* A reader of "[(512,10,5)] + [(512,3,2)] * 4": sums of lists, each perhaps so many times. */
struct expression {
    struct wave *wave;
    const char *at;
};

static bool take(struct expression *x, char c)
{
    x->at += strspn(x->at, " \t\n");
    if (*x->at != c)
        return false;
    x->at++;
    return true;
}

static bool take_number(struct expression *x, uint32_t *out)
{
    x->at += strspn(x->at, " \t\n");
    size_t n = strspn(x->at, "0123456789");
    *out = n && n <= 6 ? (uint32_t)strtoul(x->at, NULL, 10) : 0;
    x->at += n;
    return *out > 0;
}

/* (channels, kernel, stride) at the end of the list. */
static bool take_conv(struct expression *x)
{
    struct wave *w = x->wave;
    struct conv c = {0};
    if (w->convs == MAX_CONVS || !take(x, '(') || !take_number(x, &c.out) || !take(x, ',') ||
        !take_number(x, &c.kernel) || !take(x, ',') || !take_number(x, &c.stride))
        return false;
    take(x, ',');
    w->conv[w->convs++] = c;
    return take(x, ')');
}

/* A list of convolutions, perhaps with "* n" behind it. */
static bool take_list(struct expression *x)
{
    struct wave *w = x->wave;
    uint32_t first = w->convs, times = 1;
    if (!take(x, '['))
        return false;
    while (!take(x, ']')) {
        if (!take_conv(x))
            return false;
        if (!take(x, ',')) {
            if (!take(x, ']'))
                return false;
            break;
        }
    }
    uint32_t count = w->convs - first;
    if (take(x, '*') && !take_number(x, &times))
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
    struct expression x = {w, text};
    bool good = take_list(&x);
    while (good && take(&x, '+'))
        good = take_list(&x);
    x.at += strspn(x.at, " \t\n");
    if (!good || *x.at || w->convs == 0)
        return err_set(err, STATUS_FORMAT,
                       "configuration: conv_feature_layers '%.100s' is not a list of up to %d "
                       "convolutions (channels, kernel, stride)",
                       text, MAX_CONVS);
    return STATUS_OK;
}

/* One number for each convolution from a list of Hugging Face. */
static enum status read_list(struct wave *w, const json_t *settings, const char *key, uint32_t *out,
                             struct err *err)
{
    const json_t *v = json_object_get(settings, key);
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

static enum status read_lists(struct wave *w, const json_t *settings, struct err *err)
{
    uint32_t out[3][MAX_CONVS];
    static const char *const keys[] = {"conv_dim", "conv_kernel", "conv_stride"};
    for (int i = 0; i < 3; i++) {
        enum status code = read_list(w, settings, keys[i], out[i], err);
        if (code)
            return code;
    }
    for (uint32_t i = 0; i < w->convs; i++)
        w->conv[i] = (struct conv){.out = out[0][i], .kernel = out[1][i], .stride = out[2][i]};
    return STATUS_OK;
}

/* Convolutions and the samples that their frames are apart and wide. */
static enum status read_convs(struct model *m, const json_t *settings, struct err *err)
{
    struct wave *w = m->front;
    const char *key = "conv_feature_layers";
    const json_t *v = config_get(settings, &key);
    uint64_t hop = 1, window = 1;
    enum status code;
    if (json_object_get(settings, "conv_dim") || json_object_get(settings, "conv_kernel") ||
        json_object_get(settings, "conv_stride"))
        code = read_lists(w, settings, err);
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

static enum status read_norm(struct wave *w, const json_t *settings, struct err *err)
{
    const char *key = "extractor_mode";
    const json_t *v = config_get(settings, &key);
    const char *text = v ? json_string_value(v) : "default";
    if (text && (strcmp(text, "layer_norm") == 0 || strcmp(text, "layer") == 0))
        w->norm = CONV_NORM_EACH;
    else if (text && (strcmp(text, "default") == 0 || strcmp(text, "group") == 0 ||
                      strcmp(text, "group_norm_masked") == 0)) /* of the frames heard: all here */
        w->norm = CONV_NORM_FIRST;
    else
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s '%s' cannot be computed, only default (group) and layer_norm (layer)",
                       key, text ? text : "?");
    return STATUS_OK;
}

/* WavLM's are on by their own switches; transformers has them always. */
static enum status read_rel_pos(struct model *m, const json_t *settings, struct err *err)
{
    struct rel_pos *p = &m->encoder.rel;
    bool hugging_face = json_object_get(settings, "model_type") != NULL, on;
    enum status code;
    if (strcmp(m->family->name, "wavlm") != 0)
        return STATUS_OK;
    if ((code = config_bool(settings, "relative_position_embedding", hugging_face, &on, err)) ||
        (code = config_bool(settings, "gru_rel_pos", hugging_face, &p->gated, err)) || !on)
        return code;
    if ((code = config_uint(settings, "num_buckets", 320, 4, 1u << 16, &p->buckets, err)))
        return code;
    return config_uint(settings, "max_distance", hugging_face ? 800 : 1280, p->buckets / 4 + 1,
                       1u << 24, &p->distance, err);
}

/* What would make it another model, by the names of its switches. */
static enum status refuse(const json_t *settings, struct err *err)
{
    static const char *const off[] = {"add_adapter", "quantize_input"};
    static const char *const words[][2] = {{"layer_type", "transformer"},
                                           {"feat_extract_activation", "gelu"},
                                           {"position_embeddings_type", "absolute"},
                                           {"pos_enc_type", "abs"}};
    const json_t *v;
    enum status code;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        if (json_is_true(json_object_get(settings, off[i])))
            return err_set(err, STATUS_UNSUPPORTED, "%s cannot be computed", off[i]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((code = config_only(settings, words[i][0], words[i][1], err)))
            return code;
    v = json_object_get(settings, "adapter_attn_dim");
    if (v && !json_is_null(v))
        return err_set(err, STATUS_UNSUPPORTED, "adapter_attn_dim: adapters cannot be computed");
    v = json_object_get(settings, "task_emb_type");
    if (json_is_string(v) &&
        (strcmp(json_string_value(v), "add") == 0 || strcmp(json_string_value(v), "concat") == 0))
        return err_set(err, STATUS_UNSUPPORTED, "task_emb_type '%s' cannot be computed",
                       json_string_value(v));
    /* ContentVec's last norm then hears the speaker too. */
    if (json_integer_value(json_object_get(settings, "encoder_layers_1")) > 0 &&
        json_is_true(json_object_get(settings, "layer_norm_first")))
        return err_set(err, STATUS_UNSUPPORTED,
                       "encoder_layers_1 with layer_norm_first cannot be computed");
    v = json_object_get(settings, "crop_seq_to_multiple");
    if (json_integer_value(v) > 1)
        return err_set(err, STATUS_UNSUPPORTED, "crop_seq_to_multiple cannot be computed");
    v = json_object_get(settings, "layer_norm_eps");
    if (v && !(json_number_value(v) > 0.99e-5 && json_number_value(v) < 1.01e-5))
        return err_set(err, STATUS_UNSUPPORTED, "layer_norm_eps %s cannot be computed, only 1e-05",
                       number_short(json_number_value(v), 6).text);
    return STATUS_OK;
}

/* Settings by which a family differs that its configuration need not name. */
static enum status apply_family(struct model *m, const json_t *settings, bool *proj_norm,
                                struct err *err)
{
    const char *type = json_string_value(json_object_get(settings, "model_type"));
    /* transformers' data2vec has neither switch. */
    if (type && strcmp(type, "data2vec-audio") == 0) {
        struct wave *w = m->front;
        w->norm = CONV_NORM_EACH;
        m->encoder.norm_first = false;
    }
    /* s3prl's distilled HuBERT has no norm before the projection, and no switch either. */
    return config_bool(settings, "feat_proj_layer_norm",
                       !json_object_get(settings, "extractor_conv_feature_layers"), proj_norm, err);
}

enum status wave_configure(struct model *m, const json_t *settings, struct err *err)
{
    struct wave *w = m->front;
    bool proj_norm, distilled = json_object_get(settings, "extractor_conv_feature_layers") != NULL;
    enum status code;
    if ((code = refuse(settings, err)) ||
        (code = config_encoder(m, settings, distilled ? 1 : 12, err)) ||
        (code = read_convs(m, settings, err)) || (code = read_norm(w, settings, err)) ||
        (code = config_bool(settings, "conv_bias", false, &w->bias, err)) ||
        (code = apply_family(m, settings, &proj_norm, err)))
        return code;
    w->no_proj_norm = !proj_norm;
    return read_rel_pos(m, settings, err);
}
