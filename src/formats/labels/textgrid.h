/*
 * textgrid.h - Praat's TextGrid files: the long, the short and the chronological text form.
 *
 * UTF-8 (with or without a byte order mark), UTF-16 with one, or, where the bytes are not UTF-8,
 * Latin-1.  Numbers of tiers and intervals announced in the file decide nothing but where it is
 * wrong.
 */
#ifndef PROPNEU_FORMATS_LABELS_TEXTGRID_H
#define PROPNEU_FORMATS_LABELS_TEXTGRID_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/labels/labels.h"
#include "base/names.h"
#include "base/status.h"

struct textgrid_tier {
    char *name;                      /* UTF-8 */
    bool points;                     /* a TextTier: its points are checked and not kept */
    struct label_interval *interval; /* [count], ascending; name indexes the grid's text */
    size_t count, cap;
};

struct textgrid {
    double start, end;          /* seconds */
    struct textgrid_tier *tier; /* [tiers] */
    size_t tiers, cap;
    struct names text; /* of all intervals, which hold indices */
};

/* Reads SIZE bytes; NAME stands in messages, which give the line.  Free with textgrid_free. */
enum status textgrid_parse(struct textgrid *g, const void *bytes, size_t size, const char *name,
                           struct err *err);
void textgrid_free(struct textgrid *g);

/*
 * The tier of phones: the interval tier named TIER (case ignored unless that is ambiguous), or with
 * TIER NULL the one named `phones` or `phone`, in any case, alone or as "SPEAKER - phones".
 * Position never counts.  None, or several, is an error that lists the tiers.
 */
enum status textgrid_find(const struct textgrid *g, const char *tier, const char *name, size_t *out,
                          struct err *err);

/*
 * The labels of the tiers called TIERS (labels.h; NULL: of the one that textgrid_find finds).  Of
 * several tiers silence gives way to speech; where two have speech at once there is no label.
 */
enum status textgrid_take_labels(struct utterance_labels *out, const struct textgrid *g,
                                 const char *name, const char *tiers, struct err *err);

/* The same of the TextGrid in SIZE bytes. */
enum status textgrid_labels(struct utterance_labels *out, const void *bytes, size_t size,
                            const char *name, const char *tiers, struct err *err);

#endif
