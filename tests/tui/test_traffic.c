/* What the explorer sends, and when: R1 to R3, on a file of base size. */
#include "config.h"

#include "explorer.h"

#include <dirent.h>

/* Bytes that keys may cost: a line of a list, a page, the help, a whole screen. */
enum { MOVE = 256, MOVE_SMALL = 180, PAGE = 4096, HELP = 3072, LIST = 8192, PLOT = 14336 };

static void r1_the_first_screen_is_one_screen(void **state)
{
    struct pty p;
    (void)state;
    explorer_start(&p, 120, 40, NULL, 0, NULL);
    assert_true(screen_wait(&p, "? help", false, PATIENCE));
    assert_in_range(p.sent.len, 1, PLOT);
    explorer_quit(&p);
}

/*
 * The cursor at once, what follows it when keys pause.  On a busy machine both may be read in one
 * go: that is let pass twice.
 */
static void cursor_moves(struct pty *p, size_t most)
{
    static const char *const keys[] = {"j", "j", "j", "k", "j", "\033OB", "\033OA", "j"};
    int over = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t n = explorer_cost(p, keys[i], false);
        assert_true(n > 0);
        over += n > most;
    }
    assert_in_range(over, 0, 2);
}

static void moves_in_all_views(int cols, int rows, size_t most)
{
    static const char *const views[] = {"2", "3", "4", "5", "1"};
    struct pty p;
    explorer_open(&p, cols, rows, NULL, 0);
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        assert_in_range(explorer_cost(&p, views[i], true), 1, PLOT);
        explorer_cost(&p, "j", true); /* a map has no point at hand before */
        cursor_moves(&p, most);
    }
    explorer_quit(&p);
}

static void r2_cursor_moves_cost_few_bytes(void **state)
{
    (void)state;
    moves_in_all_views(120, 40, MOVE);
    moves_in_all_views(80, 24, MOVE_SMALL);
}

static void r2_pages_help_and_screens_cost_what_they_may(void **state)
{
    static const struct {
        const char *view;
        size_t whole;
    } views[] = {{"2", PLOT}, {"3", PLOT}, {"4", LIST}, {"5", LIST}, {"1", LIST}};
    struct pty p;
    (void)state;
    explorer_open(&p, 120, 40, NULL, 0);
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        assert_in_range(explorer_cost(&p, views[i].view, true), 1, views[i].whole);
        explorer_cost(&p, "g", true);
        assert_in_range(explorer_cost(&p, "\033[6~", false), 0, PAGE);
        assert_in_range(explorer_cost(&p, "G", false), 0, PAGE);
        assert_in_range(explorer_cost(&p, "\004", false), 0, PAGE);
        assert_in_range(explorer_cost(&p, "h", true), 0, views[i].whole);
        assert_in_range(explorer_cost(&p, "?", true), 1, HELP);
        assert_in_range(explorer_cost(&p, "\004", true), 1, PAGE);
        assert_in_range(explorer_cost(&p, "q", true), 1, views[i].whole);
        assert_in_range(explorer_cost(&p, "c", true), 1, PAGE);
        assert_in_range(explorer_cost(&p, "j", true), 1, MOVE);
        assert_in_range(explorer_cost(&p, "\033", true), 1, views[i].whole);
        assert_in_range(explorer_cost(&p, "\014", true), 1, views[i].whole); /* Ctrl-L: all of it */
    }
    explorer_quit(&p);
}

static void r2_what_follows_the_cursor_catches_up(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 120, 40, NULL, 0);
    explorer_press(&p, "jjj", "layer 4 of 12");
    explorer_shows(&p, "--dump=120x40 --layer 4");
    explorer_press(&p, "2", "above the baseline");
    explorer_press(&p, "jjjjkk", "above the baseline");
    explorer_shows(&p, "--dump=120x40 --view pattern --layer 4 --phone EH");
    explorer_quit(&p);
}

/* How often all threads of a process have gone to sleep. */
static long switches(pid_t pid)
{
    char path[300], line[200];
    long total = 0, n;
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *tasks = opendir(path);
    for (struct dirent *t; tasks && (t = readdir(tasks));) {
        snprintf(path, sizeof path, "/proc/%ld/task/%.100s/status", (long)pid, t->d_name);
        FILE *f = t->d_name[0] == '.' ? NULL : fopen(path, "r");
        while (f && fgets(line, sizeof line, f))
            if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
                total += n;
        if (f)
            fclose(f);
    }
    if (tasks)
        closedir(tasks);
    return tasks ? total : -1;
}

static void r3_idle_means_silence_and_sleep(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    for (const char *keys = "12345"; *keys; keys++) {
        char key[] = {*keys, 'j', '\0'};
        pty_send(&p, key);
        pty_rest(&p, SETTLE);
        size_t before = p.sent.len;
        long slept = switches(p.pid);
        pty_quiet(&p, 2 * SETTLE);
        assert_int_equal(p.sent.len, before);
        assert_int_equal(switches(p.pid), slept);
    }
    explorer_quit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r1_the_first_screen_is_one_screen),
        cmocka_unit_test(r2_cursor_moves_cost_few_bytes),
        cmocka_unit_test(r2_pages_help_and_screens_cost_what_they_may),
        cmocka_unit_test(r2_what_follows_the_cursor_catches_up),
        cmocka_unit_test(r3_idle_means_silence_and_sleep),
    };
    return EXPLORER_RUN(tests, true);
}
