/*
 * labels.h - what was said when: phone labels of utterances, from whatever holds them.
 *
 * A source is a folder of label files (searched with its subfolders), one label file, or one file
 * with many utterances.  An utterance's name is its file's name up to the first dot
 * (folder_utterance).  Formats are rows of a table
 * (label_format.h).
 */
#ifndef PROPNEU_FORMATS_LABELS_LABELS_H
#define PROPNEU_FORMATS_LABELS_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "base/status.h"
#include "formats/folder.h"

/* Seconds from one label of a frame list to the next: the published lists are on this grid, label
 * t standing for the time from 0.02 t to 0.02 (t + 1). */
#define LABELS_LIST_PERIOD 0.02

/* Neighbours that overlap by no more than this many seconds (rounding in the writer) are trimmed;
 * more is an error. */
#define LABELS_OVERLAP 0.001

struct label_interval {
    double start, end; /* seconds, start < end */
    uint32_t name;     /* index into the utterance's names */
};

/* The labels of one utterance, its own copy: either intervals in time or a list by frame. */
struct utterance_labels {
    struct names name;               /* as spelled in the file (phones_canonical makes levels) */
    struct label_interval *interval; /* [count], ascending, not overlapping, holes = no label;
                                        NULL for a list */
    int32_t *frame;                  /* [count] index into name; NULL for intervals */
    size_t count;
};

void utterance_labels_free(struct utterance_labels *u);

/* Between the names of several tiers. */
#define LABELS_TIER_END '\t'

#define LABELS_TIERS_MAX  1024
#define LABELS_TIER_TAKES "needs the name of a tier, all together less than 1000 bytes"

/* Adds NAME to the TIERS; false if it is none or there is no room. */
bool labels_add_tier(char tiers[LABELS_TIERS_MAX], const char *name);

struct labels_options {
    enum folder_naming naming; /* of the files of a folder, at least (folder_utterances) */
    /* Tier to take, or several, divided by LABELS_TIER_END: a file's labels are those of all of
     * them that it has.  NULL: the one named as phone tiers are. */
    const char *tier;
    const char
        *label_table; /* path of the table (framejson.h) of labels that are numbers, or NULL */
};

struct labels; /* a source */

/*
 * Opens PATH.  OPTIONS may be NULL.  Folders are listed, files with many utterances read; single
 * label files are read when asked for.  Two files of one utterance's name are an error naming
 * both.  STATUS_NOTFOUND if a folder holds no label file; STATUS_UNSUPPORTED for known formats
 * without phones.
 */
enum status labels_open(struct labels **out, const char *path, const struct labels_options *options,
                        struct err *err);
void labels_free(struct labels *l);

/* Number of utterances, and their names in bytewise order. */
size_t labels_count(const struct labels *l);
const char *labels_utterance(const struct labels *l, size_t i);

/* True if there are labels of UTTERANCE. */
bool labels_has(const struct labels *l, const char *utterance);

/* The file that holds the labels of UTTERANCE. */
const char *labels_path(const struct labels *l, const char *utterance);

/* "TextGrid", "frame JSON": the kind of source, for people. */
const char *labels_format(const struct labels *l);

/* The bundled phone table the source's labels are spelled by ("timit"), for phones_open; NULL:
 * ARPABET, as far as can be told. */
const char *labels_phones(const struct labels *l);

/*
 * The labels of UTTERANCE; free OUT with utterance_labels_free.  STATUS_NOTFOUND where the source
 * has none.  May be called from several threads at once.
 */
enum status labels_get(const struct labels *l, const char *utterance, struct utterance_labels *out,
                       struct err *err);

#endif
