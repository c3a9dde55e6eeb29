/*
 * app.h - the explorer's whole state, and what actions do to it.
 *
 *     key -> action (actions.h) -> app_apply -> app_prepare -> app_render -> canvas
 *
 * No terminal in here: replaying actions on a struct app is the demo, the tests and the fuzzing.
 */
#ifndef PROPNEU_EXPLORER_APP_H
#define PROPNEU_EXPLORER_APP_H

#include "explorer/actions.h"
#include "screen/canvas.h"
#include "work/engine.h"
#include "explorer/log.h"
#include "screen/grid.h"
#include "explorer/link.h"
#include "explorer/marks.h"
#include "screen/plot.h"
#include "analysis/analysis.h"
#include "corpus/phones.h"

#define APP_MIN_COLS  40
#define APP_MIN_ROWS  10
#define APP_HISTORY   50
#define APP_MAX_FILES 64

/* One count file, opened when it is first shown. */
struct app_file {
    const char *path; /* borrowed */
    bool open;
    struct counts counts;
    struct analysis session; /* the screen's own; the engine has another */
    struct engine *engine;
    double sigma;    /* what the engine computes with; 0: nothing yet */
    char why[256];   /* why it could not be opened */
    char sha256[65]; /* of its bytes, once it was asked for */
};

/* A list over the view, for choosing. */
enum panel_kind {
    PANEL_NONE,
    PANEL_CONDITIONS,
    PANEL_GROUPS,
    PANEL_SORT,
    PANEL_MARK,
    PANEL_SETS,
    PANEL_SET,
    PANEL_COPY,
    PANEL_OPTIONS,
    PANEL_QUIT,
    PANEL_TEXT
};

struct panel_line {
    char *text, *value;    /* value: what it stands for, or NULL */
    signed char check;     /* 1 on, 0 off, -1 nothing to switch */
    uint32_t major, minor; /* what it stands for: factor and level, or group */
};

struct panel {
    enum panel_kind kind;
    char title[80];
    struct panel_line *line; /* [count] */
    size_t count, cap, top;  /* top: of the lines shown */
    struct grid grid;        /* which lines are, and the cursor; ids are line numbers */
    char subject[512];       /* what Enter goes on with: the region listed, the set at hand */
};

/* One line of typing. */
enum prompt_kind {
    PROMPT_NONE,
    PROMPT_SET,
    PROMPT_SIGMA,
    PROMPT_NEURONS,
    PROMPT_SEARCH,
    PROMPT_FILTER,
    PROMPT_EXPORT,
    PROMPT_FIELD,     /* of a new experiment */
    PROMPT_MARKS,     /* marks = an expression */
    PROMPT_NAME,      /* the marks under a name */
    PROMPT_SAVE,      /* a set to a file */
    PROMPT_LOAD_MARKS /* marks from a file */
};

struct prompt {
    enum prompt_kind kind;
    char title[64];
    char text[512];
    size_t cursor;   /* byte in text */
    char error[256]; /* of the last try */
    size_t column;   /* of the error, from 1; 0 = none */
    long subject;    /* which set */
    char what[64];   /* the named set to save; "" = the marks */
    bool replace;    /* the file that is there may be replaced */
    /* Search and filter: how the list was before. */
    char filter[GRID_TEXT];
    size_t here;
    uint64_t id;
};

/* Where one is. */
struct place {
    enum view_id view;
    uint32_t layer, property;
};

/* Where one was: what Backspace goes back to, and on to again. */
struct history {
    struct link past[APP_HISTORY], future[APP_HISTORY], before;
    size_t pasts, futures;
    char merged[16]; /* the option that the last entry is about, where steps are taken as one */
};

