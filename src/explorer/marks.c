/*
 * Marked neurons and named sets of a session (marks.h).
 */
#include "config.h"

#include "explorer/marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/setexpr.h"
#include "explorer/view.h"
#include "formats/setfile.h"

enum status marks_init(struct marks *m, struct err *err)
{
    struct neuron_set none = NEURON_SET_INIT;
    *m = (struct marks){.stamp = 1};
    return named_sets_put(&m->sets, MARKS_NAME, &none, err);
}

void marks_free(struct marks *m)
{
    named_sets_free(&m->sets);
    neuron_set_free(&m->before);
}

const struct neuron_set *marks_set(const struct app *app)
{
    return &app->marked.sets.set[0].neurons;
}

bool marks_has(const struct app *app, uint32_t layer, uint32_t neuron)
{
    return neuron_set_has(marks_set(app), layer, neuron);
}

size_t marks_in_layer(const struct app *app, uint32_t layer)
{
    return neuron_set_size(marks_set(app), layer);
}

static struct analysis *marks_session(struct app *app)
{
    return &app->file[app->here].session;
}

/* SET, which is taken over, becomes the marks. */
static enum status marks_replace(struct app *app, struct neuron_set *set, struct err *err)
{
    enum status code = named_sets_put(&app->marked.sets, MARKS_NAME, set, err);
    app->marked.stamp++;
    return code;
}

/* Keeps the marks to go back to. */
static enum status marks_keep(struct app *app, struct err *err)
{
    struct neuron_set copy;
    enum status code = neuron_set_copy(&copy, marks_set(app), err);
    if (code)
        return code;
    neuron_set_free(&app->marked.before);
    app->marked.before = copy;
    return STATUS_OK;
}

enum status marks_toggle(struct app *app, uint32_t layer, uint32_t neuron, struct err *err)
{
    struct neuron_set *set = &app->marked.sets.set[0].neurons;
    enum status code = STATUS_OK;
    if (neuron_set_has(set, layer, neuron))
        neuron_set_drop(set, layer, neuron);
    else
        code = neuron_set_put(set, layer, neuron, err);
    app->marked.stamp++;
    return code;
}

enum status marks_evaluate(struct app *app, const char *text, uint32_t current,
                           struct neuron_set *out, size_t *column, struct err *err)
{
    struct analysis *a = marks_session(app);
    struct setexpr e;
    enum status code = setexpr_parse(&e, text, a, column, err);
    if (code)
        return code;
    code = setexpr_load(&e, a, err);
    if (!code)
        code = setexpr_set(&e, a, current, out, err);
    setexpr_free(&e);
    return code;
}

/*
 * The earlier marks are kept for undoing before anything changes. The expression is evaluated
 * first, since it may name $marks itself.
 */
enum status marks_change(struct app *app, char op, const char *text, uint32_t current,
                         size_t *column, struct err *err)
{
    struct neuron_set set, made;
    size_t before = neuron_set_total(marks_set(app));
    enum status code = marks_evaluate(app, text, current, &set, column, err);
    if (code)
        return code;
    code = marks_keep(app, err);
    if (!code && op == '=')
        code = marks_replace(app, &set, err);
    else if (!code) {
        code = neuron_set_combine(&made, marks_set(app), op, &set, err);
        if (!code)
            code = marks_replace(app, &made, err);
    }
    neuron_set_free(&set);
    if (!code)
        app_say(app, false, "%zu neurons marked (before: %zu)", neuron_set_total(marks_set(app)),
                before);
    return code;
}

/*
 * A single neuron is toggled without a message and without replacing what undo returns to, since
 * its mark is visible; larger sets go through marks_change. Empty sets are an error, not a change.
 */
enum status marks_flip(struct app *app, const char *text, struct err *err)
{
    struct neuron_set set, left = NEURON_SET_INIT;
    uint32_t current = app->at.layer;
    enum status code = marks_evaluate(app, text, current, &set, NULL, err);
    if (code)
        return code;
    size_t total = neuron_set_total(&set);
    struct neuron one = NEURON_FIRST;
    code = total ? neuron_set_combine(&left, &set, '-', marks_set(app), err)
                 : err_set(err, STATUS_NOTFOUND, "the set is empty");
    bool all = neuron_set_total(&left) == 0;
    neuron_set_next(&set, &one);
    neuron_set_free(&set);
    neuron_set_free(&left);
    if (code)
        return code;
    return total == 1 ? marks_toggle(app, one.layer, one.number, err)
                      : marks_change(app, all ? '-' : '|', text, current, NULL, err);
}

enum status marks_define(struct app *app, const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    char name[NAMED_SET_NAME + 1];
    struct neuron_set set;
    if (!equals)
        return err_set(err, STATUS_USAGE, "'%.60s': NAME=SET expected", text);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    enum status code = marks_evaluate(app, equals + 1, SETEXPR_EVERY, &set, NULL, err);
    if (code)
        return code;
    code = named_sets_put(&app->marked.sets, name, &set, err);
    neuron_set_free(&set);
    app->marked.stamp++;
    return code;
}

enum status marks_save(struct app *app, const char *name, const char *path, bool replace,
                       struct err *err)
{
    const struct named_set *set = named_sets_find(&app->marked.sets, name);
    struct stat s;
    char comment[200];
    if (!set)
        return err_set(err, STATUS_NOTFOUND, "no set named '%s'", name);
    if (!*path)
        return err_set(err, STATUS_USAGE, "file name expected");
    if (!replace && lstat(path, &s) == 0)
        return err_set(err, STATUS_MISMATCH, "%.180s exists: Enter again replaces it", path);
    snprintf(comment, sizeof comment, "%zu neurons, \"layer neuron\" a line",
             neuron_set_total(&set->neurons));
    enum status code = setfile_write(&set->neurons, path, comment, err);
    if (!code)
        app_say(app, false, "%zu neurons written to %.180s", neuron_set_total(&set->neurons), path);
    return code;
}

/*
 * Adds the neurons of a list to the marks. The file is checked against the layers and widths of the
 * current count file.
 */
enum status marks_load(struct app *app, const char *path, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    struct neuron_set set = NEURON_SET_INIT, made;
    uint32_t *width = counts_widths(c, err);
    size_t before = neuron_set_total(marks_set(app));
    if (!width)
        return err->code;
    enum status code = setfile_read(&set, path, c->layers, width, err);
    free(width);
    if (!code)
        code = marks_keep(app, err);
    if (!code)
        code = neuron_set_combine(&made, marks_set(app), '|', &set, err);
    if (!code)
        code = marks_replace(app, &made, err);
    if (!code)
        app_say(app, false, "%zu neurons read, %zu of them new to the marks",
                neuron_set_total(&set), neuron_set_total(marks_set(app)) - before);
    neuron_set_free(&set);
    return code;
}

enum status marks_lines(struct app *app, struct buf *out, size_t *count, struct err *err)
{
    const struct view *view = view_current(app);
    struct neuron_set shown = NEURON_SET_INIT;
    struct buf text = BUF_INIT;
    const struct neuron_set *from = marks_set(app);
    enum status code = STATUS_OK;
    if (neuron_set_total(from) == 0) {
        from = &shown;
        if (view->set && view->set(app, SET_LISTED, &text))
            code = marks_evaluate(app, buf_text(&text), app->at.layer, &shown, NULL, err);
    }
    *count = neuron_set_total(from);
    setfile_lines(from, out);
    neuron_set_free(&shown);
    buf_free(&text);
    return code ? code : buf_ok(out) ? STATUS_OK : err_nomem(err);
}
