/*
 * fields.h - members of a struct that have a name and a text: what options, forms and request files
 * set, and what is written back.
 *
 * A struct of settings has one table of fields, a row for each member.  The name is that of the
 * command's option, so that one row serves the command line, the explorer's form and the request
 * file, and one function writes what any of them has set.
 */
#ifndef PROPNEU_BASE_FIELDS_H
#define PROPNEU_BASE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct field;

/* Called for a field that is not as it is by default; VALUE is NULL for a flag. */
typedef void field_each(void *context, const char *name, const char *value);

enum field_kind {
    FIELD_TEXT,  /* const char *, borrowed from the value */
    FIELD_REAL,  /* double from LOW to HIGH */
    FIELD_SHARE, /* double, written as a percentage: above 0, up to 100 */
    FIELD_U32,   /* uint32_t or unsigned, from LOW to HIGH */
    FIELD_U64,   /* uint64_t, from LOW to HIGH */
    FIELD_FLAG,  /* bool, takes no value */
    FIELD_OWN,   /* by its functions */
    FIELD_BARE   /* the same, and may be given without a value, NULL */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t at;         /* offset of the member */
    const char *takes; /* "takes a number from 0": what is said of any other value */
    double low, high;
    /* FIELD_OWN and FIELD_BARE: takes VALUE in, or returns false with what is wrong in *WRONG,
     * which is `takes` at first; calls EACH as often as the field has values. */
    bool (*set)(void *to, const char *value, const char **wrong);
    void (*get)(const void *from, const struct field *f, field_each *each, void *context);
};

/* The field NAME of TABLE (ends with a NULL name), or NULL. */
const struct field *field_find(const struct field *table, const char *name);

/* Sets the field F of TO to VALUE.  STATUS_USAGE, naming the option, for a value it does not take.
 */
enum status field_set(const struct field *f, void *to, const char *value, struct err *err);

/* Calls EACH for every field of FROM, in the order of TABLE, that differs from PLAIN. */
void fields_each(const struct field *table, const void *from, const void *plain, field_each *each,
                 void *context);

#endif
