/*
 * What info says about checkpoints, configurations, tensors and pickles.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands/info.h"
#include "formats/tensors/checkpoint.h"
#include "base/mem.h"
#include "model/model.h"
#include "model/load/adapters.h"
#include "model/load/model_parts.h"
#include "base/names.h"
#include "formats/jsontext.h"
#include "formats/tensors/npy.h"
#include "formats/tensors/pickle.h"
#include "formats/tensors/safetensors.h"

/* Phone labels in the published files: 39 phones, silence, noise. */
#define PUBLISHED_LABELS 41

/* Adds KEY unless its text is unknown or empty. */
static void set_text(json_t *out, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(out, key, json_string(text));
}

static void set_count(json_t *out, const char *key, size_t n)
{
    json_object_set_new(out, key, json_integer((json_int_t)n));
}

/* The shape as a list of sizes. */
static json_t *info_model_shape(const struct tensor *t)
{
    json_t *array = json_array();
    for (uint32_t d = 0; d < t->ndim; d++)
        json_array_append_new(array, json_integer((json_int_t)t->shape[d]));
    return array;
}

/* How many numbers there are and of what type, then each tensor. */
static void describe_tensors(json_t *out, const struct tensors *t)
{
    size_t elements = 0, bytes = 0;
    json_t *rows = json_array(), *types = json_object();
    for (size_t i = 0; i < t->count; i++) {
        const struct tensor *x = &t->tensor[i];
        const char *type = dtype_name(x->dtype);
        json_int_t n = json_integer_value(json_object_get(types, type));
        json_object_set_new(types, type, json_integer(n + 1));
        elements += x->count;
        bytes += x->count * dtype_size(x->dtype);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:o}", "tensor", x->name, "dtype", type,
                                              "shape", info_model_shape(x)));
    }
    json_t *names = json_array();
    const char *type;
    json_t *n;
    json_object_foreach(types, type, n)
    {
        json_array_append_new(names, json_string(type));
    }
    json_decref(types);
    set_count(out, "numbers", elements);
    set_count(out, "bytes", bytes);
    json_object_set_new(out, "dtypes", names);
    set_count(out, "tensor_count", t->count);
    json_object_set_new(out, "tensors", rows);
}

/* The names as a list. */
static json_t *name_list(const struct names *names)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < names->count; i++)
        json_array_append_new(list, json_string(names->name[i]));
    return list;
}

/*
 * What M is: one number of neurons where all layers are equally wide, else the list of widths.
 * Samples are at 16 kHz, hence 16 in a millisecond. The fingerprint is text, since JSON readers
 * commonly hold numbers as double, which loses bits of 64-bit integers.
 */
static void describe_model(json_t *out, const struct model_info *m)
{
    bool even = true;
    set_text(out, "name", m->name);
    set_text(out, "family", m->family);
    set_count(out, "layers", m->layers);
    if (m->layers_stored)
        set_count(out, "layers_stored", m->layers_stored);
    json_t *widths = json_array();
    for (uint32_t l = 0; l < m->layers; l++) {
        even = even && m->width[l] == m->width[0];
        json_array_append_new(widths, json_integer(m->width[l]));
    }
    if (even) {
        json_decref(widths);
        set_count(out, "neurons", m->width[0]);
    } else {
        json_object_set_new(out, "neurons", widths);
    }
    set_count(out, "embedding", m->embed);
    set_count(out, "heads", m->heads);
    json_object_set_new(out, "frame_ms", jsontext_real(m->frame_ms));
    json_object_set_new(out, "window_ms", jsontext_real(m->window / 16.0));
    if (m->normalize_from) {
        json_object_set_new(out, "normalize", json_boolean(m->normalize));
        set_text(out, "normalize_from", m->normalize_from);
        if (m->normalize)
            json_object_set_new(out, "normalize_epsilon", jsontext_real(m->normalize_epsilon));
    }
    char fingerprint[20];
    snprintf(fingerprint, sizeof fingerprint, "%016llx", (unsigned long long)m->fingerprint);
    set_text(out, "fingerprint", fingerprint);
    if (m->unused_count) {
        json_t *unused = json_array();
        for (size_t i = 0; i < m->unused_count; i++)
            json_array_append_new(unused, json_string(m->unused[i]));
        json_object_set_new(out, "unused", unused);
    }
}

/* The first feed-forward matrix of a layer, in the native and in the Hugging Face spelling. */
static bool is_first_matrix(const struct tensor *t)
{
    return t->ndim == 2 && (strstr(t->name, "fc1.weight") ||
                            strstr(t->name, "feed_forward.intermediate_dense.weight"));
}

/* True if T has feed-forward matrices of a Transformer; what can be said from their shapes. */
static bool describe_shapes(json_t *out, const struct tensors *t)
{
    size_t layers = 0;
    const struct tensor *first = NULL;
    for (size_t i = 0; i < t->count; i++)
        if (is_first_matrix(&t->tensor[i])) {
            first = layers++ ? first : &t->tensor[i];
        }
    if (!layers || !out)
        return layers > 0;
    set_count(out, "layers", layers);
    set_count(out, "neurons", first->shape[0]);
    set_count(out, "embedding", first->shape[1]);
    return true;
}

/* Tries to load the model as `count` would; if that fails the reason and the missing tensors are
 * shown, with what the shapes of the tensors tell. Still STATUS_OK: the file was described. */
