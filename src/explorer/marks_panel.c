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

/* Neurons of the set TEXT; CURRENT as in marks_evaluate. */
static size_t size_of(struct app *app, const char *text, uint32_t current)
{
    struct neuron_set set;
    struct err ignored;
    if (marks_evaluate(app, text, current, &set, NULL, &ignored))
        return 0;
    size_t n = neuron_set_total(&set);
    neuron_set_free(&set);
    return n;
}

static enum status add(struct app *app, unsigned what, const char *value, struct err *err,
                       const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static enum status add(struct app *app, unsigned what, const char *value, struct err *err,
                       const char *fmt, ...)
{
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return panel_add_value(&app->panel, what, text, value, err);
}

/* A set of the layer at hand that could be marked. */
static enum status add_set(struct app *app, const char *value, struct err *err)
{
    size_t n = size_of(app, value, app->at.layer);
    return add(app, DO_MARK, value, err, "mark %-28.60s %6zu", value, n);
}

/* NAME as a set expression has it: in quotes only where it must be. */
static void put_name(struct buf *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    buf_printf(out, *name && !name[strspn(name, plain)] ? "%s" : "\"%s\"", name);
}

static enum status add_groups(struct app *app, struct err *err)
{
    struct analysis *a = &app->file[app->here].session;
    const struct property *p;
    struct err ignored;
    enum status code = add_set(app, app_property(app), err);
    if (analysis_property(a, app_property(app), &p, &ignored))
        return code;
    for (uint32_t g = 0; !code && p->groups <= 12 && g < p->groups; g++) {
        struct buf b = BUF_INIT;
        put_name(&b, p->name);
        buf_str(&b, "=");
        put_name(&b, p->group.name[g]);
        code = add_set(app, buf_text(&b), err);
        buf_free(&b);
    }
    return code;
}

/* What the view lists, and what its cursor is on. */
static enum status add_listed(struct app *app, struct err *err)
{
    const struct view *view = view_of(app->at.view);
    struct buf all = BUF_INIT;
    enum status code = STATUS_OK;
    if (view->set && view->set(app, true, &all)) {
        const char *value = buf_text(&all);
        size_t n = size_of(app, value, app->at.layer);
        char name[40];
        snprintf(name, sizeof name, "%.39s", value[0] == '{' ? "what is listed" : value);
        code = add(app, DO_MARK, value, err, "mark %-28s %6zu", name, n);
        if (!code)
            code = add(app, DO_UNMARK, value, err, "unmark %-26s %6zu", name, n);
    }
    buf_free(&all);
    return code;
}

enum status marks_open_many(struct app *app, struct err *err)
{
    panel_begin(app, PANEL_MARK, "Mark, in this layer");
    enum status code = add_listed(app, err);
    if (!code && app->phone[0]) {
        struct buf b = BUF_INIT;
        buf_str(&b, "[");
        put_name(&b, app->phone);
        buf_str(&b, "]");
        code = add_set(app, buf_text(&b), err);
        buf_free(&b);
    }
    if (!code)
        code = add_groups(app, err);
    if (!code)
        code = add(app, DO_UNMARK_ALL, "", err, "unmark everything %21zu",
                   neuron_set_total(marks_set(app)));
    if (!code && neuron_set_total(&app->marked.before))
        code = add(app, DO_BEFORE, "", err, "the marks before the last change %6zu",
                   neuron_set_total(&app->marked.before));
    return panel_done(app, code);
}

enum status marks_open_sets(struct app *app, struct err *err)
{
    enum status code = STATUS_OK;
    panel_begin(app, PANEL_SETS, "Sets: in this layer, in all");
    for (size_t i = 0; !code && i < app->marked.sets.count; i++) {
        const struct named_set *s = &app->marked.sets.set[i];
        code = add(app, DO_OPEN, s->name, err, "$%-24s %6u %6zu", s->name,
                   neuron_set_size(&s->neurons, app->at.layer), neuron_set_total(&s->neurons));
    }
    if (!code)
        code = add(app, DO_NAME, "", err, "give the marks a name ...");
    if (!code)
        code = add(app, DO_EXPRESSION, "", err, "marks = an expression ...");
    if (!code)
        code = add(app, DO_SAVE, MARKS_NAME, err, "save the marks to a file ...");
    if (!code)
        code = add(app, DO_LOAD, "", err, "mark the neurons of a file ...");
    return panel_done(app, code);
}

/* One set: what can be done with it, and how many neurons that gives. */
static enum status open_set(struct app *app, const char *name, struct err *err)
{
    bool marks = strcmp(name, MARKS_NAME) == 0;
    char title[80], set[40], text[100];
    static const char *const before[] = {"$marks | ", "$marks & ", "$marks - ", "", ""};
    static const char *const behind[] = {"", "", "", " - $marks", ""};
    snprintf(title, sizeof title, "$%.31s", name);
    snprintf(set, sizeof set, "$%.31s", name);
    panel_begin(app, PANEL_SET, title);
    enum status code =
        add(app, DO_LOOK, set, err, "look at its neurons %16zu", size_of(app, set, app->at.layer));
    for (int i = 0; !code && !marks && i < 5; i++) {
        snprintf(text, sizeof text, "%s%s%s", before[i], set, behind[i]);
        code = add(app, DO_REPLACE, text, err, "marks = %-24s %6zu", text,
                   size_of(app, text, SETEXPR_EVERY));
    }
    if (!code)
        code = add(app, DO_SAVE, name, err, "save to a file ...");
    if (!code)
        code = marks ? add(app, DO_UNMARK_ALL, "", err, "unmark everything")
                     : add(app, DO_FORGET, name, err, "forget it");
    return panel_done(app, code);
}

static enum status restore(struct app *app, struct err *err)
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

static enum status look(struct app *app, const char *set, struct err *err)
{
    enum status code = neurons_set_text(app, set, NULL, err);
    if (!code)
        app->at.view = VIEW_NEURONS;
    return code;
}

enum status marks_choose(struct app *app, const struct panel_line *line, struct err *err)
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
    case DO_BEFORE: code = restore(app, err); break;
    case DO_OPEN: code = open_set(app, value, err); break;
    case DO_LOOK: code = look(app, value, err); break;
    case DO_REPLACE: code = marks_change(app, '=', value, SETEXPR_EVERY, NULL, err); break;
    case DO_EXPRESSION: prompt_open(app, PROMPT_MARKS, 0, "marks", "$marks "); break;
    case DO_NAME: prompt_open(app, PROMPT_NAME, 0, "name of the marked set", ""); break;
    case DO_LOAD: prompt_open(app, PROMPT_LOAD_MARKS, 0, "file to read", ""); break;
    case DO_SAVE:
        prompt_open(app, PROMPT_SAVE, 0, "file to write", "");
        snprintf(app->prompt.what, sizeof app->prompt.what, "%.63s", value);
        break;
    default:
        named_sets_drop(&app->marked.sets, value);
        app->marked.stamp++;
        app_say(app, false, "$%s is forgotten", value);
    }
    buf_free(&all);
    return code;
}
