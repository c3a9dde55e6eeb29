/* R25: the mouse.  R26: the cursor is where one is. */
#include "config.h"

#include "explorer.h"

#include <signal.h>
#include <string.h>

static bool sent(const struct pty *p, const char *bytes)
{
    return memmem(buf_text(&p->sent), p->sent.len, bytes, strlen(bytes)) != NULL;
}

/* A click on ROW, COL, from 0, as xterm reports it. */
static void click(struct pty *p, int row, int col)
{
    char keys[64];
    snprintf(keys, sizeof keys, "\033[<0;%d;%dM\033[<0;%d;%dm", col + 1, row + 1, col + 1, row + 1);
    pty_send(p, keys);
}

/* Row and column of TEXT on the screen. */
static void find(const struct pty *p, const char *text, int *row, int *col)
{
    char *screen = screen_text(p), *line = screen, *at = NULL;
    for (*row = 0; line && !at; ++*row) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        at = strstr(line, text);
        *col = at ? (int)(at - line) : -1; /* bytes: right where all before is ASCII */
        line = end ? end + 1 : NULL;
    }
    --*row;
    assert_non_null(at);
    free(screen);
}

static void r25_the_mouse_is_off_unless_asked_for(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    assert_false(sent(&p, "\033[?100"));
    explorer_press(&p, "m", "mouse on");
    assert_true(sent(&p, "1000h"));
    explorer_press(&p, "m", "mouse off");
    assert_true(sent(&p, "1000l"));
    explorer_quit(&p);
}

/* R25: a program before this one died and left the mouse on. */
static void r25_reports_nobody_asked_for_are_no_keys(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    char *before = screen_text(&p);
    pty_send(&p, "\033[<0;5;5M\033[<0;5;5m");
    pty_quiet(&p, SETTLE);
    char *after = screen_text(&p);
    assert_string_equal(after, before);
    free(before);
    free(after);
    explorer_press(&p, "j", "2/6");
    explorer_quit(&p);
}

static void r25_clicks_choose_tabs_lines_and_points(void **state)
{
    static const char *const options[] = {"--mouse", NULL};
    struct pty p;
    int row = 0, col = 0;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, options);
    explorer_settled(&p);
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    assert_true(sent(&p, "1000h"));
    click(&p, 7, 4);
    assert_true(screen_wait(&p, "4/6", false, PATIENCE));
    pty_send(&p, "\033[<65;10;10M"); /* wheel */
    assert_true(screen_wait(&p, "5/6", false, PATIENCE));
    click(&p, 1, 78); /* the layer, not a tab */
    find(&p, "3 Map", &row, &col);
    click(&p, row, col + 3);
    assert_true(screen_wait(&p, "stress", false, PATIENCE));
    pty_quiet(&p, SETTLE);
    pty_send(&p, "jj");
    assert_true(screen_wait(&p, "nearest", false, PATIENCE));
    pty_quiet(&p, SETTLE);
    struct screen_cursor second = screen_cursor(&p);
    pty_send(&p, "G");
    pty_quiet(&p, SETTLE);
    assert_true(screen_cursor(&p).row != second.row || screen_cursor(&p).col != second.col);
    click(&p, second.row, second.col);
    pty_quiet(&p, SETTLE);
    assert_int_equal(screen_cursor(&p).row, second.row);
    assert_int_equal(screen_cursor(&p).col, second.col);
    click(&p, second.row, second.col); /* again: look closer */
    assert_true(screen_wait(&p, "p(neuron | phone)", false, PATIENCE));
    size_t from = p.sent.len;
    kill(p.pid, SIGABRT); /* a crash gives the mouse back, too */
    assert_int_not_equal(pty_status(&p, PATIENCE), -1);
    assert_true(pty_wait_bytes(&p, from, "1000l", PATIENCE));
    assert_true(pty_modes_restored(&p));
    pty_end(&p);
}

/* The cursor's line shows a pointer, or, on a map, the cell is marked. */
static void cursor_is_at_the_pointer(struct pty *p)
{
    struct screen_cursor at = screen_cursor(p);
    VTermScreenCell cell = screen_cell(p, at.row, at.col);
    assert_true(cell.chars[0] == '>' || cell.attrs.reverse);
}

static void r26_the_cursor_is_where_one_is(void **state)
{
    static const struct {
        const char *keys, *text;
    } places[] = {{"j", "2/6"},     {"2", "above"},    {"j", "above"},     {"3", "stress"},
                  {"j", "nearest"}, {"4", "expected"}, {"j", "expected"},  {"5", "best at"},
                  {"j", "best at"}, {"\006", "best"},  {"c", "Conditions"}};
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    cursor_is_at_the_pointer(&p);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        explorer_press(&p, places[i].keys, places[i].text);
        if (strcmp(places[i].keys, "3") != 0) /* on a new map nothing is chosen */
            cursor_is_at_the_pointer(&p);
        assert_false(screen_cursor(&p).visible);
    }
    pty_send(&p, "\033");
    assert_true(screen_wait(&p, "Conditions", true, PATIENCE));
    explorer_quit(&p);
}

static void r26_a11y_shows_the_cursor(void **state)
{
    static const char *const options[] = {"--a11y", NULL};
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, options);
    explorer_settled(&p);
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    pty_quiet(&p, SETTLE);
    assert_true(screen_cursor(&p).visible);
    cursor_is_at_the_pointer(&p);
    explorer_press(&p, "v", "Silhouette on the map");
    assert_int_equal(screen_cursor(&p).row, 22); /* no line is at hand: the status line */
    assert_true(screen_cursor(&p).visible);
    explorer_quit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r25_the_mouse_is_off_unless_asked_for),
        cmocka_unit_test(r25_reports_nobody_asked_for_are_no_keys),
        cmocka_unit_test(r25_clicks_choose_tabs_lines_and_points),
        cmocka_unit_test(r26_the_cursor_is_where_one_is),
        cmocka_unit_test(r26_a11y_shows_the_cursor),
    };
    return EXPLORER_RUN(tests, false);
}
