/*
 * lists.h - searching, filtering and sorting of whichever list keys go to.
 */
#ifndef PROPNEU_EXPLORER_LISTS_H
#define PROPNEU_EXPLORER_LISTS_H

#include "explorer/app.h"

/* The list of the view at hand, or NULL; and that which keys go to, be it in a panel or help. */
struct grid *lists_of_view(struct app *app);
struct grid *lists_here(struct app *app);

/* Moves a cursor as ACTION says; false: not an action that moves one.  See grid_step, grid_move. */
bool lists_step(enum action action, size_t *here, size_t count, size_t page);
bool lists_move(struct grid *g, enum action action, size_t page);

/* False: not an action of lists. */
bool lists_apply(struct app *app, enum action action, struct err *err);

/* True while a filter is typed. */
bool lists_filtering(const struct app *app);

#endif
