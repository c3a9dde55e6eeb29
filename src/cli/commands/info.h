/*
 * info.h - what `propneu info` says about files: readers that make a JSON object of a file's
 * contents, and printers that lay such an object out for people and for programs.
 */
#ifndef PROPNEU_CLI_COMMANDS_INFO_H
#define PROPNEU_CLI_COMMANDS_INFO_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/status.h"

/* A file whose kind is being determined. */
struct info_file {
    const char *path;
    const unsigned char *bytes; /* [size] */
    size_t size;
    const char *mean_std; /* --mean-std, or NULL */
};

/*
 * A kind of file.  IS may be NULL for the last resort.  READ adds keys to OUT, an object, in the
 * order in which they are to be shown; allocation failures in jansson may be left alone (a value
 * is missing then, never wrong).
 */
struct info_kind {
    const char *name;
    bool (*is)(const struct info_file *f);
    enum status (*read)(json_t *out, const struct info_file *f, struct err *err);
};

extern const struct info_kind info_kinds[]; /* in the order to ask; the last has no IS */

/* What the folder at F->path holds: a model, labels or recordings.  Sets *KIND. */
enum status info_folder(json_t *out, const char **kind, const struct info_file *f, struct err *err);

/* Readers of info_model.c. */
enum status info_model(json_t *out, const struct info_file *f, struct err *err);
enum status info_safetensors(json_t *out, const struct info_file *f, struct err *err);
enum status info_npy(json_t *out, const struct info_file *f, struct err *err);
enum status info_pickle(json_t *out, const struct info_file *f, struct err *err);

/* Readers of info_counts.c and info_labels.c. */
enum status info_counts(json_t *out, const struct info_file *f, struct err *err);
enum status info_tokens(json_t *out, const struct info_file *f, struct err *err);
enum status info_textgrid(json_t *out, const struct info_file *f, struct err *err);
enum status info_json(json_t *out, const struct info_file *f, struct err *err);
enum status info_neurons(json_t *out, const struct info_file *f, struct err *err);
enum status info_phones(json_t *out, const struct info_file *f, struct err *err);
enum status info_speakers(json_t *out, const struct info_file *f, struct err *err);
enum status info_pitch(json_t *out, const struct info_file *f, struct err *err);
enum status info_labels(json_t *out, const char *path, struct err *err);

/* The journal of an experiment (info_experiment.c). */
bool info_is_experiment(const struct info_file *f);
enum status info_experiment(json_t *out, const struct info_file *f, struct err *err);

/* Adds OBJECT as "key  value" lines and tables, as JSON, or as "path<TAB>value" lines.  Arrays
 * whose key is "tensors" are left out of the text unless ALL. */
void info_print_text(const json_t *object, bool all, struct buf *out);
void info_print_json(const json_t *object, struct buf *out);
void info_print_tsv(const json_t *object, struct buf *out);

#endif
