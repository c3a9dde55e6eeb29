/* Terminals of all kinds: R8 to R11, R29, R30. */
#include "config.h"

#include "explorer.h"

#include <string.h>

/* True if the bytes sent hold an SGR sequence with a number from LOW to HIGH. */
static bool sends_sgr(const struct pty *p, long low, long high)
{
    const char *s = buf_text(&p->sent), *end = s + p->sent.len;
    while ((s = memmem(s, (size_t)(end - s), "\033[", 2))) {
        s += 2;
        for (;;) {
            char *after;
            long n = strtol(s, &after, 10);
            if (*after != ';' && *after != 'm')
                break;
            if (n >= low && n <= high)
                return true;
            s = after + 1;
            if (*after == 'm')
                break;
        }
    }
    return false;
}

/* Colours of text or ground. */
static bool sends_colours(const struct pty *p)
{
    return sends_sgr(p, 30, 49) || sends_sgr(p, 90, 107);
}

static bool seven_bits(const struct pty *p)
{
    for (size_t i = 0; i < p->sent.len; i++)
        if (p->sent.data[i] & 0x80)
            return false;
    return true;
}

/* Through all views of a session with OPTIONS; returns its bytes in P, to be ended. */
static void visit(struct pty *p, const char *const *env, const char *const *options)
{
    explorer_start(p, 80, 24, env, 0, options);
    assert_true(screen_wait(p, "? help", false, PATIENCE));
    explorer_settled(p);
    explorer_press(p, "2", "p(neuron");
    explorer_press(p, "3", "u unvoiced");
    explorer_press(p, "4", "expected");
    explorer_press(p, "5", "best at");
    explorer_press(p, "?", "NEURONS");
    pty_send(p, "qq");
    assert_int_equal(pty_status(p, PATIENCE), 0);
    assert_null(memmem(p->sent.data, p->sent.len, "\033[?100", 6)); /* no mouse */
}

static void every_terminal_gets_what_it_can_show(void **state)
{
    static const struct {
        const char *env[4];
        const char *options[3];
        bool colours, ascii;
    } kinds[] = {
        {{NULL}, {NULL}, true, false},
        {{"NO_COLOR=1", NULL}, {NULL}, false, false},                   /* R9 */
        {{"NO_COLOR=", NULL}, {NULL}, true, false},                     /* R9: empty */
        {{"NO_COLOR=1", NULL}, {"--color=always", NULL}, true, false},  /* R9: flag first */
        {{NULL}, {"--color=never", NULL}, false, false},                /* R9 */
        {{"TERM=vt100", NULL}, {NULL}, false, false},                   /* R8 */
        {{"TERM=vt100", NULL}, {"--color=always", NULL}, false, false}, /* R8: it has none */
        {{"TERM=xterm", NULL}, {NULL}, true, false},                    /* R8: eight */
        {{"TERM=linux", NULL}, {NULL}, true, false},                    /* R8 */
        {{"TERM=screen", NULL}, {NULL}, true, false},                   /* R29 */
        {{"TERM=screen-256color", NULL}, {NULL}, true, false},          /* R29 */
        {{"LC_ALL=C", NULL}, {NULL}, true, true},                       /* R11 */
        {{NULL}, {"--ascii", NULL}, true, true},                        /* R11 */
        {{"TERM=vt100", "LC_ALL=C", NULL}, {NULL}, false, true},        /* R8, R11 */
        {{"TERM=nobody-knows", NULL}, {NULL}, false, false},            /* R29: a vt100 */
        {{"TERM=xterm-nobody-knows", NULL}, {NULL}, true, false},       /* R29: an xterm */
        {{"TERM=xterm-nobody-knows", "NO_COLOR=1", NULL}, {NULL}, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct pty p;
        visit(&p, kinds[i].env, kinds[i].options);
        if (sends_colours(&p) != kinds[i].colours)
            fail_msg("kind %zu: colours %d", i, sends_colours(&p));
        if (kinds[i].ascii)
            assert_true(seven_bits(&p));
        pty_end(&p);
    }
}

/* R8: what a vt100 without colours shows is text for text what everyone else sees. */
static void r8_no_distinction_is_a_colour_alone(void **state)
{
    static const char *const env[] = {"TERM=vt100", NULL};
    static const char *const views[] = {"layers", "pattern", "map", "overlap", "neurons"};
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, env, 0);
    for (int v = 0; v < 5; v++) {
        char key[] = {(char)('1' + v), '\0'}, options[80];
        pty_send(&p, key);
        snprintf(options, sizeof options, "%d ", v + 1);
        assert_true(screen_wait(&p, "? help", false, PATIENCE));
        pty_quiet(&p, SETTLE);
        snprintf(options, sizeof options, "--dump=80x24 --view %s", views[v]);
        explorer_shows(&p, options);
    }
    assert_true(sends_sgr(&p, 7, 7)); /* the selection is reversed */
    assert_true(sends_sgr(&p, 1, 1));
    pty_send(&p, "q");
    assert_int_equal(pty_status(&p, PATIENCE), 0);
    pty_end(&p);
}

