/*
 * The two texts of a request: lines for another process, and a command for a person.
 *
 *     propneu experiment request 1
 *     kind: matrix
 *     model: /data/sid.safetensors
 *     ...
 *
 * A backslash and a newline in a value are written as \\ and \n.  Flags have an empty value.
 */
#include "config.h"

#include "experiment/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/shell_quote.h"
#include "base/text.h"

static const char head[] = "propneu experiment request 1\n";

/* A field_each: writes a line, with what is not printable in the value escaped, since paths may
 * have any byte and journals only UTF-8. */
static void request_write_line(void *context, const char *name, const char *value)
{
    struct buf *out = context;
    uint32_t before = 0;
    buf_printf(out, "%s: ", name);
    while (value && *value) {
        const char *start = value;
        uint32_t ch = text_next(&value, &before);
        if (ch == '\\')
            buf_str(out, "\\\\");
        else if (*start == '\n')
            buf_str(out, "\\n");
        else if (ch != TEXT_UNPRINTABLE)
            buf_add(out, start, (size_t)(value - start));
        else
            for (; start < value; start++)
                buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*start);
    }
    buf_str(out, "\n");
}

void experiment_request_write(const struct experiment_request *r, struct buf *out)
{
    buf_str(out, head);
    request_write_line(out, "kind", experiment_kind_name(r->kind));
    experiment_request_each(r, request_write_line, out);
}

/* Undoes the writing of a value in place; false for a backslash that stands for nothing. */
static bool request_unescape(char *value)
{
    static const char digits[] = "0123456789abcdef";
    char *to = value;
    for (const char *p = value; *p; p++) {
        const char *high, *low;
        if (*p != '\\')
            *to++ = *p;
        else if (*++p == '\\' || *p == 'n')
            *to++ = *p == 'n' ? '\n' : '\\';
        else if (*p == 'x' && p[1] && (high = strchr(digits, p[1])) && p[2] &&
                 (low = strchr(digits, p[2])) && (high > digits || low > digits)) {
            *to++ = (char)((high - digits) << 4 | (low - digits));
            p += 2;
        } else
            return false;
    }
    *to = '\0';
    return true;
}

/* LINE, which is changed, into R. The kind stands in line 2, since it says which fields there are.
 */
static enum status request_read_line(struct experiment_request *r, char *line, const char *path,
                                     size_t number, struct err *err)
{
    char *colon = strstr(line, ": ");
    if (!colon || !request_unescape(colon + 2))
        return err_set(err, STATUS_FORMAT, "%s: line %zu: 'name: value' expected", path, number);
    *colon = '\0';
    if (strcmp(line, "kind") == 0 && number == 2) {
        bool curve = strcmp(colon + 2, experiment_kind_name(EXPERIMENT_CURVE)) == 0;
        experiment_request_init(r, curve ? EXPERIMENT_CURVE : EXPERIMENT_MATRIX);
        if (strcmp(colon + 2, experiment_kind_name(r->kind)) == 0)
            return STATUS_OK;
        return err_set(err, STATUS_FORMAT, "%s: no kind of experiment '%.40s'", path, colon + 2);
    }
    enum status code = experiment_request_set(r, line, colon + 2, err);
    if (code) {
        err_prefix(err, "%s: line %zu", path, number);
        return err->code = STATUS_FORMAT;
    }
    return STATUS_OK;
}

enum status experiment_request_read(struct experiment_request *out, const char *bytes, size_t size,
                                    const char *path, struct err *err)
{
    struct experiment_request r;
    struct err own;
    size_t skip = sizeof head - 1, number = 2;
    if (size < skip || memcmp(bytes, head, skip) != 0 || memchr(bytes, '\0', size) ||
        bytes[size - 1] != '\n')
        return err_set(err, STATUS_FORMAT, "%s: no request of an experiment", path);
    char *text = mem_strndup(bytes + skip, size - skip);
    if (!text)
        return err_nomem(err);
    experiment_request_init(&r, EXPERIMENT_MATRIX);
    enum status code = STATUS_OK;
    for (char *line = text, *end; !code && (end = strchr(line, '\n')); line = end + 1, number++) {
        *end = '\0';
        code = request_read_line(&r, line, path, number, &own);
    }
    if (!code)
        code = experiment_request_check(&r, &own);
    if (code) {
        free(text);
        return err_set(err, code, "%s", own.msg);
    }
    r.text = text;
    *out = r;
    return STATUS_OK;
}

void experiment_request_command(const struct experiment_request *r, struct buf *out)
{
    buf_str(out, r->kind == EXPERIMENT_MATRIX ? "propneu erase --matrix" : "propneu prune --curve");
    experiment_request_each(r, shell_add_option, out);
}
