/*
 * A canvas to curses, which sends only the cells that changed.
 */
#include "config.h"

#include "tui/terminal.h"

#include <wchar.h>

/* A cell with a combining mark is two characters in one place. */
static void put_cell(int row, int col, const struct cell *p)
{
    wchar_t text[3] = {(wchar_t)p->ch, (wchar_t)p->mark, 0};
    cchar_t cell;
    short pair;
    attr_t attr = terminal_attr(p->style, &pair);
    if (setcchar(&cell, text, attr, pair, NULL) == OK)
        mvadd_wch(row, col, &cell);
}

/* Blank cells in the normal style are skipped: erase has made them. */
void draw_canvas(const struct canvas *c, bool anew)
{
    if (anew)
        clearok(curscr, TRUE);
    erase();
    for (int r = 0; r < c->rows && r < LINES; r++)
        for (int k = 0; k < c->cols && k < COLS; k++) {
            const struct cell *p = &c->cell[(size_t)r * (size_t)c->cols + (size_t)k];
            if (p->ch && (p->ch != ' ' || p->style != STYLE_NORMAL))
                put_cell(r, k, p);
        }
    /* The cursor stands on the line one is at, even unseen: screen readers follow it. */
    curs_set(c->cursor_shown ? 1 : 0);
    if (c->cursor_row >= 0 && c->cursor_row < LINES && c->cursor_col < COLS)
        move(c->cursor_row, c->cursor_col);
    else
        move(LINES - 1, 0);
    refresh();
}
