/*
 * explore.h - what the commands that open the explorer share.
 */
#ifndef PROPNEU_CLI_EXPLORE_H
#define PROPNEU_CLI_EXPLORE_H

#include "../tui/tui.h"
#include "commands.h"

enum { EXPLORE_WHERES = 16 };

struct explore {
    const struct cli_command *command; /* for messages */
    struct app_options app;
    const char *where[EXPLORE_WHERES];
    enum tui_color color;
    bool dump, plain;
    const char *script, *record; /* files to play and to write, or NULL */
    struct player_options play;
};

void explore_begin(struct explore *e, const struct cli_command *command);

/* Values of options; CLI_END where they were understood. */
int explore_color(struct explore *e, const char *value);
int explore_dump(struct explore *e, const char *value);
int explore_auto(struct explore *e, const char *value);
int explore_step(struct explore *e, const char *value);

/* Opens FILES [count], or the bundled counts where there are none; the exit status. */
int explore_run(struct cli *cli, struct explore *e, char **files, size_t count);

#endif
