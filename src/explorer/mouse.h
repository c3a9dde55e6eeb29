/*
 * mouse.h - what a click means, as keys: so that it can be recorded and replayed like them.
 */
#ifndef PROPNEU_EXPLORER_MOUSE_H
#define PROPNEU_EXPLORER_MOUSE_H

#include "explorer/app.h"

#define MOUSE_MAX_KEYS 4096

/*
 * The keys that do what a click on the cell ROW, COL of C, the screen as it was last drawn, asks
 * for: the view of a tab, the line of a list, the point of a map; on the line or point at hand,
 * Enter.  Returns their number, 0 for a click that means nothing.
 */
size_t mouse_keys(const struct app *app, const struct canvas *c, int row, int col,
                  uint32_t key[MOUSE_MAX_KEYS]);

#endif
