/*
 * screen.h - what stands on the screen of a pseudo-terminal (libvterm draws it).
 */
#ifndef PROPNEU_TESTS_SCREEN_H
#define PROPNEU_TESTS_SCREEN_H

#include <vterm.h>

#include "pty.h"

/* pty_start with a screen. */
void screen_start(struct pty *p, int cols, int rows, const char *const *env, char *const *argv,
                  int flags);

/* Takes what the program sends until TEXT stands on the screen (or, GONE, no longer does). */
bool screen_wait(struct pty *p, const char *text, bool gone, int ms);

/* The screen as lines, trailing blanks left out; free with free(). */
char *screen_text(const struct pty *p);

/* The cell at ROW, COL. */
VTermScreenCell screen_cell(const struct pty *p, int row, int col);

/* Where the cursor is, and whether one sees it. */
struct screen_cursor {
    int row, col;
    bool visible;
};
struct screen_cursor screen_cursor(const struct pty *p);

#endif
