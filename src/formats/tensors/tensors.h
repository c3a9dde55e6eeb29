/*
 * tensors.h - named arrays as they stand in a file, whatever kind of file it is.
 *
 * safetensors, torch zip checkpoints and .npy all end up as a struct tensors.  Elements are not
 * converted or copied on reading: a tensor borrows the file's mapping and says its dtype and
 * strides; tensor_to_f32 makes plain row-major floats of any of them.
 */
#ifndef PROPNEU_FORMATS_TENSORS_TENSORS_H
#define PROPNEU_FORMATS_TENSORS_TENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum dtype {
    DTYPE_F64,
    DTYPE_F32,
    DTYPE_F16,
    DTYPE_BF16,
    DTYPE_I64,
    DTYPE_I32,
    DTYPE_I16,
    DTYPE_I8,
    DTYPE_U64,
    DTYPE_U32,
    DTYPE_U16,
    DTYPE_U8,
    DTYPE_BOOL,
    DTYPE_COUNT
};

#define TENSOR_MAX_DIMS 8

/* A view of more elements than this must not show any of them twice. */
#define TENSOR_REPEATS_MAX 16384

struct tensor {
    const char *name;
    enum dtype dtype;
    uint32_t ndim;
    size_t shape[TENSOR_MAX_DIMS];
    size_t stride[TENSOR_MAX_DIMS]; /* in elements; a storage is never left, whatever they say */
    size_t count;                   /* product of shape, checked */
    const unsigned char *data;      /* first element; little-endian, maybe unaligned */
};

struct tensors {
    struct tensor *tensor; /* [count], sorted by name */
    size_t count;
    char **meta; /* [2 * metas]: key, value, ... (__metadata__ of safetensors) */
    size_t metas;
    void *owner; /* what the data is borrowed from */
    void (*release)(void *owner);
    /* Gives back the memory in which N bytes at P lie, if a file can bring them again; or NULL. */
    void (*forget)(void *owner, const void *p, size_t n);
};

void tensors_free(struct tensors *t);

/* T has been read and will not be soon again: its pages need not stay in memory. */
void tensors_forget(const struct tensors *all, const struct tensor *t);

/* The tensor of that name, or NULL. */
const struct tensor *tensors_find(const struct tensors *t, const char *name);

/* The metadata value of KEY, or NULL. */
const char *tensors_meta(const struct tensors *t, const char *key);

/*
 * Sorts by name, as every reader does before it hands out a result.  Two tensors of one name are
 * refused with a message that begins with NAME.
 */
enum status tensors_sort(struct tensors *t, const char *name, struct err *err);

/*
 * Fills count and row-major strides from ndim and shape.  False if the elements' bytes do not fit
 * a size_t.
 */
bool tensor_set_rows(struct tensor *t);

size_t dtype_size(enum dtype d);

/* "F32", "BF16", ...: the safetensors spelling. */
const char *dtype_name(enum dtype d);

/* True if the elements lie row-major without gaps. */
bool tensor_contiguous(const struct tensor *t);

/*
 * False for a large view whose strides reach fewer elements than it has: an expanded view of a tiny
 * file could otherwise ask for any amount of memory.
 */
bool tensor_is_sound(const struct tensor *t);

/* The dtype of that spelling; false if there is none. */
bool dtype_parse(const char *name, enum dtype *out);

/* "[3, 250]" into TEXT of SIZE bytes, for messages. */
void tensor_shape_text(const struct tensor *t, char *text, size_t size);

/* The elements row-major, as they are, into OUT [count * dtype_size]. */
void tensor_copy(const struct tensor *t, void *out);

/* Row-major floats of any dtype and stride into OUT [count]. */
void tensor_to_f32(const struct tensor *t, float *out);

/*
 * Row-major int64 of an integer tensor into OUT [count].  STATUS_FORMAT for float dtypes, and, with
 * OUT filled all the same, if an unsigned value does not fit.
 */
enum status tensor_to_i64(const struct tensor *t, int64_t *out, struct err *err);

#endif
