/*
 * app_open.c - opening and closing the explorer and its files, and going to the first place.
 */
#include "config.h"

#include "explorer/lists.h"
#include "explorer/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/setexpr.h"
#include "base/mem.h"
#include "base/number.h"
#include "formats/cachefile.h"

static void close_file(struct app_file *f)
{
    if (!f->open)
        return;
    nulls_free(f->nulls); /* tells the engine */
    engine_free(f->engine);
    f->nulls = NULL;
    analysis_free(&f->session);
    counts_free(&f->counts);
    f->open = false;
}

/* An engine that tells its news already; NULL if F's is the first. */
static const struct engine *app_open_started(const struct app *app, const struct app_file *f)
{
    for (size_t i = 0; i < app->files; i++)
        if (app->file[i].open && &app->file[i] != f)
            return app->file[i].engine;
    return NULL;
}

/* What computes nulls for F; the cache is for sessions alone, so that prints depend on no other. */
static enum status app_open_nulls(const struct app *app, struct app_file *f, struct err *err)
{
    struct nulls_options o = {.draws = app->nulls.draws, .seed = app->nulls.seed};
    if (app->nulls.none)
        return STATUS_OK;
    o.cache = app->threads ? cache_folder("nulls") : NULL;
    f->nulls = nulls_new(&f->counts, &app->phones, f->engine, &o, err);
    free(o.cache);
    return f->nulls ? STATUS_OK : err->code;
}

/*
 * Opens file I with a session for the screen and an engine for its threads; nothing if it is open.
 * The file is marked open before the engine is made, so that close_file frees everything on a later
 * failure. Files without phones have no property to show and are refused.
 */
static enum status open_file(struct app *app, size_t i, struct err *err)
{
    struct app_file *f = &app->file[i];
    if (f->open)
        return STATUS_OK;
    enum status code = counts_open(&f->counts, f->path, err);
    if (code)
        return code;
    code = analysis_init(&f->session, &f->counts, &app->phones, err);
    if (code) {
        counts_free(&f->counts);
        return err_prefix(err, "%s", f->path);
    }
    f->open = true;
    for (uint32_t p = 0; app_file(app)->open && p < app_session(app)->names.count; p++)
        if (phones_feature(&app->phones, app_session(app)->names.name[p],
                           strlen(app_session(app)->names.name[p])))
            analysis_find(&f->session, app_session(app)->names.name[p]);
    f->session.sets = &app->marked.sets;
    f->engine = engine_new(&f->counts, &app->phones, err);
    code = f->engine ? app_open_nulls(app, f, err) : err->code;
    if (!code && f->session.names.count == 0)
        code = err_set(err, STATUS_UNSUPPORTED, "%s: has no factor 'phone', nothing to explore",
                       f->path);
    if (code) {
        close_file(f);
        return code;
    }
    if (app->threads) {
        engine_start(f->engine, app_open_started(app, f));
        if (f->nulls)
            nulls_start(f->nulls);
    }
    return STATUS_OK;
}

/* The first property the file can answer for: probabilities, unlike counts, do not add up. */
static uint32_t first_property(struct analysis *session)
{
    const struct property *property;
    struct err ignored;
    for (uint32_t p = 0; p < session->names.count; p++)
        if (analysis_property(session, session->names.name[p], &property, &ignored) == STATUS_OK)
            return p;
    return 0;
}

/* Layer and property of the same name where the new file has them. */
enum status app_show_file(struct app *app, size_t i, struct err *err)
{
    char property[128] = "";
    if (app_file(app)->open)
        snprintf(property, sizeof property, "%s", app_property(app));
    enum status code = open_file(app, i, err);
    if (code)
        return code;
    app->here = i;
    uint32_t p = names_find(&app_session(app)->names, property);
    app->at.property = p == NAMES_NONE ? first_property(&app->file[i].session) : p;
    if (app->at.layer >= app_file(app)->counts.layers)
        app->at.layer = app_file(app)->counts.layers - 1;
    if (app->file[i].sigma == app->sigma)
        app->conditions++; /* the results are still good */
    else
        code = app_conditions_changed(app, err);
    for (int v = 0; !code && v < VIEW_COUNT; v++)
        if (view_of((enum view_id)v)->init)
            code = view_of((enum view_id)v)->init(app, err);
    return code;
}

void app_open_all(struct app *app)
{
    for (size_t i = 0; i < app->files; i++) {
        struct app_file *f = &app->file[i];
        struct err err = {STATUS_OK, ""};
        if (f->why[0])
            continue;
        enum status code = open_file(app, i, &err);
        if (!code && f->sigma != app->sigma)
            code = app_file_changed(app, f, &err);
        if (code)
            snprintf(f->why, sizeof f->why, "%.255s", err.msg);
    }
}

/* The way to the place asked for. */
static enum status make_link(struct link *l, const struct app_options *o, struct err *err)
{
    if (o->view)
        link_add(l, "view", "%s", o->view);
    if (o->property)
        link_add(l, "property", "%s", o->property);
    if (o->layer)
        link_add(l, "layer", "%lu", o->layer);
    if (o->lambda > 0)
        link_add(l, "lambda", "%s", number_short(o->lambda, 10).text);
    for (size_t i = 0; i < o->wheres; i++)
        link_add(l, "where", "%s", o->where[i]);
    if (o->phone)
        link_add(l, "phone", "%s", o->phone);
    if (o->link)
        buf_add(&l->text, buf_text(&o->link->text), o->link->text.len);
    return buf_ok(&l->text) ? STATUS_OK : err_nomem(err);
}

