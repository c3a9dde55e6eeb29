/*
 * tui.h - the explorer in a terminal.  Only this folder knows curses.
 */
#ifndef PROPNEU_TUI_TUI_H
#define PROPNEU_TUI_TUI_H

#include <stdbool.h>

#include "explorer/player.h"

enum tui_color { TUI_COLOR_AUTO, TUI_COLOR_ALWAYS, TUI_COLOR_NEVER };

/*
 * Shows what PLAYER plays until it is left.  *SIGNAL is the number of the signal that ended it, or
 * 0: the caller cleans up and then dies of it.  STATUS_UNSUPPORTED, with nothing written: this
 * terminal cannot place text (TERM is dumb or not set), print plainly instead.  A vanished terminal
 * is an end like any other.
 */
enum status tui_run(struct player *player, enum tui_color color, int *signal, struct err *err);

#endif
