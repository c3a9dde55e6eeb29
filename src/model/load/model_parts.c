/*
 * A model's parts without the model: where the feed-forward tensors of a checkpoint stand, for
 * edits, what is missing, and the settings that say how wide layers are.
 */
#include "config.h"

#include "model/load/model_parts.h"

#include <stdio.h>
#include <string.h>

#include "model/frontends/wave.h"
#include "model/internal.h"
#include "model/load/adapters.h"
#include "base/mem.h"

static const char *const part_names[FFN_PARTS] = {"fc1.weight", "fc1.bias", "fc2.weight",
                                                  "fc2.bias"};

static bool part_is_float(enum dtype d)
{
    return d == DTYPE_F64 || d == DTYPE_F32 || d == DTYPE_F16 || d == DTYPE_BF16;
}

/* PART must be [ROWS], or [ROWS][COLUMNS] where COLUMNS is not 0. */
static enum status part_check(const struct checkpoint *c, const struct tensor *t, size_t rows,
                              size_t columns, struct err *err)
{
    uint32_t ndim = columns ? 2 : 1;
    char shape[96];
    if (t->ndim == ndim && t->shape[0] == rows && (ndim == 1 || t->shape[1] == columns) &&
        part_is_float(t->dtype) && tensor_is_sound(t))
        return STATUS_OK;
    tensor_shape_text(t, shape, sizeof shape);
    return err_set(err, STATUS_FORMAT, "%s: tensor %s is %s %s, which does not fit its layer",
                   c->path, t->name, dtype_name(t->dtype), shape);
}

/*
 * The four tensors of a layer's feed-forward block, whose shapes must fit one another: the
 * configuration is not looked at.
 */
static enum status ffn_find_parts(struct binder *b, const struct checkpoint *c, uint32_t layer,
                                  struct model_ffn *out, struct err *err)
{
    const struct tensor *part[FFN_PARTS];
    char native[MAX_TENSOR_NAME], spelled[MAX_TENSOR_NAME];
    enum status code = STATUS_OK;
    for (int p = 0; p < FFN_PARTS && !code; p++) {
        snprintf(native, sizeof native, "encoder.layers.%u.%s", layer, part_names[p]);
        part[p] = binder_find(b, native, spelled);
        if (!part[p])
            return err_set(err, STATUS_NOTFOUND, "%s: tensor %s is missing", c->path, spelled);
    }
    if (code)
        return code;
    size_t neurons = part[FFN_FC1_BIAS]->shape[0], embed = part[FFN_FC2_BIAS]->shape[0];
    if ((code = part_check(c, part[FFN_FC1_BIAS], neurons, 0, err)) ||
        (code = part_check(c, part[FFN_FC2_BIAS], embed, 0, err)) ||
        (code = part_check(c, part[FFN_FC1_WEIGHT], neurons, embed, err)) ||
        (code = part_check(c, part[FFN_FC2_WEIGHT], embed, neurons, err)))
        return code;
    for (int p = 0; p < FFN_PARTS; p++)
        out->at[p] = (size_t)(part[p] - c->tensors.tensor);
    return STATUS_OK;
}

/* How tensors are spelled where no configuration says the family: as of HuBERT's relatives. */
static const struct tensor_names *family_names_of(const struct family *family)
{
    return family ? family->names : &wave_tensor_names;
}

enum status model_ffn_find(const struct checkpoint *c, uint32_t layer, struct model_ffn *out,
                           struct err *err)
{
    const json_t *settings;
    struct model m = {.memory = arena_make(SIZE_MAX)};
    struct binder b = {.tensors = &c->tensors, .model = &m, .path = c->path};
    enum status code = binder_spell(&b, family_names_of(family_find(c, &settings)), err);
    if (!code)
        code = ffn_find_parts(&b, c, layer, out, err);
    arena_free(&m.memory);
    return code;
}

/* Names of tensors that are missing into MISSING, and the number of layers: what the configuration
 * alone says.  None for a model that is not known, whose settings are NULL. */
static enum status parts_survey(const struct checkpoint *c, struct names *missing, uint32_t *layers,
                                const json_t **settings, struct err *err)
{
    struct model m = {.kn = kernels_get(), .memory = arena_make(SIZE_MAX)};
    struct binder b = {.tensors = &c->tensors, .model = &m, .path = c->path, .survey = missing};
    enum status code = adapters_refuse(&c->tensors, c->path, err);
    m.family = code ? NULL : family_find(c, settings);
    *layers = 0;
    if (!m.family)
        return code;
    code = model_bind(&m, &b, *settings, c, NULL, err);
    *layers = m.encoder.layers;
    model_close(&m);
    return code;
}

enum status model_missing(const struct checkpoint *c, struct names *out, struct err *err)
{
    const json_t *settings;
    uint32_t layers;
    return parts_survey(c, out, &layers, &settings, err);
}

enum status model_layers(const struct checkpoint *c, uint32_t *layers, struct err *err)
{
    struct names missing = NAMES_INIT;
    const json_t *settings;
    enum status code = parts_survey(c, &missing, layers, &settings, err);
    names_free(&missing);
    if (!code && !settings)
        return err_set(err, STATUS_UNSUPPORTED, "%s: not the configuration of a known model",
                       c->path);
    return code;
}

json_t *model_settings(const struct checkpoint *c, const char **family)
{
    const json_t *settings = NULL;
    const struct family *f = family_find(c, &settings);
    if (f)
        *family = f->name;
    return f ? (json_t *)(uintptr_t)settings : NULL;
}

enum status model_set_widths(struct checkpoint *c, uint32_t layers, const uint32_t *width,
                             bool list, struct err *err)
{
    const char *key = "encoder_ffn_embed_dim";
    const json_t *found;
    const struct family *f = family_find(c, &found);
    json_t *settings = (json_t *)(uintptr_t)found;
    if (!f)
        return err_set(err, STATUS_UNSUPPORTED, "%s: not the configuration of a known model",
                       c->path);
    json_t *value = list ? json_array() : json_integer(width[0]);
    for (uint32_t n = 0; n < layers && list; n++)
        json_array_append_new(value, json_integer(width[n]));
    /* Where nothing says it, the key of those who name the number of layers alike. */
    if (!config_get(&(struct settings){settings, f->config->keys}, &key) &&
        json_object_get(settings, "num_hidden_layers"))
        key = "intermediate_size";
    return json_object_set_new(settings, key, value) == 0 ? STATUS_OK : err_nomem(err);
}

enum status model_stats_file(const struct checkpoint *c, const struct model_options *o, char **path,
                             struct err *err)
{
    const json_t *settings;
    const struct family *f = family_find(c, &settings);
    *path = NULL;
    return f && f->frontend->side_file ? f->frontend->side_file(c, o, path, err) : STATUS_OK;
}
