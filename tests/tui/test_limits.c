/* The explorer under limits of address space, as schedulers set them, from too little to plenty. */
#include "config.h"

#include "explorer.h"

static bool sanitized(void)
{
    return strstr(PROPNEU_FEATURES, "sanitizers no") == NULL;
}

/* The program has ended, and its status is still to be asked for. */
static bool has_ended(const struct pty *p)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

/* Starts the explorer under LIMIT, of ulimit; false if it ended at once, which it must have done
 * with one line that has the WORDS. */
static bool limited(struct pty *p, const char *limit, const char *words)
{
    char command[120],
        *argv[] = {
            (char *)(uintptr_t) "/bin/sh",         (char *)(uintptr_t) "-c",           command,
            (char *)(uintptr_t)explorer_program(), (char *)(uintptr_t)explorer_file(), NULL};
    snprintf(command, sizeof command, "ulimit -c 0; ulimit %s; exec \"$0\" explore \"$1\"", limit);
    screen_start(p, 120, 40, NULL, argv, 0);
    for (int ms = 0; ms < PATIENCE && !has_ended(p); ms += STILL)
        if (screen_wait(p, "? help", false, STILL))
            return true;
    int status = pty_status(p, PATIENCE);
    char *screen = screen_text(p);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 0 || strstr(screen, "line mode") ||
        strstr(screen, "line 0") || /* of terminfo's reader */
        (!strstr(screen, words) && !strstr(screen, "loading shared libraries"))) {
        pty_end(p); /* the next test counts open files */
        fail_msg("%s: status %d, screen:\n%s", limit, status, screen);
    }
    free(screen);
    pty_end(p);
    return false;
}

/* Whatever cannot be shown is said on the screen; every key is answered, q by a clean end. */
static void every_view_opens_or_says_why_not(void **state)
{
    static const char *const keys[] = {"3", "n", "2", "4", "5", "7", "8", "1", "\t", "3", NULL};
    bool any = false;
    (void)state;
    for (unsigned mb = 24; mb <= 420; mb += mb < 50 ? 2 : mb < 250 || mb > 300 ? 70 : 15) {
        struct pty p;
        char limit[40];
        snprintf(limit, sizeof limit, "-v %u", mb << 10);
        if (!limited(&p, limit, "out of memory"))
            continue;
        any = true;
        for (size_t k = 0; keys[k]; k++) {
            pty_send(&p, keys[k]);
            pty_rest(&p, STILL);
        }
        pty_send(&p, "q");
        int status = pty_status(&p, PATIENCE);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            fail_msg("%u MB: status %d", mb, status);
        assert_true(pty_modes_restored(&p));
        pty_end(&p);
    }
    assert_true(any);
}

/* Where the memory just does not suffice, curses is the one that lacks it: the place is sought by
 * halves, each of which must open or say why not. */
static void little_memory_is_told_of_before_curses_lacks_it(void **state)
{
    unsigned few = 16 << 10, enough = 96 << 10; /* KB */
    (void)state;
    while (enough - few > 8) {
        struct pty p;
        char limit[40];
        unsigned kb = few + (enough - few) / 2;
        snprintf(limit, sizeof limit, "-v %u", kb);
        if (limited(&p, limit, "out of memory")) {
            explorer_quit(&p);
            enough = kb;
        } else
            few = kb;
    }
    assert_true(enough < 96 << 10);
}

/* The terminal's database is a file, too; what cannot be opened is no terminal of another kind.
 * Whoever runs the tests may have files open already. */
static void open_files_that_do_not_suffice_are_told_of(void **state)
{
    bool any = false;
    (void)state;
    for (unsigned n = 6; n <= 30 && !any; n++) {
        struct pty p;
        char limit[40];
        snprintf(limit, sizeof limit, "-n %u", n);
        if (!limited(&p, limit, "too many open files"))
            continue;
        any = true;
        explorer_quit(&p);
    }
    assert_true(any);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_view_opens_or_says_why_not),
        cmocka_unit_test(little_memory_is_told_of_before_curses_lacks_it),
        cmocka_unit_test(open_files_that_do_not_suffice_are_told_of),
    };
    return sanitized() ? 77 : EXPLORER_RUN(tests, false);
}
