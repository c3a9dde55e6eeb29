/*
 * Tensors in the pickle of a torch.save file: calls of torch._utils._rebuild_tensor_v2 and its
 * relatives upon a persistent id that names a storage, with an offset, sizes and strides, which are
 * checked against the storage.
 */
#include "config.h"

#include "formats/tensors/torchzip.h"

#include <string.h>

#include "base/mem.h"
#include "formats/tensors/torchzip_parts.h"

/* FloatStorage and so on: the last part of a class of torch, torch.cuda, torch.storage. */
static bool parse_storage_type(const char *class, struct storage_id *id)
{
    static const struct {
        const char *name;
        enum dtype dtype;
    } known[] = {{"DoubleStorage", DTYPE_F64},    {"FloatStorage", DTYPE_F32},
                 {"HalfStorage", DTYPE_F16},      {"BFloat16Storage", DTYPE_BF16},
                 {"LongStorage", DTYPE_I64},      {"IntStorage", DTYPE_I32},
                 {"ShortStorage", DTYPE_I16},     {"CharStorage", DTYPE_I8},
                 {"ByteStorage", DTYPE_U8},       {"BoolStorage", DTYPE_BOOL},
                 {"UntypedStorage", DTYPE_COUNT}, {"_UntypedStorage", DTYPE_COUNT}};
    const char *dot = strrchr(class, '.');
    if (!dot || strncmp(class, "torch.", 6) != 0)
        return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(dot + 1, known[i].name) == 0) {
            id->typed = known[i].dtype != DTYPE_COUNT;
            id->dtype = id->typed ? known[i].dtype : DTYPE_U8;
            return true;
        }
    return false;
}

enum status storage_id_parse(struct storage_id *id, const struct pickle_value *v, const char *name,
                             struct err *err)
{
    char class[64];
    int64_t elements;
    const struct pickle_value *tuple = v && v->kind == PICKLE_PERSID ? v->id : NULL;
    const struct pickle_value *key = pickle_item(tuple, 2), *view = pickle_item(tuple, 5);
    *id = (struct storage_id){0};
    if (!pickle_is(pickle_item(tuple, 0), "storage") || !key || key->kind != PICKLE_STR ||
        key->text.len >= sizeof id->key || memchr(key->text.data, '\0', key->text.len) ||
        !pickle_int(pickle_item(tuple, 4), &elements) || elements < 0)
        return err_set(err, STATUS_FORMAT, "tensor %s: no storage behind it", name);
    if (!pickle_class(pickle_item(tuple, 1), class, sizeof class) || !parse_storage_type(class, id))
        return err_set(err, STATUS_UNSUPPORTED, "tensor %s: unknown type of storage", name);
    if (view && view->kind != PICKLE_NONE)
        return err_set(err, STATUS_UNSUPPORTED, "tensor %s: a view of another storage", name);
    memcpy(id->key, key->text.data, key->text.len);
    id->elements = (size_t)elements;
    return STATUS_OK;
}

/*
 * The call that makes V a tensor, with the wrappers around it taken off: parameters, and tensors of
 * a class derived from Tensor.  NULL if V is no tensor.
 */
static const struct pickle_value *tensor_call(const struct pickle_value *v, const char **function,
                                              const struct pickle_value **args)
{
    static const char *const makers[] = {"torch._utils._rebuild_tensor_v2",
                                         "torch._utils._rebuild_tensor_v3",
                                         "torch._utils._rebuild_tensor"};
    /* Wrapped twice at most; a value that contains itself must not be followed for ever. */
    for (int depth = 0; depth < 4 && v && v->kind == PICKLE_OBJECT; depth++) {
        const struct pickle_value *callee = v->object.callee;
        *args = v->object.args;
        if (pickle_calls(v, "torch._tensor._rebuild_from_type_v2")) {
            callee = pickle_item(v->object.args, 0);
            *args = pickle_item(v->object.args, 2);
        }
        for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
            if (*args && pickle_is(callee, makers[i])) {
                *function = makers[i];
                return v;
            }
        if (!pickle_calls(v, "torch._utils._rebuild_parameter") &&
            !pickle_calls(v, "torch._utils._rebuild_parameter_with_state"))
            return NULL;
        v = pickle_item(v->object.args, 0);
    }
    return NULL;
}

bool torchzip_is_tensor(const struct pickle_value *v)
{
    const char *function;
    const struct pickle_value *args;
    return tensor_call(v, &function, &args) != NULL;
}

/* A tuple of at most TENSOR_MAX_DIMS numbers, none negative. */
static bool tensor_get_sizes(const struct pickle_value *v, size_t *out, uint32_t *n)
{
    if (!v || (v->kind != PICKLE_TUPLE && v->kind != PICKLE_LIST) ||
        v->items.count > TENSOR_MAX_DIMS)
        return false;
    for (size_t d = 0; d < v->items.count; d++) {
        int64_t i;
        if (!pickle_int(v->items.item[d], &i) || i < 0)
            return false;
        out[d] = (size_t)i;
    }
    *n = (uint32_t)v->items.count;
    return true;
}