struct app {
    struct app_file file[APP_MAX_FILES];
    size_t files, here;
    struct phones phones;
    struct place at; /* layer from 0; property: index into the session's names */
    struct history history;
    struct marks marked; /* neurons marked, and sets that have a name */
    double sigma;
    unsigned conditions;         /* rises with every change of file, filter or sigma */
    char phone[PHONES_NAME_MAX]; /* "" = none chosen */
    enum plot_glyphs point_glyphs, curve_glyphs; /* of the map, and of curves */
    int cols, rows;
    bool ascii, threads;
    bool help;
    struct grid help_grid; /* its lines; the cursor is the first one on the screen */
    struct panel panel;
    struct prompt prompt;
    char message[256]; /* in the status line until the next action */
    bool message_bad;
    struct log log;    /* of all messages */
    bool mouse;        /* is listened to */
    bool a11y;         /* the cursor is shown where one is, for screen readers */
    bool quit, redraw; /* asked for */
    unsigned prepared; /* conditions that what the view borrows is of */
    struct place prepared_at;
    bool moved;              /* the last action only moved the cursor */
    bool lag;                /* what follows the cursor may stay behind it: keys are still coming */
    uint32_t looked;         /* layer told about beside a list of them: at.layer, unless it lags */
    bool print;              /* at the end: the marks, or else the neurons shown */
    struct buf copy;         /* for the clipboard, to be taken by whoever owns the terminal */
    bool copied;             /* there is something in it */
    const char *config_path; /* where settings are saved; borrowed, NULL = nowhere */
    const char *color;       /* as it was asked for, to be saved; borrowed, NULL = auto */
    bool unnamed;            /* the files were not named: those of the demo */
    void *state[VIEW_COUNT];
};

/* What the explorer opens with; zero means the default. */
struct app_options {
    const char *view, *property, *phone; /* NULL = default */
    const char *const *where;            /* [wheres] conditions "factor=level,..." */
    size_t wheres;
    unsigned long layer;       /* from 1; 0 = default */
    const struct link *link;   /* where to go besides (link.h); NULL = nowhere */
    const char *const *mark;   /* [marks] set expressions, what is marked */
    const char *const *define; /* [defines] "NAME=EXPRESSION", sets that have a name */
    size_t marks, defines;
    const char *config_path, *color; /* as in struct app */
    enum plot_glyphs glyphs;         /* of the points of the map */
    double sigma;                    /* percent; 0 = default */
    double lambda;                   /* percent, one of the first file's; 0 = its own */
    bool ascii, threads, unnamed, mouse, a11y;
    int cols, rows;
};

/*
 * Opens the first of PATH [files] (borrowed) for exploring; the others are opened when they are
 * shown.  STATUS_NOTFOUND, listing what there is, for a view, property, phone or layer that is not
 * there.
 */
enum status app_init(struct app *app, const char *const *path, size_t files,
                     const struct app_options *options, struct err *err);
void app_free(struct app *app);

/*
 * Everything as after app_init with these OPTIONS (cols, rows, ascii and threads stay), but the
 * files stay open.  On failure only app_free is left to do.
 */
enum status app_restart(struct app *app, const struct app_options *options, struct err *err);

/*
 * Does ACTION.  What cannot be done is said on the status line and returned; the app is as before
 * then.
 */
enum status app_apply(struct app *app, enum action action, long arg);

/* The action KEY means right now, applied.  Keys without a meaning do nothing. */
enum status app_key(struct app *app, uint32_t key);

/* The context keys go to. */
unsigned app_context(const struct app *app);

/* Tells the engine what is wanted and computes the quick things.  Before every app_render. */
void app_prepare(struct app *app);

/*
 * Computes what the view is about at the layer at hand (EVERYTHING: all that it shows); where a
 * thread does the work, waits for it, at most MS milliseconds.
 */
void app_settle(struct app *app, bool everything, int ms);

/* True if everything the view is about is computed; results still to come. */
bool app_settled(const struct app *app);
size_t app_missing(const struct app *app);

/* Draws the screen of app->cols x app->rows into C, which has that size. */
enum status app_render(const struct app *app, struct canvas *c, struct err *err);

/* The file at hand, its session, and the name of the property at hand. */
static inline const struct app_file *app_file(const struct app *app)
{
    return &app->file[app->here];
}

static inline const struct analysis *app_session(const struct app *app)
{
    return &app->file[app->here].session;
}

const char *app_property(const struct app *app);

/* Result of PROPERTY (index) in LAYER (from 0), or NULL while it is not there. */
const struct engine_result *app_result(const struct app *app, uint32_t property, uint32_t layer);

