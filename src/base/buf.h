/*
 * buf.h - a growing byte string, for text that is put together piece by piece.
 *
 * Failure sticks: after an allocation has failed all further calls do nothing and buf_ok() is
 * false, so that a whole page can be written before one check.
 */
#ifndef PROPNEU_BASE_BUF_H
#define PROPNEU_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* [len], then a NUL once anything was added */
    size_t len, cap;
    bool failed;
};

#define BUF_INIT          \
    {                     \
        NULL, 0, 0, false \
    }

void buf_free(struct buf *b);
void buf_clear(struct buf *b);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline bool buf_ok(const struct buf *b)
{
    return !b->failed;
}

/* The text, "" if nothing was added; borrowed until the next change. */
static inline const char *buf_text(const struct buf *b)
{
    return b->data ? b->data : "";
}

#endif
