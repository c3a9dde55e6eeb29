/*
 * bootstrap_options.h - private to the commands that draw speakers with replacement.
 */
#ifndef PROPNEU_CLI_COMMANDS_BOOTSTRAP_OPTIONS_H
#define PROPNEU_CLI_COMMANDS_BOOTSTRAP_OPTIONS_H

#include "cli/cli.h"
#include "inference/bootstrap.h"

/* --strata, --speakers, --draws, --seed; the part is a struct bootstrap_options. */
extern const struct cli_option_group bootstrap_option_group;

/* The same for a command that exchanges labels, too. */
extern const struct cli_option_group bootstrap_labels_group;

/* Says on stderr how far the draws of D can be trusted: strata that were not kept, too few
 * speakers. */
void bootstrap_note(const struct cli *cli, const struct bootstrap_design *d);

#endif
