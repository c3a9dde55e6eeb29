/*
 * save.h - what is shown, as a file: the screen as text, its numbers as TSV or JSON, its figure as
 * SVG, PDF or PNG.
 */
#ifndef PROPNEU_EXPLORER_SAVE_H
#define PROPNEU_EXPLORER_SAVE_H

#include "figure/canvas_figure.h"
#include "figure/figures.h"
#include "explorer/view.h"

/* The numbers of the current view, and the figure that shows them; STATUS_UNSUPPORTED without. */
enum status save_table(const struct app *app, struct table *t, struct err *err);
enum status save_figure(const struct app *app, struct figure *f, struct err *err);

/* A name for what is shown into TEXT of SIZE bytes; the kind of file comes from its end. */
void save_name(const struct app *app, char *text, size_t size);

/* Asks for a name and writes what is shown. */
extern const struct prompt_kind save_prompt;
void save_open(struct app *app);

/*
 * Writes what is shown to PATH, whole or not at all, and says so.  STATUS_MISMATCH for a file that
 * is there, unless REPLACE.
 */
enum status save_shown(struct app *app, const char *path, bool replace, struct err *err);

#endif
