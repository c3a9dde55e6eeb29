/*
 * labelstore.h - the labels of many utterances that come from one file.
 */
#ifndef PROPNEU_FORMATS_LABELS_LABELSTORE_H
#define PROPNEU_FORMATS_LABELS_LABELSTORE_H

#include <stddef.h>
#include <stdint.h>

#include "formats/labels/labels.h"
#include "base/names.h"
#include "base/status.h"
#include "formats/labels/framejson.h"

struct label_entry {
    uint32_t utterance, label;
    double start, end; /* seconds */
};

/* Entries in any order while a file is read, by utterance and time once it is done. */
struct label_store {
    const struct label_table *table; /* of labels that are numbers, borrowed; or NULL */
    const char *tier;                /* of tables with several: labels.h; or NULL */
    struct names utterance, label;
    struct label_entry *entry; /* [count] */
    size_t *from;              /* [utterance.count + 1] offsets into entry, once done */
    size_t count, cap;
};

/*
 * Adds one label.  PLACE ("x.ctm: line 3") begins messages.  Times must be finite and ordered; an
 * empty interval is passed over.
 */
enum status label_store_add(struct label_store *s, const char *utterance, const char *label,
                            double start, double end, const char *place, struct err *err);

/* Sorts.  Entries of an utterance that overlap by more than LABELS_OVERLAP are STATUS_FORMAT. */
enum status label_store_done(struct label_store *s, const char *name, struct err *err);

/* A copy of the labels of utterance U. */
enum status label_store_get(const struct label_store *s, uint32_t u, struct utterance_labels *out,
                            struct err *err);
void label_store_free(struct label_store *s);

#endif
