/*
 * rows.h - tables as text, row by row: tabs, commas, semicolons or blanks between fields, which may
 * stand in quotes (RFC 4180).
 *
 * A table without quotes and semicolons is read as it stands, without copies.  In any other each
 * row is written anew: fields without their quotes, LINES_FIELD between them, line ends within
 * quotes as blanks, and, where semicolons divide, numbers with a decimal point.  Either way a row
 * is one span, to be divided by span_divider and span_split (lines.h).
 *
 * A quote is one only where it begins a field and another ends it: phones may be spelled with
 * quotes ("a is a stressed a in SAMPA).  Where commas or semicolons divide, one that nothing closes
 * is an error, as in all programs that write such tables.  A first line "sep=;" says what divides.
 */
#ifndef PROPNEU_FORMATS_ROWS_H
#define PROPNEU_FORMATS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "formats/lines.h"

struct rows {
    struct lines lines; /* its number is that of the row's last line */
    char *owned;        /* the text, where it had another encoding than UTF-8 */
    bool rewritten;
    char divider;     /* in the file, of rows that are written anew */
    struct buf text;  /* the current one of them */
    bool failed;      /* no memory: the table seems to end */
    bool open;        /* so it does at a quote that is never closed */
    const char *name; /* for messages; borrowed */
};

/* As lines_begin, but UTF-16 with a byte order mark and Latin-1 are read, too.  Free with rows_end,
 * also after a failure. */
enum status rows_begin(struct rows *r, const void *bytes, size_t size, const char *name,
                       struct err *err);

/* The next row, valid until the one after; false after the last. */
bool rows_next(struct rows *r, struct span *row);

/* Frees; CODE, or STATUS_NOMEM or a quote that is never closed where that cut the table short. */
enum status rows_end(struct rows *r, enum status code, struct err *err);

#endif
