/*
 * panel.c - lists over the view: their lines, keys and drawing.
 */
#include "config.h"

#include "explorer/copy.h"
#include "explorer/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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
    *p = (struct panel){.kind = NULL};
}

void panel_begin(struct app *app, const struct panel_kind *kind, const char *title)
{
    struct panel *p = &app->panel;
    if (p->kind != kind || kind == &panel_text) {
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
static enum status panel_add_line(struct panel *p, int check, uint32_t major, uint32_t minor,
                                  const char *text, const char *value, double frames,
                                  struct err *err)
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
    return panel_add_line(p, check, major, minor, text, NULL, NAN, err);
}

enum status panel_add_value(struct panel *p, uint32_t major, const char *text, const char *value,
                            struct err *err)
{
    return panel_add_line(p, -1, major, 0, text, value, NAN, err);
}

enum status panel_add_frames(struct panel *p, int check, uint32_t major, uint32_t minor,
                             const char *text, double frames, struct err *err)
{
    return panel_add_line(p, check, major, minor, text, NULL, frames, err);
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

/* The set that lines of text are about is shown neuron by neuron. */
static enum status panel_show_subject(struct app *app, const struct panel_line *line,
                                      struct err *err)
{
    char set[sizeof app->panel.subject];
    (void)line;
    snprintf(set, sizeof set, "%s", app->panel.subject);
    panel_close(&app->panel);
    return set[0] ? view_show(app, ROLE_SET, set, err) : STATUS_OK;
}

const struct panel_kind panel_text = {.context = CTX_TEXT, .choose = panel_show_subject};

/* The line numbered N: headings have no number. */
static size_t numbered_line(const struct panel *p, long n)
{
    bool menu = p->kind->look == PANEL_MENU;
    for (size_t i = 0; i < p->count; i++)
        if ((menu || p->line[i].check >= 0) && p->line[i].minor != PANEL_HEADING && --n == 0)
            return i;
    return p->count;
}

/* Enter or, with SWITCHED, Space on line I; the call may free the lines. */
static enum status panel_choose(struct app *app, size_t i, bool switched, struct err *err)
{
    struct panel *p = &app->panel;
    if (i >= p->count)
        return STATUS_OK;
    const struct panel_line line = p->line[i];
    return switched && p->kind->toggle ? p->kind->toggle(app, &line, err)
                                       : p->kind->choose(app, &line, err);
}

/*
 * Keys that mean the same in every panel. A digit chooses the line of that number at once; keys not
 * named here move the cursor.
 */
enum status panel_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct panel *p = &app->panel;
    size_t row = grid_row(&p->grid);
    switch (action) {
    case ACTION_CLOSE: panel_close(p); break;
    case ACTION_TOGGLE: return panel_choose(app, row, true, err);
    case ACTION_CHOOSE: return panel_choose(app, row, false, err);
    case ACTION_RESET: return p->kind->reset ? p->kind->reset(app, err) : STATUS_OK;
    case ACTION_ANY_DIGIT: return panel_choose(app, numbered_line(p, arg), false, err);
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

static int panel_widest(const struct panel *p)
{
    int w = text_width(p->title) + 2;
    for (size_t i = 0; i < p->count; i++) {
        int n = text_width(p->line[i].text) + 10;
        w = n > w ? n : w;
    }
    return w;
}

/*
 * Line I of the shown ones, with its number (menus: 1 to 9, the keys that choose it) or its check
 * mark. Levels of a tree are indented by two columns more than their heading, and the check mark
 * stands four columns left of the text.
 */
static void draw_line(const struct panel *p, size_t i, struct canvas *c, int row, int col, int room)
{
    const struct panel_line *l = &p->line[p->grid.shown[i]];
    enum panel_look look = p->kind->look;
    bool here = i == p->grid.here, heading = l->minor == PANEL_HEADING;
    int indent = look == PANEL_MENU               ? 4
                 : look == PANEL_PLAIN            ? 2
                 : look == PANEL_TREE && !heading ? 8
                                                  : 6;
    if (here) {
        canvas_glyph(c, row, col, STYLE_STRONG, GLYPH_POINTER);
        c->cursor_row = row;
        c->cursor_col = col;
    }
    if (look == PANEL_MENU && p->grid.shown[i] < 9)
        canvas_textf(c, row, col + 2, 1, STYLE_KEY, "%u", p->grid.shown[i] + 1);
    else if (l->check >= 0)
        canvas_text(c, row, col + indent - 4, 3, STYLE_NORMAL,
                    heading || look == PANEL_RADIO ? (l->check ? "(*)" : "( )")
                    : l->check                     ? "[x]"
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
    struct rect box = {area.row, 0, (int)n + 2, panel_widest(p) + 4};
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