/* The row asked for must be there. */
static enum status check_row(struct app *app, struct err *err)
{
    const struct grid *g = lists_of_view(app);
    if (!g || !g->wanted)
        return STATUS_OK;
    app_prepare(app);
    if (!g->wanted)
        return STATUS_OK;
    return err_set(err, STATUS_NOTFOUND, "%s: %s %llu is not among the %zu listed",
                   app_file(app)->path, g->column[0].name, (unsigned long long)g->want, g->count);
}

/* Marks and names are sets under the conditions asked for; the place may speak of them. */
static enum status set_place(struct app *app, const struct app_options *o, struct err *err)
{
    struct link l = LINK_INIT;
    enum status code = make_link(&l, o, err);
    if (!code && (o->defines || o->marks))
        code = link_follow_basis(app, &l, err);
    for (size_t i = 0; !code && i < o->defines; i++)
        code = marks_define(app, o->define[i], err);
    for (size_t i = 0; !code && i < o->marks; i++)
        code = marks_change(app, '|', o->mark[i], SETEXPR_EVERY, NULL, err);
    app->message.text[0] = '\0';
    if (!code && l.text.len)
        code = link_follow(app, &l, err);
    if (!code && l.text.len)
        code = check_row(app, err);
    link_free(&l);
    return code;
}

/*
 * One zeroed block for each view. At least one byte, so that NULL can only mean that there is no
 * memory.
 */
static bool make_states(struct app *app)
{
    for (int v = 0; v < VIEW_COUNT; v++) {
        app->state[v] = mem_zeros(
            1, view_of((enum view_id)v)->state_size ? view_of((enum view_id)v)->state_size : 1);
        if (!app->state[v])
            return false;
    }
    return true;
}

/* Frees all but the files. */
static void app_open_forget(struct app *app)
{
    for (int v = 0; v < VIEW_COUNT; v++) {
        if (app->state[v] && view_of((enum view_id)v)->free)
            view_of((enum view_id)v)->free(app);
        free(app->state[v]);
        app->state[v] = NULL;
    }
    panel_close(&app->panel);
    grid_free(&app->help.grid);
    history_free(&app->history);
    marks_free(&app->marked);
    buf_free(&app->clip.text);
}

/* With files but nothing else: the first file at the place asked for. */
static enum status app_open_begin(struct app *app, const struct app_options *options,
                                  struct err *err)
{
    app->sigma = options->sigma > 0 ? options->sigma : 80;
    app->glyphs.curves = PLOT_BRAILLE;
    app->glyphs.points = options->glyphs;
    app->settings = (struct app_settings){options->config_path, options->color};
    app->unnamed = options->unnamed;
    enum status code = marks_init(&app->marked, err);
    if (!code)
        code = make_states(app) ? app_show_file(app, 0, err) : err_nomem(err);
    return code ? code : set_place(app, options, err);
}

/*
 * Paths are borrowed and files opened when they are first shown. The phone table is read first:
 * sessions and engines of all files share it.
 */
enum status app_init(struct app *app, const char *const *path, size_t files,
                     const struct app_options *options, struct err *err)
{
    *app = (struct app){.cols = options->cols,
                        .rows = options->rows,
                        .ascii = options->ascii,
                        .threads = options->threads,
                        .nulls = options->nulls,
                        .mouse = options->mouse,
                        .a11y = options->a11y};
    app->files = files < APP_MAX_FILES ? files : APP_MAX_FILES;
    for (size_t i = 0; i < app->files; i++)
        app->file[i].path = path[i];
    enum status code = phones_open_list(&app->phones, NULL, err);
    if (code)
        return code;
    code = app_open_begin(app, options, err);
    if (code)
        app_free(app);
    return code;
}

/*
 * A fresh state around the files that are open, since reading them and starting their engines takes
 * longest. Their filters are dropped and lambda goes back to the file's first; sigma 0 makes the
 * first use compute everything.
 */
enum status app_restart(struct app *app, const struct app_options *options, struct err *err)
{
    app_open_forget(app);
    for (size_t i = 0; i < app->files; i++)
        if (app->file[i].open) {
            query_filters_free(&app->file[i].session.filters);
            app->file[i].sigma = 0;
            if (app->file[i].counts.lambdas)
                counts_choose(&app->file[i].counts, app->file[i].counts.lambda[0],
                              &(struct err){STATUS_OK, ""});
        }
    struct app fresh = {.phones = app->phones,
                        .files = app->files,
                        .cols = app->cols,
                        .rows = app->rows,
                        .ascii = app->ascii,
                        .threads = app->threads,
                        .nulls = app->nulls,
                        .mouse = app->mouse,
                        .a11y = app->a11y,
                        .log = app->log};
    memcpy(fresh.file, app->file, sizeof fresh.file);
    *app = fresh;
    return app_open_begin(app, options, err);
}

void app_free(struct app *app)
{
    /* All threads are asked to end before one is waited for. */
    for (size_t i = 0; i < app->files; i++)
        if (app->file[i].open) {
            engine_ask_to_stop(app->file[i].engine);
            nulls_ask_to_stop(app->file[i].nulls);
        }
    app_open_forget(app);
    for (size_t i = 0; i < app->files; i++)
        close_file(&app->file[i]);
    phones_free(&app->phones);
}
