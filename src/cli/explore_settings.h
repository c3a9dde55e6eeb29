/*
 * explore_settings.h - what the explorer opens with and remembers: the user's file of settings, and
 * where the last session with a file ended.
 */
#ifndef PROPNEU_CLI_EXPLORE_SETTINGS_H
#define PROPNEU_CLI_EXPLORE_SETTINGS_H

#include "cli/explore.h"

/*
 * Settings of the user's file where the command line says nothing, and with --last the place where
 * the last session with the file PATH ended.  Errors in the file are noted with their line; one
 * that cannot be read leaves the defaults, and the reason in E->unread.
 */
enum status settings_begin(struct explore *e, const struct cli *cli, const char *path,
                           struct err *err);

/* Remembers where APP is; that it cannot be remembered is no failure. */
void settings_end(const struct explore *e, const struct app *app);

void settings_free(struct explore *e);

#endif
