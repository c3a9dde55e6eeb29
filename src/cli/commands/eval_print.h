/*
 * eval_print.h - private to eval: its result as text, tsv and json.
 */
#ifndef PROPNEU_CLI_COMMANDS_EVAL_PRINT_H
#define PROPNEU_CLI_COMMANDS_EVAL_PRINT_H

#include "cli/cli.h"
#include "eval/eval.h"

/* What is printed: of an evaluation, the result of the model as it was run. */
struct eval_report {
    const struct eval *eval;
    const struct eval_options *options;
    const struct eval_result *result;
    const struct eval_result *before; /* of the unmodified model; NULL: RESULT is of that */
    const char *edit;                 /* what was changed, for people; with BEFORE */
};

enum status eval_print(FILE *out, const struct cli *cli, const struct eval_report *r,
                       struct err *err);

#endif
