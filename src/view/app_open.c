#include "config.h"

#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propneu/mem.h"

static bool close_file(struct app_file *f)
{
    if (!f->open)
        return true;
    bool idle = engine_free(f->engine);
    analysis_free(&f->session);
    if (idle)
        counts_free(&f->counts);
    f->open = false;
    return idle;
}

/* An engine that tells its news already; NULL if F's is the first. */
static const struct engine *started(const struct app *app, const struct app_file *f)
{
    for (size_t i = 0; i < app->files; i++)
        if (app->file[i].open && &app->file[i] != f)
            return app->file[i].engine;
    return NULL;
}

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
    f->engine = engine_new(&f->counts, &app->phones, err);
    code = f->engine ? STATUS_OK : err->code;
    if (!code && f->session.names.count == 0)
        code = err_set(err, STATUS_UNSUPPORTED, "%s: has no factor 'phone', nothing to explore",
                       f->path);
    if (code) {
        close_file(f);
        return code;
    }
    if (app->threads)
        engine_start(f->engine, started(app, f));
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
    app->past = 0;
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

/* Names joined by ", " for a message. */
static void list_names(const struct names *names, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < names->count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", names->name[i]);
}

static enum status set_view(struct app *app, const char *name, struct err *err)
{
    static const char *const names[VIEW_COUNT] = {
#define VIEW_NAME(id, word, title) [VIEW_##id] = word,
        VIEWS(VIEW_NAME)
#undef VIEW_NAME
    };
    char list[128] = "";
    size_t used = 0;
    for (int v = 0; v < VIEW_COUNT; v++) {
        if (strcmp(names[v], name) == 0) {
            app->at.view = (enum view_id)v;
            return STATUS_OK;
        }
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", v ? ", " : "", names[v]);
    }
    return err_set(err, STATUS_USAGE, "no view '%s'; there are %s", name, list);
}

static enum status set_place(struct app *app, const struct app_options *o, struct err *err)
{
    const struct app_file *f = app_file(app);
    char list[256];
    enum status code = o->view ? set_view(app, o->view, err) : STATUS_OK;
    if (code)
        return code;
    if (o->layer > f->counts.layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %lu, there are %u", f->path, o->layer,
                       f->counts.layers);
    app->at.layer = o->layer ? (uint32_t)o->layer - 1 : 0;
    if (o->property) {
        uint32_t p = names_find(&f->session.names, o->property);
        list_names(&f->session.names, list, sizeof list);
        if (p == NAMES_NONE)
            return err_set(err, STATUS_NOTFOUND, "%s: no property '%s'; there are %s", f->path,
                           o->property, list);
        app->at.property = p;
    }
    if (o->lambda > 0) {
        code = counts_choose(&app->file[app->here].counts, o->lambda, err);
        if (!code)
            code = app_conditions_changed(app, err);
    }
    for (size_t i = 0; !code && i < o->wheres; i++)
        code =
            query_filters_add(&app->file[app->here].session.filters, &f->counts, o->where[i], err);
    if (!code && o->wheres)
        code = app_conditions_changed(app, err);
    if (!code && o->phone) {
        int factor = counts_find_factor(&f->counts, "phone");
        int level = analysis_find_phone(&f->session, o->phone, err);
        if (level < 0)
            return err->code;
        snprintf(app->phone, sizeof app->phone, "%s", f->counts.factor[factor].level[level]);
    }
    return code;
}

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
static void forget(struct app *app)
{
    for (int v = 0; v < VIEW_COUNT; v++) {
        if (app->state[v] && view_of((enum view_id)v)->free)
            view_of((enum view_id)v)->free(app);
        free(app->state[v]);
        app->state[v] = NULL;
    }
    panel_close(&app->panel);
}

/* With files but nothing else: the first file at the place asked for. */
static enum status begin(struct app *app, const struct app_options *options, struct err *err)
{
    app->sigma = options->sigma > 0 ? options->sigma : 80;
    app->lines = PLOT_BRAILLE;
    enum status code = make_states(app) ? app_show_file(app, 0, err) : err_nomem(err);
    return code ? code : set_place(app, options, err);
}

enum status app_init(struct app *app, const char *const *path, size_t files,
                     const struct app_options *options, struct err *err)
{
    *app = (struct app){.cols = options->cols,
                        .rows = options->rows,
                        .ascii = options->ascii,
                        .threads = options->threads,
                        .mouse = options->mouse,
                        .a11y = options->a11y};
    app->files = files < APP_MAX_FILES ? files : APP_MAX_FILES;
    for (size_t i = 0; i < app->files; i++)
        app->file[i].path = path[i];
    enum status code = phones_open(&app->phones, NULL, err);
    if (code)
        return code;
    code = begin(app, options, err);
    if (code)
        app_free(app);
    return code;
}

enum status app_restart(struct app *app, const struct app_options *options, struct err *err)
{
    forget(app);
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
                        .mouse = app->mouse,
                        .a11y = app->a11y,
                        .log = app->log};
    memcpy(fresh.file, app->file, sizeof fresh.file);
    *app = fresh;
    return begin(app, options, err);
}

void app_free(struct app *app)
{
    bool idle = true;
    forget(app);
    for (size_t i = 0; i < app->files; i++)
        idle &= close_file(&app->file[i]);
    if (idle)
        phones_free(&app->phones);
}
