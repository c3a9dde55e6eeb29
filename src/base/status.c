/*
 * Filling a struct err; control characters of file names never reach a message.
 */
#include "config.h"

#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes a terminal would act upon become '?'; UTF-8 passes. */
static void make_printable(char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            *s = '?';
}

enum status err_set(struct err *err, enum status code, const char *fmt, ...)
{
    if (!err)
        return code;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    make_printable(err->msg);
    err->code = code;
    return code;
}

enum status err_prefix(struct err *err, const char *fmt, ...)
{
    if (!err)
        return STATUS_FORMAT;
    char old[sizeof err->msg];
    memcpy(old, err->msg, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof err->msg)
        snprintf(err->msg + n, sizeof err->msg - (size_t)n, ": %s", old);
    make_printable(err->msg);
    return err->code;
}

enum status err_errno(struct err *err, const char *what)
{
    int e = errno;
    return err_set(err, STATUS_IO, "%s: %s", what, strerror(e));
}

enum status err_nomem(struct err *err)
{
    return err_set(err, STATUS_NOMEM, "out of memory");
}
