#include "config.h"

#include "explorer/mouse.h"

#include "screen/keys.h"
#include "explorer/views/map/map_state.h"

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

static size_t map_keys(const struct app *app, const struct canvas *c, int row, int col,
                       uint32_t *key)
{
    const struct map_state *s = map_state(app);
    long point = map_point_at(app, c, row, col);
    size_t n = 0;
    if (point < 0)
        return 0;
    if (s->selected == point + 1) {
        key[0] = KEY_CODE_ENTER;
        return 1;
    }
    key[n++] = KEY_CODE_HOME;
    bool first = true;
    for (long i = 0; i <= point && n < MOUSE_MAX_KEYS; i++)
        if (!s->hidden[s->property->point[i].group]) {
            if (!first)
                key[n++] = KEY_CODE_DOWN;
            first = false;
        }
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
    if (view && app->at.view == VIEW_MAP)
        return map_keys(app, c, row, col, key);
    return c->cursor_row >= VIEW_ROW ? list_keys(c->cursor_row, row, key) : 0;
}
