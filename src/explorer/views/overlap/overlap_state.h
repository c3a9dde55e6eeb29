/*
 * overlap_state.h - what the overlap view shows: shared by its state (overlap_view.c), its drawing
 * (overlap_draw.c) and its options (overlap_link.c).
 */
#ifndef PROPNEU_EXPLORER_VIEWS_OVERLAP_OVERLAP_STATE_H
#define PROPNEU_EXPLORER_VIEWS_OVERLAP_OVERLAP_STATE_H

#include "analysis/overlap.h"
#include "explorer/view.h"

/* Columns of the list of regions. */
enum {
    OVERLAP_REGION,
    OVERLAP_NEURONS,
    OVERLAP_CHANCE,
    OVERLAP_RATIO,
    OVERLAP_SETS,
    OVERLAP_COLUMNS
};

enum { SETS = OVERLAP_MAX_SETS };

struct overlap_state {
    struct setexpr set[SETS]; /* parsed; their text is what was typed */
    uint32_t sets;
    struct overlap result;
    uint32_t order[1 << SETS];  /* regions by falling size */
    uint32_t regions;           /* of them shown */
    struct grid grid;           /* of the regions, by the sets that they are in */
    size_t here;                /* line: sets first, then the regions as the list has them */
    uint32_t largest;           /* neurons of the largest region */
    uint32_t marked[1 << SETS]; /* neurons of the regions that are marked, in the layer at hand */
    bool marks_here;            /* there are any */
    bool told;                  /* the sets are those asked for, not the usual ones */
    bool table;                 /* no drawing */
    char why[256];              /* why there is no result */
};

static inline struct overlap_state *overlap_state(const struct app *app)
{
    return view_state(app, VIEW_OVERLAP);
}

/* Replaces set number SUBJECT or, with -1, adds one. */
enum status overlap_set(struct app *app, long subject, const char *text, size_t *column,
                        struct err *err);

/* The usual sets instead of those there are; no sets at all; the list as at first. */
void overlap_usual(struct app *app);
void overlap_clear(struct overlap_state *s);
void overlap_reset_list(struct overlap_state *s);

/* "ACD": the sets that REGION is in; the region as a set expression. */
const char *overlap_letters(const struct overlap_state *s, uint32_t region, char text[SETS + 1]);
void overlap_region_set(const struct overlap_state *s, uint32_t region, struct buf *out);

/* The view as options, and its cursor as a set (overlap_link.c; view.h). */
void overlap_tell(const struct app *app, struct link *out);
enum status overlap_take(struct app *app, const char *name, const char *value, struct err *err);
bool overlap_set_of(const struct app *app, enum view_set which, struct buf *out);

/* What the view gives to a file (overlap_save.c; view.h). */
enum status overlap_result(const struct app *app, struct table *out, struct err *err);
enum status overlap_figure(const struct app *app, struct figure *out, struct err *err);

void overlap_render(const struct app *app, struct canvas *c, struct rect area);

#endif
