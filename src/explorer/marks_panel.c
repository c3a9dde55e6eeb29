/*
 * marks_panel.c - the panels of the marks and of sets with a name, and what their lines do.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/setexpr.h"
#include "explorer/view.h"

/* What a line does; its value is the set it is about. */
enum {
    DO_MARK,
    DO_UNMARK,
    DO_UNMARK_ALL,
    DO_BEFORE,
    DO_OPEN,    /* the panel of one set */
    DO_LOOK,    /* at its neurons */
    DO_REPLACE, /* the marks become it */
    DO_EXPRESSION,
    DO_NAME,
    DO_SAVE,
    DO_LOAD,
    DO_FORGET
};

static enum status marks_choose(struct app *app, const struct panel_line *line, struct err *err);

static const struct panel_kind mark_panel = {
    .look = PANEL_MENU, .choose = marks_choose, .layer = marks_open_many};
static const struct panel_kind sets_panel = {
    .look = PANEL_MENU, .choose = marks_choose, .layer = marks_open_sets};
static const struct panel_kind set_panel = {.look = PANEL_MENU, .choose = marks_choose};

/* Neurons of the set TEXT; CURRENT as in marks_evaluate. */
static size_t marks_size_of(struct app *app, const char *text, uint32_t current)
{
    struct neuron_set set;
    struct err ignored;
    if (marks_evaluate(app, text, current, &set, NULL, &ignored))
        return 0;
    size_t n = neuron_set_total(&set);
    neuron_set_free(&set);
    return n;
}

