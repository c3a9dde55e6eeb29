/*
 * lines.h - text tables in memory: lines, fields, numbers.
 */
#ifndef PROPNEU_FORMATS_LINES_H
#define PROPNEU_FORMATS_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* A piece of a text that is not NUL-terminated; borrowed. */
struct span {
    const char *s;
    size_t n;
};

struct lines {
    const char *at, *end;
    size_t number; /* of the line last given, from 1 */
};

/*
 * Begins to read SIZE bytes; NAME stands in messages.  A UTF-8 byte order mark is passed over; a
 * NUL byte (UTF-16, or no text at all) is STATUS_FORMAT.
 */
enum status lines_begin(struct lines *l, const void *bytes, size_t size, const char *name,
                        struct err *err);

/* The next line without its end (LF, CR LF or CR); false after the last. */
bool lines_next(struct lines *l, struct span *line);

/* Without blanks (space, tab) at both ends. */
struct span span_trim(struct span s);

/* Between the fields of rows that were written anew (rows.h); no text holds it. */
#define LINES_FIELD '\x1f'

/* What divides the fields of LINE: LINES_FIELD or a tab if it has one, else a comma, else ' ' for
 * runs of blanks. */
char span_divider(struct span line);

/*
 * Splits LINE at DIVIDER into at most MAX fields, trimmed, the last one holding all the rest.
 * Returns their number; 0 for a blank line.
 */
size_t span_split(struct span line, char divider, struct span *field, size_t max);

/* True if S is WORD, ASCII case ignored. */
bool span_is(struct span s, const char *word);

/* The number that S is, decimal point '.'; false if it is anything else.  nan and inf are read. */
bool span_number(struct span s, double *out);

/* A copy with a NUL behind; NULL without memory. */
char *span_copy(struct span s);

#endif
