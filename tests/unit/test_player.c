#include "config.h"

#include "unit.h"

#include <locale.h>
#include <unistd.h>

#include "screen/keys.h"
#include "explorer/player.h"
#include "formats/file.h"
#include "base/mem.h"
#include "synth_counts.h"

#define FILE_NAME "player.counts"

static void scripts_are_read(void **state)
{
    static const char text[] = "# comment\n"
                               "press 3 Left ^L\n"
                               "type a & \xc3\xa9\n"
                               "say one\n"
                               "say two {three}\n"
                               "\n"
                               "wait 1.5\r\n"
                               "wait 2\n"
                               "say alone\n"
                               "press q\n";
    struct script s;
    struct err err;
    (void)state;
    assert_ok(script_parse(&s, text, sizeof text - 1, "x", &err));
    assert_int_equal(s.count, 4);
    static const uint32_t keys[] = {'3', KEY_CODE_LEFT, 12, 'a', ' ', '&', ' ', 0xe9};
    assert_int_equal(s.step[0].keys, 8);
    assert_memory_equal(s.step[0].key, keys, sizeof keys);
    assert_string_equal(s.step[0].say, "one two {three}");
    assert_true(s.step[0].wait == 1.5);
    assert_int_equal(s.step[1].keys, 0);
    assert_true(s.step[1].wait == 2);
    assert_null(s.step[1].say);
    assert_string_equal(s.step[2].say, "alone");
    assert_int_equal(s.step[3].keys, 1);
    assert_null(s.step[3].say);
    assert_true(s.step[3].wait < 0);
    script_free(&s);
}

static void broken_scripts_are_refused(void **state)
{
    static const struct {
        const char *text, *words;
    } broken[] = {
        {"", "no step"},
        {"# nothing\n\n", "no step"},
        {"press\n", "line 1: no key named"},
        {"say x\npress Left Lfet\n", "line 2: no such key: 'Lfet'"},
        {"press F0\n", "no such key"},
        {"press F99\n", "no such key"},
        {"press F\xc3\n", "no such key"},
        {"press \xc3\n", "no such key"},
        {"type \x01\n", "control character"},
        {"type \xff\n", "cannot be typed"},
        {"wait\n", "wait takes seconds"},
        {"wait -1\n", "wait takes seconds"},
        {"wait nan\n", "wait takes seconds"},
        {"wait 1e99\n", "wait takes seconds"},
        {"say a {b\n", "unmatched {"},
        {"say a } b\n", "unmatched {"},
        {"say {{a}}\n", "unmatched {"},
        {"jump 3\n", "line 1: none of press"},
        {" press 3\n", "line 1: none of press"},
    };
    struct script s;
    struct err err;
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_status(script_parse(&s, broken[i].text, strlen(broken[i].text), "x.txt", &err),
                      STATUS_FORMAT);
        if (!strstr(err.msg, broken[i].words) || strncmp(err.msg, "x.txt: ", 7) != 0)
            fail_msg("%s: %s", broken[i].text, err.msg);
    }
    assert_status(script_parse(&s, "press 3\0", 8, "x", &err), STATUS_FORMAT);
}

/* Cut off anywhere and with bytes changed: refused or read, never more. */
static void any_bytes_are_survived(void **state)
{
    struct mapped m;
    struct script s;
    struct err err;
    struct rng rng = rng_seed(5);
    (void)state;
    assert_ok(mapped_open(&m, source_path("data/demo/tour.txt"), &err));
    char *bytes = malloc(m.size);
    assert_non_null(bytes);
    for (size_t n = 0; n < 2 * m.size; n++) {
        memcpy(bytes, m.data, m.size);
        for (int i = 0; n >= m.size && i < 8; i++)
            bytes[rng_below(&rng, m.size)] = (char)rng_below(&rng, 256);
        if (script_parse(&s, bytes, n < m.size ? n : m.size, "x", &err) == STATUS_OK)
            script_free(&s);
    }
    free(bytes);
    mapped_close(&m);
}

