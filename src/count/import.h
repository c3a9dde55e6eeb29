/*
 * import.h - count files from the activation probabilities that the published program writes.
 */
#ifndef PROPNEU_COUNT_IMPORT_H
#define PROPNEU_COUNT_IMPORT_H

#include "base/status.h"

/* What the rows of a published file stand for: row = group x labels + label index. */
enum import_condition {
    IMPORT_PHONE_TYPE, /* no groups */
    IMPORT_GENDER,     /* male, female */
    IMPORT_PITCH,      /* low, mid, high */
    IMPORT_CONDITIONS
};

/* "phone-type", "gender", "pitch" */
extern const char *const import_condition_names[IMPORT_CONDITIONS];

struct import_options {
    const char *path; /* pickle: a list of one array [labels x groups][neurons] for each layer */
    enum import_condition condition;
    const char *label_table; /* published.h; NULL: the published numbering of 41 labels */
    double lambda_percent;   /* the share the program ranked, which the file does not say */
    const char *created_by, *command;
    const char *output;
};

/*
 * Writes the probabilities as a count file without frame numbers.  A row that is zero in every
 * layer was never seen and makes no cell.  STATUS_FORMAT where the pickle is something else,
 * STATUS_MISMATCH where its rows do not fit the condition.
 */
enum status import_pickle(const struct import_options *options, struct err *err);

#endif
