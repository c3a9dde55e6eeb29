#include "config.h"

#include "../unit/unit.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/synth_counts.h"
#include "pty.h"

#define FILE_NAME "test_explorer.counts"
#define LEAVE     "\033[?1049l" /* xterm leaves the alternate screen */

/* Generous: the machine may be busy, and sanitizers are slow. */
enum { PATIENCE = 8000, STILL = 60 };

static const char *program(void)
{
    return getenv("PROPNEU");
}

static void start(struct pty *p, int cols, int rows, const char *const *env, int flags,
                  const char *option, const char *value)
{
    char *argv[8] = {(char *)(uintptr_t)program(), (char *)(uintptr_t) "explore",
                     (char *)(uintptr_t)FILE_NAME, (char *)(uintptr_t)option,
                     (char *)(uintptr_t)value,     NULL};
    pty_start(p, cols, rows, env, argv, flags);
}

/* Open, and every result there. */
static void open_layers(struct pty *p, int cols, int rows, const char *const *env, int flags)
{
    start(p, cols, rows, env, flags, NULL, NULL);
    assert_true(pty_wait(p, "best silhouette", false, PATIENCE));
    assert_true(pty_wait(p, "computing", true, PATIENCE));
    pty_quiet(p, STILL);
}

static char *dumped(const char *options)
{
    struct buf b = BUF_INIT;
    char command[1000], bytes[4096];
    size_t n;
    snprintf(command, sizeof command, "LC_ALL=C.UTF-8 '%s' explore %s %s", program(), FILE_NAME,
             options);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        buf_add(&b, bytes, n);
    assert_int_equal(pclose(f), 0);
    return b.data;
}

static void assert_shows(struct pty *p, const char *options)
{
    char *screen = pty_text(p), *dump = dumped(options);
    assert_string_equal(screen, dump);
    free(screen);
    free(dump);
}

static void quit(struct pty *p)
{
    size_t from = p->sent.len;
    pty_send(p, "q");
    int status = pty_status(p, PATIENCE);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(pty_wait_bytes(p, from, LEAVE, PATIENCE));
    assert_true(pty_modes_restored(p));
    pty_end(p);
}

static void the_screen_is_what_dump_prints(void **state)
{
    struct pty p;
    (void)state;
    open_layers(&p, 80, 24, NULL, 0);
    assert_shows(&p, "--dump=80x24");
    pty_send(&p, "3p");
    assert_true(pty_wait(&p, "f female", false, PATIENCE));
    pty_quiet(&p, STILL);
    assert_shows(&p, "--dump=80x24 --view map --property gender");
    pty_send(&p, "\033OC"); /* Right */
    assert_true(pty_wait(&p, "layer 2 of", false, PATIENCE));
    pty_quiet(&p, STILL);
    assert_shows(&p, "--dump=80x24 --view map --property gender --layer 2");
    pty_send(&p, "4");
    assert_true(pty_wait(&p, "chance", false, PATIENCE));
    pty_quiet(&p, STILL);
    assert_shows(&p, "--dump=80x24 --view overlap --property gender --layer 2");
    pty_send(&p, "2jj");
    assert_true(pty_wait(&p, "AA: ", false, PATIENCE));
    pty_quiet(&p, STILL);
    assert_shows(&p, "--dump=80x24 --view pattern --phone AA --layer 2");
    quit(&p);
}

/* Bytes that KEYS cost. */
static size_t cost(struct pty *p, const char *keys)
{
    size_t before = p->sent.len;
    pty_send(p, keys);
    assert_true(pty_wait_bytes(p, before, "", PATIENCE));
    pty_quiet(p, 3 * STILL);
    if (getenv("PROPNEU_VERBOSE"))
        printf("%s: %zu bytes\n", keys, p->sent.len - before);
    return p->sent.len - before;
}

static void keys_cost_few_bytes(void **state)
{
    struct pty p;
    (void)state;
    open_layers(&p, 120, 40, NULL, 0);
    assert_in_range(p.sent.len, 1, 14000);
    assert_in_range(cost(&p, "4"), 1, 8000);
    assert_in_range(cost(&p, "j"), 1, 256);
    assert_in_range(cost(&p, "?"), 1, 3000);
    assert_in_range(cost(&p, "q"), 1, 8000);
    assert_in_range(cost(&p, "3"), 1, 8000);
    assert_in_range(cost(&p, "l"), 1, 4000);
    assert_in_range(cost(&p, "2"), 1, 8000);
    assert_in_range(cost(&p, "j"), 1, 8000); /* curve and table change */
    assert_in_range(cost(&p, "5"), 1, 14000);
    assert_in_range(cost(&p, "j"), 1, 4000);
    assert_in_range(cost(&p, "2"), 1, 8000);
    assert_in_range(cost(&p, " "), 1, 4000); /* the curve changes its colour */
    quit(&p);
}

