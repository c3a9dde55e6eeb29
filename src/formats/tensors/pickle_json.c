/*
 * The configuration in a torch.save file as JSON: dictionaries, namespaces, omegaconf's nodes and
 * enums as what they hold.  Depth and number of values are bounded, since shared values make a tree
 * far larger than the file.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/tensors/checkpoint_parts.h"
#include "base/mem.h"
#include "base/number.h"
#include "formats/jsontext.h"

#define MAX_DEPTH  64
#define MAX_STRING 65536
/* Values may be shared, so that a small pickle can be a huge tree: each key gets so many nodes. */
#define KEY_BUDGET   100000
#define TOTAL_BUDGET 300000

struct walk {
    struct pickle *pickle;
    long budget; /* nodes that may still be made */
    int depth;
};

static json_t *value_json(struct walk *w, const struct pickle_value *v);

/* A text, null where it is longer than any setting. */
static json_t *text_json(const char *data, size_t len)
{
    json_t *s = len <= MAX_STRING ? json_stringn(data, len) : json_null();
    if (s)
        return s;
    /* Not UTF-8: probably a name, which is kept as far as it is ASCII. */
    char *ascii = mem_strndup(data, len);
    for (size_t i = 0; ascii && i < len; i++)
        if ((unsigned char)ascii[i] >= 0x80)
            ascii[i] = '?';
    s = ascii ? json_stringn(ascii, len) : NULL;
    free(ascii);
    return s;
}

/* The last part of a class's name begins with a capital: a class, not a function. */
static bool is_class_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *last = dot ? dot + 1 : name;
    return *last >= 'A' && *last <= 'Z';
}

static bool value_is_scalar(const struct pickle_value *v)
{
    return v && (v->kind == PICKLE_STR || v->kind == PICKLE_INT || v->kind == PICKLE_FLOAT ||
                 v->kind == PICKLE_BOOL);
}

/*
 * What an enum stands for: its value where the class was called with it, its name where it was
 * looked up with getattr.  NULL for other values.
 */
static const struct pickle_value *enum_value(const struct pickle_value *v)
{
    char class[256];
    if (v->kind != PICKLE_OBJECT || v->object.state || v->object.items ||
        !pickle_class(v, class, sizeof class))
        return NULL;
    const struct pickle_value *args = v->object.args;
    if (strcmp(class, "builtins.getattr") == 0 || strcmp(class, "__builtin__.getattr") == 0)
        return args->items.count == 2 && value_is_scalar(args->items.item[1]) ? args->items.item[1]
                                                                              : NULL;
    if ((is_class_name(class) || strcmp(class, "torch.device") == 0) && args->items.count == 1 &&
        value_is_scalar(args->items.item[0]))
        return args->items.item[0];
    return NULL;
}

/* A key as text, cut where it is too long; false for keys that have none. */
static bool json_key_text(const struct pickle_value *v, char *text, size_t size)
{
    const struct pickle_value *value = enum_value(v);
    v = value ? value : v;
    switch (v->kind) {
    case PICKLE_STR:
    case PICKLE_CLASS: {
        size_t n = v->text.len < size ? v->text.len : size - 1;
        memcpy(text, v->text.data, n);
        text[n] = '\0';
        return true;
    }
    case PICKLE_INT: snprintf(text, size, "%lld", (long long)v->i); return true;
    case PICKLE_BOOL: snprintf(text, size, "%s", v->i ? "true" : "false"); return true;
    case PICKLE_FLOAT: snprintf(text, size, "%s", number_short(v->f, 17).text); return true;
    case PICKLE_NONE: snprintf(text, size, "null"); return true;
    default: return false;
    }
}

static void json_add_pairs(struct walk *w, json_t *object, const struct pickle_items *items)
{
    char key[512];
    for (size_t i = 0; i + 1 < items->count && w->budget > 0; i += 2)
        if (json_key_text(items->item[i], key, sizeof key))
            json_object_set_new(object, key, value_json(w, items->item[i + 1]));
}

static json_t *sequence_json(struct walk *w, const struct pickle_items *items)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < items->count && w->budget > 0; i++)
        json_array_append_new(array, value_json(w, items->item[i]));
    return array;
}

/* {"__tensor__": [lengths]}. */
static json_t *shape_json(const struct tensor *t)
{
    json_t *shape = json_array(), *object = json_object();
    for (uint32_t d = 0; shape && d < t->ndim; d++)
        json_array_append_new(shape, json_integer((json_int_t)t->shape[d]));
    if (object)
        json_object_set_new(object, "__tensor__", shape);
    else
        json_decref(shape);
    return object;
}

