/* The screen is what --dump prints. */
#include "config.h"

#include "explorer.h"

static void the_screen_is_what_dump_prints(void **state)
{
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    explorer_shows(&p, "--dump=80x24");
    pty_send(&p, "3p");
    assert_true(screen_wait(&p, "f female", false, PATIENCE));
    pty_quiet(&p, STILL);
    explorer_shows(&p, "--dump=80x24 --view map --property gender");
    pty_send(&p, "\033OC"); /* Right */
    assert_true(screen_wait(&p, "2/", false, PATIENCE));
    pty_quiet(&p, STILL);
    explorer_shows(&p, "--dump=80x24 --view map --property gender --layer 2");
    pty_send(&p, "4");
    assert_true(screen_wait(&p, "expected", false, PATIENCE));
    pty_quiet(&p, STILL);
    explorer_shows(&p, "--dump=80x24 --view overlap --property gender --layer 2");
    pty_send(&p, "2jj");
    assert_true(screen_wait(&p, "AA: ", false, PATIENCE));
    pty_quiet(&p, STILL);
    explorer_shows(&p, "--dump=80x24 --view pattern --phone AA --layer 2");
    explorer_quit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_screen_is_what_dump_prints),
    };
    return EXPLORER_RUN(tests, false);
}
