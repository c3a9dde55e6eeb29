/*
 * app.c - what actions do to the explorer's state; each goes to what lies over the view, else to
 * the view, else to what all views share.
 */
#include "config.h"

#include "explorer/app_options.h"
#include "explorer/changed.h"
#include "explorer/conditions.h"
#include "explorer/copy.h"
#include "explorer/info.h"
#include "explorer/legend.h"
#include "explorer/view.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "explorer/save.h"

static struct app_file *file_here(struct app *app)
{
    return &app->file[app->here];
}

const char *app_property(const struct app *app)
{
    return app_session(app)->names.name[app->at.property];
}

const struct engine_result *app_result(const struct app *app, uint32_t property, uint32_t layer)
{
    return engine_get(app_file(app)->engine, property, layer);
}

const struct nulls_answer *app_null(const struct app *app, uint32_t property)
{
    const struct app_file *f = app_file(app);
    return f->nulls ? nulls_get(f->nulls, property) : NULL;
}

const struct null_row *app_null_row(const struct app *app, uint32_t property,
                                    const struct statistic *statistic, uint32_t layer, double shown)
{
    const struct null_row *row = nulls_find(app_null(app, property), statistic, layer);
    return row && fabs(row->summary.observed - shown) <= 1e-6 * (1 + fabs(shown)) ? row : NULL;
}

const struct nulls_neurons *app_null_neurons(const struct app *app)
{
    const struct app_file *f = app_file(app);
    return f->nulls ? nulls_get_neurons(f->nulls, app->at.property, app->at.layer) : NULL;
}

bool app_null_final(const struct app *app, uint32_t property, const struct null_row *row)
{
    const struct nulls_answer *a = app_null(app, property);
    for (uint32_t i = 0; a && i < nulls_rows(a); i++)
        if (nulls_row(a, i) == row)
            return a->final[nulls_part(a, i)];
    return false;
}

void app_say(struct app *app, bool bad, const char *fmt, ...)
{
    struct err clean; /* printable, and with its end */
    va_list ap;
    va_start(ap, fmt);
    err_vset(&clean, STATUS_OK, fmt, ap);
    va_end(ap);
    snprintf(app->message.text, sizeof app->message.text, "%s", clean.msg);
    app->message.bad = bad;
    log_add(&app->log, bad, app->message.text);
}

void app_heard(struct app *app, const char *line)
{
    struct err clean;
    err_set(&clean, STATUS_OK, "%s", line);
    log_add(&app->log, false, clean.msg);
    if (!app->message.text[0]) {
        snprintf(app->message.text, sizeof app->message.text, "%.200s (E lists messages)",
                 clean.msg);
        app->message.bad = true;
    }
}

int app_view_rows(const struct app *app)
{
    return app->rows - 4;
}

/* Sigma and filters of the file at hand go to its session and its engine. */
enum status app_conditions_changed(struct app *app, struct err *err)
{
    app->conditions++;
    return app_file_changed(app, file_here(app), err);
}

enum status app_file_changed(struct app *app, struct app_file *f, struct err *err)
{
    struct analysis_params params = f->session.params;
    params.sigma = app->sigma / 100;
    f->sigma = app->sigma;
    analysis_set_params(&f->session, &params);
    analysis_changed(&f->session);
    double lambda = f->counts.lambda_percent;
    enum status code = engine_set(f->engine, &params, lambda, &f->session.filters, err);
    if (!code && f->nulls)
        code = nulls_set(f->nulls, &params, lambda, &f->session.filters, err);
    return code;
}

unsigned app_context(const struct app *app)
{
    if (app->prompt.kind)
        return CTX_PROMPT;
    if (app->help.open)
        return CTX_HELP;
    if (!app->panel.kind)
        return 1u << app->at.view;
    return app->panel.kind->context ? app->panel.kind->context : CTX_PANEL;
}

static enum status step_file(struct app *app, size_t by, struct err *err)
{
    if (app->files < 2)
        return err_set(err, STATUS_NOTFOUND, "there is only this file");
    return app_show_file(app, (app->here + by) % app->files, err);
}

