/* The guided tour, scripts, records: R40. */
#include "config.h"

#include "explorer.h"

#include <string.h>
#include <unistd.h>

#include "formats/file.h"

#define RECORD "test_tour.recorded"

static void start(struct pty *p, int cols, int rows, const char *const *env,
                  const char *const *words)
{
    char *argv[12] = {(char *)(uintptr_t)explorer_program()};
    for (int i = 0; i < 10 && words[i]; i++)
        argv[i + 1] = (char *)(uintptr_t)words[i];
    screen_start(p, cols, rows, env, argv, 0);
}

/* On, back to the same screen, on, out into the explorer at that place. */
static void the_tour_goes_forth_and_back(void **state)
{
    static const char *const words[] = {"demo", NULL};
    struct pty p;
    (void)state;
    start(&p, 80, 24, NULL, words);
    assert_true(screen_wait(&p, " 1 of ", false, PATIENCE));
    assert_true(screen_wait(&p, "This is a small speech Transformer", false, PATIENCE));
    assert_true(screen_wait(&p, "each-phone       -", false, PATIENCE));
    explorer_settled(&p);
    pty_rest(&p, STILL);
    char *first = screen_text(&p);
    pty_send(&p, " ");
    assert_true(screen_wait(&p, "p(neuron | phone)", false, PATIENCE));
    assert_true(screen_wait(&p, "pressed: 2", false, PATIENCE));
    pty_send(&p, "\r");
    assert_true(screen_wait(&p, " 3 of ", false, PATIENCE));
    pty_send(&p, "\177");
    assert_true(screen_wait(&p, " 2 of ", false, PATIENCE));
    pty_send(&p, "\033OD");
    assert_true(screen_wait(&p, " 1 of ", false, PATIENCE));
    assert_true(screen_wait(&p, "each-phone       -", false, PATIENCE));
    explorer_settled(&p);
    pty_rest(&p, STILL);
    char *again = screen_text(&p);
    assert_string_equal(again, first);
    free(first);
    free(again);
    pty_send(&p, "x");
    assert_true(screen_wait(&p, "Esc ends the tour", false, PATIENCE));
    pty_send(&p, "  \033");
    assert_true(screen_wait(&p, "Tour ended", false, PATIENCE));
    assert_true(screen_wait(&p, "b IY", false, PATIENCE));
    pty_send(&p, "3");
    assert_true(screen_wait(&p, "unvoiced", false, PATIENCE));
    explorer_quit(&p);
}

static void playing_can_be_stopped(void **state)
{
    static const char *const words[] = {"demo", "--auto", "--step", "12", NULL};
    struct pty p;
    (void)state;
    start(&p, 80, 24, NULL, words);
    assert_true(screen_wait(&p, "12 of ", false, PATIENCE));
    assert_true(screen_wait(&p, "playing", false, PATIENCE));
    explorer_settled(&p);
    pty_quiet(&p, 500); /* the step has a longer time of its own */
    char *screen = screen_text(&p);
    assert_non_null(strstr(screen, "12 of "));
    free(screen);
    pty_send(&p, "a"); /* stops */
    assert_true(screen_wait(&p, "playing", true, PATIENCE));
    pty_rest(&p, STILL);
    size_t sent = p.sent.len;
    pty_quiet(&p, 1000);
    assert_int_equal(p.sent.len, sent); /* idle means silence here, too */
    explorer_quit(&p);
}

/* A script plays timed keys, echoed in the corner; at its end it waits. */
static void a_script_plays_by_itself(void **state)
{
    static const char *const words[] = {
        "explore", "--demo", "test_tour.script", "--auto", "--show-keys", NULL, NULL};
    const char *all[8];
    struct outfile f;
    struct err err;
    struct pty p;
    (void)state;
    assert_ok(outfile_open(&f, "test_tour.script", &err));
    fputs("press 3\nsay One\nwait 0.2\npress p\nsay Two\nwait 0.2\npress 4\nsay Three\nwait 0.1\n",
          f.stream);
    assert_ok(outfile_commit(&f, &err));
    memcpy(all, words, sizeof words);
    all[5] = source_path("data/demo/counts/sid.counts");
    all[6] = NULL;
    start(&p, 100, 30, NULL, all);
    assert_true(screen_wait(&p, "Three", false, PATIENCE));
    assert_true(screen_wait(&p, "This is the last step", false, PATIENCE));
    assert_true(screen_wait(&p, " 3 p 4", false, PATIENCE));
    explorer_quit(&p);
    unlink("test_tour.script");
}

