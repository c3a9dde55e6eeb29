/*
 * Tensors as every reader hands them out: element types, shapes and strides, search by name, and
 * conversion of elements to float or to integers.
 */
#include "config.h"

#include "formats/tensors/tensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors are little-endian in memory");

static const struct {
    const char *name;
    size_t size;
} dtypes[DTYPE_COUNT] = {
    [DTYPE_F64] = {"F64", 8},   [DTYPE_F32] = {"F32", 4}, [DTYPE_F16] = {"F16", 2},
    [DTYPE_BF16] = {"BF16", 2}, [DTYPE_I64] = {"I64", 8}, [DTYPE_I32] = {"I32", 4},
    [DTYPE_I16] = {"I16", 2},   [DTYPE_I8] = {"I8", 1},   [DTYPE_U64] = {"U64", 8},
    [DTYPE_U32] = {"U32", 4},   [DTYPE_U16] = {"U16", 2}, [DTYPE_U8] = {"U8", 1},
    [DTYPE_BOOL] = {"BOOL", 1},
};

size_t dtype_size(enum dtype d)
{
    return dtypes[d].size;
}

const char *dtype_name(enum dtype d)
{
    return dtypes[d].name;
}

bool dtype_parse(const char *name, enum dtype *out)
{
    for (int d = 0; d < DTYPE_COUNT; d++)
        if (strcmp(dtypes[d].name, name) == 0) {
            *out = (enum dtype)d;
            return true;
        }
    return false;
}

void tensors_free(struct tensors *t)
{
    for (size_t i = 0; t->meta && i < 2 * t->metas; i++)
        free(t->meta[i]);
    free(t->meta);
    free(t->tensor);
    if (t->release)
        t->release(t->owner);
    *t = (struct tensors){0};
}

void tensors_forget(const struct tensors *all, const struct tensor *t)
{
    if (all->forget && tensor_contiguous(t))
        all->forget(all->owner, t->data, t->count * dtype_size(t->dtype));
}

static int by_name(const void *a, const void *b)
{
    const struct tensor *x = a, *y = b;
    return strcmp(x->name, y->name);
}

enum status tensors_sort(struct tensors *t, const char *name, struct err *err)
{
    if (t->count)
        qsort(t->tensor, t->count, sizeof *t->tensor, by_name);
    for (size_t i = 1; i < t->count; i++)
        if (strcmp(t->tensor[i - 1].name, t->tensor[i].name) == 0)
            return err_set(err, STATUS_FORMAT, "%s: tensor %s appears twice", name,
                           t->tensor[i].name);
    return STATUS_OK;
}

const struct tensor *tensors_find(const struct tensors *t, const char *name)
{
    struct tensor key = {.name = name};
    return t->count ? bsearch(&key, t->tensor, t->count, sizeof key, by_name) : NULL;
}

const char *tensors_meta(const struct tensors *t, const char *key)
{
    for (size_t i = 0; i < t->metas; i++)
        if (strcmp(t->meta[2 * i], key) == 0)
            return t->meta[2 * i + 1];
    return NULL;
}

bool tensor_set_rows(struct tensor *t)
{
    size_t product = 1, bytes;
    bool empty = false;
    for (uint32_t d = t->ndim; d-- > 0;) {
        t->stride[d] = product;
        if (t->shape[d] == 0)
            empty = true;
        else if (!mul_size(product, t->shape[d], &product))
            return false;
    }
    if (!mul_size(product, dtype_size(t->dtype), &bytes) || bytes > PTRDIFF_MAX)
        return false;
    t->count = empty ? 0 : product;
    return true;
}

bool tensor_contiguous(const struct tensor *t)
{
    size_t expect = 1;
    if (t->count <= 1)
        return true;
    for (uint32_t d = t->ndim; d-- > 0;) {
        /* The stride of an axis of length 1 is never used. */
        if (t->shape[d] != 1 && t->stride[d] != expect)
            return false;
        expect *= t->shape[d];
    }
    return true;
}

bool tensor_is_sound(const struct tensor *t)
{
    size_t reach = 1, step;
    if (t->count <= TENSOR_REPEATS_MAX)
        return true;
    for (uint32_t i = 0; i < t->ndim; i++)
        if (!mul_size(t->shape[i] - 1, t->stride[i], &step) || !add_size(reach, step, &reach))
            return false;
    return reach >= t->count;
}

void tensor_shape_text(const struct tensor *t, char *text, size_t size)
{
    size_t used = 0;
    snprintf(text, size, "[");
    for (uint32_t d = 0; d < t->ndim; d++) {
        used = strlen(text);
        snprintf(text + used, size - used, "%s%zu", d ? ", " : "", t->shape[d]);
    }
    used = strlen(text);
    snprintf(text + used, size - used, "]");
}

