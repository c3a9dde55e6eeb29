/*
 * help.c - the help as one long page, of which the screen shows a part; its lines are a list, so
 * that it can be searched and filtered.
 */
#include "config.h"

#include "explorer/help.h"

#include "explorer/view.h"

#include <stdio.h>
#include <string.h>

enum { KEYS_COLUMN = 2, TEXT_COLUMN = 22, PAGE_ROWS = 600 };

static const struct grid_column columns[] = {{"line", "line", true, false}};

static size_t help_draw_key(struct canvas *page, size_t line, const struct action_entry *e)
{
    if (!e->keys[0])
        return line;
    canvas_text(page, (int)line, KEYS_COLUMN, TEXT_COLUMN - KEYS_COLUMN - 1, STYLE_KEY, e->keys);
    return line + (size_t)canvas_wrap(
                      page, (struct rect){(int)line, TEXT_COLUMN, 9, page->cols - TEXT_COLUMN},
                      STYLE_NORMAL, e->help);
}

/* The keys of the view HERE: those that other views have not, or (EVERY) those that all have. */
static size_t help_draw_view(struct canvas *page, size_t line, unsigned here, bool every)
{
    for (enum action a = action_next(ACTION_NONE, here); a; a = action_next(a, here)) {
        const struct action_entry *e = action_entry(a, here);
        if (((e->contexts & CTX_VIEWS) == CTX_VIEWS) == every)
            line = help_draw_key(page, line, e);
    }
    return line;
}

/* The keys of HERE that no context of NOT has. */
static size_t help_draw_others(struct canvas *page, size_t line, unsigned here, unsigned not )
{
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const struct action_entry *e = NULL;
        for (unsigned bit = 1; bit <= here && !e; bit <<= 1)
            e = bit & here ? action_entry((enum action)a, bit) : NULL;
        if (e && !(e->contexts & not ))
            line = help_draw_key(page, line, e);
    }
    return line;
}

static size_t help_heading(struct canvas *page, size_t line, const char *heading)
{
    canvas_text(page, (int)line, 0, page->cols, STYLE_STRONG, heading);
    return line + 1;
}

/* The whole help on one page, which the caller frees; 0 lines without memory. */
static size_t draw_page(const struct app *app, struct canvas *page, int cols)
{
    unsigned here = 1u << app->at.view;
    if (!canvas_init(page, cols, PAGE_ROWS, app->ascii))
        return 0;
    size_t line = (size_t)canvas_wrap(page, (struct rect){0, 0, 200, cols - 1}, STYLE_NORMAL,
                                      view_current(app)->lesson) +
                  1;
    line = help_heading(page, line, "Keys of this view");
    line = help_draw_view(page, line, here, false) + 1;
    line = help_heading(page, line, "Keys of every view");
    line = help_draw_view(page, line, here, true) + 1;
    line = help_heading(page, line, "Keys in lists");
    line = help_draw_others(page, line, CTX_PANEL | CTX_TEXT | CTX_COPY, CTX_VIEWS) + 1;
    line = help_heading(page, line, "Keys while typing");
    line = help_draw_others(page, line, CTX_PROMPT, CTX_VIEWS | CTX_PANEL) + 1;
    line = help_heading(page, line, "Words");
    line += (size_t)glossary_draw(page, (int)line, cols);
    return line < PAGE_ROWS ? line : PAGE_ROWS;
}

/* The characters of a row of the page. */
static void row_text(const struct canvas *page, size_t row, struct buf *out)
{
    char bytes[4];
    buf_clear(out);
    for (int k = 0; k < page->cols; k++) {
        uint32_t ch = page->cell[row * (size_t)page->cols + (size_t)k].ch;
        if (ch)
            buf_add(out, bytes, (size_t)utf8_put(bytes, ch));
    }
}

/*
 * Draws the whole page and stores each row as a list line, so that search and filter work on what
 * is read. Rows depend on the width; the page is therefore drawn anew for each screen.
 */
enum status help_prepare(struct app *app, struct err *err)
{
    struct grid *g = &app->help.grid;
    struct canvas page;
    struct buf text = BUF_INIT;
    size_t lines = draw_page(app, &page, app->cols);
    if (!lines)
        return err_nomem(err);
    if (g->column != columns)
        grid_reset(g, columns, 1);
    grid_clear(g);
    for (size_t i = 0; i < lines; i++) {
        row_text(&page, i, &text);
        const char *const one[] = {buf_text(&text)};
        if (!grid_add(g, i, NULL, one))
            break;
    }
    grid_arrange(g);
    buf_free(&text);
    canvas_free(&page);
    return STATUS_OK;
}

/*
 * Copies the shown rows of the page, which is drawn again here because the list keeps its rows
 * without their styles.
 */
void help_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct grid *g = &app->help.grid;
    struct canvas page;
    area.rows--; /* an empty line above the status line */
    size_t lines = draw_page(app, &page, area.cols), rows = (size_t)area.rows;
    size_t top = g->here, last = top + rows < g->count ? top + rows : g->count;
    for (size_t l = top; lines && l < last; l++)
        for (int k = 0; g->shown[l] < lines && k < area.cols; k++) {
            const struct cell *p = &page.cell[g->shown[l] * (size_t)page.cols + (size_t)k];
            /* What was searched for stands in the first line. */
            bool found = g->search[0] && l == top && p->ch != ' ';
            canvas_put(c, area.row + (int)(l - top), area.col + k,
                       found ? STYLE_SELECTED : (enum style)p->style, p->ch);
        }
    if (lines)
        canvas_free(&page);
    int row = area.row + area.rows + 1;
    if (app->message.text[0])
        canvas_text(c, row, 0, area.cols, STYLE_STRONG, app->message.text);
    else
        canvas_textf(c, row, 0, area.cols, STYLE_FAINT, "lines %zu-%zu of %zu%s%s",
                     top + (g->count > 0), last, g->count, g->filter[0] ? " with " : "", g->filter);
}

enum status help_open(struct app *app, struct err *err)
{
    app->help.open = true;
    grid_free(&app->help.grid);
    return help_prepare(app, err);
}

enum status help_apply(struct app *app, enum action action, struct err *err)
{
    size_t page = (size_t)app_view_rows(app) - 1, here = app->help.grid.here;
    size_t last = app->help.grid.count > page ? app->help.grid.count - page : 0;
    if (action == ACTION_CLOSE_HELP)
        app->help.open = false;
    else if (action == ACTION_REDRAW)
        app->redraw = true;
    else if (lists_apply(app, action, err))
        return err->code;
    else if (lists_step(action, &here, last + 1, page))
        grid_select(&app->help.grid, here < app->help.grid.count
                                         ? app->help.grid.id[app->help.grid.shown[here]]
                                         : GRID_NONE);
    return STATUS_OK;
}
