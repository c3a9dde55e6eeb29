#include "config.h"

#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "screen/canvas.h"

struct screen {
    VTerm *vt;
    VTermScreen *cells;
    bool visible;
};

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
    struct screen *s = user;
    if (prop == VTERM_PROP_CURSORVISIBLE)
        s->visible = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static void heard(struct pty *p, const char *bytes, size_t n)
{
    vterm_input_write(((struct screen *)p->screen)->vt, bytes, n);
}

static void resized(struct pty *p)
{
    vterm_set_size(((struct screen *)p->screen)->vt, p->rows, p->cols);
}

static void ended(struct pty *p)
{
    vterm_free(((struct screen *)p->screen)->vt);
    free(p->screen);
}

void screen_start(struct pty *p, int cols, int rows, const char *const *env, char *const *argv,
                  int flags)
{
    struct screen *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->visible = true;
    s->vt = vterm_new(rows, cols);
    vterm_set_utf8(s->vt, 1);
    s->cells = vterm_obtain_screen(s->vt);
    vterm_screen_set_callbacks(s->cells, &callbacks, s);
    vterm_screen_enable_altscreen(s->cells, 1);
    vterm_screen_reset(s->cells, 1);
    pty_start(p, cols, rows, env, argv, flags);
    p->screen = s;
    p->heard = heard;
    p->resized = resized;
    p->ended = ended;
}

VTermScreenCell screen_cell(const struct pty *p, int row, int col)
{
    VTermScreenCell cell;
    vterm_screen_get_cell(((struct screen *)p->screen)->cells, (VTermPos){row, col}, &cell);
    return cell;
}

struct screen_cursor screen_cursor(const struct pty *p)
{
    struct screen *s = p->screen;
    VTermPos at;
    vterm_state_get_cursorpos(vterm_obtain_state(s->vt), &at);
    return (struct screen_cursor){at.row, at.col, s->visible};
}

char *screen_text(const struct pty *p)
{
    struct buf b = BUF_INIT;
    for (int r = 0; r < p->rows; r++) {
        size_t end = b.len;
        for (int c = 0; c < p->cols; c++) {
            VTermScreenCell cell = screen_cell(p, r, c);
            char utf8[8];
            if (cell.chars[0] == UINT32_MAX) /* right half of a wide character */
                continue;
            uint32_t ch = cell.chars[0] ? cell.chars[0] : ' ';
            buf_add(&b, utf8, (size_t)utf8_put(utf8, ch));
            for (int k = 1; k < VTERM_MAX_CHARS_PER_CELL && cell.chars[0] && cell.chars[k]; k++)
                buf_add(&b, utf8, (size_t)utf8_put(utf8, cell.chars[k]));
            if (ch != ' ')
                end = b.len;
        }
        b.len = end;
        buf_add(&b, "\n", 1);
    }
    return b.data;
}

bool screen_wait(struct pty *p, const char *text, bool gone, int ms)
{
    long until = pty_now() + ms;
    for (;;) {
        char *screen = screen_text(p);
        bool there = strstr(screen, text) != NULL;
        free(screen);
        if (there != gone)
            return true;
        long left = until - pty_now();
        if (left <= 0)
            return false;
        pty_take(p, (int)left);
    }
}
