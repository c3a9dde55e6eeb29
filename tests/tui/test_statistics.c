/* What chance gives, while it is computed: it is waited for, left, and left behind. */
#include "config.h"

#include "explorer.h"

#include <string.h>

/* So many labelings that the small file keeps the machine busy for minutes. */
static const char *const many[] = {"--draws", "900000", NULL};
static const char *const few[] = {"--draws", "1500", NULL};

static void numbers_come_and_stay(void **state)
{
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, few);
    assert_true(screen_wait(&p, "? help", false, PATIENCE));
    pty_send(&p, "8");
    assert_true(screen_wait(&p, "observed", false, 10 * PATIENCE));
    assert_true(screen_wait(&p, "provisional", true, 10 * PATIENCE));
    assert_true(screen_wait(&p, "of the labelings", true, 10 * PATIENCE));
    assert_true(screen_wait(&p, "phone: 1500 labelings, classes exchanged", false, PATIENCE));
    pty_rest(&p, STILL);
    explorer_shows(&p, "--view statistics --dump --draws 1500");
    explorer_press(&p, "1", "exp.");
    explorer_press(&p, "3", "by chance");
    explorer_quit(&p);
}

static void leaving_stops_it_and_coming_back_goes_on(void **state)
{
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, many);
    assert_true(screen_wait(&p, "? help", false, PATIENCE));
    pty_send(&p, "8");
    assert_true(screen_wait(&p, "provisional (~), 999 of 900000", false, 10 * PATIENCE));
    assert_true(screen_wait(&p, "% of the labelings", false, 10 * PATIENCE));
    explorer_press(&p, "5", "neurons of phone");
    pty_rest(&p, STILL); /* it sleeps: nothing is computed for views that do not show it */
    explorer_press(&p, "8", "% of the labelings");
    explorer_press(&p, "w\025nulls.tsv\r", "not everything is computed yet");
    explorer_press(&p, "\033", "% of the labelings");
    explorer_quit(&p);
}

static void quitting_does_not_wait_for_it(void **state)
{
    struct pty p;
    (void)state;
    for (int i = 0; i < 3; i++) {
        explorer_start(&p, 80, 24, NULL, 0, many);
        assert_true(screen_wait(&p, "? help", false, PATIENCE));
        pty_send(&p, "8");
        if (i)
            assert_true(screen_wait(&p, "% of the labelings", false, 10 * PATIENCE));
        explorer_quit(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_and_stay),
        cmocka_unit_test(leaving_stops_it_and_coming_back_goes_on),
        cmocka_unit_test(quitting_does_not_wait_for_it),
    };
    return EXPLORER_RUN(tests, false);
}
