#include "config.h"

#include "view.h"

#include <stdio.h>
#include <string.h>

enum { KEYS_COLUMN = 2, TEXT_COLUMN = 22, PAGE_ROWS = 600 };

/* The keys of action A by name, "Left h", in TEXT. */
static const char *keys_of(int a)
{
    return action_table[a].keys;
}

/*
 * Draws the help's lines from line TOP into AREA, or with C = NULL only counts them: one walk for
 * both, so that they cannot differ.
 */
static size_t walk(const struct app *app, struct canvas *c, struct rect area, size_t top)
{
    struct canvas page;
    unsigned here = 1u << app->at.view;
    size_t line = 0, shown = top + (size_t)area.rows;
    int lesson_rows;
    if (!canvas_init(&page, area.cols, PAGE_ROWS, app->ascii))
        return 0;
    lesson_rows = canvas_wrap(&page, (struct rect){0, 0, 200, area.cols - 1}, STYLE_NORMAL,
                              view_of(app->at.view)->lesson);
    line = (size_t)lesson_rows + 1;
    for (int section = 0; section < 3; section++) {
        static const char *const heading[] = {"Keys of this view", "Keys of every view",
                                              "Keys in lists"};
        canvas_text(&page, (int)line++, 0, area.cols, STYLE_STRONG, heading[section]);
        for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
            unsigned x = action_table[a].contexts;
            bool all = (x & CTX_VIEWS) == CTX_VIEWS;
            bool in = section == 0   ? (x & here) && !all
                      : section == 1 ? all
                                     : (x & (CTX_PANEL | CTX_TEXT)) && !(x & CTX_VIEWS);
            if (!in)
                continue;
            canvas_text(&page, (int)line, KEYS_COLUMN, TEXT_COLUMN - KEYS_COLUMN - 1, STYLE_KEY,
                        keys_of(a));
            line += (size_t)canvas_wrap(
                &page, (struct rect){(int)line, TEXT_COLUMN, 9, area.cols - TEXT_COLUMN},
                STYLE_NORMAL, action_table[a].help);
        }
        line++;
    }
    canvas_text(&page, (int)line++, 0, area.cols, STYLE_STRONG, "Words");
    line += (size_t)glossary_draw(&page, (int)line, area.cols);
    for (size_t l = top; c && l < line && l < shown; l++)
        for (int k = 0; k < area.cols; k++) {
            const struct cell *p = &page.cell[l * (size_t)page.cols + (size_t)k];
            canvas_put(c, area.row + (int)(l - top), area.col + k, (enum style)p->style, p->ch);
        }
    canvas_free(&page);
    return line;
}

size_t help_lines(const struct app *app, int cols)
{
    return walk(app, NULL, (struct rect){0, 0, app_view_rows(app), cols}, 0);
}

void help_render(const struct app *app, struct canvas *c, struct rect area)
{
    area.rows--; /* an empty line above the status line */
    size_t lines = walk(app, c, area, app->help_top);
    size_t last = app->help_top + (size_t)area.rows;
    canvas_textf(c, area.row + area.rows + 1, 0, area.cols, STYLE_FAINT, "lines %zu-%zu of %zu",
                 app->help_top + 1, last < lines ? last : lines, lines);
}