/* What is recorded here is played there, to the same screen. */
static void a_session_is_recorded_and_played(void **state)
{
    const char *file = source_path("data/demo/counts/sid.counts");
    const char *const words[] = {"explore", file, "--record", RECORD, NULL};
    const char *const play[] = {"explore", file, "--demo", RECORD, NULL};
    struct pty p;
    struct mapped m;
    struct err err;
    (void)state;
    unlink(RECORD);
    start(&p, 80, 24, NULL, words);
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    pty_send(&p, "4");
    assert_true(screen_wait(&p, "expected", false, PATIENCE));
    pty_send(&p, "a");
    assert_true(screen_wait(&p, "new set:", false, PATIENCE));
    pty_send(&p, "[AA] & gender\r");
    assert_true(screen_wait(&p, "D  [AA] & gender", false, PATIENCE));
    assert_int_equal(access(RECORD, F_OK), -1); /* whole or not at all */
    explorer_quit(&p);
    assert_ok(mapped_open(&m, RECORD, &err));
    assert_non_null(memmem(m.data, m.size, "type [AA] & gender\n", 19));
    mapped_close(&m);
    start(&p, 80, 24, NULL, play);
    for (int i = 0; i < 6; i++)
        pty_send(&p, " ");
    assert_true(screen_wait(&p, "D  [AA] & gender", false, PATIENCE));
    assert_true(screen_wait(&p, "This is the last step", false, PATIENCE));
    explorer_quit(&p);
    /* A record replaces nothing. */
    start(&p, 80, 24, NULL, words);
    int status = pty_status(&p, PATIENCE);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
    assert_true(pty_wait_bytes(&p, 0, "exists already", PATIENCE));
    pty_end(&p);
    unlink(RECORD);
}

/* The keys of a step that is typed in a prompt, resizing, the smallest terminal. */
static void any_size_shows_the_tour(void **state)
{
    static const char *const words[] = {"demo", NULL};
    struct pty p;
    (void)state;
    start(&p, 80, 24, NULL, words);
    assert_true(screen_wait(&p, " 1 of ", false, PATIENCE));
    for (int i = 0; i < 30; i++) {
        pty_resize(&p, 1 + i * 37 % 150, 1 + i * 23 % 60);
        pty_send(&p, i % 3 ? " " : "h");
        pty_quiet(&p, 0);
    }
    pty_resize(&p, 40, 16);
    assert_true(screen_wait(&p, " of 2", false, PATIENCE));
    pty_resize(&p, 30, 8);
    assert_true(screen_wait(&p, "too small", false, PATIENCE));
    pty_resize(&p, 80, 24);
    assert_true(screen_wait(&p, "explore", false, PATIENCE));
    explorer_quit(&p);
}

static void every_step_comes_by_itself(void **state)
{
    static const char *const words[] = {"demo", "--auto=0.1", NULL};
    struct pty p;
    (void)state;
    start(&p, 80, 24, NULL, words);
    assert_true(screen_wait(&p, "End of the tour", false, 4 * PATIENCE));
    assert_true(screen_wait(&p, "This is the last step", false, PATIENCE));
    explorer_quit(&p);
}

static void a_dumb_terminal_gets_all_steps(void **state)
{
    static const char *const words[] = {"demo", NULL}, *const env[] = {"TERM=dumb", NULL};
    struct pty p;
    (void)state;
    start(&p, 80, 24, env, words);
    assert_int_equal(pty_status(&p, 4 * PATIENCE), 0);
    assert_true(pty_wait_bytes(&p, 0, "End of the tour", PATIENCE));
    assert_null(memchr(p.sent.data, '\033', p.sent.len));
    pty_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tour_goes_forth_and_back),
        cmocka_unit_test(playing_can_be_stopped),
        cmocka_unit_test(every_step_comes_by_itself),
        cmocka_unit_test(a_script_plays_by_itself),
        cmocka_unit_test(a_session_is_recorded_and_played),
        cmocka_unit_test(any_size_shows_the_tour),
        cmocka_unit_test(a_dumb_terminal_gets_all_steps),
    };
    return EXPLORER_RUN(tests, false);
}
