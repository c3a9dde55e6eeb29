/*
 * view.h - what a view is: a folder src/explorer/views/NAME with one of these, and a row in
 * views/views.h.
 *
 * The screen is a value: apply changes the state, prepare computes what the state asks for, and
 * render draws it from a const app, so that terminal, --dump and tests show the same cells.  The
 * generic files know a view by this struct alone; whatever they have to ask it is a hook here.
 */
#ifndef PROPNEU_EXPLORER_VIEW_H
#define PROPNEU_EXPLORER_VIEW_H

#include "explorer/app.h"
#include "explorer/group_letters.h"
#include "explorer/lists.h"

struct table;
struct figure;

/* One curve or group of a legend. */
struct legend_entry {
    char letter;
    const char *name;
    unsigned char *hidden; /* 1: not drawn */
};

/* What the engine must have computed before the view is complete. */
enum view_needs {
    NEEDS_NOTHING, /* the session answers at once */
    NEEDS_MAPS,    /* the maps of the property in all layers up to the current one */
    NEEDS_FILE,    /* everything of the file shown */
    NEEDS_FILES,   /* everything of all files */
    NEEDS_NULLS    /* what chance gives of the property */
};

/* What a view is the one to show, wherever the explorer wants to go there (view_show). */
enum view_role { ROLE_NONE, ROLE_FILE, ROLE_LAYER, ROLE_PHONE, ROLE_SET };

/* Which of the view's sets is asked for. */
enum view_set {
    SET_CURSOR, /* what the cursor is on */
    SET_LISTED, /* everything listed */
    SET_ASKED   /* the set that the list was made of */
};

/* What the name of a saved file says of the place, bits. */
enum { NAMED_FILE = 1, NAMED_PROPERTY = 2, NAMED_PHONE = 4, NAMED_LAYER = 8 };

/* An action of one view alone; failure goes into ERR, its code too. */
struct view_action {
    struct action_entry entry; /* its contexts are not looked at */
    enum action after;         /* where it stands in footers, help and manual */
    void (*apply)(struct app *app, struct err *err);
};

struct view {
    const char *lesson; /* what one sees and the paper's definition; paragraphs for the help */
    size_t state_size;  /* of the view's own state, zeroed at the start */
    enum status (*init)(struct app *app, struct err *err); /* for each file shown; may be NULL */
    void (*free)(struct app *app);                         /* may be NULL */

    /* The actions of CTX_OFFERED that it takes, and its own, up to one without a name; or NULL. */
    enum action offers[VIEW_OFFERS];
    const struct view_action *own;
    /* An action that is not its own; false: not handled here.  Failure goes into ERR, code too. */
    bool (*apply)(struct app *app, enum action action, long arg, struct err *err);
    /* The keys that do what a click on ROW, COL of the screen C asks for (mouse.h); their number.
     * NULL: the line of a list. */
    size_t (*click)(const struct app *app, const struct canvas *c, int row, int col, uint32_t *key);
    /* At the end of the session: true if it asks with a panel first.  May be NULL. */
    bool (*leave)(struct app *app, bool print, struct err *err);

    enum view_needs needs;
    enum nulls_want nulls; /* what it shows of what chance gives, once that is there */
    bool layer_cursor; /* the current layer is its cursor, which what is drawn may follow late */
    enum status (*prepare)(struct app *app, struct err *err); /* quick; may be NULL */
    int (*due)(const struct app *app); /* ms until it wants a look, -1: never; may be NULL */
    bool (*look)(struct app *app);     /* at what goes on elsewhere; true: something changed */

    void (*render)(const struct app *app, struct canvas *c, struct rect area);
    void (*status)(const struct app *app, struct buf *line); /* the status line; may be NULL */
    bool points; /* it draws points, whose glyphs are kept apart from those of curves */
    /* Entry I of its legend, which `t` shows or hides; false behind the last.  May be NULL. */
    const char *legend_title;
    bool (*legend)(struct app *app, size_t i, struct legend_entry *entry);
    void (*legend_switched)(struct app *app); /* an entry was shown or hidden; may be NULL */

    /* What is shown as numbers and as a figure, once all of it is computed; the caller has OUT.
     * NULL: there is no table; the screen is the figure. */
    enum status (*result)(const struct app *app, struct table *out, struct err *err);
    enum status (*figure)(const struct app *app, struct figure *out, struct err *err);
    unsigned named_by; /* NAMED_FILE and so on */

    /* The list keys go to; its cursor or its rows are others now.  Both may be NULL. */
    struct grid *(*grid)(struct app *app);
    void (*moved)(struct app *app);

    /* What it shows, as options, and back (link.h); take with NULL: as it opens.  May be NULL. */
    enum view_role role;
    void (*tell)(const struct app *app, struct link *out);
    enum status (*take)(struct app *app, const char *name, const char *value, struct err *err);
    /* What the cursor or the view stands for, as a set expression that needs no view; false: that
     * is nothing. */
    bool (*set)(const struct app *app, enum view_set which, struct buf *out);
};

/* The view shown. */
static inline const struct view *view_current(const struct app *app)
{
    return view_of(app->at.view);
}

/* What view ID keeps for itself. */
static inline void *view_state(const struct app *app, enum view_id id)
{
    return app->state[id];
}

/*
 * Goes to the view that fills ROLE; where SET is not NULL, it shows that set expression.  On
 * failure the view stays.
 */
enum status view_show(struct app *app, enum view_role role, const char *set, struct err *err);

#endif
