/*
 * Questions to a value that was read from a pickle: entries, items, class names, numbers.
 */
#include "config.h"

#include "formats/tensors/pickle.h"

#include <string.h>

static bool has_text(const struct pickle_value *v)
{
    return v && (v->kind == PICKLE_STR || v->kind == PICKLE_BYTES || v->kind == PICKLE_CLASS);
}

bool pickle_is(const struct pickle_value *v, const char *s)
{
    size_t n = strlen(s);
    return has_text(v) && v->text.len == n && memcmp(v->text.data, s, n) == 0;
}

const struct pickle_value *pickle_get(const struct pickle_value *v, const char *key)
{
    if (!v || v->kind != PICKLE_DICT)
        return NULL;
    for (size_t i = v->items.count; i >= 2; i -= 2)
        if (v->items.item[i - 2]->kind == PICKLE_STR && pickle_is(v->items.item[i - 2], key))
            return v->items.item[i - 1];
    return NULL;
}

const struct pickle_value *pickle_item(const struct pickle_value *v, size_t i)
{
    if (!v || (v->kind != PICKLE_LIST && v->kind != PICKLE_TUPLE) || i >= v->items.count)
        return NULL;
    return v->items.item[i];
}

bool pickle_class(const struct pickle_value *v, char *text, size_t size)
{
    if (v && v->kind == PICKLE_OBJECT)
        v = v->object.callee;
    if (!v || v->kind != PICKLE_CLASS || size == 0)
        return false;
    size_t n = v->text.len < size ? v->text.len : size - 1;
    memcpy(text, v->text.data, n);
    text[n] = '\0';
    return true;
}

bool pickle_calls(const struct pickle_value *v, const char *name)
{
    return v && v->kind == PICKLE_OBJECT && v->object.callee->kind == PICKLE_CLASS &&
           pickle_is(v->object.callee, name);
}

bool pickle_int(const struct pickle_value *v, int64_t *out)
{
    if (!v || (v->kind != PICKLE_INT && v->kind != PICKLE_BOOL))
        return false;
    *out = v->i;
    return true;
}

bool pickle_float(struct pickle *p, const struct pickle_value *v, double *out)
{
    struct tensor t;
    int64_t i;
    float f;
    if (v && v->kind == PICKLE_FLOAT) {
        *out = v->f;
        return true;
    }
    if (pickle_int(v, &i)) {
        *out = (double)i;
        return true;
    }
    if (!v || v->kind != PICKLE_OBJECT || pickle_array(p, v, "", &t, NULL) || t.count != 1)
        return false;
    if (t.dtype == DTYPE_F64) {
        memcpy(out, t.data, sizeof *out);
    } else if (t.dtype > DTYPE_BF16 && tensor_to_i64(&t, &i, NULL) == STATUS_OK) {
        *out = (double)i;
    } else {
        tensor_to_f32(&t, &f);
        *out = f;
    }
    return true;
}
