/*
 * edit_options.h - private to the commands that edit a model: the options they share, opening the
 * model and the count file, the sets, and what is said in the end.
 */
#ifndef PROPNEU_CLI_COMMANDS_EDIT_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_EDIT_OPTIONS_H

#include "cli/commands/analysis_options.h"
#include "base/buf.h"
#include "edit/editfolder.h"

struct edit_request {
    struct analysis_options analysis;
    const char *model, *counts, *set, *mean_std, *layers;
    bool allow_empty;
};

/* --layer LIST, and what the sets are taken from; the part of both is a struct edit_request. */
extern const struct cli_option_group edit_layer_options, edit_options;

/* What the command works on. */
struct edit_input {
    struct edit_source source;
    struct analysis_input counted; /* open where has_counts */
    bool has_counts;
};

/* Opens the count file PATH with the options O; free also after a failure. */
enum status edit_counts_open(struct analysis_input *c, const char *path,
                             const struct analysis_options *o, struct err *err);
void edit_counts_free(struct analysis_input *c);

/* Sets of a pre-trained model are what one erases from a fine-tuned one: told, not refused. */
void edit_note_weights(const struct counts *c, const struct cli *cli, const struct model_info *m,
                       const char *model);

/* Opens the model and, where there is one, the count file. */
enum status edit_input_open(struct edit_input *in, const struct edit_request *r, struct err *err);
void edit_input_free(struct edit_input *in);

/* The neurons of the expression TEXT in the request's layers: new sets.  Counts of other weights
 * are noted. */
enum status edit_input_sets(struct edit_input *in, const struct cli *cli,
                            const struct edit_request *r, const char *text, struct neuron_set *out,
                            struct err *err);

/* ARGV as a shell would take it again: "propneu erase ..."; to be freed, NULL without memory. */
char *edit_command(int argc, char **argv);

/*
 * Writes the edited model to the folder of -o and says what was done, in the format of CLI; VERB
 * stands in the text form ("erased").  EDIT is released.
 */
enum status edit_finish(struct edit_input *in, const struct cli *cli, const struct edit_request *r,
                        const struct neuron_set *sets, json_t *edit, const char *verb,
                        const char *command, struct err *err);

#endif
