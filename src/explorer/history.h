/*
 * history.h - the places shown so far: what Backspace goes back to, and U on to again.
 */
#ifndef PROPNEU_EXPLORER_HISTORY_H
#define PROPNEU_EXPLORER_HISTORY_H

#include "explorer/link.h"

#define HISTORY_PLACES 50

/* Lists with the latest place last; before: the place when the last action began. */
struct history {
    struct link past[HISTORY_PLACES], future[HISTORY_PLACES], before;
    size_t pasts, futures;
    char merged[16]; /* the option that the last entry is about, where steps are taken as one */
};

/* Back to the place before; on again with STEP 1. */
enum status history_step(struct app *app, int step, struct err *err);

/* Before and after an action: a change worth going back on is remembered. */
void history_before(struct app *app);
void history_after(struct app *app);
void history_free(struct history *h);

#endif