/* R10: the ground is the terminal's own, and the selection its reverse. */
static void r10_no_ground_is_painted(void **state)
{
    struct pty p;
    (void)state;
    visit(&p, NULL, NULL);
    assert_false(sends_sgr(&p, 40, 48)); /* 38;5;n and 49 are foreground and default */
    assert_true(sends_sgr(&p, 7, 7));
    pty_end(&p);
}

/* R30: nothing private but the other screen, the cursor, its keys, and (until set) wrapping. */
static void r30_no_private_sequences(void **state)
{
    static const long known[] = {1, 7, 12, 25, 1049};
    struct pty p;
    (void)state;
    visit(&p, NULL, NULL);
    const char *s = buf_text(&p.sent), *end = s + p.sent.len;
    while ((s = memmem(s, (size_t)(end - s), "\033[?", 3))) {
        bool found = false;
        long n = strtol(s + 3, NULL, 10);
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found = found || n == known[i];
        if (!found)
            fail_msg("sends ESC [ ? %ld", n);
        s += 3;
    }
    assert_null(memmem(p.sent.data, p.sent.len, "\033]", 2)); /* no titles, no clipboard */
    assert_null(memmem(p.sent.data, p.sent.len, "\033P", 2));
    pty_end(&p);
}

/* R30: others wrote over the screen; Ctrl-L brings all of it back. */
static void r30_ctrl_l_repaints(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    static const char wall[] = "\033[5;1HBroadcast message from root: rain\r\n";
    p.heard(&p, wall, sizeof wall - 1);
    assert_true(screen_wait(&p, "Broadcast", false, 0));
    pty_send(&p, "\014");
    assert_true(screen_wait(&p, "Broadcast", true, PATIENCE));
    pty_quiet(&p, STILL);
    explorer_shows(&p, "--dump=80x24");
    explorer_quit(&p);
}

/* R29: in one line, once the terminal is given back. */
static void r29_an_unknown_terminal_is_told(void **state)
{
    static const char *const env[] = {"TERM=nobody-knows", NULL};
    struct pty p;
    (void)state;
    visit(&p, env, NULL);
    assert_non_null(memmem(p.sent.data, p.sent.len, "using vt100", 11));
    pty_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_terminal_gets_what_it_can_show),
        cmocka_unit_test(r8_no_distinction_is_a_colour_alone),
        cmocka_unit_test(r10_no_ground_is_painted),
        cmocka_unit_test(r29_an_unknown_terminal_is_told),
        cmocka_unit_test(r30_no_private_sequences),
        cmocka_unit_test(r30_ctrl_l_repaints),
    };
    return EXPLORER_RUN(tests, false);
}
