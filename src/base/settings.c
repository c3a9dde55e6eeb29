/*
 * Lines "what: value" that identify what a run was asked for, and the first difference between two
 * such texts.
 */
#include "config.h"

#include "base/settings.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

void settings_add_digest(struct buf *b, const char *what, uint64_t digest)
{
    buf_printf(b, "%s: %016" PRIx64 "\n", what, digest);
}

/* What stands behind "KEY: " in a line of settings of LENGTH bytes. */
static struct buf value_of(const char *line, size_t length)
{
    struct buf b = BUF_INIT;
    const char *colon = memchr(line, ':', length);
    size_t from = colon ? (size_t)(colon - line) + 2 : length;
    buf_add(&b, line + (from < length ? from : length), from < length ? length - from : 0);
    return b;
}

/* "0.4" for 0.40000000000000002: settings keep every bit of a number, people typed fewer. */
static struct buf shown_value(const struct buf *v)
{
    struct buf b = BUF_INIT;
    char *end = NULL;
    double number = strtod(buf_text(v), &end);
    if (v->len > 0 && *end == '\0' && strchr(buf_text(v), '.'))
        buf_str(&b, number_short(number, 15).text);
    else
        buf_str(&b, buf_text(v));
    return b;
}

/* True for the digests of files, which say nothing to people. */
static bool is_digest(const char *text)
{
    return strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16;
}

enum status settings_difference(const char *path, const char *old, const char *new, struct err *err)
{
    size_t n = strcspn(old, "\n"), m = strcspn(new, "\n");
    while (n == m && n > 0 && memcmp(old, new, n) == 0) {
        old += n + (old[n] == '\n');
        new += m + (new[m] == '\n');
        n = strcspn(old, "\n");
        m = strcspn(new, "\n");
    }
    struct buf was = value_of(old, n), is = value_of(new, m);
    struct buf then = shown_value(&was), now = shown_value(&is);
    bool shown = !is_digest(buf_text(&is));
    err_set(err, STATUS_MISMATCH,
            "%s: the interrupted run had another %.*s%s%.60s%s%.60s%s; repeat its command, or use "
            "--no-resume to start over",
            path, (int)strcspn(new, ":\n"), new, shown ? " (" : "", shown ? buf_text(&then) : "",
            shown ? ", not " : "", shown ? buf_text(&now) : "", shown ? ")" : "");
    buf_free(&then);
    buf_free(&now);
    buf_free(&was);
    buf_free(&is);
    return STATUS_MISMATCH;
}
