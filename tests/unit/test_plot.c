#include "config.h"

#include "unit.h"

#include <locale.h>
#include <math.h>

#include "screen/plot.h"

static const struct plot_group groups[] = {{'a', STYLE_GROUP_1}, {'b', STYLE_GROUP_2}};

static char *draw(struct canvas *c, const struct plot *p, struct plot_report *report)
{
    struct buf b = BUF_INIT;
    plot_scatter(c, canvas_all(c), p, report);
    canvas_print(c, &b);
    return b.data;
}

static void both_axes_have_one_scale(void **state)
{
    /* A square of side 10: 20 cells wide and 10 high would be the same length. */
    const struct plot_point square[] = {
        {0, 0, 0, NULL, 0}, {10, 0, 0, NULL, 0}, {0, 10, 1, NULL, 0}, {10, 10, 1, NULL, 0}};
    struct plot p = {square, 4, groups, 2, PLOT_LETTERS, -1, 0, 0};
    struct plot_report report;
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 60, 11, true));
    char *text = draw(&c, &p, &report);
    const char *first = strchr(text, 'b'), *second = strrchr(text, 'b');
    const char *low = strchr(text, 'a');
    int rows = 0;
    for (const char *s = first; s < low; s++)
        rows += *s == '\n';
    assert_int_equal(rows, 10);
    assert_in_range(second - first, 19, 21);
    free(text);
    canvas_free(&c);
}

static void cells_of_several_groups_are_marked(void **state)
{
    const struct plot_point same[] = {
        {0, 0, 0, NULL, 0}, {0, 0, 1, NULL, 0}, {5, 0, 1, NULL, 0}, {5, 0, 1, NULL, 0}};
    struct plot p = {same, 4, groups, 2, PLOT_LETTERS, -1, 0, 0};
    struct plot_report report;
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 20, 5, true));
    char *text = draw(&c, &p, &report);
    assert_int_equal(report.mixed, 1);
    assert_non_null(strchr(text, '*'));
    assert_non_null(strchr(text, 'b'));
    assert_null(strchr(text, 'a'));
    free(text);
    canvas_free(&c);
}

static void labels_never_overlap_and_are_counted(void **state)
{
    struct plot_point crowd[60];
    struct plot p = {crowd, 60, groups, 2, PLOT_LETTERS, 59, 0, 0};
    struct plot_report report;
    struct canvas c;
    size_t shown = 0;
    (void)state;
    for (int i = 0; i < 60; i++)
        crowd[i] = (struct plot_point){i % 8 * 0.3, i / 8 * 0.3, 0, "XYZ", i};
    crowd[59].label = "QQQ"; /* selected: goes before all others */
    assert_true(canvas_init(&c, 30, 8, true));
    char *text = draw(&c, &p, &report);
    for (const char *s = text; (s = strstr(s, "XYZ")); s += 3)
        shown++;
    for (const char *s = text; *s; s++) /* whole labels only */
        if (*s == 'X')
            assert_memory_equal(s, "XYZ", 3);
    assert_non_null(strstr(text, "QQQ"));
    assert_int_equal(shown + 1 + report.dropped, 60);
    assert_true(report.dropped > 0);
    free(text);
    canvas_free(&c);
}

static void dots_fall_where_points_are(void **state)
{
    /* Corners of the area: the first dot of the first cell, the last of the last. */
    const struct plot_point corners[] = {{0, 1, 0, NULL, 0}, {1, 0, 0, NULL, 0}};
    struct plot p = {corners, 2, groups, 2, PLOT_BRAILLE, -1, 0, 0};
    struct plot_report report;
    struct canvas c;
    (void)state;
    assert_true(canvas_init(&c, 3, 2, false));
    char *text = draw(&c, &p, &report);
    const char *s = text;
    int glyphs = 0;
    while (*s) {
        uint32_t ch = utf8_next(&s);
        glyphs += ch > 0x2800 && ch < 0x2900;
    }
    assert_int_equal(glyphs, 2);
    free(text);
    canvas_free(&c);
}

