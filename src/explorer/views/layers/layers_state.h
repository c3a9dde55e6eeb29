/*
 * layers_state.h - what the layers view shows: shared by its state (layers_view.c), its
 * drawing (layers_draw.c) and its curves (layers_curves.c).
 */
#ifndef PROPNEU_EXPLORER_VIEWS_LAYERS_LAYERS_STATE_H
#define PROPNEU_EXPLORER_VIEWS_LAYERS_LAYERS_STATE_H

#include <string.h>

#include "explorer/view.h"

enum { MAX_PROPERTIES = 11 }; /* columns of two each fit into a list */

/* Columns of the list: the layer, |S|, then of each property |P| and the silhouette on the map. */
enum { LIST_LAYER, LIST_ANY, LIST_PROPERTIES };

enum layers_form { LAYERS_TABLE, LAYERS_CURVES, LAYERS_SILHOUETTES, LAYERS_NEURONS, LAYERS_FORMS };

struct layers_state {
    enum layers_form form;
    struct grid grid; /* ids are layers, from 0 */
    struct grid_column column[LIST_PROPERTIES + 2 * MAX_PROPERTIES];
    char name[2 * MAX_PROPERTIES][64];    /* of the properties' columns: "gender", "gender.map" */
    unsigned char hidden[MAX_PROPERTIES]; /* curves */
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

/* The layer with the largest silhouette on the map; -1 if there is none yet, or all tie. */
long layers_best(const struct app *app, uint32_t p);

/* What the view gives to a file (layers_save.c; view.h). */
enum status layers_result(const struct app *app, struct table *out, struct err *err);
enum status layers_figure(const struct app *app, struct figure *out, struct err *err);

void layers_render(const struct app *app, struct canvas *c, struct rect area);

#endif
