/*
 * table.h - numbers beside a figure, or behind a screen: columns with names, written as TSV for
 * people's scripts, as JSON (an array of objects), or as text in columns.
 */
#ifndef PROPNEU_REPORT_TABLE_H
#define PROPNEU_REPORT_TABLE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

#define TABLE_MAX_COLUMNS 48

struct table_cell {
    char *text;
    bool words; /* a string in JSON, left-justified in text */
};

struct table {
    char *column[TABLE_MAX_COLUMNS];
    size_t columns;
    struct table_cell *cell; /* row by row */
    size_t cells, cap;
    bool failed; /* sticks, as in struct buf */
};

#define TABLE_INIT \
    {              \
        .cells = 0 \
    }

void table_free(struct table *t);
void table_column(struct table *t, const char *name);

/* The next cell.  NULL, NAN and a negative count are "-" in TSV and null in JSON. */
void table_words(struct table *t, const char *text);
void table_count(struct table *t, int64_t n);
/* With so many digits after the point, or significant ones. */
void table_real(struct table *t, double v, int digits);
void table_number(struct table *t, double v, int digits);

void table_tsv(const struct table *t, struct buf *out);
void table_json(const struct table *t, struct buf *out);
void table_text(const struct table *t, struct buf *out);

/* Fails where T or OUT ran out of memory. */
enum status table_ok(const struct table *t, const struct buf *out, struct err *err);

#endif
