/*
 * changed.h - files that another program writes into while the explorer shows them.
 *
 * A count file is mapped, so what is computed later would be made of both contents, and nothing of
 * it is shown: commands end then (mapped_unchanged), the explorer keeps its marks and other files.
 */
#ifndef PROPNEU_EXPLORER_CHANGED_H
#define PROPNEU_EXPLORER_CHANGED_H

#include "explorer/app.h"

/* True if F or its token file was written into since it was opened; asks the system. */
bool changed_now(const struct app_file *f);

/*
 * Says so of open files of which it was not said before, and closes lists made of them; true if
 * there are any, and the screen is to be prepared again.  Before every app_render.
 */
bool changed_notice(struct app *app);

/* With the file at hand changed, only what shows nothing of it can be done: true, with ERR, if
 * ACTION cannot in CONTEXT. */
bool changed_refuses(const struct app *app, enum action action, unsigned context, struct err *err);

/* In place of the view. */
void changed_render(const struct app *app, struct canvas *c, struct rect area);

#endif
