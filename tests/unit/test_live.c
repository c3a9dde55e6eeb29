/* Listening with and without a set of neurons, on the bundled recordings and models. */
#include "config.h"

#include "unit.h"

#include <locale.h>

#include "explorer/views/experiments/experiments_state.h"
#include "screen/keys.h"
#include "model/frontends/logmel.h"

static const char *sid(void)
{
    return source_path("data/demo/counts/sid.counts");
}

static void open_app(struct app *app, const char **path, int cols, int rows)
{
    struct app_options o = {.view = "experiments", .cols = cols, .rows = rows};
    struct err err;
    *path = sid();
    assert_ok(app_init(app, path, 1, &o, &err));
}

static void press(struct app *app, const char *keys)
{
    uint32_t key;
    while ((key = key_next(&keys))) {
        app_prepare(app);
        app_key(app, key);
    }
    app_prepare(app);
}

static char *screen(struct app *app)
{
    struct canvas c;
    struct buf text = BUF_INIT;
    struct err err;
    app_prepare(app);
    assert_true(canvas_init(&c, app->cols, app->rows, app->ascii));
    assert_ok(app_render(app, &c, &err));
    canvas_print(&c, &text);
    canvas_free(&c);
    return text.data;
}

static const struct live_answer *answer(const struct app *app)
{
    const struct live_answer *a = experiments_state(app)->answer;
    assert_non_null(a);
    assert_string_equal(a->why, "");
    for (int m = 0; m < LIVE_MODELS; m++)
        assert_string_equal(a->heard[m].why, "");
    return a;
}

static bool same(const struct live_heard *h)
{
    for (size_t t = 0; t < h->frames; t++)
        if (strcmp(h->plain[t], h->erased[t]) != 0)
            return false;
    return true;
}

/* The speaker is known, most frames are right, as the demo's description says (80.6 %). */
static void recordings_are_heard_as_they_are(void **state)
{
    const char *path;
    struct app app;
    size_t right = 0, all = 0, recordings = 14;
    (void)state;
    open_app(&app, &path, 80, 24);
    press(&app, "v v");
    for (size_t i = 0; i < recordings; i++) {
        const struct live_answer *a = answer(&app);
        assert_int_equal(a->recordings, recordings);
        assert_int_equal(a->ask.recording, i);
        assert_int_equal(a->frames, (a->rows + 1) / 2);
        assert_string_equal(a->heard[0].plain[0], a->speaker);
        assert_true(a->heard[0].plain_share > 0.5 && a->heard[0].plain_share <= 1);
        assert_int_equal(a->heard[1].frames, a->frames);
        for (size_t t = 0; t < a->frames; t++) {
            all += a->right[t][0] != '\0';
            right += a->right[t][0] && strcmp(a->right[t], a->heard[1].plain[t]) == 0;
        }
        press(&app, "Down");
    }
    assert_int_equal(answer(&app)->ask.recording, recordings - 1);
    assert_in_range(1000 * right / all, 795, 815);
    app_free(&app);
}

/* Erasing changes what is heard, putting back brings the same; the sizes are those of the sets. */
static void a_set_is_erased_and_put_back(void **state)
{
    const char *path;
    struct app app;
    (void)state;
    open_app(&app, &path, 80, 24);
    press(&app, "v v");
    char *before = screen(&app);
    assert_non_null(strstr(before, "in place"));
    press(&app, "Space");
    const struct live_answer *a = answer(&app);
    assert_true(a->ask.erase);
    assert_int_equal(a->heard[0].neurons, 95);
    assert_non_null(a->heard[0].erased);
    assert_true(a->heard[0].erased_share != a->heard[0].plain_share);
    press(&app, "e ^U [ A H ] | [ I Y ] | [ S ] | [ T ] | [ N ] Enter");
    a = answer(&app);
    assert_true(a->heard[1].neurons > 100);
    assert_false(same(&a->heard[1])); /* phones are lost with their neurons */
    char *during = screen(&app);
    assert_non_null(strstr(during, "frames correct"));
    assert_string_not_equal(during, before);
    press(&app, "e ^U g e n d e r = m a l e Enter Space");
    char *after = screen(&app);
    assert_string_equal(after, before);
    free(before);
    free(during);
    free(after);
    app_free(&app);
}

