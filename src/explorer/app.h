/*
 * app.h - the explorer's whole state, and what actions do to it.
 *
 *     key -> action (actions.h) -> app_apply -> app_prepare -> app_render -> canvas
 *
 * No terminal in here: replaying actions on a struct app is the demo, the tests and the fuzzing.
 */
#ifndef PROPNEU_EXPLORER_APP_H
#define PROPNEU_EXPLORER_APP_H

#include "analysis/analysis.h"
#include "corpus/phones.h"
#include "explorer/actions.h"
#include "explorer/frame.h"
#include "explorer/help.h"
#include "explorer/history.h"
#include "explorer/log.h"
#include "explorer/marks.h"
#include "explorer/panel.h"
#include "explorer/prompt.h"
#include "explorer/views/views.h"
#include "screen/plot.h"
#include "background/nulls.h"

#define APP_MIN_COLS  40
#define APP_MIN_ROWS  10
#define APP_MAX_FILES 64

/* One count file, opened when it is first shown. */
struct app_file {
    const char *path; /* borrowed */
    bool open;
    bool changed; /* another program wrote into it (changed.h) */
    struct counts counts;
    struct analysis session; /* the screen's own; the engine has another */
    struct engine *engine;
    struct nulls *nulls; /* NULL: none are computed */
    double sigma;        /* what the engine computes with; 0: nothing yet */
    char why[256];       /* why it could not be opened, or used any more */
    char sha256[65];     /* of its bytes, once it was asked for */
};

/* The place shown. */
struct place {
    enum view_id view;
    uint32_t layer, property;
};

/* What a session draws with: letters, dots or blocks, of the map's points and of curves. */
struct app_glyphs {
    enum plot_glyphs points, curves;
};

/* In the status line until the next action. */
struct app_message {
    char text[512]; /* as long as that of a struct err */
    bool bad;       /* something failed */
};

/* What the view was last prepared for: what it borrows of results is of these. */
struct app_prepared {
    unsigned conditions;
    struct place at;
};

/* For the clipboard, to be taken by whoever owns the terminal. */
struct app_clip {
    struct buf text;
    bool ready;
};

/* What chance gives: how many labelings, from which seed. */
struct app_nulls {
    uint64_t draws, seed; /* draws 0: the default */
    bool none;            /* nothing is computed */
};

/* How the explorer was opened, to be saved; borrowed. */
struct app_settings {
    const char *path;  /* where settings are saved; NULL = nowhere */
    const char *color; /* as it was asked for; NULL = auto */
};

struct app {
    /* The files, of which number HERE is shown; those of the demo are UNNAMED in commands. */
    struct app_file file[APP_MAX_FILES];
    size_t files, here;
    bool unnamed;
    struct phones phones;

    /* What is shown. */
    struct place at;             /* layer from 0; property: index into the session's names */
    char phone[PHONES_NAME_MAX]; /* "" = none chosen */
    double sigma;
    unsigned conditions;  /* rises with every change of file, filter or sigma */
    bool nulls_stopped;   /* what chance gives is not computed further */
    unsigned nulls_stamp; /* rises whenever more is known of what chance gives */
    struct marks marked;  /* neurons marked, and sets that have a name */
    void *state[VIEW_COUNT];
    struct history history;

    /* The screen, and what lies over the view. */
    int cols, rows;
    bool ascii;
    bool a11y;  /* the cursor is shown where one is, for screen readers */
    bool mouse; /* is listened to */
    struct app_glyphs glyphs;
    struct help help;
    struct panel panel;
    struct prompt prompt;
    struct app_message message;
    struct log log; /* of all messages */

    /* How far what is drawn follows the keys. */
    struct app_prepared prepared;
    bool moved;      /* the last action only moved the cursor */
    bool lag;        /* what follows the cursor may stay behind it: keys are still coming */
    uint32_t looked; /* layer told about beside a list of them: at.layer, unless it lags */

    /* Asked for by the user, done by whoever runs the explorer. */
    bool quit, redraw;
    bool print; /* at the end: the marks, or else the neurons shown */
    struct app_clip clip;

    bool threads; /* computations run in threads, experiments can be begun */
    struct app_nulls nulls;
    struct app_settings settings;
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
    struct app_nulls nulls;
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

/* The file at hand, its session, and the name of the property at hand. */
static inline const struct app_file *app_file(const struct app *app)
{
    return &app->file[app->here];
}

/* True if file number I can be shown. */
static inline bool app_file_there(const struct app *app, size_t i)
{
    return app->file[i].open && !app->file[i].changed;
}

static inline const struct analysis *app_session(const struct app *app)
{
    return &app->file[app->here].session;
}

const char *app_property(const struct app *app);

/* Index of the property NAME of the file at hand, to which a phone feature that is asked for is
 * added, as to the other files that are open; NAMES_NONE if there is none. */
uint32_t app_find_property(struct app *app, const char *name);

/* Result of PROPERTY (index) in LAYER (from 0), or NULL while it is not there. */
const struct engine_result *app_result(const struct app *app, uint32_t property, uint32_t layer);

/* What chance gives of PROPERTY (index), or NULL while nothing is known. */
const struct nulls_answer *app_null(const struct app *app, uint32_t property);

/* The null of a statistic of tokens, whose observed value is of their middle frames: not the number
 * that is shown of the file. NULL where other things are exchanged. */
static inline const struct null_row *app_null_tokens(const struct app *app, uint32_t property,
                                                     const struct statistic *statistic,
                                                     uint32_t layer)
{
    const struct nulls_answer *a = app_null(app, property);
    bool tokens = a && a->part[0].kind == EXCHANGE_TOKENS && a->part[0].draws;
    return tokens ? nulls_find(a, statistic, layer) : NULL;
}

/* The null of the number SHOWN, a statistic in LAYER (from 0); NULL where there is none, or it is
 * of another number: tokens have middle frames alone. */
const struct null_row *app_null_row(const struct app *app, uint32_t property,
                                    const struct statistic *statistic, uint32_t layer,
                                    double shown);

/* True if ROW of PROPERTY's null is of all draws, not of the first. */
bool app_null_final(const struct app *app, uint32_t property, const struct null_row *row);

/* The tests of the neurons of the property and layer at hand, or NULL while there are none. */
const struct nulls_neurons *app_null_neurons(const struct app *app);

/* What is being computed, for the status line. */
void app_progress(const struct app *app, char *text, size_t size);

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

/* What something else in the program printed while the screen was ours. */
void app_heard(struct app *app, const char *line);

/* Ends the session; PRINT: what struct app says. */
void app_quit(struct app *app, bool print);

/* Milliseconds until the view at hand wants app_look, -1: never.  app_look: true if it has changed.
 */
int app_due(const struct app *app);
bool app_look(struct app *app);

#endif
