#include "config.h"

#include "model/load/model_parts.h"

#include <stdio.h>
#include <string.h>

#include "model/internal.h"
#include "base/mem.h"

static const char *const part_names[FFN_PARTS] = {"fc1.weight", "fc1.bias", "fc2.weight",
                                                  "fc2.bias"};

static bool is_float(enum dtype d)
{
    return d == DTYPE_F64 || d == DTYPE_F32 || d == DTYPE_F16 || d == DTYPE_BF16;
}

/* PART must be [ROWS], or [ROWS][COLUMNS] where COLUMNS is not 0. */
static enum status check_part(const struct checkpoint *c, const struct tensor *t, size_t rows,
                              size_t columns, struct err *err)
{
    uint32_t ndim = columns ? 2 : 1;
    char shape[96];
    if (t->ndim == ndim && t->shape[0] == rows && (ndim == 1 || t->shape[1] == columns) &&
        is_float(t->dtype) && tensor_is_sound(t))
        return STATUS_OK;
    tensor_shape_text(t, shape, sizeof shape);
    return err_set(err, STATUS_FORMAT, "%s: tensor %s is %s %s, which its layer has no use for",
                   c->path, t->name, dtype_name(t->dtype), shape);
}

static enum status find_parts(struct binder *b, const struct checkpoint *c, uint32_t layer,
                              struct model_ffn *out, struct err *err)
{
    const struct tensor *part[FFN_PARTS];
    char native[MAX_TENSOR_NAME], spelled[MAX_TENSOR_NAME];
    enum status code = binder_spell(b, err);
    for (int p = 0; p < FFN_PARTS && !code; p++) {
        snprintf(native, sizeof native, "encoder.layers.%u.%s", layer, part_names[p]);
        part[p] = binder_find(b, native, spelled);
        if (!part[p])
            return err_set(err, STATUS_NOTFOUND, "%s: tensor %s is missing", c->path, spelled);
    }
    if (code)
        return code;
    size_t neurons = part[FFN_FC1_BIAS]->shape[0], embed = part[FFN_FC2_BIAS]->shape[0];
    if ((code = check_part(c, part[FFN_FC1_BIAS], neurons, 0, err)) ||
        (code = check_part(c, part[FFN_FC2_BIAS], embed, 0, err)) ||
        (code = check_part(c, part[FFN_FC1_WEIGHT], neurons, embed, err)) ||
        (code = check_part(c, part[FFN_FC2_WEIGHT], embed, neurons, err)))
        return code;
    for (int p = 0; p < FFN_PARTS; p++)
        out->at[p] = (size_t)(part[p] - c->tensors.tensor);
    return STATUS_OK;
}

enum status model_ffn_find(const struct checkpoint *c, uint32_t layer, struct model_ffn *out,
                           struct err *err)
{
    struct model m = {.memory = arena_make(SIZE_MAX)};
    struct binder b = {.tensors = &c->tensors, .model = &m, .path = c->path};
    enum status code = find_parts(&b, c, layer, out, err);
    arena_free(&m.memory);
    return code;
}

enum status model_missing(const struct checkpoint *c, struct names *out, struct err *err)
{
    struct model m = {.kn = kernels_get(), .memory = arena_make(SIZE_MAX)};
    struct binder b = {.tensors = &c->tensors, .model = &m, .path = c->path, .survey = out};
    const json_t *settings;
    enum status code = STATUS_OK;
    m.family = model_find_family(c, &settings);
    if (!m.family)
        return STATUS_OK;
    if (!(code = binder_spell(&b, err)) && !(code = m.family->configure(&m, settings, err)) &&
        !(code = m.family->bind(&m, &b, c, NULL, err)))
        code = bind_encoder(&b, err);
    m.family->free(&m);
    arena_free(&m.memory);
    return code;
}

json_t *model_settings(const struct checkpoint *c, const char **family)
{
    const json_t *settings = NULL;
    const struct model_family *f = model_find_family(c, &settings);
    if (f)
        *family = f->name;
    return f ? (json_t *)(uintptr_t)settings : NULL;
}

enum status model_settings_set_widths(json_t *settings, uint32_t layers, const uint32_t *width,
                                      bool list, struct err *err)
{
    const char *key = "encoder_ffn_embed_dim";
    json_t *value = list ? json_array() : json_integer(width[0]);
    for (uint32_t n = 0; n < layers && list; n++)
        json_array_append_new(value, json_integer(width[n]));
    /* Where nothing says it, the key of those who name the number of layers alike. */
    if (!config_get(settings, &key) && json_object_get(settings, "num_hidden_layers"))
        key = "intermediate_size";
    return json_object_set_new(settings, key, value) == 0 ? STATUS_OK : err_nomem(err);
}

enum status model_stats_file(const struct checkpoint *c, const struct model_options *o, char **path,
                             struct err *err)
{
    const char *family;
    enum status code = STATUS_OK;
    char *found = NULL;
    if (!model_settings(c, &family) || strcmp(family, family_melhubert.name) != 0) {
        *path = NULL;
        return STATUS_OK;
    }
    if (o && o->mean_std) {
        if (!(found = mem_strndup(o->mean_std, strlen(o->mean_std))))
            code = err_nomem(err);
    } else if (!tensors_find(&c->tensors, "input.mean")) {
        code = melhubert_stats_beside(c, &found, err);
    }
    if (!code)
        *path = found;
    return code;
}
