/* R31: names of all kinds.  R35: numbers in any locale.  R19: keys during a job. */
#include "config.h"

#include "explorer.h"

#include <string.h>
#include <unistd.h>

/* The explorer on the file under NAME, until it is drawn. */
static void open_as(struct pty *p, const char *name)
{
    char *argv[] = {(char *)(uintptr_t)explorer_program(),
                    (char *)(uintptr_t) "explore",
                    (char *)(uintptr_t) "--draws",
                    (char *)(uintptr_t) "0",
                    (char *)(uintptr_t)name,
                    NULL};
    assert_int_equal(link(explorer_file(), name), 0);
    screen_start(p, 80, 24, NULL, argv, 0);
    assert_true(screen_wait(p, "? help", false, PATIENCE));
    pty_quiet(p, SETTLE);
}

static void r31_names_are_cut_at_cells(void **state)
{
    static const struct {
        const char *name, *shown;
    } cases[] = {
        {"caf\xc3\xa9-e\xcc\x81.counts", "caf\xc3\xa9-e\xcc\x81.counts  toy"}, /* combining */
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.counts",
         "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.counts  "
         "toy"}, /* two cells each */
        {"bad-\xff\xc3.counts", "bad-??.counts  toy"},
        {"esc-\033[31m.counts", "esc-?[31m.counts  toy"},
        {"tab-\t-bell-\a.counts", "tab-?-bell-?.counts  toy"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pty p;
        open_as(&p, cases[i].name);
        if (!screen_wait(&p, cases[i].shown, false, 0)) {
            char *screen = screen_text(&p);
            fail_msg("no '%s' in:\n%s", cases[i].shown, screen);
        }
        assert_true(screen_wait(&p, "? help", false, 0)); /* the rows below are where they belong */
        explorer_quit(&p);
        unlink(cases[i].name);
    }
}

/* R31: what comes after a wide name stands where --dump has it. */
static void r31_wide_names_move_nothing(void **state)
{
    static const char name[] = "\xe5\xa3\xb0.counts";
    struct pty p;
    (void)state;
    open_as(&p, name);
    explorer_settled(&p);
    pty_quiet(&p, SETTLE);
    char command[600], bytes[8192];
    snprintf(command, sizeof command, "LC_ALL=C.UTF-8 '%s' explore %s --dump=80x24",
             explorer_program(), name);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    bytes[fread(bytes, 1, sizeof bytes - 1, f)] = '\0';
    assert_int_equal(pclose(f), 0);
    char *screen = screen_text(&p);
    assert_string_equal(screen, bytes);
    free(screen);
    explorer_quit(&p);
    unlink(name);
}

/* R35: a locale with decimal commas, made for the test where there is localedef. */
static void r35_numbers_have_points(void **state)
{
    static const char make[] = "mkdir -p locales && localedef -i de_DE -f UTF-8 "
                               "./locales/de_DE.UTF-8 >locales/log 2>&1";
    static const char *const env[] = {"LOCPATH=locales", "LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8",
                                      NULL};
    static const char *const options[] = {"--sigma", "72.5", NULL};
    struct pty p;
    (void)state;
    bool made = system(make) == 0;
    if (made) {
        explorer_start(&p, 80, 24, env, 0, options);
        assert_true(screen_wait(&p, "sigma 72.5%", false, PATIENCE));
        explorer_settled(&p);
        pty_quiet(&p, SETTLE);
        explorer_shows(&p, "--dump=80x24 --sigma 72.5");
        explorer_quit(&p);
    }
    if (system("rm -rf locales") != 0 || !made)
        skip();
}

/* R19: the results of all layers are computed beside, a key is answered all the same. */
static void r19_keys_are_answered_during_a_job(void **state)
{
    struct pty p;
    long best = PATIENCE;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, NULL);
    assert_true(screen_wait(&p, "? help", false, PATIENCE));
    for (int i = 0; i < 10; i++) {
        /* Another sigma: everything is computed anew. */
        pty_send(&p, i % 2 ? "+" : "-");
        assert_true(screen_wait(&p, i % 2 ? "sigma 80%" : "sigma 75%", false, PATIENCE));
        long before = pty_now();
        pty_send(&p, "c");
        assert_true(screen_wait(&p, "Conditions:", false, PATIENCE));
        long taken = pty_now() - before;
        best = taken < best ? taken : best;
        pty_send(&p, "\033");
        assert_true(screen_wait(&p, "Conditions:", true, PATIENCE));
    }
    assert_in_range(best, 0, 49);
    explorer_quit(&p);
}

/* R19: progress costs little: four drawings a second, few bytes each. */
static void r19_progress_is_told_in_few_bytes(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    explorer_press(&p, "4", "expected"); /* a view whose own result is there at once */
    size_t before = p.sent.len;
    long from = pty_now();
    pty_send(&p, "-");
    assert_true(screen_wait(&p, "sigma 75%", false, PATIENCE));
    pty_quiet(&p, 500);
    double seconds = (double)(pty_now() - from) / 1000;
    assert_true((double)(p.sent.len - before) <= 1500 + 300 * seconds);
    explorer_quit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r19_keys_are_answered_during_a_job),
        cmocka_unit_test(r19_progress_is_told_in_few_bytes),
        cmocka_unit_test(r31_names_are_cut_at_cells),
        cmocka_unit_test(r31_wide_names_move_nothing),
        cmocka_unit_test(r35_numbers_have_points),
    };
    return EXPLORER_RUN(tests, false);
}
