/*
 * pitchtable.h - F0 by time as text: "time f0 ..." or "utterance time f0 ..." (pitchfile.h).
 */
#ifndef PROPNEU_CORPUS_PITCHTABLE_H
#define PROPNEU_CORPUS_PITCHTABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "corpus/pitchfile.h"
#include "base/status.h"

/* Where a column named confidence is below this, there is no pitch (as usual with CREPE). */
#define PITCH_CONFIDENCE 0.5

struct pitch_value {
    uint32_t utterance;
    float f0;    /* Hz, 0 = no pitch */
    double time; /* seconds */
};

struct pitch_table {
    struct names utterance;
    struct pitch_value *value; /* [count] by utterance and time */
    size_t count, cap;
    size_t untimed; /* the line at which a table of one column, F0 alone, begins; 0: it has times */
};

/* Of a table of one column the times are those of frames of LABELS_LIST_PERIOD; whether they fit is
 * for the caller to see. */

/*
 * Reads SIZE bytes; NAME stands in messages, which give the line.  Where the table has no column
 * of utterances all of it is of UTTERANCE.  Free with pitch_table_free.
 */
enum status pitch_table_parse(struct pitch_table *t, const void *bytes, size_t size,
                              const char *name, const char *utterance, struct err *err);
void pitch_table_free(struct pitch_table *t);

/* A copy of one utterance's values; STATUS_NOTFOUND where there are none. */
enum status pitch_table_get(const struct pitch_table *t, const char *utterance,
                            struct pitch_track *out, struct err *err);

#endif
