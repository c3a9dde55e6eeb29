/*
 * The Compare view: scores of all files at the current settings, and what its keys do.
 */
#include "config.h"

#include "explorer/views/compare/compare_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/ties.h"

static void forget_scores(struct compare_state *s)
{
    for (size_t i = 0; s->scores && i < s->files; i++)
        scores_free(&s->scores[i]);
    names_free(&s->names);
}

static void compare_release(struct app *app)
{
    struct compare_state *s = compare_state(app);
    forget_scores(s);
    for (size_t i = 0; s->title && i < s->files; i++)
        free(s->title[i]);
    free(s->title);
    free(s->scores);
    free(s->hidden);
    memset(s, 0, sizeof *s);
}

/* Once: the files do not change. */
static enum status make_room(struct app *app, struct err *err)
{
    struct compare_state *s = compare_state(app);
    const char *path[APP_MAX_FILES];
    if (s->title)
        return STATUS_OK;
    for (size_t i = 0; i < app->files; i++)
        path[i] = app->file[i].path;
    s->files = app->files;
    s->title = mem_zeros(s->files, sizeof *s->title);
    s->scores = mem_zeros(s->files, sizeof *s->scores);
    s->hidden = mem_zeros(s->files, 1);
    enum status code = s->title && s->scores && s->hidden
                           ? scores_titles(s->title, path, s->files, err)
                           : err_nomem(err);
    if (code)
        compare_release(app);
    return code;
}

/*
 * All files are opened, and all scores taken again whenever a screen is prepared, since engines of
 * several files add results meanwhile. Files that fail keep their reason and an empty score.
 */
static enum status compare_prepare(struct app *app, struct err *err)
{
    struct compare_state *s = compare_state(app);
    enum status code = make_room(app, err);
    if (code)
        return code;
    app_open_all(app);
    forget_scores(s);
    for (size_t i = 0; !code && i < s->files; i++)
        if (app_file_there(app, i))
            code = scores_take(&s->scores[i], app->file[i].engine, &app->file[i].counts,
                               &app->file[i].session.names, s->title[i], err);
    return code ? code : scores_names(s->scores, s->files, &s->names, err);
}

const struct score_property *compare_scores(const struct compare_state *s, size_t i,
                                            const char *name)
{
    long p = scores_find(&s->scores[i], name);
    return p < 0 ? NULL : &s->scores[i].property[p];
}

const char *compare_reason(const struct app *app, size_t i, const char *name)
{
    const struct score_property *q = compare_scores(compare_state(app), i, name);
    if (!app_file_there(app, i))
        return app->file[i].why;
    return q ? q->why : "not counted in this file";
}

/* Up and down go through the files; that at hand is what the others differ from. */
static bool step_file(struct app *app, enum action action, struct err *err)
{
    size_t here = app->here;
    if (!lists_step(action, &here, app->files, (size_t)app_view_rows(app) - 2))
        return false;
    if (here == app->here)
        return true;
    /* Past files that cannot be opened. */
    bool up = here < app->here;
    while (app->file[here].why[0] && here + 1 < app->files && here > 0)
        here += up ? (size_t)-1 : 1;
    uint32_t layer = app->at.layer;
    err->code = app_show_file(app, here, err);
    if (!err->code && layer < app_file(app)->counts.layers)
        app->at.layer = layer;
    return true;
}

static void compare_differences(struct app *app, struct err *err)
{
    (void)err;
    compare_state(app)->differences = !compare_state(app)->differences;
}

static const struct view_action own[] = {
    {{"differences", "d", 0, 4, "differences",
      "absolute numbers, or differences from the current file"},
     ACTION_GROUPS,
     compare_differences},
    {{NULL, NULL, 0, 0, NULL, NULL}, ACTION_NONE, NULL}};

static bool compare_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct compare_state *s = compare_state(app);
    (void)arg;
    switch (action) {
    case ACTION_FORM: s->form = (s->form + 1) % COMPARE_FORMS; break;
    case ACTION_OPEN: err->code = view_show(app, ROLE_FILE, NULL, err); break;
    default: return step_file(app, action, err);
    }
    return true;
}

static bool compare_legend(struct app *app, size_t i, struct legend_entry *entry)
{
    struct compare_state *s = compare_state(app);
    if (!s->title || i >= s->files)
        return false;
    *entry = (struct legend_entry){compare_letter(i), s->title[i], &s->hidden[i]};
    return true;
}

