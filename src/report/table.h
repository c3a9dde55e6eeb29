/*
 * table.h - a result as a table: typed cells under columns that have a name, a unit and a meaning,
 * written as TSV for scripts, as JSON for programs, or as text in columns for people.
 *
 * What columns there are is said once, in a static struct table_form next to the report_ function
 * that fills the rows (report.h); propneu-tables(5) lists all of them, and a test holds that page
 * to the forms.  Cells hold values, not text, so that every writer shows the same number.
 */
#ifndef PROPNEU_REPORT_TABLE_H
#define PROPNEU_REPORT_TABLE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* Significant digits of a real number in TSV and JSON. */
#define TABLE_DIGITS 10

enum table_type { TABLE_TEXT, TABLE_INTEGER, TABLE_REAL, TABLE_BOOLEAN };

struct table_column {
    const char *name;
    enum table_type type;
    const char *unit; /* "frames", "Hz", ...; NULL: a pure number, or text */
    const char *meaning;
    unsigned with; /* TABLE_... options that must all be on for the column to be there; 0: always */
    int places;    /* REAL: digits after the point in text for people */
};

/* The columns of one kind of table. */
struct table_form {
    const char *name;
    const char *key;   /* of its rows in a JSON document; "": it is in none; NULL: one row, the
                        * document's own fields */
    const char *about; /* the question that it answers, and what prints it, for the manual */
    const struct table_column *column;
    size_t columns;
};

#define TABLE_FORM(name, key, about, column)                                \
    {                                                                       \
        (name), (key), (about), (column), sizeof(column) / sizeof *(column) \
    }

struct table_cell {
    bool missing;
    union {
        char *text;
        int64_t integer; /* and BOOLEAN */
        double real;
    } value;
};

struct table {
    const struct table_form *form;
    unsigned options;        /* of the columns' `with` */
    size_t next;             /* column of the form that the next cell belongs to */
    struct table_cell *cell; /* row by row, of the columns that are there */
    size_t cells, cap;
    bool failed; /* no memory; sticks, as in struct buf */
};

#define TABLE_INIT   \
    {                \
        .form = NULL \
    }

/* Starts an empty table of FORM; the one T held is not freed. */
void table_begin(struct table *t, const struct table_form *form, unsigned options);
void table_free(struct table *t);

/*
 * The next cell, whose column must be of the type; a cell of a column that is not there is dropped,
 * so that every row is added in full.  NULL, a negative count, NAN and infinities are missing: "-"
 * in TSV and text, null in JSON.
 */
void table_words(struct table *t, const char *text);
void table_count(struct table *t, int64_t n);
void table_real(struct table *t, double v);
void table_flag(struct table *t, bool set);

/* The columns that are there, the rows under them, and a cell. */
size_t table_columns(const struct table *t);
const struct table_column *table_column(const struct table *t, size_t column);
size_t table_rows(const struct table *t);
const struct table_cell *table_at(const struct table *t, size_t row, size_t column);

/* All rows under the columns' names; an array of objects. */
void table_tsv(const struct table *t, struct buf *out);
void table_json(const struct table *t, struct buf *out);
void table_text(const struct table *t, struct buf *out);

/*
 * One JSON object of TABLE [count]: the fields of those with one row, then the rows of the others
 * under their keys.
 */
void table_document(const struct table *table, size_t count, struct buf *out);

/* STATUS_NOMEM where T or OUT (may be NULL) ran out of memory. */
enum status table_ok(const struct table *t, const struct buf *out, struct err *err);

/* "text", "integer", "real" or "boolean". */
const char *table_type_name(enum table_type type);

#endif