static void idle_means_silence(void **state)
{
    struct pty p;
    (void)state;
    open_layers(&p, 80, 24, NULL, 0);
    size_t before = p.sent.len;
    pty_quiet(&p, 700);
    assert_int_equal(p.sent.len, before);
    quit(&p);
}

static void a_vanished_terminal_ends_it(void **state)
{
    struct pty p;
    (void)state;
    open_layers(&p, 80, 24, NULL, PTY_NOHUP);
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
        open_layers(&p, 80, 24, NULL, 0);
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
    open_layers(&p, 80, 24, NULL, PTY_JOB);
    for (int round = 0; round < 2; round++) {
        size_t from = p.sent.len;
        pty_send(&p, "\032");
        assert_true(pty_wait_bytes(&p, from, "[stopped]", PATIENCE));
        assert_true(pty_wait_bytes(&p, from, LEAVE, PATIENCE));
        assert_true(pty_modes_restored(&p));
        if (round)
            pty_resize(&p, 100, 30);
        pty_send(&p, "\n");
        assert_true(pty_wait(&p, "best silhouette", false, PATIENCE));
        pty_quiet(&p, STILL);
        assert_shows(&p, round ? "--dump=100x30" : "--dump=80x24");
    }
    quit(&p);
}

static void any_size_is_survived(void **state)
{
    static const int sizes[][2] = {{1, 1},    {300, 100}, {39, 9}, {2, 50}, {200, 2},
                                   {120, 40}, {40, 10},   {1, 30}, {80, 24}};
    struct pty p;
    (void)state;
    open_layers(&p, 80, 24, NULL, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pty_resize(&p, sizes[i][0], sizes[i][1]);
        if (sizes[i][0] == 39)
            assert_true(pty_wait(&p, "need 40x10, have", false, PATIENCE));
        pty_quiet(&p, STILL);
    }
    assert_true(pty_wait(&p, "best silhouette", false, PATIENCE));
    assert_shows(&p, "--dump=80x24");
    quit(&p);
}

/* A thousand sizes one after the other, faster than they can be drawn. */
static void a_storm_of_sizes_is_survived(void **state)
{
    struct rng rng = rng_seed(11);
    struct pty p;
    (void)state;
    open_layers(&p, 80, 24, NULL, 0);
    for (int i = 0; i < 1000; i++) {
        pty_resize(&p, 1 + (int)rng_below(&rng, 300), 1 + (int)rng_below(&rng, 100));
        if (i % 50 == 0)
            pty_send(&p, "\t");
        pty_quiet(&p, 0);
    }
    pty_resize(&p, 80, 24);
    pty_send(&p, "1");
    assert_true(pty_wait(&p, "best silhouette", false, PATIENCE));
    pty_quiet(&p, STILL);
    assert_shows(&p, "--dump=80x24");
    quit(&p);
}

/* Colours of text or ground among the bytes sent. */
static bool sends_colours(const struct pty *p)
{
    const char *s = buf_text(&p->sent), *end = s + p->sent.len;
    while ((s = memmem(s, (size_t)(end - s), "\033[", 2))) {
        s += 2;
        for (;;) {
            char *after;
            long n = strtol(s, &after, 10);
            if (*after != ';' && *after != 'm')
                break;
            if ((n >= 30 && n <= 49) || (n >= 90 && n <= 107))
                return true;
            s = after + 1;
            if (*after == 'm')
                break;
        }
    }
    return false;
}

