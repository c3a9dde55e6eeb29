/*
 * measure.h - private to the commands that measure edits in place of writing them (erase --matrix,
 * prune --curve): the options they share, running the experiment, and printing what it found.
 */
#ifndef PROPNEU_CLI_COMMANDS_MEASURE_H
#define PROPNEU_CLI_COMMANDS_MEASURE_H

#include "cli/commands/edit_options.h"
#include "cli/commands/input_options.h"
#include "experiment/experiment.h"

struct measure_request {
    struct input_request in;
    struct eval_options eval; /* task EVAL_TASKS: not given */
    const char *by, *journal;
    const char *first; /* option of this group that was given first, or NULL */
    bool no_resume, keep_going;
};

#define MEASURE_REQUEST_INIT    \
    {                           \
        .eval.task = EVAL_TASKS \
    }

/* The part of the group is a struct measure_request. */
extern const struct cli_option_group measure_options;

/* What is missing to measure anything, or NULL. */
const char *measure_complaint(const struct measure_request *r, const struct edit_request *edit);

/* What the command measures with. */
struct measure {
    struct eval *eval;
    struct checkpoint checkpoint;  /* of the same model */
    struct analysis_input counted; /* count file, where has_counts */
    bool has_counts;
};

/* Opens the model, the recordings, and the count file if there is one. */
enum status measure_open(struct measure *m, const struct cli *cli, struct measure_request *r,
                         const struct edit_request *edit, struct err *err);
void measure_free(struct measure *m);

/* The analysis of the count file, or NULL. */
struct analysis *measure_analysis(struct measure *m);

/*
 * Does X, whose steps' sets SETS gives of CONTEXT, with progress and cancel; prints it to stdout or
 * -o in the format of CLI.  The exit status; what went wrong was said.
 */
int measure_run(struct measure *m, const struct cli *cli, const struct measure_request *r,
                struct experiment *x, experiment_sets *sets, void *context, const struct edit *edit,
                const char *command);

/* print_matrix.c, print_curve.c */
enum status print_matrix(FILE *out, enum cli_format format, const struct experiment *x,
                         struct err *err);
enum status print_curve(FILE *out, enum cli_format format, const struct experiment *x,
                        struct err *err);

/* What stands behind "=" in a column's name; "all". */
const char *measure_column_name(const char *column);

#endif
