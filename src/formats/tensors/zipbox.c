/*
 * A zip archive in memory by libzip.  Members that are stored, as torch.save's are, are borrowed
 * where they lie; libzip would copy them, so their places are read from the archive's directory
 * here (PKWARE's APPNOTE.TXT, 4.3).
 */
#include "config.h"

#include "formats/tensors/zipbox.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/arena.h"
#include "base/mem.h"

/* Weights hardly shrink when they are compressed: what unpacks to much more is no model. */
#define UNPACKED_PER_BYTE 8
#define UNPACKED_EXTRA    ((size_t)1 << 20)

struct zipbox {
    const unsigned char *bytes; /* [size] */
    size_t size;
    const char *name;
    zip_t *zip;
    uint64_t *local; /* [count]: where each member's local header is; UINT64_MAX = not known */
    size_t count;    /* members */
    struct arena unpacked; /* members that were compressed, unpacked; up to a limit */
};

/* An unsigned little-endian number of N <= 8 bytes. */
static uint64_t zip_number(const unsigned char *p, unsigned n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

/*
 * The directory's place, from the record at the end of the archive, or its 64-bit form where that
 * one says so.  (APPNOTE.TXT 4.3.14 to 4.3.16: what libzip has read too, but does not tell.)
 */
static bool zipbox_find_directory(const struct zipbox *z, uint64_t *start)
{
    const unsigned char *p = z->bytes;
    size_t far = z->size > 65557 ? z->size - 65557 : 0, at = z->size < 22 ? 0 : z->size - 22;
    if (z->size < 22)
        return false;
    while (memcmp(p + at, "PK\5\6", 4) != 0)
        if (at-- == far)
            return false;
    *start = zip_number(p + at + 16, 4);
    if (at >= 20 && memcmp(p + at - 20, "PK\6\7", 4) == 0) {
        uint64_t record = zip_number(p + at - 12, 8);
        if (record > z->size || z->size - record < 56 || memcmp(p + record, "PK\6\6", 4) != 0)
            return false;
        *start = zip_number(p + record + 48, 8);
    }
    return *start <= z->size;
}

/* The local header's offset in the directory entry P, from its 64-bit extra field if need be. */
static uint64_t zipbox_local_offset(const unsigned char *p, size_t name_len, size_t extra_len)
{
    uint64_t offset = zip_number(p + 42, 4);
    const unsigned char *extra = p + 46 + name_len, *end = extra + extra_len;
    if (offset != UINT32_MAX)
        return offset;
    while (end - extra >= 4) {
        size_t id = zip_number(extra, 2), len = zip_number(extra + 2, 2), skip = 0;
        extra += 4;
        if (len > (size_t)(end - extra))
            break;
        skip += zip_number(p + 24, 4) == UINT32_MAX ? 8 : 0;
        skip += zip_number(p + 20, 4) == UINT32_MAX ? 8 : 0;
        if (id == 1 && len >= skip + 8)
            return zip_number(extra + skip, 8);
        extra += len;
    }
    return UINT64_MAX;
}

/* Best effort: members whose place is not found are read through libzip. */
static void zipbox_find_locals(struct zipbox *z)
{
    uint64_t at;
    memset(z->local, 0xff, z->count * sizeof *z->local);
    if (!zipbox_find_directory(z, &at))
        return;
    for (size_t i = 0; i < z->count; i++) {
        const unsigned char *p = z->bytes + at;
        if (z->size - at < 46 || memcmp(p, "PK\1\2", 4) != 0)
            return;
        size_t name_len = zip_number(p + 28, 2), extra_len = zip_number(p + 30, 2);
        size_t whole = 46 + name_len + extra_len + zip_number(p + 32, 2);
        if (z->size - at < whole)
            return;
        z->local[i] = zipbox_local_offset(p, name_len, extra_len);
        at += whole;
    }
}

enum status zipbox_open(struct zipbox **out, const unsigned char *bytes, size_t size,
                        const char *name, struct err *err)
{
    zip_error_t why;
    enum status code = STATUS_OK;
    struct zipbox *z = mem_zeros(1, sizeof *z);
    if (!z)
        return err_nomem(err);
    *z = (struct zipbox){.bytes = bytes, .size = size, .name = name};
    size_t limit = UNPACKED_EXTRA;
    if (mul_size(size, UNPACKED_PER_BYTE, &limit) && !add_size(limit, UNPACKED_EXTRA, &limit))
        limit = SIZE_MAX;
    z->unpacked = arena_make(limit);

    errno = 0;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &why);
    if (source)
        z->zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (!z->zip) {
        zip_source_free(source);
        code =
            zip_error_code_zip(&why) == ZIP_ER_NOZIP && size >= 4 && memcmp(bytes, "PK\3\4", 4) == 0
                ? err_set(err, STATUS_FORMAT,
                          "%s: byte %zu: truncated: the directory at the end of the "
                          "zip archive is missing",
                          name, size)
                : err_blame(err, STATUS_FORMAT, name, "%s", zip_error_strerror(&why));
        goto out;
    }
    z->count = (size_t)zip_get_num_entries(z->zip, 0);
    z->local = mem_array(z->count, sizeof *z->local);
    if (!z->local) {
        code = err_nomem(err);
        goto out;
    }
    zipbox_find_locals(z);
out:
    zip_error_fini(&why);
    if (code)
        zipbox_free(z);
    else
        *out = z;
    return code;
}

