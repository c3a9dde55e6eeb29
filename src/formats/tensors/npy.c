/*
 * NumPy's .npy format (numpy/lib/format.py, versions 1 to 3): a magic number, the length of a
 * header, the header as a Python dict literal, then the data.  The literal is read by a small
 * parser of its own, which knows no more of Python than NumPy writes.
 */
#include "config.h"

#include "formats/tensors/npy.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "formats/file.h"
#include "base/mem.h"

#define MAX_HEADER 65536

/* What an opened array is borrowed from. */
struct box {
    struct mapped file;
    void *swapped; /* the data in this machine's byte order, or NULL */
};

/* The header: a Python dict literal with exactly the keys descr, fortran_order and shape. */
struct header {
    const char *at, *end; /* what is still to be read */
    enum dtype dtype;
    bool big, fortran;
    bool have_dtype, have_order, have_shape;
};

static void npy_release(void *owner)
{
    struct box *box = owner;
    if (!box)
        return;
    mapped_close(&box->file);
    free(box->swapped);
    free(box);
}

bool npy_dtype(const char *descr, size_t len, enum dtype *dtype, bool *big)
{
    static const struct {
        char text[3];
        enum dtype dtype;
    } known[] = {{"f4", DTYPE_F32}, {"f8", DTYPE_F64}, {"f2", DTYPE_F16}, {"i1", DTYPE_I8},
                 {"i2", DTYPE_I16}, {"i4", DTYPE_I32}, {"i8", DTYPE_I64}, {"u1", DTYPE_U8},
                 {"u2", DTYPE_U16}, {"u4", DTYPE_U32}, {"u8", DTYPE_U64}, {"b1", DTYPE_BOOL}};
    char order = '=';
    if (len == 3 && memchr("<>|=", descr[0], 4)) {
        order = *descr++;
        len--;
    }
    for (size_t i = 0; len == 2 && i < sizeof known / sizeof known[0]; i++)
        if (memcmp(known[i].text, descr, 2) == 0) {
            *dtype = known[i].dtype;
            *big = order == '>' && dtype_size(*dtype) > 1;
            return true;
        }
    return false;
}

void npy_swap(void *to, const void *from, size_t count, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    for (size_t i = 0; i < count; i++, t += size, f += size)
        for (size_t b = 0; b < size; b++)
            t[b] = f[size - 1 - b];
}

static void npy_skip_blanks(struct header *h)
{
    while (h->at < h->end && (*h->at == ' ' || *h->at == '\n'))
        h->at++;
}

/*
 * The character C behind blanks, passed over; false, with only blanks passed over, for another one.
 */
static bool npy_take(struct header *h, char c)
{
    npy_skip_blanks(h);
    if (h->at == h->end || *h->at != c)
        return false;
    h->at++;
    return true;
}

static bool npy_take_word(struct header *h, const char *word)
{
    size_t n = strlen(word);
    npy_skip_blanks(h);
    if ((size_t)(h->end - h->at) < n || memcmp(h->at, word, n) != 0)
        return false;
    h->at += n;
    return true;
}

/* A quoted string without escapes: none of NumPy's own needs any. */
static bool npy_take_string(struct header *h, const char **text, size_t *len)
{
    char quote = npy_take(h, '\'') ? '\'' : npy_take(h, '"') ? '"' : '\0';
    const char *close = quote ? memchr(h->at, quote, (size_t)(h->end - h->at)) : NULL;
    if (!close || memchr(h->at, '\\', (size_t)(close - h->at)))
        return false;
    *text = h->at;
    *len = (size_t)(close - h->at);
    h->at = close + 1;
    return true;
}

/* A whole number behind blanks. */
static bool npy_take_number(struct header *h, size_t *out)
{
    size_t n = 0;
    npy_skip_blanks(h);
    if (h->at == h->end || !isdigit((unsigned char)*h->at))
        return false;
    for (; h->at < h->end && isdigit((unsigned char)*h->at); h->at++)
        if (!mul_size(n, 10, &n) || !add_size(n, (size_t)(*h->at - '0'), &n))
            return false;
    *out = n;
    return true;
}

/* A tuple of lengths. */
static bool npy_take_shape(struct header *h, struct tensor *t)
{
    bool comma = true;
    if (!npy_take(h, '('))
        return false;
    for (t->ndim = 0; !npy_take(h, ')'); t->ndim++) {
        if (t->ndim == TENSOR_MAX_DIMS || !comma || !npy_take_number(h, &t->shape[t->ndim]))
            return false;
        comma = npy_take(h, ',');
    }
    /* (3) is a number in brackets, (3,) a tuple. */
    return t->ndim != 1 || comma;
}

