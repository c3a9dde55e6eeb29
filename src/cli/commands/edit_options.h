/*
 * edit_options.h - private to the commands that edit a model: the options they share, opening the
 * model and the count file, the sets, and what is said in the end.
 */
#ifndef PROPNEU_CLI_COMMANDS_EDIT_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_EDIT_OPTIONS_H

#include "cli/commands/analysis_options.h"
#include "base/buf.h"
#include "edit/editfolder.h"

/* First in the options of each such command: those of the analysis by the same numbers. */
#define EDIT_OPTIONS                                                                               \
    {"layer", 0, "LIST", "layers of the set, such as 1,3-5 (all)", NULL},                          \
        {"sigma", 0, "PERCENT", "share of a group's phones a neuron must serve (80)", NULL},       \
        {"min-frames", 0, "N", "leave out phones with fewer frames (1)", NULL},                    \
        {"lambda", 0, "PERCENT", "counts at another of the file's lambdas", NULL},                 \
        {"where", 0, "FACTOR=LEVEL[,LEVEL...]", "only these frames; may be repeated", NULL},       \
        {"phones", 0, "TABLE", "phone classes, TSV of phone and class (ARPABET)",                  \
         "timit|ipa-mfa|" CLI_FILE},                                                               \
        {"compat", 0, "authors", "the published program's rule", "authors"},                       \
        {"model", 'm', "MODEL", "checkpoint or Hugging Face folder", CLI_FILE},                    \
        {"counts", 'c', "COUNTS", "count file that the sets are taken from", CLI_FILE},            \
        {"set", 0, "SET", "neurons, a set expression", NULL},                                      \
        {"mean-std", 0, "FILE", "mean and deviation of log-mel bins (.npy; MelHuBERT)", CLI_FILE}, \
    {                                                                                              \
        "allow-empty", 0, NULL, "an empty set is no mistake", NULL                                 \
    }

enum {
    EDIT_MODEL = ANALYSIS_END,
    EDIT_COUNTS,
    EDIT_SET,
    EDIT_MEAN_STD,
    EDIT_ALLOW_EMPTY,
    EDIT_END /* a command's own options begin here */
};

struct edit_request {
    struct analysis_options analysis;
    const char *model, *counts, *set, *mean_std, *layers;
    bool allow_empty;
};

/* Takes option OPT (below EDIT_END) of A; false if its value is wrong, which was then said. */
bool edit_options_take(struct edit_request *r, const struct cli_args *a, int opt);

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
                            const struct edit_request *r, const char *text, struct neuron_sets *out,
                            struct err *err);

/* ARGV as a shell would take it again: "propneu erase ..."; to be freed, NULL without memory. */
char *edit_command(int argc, char **argv);

/*
 * Writes the edited model to the folder of -o and says what was done, in the format of CLI; VERB
 * stands in the text form ("erased").  EDIT is released.
 */
enum status edit_finish(struct edit_input *in, const struct cli *cli, const struct edit_request *r,
                        const struct neuron_sets *sets, json_t *edit, const char *verb,
                        const char *command, struct err *err);

#endif