static void numbers_come_from_the_screen(void **state)
{
    static const char screen[] = "title 4 layers x 512\n"
                                 "phone gender\n"
                                 "gender   -0.049  7-9 x 1.5.\n"
                                 "37 neurons in all";
    static const struct {
        const char *say, *want;
        size_t missing;
    } cases[] = {
        {"{title} and {layers x}.", "4 and 512.", 0},
        {"{gender}", "-0.049", 0},
        {"{gender:2} {gender:3} {gender:4}", "7 9 1.5", 0},
        {"{gender:5} {nothing} {}", "... ... ...", 3},
        {"{ neurons in all:-1}, {in all}", "37, ...", 1},
        {"{title:0}", "...", 1},
        {"none", "none", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = BUF_INIT;
        assert_int_equal(script_fill(cases[i].say, screen, &b), cases[i].missing);
        assert_string_equal(buf_text(&b), cases[i].want);
        buf_free(&b);
    }
}

/* A player over a script of its own. */
struct show {
    struct script script;
    struct app app;
    struct app_options options;
    struct player player;
};

static void open_show(struct show *s, const char *text, const struct player_options *asked,
                      const char *const *path, size_t files, int cols, int rows, bool ascii)
{
    struct player_options o = *asked;
    struct err err;
    s->options = (struct app_options){.cols = cols, .rows = rows, .ascii = ascii};
    s->script = (struct script){NULL, 0, 0};
    if (text) {
        assert_ok(script_parse(&s->script, text, strlen(text), "test", &err));
        o.script = &s->script;
    }
    assert_ok(app_init(&s->app, path, files, &s->options, &err));
    assert_ok(player_init(&s->player, &s->app, &s->options, &o, 0, &err));
}

static void close_show(struct show *s)
{
    player_free(&s->player);
    app_free(&s->app);
    script_free(&s->script);
}

/* The screen as text; free it. */
static char *screen_of(struct show *s)
{
    struct canvas c;
    struct buf text = BUF_INIT;
    struct err err;
    player_resize(&s->player, s->player.cols, s->player.rows);
    app_settle(&s->app, true, 0);
    app_prepare(&s->app);
    assert_true(canvas_init(&c, s->player.cols, s->player.rows, s->app.ascii));
    assert_ok(player_render(&s->player, &c, &err));
    canvas_print(&c, &text);
    canvas_free(&c);
    return text.data;
}

static const char *const own_file[] = {FILE_NAME};

static const char lesson[] = "say Layers\n"
                             "press 3 p Down Down\n"
                             "say Map, silhouette {silhouette (map)}\n"
                             "wait 3\n"
                             "press 4 a\n"
                             "type [AA]\n"
                             "press Enter\n"
                             "say A set more\n"
                             "press c Home Down Space Esc 1 -\n"
                             "say Fewer frames\n"
                             "press ?\n";

static void going_back_shows_the_same_screens(void **state)
{
    const struct player_options o = {.first = 0};
    struct show s;
    char *seen[5];
    (void)state;
    open_show(&s, lesson, &o, own_file, 1, 80, 24, false);
    for (int i = 0; i < 5; i++) {
        seen[i] = screen_of(&s);
        player_key(&s.player, ' ', 0);
    }
    assert_int_equal(s.player.step, 4); /* the last one stays */
    assert_non_null(strstr(seen[1], "Map, silhouette "));
    assert_null(strstr(seen[1], "Map, silhouette ..."));
    assert_non_null(strstr(seen[2], "[AA]"));
    for (int i = 3; i >= 0; i--) {
        player_key(&s.player, KEY_CODE_BACKSPACE, 0);
        char *again = screen_of(&s);
        assert_string_equal(again, seen[i]);
        free(again);
    }
    player_key(&s.player, KEY_CODE_LEFT, 0); /* nothing before the first */
    for (int i = 1; i < 5; i++) {
        player_key(&s.player, KEY_CODE_RIGHT, 0);
        char *again = screen_of(&s);
        assert_string_equal(again, seen[i]);
        free(again);
        free(seen[i]);
    }
    free(seen[0]);
    close_show(&s);
}

/* Left at a step, the explorer is where the same keys pressed by hand lead. */
static void leaving_goes_on_from_there(void **state)
{
    const struct player_options o = {.first = 2}, none = {.first = 0};
    struct show s, hand;
    (void)state;
    open_show(&s, lesson, &o, own_file, 1, 80, 24, false);
    open_show(&hand, NULL, &none, own_file, 1, 80, 24, false);
    player_key(&s.player, 'x', 0); /* means nothing in a tour */
    assert_int_equal(s.app.at.view, VIEW_MAP);
    player_key(&s.player, KEY_CODE_ESC, 0);
    assert_non_null(strstr(s.app.message.text, "ended"));
    s.app.message.text[0] = '\0';
    app_settle(&hand.app, false, 0);
    app_prepare(&hand.app);
    player_key(&hand.player, '3', 0);
    player_key(&hand.player, 'p', 0);
    for (int i = 0; i < 2; i++) {
        app_settle(&hand.app, false, 0);
        app_prepare(&hand.app);
        player_key(&hand.player, KEY_CODE_DOWN, 0);
    }
    char *a = screen_of(&s), *b = screen_of(&hand);
    assert_string_equal(a, b);
    free(a);
    free(b);
    player_key(&s.player, 'q', 0);
    assert_true(s.app.quit);
    close_show(&s);
    close_show(&hand);
}

static void it_goes_on_by_itself(void **state)
{
    const struct player_options o = {.automatic = true};
    struct show s;
    (void)state;
    open_show(&s, lesson, &o, own_file, 1, 80, 24, false);
    assert_int_equal(player_due(&s.player, 0), 8000);
    player_tick(&s.player, 7999);
    assert_int_equal(s.player.step, 0);
    player_tick(&s.player, 8000);
    assert_int_equal(s.player.step, 1);
    assert_int_equal(player_due(&s.player, 8000), 3000); /* as the script says */
    player_key(&s.player, 'a', 9000);
    assert_int_equal(player_due(&s.player, 99000), -1);
    player_key(&s.player, 'a', 9000);
    assert_int_equal(player_due(&s.player, 9000), 3000);
    for (int i = 1; i < 9; i++)
        player_tick(&s.player, 20000LL * i);
    assert_int_equal(s.player.step, 4);
    assert_int_equal(player_due(&s.player, 999999), -1); /* it stops at the end */
    player_key(&s.player, 'q', 999999);
    assert_true(s.app.quit);
    s.player.asked.seconds = 2; /* asked for: for every step */
    s.player.automatic = true;
    s.player.step = 1;
    assert_int_equal(player_due(&s.player, 999999), 2000);
    close_show(&s);
}

/* What is recorded, played, leads to the same screen; the pauses are in it. */
static void a_record_can_be_played(void **state)
{
    const struct player_options recording = {.record = true, .show_keys = true};
    const struct player_options playing = {.first = 0};
    static const uint32_t keys[] = {'4',
                                    'a',
                                    '[',
                                    'A',
                                    'A',
                                    ']',
                                    ' ',
                                    '|',
                                    ' ',
                                    'p',
                                    'h',
                                    'o',
                                    'n',
                                    'e',
                                    KEY_CODE_LEFT,
                                    KEY_CODE_END,
                                    KEY_CODE_ENTER,
                                    KEY_CODE_DOWN};
    struct show s, again;
    (void)state;
    open_show(&s, NULL, &recording, own_file, 1, 80, 24, false);
    long long now = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        free(screen_of(&s)); /* as it is drawn between keys */
        player_key(&s.player, keys[i], now += i % 5 == 4 ? 2000 : 10);
    }
    char *want = screen_of(&s);
    assert_non_null(strstr(want, " Left End Enter Down")); /* the corner */
    player_key(&s.player, 'q', now);
    assert_true(s.app.quit);
    const char *text = buf_text(player_record(&s.player));
    assert_non_null(strstr(text, "wait 2.0\n"));
    assert_null(strstr(text, "press q"));
    open_show(&again, text, &playing, own_file, 1, 80, 24, false);
    while (player_next(&again.player, 0))
        ;
    player_key(&again.player, KEY_CODE_ESC, 0);
    again.app.message.text[0] = '\0';
    s.player.asked.show_keys = false;
    free(want);
    want = screen_of(&s);
    char *got = screen_of(&again);
    assert_string_equal(got, want);
    free(want);
    free(got);
    close_show(&s);
    close_show(&again);
}

