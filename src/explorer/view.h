/*
 * view.h - what a view is: a folder src/explorer/views/NAME with one of these.
 *
 * The screen is a value: apply changes the state, prepare computes what the state asks for, and
 * render draws it from a const app, so that terminal, --dump and tests show the same cells.
 */
#ifndef PROPNEU_EXPLORER_VIEW_H
#define PROPNEU_EXPLORER_VIEW_H

#include "explorer/app.h"
#include "explorer/lists.h"

struct table;
struct figure;

/* One curve or group of a legend. */
struct legend_entry {
    char letter;
    const char *name;
    unsigned char *hidden; /* 1: not drawn */
};

#define LEGEND_MAX 64

struct view {
    const char *lesson; /* what one sees and the paper's definition; paragraphs for the help */
    size_t state_size;  /* of the view's own state, zeroed at the start */
    enum status (*init)(struct app *app, struct err *err); /* for each file shown; may be NULL */
    void (*free)(struct app *app);                         /* may be NULL */
    /* An action of the view's own; false: not handled here.  Failure goes into ERR, code too. */
    bool (*apply)(struct app *app, enum action action, long arg, struct err *err);
    enum status (*prepare)(struct app *app, struct err *err); /* quick; may be NULL */
    void (*render)(const struct app *app, struct canvas *c, struct rect area);
    void (*status)(const struct app *app, struct buf *line); /* the status line; may be NULL */
    /* What is shown as numbers and as a figure, once all of it is computed; the caller has OUT.
     * NULL: there is no table; the screen is the figure. */
    enum status (*result)(const struct app *app, struct table *out, struct err *err);
    enum status (*figure)(const struct app *app, struct figure *out, struct err *err);
    /* The list keys go to; its cursor or its rows are others now.  Both may be NULL. */
    struct grid *(*grid)(struct app *app);
    void (*moved)(struct app *app);
    /* What it shows, as options, and back (link.h); take with NULL: as it opens.  May be NULL. */
    void (*tell)(const struct app *app, struct link *out);
    enum status (*take)(struct app *app, const char *name, const char *value, struct err *err);
    /* What the cursor or the view stands for, as a set expression that needs no view; false: that
     * is nothing.  ALL: everything listed, else what is under the cursor. */
    bool (*set)(const struct app *app, bool all, struct buf *out);
    int (*due)(const struct app *app); /* ms until it wants a look, -1: never; may be NULL */
    bool (*look)(struct app *app);     /* at what goes on elsewhere; true: something changed */
    bool maps;                         /* wants the maps of all layers up to the one at hand */
    bool alone;                        /* wants nothing of the engine */
    bool files;                        /* wants all files */
    /* What its legend lists and `t` shows or hides, at most MAX; may be NULL. */
    size_t (*legend)(struct app *app, struct legend_entry *entry, size_t max);
};

extern const struct view view_layers, view_pattern, view_map, view_overlap, view_neurons,
    view_experiments, view_compare;

/* The words of the method, explained, on PAGE from ROW on; returns the rows used (glossary.c). */
int glossary_draw(struct canvas *page, int row, int cols);

/* The legend of the view at hand as a list (legend.c). */
enum status legend_open(struct app *app, struct err *err);
enum status legend_toggle(struct app *app, uint32_t i, struct err *err);
enum status legend_show_all(struct app *app, struct err *err);

/* By enum view_id. */
const struct view *view_of(enum view_id id);

/* What view ID keeps for itself. */
static inline void *view_state(const struct app *app, enum view_id id)
{
    return app->state[id];
}

#endif
