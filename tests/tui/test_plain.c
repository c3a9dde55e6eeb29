/* R27: line by line.  R39: what has been said. */
#include "config.h"

#include "explorer.h"

#include <string.h>

static bool sent(const struct pty *p, const char *bytes)
{
    return memmem(buf_text(&p->sent), p->sent.len, bytes, strlen(bytes)) != NULL;
}

static void answer(struct pty *p, const char *line, const char *text)
{
    size_t from = p->sent.len;
    pty_send(p, line);
    if (!pty_wait_bytes(p, from, text, PATIENCE))
        fail_msg("after '%s' no '%s' in: %s", line, text, buf_text(&p->sent) + from);
    assert_true(pty_wait_bytes(p, from, "propneu> ", PATIENCE));
}

static void walk_through(struct pty *p)
{
    assert_true(pty_wait_bytes(p, 0, "propneu> ", PATIENCE));
    answer(p, "down 2\n", "Layers, layer 3 of 6");
    answer(p, "pattern\n", "Pattern, layer 3 of 6");
    answer(p, "down\n", "> a ");
    answer(p, "map\n", "Map, layer 3 of 6");
    answer(p, "layer 2\n", "Map, layer 2 of 6");
    answer(p, "property gender\n", " male ");
    answer(p, "overlap\n", "ratio");
    answer(p, "add [AA]\n", "[AA]");
    answer(p, "neurons\n", "best at");
    answer(p, "conditions\n", "Conditions:");
    answer(p, "close\n", "best at");
    answer(p, "nonsense\n", "unknown command");
    answer(p, "help\n", "next-layer: next layer");
    /* A question on a line of its own, and what is wrong with the answer. */
    size_t from = p->sent.len;
    pty_send(p, "edit\n");
    assert_true(pty_wait_bytes(p, from, "neurons of: ", PATIENCE));
    from = p->sent.len;
    pty_send(p, "phone &\n");
    assert_true(pty_wait_bytes(p, from, "expected", PATIENCE));
    answer(p, "phone & gender\n", "neurons of phone & gender");
    pty_send(p, "quit\n");
    assert_int_equal(pty_status(p, PATIENCE), 0);
    assert_true(pty_modes_restored(p));
}

static void r27_plain_mode_is_lines_of_text(void **state)
{
    static const char *const options[] = {"--plain", NULL};
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, options);
    walk_through(&p);
    assert_null(memchr(p.sent.data, '\033', p.sent.len));
    for (size_t i = 0; i < p.sent.len; i++) /* no lines, bars, dots: this file's names are ASCII */
        assert_false(p.sent.data[i] & 0x80);
    assert_false(sent(&p, "--"));
    assert_false(sent(&p, "=="));
    pty_end(&p);
}

static void r29_a_dumb_terminal_gets_plain_mode(void **state)
{
    static const char *const env[] = {"TERM=dumb", NULL};
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, env, 0, NULL);
    assert_true(pty_wait_bytes(&p, 0, "using line mode", PATIENCE));
    walk_through(&p);
    assert_null(memchr(p.sent.data, '\033', p.sent.len));
    pty_end(&p);
}

static void r27_the_end_of_input_ends_it(void **state)
{
    static const char *const options[] = {"--plain", NULL};
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, options);
    assert_true(pty_wait_bytes(&p, 0, "propneu> ", PATIENCE));
    pty_send(&p, "\004");
    assert_int_equal(pty_status(&p, PATIENCE), 0);
    pty_end(&p);
}

static void r39_messages_stay_in_the_log(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    explorer_press(&p, "E", "no messages yet");
    explorer_press(&p, "9", "there is no view 9");
    explorer_press(&p, "j", "2/6");
    explorer_press(&p, "f", "only this file");
    explorer_press(&p, "f", "only this file");
    explorer_press(&p, "E", "Messages");
    assert_true(screen_wait(&p, "there is no view 9", false, PATIENCE));
    assert_true(screen_wait(&p, "there is only this file (2 times)", false, PATIENCE));
    pty_send(&p, "\033");
    assert_true(screen_wait(&p, "(2 times)", true, PATIENCE));
    explorer_quit(&p);
}

/* The note about TERM is printed to standard error while the screen is taken. */
static void r39_what_is_printed_meanwhile_is_kept_and_told_at_the_end(void **state)
{
    static const char *const env[] = {"TERM=xterm-nobody-knows", NULL};
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, env, 0);
    explorer_press(&p, "j", "2/6");
    explorer_press(&p, "E", "using xterm");
    pty_send(&p, "\033");
    assert_true(screen_wait(&p, "Messages", true, PATIENCE));
    size_t from = p.sent.len;
    pty_send(&p, "q");
    assert_int_equal(pty_status(&p, PATIENCE), 0);
    assert_true(pty_wait_bytes(&p, from, "using xterm", PATIENCE));
    pty_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r27_plain_mode_is_lines_of_text),
        cmocka_unit_test(r29_a_dumb_terminal_gets_plain_mode),
        cmocka_unit_test(r27_the_end_of_input_ends_it),
        cmocka_unit_test(r39_messages_stay_in_the_log),
        cmocka_unit_test(r39_what_is_printed_meanwhile_is_kept_and_told_at_the_end),
    };
    return EXPLORER_RUN(tests, false);
}