static void go_to_view(struct app *app, int view)
{
    app->at.view = (enum view_id)view;
}

/* Marks what is under the cursor, or unmarks it. */
static enum status mark_here(struct app *app, struct err *err)
{
    const struct view *view = view_current(app);
    struct buf set = BUF_INIT;
    enum status code = STATUS_OK;
    if (!view->set || !view->set(app, SET_CURSOR, &set))
        code = err_set(err, STATUS_NOTFOUND, "there is nothing here to mark");
    else
        code = marks_flip(app, buf_text(&set), err);
    buf_free(&set);
    return code;
}

static void step_layer(struct app *app, int by)
{
    uint32_t layers = app_file(app)->counts.layers;
    if (by < 0 && app->at.layer > 0)
        app->at.layer--;
    else if (by > 0 && app->at.layer + 1 < layers)
        app->at.layer++;
}

static void step_property(struct app *app, uint32_t by)
{
    app->at.property = (app->at.property + by) % app_session(app)->names.count;
}

void app_quit(struct app *app, bool print)
{
    app->quit = true;
    app->print = print;
}

/* Any view, not only the one shown, may have something to ask first. */
static enum status ask_to_quit(struct app *app, bool print, struct err *err)
{
    for (int v = 0; v < VIEW_COUNT; v++) {
        const struct view *view = view_of((enum view_id)v);
        if (view->leave && view->leave(app, print, err))
            return err->code;
    }
    app_quit(app, print);
    return STATUS_OK;
}

/* The glyphs of points and those of curves are chosen apart. */
static void step_glyphs(struct app *app)
{
    enum plot_glyphs *g = view_current(app)->points ? &app->glyphs.points : &app->glyphs.curves;
    *g = (*g + 1) % PLOT_GLYPHS_COUNT;
}

/* Actions that mean the same in every view. */
static enum status apply_common(struct app *app, enum action action, long arg, struct err *err)
{
    uint32_t properties = app_session(app)->names.count;
    switch (action) {
    case ACTION_HELP: return help_open(app, err);
    case ACTION_QUIT:
    case ACTION_QUIT_PRINT: return ask_to_quit(app, action == ACTION_QUIT_PRINT, err);
    case ACTION_PREV_LAYER: step_layer(app, -1); break;
    case ACTION_NEXT_LAYER: step_layer(app, 1); break;
    case ACTION_NEXT_VIEW: go_to_view(app, (app->at.view + 1) % VIEW_COUNT); break;
    case ACTION_PREV_VIEW: go_to_view(app, (app->at.view + VIEW_COUNT - 1) % VIEW_COUNT); break;
    case ACTION_ANY_DIGIT:
        if (arg < 1 || arg > VIEW_COUNT)
            return err_set(err, STATUS_NOTFOUND, "there is no view %ld", arg);
        go_to_view(app, (int)arg - 1);
        break;
    case ACTION_NEXT_PROPERTY: step_property(app, 1); break;
    case ACTION_PREV_PROPERTY: step_property(app, properties - 1); break;
    case ACTION_SIGMA_UP: return conditions_set_sigma(app, app->sigma + 5, err);
    case ACTION_SIGMA_DOWN: return conditions_set_sigma(app, app->sigma - 5, err);
    case ACTION_NEXT_LAMBDA: return conditions_next_lambda(app, err);
    case ACTION_SET_SIGMA: conditions_ask_sigma(app); break;
    case ACTION_CONDITIONS: return conditions_open(app, err);
    case ACTION_NEXT_FILE: return step_file(app, 1, err);
    case ACTION_PREV_FILE: return step_file(app, app->files - 1, err);
    case ACTION_GLYPHS: step_glyphs(app); break;
    case ACTION_GROUPS: return legend_open(app, err);
    case ACTION_SAVE: save_open(app); break;
    case ACTION_BACK: return history_step(app, -1, err);
    case ACTION_AGAIN: return history_step(app, 1, err);
    case ACTION_MARK: return mark_here(app, err);
    case ACTION_MARK_MANY: return marks_open_many(app, err);
    case ACTION_SETS: return marks_open_sets(app, err);
    case ACTION_COPY: return copy_open(app, err);
    case ACTION_INFO: return info_open(app, err);
    case ACTION_OPTIONS: return options_open(app, err);
    case ACTION_REDRAW: app->redraw = true; break;
    case ACTION_LOG: return log_open(app, err);
    case ACTION_MOUSE:
        app->mouse = !app->mouse;
        app_say(app, false, app->mouse ? "mouse on: Shift selects text" : "mouse off");
        break;
    default: break;
    }
    return STATUS_OK;
}

