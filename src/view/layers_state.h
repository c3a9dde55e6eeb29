/*
 * layers_state.h - what the layers view shows: shared by its table (view_layers.c) and its curves
 * (layers_curves.c).
 */
#ifndef PROPNEU_VIEW_LAYERS_STATE_H
#define PROPNEU_VIEW_LAYERS_STATE_H

#include <string.h>

#include "view.h"

enum { MAX_PROPERTIES = 16 };

enum layers_form { LAYERS_TABLE, LAYERS_CURVES, LAYERS_SILHOUETTES, LAYERS_NEURONS, LAYERS_FORMS };

struct layers_state {
    enum layers_form form;
    unsigned char hidden[MAX_PROPERTIES];            /* curves */
    const struct property *property[MAX_PROPERTIES]; /* borrowed; NULL = none under the filters */
};

/* each-phone and the like: groups of one point have no silhouette. */
static inline bool layers_scored(const struct app *app, uint32_t p)
{
    return strcmp(app_session(app)->names.name[p], "each-phone") != 0;
}

/* The letter of property P's curve: the first of its name that is free. */
char layers_letter(const struct app *app, uint32_t p);

/* LAYERS_CURVES are both: side by side on a wide screen, one over the other on a high one, else
 * the first. */
void layers_curves(const struct app *app, struct canvas *c, struct rect a, enum layers_form form);

#endif
