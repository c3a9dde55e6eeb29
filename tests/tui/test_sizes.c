/* Any size, at any time: R7. */
#include "config.h"

#include "explorer.h"

#include "base/rng.h"

static void r7_any_size_is_survived(void **state)
{
    static const int sizes[][2] = {{1, 1},    {300, 100}, {39, 9}, {2, 50}, {200, 2},
                                   {120, 40}, {40, 10},   {1, 30}, {80, 24}};
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pty_resize(&p, sizes[i][0], sizes[i][1]);
        if (sizes[i][0] == 39)
            assert_true(screen_wait(&p, "need 40x10, have", false, PATIENCE));
        pty_quiet(&p, STILL);
    }
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    explorer_shows(&p, "--dump=80x24");
    explorer_quit(&p);
}

static void r7_a_storm_of_sizes_is_survived(void **state)
{
    struct rng rng = rng_seed(11);
    struct pty p;
    (void)state;
    explorer_open(&p, 80, 24, NULL, 0);
    for (int i = 0; i < 1000; i++) {
        pty_resize(&p, 1 + (int)rng_below(&rng, 300), 1 + (int)rng_below(&rng, 100));
        if (i % 50 == 0)
            pty_send(&p, "\t");
        pty_quiet(&p, 0);
    }
    pty_resize(&p, 80, 24);
    pty_send(&p, "1");
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    pty_quiet(&p, STILL);
    explorer_shows(&p, "--dump=80x24");
    explorer_quit(&p);
}

/* R7: while the results are computed, and with a list over the view. */
static void r7_sizes_change_during_a_job(void **state)
{
    struct rng rng = rng_seed(5);
    struct pty p;
    (void)state;
    explorer_start(&p, 80, 24, NULL, 0, NULL);
    pty_take(&p, PATIENCE);
    for (int i = 0; i < 200; i++) {
        pty_resize(&p, 1 + (int)rng_below(&rng, 300), 1 + (int)rng_below(&rng, 100));
        if (i == 100)
            pty_send(&p, "c");
        pty_quiet(&p, 0);
    }
    pty_resize(&p, 80, 24);
    assert_true(screen_wait(&p, "Conditions:", false, PATIENCE));
    pty_send(&p, "\033");
    assert_true(screen_wait(&p, "Conditions:", true, PATIENCE));
    assert_true(screen_wait(&p, "best silhouette", false, PATIENCE));
    explorer_settled(&p);
    pty_quiet(&p, STILL);
    explorer_shows(&p, "--dump=80x24");
    explorer_quit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r7_any_size_is_survived),
        cmocka_unit_test(r7_a_storm_of_sizes_is_survived),
        cmocka_unit_test(r7_sizes_change_during_a_job),
    };
    return EXPLORER_RUN(tests, false);
}
