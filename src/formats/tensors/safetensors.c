/*
 * The safetensors format, read as its specification wants it: every offset is checked against the
 * file and no two tensors may share a byte.  The data are not copied.
 */
#include "config.h"

#include "formats/tensors/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "formats/file.h"
#include "formats/jsontext.h"
#include "base/mem.h"

#define MAX_HEADER  ((size_t)4 << 20)
#define MAX_TENSORS 100000
#define MAX_NAME    1024

/* What the tensors of an opened file are borrowed from. */
struct box {
    struct mapped file;
    struct arena names;
};

/* What is being read. */
struct reading {
    const char *name;          /* of the file, for messages */
    const unsigned char *data; /* [size]: behind the header */
    size_t size;
    struct arena *names;
};

static void safetensors_release(void *owner)
{
    struct box *box = owner;
    if (!box)
        return;
    mapped_close(&box->file);
    arena_free(&box->names);
    free(box);
}

/* A JSON number as size: a whole number not below 0. */
static bool json_get_size(const json_t *v, size_t *out)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0)
        return false;
    *out = (size_t)json_integer_value(v);
    return true;
}

/* Lengths of the axes; their product must fit. */
static enum status entry_read_shape(struct tensor *t, const json_t *shape, const struct reading *r,
                                    struct err *err)
{
    if (!json_is_array(shape) || json_array_size(shape) > TENSOR_MAX_DIMS)
        return err_set(err, STATUS_FORMAT, "%s: tensor %s: no shape of at most %d axes", r->name,
                       t->name, TENSOR_MAX_DIMS);
    t->ndim = (uint32_t)json_array_size(shape);
    for (uint32_t d = 0; d < t->ndim; d++)
        if (!json_get_size(json_array_get(shape, d), &t->shape[d]))
            return err_set(err, STATUS_FORMAT, "%s: tensor %s: length of axis %u is not a number",
                           r->name, t->name, d);
    if (!tensor_set_rows(t))
        return err_set(err, STATUS_FORMAT, "%s: tensor %s: shape too large", r->name, t->name);
    return STATUS_OK;
}

/*
 * One entry of the header: name, dtype, shape and place, checked against the file's size and each
 * other.
 */
static enum status entry_read_tensor(struct tensor *t, const char *name, const json_t *entry,
                                     const struct reading *r, struct err *err)
{
    const char *dtype = json_string_value(json_object_get(entry, "dtype"));
    const json_t *offsets = json_object_get(entry, "data_offsets");
    size_t length = strlen(name), begin, end;
    *t = (struct tensor){0};
    if (length > MAX_NAME)
        return err_set(err, STATUS_FORMAT, "%s: tensor name of %zu bytes: %.60s...", r->name,
                       length, name);
    char *copy = arena_zeros(r->names, length + 1, 1);
    if (!copy)
        return err_nomem(err);
    t->name = memcpy(copy, name, length);
    if (!dtype)
        return err_set(err, STATUS_FORMAT, "%s: tensor %s: no dtype", r->name, name);
    if (!dtype_parse(dtype, &t->dtype))
        return err_set(err, STATUS_UNSUPPORTED, "%s: tensor %s: elements of type %.20s", r->name,
                       name, dtype);
    enum status code = entry_read_shape(t, json_object_get(entry, "shape"), r, err);
    if (code)
        return code;
    if (json_array_size(offsets) != 2 || !json_get_size(json_array_get(offsets, 0), &begin) ||
        !json_get_size(json_array_get(offsets, 1), &end) || begin > end)
        return err_set(err, STATUS_FORMAT, "%s: tensor %s: no data_offsets [begin, end]", r->name,
                       name);
    if (end > r->size)
        return err_set(err, STATUS_FORMAT, "%s: truncated: tensor %s ends at byte %zu of %zu",
                       r->name, name, end, r->size);
    if (end - begin != t->count * dtype_size(t->dtype))
        return err_set(err, STATUS_FORMAT, "%s: tensor %s: %zu bytes for %zu elements %s", r->name,
                       name, end - begin, t->count, dtype);
    t->data = r->data + begin;
    return STATUS_OK;
}

/* __metadata__: texts by name, copied. */
static enum status header_read_meta(struct tensors *t, const json_t *meta, const struct reading *r,
                                    struct err *err)
{
    const char *key;
    json_t *value;
    if (!json_is_object(meta))
        return err_set(err, STATUS_FORMAT, "%s: __metadata__ is not an object", r->name);
    t->meta = mem_zeros(2 * json_object_size(meta), sizeof *t->meta);
    if (!t->meta)
        return err_nomem(err);
    json_object_foreach((json_t *)(uintptr_t)meta, key, value)
    {
        if (!json_is_string(value))
            return err_set(err, STATUS_FORMAT, "%s: __metadata__: %.60s is not a string", r->name,
                           key);
        size_t i = 2 * t->metas++;
        t->meta[i] = mem_strndup(key, strlen(key));
        t->meta[i + 1] = mem_strndup(json_string_value(value), json_string_length(value));
        if (!t->meta[i] || !t->meta[i + 1])
            return err_nomem(err);
    }
    return STATUS_OK;
}

