/* However it ends, and when it is stopped: R4 to R6. */
#include "config.h"

#include "explorer.h"

#include <signal.h>
#include <unistd.h>

static void a_vanished_terminal_ends_it(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, PTY_NOHUP);
    long before = pty_now();
    close(p.master);
    p.master = -1;
    assert_int_not_equal(pty_status(&p, PATIENCE), -1);
    assert_in_range(pty_now() - before, 0, 1000);
    pty_end(&p);
}

static void signals_leave_a_sane_terminal(void **state)
{
    static const int numbers[] = {SIGTERM, SIGHUP, SIGQUIT, SIGINT, SIGABRT};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct pty p;
        explorer_open(&p, 80, 24, NULL, 0);
        size_t from = p.sent.len;
        if (numbers[i] == SIGINT)
            pty_send(&p, "\003");
        else
            kill(p.pid, numbers[i]);
        int status = pty_status(&p, PATIENCE);
        assert_int_not_equal(status, -1);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i]);
        assert_true(pty_wait_bytes(&p, from, LEAVE, PATIENCE));
        assert_true(pty_modes_restored(&p));
        pty_end(&p);
    }
}

static void stopping_gives_the_terminal_back_and_forth(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, PTY_JOB);
    for (int round = 0; round < 2; round++) {
        size_t from = p.sent.len;
        pty_send(&p, "\032");
        assert_true(pty_wait_bytes(&p, from, "[stopped]", PATIENCE));
        assert_true(pty_wait_bytes(&p, from, LEAVE, PATIENCE));
        assert_true(pty_modes_restored(&p));
        if (round)
            pty_resize(&p, 100, 30);
        pty_send(&p, "\n");
        assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
        pty_quiet(&p, STILL);
        explorer_shows(&p, round ? "--dump=100x30" : "--dump=80x24");
    }
    explorer_quit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vanished_terminal_ends_it),
        cmocka_unit_test(signals_leave_a_sane_terminal),
        cmocka_unit_test(stopping_gives_the_terminal_back_and_forth),
    };
    return EXPLORER_RUN(tests, false);
}
