#include "config.h"

#include "explorer/marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "analysis/setexpr.h"
#include "explorer/view.h"

enum status marks_init(struct marks *m, struct err *err)
{
    struct setfile none = {NULL, 0};
    *m = (struct marks){.stamp = 1};
    return named_sets_put(&m->sets, MARKS_NAME, &none, err);
}

void marks_free(struct marks *m)
{
    named_sets_free(&m->sets);
    setfile_free(&m->before);
}

const struct setfile *marks_list(const struct app *app)
{
    return &app->marked.sets.set[0].list;
}

bool marks_has(const struct app *app, uint32_t layer, uint32_t neuron)
{
    return neuron_list_has(marks_list(app), layer, neuron);
}

size_t marks_in_layer(const struct app *app, uint32_t layer)
{
    return neuron_list_in_layer(marks_list(app), layer);
}

static struct analysis *session(struct app *app)
{
    return &app->file[app->here].session;
}

/* LIST, which is taken over, becomes the marks. */
static enum status take_over(struct app *app, struct setfile *list, struct err *err)
{
    enum status code = named_sets_put(&app->marked.sets, MARKS_NAME, list, err);
    app->marked.stamp++;
    return code;
}

/* Keeps the marks to go back to. */
static enum status keep(struct app *app, struct err *err)
{
    struct setfile copy, none = {NULL, 0};
    enum status code = neuron_list_combine(&copy, marks_list(app), '|', &none, err);
    if (code)
        return code;
    setfile_free(&app->marked.before);
    app->marked.before = copy;
    return STATUS_OK;
}

enum status marks_toggle(struct app *app, uint32_t layer, uint32_t neuron, struct err *err)
{
    struct setfile_entry entry = {layer + 1, neuron};
    const struct setfile one = {&entry, 1};
    struct setfile made;
    char op = marks_has(app, layer, neuron) ? '-' : '|';
    enum status code = neuron_list_combine(&made, marks_list(app), op, &one, err);
    return code ? code : take_over(app, &made, err);
}

enum status marks_evaluate(struct app *app, const char *text, uint32_t at_hand, struct setfile *out,
                           size_t *column, struct err *err)
{
    struct analysis *a = session(app);
    const struct counts *c = a->counts;
    struct setexpr e;
    struct setfile made = {NULL, 0};
    size_t cap = 0;
    enum status code = setexpr_parse(&e, text, a, column, err);
    if (code)
        return code;
    code = setexpr_load(&e, a, err);
    for (uint32_t l = 0; !code && l < c->layers; l++) {
        uint64_t *bits = mem_zeros(bitset_words(c->layer[l].width), sizeof *bits);
        code = bits ? setexpr_eval(&e, a, at_hand, l, bits, err) : err_nomem(err);
        if (!code)
            code = neuron_list_add(&made, &cap, l, bits, c->layer[l].width, err);
        free(bits);
    }
    setexpr_free(&e);
    if (code)
        setfile_free(&made);
    else
        *out = made;
    return code;
}

enum status marks_change(struct app *app, char op, const char *text, uint32_t at_hand,
                         size_t *column, struct err *err)
{
    struct setfile set, made;
    size_t before = marks_list(app)->count;
    enum status code = marks_evaluate(app, text, at_hand, &set, column, err);
    if (code)
        return code;
    code = keep(app, err);
    if (!code && op == '=')
        code = take_over(app, &set, err);
    else if (!code) {
        code = neuron_list_combine(&made, marks_list(app), op, &set, err);
        if (!code)
            code = take_over(app, &made, err);
    }
    setfile_free(&set);
    if (!code)
        app_say(app, false, "%zu neurons are marked, before that %zu", marks_list(app)->count,
                before);
    return code;
}

enum status marks_flip(struct app *app, const char *text, struct err *err)
{
    struct setfile set, left = {NULL, 0};
    uint32_t at_hand = app->at.layer + 1;
    enum status code = marks_evaluate(app, text, at_hand, &set, NULL, err);
    if (code)
        return code;
    code = neuron_list_combine(&left, &set, '-', marks_list(app), err);
    bool all = !code && left.count == 0;
    if (!code && !set.count)
        code = err_set(err, STATUS_NOTFOUND, "there are no neurons in it");
    bool one = !code && set.count == 1;
    if (one)
        code = marks_toggle(app, set.entry[0].layer - 1, set.entry[0].neuron, err);
    setfile_free(&set);
    setfile_free(&left);
    return code || one ? code : marks_change(app, all ? '-' : '|', text, at_hand, NULL, err);
}

enum status marks_define(struct app *app, const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    char name[NAMED_SET_NAME + 1];
    struct setfile set;
    if (!equals)
        return err_set(err, STATUS_USAGE, "'%.60s': NAME=SET expected", text);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    enum status code = marks_evaluate(app, equals + 1, 0, &set, NULL, err);
    if (code)
        return code;
    code = named_sets_put(&app->marked.sets, name, &set, err);
    setfile_free(&set);
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
        return err_set(err, STATUS_NOTFOUND, "no set has the name '%s'", name);
    if (!*path)
        return err_set(err, STATUS_USAGE, "the name of a file expected");
    if (!replace && lstat(path, &s) == 0)
        return err_set(err, STATUS_MISMATCH, "%.180s is there already: Enter again replaces it",
                       path);
    snprintf(comment, sizeof comment, "%zu neurons, \"layer neuron\" a line", set->list.count);
    enum status code = setfile_write(&set->list, path, comment, err);
    if (!code)
        app_say(app, false, "%zu neurons written to %.180s", set->list.count, path);
    return code;
}

enum status marks_load(struct app *app, const char *path, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    struct setfile list = {NULL, 0}, made;
    uint32_t *width = mem_array(c->layers, sizeof *width);
    size_t before = marks_list(app)->count;
    if (!width)
        return err_nomem(err);
    for (uint32_t l = 0; l < c->layers; l++)
        width[l] = c->layer[l].width;
    enum status code = setfile_read(&list, path, c->layers, width, err);
    free(width);
    if (!code)
        code = keep(app, err);
    if (!code)
        code = neuron_list_combine(&made, marks_list(app), '|', &list, err);
    if (!code)
        code = take_over(app, &made, err);
    if (!code)
        app_say(app, false, "%zu neurons read, %zu of them new to the marks", list.count,
                marks_list(app)->count - before);
    setfile_free(&list);
    return code;
}

enum status marks_lines(struct app *app, struct buf *out, size_t *count, struct err *err)
{
    const struct view *view = view_of(app->at.view);
    struct setfile list = {NULL, 0};
    struct buf text = BUF_INIT;
    const struct setfile *from = marks_list(app);
    enum status code = STATUS_OK;
    if (from->count == 0) {
        from = &list;
        if (view->set && view->set(app, true, &text))
            code = marks_evaluate(app, buf_text(&text), app->at.layer + 1, &list, NULL, err);
    }
    *count = from->count;
    for (size_t i = 0; !code && i < from->count; i++)
        buf_printf(out, "%u %u\n", from->entry[i].layer, from->entry[i].neuron);
    setfile_free(&list);
    buf_free(&text);
    return code ? code : buf_ok(out) ? STATUS_OK : err_nomem(err);
}
