/*
 * help.h - the help: what the view shows, its keys, and the words of the method.
 */
#ifndef PROPNEU_EXPLORER_HELP_H
#define PROPNEU_EXPLORER_HELP_H

#include "explorer/actions.h"
#include "screen/canvas.h"
#include "screen/grid.h"

struct app;

struct help {
    bool open;
    struct grid grid; /* its lines; the cursor is the first one on the screen */
};

enum status help_open(struct app *app, struct err *err);

/* Makes its lines, and draws those from the cursor on. */
enum status help_prepare(struct app *app, struct err *err);
void help_render(const struct app *app, struct canvas *c, struct rect area);

/* Scrolling, searching, closing. */
enum status help_apply(struct app *app, enum action action, struct err *err);

/* The words of the method, explained, on PAGE from ROW on; returns the rows used (glossary.c). */
int glossary_draw(struct canvas *page, int row, int cols);

#endif