static int by_data(const void *a, const void *b)
{
    const struct tensor *x = *(const struct tensor *const *)a;
    const struct tensor *y = *(const struct tensor *const *)b;
    return (x->data > y->data) - (x->data < y->data);
}

/* No byte may belong to two tensors: it would be a hidden alias, and no writer makes one. */
static enum status header_refuse_overlap(const struct tensors *t, const struct reading *r,
                                         struct err *err)
{
    size_t n = 0;
    const struct tensor **order = mem_array(t->count, sizeof *order);
    if (!order)
        return err_nomem(err);
    for (size_t i = 0; i < t->count; i++)
        if (t->tensor[i].count)
            order[n++] = &t->tensor[i];
    qsort(order, n, sizeof *order, by_data);
    enum status code = STATUS_OK;
    for (size_t i = 1; i < n && !code; i++) {
        const struct tensor *a = order[i - 1], *b = order[i];
        if (a->data + a->count * dtype_size(a->dtype) > b->data)
            code = err_set(err, STATUS_FORMAT, "%s: tensor %s: data overlap those of %s", r->name,
                           b->name, a->name);
    }
    free(order);
    return code;
}

/* All entries of the header into T, sorted by name at the end. */
static enum status header_read_entries(struct tensors *t, json_t *header, const struct reading *r,
                                       struct err *err)
{
    const char *key;
    json_t *entry;
    enum status code;
    if (json_object_size(header) > MAX_TENSORS)
        return err_set(err, STATUS_FORMAT, "%s: more than %d tensors", r->name, MAX_TENSORS);
    t->tensor = mem_zeros(json_object_size(header), sizeof *t->tensor);
    if (!t->tensor)
        return err_nomem(err);
    json_object_foreach(header, key, entry)
    {
        if (strcmp(key, "__metadata__") == 0)
            code = header_read_meta(t, entry, r, err);
        else
            code = entry_read_tensor(&t->tensor[t->count++], key, entry, r, err);
        if (code)
            return code;
    }
    code = header_refuse_overlap(t, r, err);
    return code ? code : tensors_sort(t, r->name, err);
}

/* Fills OUT but for its owner; names go to NAMES. */
static enum status safetensors_parse_header(struct tensors *out, struct arena *names,
                                            const unsigned char *p, size_t size, const char *name,
                                            struct err *err)
{
    uint64_t length;
    json_t *header = NULL;
    struct tensors t = {0};
    if (size < sizeof length)
        return err_set(err, STATUS_FORMAT, "%s: not a safetensors file (%zu bytes)", name, size);
    memcpy(&length, p, sizeof length);
    if (length > size - sizeof length)
        return err_set(err, STATUS_FORMAT,
                       "%s: not a safetensors file: its first 8 bytes give a header of "
                       "%llu bytes",
                       name, (unsigned long long)length);
    if (length > MAX_HEADER)
        return err_set(err, STATUS_FORMAT, "%s: header of %llu bytes, at most %zu are read", name,
                       (unsigned long long)length, MAX_HEADER);
    struct reading r = {name, p + sizeof length + length, size - sizeof length - length, names};
    enum status code = jsontext_parse(&header, p + sizeof length, length, name, err);
    if (!code)
        code = header_read_entries(&t, header, &r, err);
    json_decref(header);
    if (code)
        tensors_free(&t);
    else
        *out = t;
    return code;
}

enum status safetensors_parse(struct tensors *out, const void *bytes, size_t size, const char *name,
                              struct err *err)
{
    struct box *box = mem_zeros(1, sizeof *box);
    if (!box)
        return err_nomem(err);
    box->names = arena_make(2 * MAX_HEADER);
    enum status code = safetensors_parse_header(out, &box->names, bytes, size, name, err);
    if (code) {
        safetensors_release(box);
        return code;
    }
    out->owner = box;
    out->release = safetensors_release;
    return STATUS_OK;
}

enum status safetensors_open(struct tensors *out, const char *path, struct err *err)
{
    struct mapped file;
    enum status code = mapped_open(&file, path, err);
    if (code)
        return code;
    code = safetensors_parse(out, file.data, file.size, path, err);
    if (code)
        mapped_close(&file);
    else
        ((struct box *)out->owner)->file = file;
    return code;
}
