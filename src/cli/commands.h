/*
 * commands.h - the commands, in the order in which --help lists them.
 *
 * To add one, write src/cli/commands/cmd_NAME.c with a struct cli_command and add its row here;
 * parsing, --help and completions follow from it, and tests/style/man.sh asks for its page.
 */
#ifndef PROPNEU_CLI_COMMANDS_H
#define PROPNEU_CLI_COMMANDS_H

#include "cli/cli.h"

/* clang-format off */ /* one line a command */
#define COMMANDS(COMMAND) \
    COMMAND(explore) \
    COMMAND(demo) \
    COMMAND(count) \
    COMMAND(merge) \
    COMMAND(import) \
    COMMAND(info) \
    COMMAND(layers) \
    COMMAND(neurons) \
    COMMAND(select) \
    COMMAND(pattern) \
    COMMAND(map) \
    COMMAND(overlap) \
    COMMAND(null) \
    COMMAND(ledger) \
    COMMAND(stability) \
    COMMAND(sweep) \
    COMMAND(confound) \
    COMMAND(figure) \
    COMMAND(erase) \
    COMMAND(prune) \
    COMMAND(randomize) \
    COMMAND(movement) \
    COMMAND(experiment) \
    COMMAND(eval) \
    COMMAND(activations) \
    COMMAND(cluster) \
    COMMAND(train) \
    COMMAND(completion)
/* clang-format on */

#define COMMAND_DECLARE(name) extern const struct cli_command command_##name;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* What prune does with --retrain. */
extern const struct cli_command command_prune_retrain;

#endif
