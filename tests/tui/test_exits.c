/* However it ends, and when it is stopped: R4 to R6. */
#include "config.h"

#include "explorer.h"

#include "../unit/big_counts.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/file.h"

#if defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static void r4_a_vanished_terminal_ends_it(void **state)
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

static void r5_signals_leave_a_sane_terminal(void **state)
{
    const int numbers[] = {
        SIGRTMIN + 1, SIGTERM, SIGHUP,  SIGQUIT,   SIGINT,  SIGABRT, SIGXCPU,
        SIGUSR1,      SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGTRAP, SIGPIPE,
#ifndef SANITIZED /* these keep faults for themselves */
        SIGSEGV,
#endif
    };
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

static void r6_stopping_gives_the_terminal_back_and_forth(void **state)
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

/* R5: with the cursor shown and the mouse on, as it is in a prompt. */
static void r5_a_crash_while_typing_gives_all_back(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    explorer_press(&p, "m", "mouse on");
    explorer_press(&p, "4e", "set A:");
    size_t from = p.sent.len;
    kill(p.pid, SIGABRT);
    int status = pty_status(&p, PATIENCE);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_true(pty_wait_bytes(&p, from, LEAVE, PATIENCE));
    assert_true(pty_wait_bytes(&p, from, "1000l", PATIENCE));
    assert_true(screen_cursor(&p).visible);
    assert_true(pty_modes_restored(&p));
    pty_end(&p);
}

/* R5: what cannot be opened is said on a terminal that was never touched, or is as it was. */
static void r5_errors_leave_the_terminal_alone(void **state)
{
    static const char *const options[] = {"--layer", "99", NULL};
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, options);
    int status = pty_status(&p, PATIENCE);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_true(pty_wait_bytes(&p, 0, "no layer 99", PATIENCE));
    assert_null(memchr(p.sent.data, '\033', p.sent.len));
    assert_true(pty_modes_restored(&p));
    pty_end(&p);
}

/* R4: the same while results are being computed. */
static void r4_a_terminal_that_vanishes_at_once(void **state)
{
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, NULL, PTY_NOHUP, NULL);
    pty_take(&p, PATIENCE);
    close(p.master);
    p.master = -1;
    long before = pty_now();
    assert_int_not_equal(pty_status(&p, PATIENCE), -1);
    assert_in_range(pty_now() - before, 0, 1500);
    pty_end(&p);
}

/* The map of 1599 points takes many seconds; what computes it is asked to stop, and does. */
static void leaving_does_not_wait_for_a_map(void **state)
{
    static const char large[] = "test_exits.large.counts";
    char *argv[] = {(char *)(uintptr_t)explorer_program(),
                    (char *)(uintptr_t) "explore",
                    (char *)(uintptr_t)large,
                    (char *)(uintptr_t) "--property",
                    (char *)(uintptr_t) "speaker",
                    (char *)(uintptr_t) "--view",
                    (char *)(uintptr_t) "map",
                    NULL};
    struct big b = {.speakers = 41, .layers = 4, .width = 1000, .tau = 10};
    struct err err;
    (void)state;
    assert_ok(big_write(&b, large, &err));
    for (int ms = 0; ms < 1000; ms += 400) {
        struct pty p;
        screen_start(&p, 80, 24, NULL, argv, 0);
        assert_true(screen_wait(&p, "computing", false, PATIENCE));
        usleep((useconds_t)ms * 1000);
        explorer_quit(&p);
    }
    unlink(large);
}

/* A count file that is written over in place, as cp does, ends it with a line that says so, also
 * of a long path, and without the escapes of its name. */
static void r39_a_file_cut_short_is_told(void **state)
{
    char folder[240] = "test_exits.", copy[300];
    memset(folder + strlen(folder), 'd', sizeof folder - 1 - strlen(folder));
    snprintf(copy, sizeof copy, "%s/copy\033[31m.counts", folder);
    assert_true(mkdir(folder, 0777) == 0 || errno == EEXIST);
    char *argv[] = {(char *)(uintptr_t)explorer_program(),
                    (char *)(uintptr_t) "explore",
                    (char *)(uintptr_t) "--draws",
                    (char *)(uintptr_t) "0", /* the counts are read by the key alone */
                    copy,
                    NULL};
    struct mapped m;
    struct outfile f;
    struct err err;
    struct pty p;
    (void)state;
    assert_ok(mapped_open(&m, explorer_file(), &err));
    assert_ok(outfile_open(&f, copy, &err));
    assert_int_equal(fwrite(m.data, 1, m.size, f.stream), m.size);
    assert_ok(outfile_commit(&f, &err));
    mapped_close(&m);
    screen_start(&p, 80, 24, NULL, argv, 0);
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    explorer_settled(&p);
    size_t from = p.sent.len;
    assert_int_equal(truncate(copy, 0), 0);
    pty_send(&p, "c\n"); /* other conditions: everything is counted again */
    int status = pty_status(&p, PATIENCE);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_true(pty_wait_bytes(&p, from, LEAVE, PATIENCE));
    assert_true(pty_wait_bytes(&p, from, "d/copy?[31m.counts: was truncated", PATIENCE));
    assert_true(pty_modes_restored(&p));
    pty_end(&p);
    unlink(copy);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r4_a_vanished_terminal_ends_it),
        cmocka_unit_test(r4_a_terminal_that_vanishes_at_once),
        cmocka_unit_test(leaving_does_not_wait_for_a_map),
        cmocka_unit_test(r5_signals_leave_a_sane_terminal),
        cmocka_unit_test(r5_a_crash_while_typing_gives_all_back),
        cmocka_unit_test(r5_errors_leave_the_terminal_alone),
        cmocka_unit_test(r39_a_file_cut_short_is_told),
        cmocka_unit_test(r6_stopping_gives_the_terminal_back_and_forth),
    };
    return EXPLORER_RUN(tests, false);
}