/*
 * Sizes and strides from the arguments of _rebuild_tensor_v2: (storage, offset, size, stride, ...).
 */
static enum status tensor_get_shape(const struct pickle_value *args, struct tensor *t,
                                    struct err *err)
{
    size_t stride[TENSOR_MAX_DIMS];
    uint32_t strides;
    if (!tensor_get_sizes(pickle_item(args, 2), t->shape, &t->ndim) ||
        !tensor_get_sizes(pickle_item(args, 3), stride, &strides) || strides != t->ndim)
        return err_set(err, STATUS_FORMAT, "tensor %s: no size and stride of at most %d axes",
                       t->name, TENSOR_MAX_DIMS);
    if (!tensor_set_rows(t))
        return err_set(err, STATUS_FORMAT, "tensor %s: shape too large", t->name);
    memcpy(t->stride, stride, t->ndim * sizeof *stride);
    return STATUS_OK;
}

enum status torchzip_shape(const struct pickle_value *v, struct tensor *out, struct err *err)
{
    const char *function;
    const struct pickle_value *args;
    struct tensor t = {.name = ""};
    if (!tensor_call(v, &function, &args))
        return err_set(err, STATUS_NOTFOUND, "not a tensor");
    enum status code = tensor_get_shape(args, &t, err);
    if (!code)
        *out = t;
    return code;
}

/* Refuses a view that leaves its storage of ELEMENTS, or a large one that repeats elements. */
static enum status tensor_check_view(const struct tensor *t, size_t offset, size_t elements,
                                     struct err *err)
{
    size_t last = offset, step;
    bool fits = offset <= elements;
    for (uint32_t d = 0; d < t->ndim && t->count; d++)
        fits =
            fits && mul_size(t->shape[d] - 1, t->stride[d], &step) && add_size(last, step, &last);
    if (!fits || (t->count && last >= elements))
        return err_set(err, STATUS_FORMAT, "tensor %s: reaches out of its storage of %zu elements",
                       t->name, elements);
    if (!tensor_is_sound(t))
        return err_set(err, STATUS_UNSUPPORTED, "tensor %s: repeats the elements of its storage",
                       t->name);
    return STATUS_OK;
}

/* torch.float32 and so on, which _rebuild_tensor_v3 has as seventh argument. */
static bool parse_torch_dtype(const struct pickle_value *v, enum dtype *out)
{
    static const struct {
        const char *name;
        enum dtype dtype;
    } known[] = {
        {"torch.float64", DTYPE_F64},   {"torch.float32", DTYPE_F32}, {"torch.float16", DTYPE_F16},
        {"torch.bfloat16", DTYPE_BF16}, {"torch.int64", DTYPE_I64},   {"torch.int32", DTYPE_I32},
        {"torch.int16", DTYPE_I16},     {"torch.int8", DTYPE_I8},     {"torch.uint64", DTYPE_U64},
        {"torch.uint32", DTYPE_U32},    {"torch.uint16", DTYPE_U16},  {"torch.uint8", DTYPE_U8},
        {"torch.bool", DTYPE_BOOL}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (pickle_is(v, known[i].name)) {
            *out = known[i].dtype;
            return true;
        }
    return false;
}

enum status torchzip_tensor(struct torchzip *z, const struct pickle_value *v, const char *name,
                            struct tensor *out, struct err *err)
{
    const char *function;
    const struct pickle_value *args;
    struct storage_id id;
    struct storage s;
    struct tensor t = {.name = name};
    int64_t offset;
    if (!tensor_call(v, &function, &args))
        return err_set(err, STATUS_NOTFOUND, "%s: tensor %s: not a tensor", z->name, name);
    enum status code = storage_id_parse(&id, pickle_item(args, 0), name, err);
    if (code)
        goto fail;
    t.dtype = id.dtype;
    if (!id.typed && !parse_torch_dtype(pickle_item(args, 6), &t.dtype)) {
        code = err_set(err, STATUS_UNSUPPORTED, "tensor %s: unknown element type", name);
        goto fail;
    }
    size_t unit = dtype_size(t.dtype);
    size_t elements = id.typed ? id.elements : id.elements / unit;
    code = tensor_get_shape(args, &t, err);
    if (code)
        goto fail;
    if (!pickle_int(pickle_item(args, 1), &offset) || offset < 0) {
        code = err_set(err, STATUS_FORMAT, "tensor %s: no storage offset", name);
        goto fail;
    }
    code = tensor_check_view(&t, (size_t)offset, elements, err);
    if (code)
        goto fail;
    code = torchzip_storage(z, id.key, &s, err);
    if (code)
        return code;
    if (s.size / unit < elements) {
        code = err_set(err, STATUS_FORMAT, "tensor %s: storage %s holds %zu bytes for %zu %s", name,
                       id.key, s.size, elements, dtype_name(t.dtype));
        goto fail;
    }
    t.data = s.data + (size_t)offset * unit;
    *out = t;
    return STATUS_OK;
fail:
    return err_prefix(err, "%s", z->name);
}