static void every_terminal_gets_what_it_can_show(void **state)
{
    static const struct {
        const char *env[3];
        bool colours, ascii;
    } kinds[] = {
        {{NULL}, true, false},
        {{"NO_COLOR=1", NULL}, false, false},
        {{"NO_COLOR=", NULL}, true, false},
        {{"TERM=vt100", NULL}, false, false},
        {{"TERM=xterm", NULL}, true, false},
        {{"LC_ALL=C", NULL}, true, true},
        {{"TERM=vt100", "LC_ALL=C", NULL}, false, true},
        {{"TERM=nobody-knows", NULL}, false, false},
        {{"TERM=xterm-nobody-knows", NULL}, true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct pty p;
        bool ascii = true;
        open_layers(&p, 80, 24, kinds[i].env, 0);
        pty_send(&p, "3");
        assert_true(pty_wait(&p, "u unvoiced", false, PATIENCE));
        pty_quiet(&p, STILL);
        assert_int_equal(sends_colours(&p), kinds[i].colours);
        pty_send(&p, "q");
        assert_int_equal(pty_status(&p, PATIENCE), 0);
        for (size_t k = 0; k < p.sent.len; k++)
            ascii = ascii && !(p.sent.data[k] & 0x80);
        if (kinds[i].ascii)
            assert_true(ascii);
        assert_null(memmem(p.sent.data, p.sent.len, "\033[?100", 6)); /* no mouse */
        pty_end(&p);
    }
}

static void a_dumb_terminal_gets_text(void **state)
{
    static const char *const env[] = {"TERM=dumb", NULL};
    struct pty p;
    (void)state;
    start(&p, 80, 24, env, 0, NULL, NULL);
    assert_int_equal(pty_status(&p, PATIENCE), 0);
    assert_true(pty_wait_bytes(&p, 0, "best silhouette", PATIENCE));
    assert_null(memchr(p.sent.data, '\033', p.sent.len));
    pty_end(&p);
}

/* The best of a few tries: the machine may be busy. */
static void escape_closes_at_once(void **state)
{
    struct pty p;
    long best = PATIENCE;
    (void)state;
    open_layers(&p, 80, 24, NULL, 0);
    for (int i = 0; i < 5 && best >= 100; i++) {
        pty_send(&p, "c");
        assert_true(pty_wait(&p, "Conditions:", false, PATIENCE));
        pty_quiet(&p, STILL);
        long before = pty_now();
        pty_send(&p, "\033");
        assert_true(pty_wait(&p, "Conditions:", true, PATIENCE));
        long taken = pty_now() - before;
        best = taken < best ? taken : best;
    }
    if (getenv("PROPNEU_VERBOSE"))
        printf("Esc: %ld ms\n", best);
    assert_in_range(best, 0, 99); /* curses' own delay would be 1000 */
    quit(&p);
}

/* A vt100 has no such keys, the keyboard in front of it may: none is taken for letters. */
static void unknown_keys_do_nothing(void **state)
{
    static const char *const env[] = {"TERM=vt100", NULL};
    struct pty p;
    (void)state;
    open_layers(&p, 80, 24, env, 0);
    char *before = pty_text(&p);
    pty_send(&p, "\033[25~\033[1;5C\033Ov\033[200~\033[<0;1;4M");
    pty_quiet(&p, 2 * STILL);
    char *after = pty_text(&p);
    assert_string_equal(after, before);
    free(before);
    free(after);
    pty_send(&p, "\033[4~");
    assert_true(pty_wait(&p, "layer 6 of 6", false, PATIENCE));
    pty_send(&p, "\033OH");
    assert_true(pty_wait(&p, "layer 1 of 6", false, PATIENCE));
    pty_send(&p, "\033[B");
    assert_true(pty_wait(&p, "layer 2 of 6", false, PATIENCE));
    pty_send(&p, "q"); /* no other screen to leave on a vt100 */
    assert_int_equal(pty_status(&p, PATIENCE), 0);
    pty_end(&p);
}

static void typing_shows_the_cursor(void **state)
{
    struct pty p;
    (void)state;
    open_layers(&p, 80, 24, NULL, 0);
    pty_send(&p, "4");
    assert_true(pty_wait(&p, "chance", false, PATIENCE));
    size_t from = p.sent.len;
    pty_send(&p, "e &");
    assert_true(pty_wait(&p, "set A: phone &", false, PATIENCE));
    assert_true(pty_wait_bytes(&p, from, "\033[?25h", PATIENCE) ||
                pty_wait_bytes(&p, from, "\033[?12l\033[?25h", 0));
    pty_send(&p, "\r");
    assert_true(pty_wait(&p, "expected", false, PATIENCE));
    pty_send(&p, "gender\r");
    assert_true(pty_wait(&p, "phone &gender", false, PATIENCE));
    assert_true(pty_wait(&p, "set A:", true, PATIENCE));
    quit(&p);
}

static int make_file(void **state)
{
    struct err err;
    (void)state;
    return synth_small(FILE_NAME, &err);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(FILE_NAME);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_screen_is_what_dump_prints),
        cmocka_unit_test(keys_cost_few_bytes),
        cmocka_unit_test(idle_means_silence),
        cmocka_unit_test(a_vanished_terminal_ends_it),
        cmocka_unit_test(signals_leave_a_sane_terminal),
        cmocka_unit_test(stopping_gives_the_terminal_back_and_forth),
        cmocka_unit_test(any_size_is_survived),
        cmocka_unit_test(a_storm_of_sizes_is_survived),
        cmocka_unit_test(every_terminal_gets_what_it_can_show),
        cmocka_unit_test(a_dumb_terminal_gets_text),
        cmocka_unit_test(escape_closes_at_once),
        cmocka_unit_test(unknown_keys_do_nothing),
        cmocka_unit_test(typing_shows_the_cursor),
    };
    if (!program() || !setlocale(LC_CTYPE, "C.UTF-8"))
        return 77;
    /* Containers without /dev/pts have no pseudo-terminals. */
    int pty = posix_openpt(O_RDWR | O_NOCTTY);
    if (pty < 0)
        return 77;
    close(pty);
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
