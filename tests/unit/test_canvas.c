#include "config.h"

#include "unit.h"

#include <locale.h>
#include <math.h>

#include "screen/canvas.h"

static char *printed(const struct canvas *c)
{
    struct buf b = BUF_INIT;
    canvas_print(c, &b);
    return b.data;
}

#define assert_prints(c, text)        \
    do {                              \
        char *p = printed(c);         \
        assert_string_equal(p, text); \
        free(p);                      \
    } while (0)

static void text_is_cut_at_cells_not_bytes(void **state)
{
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 12, 2, false));
    assert_int_equal(canvas_text(&c, 0, 0, 12, STYLE_NORMAL, "\303\204\303\204x"), 3);
    assert_int_equal(canvas_text(&c, 1, 0, 4, STYLE_NORMAL, "\303\204bcdef"), 4);
    assert_prints(&c, "\303\204\303\204x\n\303\204bc\342\200\246\n");
    canvas_free(&c);
}

static void wide_characters_are_never_halved(void **state)
{
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 5, 2, false));
    canvas_text(&c, 0, 0, 5, STYLE_NORMAL, "\346\274\242\345\255\227");
    canvas_put(&c, 0, 1, STYLE_NORMAL, 'x'); /* over the right half of the first */
    canvas_text(&c, 1, 4, 5, STYLE_NORMAL, "\346\274\242");
    assert_prints(&c, " x\345\255\227\n\n");
    assert_int_equal(text_width("\346\274\242a"), 3);
    canvas_free(&c);
}

static void combining_marks_stay_with_their_letter(void **state)
{
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 5, 1, false));
    assert_int_equal(canvas_text(&c, 0, 0, 5, STYLE_NORMAL, "e\314\201f"), 2);
    assert_prints(&c, "e\314\201f\n");
    canvas_free(&c);
}

static void hostile_text_shows_question_marks(void **state)
{
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 20, 1, false));
    canvas_text(&c, 0, 0, 20, STYLE_NORMAL, "a\033[2J\n\377\300\200\355\240\200.");
    assert_prints(&c, "a?[2J???????.\n");
    canvas_free(&c);
    /* Right-to-left override and the like: width 0, but they turn what stands behind them. */
    assert_true(canvas_init(&c, 20, 1, false));
    canvas_text(&c, 0, 0, 20, STYLE_NORMAL, "d\342\200\256x\342\201\246y");
    assert_prints(&c, "d?x?y\n");
    assert_int_equal(text_width("d\342\200\256x"), 3);
    canvas_free(&c);
}

static void ascii_canvases_are_seven_bit(void **state)
{
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 12, 4, true));
    canvas_box(&c, canvas_all(&c), STYLE_NORMAL);
    canvas_text(&c, 1, 1, 6, STYLE_NORMAL, "\312\203\312\203bcdefgh");
    canvas_bar(&c, 2, 1, 10, STYLE_NORMAL, 0.52);
    canvas_put(&c, 1, 9, STYLE_NORMAL, 0x2801);
    assert_prints(&c, "+----------+\n|??bcd~  ? |\n|=====     |\n+----------+\n");
    canvas_free(&c);
}

static void drawing_outside_is_clipped(void **state)
{
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 3, 2, false));
    canvas_text(&c, 0, 1, 10, STYLE_NORMAL, "abcdef");
    canvas_text(&c, 5, 0, 10, STYLE_NORMAL, "abc");
    canvas_text(&c, 1, -1, 10, STYLE_NORMAL, "abc");
    canvas_box(&c, (struct rect){-5, -5, 100, 100}, STYLE_NORMAL);
    canvas_bar(&c, 9, 9, 4, STYLE_NORMAL, 5);
    canvas_restyle(&c, -1, -1, 99, STYLE_BEST);
    assert_prints(&c, " ab\nbc\n");
    canvas_free(&c);
}

static void bars_have_eighths(void **state)
{
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 4, 4, false));
    canvas_bar(&c, 0, 0, 4, STYLE_NORMAL, 0.5);
    canvas_bar(&c, 1, 0, 4, STYLE_NORMAL, 1 / 32.0);
    canvas_bar(&c, 2, 0, 4, STYLE_NORMAL, 2);
    canvas_bar(&c, 3, 0, 4, STYLE_NORMAL, NAN);
    assert_prints(&c, "\342\226\210\342\226\210\n\342\226\217\n"
                      "\342\226\210\342\226\210\342\226\210\342\226\210\n\n");
    canvas_free(&c);
}

