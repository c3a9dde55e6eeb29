/*
 * columns_text.h - tables with a heading, as propneu itself writes them (TSV), read by the names of
 * their columns: "-" and empty fields are missing.
 */
#ifndef PROPNEU_FORMATS_COLUMNS_TEXT_H
#define PROPNEU_FORMATS_COLUMNS_TEXT_H

#include <stdbool.h>

#include "base/names.h"
#include "formats/lines.h"
#include "formats/mapped.h"

#define COLUMNS_TEXT_MAX 64

struct columns_text {
    const char *path; /* borrowed */
    struct mapped file;
    struct lines lines;
    struct names name; /* of the columns */
    struct span field[COLUMNS_TEXT_MAX + 1];
    bool grows; /* a last line without its end is still being written, and left out */
};

/* STATUS_FORMAT: no heading, too many columns or one named twice.  Close also after a failure. */
enum status columns_text_open(struct columns_text *c, const char *path, bool grows,
                              struct err *err);
void columns_text_close(struct columns_text *c);

/* Column NAME; -1: there is none.  The other: STATUS_FORMAT, naming what there is. */
int columns_text_find(const struct columns_text *c, const char *name);
enum status columns_text_need(const struct columns_text *c, const char *name, int *column,
                              struct err *err);

/* The next row; *THERE false after the last.  Blank lines are passed over. */
enum status columns_text_next(struct columns_text *c, bool *there, struct err *err);

/* The field of the current row as a number, NAN where it is missing or COLUMN is -1. */
enum status columns_text_real(const struct columns_text *c, int column, double *out,
                              struct err *err);

/* The same as text, to be freed; NULL where it is missing. */
enum status columns_text_words(const struct columns_text *c, int column, char **out,
                               struct err *err);

#endif
