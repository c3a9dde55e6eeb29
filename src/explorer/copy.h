/*
 * copy.h - what goes to the clipboard of whoever sits at the terminal.
 */
#ifndef PROPNEU_EXPLORER_COPY_H
#define PROPNEU_EXPLORER_COPY_H

#include "explorer/app.h"

#define COPY_MAX 74000 /* bytes: what terminals take at once */

/* The menu of y; does one of its actions: app->copy holds the text then, and the status line. */
enum status copy_open(struct app *app, struct err *err);
enum status copy_choose(struct app *app, enum action action, struct err *err);

#endif
