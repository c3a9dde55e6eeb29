/*
 * columns.h - what is known of the speakers besides their gender, on its way into a count file: by
 * speaker, since the levels of the factor get their order only when they are written.
 */
#ifndef PROPNEU_COUNT_COLUMNS_H
#define PROPNEU_COUNT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "base/status.h"
#include "formats/countfile.h"

struct columns {
    struct names speaker, column; /* up to COUNTS_MAX_COLUMNS columns */
    char **value;                 /* [speaker.count][COUNTS_MAX_COLUMNS]; NULL: not known */
    size_t cap;
    char *strata; /* NULL: none */
};

void columns_free(struct columns *c);

/* VALUE of COLUMN for SPEAKER, both made fit for a count file (counts_clean); "" says nothing and
 * only makes the column.  False without memory, or
 * if there are too many columns. */
bool columns_put(struct columns *c, const char *speaker, const char *column, const char *value);

/* The value, "" where none is known. */
const char *columns_get(const struct columns *c, const char *speaker, uint32_t column);

/*
 * The columns of FILE [N] together.  STATUS_MISMATCH, which names two files, if they differ in a
 * value of a speaker or in the default for strata; what only one of them says holds.
 */
enum status columns_unite(struct columns *out, const struct counts *file, size_t n,
                          struct err *err);

/* Columns and strata of OUT, whose factors are set, from C (NULL: none); false without memory. */
bool columns_describe(const struct columns *c, struct counts *out);

#endif
