/*
 * torchzip.h - files of torch.save: the zip format, and the older sequence of pickles.
 */
#ifndef PROPNEU_FORMATS_TENSORS_TORCHZIP_H
#define PROPNEU_FORMATS_TENSORS_TORCHZIP_H

#include "formats/tensors/pickle.h"

struct torchzip;

/*
 * Reads the directory and data.pkl of SIZE bytes in memory, which must outlive the result.  No
 * storage is read yet.  NAME stands in messages.
 */
enum status torchzip_parse(struct torchzip **out, const void *bytes, size_t size, const char *name,
                           struct err *err);
void torchzip_free(struct torchzip *z);

/* The value that was saved; belongs to Z. */
struct pickle *torchzip_pickle(struct torchzip *z);

/* True if V is a tensor or parameter. */
bool torchzip_is_tensor(const struct pickle_value *v);

/*
 * V as tensor: its storage is checked to hold it and borrowed from the file (or, where compressed
 * or big-endian, unpacked once and kept until torchzip_free).  NAME is kept as the tensor's name.
 */
enum status torchzip_tensor(struct torchzip *z, const struct pickle_value *v, const char *name,
                            struct tensor *out, struct err *err);

/* The shape only, in OUT->ndim and OUT->shape; the storage is not looked at. */
enum status torchzip_shape(const struct pickle_value *v, struct tensor *out, struct err *err);

#endif
