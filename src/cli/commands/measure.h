/*
 * measure.h - private to the commands that measure edits in place of writing them (erase --matrix,
 * prune --curve): the options they share, running the experiment, and printing what it found.
 */
#ifndef PROPNEU_CLI_COMMANDS_MEASURE_H
#define PROPNEU_CLI_COMMANDS_MEASURE_H

#include "cli/commands/edit_options.h"
#include "cli/commands/input_options.h"
#include "experiment/session.h"

/* The part of the group is a struct edit_request. */
extern const struct cli_option_group measure_options;

/*
 * Runs the experiment R with progress and cancel, and prints what it found to stdout or -o in the
 * format of CLI.  The exit status; what went wrong was said.
 */
int measure_run(const struct cli *cli, const struct experiment_request *r,
                const struct measure_how *how);

/* X as text for people (print_matrix.c, print_curve.c). */
void print_matrix(FILE *out, const struct experiment *x);
void print_curve(FILE *out, const struct experiment *x);

/* What stands behind "=" in a column's name; "all". */
const char *measure_column_name(const char *column);

#endif