/* The attributes of an object: the state itself, or its second half, (state, slots). */
static const struct pickle_value *object_attributes(const struct pickle_value *v)
{
    const struct pickle_value *state = v->object.state;
    if (state && state->kind == PICKLE_TUPLE && state->items.count == 2)
        state = state->items.item[state->items.item[0]->kind == PICKLE_DICT ? 0 : 1];
    return state && state->kind == PICKLE_DICT ? state : NULL;
}

/* Any other object: a Namespace as its attributes, omegaconf's nodes as what they hold. */
static json_t *instance_json(struct walk *w, const struct pickle_value *v)
{
    char class[512] = "?";
    const struct pickle_value *state = object_attributes(v);
    pickle_class(v, class, sizeof class);
    if (strncmp(class, "omegaconf.", 10) == 0 && pickle_get(state, "_content"))
        return value_json(w, pickle_get(state, "_content"));
    if (strncmp(class, "omegaconf.", 10) == 0 && pickle_get(state, "_val"))
        return value_json(w, pickle_get(state, "_val"));
    if (!state && v->object.items && !v->object.pairs)
        return sequence_json(w, v->object.items);
    json_t *object = json_object();
    const char *dot = strrchr(class, '.');
    if (!object)
        return NULL;
    if (strcmp(dot ? dot + 1 : class, "Namespace") != 0)
        json_object_set_new(object, "__class__", text_json(class, strlen(class)));
    if (state)
        json_add_pairs(w, object, &state->items);
    if (v->object.items && v->object.pairs)
        json_add_pairs(w, object, v->object.items);
    return object;
}

/*
 * An object: an enum, a tensor or array as its shape, a scalar of NumPy as a number, or another.
 */
static json_t *object_json(struct walk *w, const struct pickle_value *v)
{
    struct tensor t;
    double f;
    const struct pickle_value *value = enum_value(v);
    if (value)
        return value_json(w, value);
    if (torchzip_is_tensor(v))
        return torchzip_shape(v, &t, NULL) == STATUS_OK ? shape_json(&t) : json_null();
    if (pickle_array(w->pickle, v, "", &t, NULL) == STATUS_OK) {
        if (t.ndim > 0 || !pickle_float(w->pickle, v, &f))
            return shape_json(&t);
        return t.dtype > DTYPE_BF16 ? json_integer((json_int_t)f) : jsontext_real(f);
    }
    return instance_json(w, v);
}

/* A container or object, unless it is nested too deeply. */
static json_t *container_json(struct walk *w, const struct pickle_value *v)
{
    json_t *out = NULL;
    if (w->depth == MAX_DEPTH)
        return json_null();
    w->depth++;
    if (v->kind == PICKLE_OBJECT) {
        out = object_json(w, v);
    } else if (v->kind != PICKLE_DICT) {
        out = sequence_json(w, &v->items);
    } else {
        out = json_object();
        if (out)
            json_add_pairs(w, out, &v->items);
    }
    w->depth--;
    return out;
}

/*
 * NULL only without memory: jansson's setters then fail, and the entry is left out, as are keys
 * that are not UTF-8.
 */
static json_t *value_json(struct walk *w, const struct pickle_value *v)
{
    if (w->budget-- <= 0)
        return json_null();
    switch (v->kind) {
    case PICKLE_BOOL: return json_boolean(v->i != 0);
    case PICKLE_INT: return json_integer(v->i);
    case PICKLE_FLOAT: return jsontext_real(v->f);
    case PICKLE_STR:
    case PICKLE_CLASS:
        w->budget -= (long)(v->text.len / 64);
        return text_json(v->text.data, v->text.len);
    case PICKLE_LIST:
    case PICKLE_TUPLE:
    case PICKLE_SET:
    case PICKLE_DICT:
    case PICKLE_OBJECT: return container_json(w, v);
    default: return json_null();
    }
}

static bool is_optimiser(const char *key)
{
    static const char *const keys[] = {"Optimizer", "optimizer", "last_optimizer_state",
                                       "optimizer_history"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

enum status torch_config(struct torchzip *z, const struct pickle_value *weights, json_t **out,
                         struct err *err)
{
    char key[512];
    long left = TOTAL_BUDGET;
    struct pickle *p = torchzip_pickle(z);
    const struct pickle_items *top = &p->root->items;
    json_t *config = json_object();
    if (!config)
        return err_nomem(err);
    for (size_t i = 0; p->root != weights && i + 1 < top->count && left > 0; i += 2) {
        const struct pickle_value *v = top->item[i + 1];
        if (v == weights || !json_key_text(top->item[i], key, sizeof key) || is_optimiser(key))
            continue;
        struct walk w = {p, left < KEY_BUDGET ? left : KEY_BUDGET, 0};
        long before = w.budget;
        json_object_set_new(config, key, value_json(&w, v));
        left -= before - w.budget;
    }
    *out = config;
    return STATUS_OK;
}
