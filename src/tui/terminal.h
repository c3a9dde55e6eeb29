/*
 * terminal.h - the one owner of the terminal: takes it, gives it back whatever happens.
 *
 * While it is taken, standard error goes to a file without name, and what was written there is
 * shown when the terminal is given back.  A crash (signal of a fault, abort, failed assertion)
 * gives the terminal back first.
 */
#ifndef PROPNEU_TUI_TERMINAL_H
#define PROPNEU_TUI_TERMINAL_H

#include <curses.h>
#include <stdbool.h>

#include "screen/canvas.h"
#include "base/status.h"
#include "tui/tui.h"

enum status terminal_open(enum tui_color color, struct err *err);
void terminal_close(void);

/* Gives the terminal back for a while (a stopped job), and takes it again. */
void terminal_leave(void);
void terminal_return(void);

/* Columns and rows as the terminal has them now, which curses gets, too. */
void terminal_size(int *cols, int *rows);

/* Where keys come from, for poll. */
int terminal_input(void);

/* The attributes of STYLE here. */
attr_t terminal_attr(uint32_t style, short *pair);

/* Brings the canvas to the screen; curses sends what has changed.  ANEW: everything. */
void draw_canvas(const struct canvas *c, bool anew);

/* Listens to the mouse, or lets the terminal have it.  Nothing is sent where nothing changes. */
void terminal_mouse(bool on);

/* The next line written to standard error since it was taken; false if there is none. */
bool terminal_heard(char *line, size_t size);

/*
 * Keys (input.c): the next one waiting, 0 if there is none.  KEY_CODE_CLICK: the mouse was pressed
 * on the cell that input_click returns.
 */
uint32_t input_key(void);
void input_click(int *row, int *col);

/* Signals arrive as bytes in a pipe (signals.c). */
enum status signals_open(struct err *err);
void signals_close(void);
int signals_fd(void);
int signals_next(void);          /* number of the next signal that came, 0 = none */
void signals_default_stop(void); /* stops this process as Ctrl-Z does, returns when continued */

/* Asks the terminal to put N bytes on the clipboard of whoever sits there (OSC 52); none is ever
 * read.  More than terminals take are left (clipboard.c). */
void clipboard_put(const char *text, size_t n);

#endif