void zipbox_free(struct zipbox *z)
{
    if (!z)
        return;
    if (z->zip)
        zip_discard(z->zip);
    arena_free(&z->unpacked);
    free(z->local);
    free(z);
}

size_t zipbox_count(const struct zipbox *z)
{
    return z->count;
}

const char *zipbox_name(const struct zipbox *z, size_t member)
{
    const char *name = zip_get_name(z->zip, member, ZIP_FL_ENC_RAW);
    return name ? name : "";
}

int64_t zipbox_find(const struct zipbox *z, const char *name)
{
    return zip_name_locate(z->zip, name, ZIP_FL_ENC_RAW);
}

/*
 * A stored member's bytes within the archive, if its local header confirms what libzip read in the
 * directory; NULL otherwise.
 */
static const unsigned char *zipbox_borrow(const struct zipbox *z, size_t member,
                                          const zip_stat_t *st)
{
    const char *name = zipbox_name(z, member);
    uint64_t at = z->local[member];
    size_t name_len = strlen(name);
    if (st->comp_method != ZIP_CM_STORE || st->comp_size != st->size ||
        st->encryption_method != ZIP_EM_NONE || at > z->size || z->size - at < 30)
        return NULL;
    const unsigned char *p = z->bytes + at;
    size_t skip = 30 + zip_number(p + 26, 2) + zip_number(p + 28, 2);
    if (memcmp(p, "PK\3\4", 4) != 0 || zip_number(p + 8, 2) != ZIP_CM_STORE ||
        zip_number(p + 26, 2) != name_len || z->size - at < skip ||
        z->size - at - skip < st->size || memcmp(p + 30, name, name_len) != 0)
        return NULL;
    return p + skip;
}

/*
 * A compressed member in memory of the box, which has a bound: a small archive could unpack to any
 * size.
 */
static enum status zipbox_unpack(struct zipbox *z, size_t member, size_t size,
                                 const unsigned char **data, struct err *err)
{
    const char *name = zipbox_name(z, member);
    errno = 0;
    unsigned char *to = arena_zeros(&z->unpacked, size, 1);
    if (!to)
        return err_blame(err, STATUS_UNSUPPORTED, z->name,
                         "%s: unpacks to %zu bytes, too much for its file", name, size);
    zip_file_t *f = zip_fopen_index(z->zip, member, 0);
    if (!f)
        return err_blame(err, STATUS_FORMAT, z->name, "%s: %s", name, zip_strerror(z->zip));
    zip_int64_t got = zip_fread(f, to, size);
    char more;
    bool whole = got >= 0 && (size_t)got == size && zip_fread(f, &more, 1) == 0;
    zip_fclose(f);
    if (!whole)
        return err_blame(err, STATUS_FORMAT, z->name, "%s: damaged", name);
    *data = to;
    return STATUS_OK;
}

enum status zipbox_read(struct zipbox *z, size_t member, const unsigned char **data, size_t *size,
                        struct err *err)
{
    const zip_uint64_t wanted =
        ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    zip_stat_t st;
    if (zip_stat_index(z->zip, member, 0, &st) != 0 || (st.valid & wanted) != wanted)
        return err_set(err, STATUS_FORMAT, "%s: %s: no size in the directory", z->name,
                       zipbox_name(z, member));
    const unsigned char *p = zipbox_borrow(z, member, &st);
    enum status code = p ? STATUS_OK : zipbox_unpack(z, member, st.size, &p, err);
    if (code)
        return code;
    *data = p;
    *size = st.size;
    return STATUS_OK;
}
