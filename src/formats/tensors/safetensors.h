/*
 * safetensors.h - the safetensors format: 8 bytes of header length, a JSON header, raw data.
 */
#ifndef PROPNEU_FORMATS_TENSORS_SAFETENSORS_H
#define PROPNEU_FORMATS_TENSORS_SAFETENSORS_H

#include <stdio.h>

#include "formats/tensors/tensors.h"

/*
 * Maps PATH and checks every entry of the header (dtype, shape, offsets within the file and not
 * overlapping).  Messages name PATH and the tensor or byte.  Free OUT with tensors_free.
 */
enum status safetensors_open(struct tensors *out, const char *path, struct err *err);

/* The same for SIZE bytes in memory, which must outlive OUT; NAME stands in messages. */
enum status safetensors_parse(struct tensors *out, const void *bytes, size_t size, const char *name,
                              struct err *err);

/*
 * Writing.  TENSOR [count] is written in the order given; META is [2 * metas] keys and values.
 * The header is padded with spaces so that data begins at a multiple of 64 bytes.  Tensors must be
 * contiguous.  Errors of the stream are left to the stream (outfile_commit reports them).
 */
enum status safetensors_write(FILE *stream, const struct tensor *tensor, size_t count,
                              const char *const *meta, size_t metas, struct err *err);

/*
 * Writing piece by piece, where the data does not exist all at once: the header only (data
 * pointers are not looked at); the caller then writes each tensor's bytes in the same order.
 */
enum status safetensors_write_header(FILE *stream, const struct tensor *tensor, size_t count,
                                     const char *const *meta, size_t metas, struct err *err);

#endif
