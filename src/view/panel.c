#include "config.h"

#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "propneu/mem.h"

void panel_close(struct panel *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->line[i].text);
    free(p->line);
    *p = (struct panel){PANEL_NONE, "", NULL, 0, 0, 0, 0};
}

enum status panel_add(struct panel *p, int check, uint32_t major, uint32_t minor, const char *text,
                      struct err *err)
{
    if (!mem_grow(&p->line, &p->cap, p->count + 1, sizeof *p->line))
        return err_nomem(err);
    char *copy = mem_strndup(text, strlen(text));
    if (!copy)
        return err_nomem(err);
    p->line[p->count++] = (struct panel_line){copy, (signed char)check, major, minor};
    return STATUS_OK;
}

/* Frames of one level, whatever the filters; -1 where the file knows none. */
static int64_t level_frames(const struct counts *c, uint32_t factor, uint32_t level)
{
    int64_t n = 0;
    for (uint32_t i = 0; i < c->cells; i++)
        if (c->factor[factor].index[i] == (int32_t)level) {
            if (c->frames[i] < 0)
                return -1;
            n += c->frames[i];
        }
    return n;
}

static enum status add_factor(struct app *app, uint32_t f, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    const struct query_filters *filters = &app_session(app)->filters;
    char text[160];
    snprintf(text, sizeof text, "%.100s", c->factor[f].name);
    enum status code = panel_add(&app->panel, -1, f, 0, text, err);
    for (uint32_t l = 0; !code && l < c->factor[f].levels; l++) {
        int64_t n = level_frames(c, f, l);
        const char *label = level_label(c->factor[f].level[l]);
        int pad = canvas_width(label) < 16 ? 16 - canvas_width(label) : 0;
        if (n < 0)
            snprintf(text, sizeof text, "%.100s", label);
        else
            snprintf(text, sizeof text, "%.100s%*s%10lld frames", label, pad, "", (long long)n);
        code = panel_add(&app->panel, query_filters_allow(filters, f, (int32_t)l), f, l, text, err);
    }
    return code;
}

/* Small factors first: they are the ones that are switched; phones and speakers are long lists. */
enum status panel_open_conditions(struct app *app, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    enum status code = STATUS_OK;
    size_t here = app->panel.kind == PANEL_CONDITIONS ? app->panel.here : 1;
    size_t top = app->panel.kind == PANEL_CONDITIONS ? app->panel.top : 0;
    panel_close(&app->panel);
    app->panel.kind = PANEL_CONDITIONS;
    snprintf(app->panel.title, sizeof app->panel.title, "Conditions: which frames count");
    for (int large = 0; large < 2; large++)
        for (uint32_t f = 0; !code && f < c->factors; f++)
            if ((c->factor[f].levels > 8) == (large == 1))
                code = add_factor(app, f, err);
    app->panel.here = here < app->panel.count ? here : 0;
    app->panel.top = top;
    if (code)
        panel_close(&app->panel);
    return code;
}

/* Lines of the list that are on the screen at once. */
static size_t page_of(const struct app *app)
{
    int rows = app_view_rows(app) - 2;
    return rows > 1 ? (size_t)rows : 1;
}

static enum status toggle_condition(struct app *app, const struct panel_line *l, struct err *err)
{
    struct app_file *f = &app->file[app->here];
    enum status code =
        query_filters_toggle(&f->session.filters, &f->counts, l->major, l->minor, err);
    if (!code)
        code = app_conditions_changed(app, err);
    return code ? code : panel_open_conditions(app, err);
}

/* On a factor's heading: all of its levels, or none but the first to go on from. */
static enum status toggle_factor(struct app *app, uint32_t factor, struct err *err)
{
    struct app_file *f = &app->file[app->here];
    enum status code = STATUS_OK;
    uint32_t on = 0, levels = f->counts.factor[factor].levels;
    for (uint32_t l = 0; l < levels; l++)
        on += query_filters_allow(&f->session.filters, factor, (int32_t)l);
    for (uint32_t l = 0; !code && l < levels; l++)
        if (query_filters_allow(&f->session.filters, factor, (int32_t)l) == (on == levels) &&
            !(on == levels && l == 0))
            code = query_filters_toggle(&f->session.filters, &f->counts, factor, l, err);
    if (!code)
        code = app_conditions_changed(app, err);
    return code ? code : panel_open_conditions(app, err);
}

