/*
 * label_format.h - the formats of label files, a row of one table each.
 *
 * To add one: write src/formats/labels/NAME.c with a struct label_format called label_format_NAME,
 * add its row to LABEL_FORMAT_TABLE and the file to Makefile.am.  Opening folders and files,
 * `propneu info`, the guard against overwriting inputs and messages follow from the table.
 */
#ifndef PROPNEU_FORMATS_LABELS_LABEL_FORMAT_H
#define PROPNEU_FORMATS_LABELS_LABEL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/names.h"
#include "base/status.h"
#include "formats/labels/labels.h"
#include "formats/labels/labelstore.h"

/* In order of preference where a folder holds files of several. */
#define LABEL_FORMAT_TABLE(FORMAT) \
    FORMAT(textgrid)               \
    FORMAT(timit)                  \
    FORMAT(lab)                    \
    FORMAT(ctm)                    \
    FORMAT(mlf)                    \
    FORMAT(jsongrid)               \
    FORMAT(tabular)                \
    FORMAT(framelists)             \
    FORMAT(words)                  \
    FORMAT(elan)

/*
 * Formats are told apart by the ends of files' names and not by content, as some are nothing but
 * numbers and words; only one that shares its end with another says by content which files are its
 * own.  Exactly one of GRID, STORE, OPEN and UNUSABLE is given.
 */
struct label_format {
    const char *name;      /* for people: "TextGrid" */
    const char *suffix[3]; /* ends with NULL; ASCII case ignored */
    const char *phones;    /* bundled phone table that its labels are spelled by; NULL: ARPABET */
    bool many;             /* a file may hold many utterances; in a folder each holds its own */
    bool results;          /* propneu's own results have such names, too */

    /* True if the SIZE bytes are of this format, which shares its suffix; NULL: its name tells. */
    bool (*is)(const void *bytes, size_t size);

    /* One utterance of SIZE bytes, from the tier called TIER (NULL: the usual one). */
    enum status (*grid)(struct utterance_labels *out, const void *bytes, size_t size,
                        const char *name, const char *tier, struct err *err);

    /* All labels of SIZE bytes into a store.  NAME begins messages; UTTERANCE is what labels belong
     * to where the file does not say it. */
    enum status (*store)(struct label_store *s, const void *bytes, size_t size, const char *name,
                         const char *utterance, struct err *err);

    /* A file that is kept open as *HELD, its utterances named in UTTERANCE: never one of a folder.
     * GET copies the labels of utterance U. */
    enum status (*open)(void **held, struct names *utterance, const char *path,
                        const struct labels_options *options, struct err *err);
    enum status (*get)(const void *held, uint32_t u, struct utterance_labels *out, struct err *err);
    void (*close)(void *held); /* may be NULL */

    /* Known, and of no use: what such files are, and what to use in their place. */
    const char *unusable, *instead;
};

#define LABEL_FORMAT_DECLARE(id) extern const struct label_format label_format_##id;
LABEL_FORMAT_TABLE(LABEL_FORMAT_DECLARE)
#undef LABEL_FORMAT_DECLARE

/* The rows, in order; ends with NULL. */
extern const struct label_format *const label_formats[];

/* The format of the file PATH by its name alone; NULL: none. */
const struct label_format *label_format_of(const char *path);

/* The same where the file's SIZE bytes are known, too. */
const struct label_format *label_format_of_bytes(const char *path, const void *bytes, size_t size);

/* Adds the suffixes of all usable formats to B: ".TextGrid, .phn, ...". */
void label_formats_list(struct buf *b);

#endif