/* A script cannot end the program, nor can the smallest screens. */
static void any_script_and_size_is_survived(void **state)
{
    const struct player_options o = {.automatic = true, .show_keys = true};
    struct show s;
    (void)state;
    open_show(&s, "press q q Esc q ? 2\nsay x {y} z\n\npress / ^L & s Esc q\nwait 0\n", &o,
              own_file, 1, 80, 24, false);
    for (int i = 0; i < 80; i++) {
        player_resize(&s.player, 1 + i * 37 % 140, 1 + i * 23 % 60);
        free(screen_of(&s));
        player_tick(&s.player, 100000LL * i);
        assert_false(s.app.quit);
    }
    close_show(&s);
}

/*
 * The bundled tour: every number it quotes is on its screen, every word has its place at 80x24, in
 * UTF-8 and in ASCII.
 */
static void the_bundled_tour_is_whole(void **state)
{
    const char *path[3];
    char name[3][1024];
    static const char *const models[] = {"ssl", "sid", "pr"};
    struct mapped m;
    struct err err;
    (void)state;
    assert_ok(mapped_open(&m, source_path("data/demo/tour.txt"), &err));
    for (int i = 0; i < 3; i++) {
        snprintf(name[i], sizeof name[i], "%s/%s.counts", source_path("data/demo/counts"),
                 models[i]);
        path[i] = name[i];
    }
    char *text = mem_strndup((const char *)m.data, m.size);
    mapped_close(&m);
    for (int ascii = 0; ascii < 2; ascii++) {
        const struct player_options o = {.first = 0};
        struct show s;
        open_show(&s, text, &o, path, 3, 80, 24, ascii);
        assert_true(s.script.count >= 12);
        for (size_t i = 0; i < s.script.count; i++) {
            struct buf words = BUF_INIT;
            struct canvas c;
            const char *say = s.script.step[i].say;
            char *screen = screen_of(&s);
            assert_int_equal(s.player.step, i);
            assert_non_null(say);
            if (script_fill(say, screen, &words))
                fail_msg("step %zu: %s\n%s", i + 1, buf_text(&words), screen);
            assert_true(canvas_init(&c, 80, 24, ascii));
            assert_true(canvas_wrap(&c, canvas_all(&c), STYLE_NORMAL, say) <= s.player.words);
            assert_null(strstr(screen, "too small"));
            if (strstr(say, "women alone"))
                assert_non_null(strstr(screen, "gender=female"));
            assert_true(s.script.step[i].wait > 0);
            canvas_free(&c);
            buf_free(&words);
            free(screen);
            player_next(&s.player, 0);
        }
        close_show(&s);
    }
    free(text);
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
        cmocka_unit_test(scripts_are_read),
        cmocka_unit_test(broken_scripts_are_refused),
        cmocka_unit_test(any_bytes_are_survived),
        cmocka_unit_test(numbers_come_from_the_screen),
        cmocka_unit_test(going_back_shows_the_same_screens),
        cmocka_unit_test(leaving_goes_on_from_there),
        cmocka_unit_test(it_goes_on_by_itself),
        cmocka_unit_test(a_record_can_be_played),
        cmocka_unit_test(any_script_and_size_is_survived),
        cmocka_unit_test(the_bundled_tour_is_whole),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
