/* The explorer under limits of address space, as schedulers set them, from too little to plenty. */
#include "config.h"

#include "explorer.h"

static bool sanitized(void)
{
    return strstr(PROPNEU_FEATURES, "sanitizers no") == NULL;
}

/* Starts the explorer under LIMIT, of ulimit; false if it ended at once, which it must have done
 * with one line that has the WORDS. */
static bool limited(struct pty *p, const char *limit, const char *words)
{
    char command[120],
        *argv[] = {
            (char *)(uintptr_t) "/bin/sh",         (char *)(uintptr_t) "-c",           command,
            (char *)(uintptr_t)explorer_program(), (char *)(uintptr_t)explorer_file(), NULL};
    snprintf(command, sizeof command, "ulimit %s; exec \"$0\" explore \"$1\"", limit);
    screen_start(p, 120, 40, NULL, argv, 0);
    if (screen_wait(p, "? help", false, PATIENCE))
        return true;
    int status = pty_status(p, PATIENCE);
    char *screen = screen_text(p);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 0 ||
        (!strstr(screen, words) && !strstr(screen, "loading shared libraries")))
        fail_msg("%s: status %d, screen:\n%s", limit, status, screen);
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
        snprintf(limit, sizeof limit, "-c 0 -v %u", mb << 10);
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
        cmocka_unit_test(open_files_that_do_not_suffice_are_told_of),
    };
    return sanitized() ? 77 : EXPLORER_RUN(tests, false);
}