static void paragraphs_break_at_spaces(void **state)
{
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 8, 5, false));
    assert_int_equal(
        canvas_wrap(&c, canvas_all(&c), STYLE_NORMAL, "one two three\n\nincomprehensible"), 5);
    assert_prints(&c, "one two\nthree\n\nincompre\nhensible\n");
    canvas_free(&c);
}

static void any_bytes_are_drawn_without_harm(void **state)
{
    struct canvas c;
    char text[40];
    uint64_t seed = 1;
    (void)state;
    assert_true(canvas_init(&c, 17, 3, false));
    for (int round = 0; round < 20000; round++) {
        for (size_t i = 0; i + 1 < sizeof text; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[i] = (char)(seed >> 56);
        }
        text[sizeof text - 1] = '\0';
        canvas_text(&c, (int)(seed % 5) - 1, (int)(seed >> 20) % 30 - 5, (int)(seed >> 40) % 25,
                    STYLE_NORMAL, text);
    }
    char *p = printed(&c);
    for (const char *s = p; *s;)
        assert_int_not_equal(utf8_next(&s), 0xfffd);
    free(p);
    canvas_free(&c);
}

/* Linear light of the 256-colour cube and grey ramp. */
static void light(int colour, double *rgb)
{
    for (int i = 0; i < 3; i++) {
        int step = i == 0 ? (colour - 16) / 36 : i == 1 ? (colour - 16) / 6 % 6 : (colour - 16) % 6;
        double v =
            colour >= 232 ? (8 + 10 * (colour - 232)) / 255.0 : (step ? 55 + 40 * step : 0) / 255.0;
        rgb[i] = v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
    }
}

static double luminance(const double *rgb)
{
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
}

/* Eyes without green receptors, after Vienot, Brettel and Mollon 1999, in linear light. */
static void deuteranope(const double *in, double *out)
{
    out[0] = out[1] = 0.29275 * in[0] + 0.70725 * in[1];
    out[2] = -0.02234 * in[0] + 0.02234 * in[1] + in[2];
}

static void colours_are_legible_on_black_and_white(void **state)
{
    double rgb[3];
    (void)state;
    for (int s = 0; s < STYLE_COUNT; s++) {
        if (palette[s].c256 < 0)
            continue;
        light(palette[s].c256, rgb);
        double y = luminance(rgb), on_black = (y + 0.05) / 0.05, on_white = 1.05 / (y + 0.05);
        if (on_black < 3 || on_white < 3)
            fail_msg("%s: contrast %.2f on black, %.2f on white", palette[s].name, on_black,
                     on_white);
    }
}

static void groups_stay_apart_for_the_colour_blind(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 3; a++)
        for (unsigned b = 0; b < a; b++) {
            double x[3], y[3], p[3], q[3], d = 0;
            light(palette[palette_group(a)].c256, x);
            light(palette[palette_group(b)].c256, y);
            deuteranope(x, p);
            deuteranope(y, q);
            for (int i = 0; i < 3; i++)
                d += (p[i] - q[i]) * (p[i] - q[i]);
            if (sqrt(d) < 0.15)
                fail_msg("groups %u and %u: distance %.3f", a + 1, b + 1, sqrt(d));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_at_cells_not_bytes),
        cmocka_unit_test(wide_characters_are_never_halved),
        cmocka_unit_test(combining_marks_stay_with_their_letter),
        cmocka_unit_test(hostile_text_shows_question_marks),
        cmocka_unit_test(ascii_canvases_are_seven_bit),
        cmocka_unit_test(drawing_outside_is_clipped),
        cmocka_unit_test(bars_have_eighths),
        cmocka_unit_test(paragraphs_break_at_spaces),
        cmocka_unit_test(any_bytes_are_drawn_without_harm),
        cmocka_unit_test(colours_are_legible_on_black_and_white),
        cmocka_unit_test(groups_stay_apart_for_the_colour_blind),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