enum status info_model(json_t *out, const struct info_file *f, struct err *err)
{
    struct checkpoint c;
    struct model *m = NULL;
    struct err why, other;
    struct names missing = NAMES_INIT;
    enum status code = checkpoint_open(&c, f->path, err);
    if (code)
        return code;
    json_t *weights = json_object(), *shapes = json_object();
    set_text(out, "layout", checkpoint_layout_name(c.layout));
    describe_tensors(weights, &c.tensors);
    if (describe_shapes(shapes, &c.tensors))
        set_text(out, "kind", "model");
    /* A configuration that cannot be computed has no tensors to be missed. */
    if (model_missing(&c, &missing, &other))
        names_free(&missing);
    code = model_from_checkpoint(&m, &c, &(struct model_options){.mean_std = f->mean_std}, &why);
    if (code == STATUS_NOMEM) {
        *err = why;
    } else if (code) {
        json_object_update(out, shapes);
        json_object_set_new(out, "can_be_run", json_false());
        set_text(out, "reason", why.msg);
        if (missing.count)
            json_object_set_new(out, "missing", name_list(&missing));
    } else {
        describe_model(out, model_info(m));
        model_free(m);
    }
    json_object_update(out, weights);
    json_decref(weights);
    json_decref(shapes);
    names_free(&missing);
    return code == STATUS_NOMEM ? code : STATUS_OK;
}

/* A model if it has feed-forward matrices or adapts them, else a list of tensors with the file's
 * metadata. */
enum status info_safetensors(json_t *out, const struct info_file *f, struct err *err)
{
    struct tensors t;
    enum status code = safetensors_open(&t, f->path, err);
    if (code)
        return code;
    if (describe_shapes(NULL, &t) || adapters_find(&t)) {
        code = info_model(out, f, err);
    } else {
        describe_tensors(out, &t);
        for (size_t i = 0; i < t.metas; i++)
            set_text(out, t.meta[2 * i], t.meta[2 * i + 1]);
    }
    tensors_free(&t);
    return code;
}

/* The range of values helps to distinguish means from deviations, or F0 from classes. */
enum status info_npy(json_t *out, const struct info_file *f, struct err *err)
{
    struct tensors t;
    enum status code = npy_open(&t, f->path, err);
    if (code)
        return code;
    const struct tensor *x = &t.tensor[0];
    float *values = mem_array(x->count, sizeof *values);
    set_text(out, "dtype", dtype_name(x->dtype));
    json_object_set_new(out, "shape", info_model_shape(x));
    if (values && x->count) {
        tensor_to_f32(x, values);
        float low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < x->count; i++) {
            low = values[i] < low ? values[i] : low;
            high = values[i] > high ? values[i] : high;
        }
        if (low <= high) {
            json_object_set_new(out, "lowest", jsontext_real((double)low));
            json_object_set_new(out, "highest", jsontext_real((double)high));
        }
    }
    free(values);
    tensors_free(&t);
    return STATUS_OK;
}

/* A list of one array a layer, as published. */
static enum status describe_arrays(json_t *out, struct pickle *p, const char *path, struct err *err)
{
    const struct pickle_items *list = &p->root->items;
    json_t *rows = json_array();
    size_t first = 0;
    enum status code = STATUS_OK;
    for (size_t i = 0; i < list->count && !code; i++) {
        struct tensor t;
        code = pickle_array(p, list->item[i], "", &t, err);
        if (code) {
            err_prefix(err, "%s: item %zu", path, i);
            break;
        }
        first = i ? first : t.ndim == 2 ? t.shape[0] : 0;
        json_array_append_new(rows,
                              json_pack("{s:I, s:s, s:o}", "layer", (json_int_t)i + 1, "dtype",
                                        dtype_name(t.dtype), "shape", info_model_shape(&t)));
    }
    if (code) {
        json_decref(rows);
        return code;
    }
    if (first && first % PUBLISHED_LABELS == 0) {
        size_t groups = first / PUBLISHED_LABELS;
        set_text(out, "kind", "activation probabilities as published");
        set_text(out, "condition",
                 groups == 1   ? "phone-type"
                 : groups == 2 ? "gender"
                 : groups == 3 ? "pitch"
                               : "unknown");
    } else {
        set_text(out, "kind", "list of arrays");
    }
    json_object_set_new(out, "layers", rows);
    return STATUS_OK;
}

static const char *pickle_kind_name(enum pickle_kind kind)
{
    static const char *const names[] = {"none", "bool",  "integer", "integer", "float",
                                        "text", "bytes", "list",    "tuple",   "set",
                                        "dict", "class", "object",  "id"};
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "value";
}

/* Parsed without running anything in it. A list of arrays may be published probabilities; other
 * pickles are described by their outermost value. */
enum status info_pickle(json_t *out, const struct info_file *f, struct err *err)
{
    struct pickle p;
    enum status code = pickle_parse(&p, f->bytes, f->size, f->path, err);
    if (code)
        return code;
    const struct pickle_value *root = p.root;
    if (p.used < f->size) { /* the older torch.save: several pickles, then storages */
        pickle_free(&p);
        return info_model(out, f, err);
    }
    if (root->kind == PICKLE_LIST && root->items.count) {
        code = describe_arrays(out, &p, f->path, err);
    } else {
        set_text(out, "holds", pickle_kind_name(root->kind));
        if (root->kind == PICKLE_LIST || root->kind == PICKLE_TUPLE || root->kind == PICKLE_SET)
            set_count(out, "items", root->items.count);
        else if (root->kind == PICKLE_DICT)
            set_count(out, "items", root->items.count / 2);
    }
    pickle_free(&p);
    return code;
}
