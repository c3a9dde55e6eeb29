/*
 * The safetensors format, written: the header from shapes alone, so that the data of a large file
 * can follow piece by piece.
 */
#include "config.h"

#include "formats/tensors/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "formats/jsontext.h"
#include "formats/utf.h"

#define ALIGNMENT 64

/* The lengths of the axes; NULL without memory. */
static json_t *shape_array(const struct tensor *t)
{
    json_t *shape = json_array();
    for (uint32_t d = 0; shape && d < t->ndim; d++)
        if (json_array_append_new(shape, json_integer((json_int_t)t->shape[d])) != 0) {
            json_decref(shape);
            return NULL;
        }
    return shape;
}

/* The entry of T, whose data begin at *OFFSET, which moves behind them. */
static enum status header_add_tensor(json_t *header, const struct tensor *t, size_t *offset,
                                     struct err *err)
{
    size_t end = *offset + t->count * dtype_size(t->dtype);
    if (json_object_get(header, t->name))
        return err_set(err, STATUS_USAGE, "tensor %s would be written twice", t->name);
    json_t *entry = json_pack("{s:s, s:o, s:[I, I]}", "dtype", dtype_name(t->dtype), "shape",
                              shape_array(t), "data_offsets", (json_int_t)*offset, (json_int_t)end);
    if (!entry)
        return err_nomem(err);
    *offset = end;
    if (json_object_set_new(header, t->name, entry) == 0)
        return STATUS_OK;
    /* Files of torch.save may have any bytes for names. */
    if (utf_is_utf8((const unsigned char *)t->name, strlen(t->name)))
        return err_nomem(err);
    return err_set(err, STATUS_UNSUPPORTED,
                   "tensor %s: its name is not UTF-8: safetensors cannot hold it", t->name);
}

/* __metadata__ of METAS pairs; names of files among them may be no UTF-8. */
static enum status header_add_meta(json_t *header, const char *const *meta, size_t metas,
                                   struct err *err)
{
    json_t *object = json_object();
    for (size_t i = 0; object && i < metas; i++)
        if (json_object_set_new(object, meta[2 * i], jsontext_string(meta[2 * i + 1])) != 0) {
            json_decref(object);
            return err_nomem(err);
        }
    if (!object || json_object_set_new(header, "__metadata__", object) != 0)
        return err_nomem(err);
    return STATUS_OK;
}

enum status safetensors_write_header(FILE *stream, const struct tensor *tensor, size_t count,
                                     const char *const *meta, size_t metas, struct err *err)
{
    enum status code = STATUS_OK;
    size_t offset = 0;
    char *text = NULL;
    json_t *header = json_object();
    if (!header)
        return err_nomem(err);
    if (metas)
        code = header_add_meta(header, meta, metas, err);
    for (size_t i = 0; i < count && !code; i++)
        code = header_add_tensor(header, &tensor[i], &offset, err);
    if (code)
        goto out;
    text = json_dumps(header, JSON_COMPACT);
    if (!text) {
        code = err_nomem(err);
        goto out;
    }
    uint64_t used = strlen(text), length = used;
    while ((sizeof length + length) % ALIGNMENT)
        length++;
    fwrite(&length, sizeof length, 1, stream);
    fwrite(text, 1, used, stream);
    for (uint64_t i = used; i < length; i++)
        fputc(' ', stream);
out:
    free(text);
    json_decref(header);
    return code;
}

enum status safetensors_write(FILE *stream, const struct tensor *tensor, size_t count,
                              const char *const *meta, size_t metas, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!tensor_contiguous(&tensor[i]))
            return err_set(err, STATUS_USAGE, "tensor %s is not contiguous", tensor[i].name);
    enum status code = safetensors_write_header(stream, tensor, count, meta, metas, err);
    for (size_t i = 0; i < count && !code; i++)
        if (tensor[i].count)
            fwrite(tensor[i].data, dtype_size(tensor[i].dtype), tensor[i].count, stream);
    return code;
}
