/*
 * Places as command-line options, and back (link.h): one form for links that are copied, for
 * history and for the last session.
 */
#include "config.h"

#include "explorer/link.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shell_quote.h"
#include "base/number.h"
#include "explorer/lists.h"
#include "explorer/view.h"
#include "formats/setfile.h"

const char *const link_glyphs[PLOT_GLYPHS_COUNT] = {"letters", "braille", "blocks"};

void link_free(struct link *l)
{
    buf_free(&l->text);
}

void link_add(struct link *l, const char *name, const char *fmt, ...)
{
    char text[1200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    buf_add(&l->text, name, strlen(name) + 1);
    buf_add(&l->text, text, strlen(text) + 1);
}

bool link_next(const struct link *l, size_t *at, const char **name, const char **value)
{
    if (*at >= l->text.len)
        return false;
    *name = l->text.data + *at;
    *value = *name + strlen(*name) + 1;
    *at = (size_t)(*value - l->text.data) + strlen(*value) + 1;
    return true;
}

static bool is_cursor(const char *name)
{
    static const char *const names[] = {"layer", "phone", "select", "search", "pane"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The next option that says more than where a cursor is. */
static bool next_solid(const struct link *l, size_t *at, const char **name, const char **value)
{
    while (link_next(l, at, name, value))
        if (!is_cursor(*name))
            return true;
    return false;
}

const char *link_first_difference(const struct link *a, const struct link *b)
{
    const char *n, *v, *name, *value;
    size_t i = 0, k = 0;
    for (;;) {
        bool one = next_solid(a, &i, &n, &v), two = next_solid(b, &k, &name, &value);
        if (!one || !two)
            return one ? n : two ? name : "";
        if (strcmp(n, name) != 0 || strcmp(v, value) != 0)
            return name;
    }
}

bool link_differs(const struct link *a, const struct link *b)
{
    return link_first_difference(a, b)[0] != '\0';
}

/*
 * Conditions as "--where factor=level,level". The option is added by hand because link_add cuts
 * long values: a factor may have hundreds of levels. No level at all is written as "(none)".
 */
static void tell_filters(const struct app *app, struct link *out)
{
    const struct query_filters *f = &app_session(app)->filters;
    const struct counts *c = &app_file(app)->counts;
    for (uint32_t i = 0; i < f->count; i++) {
        const struct counts_factor *factor = &c->factor[f->filter[i].factor];
        struct buf b = BUF_INIT;
        const char *glue = "";
        for (uint32_t k = 0; k < factor->levels; k++)
            if (f->filter[i].allow[k]) {
                buf_printf(&b, "%s%s", glue, level_label(factor->level[k]));
                glue = ",";
            }
        buf_add(&out->text, "where", sizeof "where");
        buf_printf(&out->text, "%s=%s", factor->name, *glue ? buf_text(&b) : "(none)");
        buf_add(&out->text, "", 1);
        buf_free(&b);
    }
}

void link_tell_basis(const struct app *app, struct link *out)
{
    const struct counts *c = &app_file(app)->counts;
    link_add(out, "sigma", "%s", number_short(app->sigma, 10).text);
    if (c->lambdas > 1)
        link_add(out, "lambda", "%s", number_short(c->lambda_percent, 10).text);
    tell_filters(app, out);
}

void link_tell(const struct app *app, struct link *out)
{
    const struct view *view = view_current(app);
    if (app->here)
        link_add(out, "file", "%zu", app->here + 1);
    link_add(out, "view", "%s", view_name(app->at.view));
    link_add(out, "property", "%s", app_property(app));
    link_add(out, "layer", "%u", app->at.layer + 1);
    link_tell_basis(app, out);
    if (app->phone[0])
        link_add(out, "phone", "%s", app->phone);
    if (view->points || app->glyphs.curves != PLOT_BRAILLE)
        link_add(out, "marks", "%s",
                 link_glyphs[view->points ? app->glyphs.points : app->glyphs.curves]);
    if (view->tell)
        view->tell(app, out);
}

void link_tell_list(const struct grid *g, struct link *out)
{
    char text[80];
    grid_sort_text(g, text, sizeof text);
    if (text[0])
        link_add(out, "sort", "%s", text);
    if (g->filter[0])
        link_add(out, "filter", "%s", g->filter);
    if (g->search[0])
        link_add(out, "search", "%s", g->search);
}

static enum status take_view(struct app *app, const char *name, struct err *err)
{
    char list[128] = "";
    size_t used = 0;
    if (view_find(name) != VIEW_COUNT) {
        app->at.view = view_find(name);
        return STATUS_OK;
    }
    for (int v = 0; v < VIEW_COUNT && used < sizeof list; v++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", v ? ", " : "",
                                 view_name((enum view_id)v));
    return err_set(err, STATUS_USAGE, "no view '%s'; there are %s", name, list);
}

/* Unknown names are reported with the list of those that the file has. */
static enum status take_property(struct app *app, const char *name, struct err *err)
{
    uint32_t p = app_find_property(app, name);
    const struct names *names = &app_session(app)->names;
    char list[256] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < names->count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
                                 names->name[i]);
    if (used < sizeof list && app->phones.features)
        snprintf(list + used, sizeof list - used, ", or a phone feature such as %s",
                 app->phones.feature[0].name);
    if (p == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "%s: no property '%s'; there are %s",
                       app_file(app)->path, name, list);
    app->at.property = p;
    return STATUS_OK;
}

static enum status take_layer(struct app *app, const char *value, struct err *err)
{
    unsigned long n = strtoul(value, NULL, 10);
    uint32_t layers = app_file(app)->counts.layers;
    if (n < 1 || n > layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %s, there are %u", app_file(app)->path,
                       value, layers);
    app->at.layer = (uint32_t)n - 1;
    return STATUS_OK;
}

/* A phone as a person may write it (ah, AH0, sil); the file's own label is kept. */
static enum status take_phone(struct app *app, const char *value, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    int factor = counts_find_factor(c, "phone");
    int level = analysis_find_phone(app_session(app), value, err);
    if (level < 0)
        return err->code;
    snprintf(app->phone, sizeof app->phone, "%s", c->factor[factor].level[level]);
    return STATUS_OK;
}

enum status link_unknown(const char *name, const char *value, struct err *err)
{
    return err_set(err, STATUS_USAGE, "--%s %.60s has no effect in this view", name, value);
}

enum status link_take_neuron(struct app *app, struct grid *g, const char *value, struct err *err)
{
    const char *slash = strchr(value, '/'), *number = slash ? slash + 1 : value;
    enum status code = slash ? take_layer(app, value, err) : STATUS_OK;
    if (code)
        return code;
    if (!*number || number[strspn(number, "0123456789")])
        return err_set(err, STATUS_USAGE, "--select takes a neuron, 412 or 7/412, not '%.40s'",
                       value);
    unsigned long n = strtoul(number, NULL, 10);
    uint32_t width = app_file(app)->counts.layer[app->at.layer].width;
    if (n >= width)
        return err_set(err, STATUS_NOTFOUND, "no neuron %.40s in layer %u (there are: 0 to %u)",
                       number, app->at.layer + 1, width - 1);
    grid_select(g, n);
    return STATUS_OK;
}

/* What sorts, filters and searches the list at hand. */
static enum status take_list(struct app *app, const char *name, const char *value, struct err *err)
{
    struct grid *g = lists_of_view(app);
    if (!g)
        return err_set(err, STATUS_USAGE, "--%s: this view has no list", name);
    if (strcmp(name, "sort") == 0)
        return grid_sort_by(g, value, err);
    if (strcmp(name, "filter") == 0)
        return grid_filter(g, value, NULL, err);
    snprintf(g->search, sizeof g->search, "%.127s", value);
    return STATUS_OK;
}

/* Letters, dots or blocks: of points in a view that draws these, else of curves. */
static enum status take_marks(struct app *app, const char *value, struct err *err)
{
    for (int i = 0; i < PLOT_GLYPHS_COUNT; i++)
        if (strcmp(value, link_glyphs[i]) == 0) {
            if (view_current(app)->points)
                app->glyphs.points = (enum plot_glyphs)i;
            else
                app->glyphs.curves = (enum plot_glyphs)i;
            return STATUS_OK;
        }
    return link_unknown("marks", value, err);
}

/*
 * Takes one option: those of every view first, all others are the view's. Options that results
 * depend on (file to lambda) were taken by take_first, since the others are looked up in what these
 * select.
 */
static enum status link_take(struct app *app, const char *name, const char *value, struct err *err)
{
    const struct view *view = view_current(app);
    static const char *const first[] = {"file", "view", "where", "sigma", "lambda"};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (strcmp(name, first[i]) == 0)
            return STATUS_OK; /* came first */
    if (strcmp(name, "property") == 0)
        return take_property(app, value, err);
    if (strcmp(name, "layer") == 0)
        return take_layer(app, value, err);
    if (strcmp(name, "phone") == 0)
        return take_phone(app, value, err);
    if (strcmp(name, "sort") == 0 || strcmp(name, "filter") == 0 || strcmp(name, "search") == 0)
        return take_list(app, name, value, err);
    if (strcmp(name, "marks") == 0)
        return take_marks(app, value, err);
    if (view->take)
        return view->take(app, name, value, err);
    return link_unknown(name, value, err);
}

static unsigned long file_number(const struct link *l)
{
    const char *name, *value;
    unsigned long n = 1;
    for (size_t at = 0; link_next(l, &at, &name, &value);)
        if (strcmp(name, "file") == 0)
            n = strtoul(value, NULL, 10);
    return n;
}

/* Sigma and conditions; results are forgotten where these are others now. */
static enum status take_basis(struct app *app, const struct link *l, struct err *err)
{
    struct app_file *f = &app->file[app->here];
    struct link before = LINK_INIT, after = LINK_INIT;
    const char *name, *value;
    enum status code = STATUS_OK;
    link_tell_basis(app, &before);
    query_filters_free(&f->session.filters);
    for (size_t at = 0; !code && link_next(l, &at, &name, &value);)
        if (strcmp(name, "sigma") == 0)
            app->sigma = strtod(value, NULL);
        else if (strcmp(name, "lambda") == 0)
            code = counts_choose(&f->counts, strtod(value, NULL), err);
        else if (strcmp(name, "where") == 0)
            code = query_filters_add(&f->session.filters, &f->counts, value, err);
    link_tell_basis(app, &after);
    if (!code && link_differs(&before, &after))
        code = app_conditions_changed(app, err);
    link_free(&before);
    link_free(&after);
    return code;
}

static enum status take_file(struct app *app, const struct link *l, struct err *err)
{
    unsigned long n = file_number(l);
    if (n < 1 || n > app->files)
        return err_set(err, STATUS_NOTFOUND, "no file number %lu, there are %zu", n, app->files);
    return n - 1 == app->here ? STATUS_OK : app_show_file(app, n - 1, err);
}

/* File, view and conditions: what all else depends on. */
static enum status take_first(struct app *app, const struct link *l, struct err *err)
{
    const char *name, *value;
    enum status code = take_file(app, l, err);
    if (!code)
        code = take_basis(app, l, err);
    for (size_t at = 0; !code && link_next(l, &at, &name, &value);)
        if (strcmp(name, "view") == 0)
            code = take_view(app, value, err);
    app->glyphs.curves = PLOT_BRAILLE;
    if (!code && view_current(app)->take)
        code = view_current(app)->take(app, NULL, NULL, err);
    return code;
}

enum status link_follow_basis(struct app *app, const struct link *l, struct err *err)
{
    enum status code = take_file(app, l, err);
    return code ? code : take_basis(app, l, err);
}

enum status link_follow(struct app *app, const struct link *l, struct err *err)
{
    const char *name, *value;
    enum status code = take_first(app, l, err);
    /* "--select" means a row of the list that the other options make. */
    for (int last = 0; last < 2; last++)
        for (size_t at = 0; !code && link_next(l, &at, &name, &value);)
            if ((strcmp(name, "select") == 0) == last)
                code = link_take(app, name, value, err);
    return code;
}

/* What is marked, and what has a name: as lists, whatever they were made of. */
static void command_sets(const struct app *app, struct buf *out)
{
    const struct named_sets *sets = &app->marked.sets;
    for (size_t i = 0; i < sets->count; i++) {
        const struct named_set *set = &sets->set[i];
        bool marks = strcmp(set->name, MARKS_NAME) == 0;
        struct buf text = BUF_INIT;
        if (marks && !neuron_set_total(&set->neurons))
            continue;
        if (!marks)
            buf_printf(&text, "%s=", set->name);
        settext_print(&set->neurons, &text);
        buf_str(out, marks ? " --mark " : " --define ");
        shell_quote(out, buf_text(&text));
        out->failed |= !buf_ok(&text);
        buf_free(&text);
    }
}

void link_command(const struct app *app, struct buf *out)
{
    struct link l = LINK_INIT;
    const char *name, *value;
    buf_str(out, "propneu explore");
    if (app->ascii)
        buf_str(out, " --ascii");
    if (app->nulls.none || app->nulls.draws)
        buf_printf(out, " --draws %llu", (unsigned long long)app->nulls.draws);
    if (app->nulls.seed)
        buf_printf(out, " --seed %llu", (unsigned long long)app->nulls.seed);
    link_tell(app, &l);
    for (size_t at = 0; link_next(&l, &at, &name, &value);) {
        buf_printf(out, " --%s ", name);
        shell_quote(out, value);
    }
    link_free(&l);
    command_sets(app, out);
    for (size_t i = 0; !app->unnamed && i < app->files; i++) {
        buf_str(out, app->file[i].path[0] == '-' ? " ./" : " ");
        shell_quote(out, app->file[i].path);
    }
}
