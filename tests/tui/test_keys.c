/* Keys: R14, R15, R26. */
#include "config.h"

#include "explorer.h"

#include <string.h>

static void escape_closes_at_once(void **state)
{
    struct pty p;
    long best = PATIENCE;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    for (int i = 0; i < 5 && best >= 100; i++) {
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
    assert_in_range(best, 0, 99); /* curses' own delay would be 1000 */
    explorer_quit(&p);
}

static void unknown_keys_do_nothing(void **state)
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
    assert_true(screen_wait(&p, "layer 6 of 6", false, PATIENCE));
    pty_send(&p, "\033OH");
    assert_true(screen_wait(&p, "layer 1 of 6", false, PATIENCE));
    pty_send(&p, "\033[B");
    assert_true(screen_wait(&p, "layer 2 of 6", false, PATIENCE));
    pty_send(&p, "q"); /* no other screen to leave on a vt100 */
    assert_int_equal(pty_status(&p, PATIENCE), 0);
    pty_end(&p);
}

static void typing_shows_the_cursor(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    pty_send(&p, "4");
    assert_true(screen_wait(&p, "chance", false, PATIENCE));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escape_closes_at_once),
        cmocka_unit_test(unknown_keys_do_nothing),
        cmocka_unit_test(typing_shows_the_cursor),
    };
    return EXPLORER_RUN(tests, false);
}