static enum status toggle_line(struct app *app, size_t i, struct err *err)
{
    const struct panel_line l = app->panel.line[i];
    if (app->panel.kind == PANEL_CONDITIONS)
        return l.check < 0 ? toggle_factor(app, l.major, err) : toggle_condition(app, &l, err);
    if (app->panel.kind == PANEL_GROUPS)
        return map_toggle_group(app, l.major, err);
    panel_close(&app->panel);
    return STATUS_OK;
}

static enum status reset(struct app *app, struct err *err)
{
    struct app_file *f = &app->file[app->here];
    if (app->panel.kind == PANEL_CONDITIONS) {
        query_filters_free(&f->session.filters);
        enum status code = app_conditions_changed(app, err);
        return code ? code : panel_open_conditions(app, err);
    }
    if (app->panel.kind == PANEL_GROUPS) {
        map_show_all(app);
        return map_open_groups(app, err);
    }
    return STATUS_OK;
}

/* The line numbered N: headings have no number. */
static size_t numbered_line(const struct panel *p, long n)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->line[i].check >= 0 && --n == 0)
            return i;
    return p->count;
}

enum status panel_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct panel *p = &app->panel;
    size_t page = page_of(app), i;
    switch (action) {
    case ACTION_CLOSE: panel_close(p); break;
    case ACTION_TOGGLE: return p->count ? toggle_line(app, p->here, err) : STATUS_OK;
    case ACTION_RESET: return reset(app, err);
    case ACTION_ANY_DIGIT:
        i = numbered_line(p, arg);
        return i < p->count && p->kind != PANEL_TEXT ? toggle_line(app, i, err) : STATUS_OK;
    default: app_move(action, &p->here, p->count, page);
    }
    if (p->here < p->top)
        p->top = p->here;
    else if (p->here >= p->top + page)
        p->top = p->here - page + 1;
    return STATUS_OK;
}

static int widest(const struct panel *p)
{
    int w = canvas_width(p->title) + 2;
    for (size_t i = 0; i < p->count; i++) {
        int n = canvas_width(p->line[i].text) + 8;
        w = n > w ? n : w;
    }
    return w;
}

void panel_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct panel *p = &app->panel;
    size_t page = page_of(app), n = p->count < page ? p->count : page;
    struct rect box = {area.row, 0, (int)n + 2, widest(p) + 4};
    box.cols = box.cols < area.cols ? box.cols : area.cols;
    box.col = area.col + area.cols - box.cols;
    canvas_blank(c, box);
    canvas_box(c, box, STYLE_NORMAL);
    canvas_textf(c, box.row, box.col + 2, box.cols - 4, STYLE_STRONG, " %s ", p->title);
    if (p->count > page)
        canvas_rightf(c, box.row + box.rows - 1, box.col + 2, box.cols - 4, STYLE_FAINT,
                      " %zu of %zu ", p->here + 1, p->count);
    for (size_t i = 0; i < n && p->top + i < p->count; i++) {
        const struct panel_line *l = &p->line[p->top + i];
        int row = box.row + 1 + (int)i, col = box.col + 2, room = box.cols - 4;
        bool here = p->top + i == p->here;
        if (here)
            canvas_glyph(c, row, col, STYLE_STRONG, GLYPH_POINTER);
        if (l->check >= 0)
            canvas_text(c, row, col + 2, 3, STYLE_NORMAL, l->check ? "[x]" : "[ ]");
        canvas_text(c, row, col + (l->check >= 0 ? 6 : 2), room - (l->check >= 0 ? 6 : 2),
                    here                                    ? STYLE_SELECTED
                    : l->check < 0 && p->kind != PANEL_TEXT ? STYLE_STRONG
                                                            : STYLE_NORMAL,
                    l->text);
        if (here) {
            c->cursor_row = row;
            c->cursor_col = col;
        }
    }
}