/* A list that shows the layer at hand follows it. */
static enum status apply_layer_in_panel(struct app *app, enum action action, struct err *err)
{
    step_layer(app, action == ACTION_PREV_LAYER ? -1 : 1);
    return app->panel.kind->layer ? app->panel.kind->layer(app, err) : STATUS_OK;
}

/*
 * Keys of a panel, a text or the menu of copies. Help and redraw work in them as in the views;
 * searching and filtering come before the panel's own actions.
 */
static enum status apply_in_panel(struct app *app, enum action action, long arg, struct err *err)
{
    if (action == ACTION_PREV_LAYER || action == ACTION_NEXT_LAYER)
        return apply_layer_in_panel(app, action, err);
    if (action == ACTION_HELP || action == ACTION_REDRAW)
        return apply_common(app, action, arg, err);
    if (lists_apply(app, action, err))
        return err->code;
    return panel_apply(app, action, arg, err);
}

/* True if ACTION leaves all but what follows the cursor as it is. */
static bool only_moves(const struct app *app, enum action action)
{
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_FIRST:
    case ACTION_LAST:
    case ACTION_NEXT_MATCH:
    case ACTION_PREV_MATCH: return true;
    case ACTION_PREV_LAYER:
    case ACTION_NEXT_LAYER: return view_current(app)->layer_cursor;
    default: return false;
    }
}

/*
 * What a view borrows of results that are gone, it gets anew before anything looks at it.  Where
 * the layer is the view's cursor, what follows it may wait.
 */
static void catch_up(struct app *app)
{
    const struct place *a = &app->at, *b = &app->prepared.at;
    if (app->prepared.conditions != app->conditions || a->view != b->view ||
        a->property != b->property || (a->layer != b->layer && !view_of(a->view)->layer_cursor))
        app_prepare(app);
}

/*
 * The context decides who gets the action: the prompt, the help, a panel, else the view, then its
 * list, then what all views share. Results may have become invalid between two keys, so they are
 * renewed before the action and after it. Going back and forth is not recorded in the history.
 */
enum status app_apply(struct app *app, enum action action, long arg)
{
    struct err err = {STATUS_OK, ""};
    unsigned context = app_context(app);
    const struct view *view = view_current(app);
    if (action <= ACTION_NONE || action >= ACTION_END || !action_entry(action, context))
        return STATUS_USAGE;
    app->message.text[0] = '\0';
    if (changed_refuses(app, action, context, &err)) {
        app_say(app, true, "%s", err.msg);
        return err.code;
    }
    catch_up(app);
    app->moved = only_moves(app, action);
    history_before(app);
    if (context == CTX_PROMPT)
        err.code = prompt_apply(app, action, arg, &err);
    else if (context == CTX_HELP)
        err.code = help_apply(app, action, &err);
    else if (context & (CTX_PANEL | CTX_TEXT | CTX_COPY))
        err.code = apply_in_panel(app, action, arg, &err);
    else if (action >= ACTION_OWN)
        view->own[action - ACTION_OWN].apply(app, &err);
    else if ((!view->apply || !view->apply(app, action, arg, &err)) &&
             !lists_apply(app, action, &err))
        err.code = apply_common(app, action, arg, &err);
    catch_up(app);
    if (action != ACTION_BACK && action != ACTION_AGAIN)
        history_after(app);
    /* A prompt says its errors where it stands. */
    if (err.code && !app->prompt.kind)
        app_say(app, err.code != STATUS_NOTFOUND, "%s", err.msg);
    return err.code;
}