static const char *const forms[COMPARE_FORMS] = {
    [COMPARE_BEST] = "best", [COMPARE_COUNTS] = "counts", [COMPARE_CURVES] = "curves"};

/* Hidden curves by the number of their file, as titles need not be unique. */
static void compare_tell(const struct app *app, struct link *out)
{
    const struct compare_state *s = compare_state(app);
    if (s->form)
        link_add(out, "form", "%s", forms[s->form]);
    if (s->differences)
        link_add(out, "scale", "differences");
    for (size_t i = 0; s->title && i < s->files; i++)
        if (s->hidden[i])
            link_add(out, "hide", "%zu", i + 1);
}

/*
 * Takes --form, --hide N (file, from 1) and --scale differences. NAME NULL restores the view as it
 * opens. Options may come before the view was ever prepared, so the arrays by file are made here
 * first.
 */
static enum status compare_take_option(struct app *app, const char *name, const char *value,
                                       struct err *err)
{
    struct compare_state *s = compare_state(app);
    enum status code = make_room(app, err);
    if (code)
        return code;
    if (!name) {
        s->form = COMPARE_BEST;
        s->differences = false;
        memset(s->hidden, 0, s->files);
        return STATUS_OK;
    }
    if (strcmp(name, "form") == 0)
        for (int i = 0; i < COMPARE_FORMS; i++)
            if (strcmp(value, forms[i]) == 0) {
                s->form = (enum compare_form)i;
                return STATUS_OK;
            }
    unsigned long n = strtoul(value, NULL, 10);
    if (strcmp(name, "hide") == 0 && n >= 1 && n <= s->files) {
        s->hidden[n - 1] = 1;
        return STATUS_OK;
    }
    s->differences = strcmp(name, "scale") == 0 && strcmp(value, "differences") == 0;
    return s->differences ? STATUS_OK : link_unknown(name, value, err);
}

/*
 * The file and layer with the best silhouette of the current property, or the reason why the
 * current file has none. COUNT of files is that of files with a silhouette.
 */
static void compare_status(const struct app *app, struct buf *line)
{
    const struct compare_state *s = compare_state(app);
    const char *name = app_property(app);
    const char *reason = s->title ? compare_reason(app, app->here, name) : "";
    struct ties t = TIES_NONE;
    for (size_t i = 0; s->title && i < s->files; i++) {
        const struct score_property *q = compare_scores(s, i, name);
        if (q && q->best >= 0)
            ties_offer(&t, (long)i, q->layer[q->best].silhouette);
    }
    if (*reason)
        buf_printf(line, "%s, %s: %s", s->title[app->here], name, reason);
    else if (t.count)
        buf_printf(line, "%s: best silhouette %s, %s in layer %ld (*), of %zu files", name,
                   number_fixed(t.value, 3).text, s->title[t.best],
                   compare_scores(s, (size_t)t.best, name)->best + 1, t.count);
}

const struct view view_compare = {
    .lesson = "COMPARE: several count files side by side, as in figure 5 of the paper.\n"
              "\n"
              "For each file and property: the layer with the best silhouette, and that "
              "silhouette. A model trained on speaker identification, for instance, separates "
              "speakers better than a pretrained one. The other forms show, for one property, the "
              "number of property neurons in each layer (figure 7) for each file, as a table and "
              "as curves, with the silhouettes.\n"
              "\n"
              "Files may differ in depth and width; numbers of neurons from layers of different "
              "width are not directly comparable. d shows differences from the current file. Each "
              "file has its own conditions; sigma is the same for all. - means that the property "
              "is not available in a file; the reason is shown when it is the current file.",
    .needs = NEEDS_FILES,
    .offers = {ACTION_NEXT_PROPERTY, ACTION_PREV_PROPERTY, ACTION_GROUPS, ACTION_GLYPHS},
    .own = own,
    .state_size = sizeof(struct compare_state),
    .free = compare_release,
    .apply = compare_apply,
    .prepare = compare_prepare,
    .render = compare_render,
    .result = compare_result,
    .figure = compare_figure,
    .status = compare_status,
    .tell = compare_tell,
    .take = compare_take_option,
    .legend_title = "Curves shown",
    .legend = compare_legend,
};
