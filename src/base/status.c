/*
 * Filling a struct err: names reach a message as base/text.h lets them, and a long name never takes
 * the room of what is said about it.
 */
#include "config.h"

#include "base/status.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum {
    ERR_WHOLE = 9000, /* two of the longest paths and what is said of them */
    ERR_HEAD = 180,   /* of a message that is too long */
};

/* The first byte of the character that TEXT has at AT, or at what follows it. */
static size_t err_character(const char *text, size_t at)
{
    while (((unsigned char)text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

/* WHOLE, made printable, as the message: what is too long, which a path is, loses its middle, since
 * what is wrong with it stands at the end. */
static void err_fill(struct err *err, char *whole)
{
    text_clean(whole);
    size_t n = strlen(whole), room = sizeof err->msg - 1, head = 0;
    if (n > room) {
        head = ERR_HEAD;
        while (head && ((unsigned char)whole[head] & 0xc0) == 0x80)
            head--;
        memcpy(err->msg, whole, head);
        memcpy(err->msg + head, "...", 3);
        whole += err_character(whole, n - (room - head - 3));
        head += 3;
    }
    memcpy(err->msg + head, whole, strlen(whole) + 1);
}

/* Whether memory ran out in any thread. */
static atomic_bool err_lacked;

void err_note_lack(void)
{
    atomic_store(&err_lacked, true);
}

bool err_lacked_memory(void)
{
    return atomic_load(&err_lacked);
}

enum status err_vset(struct err *err, enum status code, const char *fmt, va_list ap)
{
    char whole[ERR_WHOLE];
    if (!err)
        return code;
    if (code == STATUS_NOMEM)
        err_note_lack();
    vsnprintf(whole, sizeof whole, fmt, ap);
    err_fill(err, whole);
    err->code = code;
    return code;
}

enum status err_set(struct err *err, enum status code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_vset(err, code, fmt, ap);
    va_end(ap);
    return code;
}

enum status err_prefix(struct err *err, const char *fmt, ...)
{
    char whole[ERR_WHOLE];
    if (!err)
        return STATUS_FORMAT;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(whole, sizeof whole, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof whole)
        snprintf(whole + n, sizeof whole - (size_t)n, ": %s", err->msg);
    err_fill(err, whole);
    return err->code;
}

enum status err_errno(struct err *err, const char *what)
{
    int e = errno;
    if (e == ENOMEM)
        return err_set(err, STATUS_NOMEM, "%s: out of memory", what);
    if (e == EMFILE || e == ENFILE)
        return err_set(err, STATUS_NOMEM, "%s: too many open files (ulimit -n)", what);
    return err_set(err, STATUS_IO, "%s: %s", what, strerror(e));
}

enum status err_blame(struct err *err, enum status code, const char *name, const char *fmt, ...)
{
    va_list ap;
    if (mem_short())
        return err_set(err, STATUS_NOMEM, "%s: out of memory", name);
    va_start(ap, fmt);
    err_vset(err, code, fmt, ap);
    va_end(ap);
    return err ? err_prefix(err, "%s", name) : code;
}

enum status err_nomem(struct err *err)
{
    return err_set(err, STATUS_NOMEM, "out of memory");
}
