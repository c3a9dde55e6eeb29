/* Keys: R14, R15, R26. */
#include "config.h"

#include "explorer.h"

#include <string.h>

static void r14_escape_closes_at_once(void **state)
{
    struct pty p;
    long best = PATIENCE;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    for (int i = 0; i < 20 && best >= 60; i++) {
        pty_send(&p, "c");
        assert_true(screen_wait(&p, "Conditions:", false, PATIENCE));
        pty_quiet(&p, STILL);
        long before = pty_now();
        pty_send(&p, "\033");
        assert_true(screen_wait(&p, "Conditions:", true, PATIENCE));
        long taken = pty_now() - before;
        best = taken < best ? taken : best;
    }
    if (getenv("PROPNEU_VERBOSE"))
        printf("Esc: %ld ms\n", best);
    assert_in_range(best, 0, 59); /* curses' own delay would be 1000 */
    explorer_quit(&p);
}

static void r15_unknown_keys_do_nothing(void **state)
{
    static const char *const env[] = {"TERM=vt100", NULL};
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, env, 0);
    char *before = screen_text(&p);
    pty_send(&p, "\033[25~\033[1;5C\033Ov\033[200~\033[<0;1;4M");
    pty_quiet(&p, 2 * STILL);
    char *after = screen_text(&p);
    assert_string_equal(after, before);
    free(before);
    free(after);
    pty_send(&p, "\033[4~");
    assert_true(screen_wait(&p, "6/6", false, PATIENCE));
    pty_send(&p, "\033OH");
    assert_true(screen_wait(&p, "1/6", false, PATIENCE));
    pty_send(&p, "\033[B");
    assert_true(screen_wait(&p, "2/6", false, PATIENCE));
    pty_send(&p, "q"); /* no other screen to leave on a vt100 */
    assert_int_equal(pty_status(&p, PATIENCE), 0);
    pty_end(&p);
}

static void r26_typing_shows_the_cursor(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    pty_send(&p, "4");
    assert_true(screen_wait(&p, "expected", false, PATIENCE));
    size_t from = p.sent.len;
    pty_send(&p, "e &");
    assert_true(screen_wait(&p, "set A: phone &", false, PATIENCE));
    assert_true(pty_wait_bytes(&p, from, "\033[?25h", PATIENCE) ||
                pty_wait_bytes(&p, from, "\033[?12l\033[?25h", 0));
    pty_send(&p, "\r");
    assert_true(screen_wait(&p, "expected", false, PATIENCE));
    pty_send(&p, "gender\r");
    assert_true(screen_wait(&p, "phone &gender", false, PATIENCE));
    assert_true(screen_wait(&p, "set A:", true, PATIENCE));
    explorer_quit(&p);
}

/* R15: arrows, letters and the keys of pages do the same. */
static void r15_arrows_and_letters_move_alike(void **state)
{
    static const char *const down[] = {"j", "\033OB", "\033[B"};
    static const char *const up[] = {"k", "\033OA", "\033[A"};
    static const char *const right[] = {"l", "\033OC", "\033[C"};
    static const char *const left[] = {"h", "\033OD", "\033[D"};
    static const char *const last[] = {"G", "\033OF", "\033[4~"};
    static const char *const first[] = {"g", "\033OH", "\033[1~"};
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    for (int i = 0; i < 3; i++) {
        explorer_press(&p, down[i], "2/6");
        explorer_press(&p, right[i], "3/6");
        explorer_press(&p, up[i], "2/6");
        explorer_press(&p, left[i], "1/6");
        explorer_press(&p, last[i], "6/6");
        explorer_press(&p, first[i], "1/6");
        explorer_press(&p, i % 2 ? "\004" : "\033[6~", "6/6");
        explorer_press(&p, i % 2 ? "\025" : "\033[5~", "1/6");
    }
    /* In lists over the view, too; in a prompt letters are text. */
    explorer_press(&p, "c", "Conditions");
    explorer_press(&p, "\033OBj\033OAk", "> ");
    explorer_press(&p, "\033", "1/6");
    explorer_press(&p, "4a", "new set:");
    explorer_press(&p, "hjklqgG?\033OD\033ODx", "hjklqgxG?");
    explorer_press(&p, "\033", "set");
    explorer_quit(&p);
}

/* R17: the way to help is there however narrow it is; R16: it lists the keys of the view. */
static void r17_help_is_always_offered(void **state)
{
    static const int width[] = {40, 60, 80, 200};
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    for (size_t i = 0; i < 4; i++) {
        pty_resize(&p, width[i], 24);
        pty_quiet(&p, SETTLE);
        for (const char *view = "12345"; *view; view++) {
            char key[] = {*view, '\0'};
            explorer_press(&p, key, "? help  q quit");
        }
    }
    explorer_press(&p, "?", "Keys of this view");
    explorer_press(&p, "\033", "? help");
    explorer_press(&p, "\033OP", "NEURONS:"); /* F1 */
    pty_send(&p, "q");
    assert_true(screen_wait(&p, "NEURONS:", true, PATIENCE));
    explorer_quit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r14_escape_closes_at_once),
        cmocka_unit_test(r15_unknown_keys_do_nothing),
        cmocka_unit_test(r15_arrows_and_letters_move_alike),
        cmocka_unit_test(r17_help_is_always_offered),
        cmocka_unit_test(r26_typing_shows_the_cursor),
    };
    return EXPLORER_RUN(tests, false);
}