static enum status marks_add_line(struct app *app, unsigned what, const char *value,
                                  struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

static enum status marks_add_line(struct app *app, unsigned what, const char *value,
                                  struct err *err, const char *fmt, ...)
{
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return panel_add_value(&app->panel, what, text, value, err);
}

/* A set of the layer at hand that could be marked. */
static enum status marks_add_set(struct app *app, const char *value, struct err *err)
{
    size_t n = marks_size_of(app, value, app->at.layer);
    return marks_add_line(app, DO_MARK, value, err, "mark %-28.60s %6zu", value, n);
}

/* NAME as a set expression has it: in quotes only where it must be. */
static void marks_put_name(struct buf *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    buf_printf(out, *name && !name[strspn(name, plain)] ? "%s" : "\"%s\"", name);
}

/*
 * The property's neurons and those of each group. Properties of more than 12 groups (speaker, each-
 * phone) would fill the screen: only the whole is offered.
 */
static enum status marks_add_groups(struct app *app, struct err *err)
{
    struct analysis *a = &app->file[app->here].session;
    const struct property *p;
    struct err ignored;
    enum status code = marks_add_set(app, app_property(app), err);
    if (analysis_property(a, app_property(app), &p, &ignored))
        return code;
    for (uint32_t g = 0; !code && p->groups <= 12 && g < p->groups; g++) {
        struct buf b = BUF_INIT;
        marks_put_name(&b, p->name);
        buf_str(&b, "=");
        marks_put_name(&b, p->group.name[g]);
        code = marks_add_set(app, buf_text(&b), err);
        buf_free(&b);
    }
    return code;
}

/* What the view lists, and what its cursor is on. */
static enum status marks_add_listed(struct app *app, struct err *err)
{
    const struct view *view = view_current(app);
    struct buf all = BUF_INIT;
    enum status code = STATUS_OK;
    if (view->set && view->set(app, SET_LISTED, &all)) {
        const char *value = buf_text(&all);
        size_t n = marks_size_of(app, value, app->at.layer);
        char name[40];
        snprintf(name, sizeof name, "%.39s", value[0] == '{' ? "what is listed" : value);
        code = marks_add_line(app, DO_MARK, value, err, "mark %-28s %6zu", name, n);
        if (!code)
            code = marks_add_line(app, DO_UNMARK, value, err, "unmark %-26s %6zu", name, n);
    }
    buf_free(&all);
    return code;
}

/*
 * What M offers, in the current layer: the list of the view, the chosen phone's pattern, the
 * property and its groups; then to unmark everything or to undo the last change of many.
 */
enum status marks_open_many(struct app *app, struct err *err)
{
    panel_begin(app, &mark_panel, "Mark, in this layer");
    enum status code = marks_add_listed(app, err);
    if (!code && app->phone[0]) {
        struct buf b = BUF_INIT;
        buf_str(&b, "[");
        marks_put_name(&b, app->phone);
        buf_str(&b, "]");
        code = marks_add_set(app, buf_text(&b), err);
        buf_free(&b);
    }
    if (!code)
        code = marks_add_groups(app, err);
    if (!code)
        code = marks_add_line(app, DO_UNMARK_ALL, "", err, "unmark everything %21zu",
                              neuron_set_total(marks_set(app)));
    if (!code && neuron_set_total(&app->marked.before))
        code = marks_add_line(app, DO_BEFORE, "", err, "the marks before the last change %6zu",
                              neuron_set_total(&app->marked.before));
    return panel_done(app, code);
}

/*
 * What * offers: each named set with its size in the current layer and in all layers, the marks
 * first; then ways to define, save and load sets.
 */
enum status marks_open_sets(struct app *app, struct err *err)
{
    enum status code = STATUS_OK;
    panel_begin(app, &sets_panel, "Sets: in this layer, in all");
    for (size_t i = 0; !code && i < app->marked.sets.count; i++) {
        const struct named_set *s = &app->marked.sets.set[i];
        code = marks_add_line(app, DO_OPEN, s->name, err, "$%-24s %6u %6zu", s->name,
                              neuron_set_size(&s->neurons, app->at.layer),
                              neuron_set_total(&s->neurons));
    }
    if (!code)
        code = marks_add_line(app, DO_NAME, "", err, "give the marks a name ...");
    if (!code)
        code = marks_add_line(app, DO_EXPRESSION, "", err, "marks = an expression ...");
    if (!code)
        code = marks_add_line(app, DO_SAVE, MARKS_NAME, err, "save the marks to a file ...");
    if (!code)
        code = marks_add_line(app, DO_LOAD, "", err, "mark the neurons of a file ...");
    return panel_done(app, code);
}

/* One set: what can be done with it, and how many neurons that gives. */
static enum status marks_open_set(struct app *app, const char *name, struct err *err)
{
    bool marks = strcmp(name, MARKS_NAME) == 0;
    char title[80], set[40], text[100];
    static const char *const before[] = {"$marks | ", "$marks & ", "$marks - ", "", ""};
    static const char *const behind[] = {"", "", "", " - $marks", ""};
    snprintf(title, sizeof title, "$%.31s", name);
    snprintf(set, sizeof set, "$%.31s", name);
    panel_begin(app, &set_panel, title);
    enum status code = marks_add_line(app, DO_LOOK, set, err, "show its neurons %19zu",
                                      marks_size_of(app, set, app->at.layer));
    for (int i = 0; !code && !marks && i < 5; i++) {
        snprintf(text, sizeof text, "%s%s%s", before[i], set, behind[i]);
        code = marks_add_line(app, DO_REPLACE, text, err, "marks = %-24s %6zu", text,
                              marks_size_of(app, text, SETEXPR_EVERY));
    }
    if (!code)
        code = marks_add_line(app, DO_SAVE, name, err, "save to a file ...");
    if (!code)
        code = marks ? marks_add_line(app, DO_UNMARK_ALL, "", err, "unmark everything")
                     : marks_add_line(app, DO_FORGET, name, err, "delete it");
    return panel_done(app, code);
}

/* Exchanges the marks and those before, so that a second time undoes the first. */
static enum status marks_restore(struct app *app, struct err *err)
{
    struct neuron_set now = app->marked.before;
    app->marked.before = (struct neuron_set)NEURON_SET_INIT;
    enum status code = neuron_set_copy(&app->marked.before, marks_set(app), err);
    if (!code)
        code = named_sets_put(&app->marked.sets, MARKS_NAME, &now, err);
    neuron_set_free(&now);
    app->marked.stamp++;
    if (!code)
        app_say(app, false, "%zu neurons are marked", neuron_set_total(marks_set(app)));
    return code;
}

static enum status marks_accept(struct app *app, struct err *err)
{
    struct prompt *p = &app->prompt;
    return marks_change(app, '=', p->text, SETEXPR_EVERY, &p->column, err);
}

/*
 * "NAME=$marks" defines the set; the marks themselves cannot be redefined here, which would be
 * without effect.
 */
static enum status marks_accept_name(struct app *app, struct err *err)
{
    char text[600];
    snprintf(text, sizeof text, "%s=$" MARKS_NAME, app->prompt.text);
    if (strcmp(app->prompt.text, MARKS_NAME) == 0)
        return err_set(err, STATUS_USAGE, "this name is reserved for the marks");
    enum status code = marks_define(app, text, err);
    if (!code)
        app_say(app, false, "$%.40s holds %zu neurons", app->prompt.text,
                neuron_set_total(marks_set(app)));
    return code;
}

/* Enter on the name of a file that is there asks once more. */
static enum status marks_accept_save(struct app *app, struct err *err)
{
    struct prompt *p = &app->prompt;
    enum status code = marks_save(app, p->what, p->text, p->replace, err);
    p->replace = code == STATUS_MISMATCH;
    return code;
}

static enum status marks_accept_load(struct app *app, struct err *err)
{
    return marks_load(app, app->prompt.text, err);
}

static const struct prompt_kind expression_prompt = {.text = PROMPT_LAYERS_SET,
                                                     .accept = marks_accept};
static const struct prompt_kind name_prompt = {.accept = marks_accept_name};
static const struct prompt_kind save_prompt = {.text = PROMPT_PATH, .accept = marks_accept_save};
static const struct prompt_kind load_prompt = {.text = PROMPT_PATH, .accept = marks_accept_load};

/*
 * Does what the chosen line says. The panel frees its lines when it closes or another one opens, so
 * the line's value is copied first: whole in a buffer for set expressions, which may be long, and
 * in VALUE for names and paths.
 */
static enum status marks_choose(struct app *app, const struct panel_line *line, struct err *err)
{
    uint32_t current = app->at.layer;
    unsigned what = line->major;
    char value[sizeof app->panel.subject];
    struct buf all = BUF_INIT;
    enum status code = STATUS_OK;
    buf_str(&all, line->value);
    snprintf(value, sizeof value, "%s", line->value);
    panel_close(&app->panel);
    switch (what) {
    case DO_MARK: code = marks_change(app, '|', buf_text(&all), current, NULL, err); break;
    case DO_UNMARK: code = marks_change(app, '-', buf_text(&all), current, NULL, err); break;
    case DO_UNMARK_ALL: code = marks_change(app, '=', "{}", SETEXPR_EVERY, NULL, err); break;
    case DO_BEFORE: code = marks_restore(app, err); break;
    case DO_OPEN: code = marks_open_set(app, value, err); break;
    case DO_LOOK: code = view_show(app, ROLE_SET, value, err); break;
    case DO_REPLACE: code = marks_change(app, '=', value, SETEXPR_EVERY, NULL, err); break;
    case DO_EXPRESSION: prompt_open(app, &expression_prompt, 0, "marks", "$marks "); break;
    case DO_NAME: prompt_open(app, &name_prompt, 0, "name of the marked set", ""); break;
    case DO_LOAD: prompt_open(app, &load_prompt, 0, "file to read", ""); break;
    case DO_SAVE:
        prompt_open(app, &save_prompt, 0, "file to write", "");
        snprintf(app->prompt.what, sizeof app->prompt.what, "%.63s", value);
        break;
    default:
        named_sets_drop(&app->marked.sets, value);
        app->marked.stamp++;
        app_say(app, false, "$%s is deleted", value);
    }
    buf_free(&all);
    return code;
}
