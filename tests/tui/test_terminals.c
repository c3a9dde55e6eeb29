/* Terminals of all kinds: R8 to R11, R25, R29, R30. */
#include "config.h"

#include "explorer.h"

#include <string.h>

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
        explorer_open(&p, 80, 24, kinds[i].env, 0);
        pty_send(&p, "3");
        assert_true(screen_wait(&p, "u unvoiced", false, PATIENCE));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_terminal_gets_what_it_can_show),
    };
    return EXPLORER_RUN(tests, false);
}
