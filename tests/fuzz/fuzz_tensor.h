/*
 * fuzz_tensor.h - touches everything a tensor claims to have.
 */
#ifndef PROPNEU_FUZZ_TENSOR_H
#define PROPNEU_FUZZ_TENSOR_H

#include <stdlib.h>
#include <string.h>

#include "formats/tensors/tensors.h"

/* SIZE: of the file.  No tensor may have more elements than its file has bytes. */
static inline void fuzz_tensor(const struct tensor *t, size_t size)
{
    if (t->count > size + 1 || strlen(t->name) > 1024)
        abort();
    float *out = malloc(t->count * sizeof *out + 1);
    int64_t *whole = malloc(t->count * sizeof *whole + 1);
    if (!out || !whole)
        abort();
    tensor_to_f32(t, out);
    (void)tensor_to_i64(t, whole, NULL);
    free(out);
    free(whole);
}

static inline void fuzz_tensors(struct tensors *t, size_t size)
{
    for (size_t i = 0; i < t->count; i++) {
        fuzz_tensor(&t->tensor[i], size);
        if (tensors_find(t, t->tensor[i].name) != &t->tensor[i])
            abort();
    }
    for (size_t i = 0; i < t->metas; i++)
        if (!tensors_meta(t, t->meta[2 * i]))
            abort();
    tensors_free(t);
}

#endif
