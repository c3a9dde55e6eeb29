/*
 * npy.h - NumPy's array files (.npy, versions 1 to 3).
 */
#ifndef PROPNEU_FORMATS_TENSORS_NPY_H
#define PROPNEU_FORMATS_TENSORS_NPY_H

#include "formats/tensors/tensors.h"

/*
 * Maps PATH and makes OUT of its one array, named "".  Floats, integers and booleans in either byte
 * order and in C or Fortran order (as strides); big-endian data are swapped in memory.  Data behind
 * the array are refused.  Free OUT with tensors_free.
 */
enum status npy_open(struct tensors *out, const char *path, struct err *err);

/* The same for SIZE bytes in memory, which must outlive OUT; NAME stands in messages. */
enum status npy_parse(struct tensors *out, const void *bytes, size_t size, const char *name,
                      struct err *err);

/*
 * The element type behind NumPy's "<f4", "|u1", "f8", ... (LEN bytes).  False for types that are
 * no numbers propneu computes with.  *BIG: bytes are in big-endian order.
 */
bool npy_dtype(const char *descr, size_t len, enum dtype *dtype, bool *big);

/* COUNT elements of SIZE bytes from FROM to TO with the bytes of each reversed. */
void npy_swap(void *to, const void *from, size_t count, size_t size);

#endif