/* A rising line: dots of the form asked for, letters on its points, on ASCII nothing else. */
static void curves_have_three_forms(void **state)
{
    const double value[] = {0, 0.5, 1};
    const struct plot_series series = {value, 's', STYLE_BAR};
    (void)state;
    for (int ascii = 0; ascii < 2; ascii++)
        for (int glyphs = 0; glyphs < PLOT_GLYPHS_COUNT; glyphs++) {
            struct canvas c;
            struct buf b = BUF_INIT;
            size_t letters = 0, points = 0, braille = 0, blocks = 0;
            assert_true(canvas_init(&c, 50, 14, ascii));
            plot_curves(&c, canvas_all(&c), &series, 1, 3, 0, 1, 0, (enum plot_glyphs)glyphs);
            canvas_print(&c, &b);
            for (const char *p = buf_text(&b); *p;) {
                uint32_t ch = utf8_next(&p);
                letters += ch == 's';
                points += ch == '.';
                braille += ch > 0x2800 && ch < 0x2900;
                blocks += ch >= 0x2580 && ch <= 0x2588;
            }
            assert_int_equal(letters, 3);
            assert_int_equal(braille > 10, !ascii && glyphs == PLOT_BRAILLE);
            assert_int_equal(blocks > 10, !ascii && glyphs == PLOT_BLOCKS);
            assert_int_equal(points > 10, ascii || glyphs == PLOT_LETTERS);
            buf_free(&b);
            canvas_free(&c);
        }
}

static void odd_input_is_harmless(void **state)
{
    const struct plot_point odd[] = {
        {NAN, 0, 0, "x", 0}, {INFINITY, 1, 1, "y", 0}, {3, 3, 7, "z", 0}, {3, 3, 0, "", 0}};
    struct plot_report report;
    (void)state;
    for (int glyphs = 0; glyphs < PLOT_GLYPHS_COUNT; glyphs++)
        for (int side = 1; side < 12; side++) {
            struct plot p = {odd, 4, groups, 2, (enum plot_glyphs)glyphs, 2, 0, 0};
            struct canvas c;
            assert_true(canvas_init(&c, side, 12 - side, false));
            free(draw(&c, &p, &report));
            const double value[] = {NAN, 1, -5, 1e300};
            const struct plot_series series = {value, 's', STYLE_BAR};
            plot_curves(&c, canvas_all(&c), &series, 1, 4, 0, 1, 2, (enum plot_glyphs)glyphs);
            plot_curves(&c, (struct rect){0, 0, 50, 80}, &series, 1, 4, 0, 1, 2,
                        (enum plot_glyphs)glyphs);
            canvas_free(&c);
        }
}

static void steps_are_round(void **state)
{
    (void)state;
    assert_float_equal(plot_step(1, 5), 0.2, 1e-12);
    assert_float_equal(plot_step(0.2, 2), 0.1, 1e-12);
    assert_float_equal(plot_step(375, 4), 100, 1e-9);
    assert_float_equal(plot_step(0, 4), 1, 0);
}

/* VALUE [n] as a histogram of ASCII characters on COLS columns and 8 rows. */
static char *histogram(const double *value, size_t n, double mark, bool whole, int cols)
{
    struct buf b = BUF_INIT;
    struct canvas c;
    assert_true(canvas_init(&c, cols, 8, true));
    plot_histogram(&c, canvas_all(&c), value, n, mark, "here", whole);
    canvas_print(&c, &b);
    canvas_free(&c);
    return b.data;
}

static void bars_are_as_high_as_their_values_are_many(void **state)
{
    const double value[] = {3, 3, 3, 3, 5, 5, 4, NAN, 3, 3, 3, 3};
    (void)state;
    char *text = histogram(value, 12, 7, true, 20);
    assert_string_equal(text, "           here |\n"
                              "####            |\n"
                              "####            |\n"
                              "####            |\n"
                              "####    ....    |\n"
                              "############    |\n"
                              "--------+-----------\n"
                              "        5\n");
    free(text);
    text = histogram(value, 12, NAN, true, 20); /* nothing is pointed at */
    assert_null(strstr(text, "here"));
    free(text);
    text = histogram(value, 0, NAN, false, 20); /* nor is there anything */
    assert_null(strchr(text, '#'));
    free(text);
    const double same[] = {0.25, 0.25};
    text = histogram(same, 2, 0.25, false, 20);
    assert_non_null(strstr(text, "here"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_axes_have_one_scale),
        cmocka_unit_test(cells_of_several_groups_are_marked),
        cmocka_unit_test(labels_never_overlap_and_are_counted),
        cmocka_unit_test(dots_fall_where_points_are),
        cmocka_unit_test(curves_have_three_forms),
        cmocka_unit_test(odd_input_is_harmless),
        cmocka_unit_test(steps_are_round),
        cmocka_unit_test(bars_are_as_high_as_their_values_are_many),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
