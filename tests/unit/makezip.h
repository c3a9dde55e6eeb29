/*
 * makezip.h - small zip archives in memory, for tests that need broken ones; and the pickles of
 * torch.save that go into them.
 */
#ifndef PROPNEU_MAKEZIP_H
#define PROPNEU_MAKEZIP_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"

struct makezip {
    struct buf out, directory;
    unsigned count;
};

#define MAKEZIP_INIT          \
    {                         \
        BUF_INIT, BUF_INIT, 0 \
    }

static inline void makezip_number(struct buf *b, uint64_t n, size_t bytes)
{
    buf_add(b, &n, bytes);
}

/* The fields that local header and directory entry share. */
static inline void makezip_fields(struct buf *b, const char *name, const void *data, size_t size,
                                  size_t packed, int method)
{
    makezip_number(b, 20, 2);
    makezip_number(b, 0, 2);
    makezip_number(b, (uint64_t)method, 2);
    makezip_number(b, 0, 4);
    makezip_number(b, crc32(0, data, (uInt)size), 4);
    makezip_number(b, packed, 4);
    makezip_number(b, size, 4);
    makezip_number(b, strlen(name), 2);
    makezip_number(b, 0, 2);
}

/* Appends a member, stored or (METHOD 8) deflated. */
static inline void makezip_add(struct makezip *z, const char *name, const void *data, size_t size,
                               int method)
{
    size_t at = z->out.len, packed = size;
    unsigned char *deflated = NULL;
    if (method == 8) {
        z_stream s = {.next_in = (unsigned char *)(uintptr_t)data, .avail_in = (uInt)size};
        packed = size + 1000;
        deflated = malloc(packed);
        s.next_out = deflated;
        s.avail_out = (uInt)packed;
        if (!deflated || deflateInit2(&s, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK ||
            deflate(&s, Z_FINISH) != Z_STREAM_END)
            abort();
        packed = s.total_out;
        deflateEnd(&s);
    }
    buf_str(&z->out, "PK\3\4");
    makezip_fields(&z->out, name, data, size, packed, method);
    buf_str(&z->out, name);
    buf_add(&z->out, deflated ? deflated : data, packed);
    free(deflated);

    buf_str(&z->directory, "PK\1\2");
    makezip_number(&z->directory, 20, 2);
    makezip_fields(&z->directory, name, data, size, packed, method);
    makezip_number(&z->directory, 0, 8); /* comment, disk and attributes */
    makezip_number(&z->directory, 0, 2);
    makezip_number(&z->directory, at, 4);
    buf_str(&z->directory, name);
    z->count++;
}

/* Ends the archive and hands it over; free with buf_free. */
static inline struct buf makezip_end(struct makezip *z)
{
    size_t at = z->out.len;
    buf_add(&z->out, z->directory.data, z->directory.len);
    buf_str(&z->out, "PK\5\6");
    makezip_number(&z->out, 0, 4);
    makezip_number(&z->out, z->count, 2);
    makezip_number(&z->out, z->count, 2);
    makezip_number(&z->out, z->directory.len, 4);
    makezip_number(&z->out, at, 4);
    makezip_number(&z->out, 0, 2);
    buf_free(&z->directory);
    return z->out;
}

static inline void makezip_int(struct buf *b, int64_t n)
{
    buf_add(b, "\x8a\x8", 2);
    buf_add(b, &n, 8);
}

/* A tensor of KEY's ELEMENTS; SHAPE and STRIDE [AXES]. */
static inline void makezip_tensor(struct buf *b, const char *type, const char *key,
                                  int64_t elements, int64_t offset, const int64_t *shape,
                                  const int64_t *stride, int axes)
{
    buf_printf(b, "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\n%s\nS'%s'\nS'cpu'\n",
               type, key);
    makezip_int(b, elements);
    buf_str(b, "tQ");
    makezip_int(b, offset);
    for (int pass = 0; pass < 2; pass++) {
        buf_str(b, "(");
        for (int d = 0; d < axes; d++)
            makezip_int(b, pass ? stride[d] : shape[d]);
        buf_str(b, "t");
    }
    buf_str(b, "I00\nNtR");
}

#endif
