/*
 * published.h - the label table of the published program: which phone a label index means, and
 * how often it occurs, which orders the phones in what that program writes.
 */
#ifndef PROPNEU_CORPUS_PUBLISHED_H
#define PROPNEU_CORPUS_PUBLISHED_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "corpus/phones.h"
#include "base/status.h"

struct published_labels {
    size_t count;         /* indices 0 .. count - 1 */
    uint32_t *name_of;    /* [count] name of an index; NAMES_NONE where the table has none */
    struct names name;    /* canonical names (phones.h) */
    int64_t *occurrences; /* [name.count]; NULL if the table does not say */
};

/*
 * Reads the table PATH, {"AH": [index, occurrences], ...}; NULL means the published numbering of
 * 41 labels (datadir()/phones/published-labels.json), without occurrences.  PHONES spells the
 * names.  Free with published_labels_free.
 */
enum status published_labels_open(struct published_labels *t, const char *path,
                                  const struct phones *phones, struct err *err);
void published_labels_free(struct published_labels *t);

#endif
