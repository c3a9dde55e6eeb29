/*
 * frame.h - the whole screen: title, tabs, the view, what lies over it, status line and footer.
 */
#ifndef PROPNEU_EXPLORER_FRAME_H
#define PROPNEU_EXPLORER_FRAME_H

#include "base/status.h"
#include "screen/canvas.h"

struct app;

/* Draws the screen of app->cols x app->rows into C, which has that size. */
enum status app_render(const struct app *app, struct canvas *c, struct err *err);

/* One line of key hints for CONTEXT in WIDTH cells. */
void footer_render(struct canvas *c, int row, int width, unsigned context);

#endif
