#include "config.h"

#include "explorer/view.h"

#include <stdio.h>
#include <string.h>

enum { KEYS_COLUMN = 2, TEXT_COLUMN = 22, PAGE_ROWS = 600 };

/* The keys of action A by name, "Left h", in TEXT. */
static const char *keys_of(int a)
{
    return action_table[a].keys;
}

static const struct grid_column columns[] = {{"line", "line", true, false}};

static bool in_section(unsigned contexts, unsigned here, int section)
{
    bool all = (contexts & CTX_VIEWS) == CTX_VIEWS;
    switch (section) {
    case 0: return (contexts & here) && !all;
    case 1: return all;
    case 2: return (contexts & (CTX_PANEL | CTX_TEXT | CTX_COPY)) && !(contexts & CTX_VIEWS);
    default: return (contexts & CTX_PROMPT) && !(contexts & (CTX_VIEWS | CTX_PANEL));
    }
}

static size_t draw_keys(struct canvas *page, size_t line, unsigned here, int section)
{
    for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        if (!in_section(action_table[a].contexts, here, section) || !action_table[a].keys[0])
            continue;
        canvas_text(page, (int)line, KEYS_COLUMN, TEXT_COLUMN - KEYS_COLUMN - 1, STYLE_KEY,
                    keys_of(a));
        line += (size_t)canvas_wrap(
            page, (struct rect){(int)line, TEXT_COLUMN, 9, page->cols - TEXT_COLUMN}, STYLE_NORMAL,
            action_table[a].help);
    }
    return line;
}

/* The whole help on one page, which the caller frees; 0 lines without memory. */
static size_t draw_page(const struct app *app, struct canvas *page, int cols)
{
    static const char *const heading[] = {"Keys of this view", "Keys of every view",
                                          "Keys in lists", "Keys while typing"};
    if (!canvas_init(page, cols, PAGE_ROWS, app->ascii))
        return 0;
    size_t line = (size_t)canvas_wrap(page, (struct rect){0, 0, 200, cols - 1}, STYLE_NORMAL,
                                      view_of(app->at.view)->lesson) +
                  1;
    for (int section = 0; section < 4; section++) {
        canvas_text(page, (int)line++, 0, cols, STYLE_STRONG, heading[section]);
        line = draw_keys(page, line, 1u << app->at.view, section) + 1;
    }
    canvas_text(page, (int)line++, 0, cols, STYLE_STRONG, "Words");
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

enum status help_prepare(struct app *app, struct err *err)
{
    struct grid *g = &app->help_grid;
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

void help_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct grid *g = &app->help_grid;
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
    if (app->message[0])
        canvas_text(c, row, 0, area.cols, STYLE_STRONG, app->message);
    else
        canvas_textf(c, row, 0, area.cols, STYLE_FAINT, "lines %zu-%zu of %zu%s%s",
                     top + (g->count > 0), last, g->count, g->filter[0] ? " with " : "", g->filter);
}