/* One of the header's entries, each of which may stand there only once. */
static enum status npy_take_entry(struct header *h, struct tensor *t, const char *name,
                                  struct err *err)
{
    const char *key, *descr;
    size_t len, descr_len;
    if (!npy_take_string(h, &key, &len) || !npy_take(h, ':'))
        return err_set(err, STATUS_FORMAT, "%s: header: no 'key': value", name);
    if (len == 5 && memcmp(key, "descr", 5) == 0 && !h->have_dtype) {
        h->have_dtype = true;
        if (!npy_take_string(h, &descr, &descr_len))
            return err_set(err, STATUS_UNSUPPORTED, "%s: not an array of plain numbers", name);
        if (!npy_dtype(descr, descr_len, &h->dtype, &h->big))
            return err_set(err, STATUS_UNSUPPORTED, "%s: elements of type '%.*s'", name,
                           descr_len < 40 ? (int)descr_len : 40, descr);
    } else if (len == 13 && memcmp(key, "fortran_order", 13) == 0 && !h->have_order) {
        h->have_order = true;
        h->fortran = npy_take_word(h, "True");
        if (!h->fortran && !npy_take_word(h, "False"))
            return err_set(err, STATUS_FORMAT, "%s: fortran_order is not a boolean", name);
    } else if (len == 5 && memcmp(key, "shape", 5) == 0 && !h->have_shape) {
        h->have_shape = true;
        if (!npy_take_shape(h, t))
            return err_set(err, STATUS_FORMAT, "%s: shape is not a tuple of at most %d lengths",
                           name, TENSOR_MAX_DIMS);
    } else {
        return err_set(err, STATUS_FORMAT, "%s: header: unexpected key '%.*s'", name,
                       len < 40 ? (int)len : 40, key);
    }
    return STATUS_OK;
}

/*
 * The whole dictionary: exactly the three keys, with commas between them and perhaps one behind.
 */
static enum status npy_take_header(struct header *h, struct tensor *t, const char *name,
                                   struct err *err)
{
    bool comma = true;
    if (!npy_take(h, '{'))
        return err_set(err, STATUS_FORMAT, "%s: header is not a dictionary", name);
    while (!npy_take(h, '}')) {
        if (!comma)
            return err_set(err, STATUS_FORMAT, "%s: header: no comma between entries", name);
        enum status code = npy_take_entry(h, t, name, err);
        if (code)
            return code;
        comma = npy_take(h, ',');
    }
    npy_skip_blanks(h);
    if (h->at != h->end || !h->have_dtype || !h->have_order || !h->have_shape)
        return err_set(err, STATUS_FORMAT, "%s: header: not exactly descr, fortran_order, shape",
                       name);
    t->dtype = h->dtype;
    if (!tensor_set_rows(t))
        return err_set(err, STATUS_FORMAT, "%s: shape too large", name);
    return STATUS_OK;
}

/* First axis fastest. */
static void npy_set_columns(struct tensor *t)
{
    size_t product = 1;
    for (uint32_t d = 0; d < t->ndim; d++) {
        t->stride[d] = product;
        product *= t->shape[d] ? t->shape[d] : 1;
    }
}

/* The header's place: behind magic, version and a length of 2 (version 1) or 4 bytes. */
static enum status npy_find_header(struct header *h, const unsigned char *p, size_t size,
                                   const char *name, struct err *err)
{
    size_t start, length;
    if (size < 10 || memcmp(p, "\x93NUMPY", 6) != 0)
        return err_set(err, STATUS_FORMAT, "%s: not a NumPy array file", name);
    if (p[6] < 1 || p[6] > 3)
        return err_set(err, STATUS_UNSUPPORTED, "%s: version %d of the format", name, p[6]);
    start = p[6] == 1 ? 10 : 12;
    length = p[8] | (size_t)p[9] << 8;
    if (size < start)
        return err_set(err, STATUS_FORMAT, "%s: ends within the header", name);
    if (p[6] > 1)
        length |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
    if (length > MAX_HEADER || length > size - start)
        return err_set(err, STATUS_FORMAT, "%s: header of %zu bytes in a file of %zu", name, length,
                       size);
    *h = (struct header){.at = (const char *)p + start, .end = (const char *)p + start + length};
    return STATUS_OK;
}

enum status npy_parse(struct tensors *out, const void *bytes, size_t size, const char *name,
                      struct err *err)
{
    const unsigned char *p = bytes;
    struct header h = {0};
    struct tensor t = {.name = ""};
    enum status code = npy_find_header(&h, p, size, name, err);
    if (code)
        return code;
    size_t start = (size_t)((const unsigned char *)h.end - p);
    code = npy_take_header(&h, &t, name, err);
    if (code)
        return code;
    size_t unit = dtype_size(t.dtype);
    if (size - start != t.count * unit)
        return err_set(err, STATUS_FORMAT, "%s: %zu bytes of data for %zu elements %s", name,
                       size - start, t.count, dtype_name(t.dtype));
    if (h.fortran)
        npy_set_columns(&t);
    t.data = p + start;

    struct box *box = mem_zeros(1, sizeof *box);
    struct tensor *copy = mem_array(1, sizeof *copy);
    if (box && h.big)
        box->swapped = mem_array(t.count, unit);
    if (!box || !copy || (h.big && !box->swapped)) {
        free(copy);
        npy_release(box);
        return err_nomem(err);
    }
    if (h.big) {
        npy_swap(box->swapped, t.data, t.count, unit);
        t.data = box->swapped;
    }
    *copy = t;
    *out = (struct tensors){.tensor = copy, .count = 1, .owner = box, .release = npy_release};
    return STATUS_OK;
}

enum status npy_open(struct tensors *out, const char *path, struct err *err)
{
    struct mapped file;
    enum status code = mapped_open(&file, path, err);
    if (code)
        return code;
    code = npy_parse(out, file.data, file.size, path, err);
    if (code)
        mapped_close(&file);
    else
        ((struct box *)out->owner)->file = file;
    return code;
}
