/*
 * explore.h - what the commands that open the explorer share.
 */
#ifndef PROPNEU_CLI_EXPLORE_H
#define PROPNEU_CLI_EXPLORE_H

#include "tui/tui.h"
#include "cli/commands.h"

/* How often --mark and --define may be given, each. */
enum { EXPLORE_SETS = 32 };

/* What the command line of the explorer asks for, and what is opened for it. */
struct explore {
    const struct cli_command *command; /* for messages */
    struct app_options app;
    struct link link;                                      /* where to go */
    const char *mark[EXPLORE_SETS], *define[EXPLORE_SETS]; /* what app's point at */
    enum tui_color color;
    bool color_told;                   /* on the command line */
    bool dump, plain, last, no_config; /* --dump: as text; --plain: line mode */
    char *config, *state;              /* files of the user's; NULL = none */
    struct err unread;                 /* why the settings were not read, if they were not */
    char color_name[16];
    const char *script, *record; /* files to play and to write, or NULL */
    struct player_options play;
};

void explore_begin(struct explore *e, const struct cli_command *command);

/* Values of options; CLI_END where they were understood. */
int explore_color(struct explore *e, const char *value);
int explore_dump(struct explore *e, const char *value);
int explore_auto(struct explore *e, const char *value);
int explore_step(struct explore *e, const char *value);

/* Prints the screen or, of a script, the screens of all its steps with an empty line between; and
 * what Q leaves behind, the neurons marked or else those listed (explore_print.c). */
int explore_print(struct cli *cli, struct player *p);
int explore_print_neurons(struct app *app);

/* Opens FILES [count], or the bundled counts where there are none; the exit status. */
int explore_run(struct cli *cli, struct explore *e, char **files, size_t count);

#endif
