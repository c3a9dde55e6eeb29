/*
 * neurons_state.h - what the neurons view shows: shared by its state (neurons_view.c) and its
 * drawing (neurons_draw.c).
 */
#ifndef PROPNEU_EXPLORER_VIEWS_NEURONS_NEURONS_STATE_H
#define PROPNEU_EXPLORER_VIEWS_NEURONS_NEURONS_STATE_H

#include <stdio.h>
#include <string.h>

#include "explorer/view.h"

/* Columns of the list; lift and marked can be sorted and searched by but are not drawn. */
enum neurons_column {
    NEURONS_NUMBER,
    NEURONS_GROUP,
    NEURONS_BEST,
    NEURONS_P,
    NEURONS_PATTERNS,
    NEURONS_SETS,
    NEURONS_LIFT,
    NEURONS_MARKED,
    NEURONS_Q,      /* drawn once there are tests */
    NEURONS_STABLE, /* the same */
    NEURONS_COLUMNS
};

/* Statistics of one neuron of the set in the current layer. */
struct neuron_row {
    uint32_t neuron;
    uint32_t group;     /* of the property at hand; its number of groups: in none */
    uint32_t best;      /* point of the highest p */
    uint32_t in_phones; /* points of that group in whose patterns it is */
    uint32_t patterns;  /* points in whose patterns it is */
    unsigned sets;      /* bit i: among the neurons of property i */
    double p;           /* of the best point */
};

struct neurons_state {
    char set[512];          /* as typed; "" = the property at hand */
    struct neuron_row *row; /* [rows] by number */
    size_t rows;
    struct grid grid;                /* of them; ids are neurons */
    const struct property *property; /* borrowed; NULL = none */
    double baseline;                 /* tau / D */
    bool table_only, bars_only;      /* neither: both */
    /* What the rows were made for. */
    bool made;
    unsigned stamp, marks_stamp, nulls_stamp;
    uint32_t of_layer, of_property;
    /* The neuron looked at, that under the cursor: p by point, as analysis_neuron gives it. */
    bool have;
    size_t looked;          /* row */
    uint32_t *hits, *order; /* [points]; order: by falling p */
    double *p;              /* [points] */
    char why[256];          /* why there is nothing */
};

static inline struct neurons_state *neurons_state(const struct app *app)
{
    return view_state(app, VIEW_NEURONS);
}

/* The set shown, as an expression. */
static inline const char *neurons_set(const struct app *app)
{
    const struct neurons_state *s = neurons_state(app);
    return s->set[0] ? s->set : app_property(app);
}

/* "AH female": the name of point I of P; a phone says its class by itself. */
static inline void neurons_point_name(const struct property *p, uint32_t i, char *text, size_t size)
{
    const char *group = p->group.name[p->point[i].group], *label = level_label(p->point[i].label);
    snprintf(text, size, "%.60s%s%.60s", label, p->partition ? "" : " ", p->partition ? "" : group);
}

/* The row under the cursor; NULL in an empty list. */
static inline const struct neuron_row *neurons_here(const struct neurons_state *s)
{
    size_t row = grid_row(&s->grid);
    return row < s->rows ? &s->row[row] : NULL;
}

/* The rows anew; the list anew, as they or what is said of them are others; nothing at all. */
enum status neurons_make_rows(struct app *app, struct err *err);
enum status neurons_fill_grid(struct app *app, struct err *err);
void neurons_forget(struct neurons_state *s);

/* q of a neuron, and the share of draws in which it is in its group's set; NAN where not known. */
double neurons_q(const struct app *app, const struct neuron_row *r);
double neurons_stable(const struct app *app, const struct neuron_row *r);

/* What the view gives to a file (neurons_save.c; view.h). */
enum status neurons_result(const struct app *app, struct table *out, struct err *err);

void neurons_render(const struct app *app, struct canvas *c, struct rect area);

#endif
