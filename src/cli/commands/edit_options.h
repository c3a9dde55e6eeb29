/*
 * edit_options.h - private to the commands that edit a model: the options they share, opening the
 * model and the count file, the sets, and what is said in the end.
 */
#ifndef PROPNEU_CLI_COMMANDS_EDIT_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_EDIT_OPTIONS_H

#include "cli/commands/analysis_options.h"
#include "base/buf.h"
#include "edit/editfolder.h"
#include "experiment/request.h"

/* How a command that measures runs, which is no part of what is measured. */
struct measure_how {
    bool no_resume, keep_going;
};

/*
 * What erase and prune are asked for.  An edit that is written is the part of a request that says
 * which neurons are changed and how; measured, it is the whole request.
 */
struct edit_request {
    struct experiment_request x;
    struct measure_how how;
    bool measured; /* by --matrix or --curve; else a model is written */
    bool allow_empty;
    int shape; /* prune: of the model that is written */
    char tiers[LABELS_TIERS_MAX];
    const char *only; /* option that was given first of those that measuring alone has, or NULL */
};

/* --layer LIST, and what the sets are taken from; the part of both is a struct edit_request. */
extern const struct cli_option_group edit_layer_options, edit_options;

/* Takes the option that A has just returned into the struct edit_request at REQUEST, by its name.
 */
bool edit_take(void *request, const struct cli_args *a, int opt);

/* What the command works on. */
struct edit_input {
    struct edit_source source;
    struct analysis_input counted; /* open where has_counts */
    bool has_counts;
};

/* Sets of a pre-trained model are what one erases from a fine-tuned one: noted, not refused. */
void edit_note_weights(const struct counts *c, const struct cli *cli, const struct model_info *m,
                       const char *model);

/* Opens the model and, where there is one, the count file. */
enum status edit_input_open(struct edit_input *in, const struct experiment_request *r,
                            struct err *err);
void edit_input_free(struct edit_input *in);

/* The neurons of the expression TEXT in the request's layers: new sets.  Counts of other weights
 * are noted. */
enum status edit_input_sets(struct edit_input *in, const struct cli *cli,
                            const struct experiment_request *r, const char *text,
                            struct neuron_set *out, struct err *err);

/*
 * Writes the edited model to the folder of -o and says what was done, in the format of CLI; VERB
 * stands in the text form ("erased").  EDIT is released.
 */
enum status edit_finish(struct edit_input *in, const struct cli *cli,
                        const struct experiment_request *r, const struct neuron_set *sets,
                        json_t *edit, const char *verb, const char *command, struct err *err);

/* ARGV as a shell would take it again: "propneu erase ..."; to be freed, NULL without memory.  To
 * be made before the parser moves the operands behind the options. */
char *edit_command(int argc, char **argv);

/* What differs between the commands that edit. */
struct edit_verbs {
    const struct cli_command *command;
    enum experiment_kind kind;
    const char *measure; /* the option that measures, "matrix" */
    bool (*take)(void *request, const struct cli_args *a, int opt); /* options of its own */
    /* Where a model is to be written: what is missing, or NULL; writing it. */
    const char *(*complaint)(const struct edit_request *r, const struct cli *cli);
    enum status (*write)(const struct cli *cli, struct edit_request *r, const char *command,
                         struct err *err);
};

extern const struct edit_verbs erase_verbs, prune_verbs;

/* Parses ARGV into R and checks it; CLI_END: go on.  Anything else is the exit status. */
int edit_parse(const struct edit_verbs *v, struct edit_request *r, struct cli *cli, int argc,
               char **argv);

/* Such a command: parses ARGV, then writes the edited model or measures.  The exit status. */
int edit_run(const struct edit_verbs *v, struct cli *cli, int argc, char **argv);

#endif
