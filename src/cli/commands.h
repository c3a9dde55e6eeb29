/*
 * commands.h - the commands, one file each.
 */
#ifndef PROPNEU_CLI_COMMANDS_H
#define PROPNEU_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command command_activations;
extern const struct cli_command command_completion;
extern const struct cli_command command_count;
extern const struct cli_command command_demo;
extern const struct cli_command command_erase;
extern const struct cli_command command_eval;
extern const struct cli_command command_import;
extern const struct cli_command command_explore;
extern const struct cli_command command_figure;
extern const struct cli_command command_info;
extern const struct cli_command command_layers;
extern const struct cli_command command_map;
extern const struct cli_command command_neurons;
extern const struct cli_command command_overlap;
extern const struct cli_command command_pattern;
extern const struct cli_command command_merge;
extern const struct cli_command command_prune;

#endif
