/*
 * measure.h - private to the commands that measure edits in place of writing them (erase --matrix,
 * prune --curve): the options they share, running the experiment, and printing what it found.
 */
#ifndef PROPNEU_CLI_COMMANDS_MEASURE_H
#define PROPNEU_CLI_COMMANDS_MEASURE_H

#include "cli/commands/edit_options.h"
#include "cli/commands/input_options.h"
#include "experiment/experiment.h"

/* Behind EDIT_OPTIONS in the options of such a command. */
#define MEASURE_OPTIONS                                                                           \
    {"audio", 'a', "AUDIO", "recordings to measure on: folder or list", CLI_FILE},                \
        {"labels", 'l', "LABELS", "their phone labels: folder or file", CLI_FILE},                \
        {"speakers", 0, "FILE", "gender of each speaker", CLI_FILE},                              \
        {"pitch", 0, "FILE|auto", "pitch of the recordings; or track it", CLI_FILE},              \
        {"pitch-edges", 0, "LOW,HIGH", "Hz between low, mid and high (default: tertiles)", NULL}, \
        {"label-table", 0, "FILE", "phone names of the published frame JSON", CLI_FILE},          \
        {"tier", 0, "NAME", "TextGrid tier with the phones", NULL},                               \
        {"normalize", 0, "WHETHER", "recordings to mean 0, variance 1 (default: as trained)",     \
         "yes|no"},                                                                               \
        {"factor", 0, "NAME=FILE", "one more factor of the recordings; may be repeated",          \
         CLI_FILE},                                                                               \
        {"task", 0, "TASK", "sid, phones, centroid or f0, as in eval", "sid|phones|centroid|f0"}, \
        {"task-layer", 0, "N", "layer that centroid and f0 look at (the last)", NULL},            \
        {"min-run", 0, "FRAMES", "phones: shorter runs of a label are none (1)", NULL},           \
        {"refit", 0, NULL, "centroid and f0: fit on the changed model, too", NULL},               \
        {"by", 0, "FACTORS", "measure these groups apart, such as gender,speaker", NULL},         \
        {"piece", 0, "SECONDS", "cut recordings into pieces", NULL},                              \
        {"noise", 0, "SD", "add noise to the input", NULL},                                       \
        {"seed", 0, "N", "seed of noise, controls and random numbers (0)", NULL},                 \
        {"memory", 0, "MIB", "for hidden states that are used again (1024)", NULL},               \
        {"journal", 0, "FILE", "keep what is found here (FILE of -o with .journal)", CLI_FILE},   \
        {"keep-going", 0, NULL, "exit 0 though recordings had to be left out", NULL},             \
    {                                                                                             \
        "no-resume", 0, NULL, "begin anew, whatever the journal holds", NULL                      \
    }

enum {
    MEASURE_INPUTS = EDIT_END, /* as many as there are in measure.c */
    MEASURE_TASK = MEASURE_INPUTS + 9,
    MEASURE_TASK_LAYER,
    MEASURE_MIN_RUN,
    MEASURE_REFIT,
    MEASURE_BY,
    MEASURE_PIECE,
    MEASURE_NOISE,
    MEASURE_SEED,
    MEASURE_MEMORY,
    MEASURE_JOURNAL,
    MEASURE_KEEP_GOING,
    MEASURE_NO_RESUME,
    MEASURE_END /* a command's own options begin here */
};

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

/* Takes option OPT (from EDIT_END, below MEASURE_END) of A; false if its value is wrong, which was
 * then said. */
bool measure_take(struct measure_request *r, const struct cli_args *a, int opt);

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

/* "error" or "loss". */
const char *measure_quantity_name(enum experiment_quantity q);

/* What stands behind "=" in a column's name; "all". */
const char *measure_column_name(const char *column);

/* Intervals hold this share of the draws. */
#define MEASURE_COVERAGE 0.95

#endif
