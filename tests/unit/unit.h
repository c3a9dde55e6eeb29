/*
 * unit.h - what the unit tests share: cmocka with the headers it wants, and where data lies.
 */
#ifndef PROPNEU_UNIT_H
#define PROPNEU_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"

/* The call must succeed; its message is shown where it does not.  ERR is in scope. */
#define assert_ok(call)                         \
    do {                                        \
        err.msg[0] = '\0';                      \
        if ((call) != STATUS_OK)                \
            fail_msg("%s: %s", #call, err.msg); \
    } while (0)

/* The call must fail so, with a message. */
#define assert_status(call, wanted)         \
    do {                                    \
        err.msg[0] = '\0';                  \
        assert_int_equal((call), (wanted)); \
        assert_true(err.msg[0] != '\0');    \
    } while (0)

/* Path of a reference file: tests/data/NAME, or the same under $PROPNEU_FIXTURES. */
static inline const char *data_path(const char *name)
{
    static char path[8][1024];
    static unsigned next;
    char *p = path[next++ % 8];
    const char *other = getenv("PROPNEU_FIXTURES"), *srcdir = getenv("srcdir");
    if (other && *other)
        snprintf(p, sizeof path[0], "%s/%s", other, name);
    else
        snprintf(p, sizeof path[0], "%s/tests/data/%s", srcdir ? srcdir : ".", name);
    return p;
}

/* Path of a file of the sources: SRCDIR/NAME. */
static inline const char *source_path(const char *name)
{
    static char path[8][1024];
    static unsigned next;
    char *p = path[next++ % 8];
    const char *srcdir = getenv("srcdir");
    snprintf(p, sizeof path[0], "%s/%s", srcdir ? srcdir : ".", name);
    return p;
}

#endif