/* IEEE 754 binary16; subnormals are multiples of 2^-24, NaNs keep their payload. */
static float half_to_float(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, bits;
    float f;
    if (exponent == 0) {
        f = (float)(h & 0x3ff) * 0x1p-24f;
        return sign ? -f : f;
    }
    exponent = exponent == 31 ? 255 : exponent + 127 - 15;
    bits = sign | exponent << 23 | (uint32_t)(h & 0x3ff) << 13;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* bfloat16 is the upper half of a float. */
static float bfloat_to_float(uint16_t b)
{
    uint32_t bits = (uint32_t)b << 16;
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

/* OUT[i] = EXPRESSION of x, the i-th element of type TYPE; elements may be unaligned. */
#define CONVERT(type, expression)              \
    for (size_t i = 0; i < n; i++) {           \
        type x;                                \
        memcpy(&x, from + i * step, sizeof x); \
        out[i] = (expression);                 \
    }                                          \
    break

/* N elements, STEP bytes apart. */
static void row_to_f32(enum dtype dtype, const unsigned char *from, size_t step, size_t n,
                       float *out)
{
    switch (dtype) {
    case DTYPE_F64: CONVERT(double, (float)x);
    case DTYPE_F32:
        if (step == sizeof(float)) {
            memcpy(out, from, n * sizeof(float));
            break;
        }
        CONVERT(float, x);
    case DTYPE_F16: CONVERT(uint16_t, half_to_float(x));
    case DTYPE_BF16: CONVERT(uint16_t, bfloat_to_float(x));
    case DTYPE_I64: CONVERT(int64_t, (float)x);
    case DTYPE_I32: CONVERT(int32_t, (float)x);
    case DTYPE_I16: CONVERT(int16_t, (float)x);
    case DTYPE_I8: CONVERT(int8_t, (float)x);
    case DTYPE_U64: CONVERT(uint64_t, (float)x);
    case DTYPE_U32: CONVERT(uint32_t, (float)x);
    case DTYPE_U16: CONVERT(uint16_t, (float)x);
    case DTYPE_U8: CONVERT(uint8_t, (float)x);
    case DTYPE_BOOL: CONVERT(uint8_t, x != 0 ? 1.0f : 0.0f);
    case DTYPE_COUNT: break;
    }
}

/* U64 wraps: the caller looks for values over INT64_MAX. */
static void row_to_i64(enum dtype dtype, const unsigned char *from, size_t step, size_t n,
                       int64_t *out)
{
    switch (dtype) {
    case DTYPE_I64:
    case DTYPE_U64: CONVERT(int64_t, x);
    case DTYPE_I32: CONVERT(int32_t, x);
    case DTYPE_I16: CONVERT(int16_t, x);
    case DTYPE_I8: CONVERT(int8_t, x);
    case DTYPE_U32: CONVERT(uint32_t, x);
    case DTYPE_U16: CONVERT(uint16_t, x);
    case DTYPE_U8: CONVERT(uint8_t, x);
    case DTYPE_BOOL: CONVERT(uint8_t, x != 0);
    default: break;
    }
}

/* One run of elements at equal steps; the whole tensor is a sequence of such rows. */
struct row {
    const unsigned char *from;
    size_t step, n, start; /* bytes; elements; index of the first in row-major order */
    size_t at[TENSOR_MAX_DIMS];
};

/* The first row of T: all of it where there are no gaps, else along the last axis. */
static bool first_row(const struct tensor *t, struct row *r)
{
    size_t size = dtype_size(t->dtype);
    *r = (struct row){.from = t->data, .step = size, .n = t->count};
    if (t->count && !tensor_contiguous(t)) {
        r->n = t->shape[t->ndim - 1];
        r->step = t->stride[t->ndim - 1] * size;
    }
    return t->count > 0;
}

/* The row behind R, counting up the axes but the last as digits; false at the end. */
static bool next_row(const struct tensor *t, struct row *r)
{
    size_t offset = 0;
    r->start += r->n;
    if (r->start >= t->count)
        return false;
    for (uint32_t d = t->ndim - 1; d-- > 0;) {
        if (++r->at[d] < t->shape[d])
            break;
        r->at[d] = 0;
    }
    for (uint32_t d = 0; d + 1 < t->ndim; d++)
        offset += r->at[d] * t->stride[d];
    r->from = t->data + offset * dtype_size(t->dtype);
    return true;
}

void tensor_copy(const struct tensor *t, void *out)
{
    struct row r;
    size_t size = dtype_size(t->dtype);
    unsigned char *to = out;
    for (bool more = first_row(t, &r); more; more = next_row(t, &r)) {
        if (r.step == size)
            memcpy(to + r.start * size, r.from, r.n * size);
        else
            for (size_t i = 0; i < r.n; i++)
                memcpy(to + (r.start + i) * size, r.from + i * r.step, size);
    }
}

void tensor_to_f32(const struct tensor *t, float *out)
{
    struct row r;
    for (bool more = first_row(t, &r); more; more = next_row(t, &r))
        row_to_f32(t->dtype, r.from, r.step, r.n, out + r.start);
}

enum status tensor_to_i64(const struct tensor *t, int64_t *out, struct err *err)
{
    struct row r;
    if (t->dtype <= DTYPE_BF16)
        return err_set(err, STATUS_FORMAT, "tensor %s: integers wanted, its elements are %s",
                       t->name, dtype_name(t->dtype));
    for (bool more = first_row(t, &r); more; more = next_row(t, &r))
        row_to_i64(t->dtype, r.from, r.step, r.n, out + r.start);
    for (size_t i = 0; t->dtype == DTYPE_U64 && i < t->count; i++)
        if (out[i] < 0)
            return err_set(err, STATUS_FORMAT, "tensor %s: an element is over %lld", t->name,
                           (long long)INT64_MAX);
    return STATUS_OK;
}