enum status app_key(struct app *app, uint32_t key)
{
    long arg;
    enum action action = action_for_key(key, app_context(app), &arg);
    return action ? app_apply(app, action, arg) : STATUS_OK;
}

/* What chance gives is for views that show it, and comes after what they show besides. */
static void app_focus_nulls(struct app *app)
{
    const struct view *view = view_current(app);
    for (size_t i = 0; i < app->files; i++) {
        struct app_file *f = &app->file[i];
        if (!f->open || !f->nulls)
            continue;
        enum nulls_want want = NULLS_NOTHING;
        if (i == app->here && !app->nulls_stopped &&
            (view->needs == NEEDS_NULLS || engine_missing(f->engine) == 0))
            want = view->nulls;
        nulls_follow(f->nulls, &f->session.names);
        nulls_focus(f->nulls, want, app->at.property, app->at.layer);
    }
}

static void app_focus(struct app *app)
{
    for (size_t i = 0; i < app->files; i++)
        if (app->file[i].open)
            engine_follow(app->file[i].engine, &app->file[i].session.names);
    engine_focus(app_file(app)->engine, app->at.property, app->at.layer,
                 view_current(app)->needs == NEEDS_MAPS);
    app_focus_nulls(app);
}

void app_prepare(struct app *app)
{
    struct err err = {STATUS_OK, ""};
    app_focus(app);
    if (app_file(app)->nulls)
        app->nulls_stamp += nulls_take(app_file(app)->nulls);
    app->prepared = (struct app_prepared){app->conditions, app->at};
    if (!app->lag)
        app->looked = app->at.layer;
    if (app->help.open)
        help_prepare(app, &err);
    if (view_current(app)->prepare && view_current(app)->prepare(app, &err) &&
        !app->message.text[0])
        app_say(app, true, "%s", err.msg);
}

/* What is seen comes first: others are waited for only where everything is asked for. */
static void settle_all(struct app *app, bool everything, int ms)
{
    app_open_all(app);
    for (size_t i = 0; i < app->files; i++)
        if (app->file[i].open)
            engine_finish(app->file[i].engine, false, everything || i == app->here ? ms : 0);
}

void app_settle(struct app *app, bool everything, int ms)
{
    enum view_needs needs = view_current(app)->needs;
    app_focus(app);
    if (needs == NEEDS_NULLS) {
        if (app_file(app)->nulls)
            nulls_finish(app_file(app)->nulls, ms);
    } else if (needs == NEEDS_FILES)
        settle_all(app, everything, ms);
    else if (needs != NEEDS_NOTHING)
        engine_finish(app_file(app)->engine, !everything || needs != NEEDS_FILE, ms);
}

size_t app_missing(const struct app *app)
{
    size_t n = 0;
    for (size_t i = 0; i < app->files; i++)
        if (app->file[i].open && (i == app->here || view_current(app)->needs == NEEDS_FILES))
            n += engine_missing(app->file[i].engine);
    return n;
}

void app_progress(const struct app *app, char *text, size_t size)
{
    if (view_current(app)->needs == NEEDS_NULLS && app_file(app)->nulls)
        snprintf(text, size, "%s %% of the labelings",
                 number_fixed(floor(100 * nulls_share(app_file(app)->nulls)), 0).text);
    else
        snprintf(text, size, "computing, %zu to go", app_missing(app));
}

bool app_settled(const struct app *app)
{
    switch (view_current(app)->needs) {
    case NEEDS_NOTHING: return true;
    case NEEDS_FILE:
    case NEEDS_FILES: return app_missing(app) == 0;
    case NEEDS_NULLS: return !app_file(app)->nulls || nulls_complete(app_file(app)->nulls);
    case NEEDS_MAPS: break;
    }
    for (uint32_t l = 0; l <= app->at.layer; l++)
        if (!app_result(app, app->at.property, l))
            return false;
    return true;
}

int app_due(const struct app *app)
{
    const struct view *view = view_current(app);
    return view->due ? view->due(app) : -1;
}

bool app_look(struct app *app)
{
    const struct view *view = view_current(app);
    return view->look && view->look(app);
}
