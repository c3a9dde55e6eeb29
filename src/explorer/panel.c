#include "config.h"

#include "explorer/copy.h"
#include "explorer/lists.h"
#include "explorer/app_options.h"
#include "explorer/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Minor of the line of a factor itself, not of one of its levels. */
#define HEADING UINT32_MAX

/* Of every panel: the line, whether it is on, frames where it has such. */
static const struct grid_column columns[] = {
    {"line", "line", true, false}, {"on", "on", false, true}, {"frames", "frames", false, true}};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void drop_lines(struct panel *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->line[i].text);
        free(p->line[i].value);
    }
    p->count = 0;
}

void panel_close(struct panel *p)
{
    drop_lines(p);
    free(p->line);
    grid_free(&p->grid);
    *p = (struct panel){.kind = PANEL_NONE};
}

void panel_begin(struct app *app, enum panel_kind kind, const char *title)
{
    struct panel *p = &app->panel;
    if (p->kind != kind || kind == PANEL_TEXT) {
        panel_close(p);
        grid_reset(&p->grid, columns, COLUMNS);
    }
    drop_lines(p);
    grid_clear(&p->grid);
    p->kind = kind;
    snprintf(p->title, sizeof p->title, "%s", title);
}

enum status panel_done(struct app *app, enum status code)
{
    if (code)
        panel_close(&app->panel);
    else {
        grid_arrange(&app->panel.grid);
        panel_scroll(app);
    }
    return code;
}

const struct panel_line *panel_line(const struct app *app)
{
    size_t row = grid_row(&app->panel.grid);
    return row < app->panel.count ? &app->panel.line[row] : NULL;
}

/* One line; VALUE may be NULL. */
static enum status add_line(struct panel *p, int check, uint32_t major, uint32_t minor,
                            const char *text, const char *value, double frames, struct err *err)
{
    const double number[COLUMNS] = {NAN, check, frames};
    const char *const texts[COLUMNS] = {text, "", ""};
    struct panel_line line = {NULL, NULL, (signed char)check, major, minor};
    if (!mem_grow(&p->line, &p->cap, p->count + 1, sizeof *p->line))
        return err_nomem(err);
    line.text = mem_strndup(text, strlen(text));
    line.value = value ? mem_strndup(value, strlen(value)) : NULL;
    if (!line.text || (value && !line.value) || !grid_add(&p->grid, p->count, number, texts)) {
        free(line.text);
        free(line.value);
        return err_nomem(err);
    }
    p->line[p->count++] = line;
    return STATUS_OK;
}

enum status panel_add(struct panel *p, int check, uint32_t major, uint32_t minor, const char *text,
                      struct err *err)
{
    return add_line(p, check, major, minor, text, NULL, NAN, err);
}