/* What cannot be erased is said; sizes and places beyond the ends are survived. */
static void nonsense_is_survived(void **state)
{
    const char *path;
    struct app app;
    (void)state;
    open_app(&app, &path, 80, 24);
    press(&app, "v v e ^U n o b o d y Enter");
    const struct live_answer *a = experiments_state(&app)->answer;
    assert_true(a->heard[0].why[0] && !a->heard[0].erased);
    char *text = screen(&app);
    assert_non_null(strstr(text, "nobody"));
    free(text);
    press(&app, "e ^U g e n d e r Enter End PgDn PgDn PgUp PgUp Home End Up Up");
    for (int i = 0; i < 30; i++) {
        app.cols = 1 + i * 37 % 140;
        app.rows = 1 + i * 23 % 60;
        free(screen(&app));
    }
    app_free(&app);
}

/* A thread that is at work when all ends. */
static void leaving_while_it_listens_is_survived(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct app_options o = {.view = "experiments", .cols = 80, .rows = 24, .threads = true};
        const char *path = sid();
        struct app app;
        struct err err;
        assert_ok(app_init(&app, &path, 1, &o, &err));
        press(&app, "v v Space Down Space");
        for (int k = 0; i == 4 && app_due(&app) >= 0 && k < 100000000; k++)
            app_look(&app);
        if (i == 4)
            answer(&app);
        app_free(&app);
    }
}

/* Sets are those of the conditions at hand; a count file that does not know them says so. */
static void conditions_hold_for_what_is_heard(void **state)
{
    static const char *where = "speaker=F1,F2,M1,M2";
    struct app_options o = {
        .view = "experiments", .cols = 80, .rows = 24, .where = &where, .wheres = 1};
    const char *path = sid();
    struct app app;
    struct err err;
    (void)state;
    assert_ok(app_init(&app, &path, 1, &o, &err));
    press(&app, "v v Space");
    const struct live_answer *a = experiments_state(&app)->answer;
    assert_non_null(a);
    assert_string_equal(a->heard[0].why, "");
    assert_int_equal(a->heard[0].neurons, 62); /* 95 of all frames */
    assert_string_equal(a->heard[1].why, "");
    assert_int_equal(a->heard[1].neurons, 7); /* 4 of all frames */
    struct live_options how = experiments_state(&app)->live_how;
    press(&app, "c r Esc"); /* all on again */
    assert_int_equal(answer(&app)->heard[0].neurons, 95);
    assert_int_equal(answer(&app)->heard[1].neurons, 4);
    app_free(&app);
    /* Counts without speakers. */
    struct live_ask ask = {
        .erase = true, .sigma = 80, .where = "speaker=F1,F2,M1,M2\n", .set = "gender=male"};
    snprintf(how.model[1].counts, sizeof how.model[1].counts, "%s",
             source_path("tests/data/statistics/pr.counts"));
    struct live *l = live_new(&how);
    assert_non_null(l);
    live_ask(l, &ask);
    a = live_take(l);
    assert_non_null(a);
    assert_int_equal(a->heard[0].neurons, 62);
    assert_non_null(strstr(a->heard[1].why, "no factor 'speaker'"));
    live_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings_are_heard_as_they_are),
        cmocka_unit_test(a_set_is_erased_and_put_back),
        cmocka_unit_test(nonsense_is_survived),
        cmocka_unit_test(leaving_while_it_listens_is_survived),
        cmocka_unit_test(conditions_hold_for_what_is_heard),
    };
    setenv("XDG_STATE_HOME", "/nonexistent", 1);
    setenv("PROPNEU_DATA", source_path("data"), 1);
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
