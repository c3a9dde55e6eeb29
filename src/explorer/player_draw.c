/*
 * The box with the words of a tour, and the echo of keys.
 */
#include "config.h"

#include "explorer/player.h"

#include <stdio.h>
#include <string.h>

#include "screen/keys.h"

enum { MOST_WORDS = 6 }; /* lines for words, at most */

/* Rows TEXT takes at COLS. */
static int wrapped_rows(const char *text, int cols)
{
    struct canvas page;
    int rows = MOST_WORDS;
    if (canvas_init(&page, cols, MOST_WORDS, false)) {
        rows = canvas_wrap(&page, canvas_all(&page), STYLE_NORMAL, text);
        canvas_free(&page);
    }
    return rows;
}

int player_words(const struct player *p, int cols, int rows)
{
    int most = 1, room = rows - APP_MIN_ROWS - 1;
    for (size_t i = 0; i < p->asked.script->count && most < MOST_WORDS; i++) {
        const char *say = p->asked.script->step[i].say;
        int need = say ? wrapped_rows(say, cols) : 1;
        most = need > most ? need : most;
    }
    return most < room ? most : room > 1 ? room : 1;
}

/* Names of KEY [keys] from the last to the first or, FORWARD, from the first, into TEXT. */
static void key_list(const uint32_t *key, size_t keys, bool forward, char *text, size_t size)
{
    char name[40];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < keys && used < size; i++) {
        uint32_t k = key[forward ? i : keys - 1 - i];
        if (!k)
            continue;
        key_text(k, name, sizeof name);
        used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", name);
    }
}

/* "-- 3 of 14 -- keys: 3 p ----" between the app and the words. */
static void draw_rule(const struct player *p, struct canvas *c, int row)
{
    const struct script_step *s = &p->asked.script->step[p->step];
    char keys[200];
    canvas_blank(c, (struct rect){row, 0, 1, c->cols});
    canvas_hline(c, row, 0, c->cols, STYLE_FAINT);
    int col =
        2 + canvas_textf(c, row, 2, c->cols - 2, STYLE_TAB_HERE, " %zu of %zu%s ", p->step + 1,
                         p->asked.script->count, p->automatic ? ", playing" : "");
    key_list(s->key, s->keys, true, keys, sizeof keys);
    if (p->note[0])
        canvas_textf(c, row, col + 2, c->cols - col - 4, STYLE_ALERT, " %s ", p->note);
    else if (keys[0])
        canvas_textf(c, row, col + 2, c->cols - col - 4, STYLE_KEY, " pressed: %s ", keys);
}

/* The words of the step with the numbers of the screen filled in, above the tour's own footer. */
static void draw_words(const struct player *p, const struct canvas *app, struct canvas *c, int row)
{
    const char *say = p->asked.script->step[p->step].say;
    struct buf screen = BUF_INIT, words = BUF_INIT;
    struct rect area = {row, 0, c->rows - 1 - row, c->cols};
    canvas_blank(c, (struct rect){row, 0, c->rows - row, c->cols});
    if (say) {
        canvas_print(app, &screen);
        script_fill(say, buf_text(&screen), &words);
        canvas_wrap(c, area, STYLE_NORMAL, buf_text(&words));
    }
    footer_render(c, c->rows - 1, c->cols, CTX_TOUR);
    buf_free(&screen);
    buf_free(&words);
}

/*
 * The app on a canvas of its own, since it has fewer rows than the screen, copied to the top; then
 * the rule and the words below. The words are filled in from the app's own canvas, so that a number
 * they quote is never one that the tour itself has written.
 */
static enum status render_tour(const struct player *p, struct canvas *c, struct err *err)
{
    struct canvas app;
    if (p->app->cols < APP_MIN_COLS || p->app->rows < APP_MIN_ROWS)
        return app_render(p->app, c, err); /* which says what it needs */
    if (!canvas_init(&app, p->app->cols, p->app->rows, c->ascii))
        return err_nomem(err);
    enum status code = app_render(p->app, &app, err);
    for (int r = 0; r < app.rows && r < c->rows; r++)
        memcpy(&c->cell[(size_t)r * (size_t)c->cols], &app.cell[(size_t)r * (size_t)app.cols],
               (size_t)c->cols * sizeof *c->cell);
    c->cursor_row = app.cursor_row;
    c->cursor_col = app.cursor_col;
    c->cursor_shown = app.cursor_shown;
    /* The app's last line has hints at keys that mean something else now, or a prompt's error. */
    if (!p->app->prompt.error[0])
        draw_rule(p, c, app.rows - 1);
    draw_words(p, &app, c, app.rows);
    canvas_free(&app);
    return code;
}

enum status player_render(const struct player *p, struct canvas *c, struct err *err)
{
    char keys[200], corner[204];
    enum status code = p->touring ? render_tour(p, c, err) : app_render(p->app, c, err);
    if (p->asked.show_keys && p->echo[0]) {
        key_list(p->echo, sizeof p->echo / sizeof p->echo[0], false, keys, sizeof keys);
        snprintf(corner, sizeof corner, " %s ", keys);
        int width = text_width(corner);
        if (width <= c->cols)
            canvas_text(c, 0, c->cols - width, width, STYLE_TAB_HERE, corner);
    }
    return code;
}