/* Back to where one was (history.c); on again with STEP 1. */
enum status history_step(struct app *app, int step, struct err *err);
/* Before and after an action: a change worth going back on is remembered. */
void history_before(struct app *app);
void history_after(struct app *app);
void history_free(struct history *h);

/* After filters or parameters have changed: everything is computed anew. */
enum status app_conditions_changed(struct app *app, struct err *err);

/* The same for a file that need not be at hand. */
enum status app_file_changed(struct app *app, struct app_file *f, struct err *err);

/* Shows file number I, at the same layer and property where it has them (app_open.c). */
enum status app_show_file(struct app *app, size_t i, struct err *err);

/* Opens all files and brings their engines to the sigma at hand; those that fail keep the reason.
 */
void app_open_all(struct app *app);

/* Puts a message on the status line, and into the log. */
void app_say(struct app *app, bool bad, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Rows of the view's area on the screen. */
int app_view_rows(const struct app *app);

/* The letter that stands for GROUP (from 0) of P, different for every group. */
char group_letter(const struct property *p, uint32_t group);

/* "(sil)" for silence, else the level's name. */
const char *level_label(const char *level);

/* What something else in the program printed while the screen was ours. */
void app_heard(struct app *app, const char *line);

/* Lists over the view (panel.c). */
void panel_close(struct panel *p);
/* Begins one of KIND; that which is shown already keeps cursor and filter.  Ends it: CODE tells
 * whether all lines were added, and is returned. */
void panel_begin(struct app *app, enum panel_kind kind, const char *title);
enum status panel_done(struct app *app, enum status code);
/* The line under the cursor, or NULL; brings it on the screen. */
const struct panel_line *panel_line(const struct app *app);
void panel_scroll(struct app *app);
enum status panel_add(struct panel *p, int check, uint32_t major, uint32_t minor, const char *text,
                      struct err *err);
enum status panel_add_value(struct panel *p, uint32_t major, const char *text, const char *value,
                            struct err *err);
enum status panel_open_conditions(struct app *app, struct err *err);
enum status panel_apply(struct app *app, enum action action, long arg, struct err *err);
enum status panel_open_log(struct app *app, struct err *err);
void panel_render(const struct app *app, struct canvas *c, struct rect area);

/* Typing (prompt.c). */
void prompt_open(struct app *app, enum prompt_kind kind, long subject, const char *title,
                 const char *text);
enum status prompt_apply(struct app *app, enum action action, long arg, struct err *err);
void prompt_render(const struct app *app, struct canvas *c);

/* The map's groups as a list; showing and hiding one (map_view.c). */
enum status map_open_groups(struct app *app, struct err *err);
enum status map_toggle_group(struct app *app, uint32_t group, struct err *err);
void map_show_all(struct app *app);

/* Sets of the overlap view (overlap_view.c): replaces or, with SUBJECT -1, adds one. */
enum status overlap_set(struct app *app, long subject, const char *text, size_t *column,
                        struct err *err);

/* The neurons view (neurons_view.c): another set; "" = the property at hand. */
enum status neurons_set_text(struct app *app, const char *text, size_t *column, struct err *err);
const char *neurons_expression(const struct app *app);

/*
 * The experiments view (experiments_view.c): what is typed for a FIELD of its form, and whether
 * that is a set; how many experiments begun from here run, and stopping them; asking what becomes
 * of them at the end.
 */
enum status experiments_set_field(struct app *app, long field, const char *text, struct err *err);
bool experiments_takes_set(long field);
size_t experiments_own(struct app *app);
void experiments_stop_own(struct app *app);
enum status experiments_ask(struct app *app, bool print, struct err *err);

/* Milliseconds until the view at hand wants app_look, -1: never.  app_look: true if it has changed.
 */
int app_due(const struct app *app);
bool app_look(struct app *app);

/* Help (help.c): makes its lines, and draws those from the cursor on. */
enum status help_prepare(struct app *app, struct err *err);
void help_render(const struct app *app, struct canvas *c, struct rect area);

/* One line of key hints for CONTEXT in WIDTH cells (frame.c). */
void footer_render(struct canvas *c, int row, int width, unsigned context);

#endif
