/*
 * Clicks as keys: tabs and lists here, what is inside a view by the view's own hook.
 */
#include "config.h"

#include "explorer/mouse.h"

#include "screen/keys.h"
#include "explorer/view.h"

enum { TAB_ROW = 1, VIEW_ROW = 2 };

/* The key of the view whose tab holds column COL: the number in the tab, " 3 Map ". */
static uint32_t tab_key(const struct canvas *c, int col)
{
    const struct cell *line = &c->cell[(size_t)TAB_ROW * (size_t)c->cols];
    for (; col >= 0 && (line[col].style == STYLE_TAB || line[col].style == STYLE_TAB_HERE); col--)
        if (line[col].ch >= '1' && line[col].ch <= '9' && (col == 0 || line[col - 1].ch == ' '))
            return line[col].ch;
    return 0;
}

/* From the cursor's line to another, a key for each line between. */
static size_t list_keys(int from, int to, uint32_t *key)
{
    size_t n = 0;
    for (; from < to; from++)
        key[n++] = KEY_CODE_DOWN;
    for (; from > to; from--)
        key[n++] = KEY_CODE_UP;
    if (n == 0)
        key[n++] = KEY_CODE_ENTER;
    return n;
}

size_t mouse_keys(const struct app *app, const struct canvas *c, int row, int col,
                  uint32_t key[MOUSE_MAX_KEYS])
{
    unsigned context = app_context(app);
    bool view = context & CTX_VIEWS, list = context == CTX_PANEL || context == CTX_TEXT;
    if (row < 0 || col < 0 || row >= c->rows || col >= c->cols || (!view && !list))
        return 0;
    if (view && row == TAB_ROW && (key[0] = tab_key(c, col)))
        return 1;
    if (row < VIEW_ROW || row >= c->rows - 2)
        return 0;
    if (view && view_current(app)->click)
        return view_current(app)->click(app, c, row, col, key);
    return c->cursor_row >= VIEW_ROW ? list_keys(c->cursor_row, row, key) : 0;
}
