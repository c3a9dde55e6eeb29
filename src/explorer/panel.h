/*
 * panel.h - a list over the view, for choosing.
 *
 * Whoever opens a panel says by its struct panel_kind what its lines look like and what choosing
 * one does; moving, filtering and drawing are the same for all.
 */
#ifndef PROPNEU_EXPLORER_PANEL_H
#define PROPNEU_EXPLORER_PANEL_H

#include "explorer/actions.h"
#include "screen/canvas.h"
#include "screen/grid.h"

struct app;

/* Minor of a line that heads others. */
#define PANEL_HEADING UINT32_MAX

struct panel_line {
    char *text, *value;    /* value: what it stands for, or NULL */
    signed char check;     /* 1 on, 0 off, -1 nothing to switch */
    uint32_t major, minor; /* what it stands for, such as factor and level */
};

enum panel_look {
    PANEL_PLAIN,
    PANEL_MENU,  /* lines have numbers, whose keys choose them */
    PANEL_BOXES, /* lines are switched, [x] */
    PANEL_TREE,  /* the same under headings, one of which is chosen, (*) */
    PANEL_RADIO  /* one line is chosen, (*) */
};

/* The calls may be NULL but for choose; they may close the panel. */
struct panel_kind {
    enum panel_look look;
    unsigned context; /* 0: CTX_PANEL */
    enum status (*choose)(struct app *app, const struct panel_line *line, struct err *err);
    /* With Space; NULL: as choose. */
    enum status (*toggle)(struct app *app, const struct panel_line *line, struct err *err);
    enum status (*reset)(struct app *app, struct err *err);
    enum status (*layer)(struct app *app, struct err *err); /* the current layer is another */
};

/* Lines of text, nothing to choose; Enter goes on to panel.subject, where it is a set. */
extern const struct panel_kind panel_text;

struct panel {
    const struct panel_kind *kind; /* NULL: none is open */
    char title[80];
    struct panel_line *line; /* [count] */
    size_t count, cap, top;  /* top: of the lines shown */
    struct grid grid;        /* which lines are, and the cursor; ids are line numbers */
    char subject[512];       /* set expression that the lines are about, or "" */
};

void panel_close(struct panel *p);

/* Begins one of KIND; that which is shown already keeps cursor and filter.  Ends it: CODE tells
 * whether all lines were added, and is returned. */
void panel_begin(struct app *app, const struct panel_kind *kind, const char *title);
enum status panel_done(struct app *app, enum status code);

/* The line under the cursor, or NULL; brings it on the screen. */
const struct panel_line *panel_line(const struct app *app);
void panel_scroll(struct app *app);

/* One more line; with a value; with a number of frames to filter by (NAN: none). */
enum status panel_add(struct panel *p, int check, uint32_t major, uint32_t minor, const char *text,
                      struct err *err);
enum status panel_add_value(struct panel *p, uint32_t major, const char *text, const char *value,
                            struct err *err);
enum status panel_add_frames(struct panel *p, int check, uint32_t major, uint32_t minor,
                             const char *text, double frames, struct err *err);

enum status panel_apply(struct app *app, enum action action, long arg, struct err *err);
void panel_render(const struct app *app, struct canvas *c, struct rect area);

#endif
