/*
 * editfolder.h - edited models on disk: a folder as Hugging Face's, with a file of what was done.
 *
 *     config.json               as in the source (of torch checkpoints: the model's settings), with
 *                               new widths where neurons were removed
 *     model.safetensors         every tensor under its name, shape and dtype
 *     preprocessor_config.json  as in the source, or what the source's configuration says of it
 *     mean-std.npy              of MelHuBERT, where the statistics are not in the weights
 *     vocab.json, ...           what else of a Hugging Face folder decodes its output
 *     source_config.json        of torch checkpoints: all they held but weights and optimiser
 *     neurons.txt               the neurons that were edited, as a set file
 *     manifest.json             source, set, edit, command
 */
#ifndef PROPNEU_EDIT_EDITFOLDER_H
#define PROPNEU_EDIT_EDITFOLDER_H

#include <jansson.h>

#include "base/cancel.h"
#include "edit/edit.h"

/* A model to be edited and what has to be known of it to write it down again. */
struct edit_source {
    struct checkpoint checkpoint; /* to be edited */
    struct model *model;          /* as it was; freed by edit_folder_write */
    char *stats;                  /* file of log-mel statistics, or NULL */
    uint32_t layers;
    uint32_t *width; /* [layers] before the edit */
};

/* Opens PATH, which must be a model that propneu runs. */
enum status edit_source_open(struct edit_source *s, const char *path, const struct model_options *o,
                             struct err *err);
void edit_source_free(struct edit_source *s);

/* What the manifest says besides the source. */
struct edit_record {
    /* Neurons edited, by their numbers in the source; NULL: the model as a whole. */
    const struct neuron_set *sets;
    const json_t *edit;        /* an object that describes the edit */
    const char *set;           /* expression, or NULL */
    const char *counts;        /* count file it was evaluated on, or NULL */
    const char *select, *size; /* --select and --size, where they are not the default; or NULL */
    const char *command;
    const struct cancel *stop; /* once set: give up, STATUS_CANCELLED; may be NULL */
};

/*
 * Writes S, whose checkpoint was edited, to FOLDER, which must not be there, or be empty: whole or
 * not at all.  What was written is opened as a model before it gets its name.  *MANIFEST (may be
 * NULL) is the text of manifest.json as an object, to be released.
 */
enum status edit_folder_write(struct edit_source *s, const struct edit_record *r,
                              const char *folder, json_t **manifest, struct err *err);

#endif
