/*
 * JSON by jansson, with a bound on the memory that a text may take, estimated before it is parsed.
 */
#include "config.h"

#include "formats/jsontext.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"
#include "formats/file.h"
#include "formats/utf.h"

#define MAX_BYTES ((size_t)100 << 20)

/*
 * An upper estimate of what jansson allocates for each structural byte, with malloc's overhead:
 * an object begins with eight hash buckets, an array with eight slots, a key is a table entry.
 * Such bytes inside strings are counted too, which does no harm.
 */
static size_t jsontext_estimate(const unsigned char *p, size_t size)
{
    static const unsigned char cost[256] = {['{'] = 240, ['['] = 136, [':'] = 112, [','] = 56};
    size_t sum = size;
    for (size_t i = 0; i < size; i++)
        sum += cost[p[i]];
    return sum;
}

/* The bytes are UTF-8. */
static enum status jsontext_load(json_t **out, const void *bytes, size_t size, const char *name,
                                 struct err *err)
{
    json_error_t at;
    if (size > MAX_BYTES || jsontext_estimate(bytes, size) > MAX_BYTES)
        return err_set(err, STATUS_UNSUPPORTED, "%s: JSON text with too many values", name);
    errno = 0;
    json_t *root = json_loadb(size ? bytes : "", size, JSON_REJECT_DUPLICATES, &at);
    if (!root)
        return err_blame(err, STATUS_FORMAT, name, "line %d, column %d: %s", at.line, at.column,
                         at.text);
    if (!json_is_object(root)) {
        json_decref(root);
        return err_set(err, STATUS_FORMAT, "%s: not a JSON object", name);
    }
    *out = root;
    return STATUS_OK;
}

/* True if the text begins with a byte order mark, as editors of Windows put there. */
static bool jsontext_is_marked(const unsigned char *p, size_t size)
{
    return (size >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) ||
           (size >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0));
}

enum status jsontext_parse(json_t **out, const void *bytes, size_t size, const char *name,
                           struct err *err)
{
    struct span text;
    char *owned = NULL;
    if (!jsontext_is_marked(bytes, size))
        return jsontext_load(out, bytes, size, name, err);
    if (size > MAX_BYTES)
        return err_set(err, STATUS_UNSUPPORTED, "%s: JSON text with too many values", name);
    enum status code = utf_decode(&text, &owned, bytes, size, name, err);
    if (!code)
        code = jsontext_load(out, text.s, text.n, name, err);
    free(owned);
    return code;
}

char *jsontext_dump(const json_t *v, size_t flags)
{
    struct buf b = BUF_INIT;
    char *text = v ? json_dumps(v, flags) : NULL;
    /* Newlines of the text are layout: those within strings are escaped by now. */
    for (char *line = text, *end; line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        text_escape_json(&b, line);
        buf_str(&b, end ? "\n" : "");
    }
    free(text);
    if (b.data && buf_ok(&b))
        return b.data;
    buf_free(&b);
    return NULL;
}

json_t *jsontext_string(const char *text)
{
    json_t *v = json_string(text);
    char *plain = v ? NULL : mem_strndup(text, strlen(text));
    for (unsigned char *p = (unsigned char *)plain; p && *p; p++)
        *p = *p < 0x80 ? *p : '?';
    if (plain)
        v = json_string(plain);
    free(plain);
    return v;
}

json_t *jsontext_real(double v)
{
    return isfinite(v) ? json_real(number_positive_zero(v)) : json_null();
}

enum status jsontext_open(json_t **out, const char *path, struct err *err)
{
    struct mapped file;
    enum status code = mapped_open(&file, path, err);
    if (code)
        return code;
    code = jsontext_parse(out, file.data, file.size, path, err);
    mapped_close(&file);
    return code;
}
