/*
 * train_request.h - private to the commands that train: the options they share.
 */
#ifndef PROPNEU_CLI_COMMANDS_TRAIN_REQUEST_H
#define PROPNEU_CLI_COMMANDS_TRAIN_REQUEST_H

#include "cli/commands/input_options.h"
#include "train/recipe.h"
#include "train/training.h"

struct train_request {
    struct input_request in;
    struct training_options o;
    bool tasked, frozen;
    const char *batch; /* of --gradients */
    const struct recipe *recipe;
    uint64_t given; /* bit by option: it is on the command line */
};

/* What holds where nothing is said. */
struct train_request train_request_default(void);

/* The part of the group is a struct train_request. */
extern const struct cli_option_group train_options;

/* The options of a training from those of the request: recipe, inputs, threads, folder; what is
 * missing or contradictory, or NULL. */
const char *train_request_finish(struct train_request *r, const struct cli *cli);

#endif
