/*
 * NumPy arrays and scalars in a pickle, as ndarray.__reduce__ of NumPy 1 and 2 describes them.
 */
#include "config.h"

#include <string.h>

#include "formats/tensors/npy.h"
#include "formats/tensors/pickle.h"

/* An array as its pickle describes it. */
struct parts {
    const struct pickle_value *shape, *dtype, *data; /* SHAPE is NULL for a scalar */
    bool fortran;
};

/* True for a call of NAME in numpy.core, or numpy._core as NumPy 2 calls it. */
static bool calls_numpy(const struct pickle_value *v, const char *name)
{
    static const char *const modules[] = {"numpy.core.", "numpy._core."};
    char text[64];
    size_t n;
    if (!v || v->kind != PICKLE_OBJECT || !pickle_class(v, text, sizeof text))
        return false;
    for (size_t i = 0; i < 2; i++) {
        n = strlen(modules[i]);
        if (strncmp(text, modules[i], n) == 0 && strcmp(text + n, name) == 0)
            return true;
    }
    return false;
}

static bool value_is_true(const struct pickle_value *v)
{
    int64_t i;
    return pickle_int(v, &i) && i != 0;
}

/* State of ndarray.__setstate__: ([version,] shape, dtype, fortran, data). */
static enum status array_from_state(const struct pickle_value *state, const char *name,
                                    struct parts *p, struct err *err)
{
    if (!state || state->kind != PICKLE_TUPLE ||
        (state->items.count != 4 && state->items.count != 5))
        return err_set(err, STATUS_FORMAT, "%s: an array without its state", name);
    size_t i = state->items.count - 4;
    p->shape = pickle_item(state, i);
    p->dtype = pickle_item(state, i + 1);
    p->fortran = value_is_true(pickle_item(state, i + 2));
    p->data = pickle_item(state, i + 3);
    return STATUS_OK;
}

/* The parts of V; STATUS_NOTFOUND if it is no array. */
static enum status array_get_parts(const struct pickle_value *v, const char *name, struct parts *p,
                                   struct err *err)
{
    *p = (struct parts){0};
    if (calls_numpy(v, "multiarray._reconstruct"))
        return array_from_state(v->object.state, name, p, err);
    if (calls_numpy(v, "multiarray.scalar")) {
        p->dtype = pickle_item(v->object.args, 0);
        p->data = pickle_item(v->object.args, 1);
        return STATUS_OK;
    }
    if (calls_numpy(v, "numeric._frombuffer")) {
        p->data = pickle_item(v->object.args, 0);
        p->dtype = pickle_item(v->object.args, 1);
        p->shape = pickle_item(v->object.args, 2);
        p->fortran = pickle_is(pickle_item(v->object.args, 3), "F");
        if (p->shape)
            return STATUS_OK;
        return err_set(err, STATUS_FORMAT, "%s: an array without its shape", name);
    }
    return err_set(err, STATUS_NOTFOUND, "%s: not an array", name);
}

/* numpy.dtype('f4', ...), whose state's second entry is the byte order. */
static enum status array_get_dtype(const struct pickle_value *v, const char *name,
                                   enum dtype *dtype, bool *big, struct err *err)
{
    const struct pickle_value *code = NULL;
    if (v && pickle_calls(v, "numpy.dtype"))
        code = pickle_item(v->object.args, 0);
    if (!code || (code->kind != PICKLE_STR && code->kind != PICKLE_BYTES))
        return err_set(err, STATUS_FORMAT, "%s: an array without its type", name);
    if (!npy_dtype(code->text.data, code->text.len, dtype, big))
        return err_set(err, STATUS_UNSUPPORTED, "%s: elements of type '%.*s'", name,
                       code->text.len < 40 ? (int)code->text.len : 40, code->text.data);
    if (pickle_is(pickle_item(v->object.state, 1), ">"))
        *big = dtype_size(*dtype) > 1;
    return STATUS_OK;
}

/*
 * Axes and strides: row-major, or the first axis fastest where the array says so (Fortran order).
 */
static enum status array_get_shape(struct tensor *t, const struct parts *p, struct err *err)
{
    const struct pickle_value *shape = p->shape;
    if (shape && (shape->kind != PICKLE_TUPLE || shape->items.count > TENSOR_MAX_DIMS))
        return err_set(err, STATUS_FORMAT, "%s: no shape of at most %d axes", t->name,
                       TENSOR_MAX_DIMS);
    t->ndim = shape ? (uint32_t)shape->items.count : 0;
    for (uint32_t d = 0; d < t->ndim; d++) {
        int64_t n;
        if (!pickle_int(shape->items.item[d], &n) || n < 0)
            return err_set(err, STATUS_FORMAT, "%s: length of axis %u is not a number", t->name, d);
        t->shape[d] = (size_t)n;
    }
    if (!tensor_set_rows(t))
        return err_set(err, STATUS_FORMAT, "%s: shape too large", t->name);
    size_t product = 1;
    for (uint32_t d = 0; p->fortran && d < t->ndim; d++) {
        t->stride[d] = product;
        product *= t->shape[d] ? t->shape[d] : 1;
    }
    return STATUS_OK;
}

enum status pickle_array(struct pickle *p, const struct pickle_value *v, const char *name,
                         struct tensor *out, struct err *err)
{
    struct parts parts;
    struct tensor t = {.name = name};
    bool big = false;
    enum status code = array_get_parts(v, name, &parts, err);
    if (!code)
        code = array_get_dtype(parts.dtype, name, &t.dtype, &big, err);
    if (!code)
        code = array_get_shape(&t, &parts, err);
    if (code)
        return code;
    /* A STR is Python 2's byte string. */
    const struct pickle_value *data = parts.data;
    if (!data || (data->kind != PICKLE_BYTES && data->kind != PICKLE_STR))
        return err_set(err, STATUS_UNSUPPORTED, "%s: an array without plain data", name);
    size_t unit = dtype_size(t.dtype);
    if (data->text.len != t.count * unit)
        return err_set(err, STATUS_FORMAT, "%s: %zu bytes of data for %zu elements %s", name,
                       data->text.len, t.count, dtype_name(t.dtype));
    t.data = (const unsigned char *)data->text.data;
    if (big) {
        unsigned char *swapped = arena_zeros(&p->arena, t.count, unit);
        if (!swapped)
            return err_nomem(err);
        npy_swap(swapped, t.data, t.count, unit);
        t.data = swapped;
    }
    *out = t;
    return STATUS_OK;
}