enum status panel_add_value(struct panel *p, uint32_t major, const char *text, const char *value,
                            struct err *err)
{
    return add_line(p, -1, major, 0, text, value, NAN, err);
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

/* Of a heading: -1 that no property goes by it, else whether the one at hand does. */
static int heading_check(const struct app *app, uint32_t property)
{
    return property == NAMES_NONE ? -1 : property == app->at.property;
}

static enum status add_factor(struct app *app, uint32_t f, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    const struct query_filters *filters = &app_session(app)->filters;
    char text[160];
    uint32_t property = names_find(&app_session(app)->names, c->factor[f].name);
    snprintf(text, sizeof text, "%.100s", c->factor[f].name);
    enum status code = panel_add(&app->panel, heading_check(app, property), f, HEADING, text, err);
    for (uint32_t l = 0; !code && l < c->factor[f].levels; l++) {
        int64_t n = level_frames(c, f, l);
        const char *label = level_label(c->factor[f].level[l]);
        int pad = text_width(label) < 16 ? 16 - text_width(label) : 0;
        if (n < 0)
            snprintf(text, sizeof text, "%.100s", label);
        else
            snprintf(text, sizeof text, "%.100s%*s%10lld frames", label, pad, "", (long long)n);
        code = add_line(&app->panel, query_filters_allow(filters, f, (int32_t)l), f, l, text, NULL,
                        n < 0 ? NAN : (double)n, err);
    }
    return code;
}

/* Properties that are no factor of the file (each-phone) can be chosen, too. */
static enum status add_other_properties(struct app *app, struct err *err)
{
    const struct names *names = &app_session(app)->names;
    const struct counts *c = &app_file(app)->counts;
    enum status code = STATUS_OK;
    for (uint32_t p = 0; !code && p < names->count; p++)
        if (counts_find_factor(c, names->name[p]) < 0)
            code = panel_add(&app->panel, heading_check(app, p), c->factors + p, HEADING,
                             names->name[p], err);
    return code;
}

/* Factors by falling use: few levels are the ones that are switched, long lists come last. */
static int by_levels(const void *a, const void *b)
{
    const struct counts_factor *x = *(const struct counts_factor *const *)a;
    const struct counts_factor *y = *(const struct counts_factor *const *)b;
    return x->levels != y->levels ? (x->levels > y->levels) - (x->levels < y->levels)
                                  : (x > y) - (x < y);
}

static enum status add_factors(struct app *app, struct err *err)
{
    const struct counts *c = &app_file(app)->counts;
    const struct counts_factor **order = mem_array(c->factors, sizeof *order);
    enum status code = order ? STATUS_OK : err_nomem(err);
    for (uint32_t f = 0; order && f < c->factors; f++)
        order[f] = &c->factor[f];
    if (order && c->factors)
        qsort(order, c->factors, sizeof *order, by_levels);
    for (uint32_t f = 0; !code && f < c->factors; f++)
        code = add_factor(app, (uint32_t)(order[f] - c->factor), err);
    free(order);
    return code;
}

enum status panel_open_conditions(struct app *app, struct err *err)
{
    bool first = app->panel.kind != PANEL_CONDITIONS;
    panel_begin(app, PANEL_CONDITIONS, "Conditions: group by (*), count frames of [x]");
    enum status code = add_factors(app, err);
    if (!code)
        code = add_other_properties(app, err);
    code = panel_done(app, code);
    if (!code && first)
        app->panel.grid.here = app->panel.count > 1;
    return code;
}

/* The messages so far, the latest at hand. */
enum status panel_open_log(struct app *app, struct err *err)
{
    struct panel *p = &app->panel;
    size_t n = log_count(&app->log);
    enum status code = STATUS_OK;
    if (!n)
        return err_set(err, STATUS_NOTFOUND, "there are no messages yet");
    panel_begin(app, PANEL_TEXT, "Messages");
    for (size_t i = 0; !code && i < n; i++) {
        const struct log_entry *e = log_entry(&app->log, i);
        char text[320];
        if (e->times > 1)
            snprintf(text, sizeof text, "%s%s (%u times)", e->bad ? "! " : "  ", e->text, e->times);
        else
            snprintf(text, sizeof text, "%s%s", e->bad ? "! " : "  ", e->text);
        code = panel_add(p, -1, 0, 0, text, err);
    }
    code = panel_done(app, code);
    if (!code)
        panel_apply(app, ACTION_LAST, 0, err);
    return code;
}

/* Lines of the list that are on the screen at once. */
static size_t page_of(const struct app *app)
{
    int rows = app_view_rows(app) - 2;
    return rows > 1 ? (size_t)rows : 1;
}

void panel_scroll(struct app *app)
{
    struct panel *p = &app->panel;
    size_t page = page_of(app), here = p->grid.here;
    if (here < p->top)
        p->top = here;
    else if (here >= p->top + page)
        p->top = here - page + 1;
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

/* The property that goes by the heading L; NAMES_NONE if none does. */
static uint32_t property_of(const struct app *app, const struct panel_line *l)
{
    return names_find(&app_session(app)->names, l->text);
}

static enum status group_by(struct app *app, const struct panel_line *l, struct err *err)
{
    uint32_t property = property_of(app, l);
    if (property == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "no property goes by %.100s", l->text);
    app->at.property = property;
    return panel_open_conditions(app, err);
}

/* A list of neurons goes on to them one by one. */
static enum status look_at_subject(struct app *app, struct err *err)
{
    char set[sizeof app->panel.subject];
    snprintf(set, sizeof set, "%s", app->panel.subject);
    panel_close(&app->panel);
    enum status code = set[0] ? neurons_set_text(app, set, NULL, err) : STATUS_OK;
    if (!code && set[0])
        app->at.view = VIEW_NEURONS;
    return code;
}

static enum status toggle_line(struct app *app, size_t i, struct err *err)
{
    const struct panel_line l = app->panel.line[i];
    switch (app->panel.kind) {
    case PANEL_CONDITIONS:
        if (l.minor != HEADING)
            return toggle_condition(app, &l, err);
        return l.major < app_file(app)->counts.factors ? toggle_factor(app, l.major, err)
                                                       : group_by(app, &l, err);
    case PANEL_QUIT:
        if (l.major == 1)
            experiments_stop_own(app);
        app->quit = true;
        app->print = l.minor == 1;
        break;
    case PANEL_GROUPS:
        return view_of(app->at.view)->legend ? legend_toggle(app, l.major, err)
                                             : map_toggle_group(app, l.major, err);
    case PANEL_SORT: lists_choose_sort(app, l.major); break;
    case PANEL_MARK:
    case PANEL_SETS:
    case PANEL_SET: return marks_choose(app, &l, err);
    case PANEL_COPY: return copy_choose(app, (enum action)l.major, err);
    case PANEL_OPTIONS: return options_choose(app, &l, err);
    default: return look_at_subject(app, err);
    }
    return STATUS_OK;
}

static enum status choose_line(struct app *app, size_t i, struct err *err)
{
    const struct panel_line *l = &app->panel.line[i];
    if (app->panel.kind == PANEL_CONDITIONS && l->minor == HEADING)
        return group_by(app, l, err);
    return toggle_line(app, i, err);
}

static enum status reset(struct app *app, struct err *err)
{
    struct app_file *f = &app->file[app->here];
    if (app->panel.kind == PANEL_CONDITIONS) {
        query_filters_free(&f->session.filters);
        enum status code = app_conditions_changed(app, err);
        return code ? code : panel_open_conditions(app, err);
    }
    if (app->panel.kind == PANEL_GROUPS && view_of(app->at.view)->legend)
        return legend_show_all(app, err);
    if (app->panel.kind == PANEL_GROUPS) {
        map_show_all(app);
        return map_open_groups(app, err);
    }
    return STATUS_OK;
}

/* Panels whose lines are not switched but chosen, by number, too. */
static bool is_menu(const struct panel *p)
{
    return p->kind == PANEL_MARK || p->kind == PANEL_SETS || p->kind == PANEL_SET ||
           p->kind == PANEL_OPTIONS;
}

/* The line numbered N: headings have no number. */
static size_t numbered_line(const struct panel *p, long n)
{
    for (size_t i = 0; i < p->count; i++)
        if ((is_menu(p) || p->line[i].check >= 0) && p->line[i].minor != HEADING && --n == 0)
            return i;
    return p->count;
}

enum status panel_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct panel *p = &app->panel;
    size_t row = grid_row(&p->grid), i;
    switch (action) {
    case ACTION_CLOSE: panel_close(p); break;
    case ACTION_TOGGLE: return row < p->count ? toggle_line(app, row, err) : STATUS_OK;
    case ACTION_CHOOSE: return row < p->count ? choose_line(app, row, err) : STATUS_OK;
    case ACTION_RESET: return reset(app, err);
    case ACTION_ANY_DIGIT:
        i = numbered_line(p, arg);
        return i < p->count && p->kind != PANEL_TEXT ? choose_line(app, i, err) : STATUS_OK;
    case ACTION_COPY_LINK:
    case ACTION_COPY_ROW:
    case ACTION_COPY_NEURONS:
    case ACTION_COPY_SET:
    case ACTION_COPY_TABLE: return copy_choose(app, action, err);
    default: lists_move(&p->grid, action, page_of(app));
    }
    panel_scroll(app);
    return STATUS_OK;
}

static int widest(const struct panel *p)
{
    int w = text_width(p->title) + 2;
    for (size_t i = 0; i < p->count; i++) {
        int n = text_width(p->line[i].text) + 10;
        w = n > w ? n : w;
    }
    return w;
}

static void draw_line(const struct panel *p, size_t i, struct canvas *c, int row, int col, int room)
{
    const struct panel_line *l = &p->line[p->grid.shown[i]];
    bool here = i == p->grid.here, heading = l->minor == HEADING;
    bool plain = p->kind != PANEL_CONDITIONS && p->kind != PANEL_GROUPS && p->kind != PANEL_SORT;
    int indent = is_menu(p) ? 4 : plain ? 2 : heading ? 6 : p->kind == PANEL_CONDITIONS ? 8 : 6;
    if (here) {
        canvas_glyph(c, row, col, STYLE_STRONG, GLYPH_POINTER);
        c->cursor_row = row;
        c->cursor_col = col;
    }
    if (is_menu(p) && p->grid.shown[i] < 9)
        canvas_textf(c, row, col + 2, 1, STYLE_KEY, "%u", p->grid.shown[i] + 1);
    else if (l->check >= 0)
        canvas_text(c, row, col + indent - 4, 3, STYLE_NORMAL,
                    heading || p->kind == PANEL_SORT ? (l->check ? "(*)" : "( )")
                    : l->check                       ? "[x]"
                                                     : "[ ]");
    canvas_text(c, row, col + indent, room - indent,
                here      ? STYLE_SELECTED
                : heading ? STYLE_STRONG
                          : STYLE_NORMAL,
                l->text);
}

void panel_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct panel *p = &app->panel;
    size_t page = page_of(app), n = p->grid.count < page ? p->grid.count : page;
    struct rect box = {area.row, 0, (int)n + 2, widest(p) + 4};
    box.cols = box.cols < area.cols ? box.cols : area.cols;
    box.col = c->plain ? area.col : area.col + area.cols - box.cols;
    canvas_blank(c, box);
    canvas_box(c, box, STYLE_NORMAL);
    canvas_textf(c, box.row, box.col + 2, box.cols - 4, STYLE_STRONG, " %s ", p->title);
    if (p->grid.count > page || p->grid.filter[0])
        canvas_rightf(c, box.row + box.rows - 1, box.col + 2, box.cols - 4, STYLE_FAINT,
                      " %zu of %zu%s%s ", p->grid.here + (p->grid.count > 0), p->grid.count,
                      p->grid.filter[0] ? " with " : "", p->grid.filter);
    for (size_t i = 0; i < n && p->top + i < p->grid.count; i++)
        draw_line(p, p->top + i, c, box.row + 1 + (int)i, box.col + 2, box.cols - 4);
}
