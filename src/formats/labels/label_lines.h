/*
 * label_lines.h - what the label formats of plain text lines share: reading line by line into a
 * store, with messages that name the line.
 */
#ifndef PROPNEU_FORMATS_LABELS_LABEL_LINES_H
#define PROPNEU_FORMATS_LABELS_LABEL_LINES_H

#include <stddef.h>

#include "base/status.h"
#include "formats/labels/labelstore.h"
#include "formats/lines.h"

struct label_lines {
    struct label_store *store;
    struct lines lines;
    const char *name;                                /* of the file, for messages */
    enum { HTK_UNSEEN, HTK_LABELS, HTK_STATES } htk; /* what its lines are, if they are HTK's */
};

enum status label_lines_begin(struct label_lines *s, struct label_store *store, const void *bytes,
                              size_t size, const char *name, struct err *err);

/* STATUS_FORMAT: the line last read is WHAT. */
enum status label_lines_bad(const struct label_lines *s, struct err *err, const char *what);

/* Adds a label of the line last read; seconds. */
enum status label_lines_add(struct label_lines *s, const char *utterance, struct span label,
                            double start, double end, struct err *err);

/* The same where the line itself says whose label it is. */
enum status label_lines_add_named(struct label_lines *s, struct span utterance, struct span label,
                                  double start, double end, struct err *err);

/* Adds the label of one line of HTK's, "start end label ...", which .lab and .mlf files consist of:
 * times in units of 100 ns, or in seconds where one has a decimal point.  In an alignment of states
 * (HVite -f -m: "start end s2 score PHONE score", "start end s3 score") the lines of a phone's
 * states are read together, to one label. */
enum status label_lines_add_htk(struct label_lines *s, struct span line, const char *utterance,
                                struct err *err);

#endif
