#include "config.h"

#include "unit.h"

#include <locale.h>
#include <math.h>
#include <unistd.h>

#include "explorer/views/compare/compare_state.h"
#include "screen/keys.h"
#include "formats/file.h"
#include "golden.h"
#include "synth_counts.h"

/* Four files: one like another but deeper, one narrow, one of probabilities, one that is none. */
static const char *const paths[] = {"first.counts", "deeper.counts", "import.counts",
                                    "broken.counts"};

enum { FILES = 4 };

static void open_app(struct app *app, int cols, int rows, bool ascii, const char *keys)
{
    struct app_options o = {
        .view = "compare", .property = "phone", .cols = cols, .rows = rows, .ascii = ascii};
    struct err err;
    uint32_t key;
    assert_ok(app_init(app, paths, FILES, &o, &err));
    app_settle(app, true, 0);
    app_prepare(app);
    while ((key = key_next(&keys))) {
        app_key(app, key);
        app_settle(app, true, 0);
        app_prepare(app);
    }
}

static void draw(const struct app *app, struct buf *text, struct buf *styles)
{
    struct canvas c;
    struct err err;
    assert_true(canvas_init(&c, app->cols, app->rows, app->ascii));
    assert_ok(app_render(app, &c, &err));
    canvas_print(&c, text);
    if (styles)
        canvas_print_styles(&c, styles);
    canvas_free(&c);
}

static void screens_are_as_they_were(void **state)
{
    static const struct {
        const char *name, *keys;
        bool sizes;
    } screens[] = {{"compare", "", true},
                   {"compare-counts", "v", true},
                   {"compare-curves", "v v p", false},
                   {"compare-differences", "d Down", false},
                   {"compare-counts-differences", "v d Down Right p", false},
                   {"compare-hidden", "v v t 1 Esc", false}};
    static const struct {
        int cols, rows;
        bool ascii;
    } sizes[] = {{80, 24, false}, {120, 40, false}, {40, 10, false}, {80, 24, true}};
    (void)state;
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++)
        for (size_t k = 0; k < (screens[i].sizes ? 4 : 1); k++) {
            struct buf text = BUF_INIT, styles = BUF_INIT;
            struct app app;
            char name[200];
            snprintf(name, sizeof name, "%s-%dx%d%s", screens[i].name, sizes[k].cols, sizes[k].rows,
                     sizes[k].ascii ? "-ascii" : "");
            open_app(&app, sizes[k].cols, sizes[k].rows, sizes[k].ascii, screens[i].keys);
            draw(&app, &text, &styles);
            if (k == 0)
                buf_add(&text, styles.data, styles.len);
            golden_compare(name, buf_text(&text));
            buf_free(&text);
            buf_free(&styles);
            app_free(&app);
        }
}

/* The numbers are those an analysis of each file by itself gives. */
static void scores_are_those_of_the_files(void **state)
{
    struct phones phones;
    struct app app;
    struct err err;
    (void)state;
    assert_ok(phones_open(&phones, NULL, &err));
    open_app(&app, 80, 24, false, "");
    for (int i = 0; i < 2; i++) {
        struct counts counts;
        struct analysis a;
        struct scores s;
        assert_ok(counts_open(&counts, paths[i], &err));
        assert_ok(analysis_init(&a, &counts, &phones, &err));
        assert_ok(scores_make(&s, &a, "x", NULL, 0, &err));
        for (uint32_t p = 0; p < s.properties; p++) {
            const struct score_property *q =
                compare_scores(compare_state(&app), (size_t)i, s.property[p].name);
            assert_non_null(q);
            assert_int_equal(q->best, s.property[p].best);
            for (uint32_t l = 0; l < s.layers; l++) {
                assert_int_equal(q->layer[l].neurons, s.property[p].layer[l].neurons);
                assert_true(isnan(q->layer[l].silhouette) ||
                            q->layer[l].silhouette == s.property[p].layer[l].silhouette);
            }
        }
        scores_free(&s);
        analysis_free(&a);
        counts_free(&counts);
    }
    app_free(&app);
    phones_free(&phones);
}

/* What a file cannot answer is said; the broken one is passed over. */
static void gaps_are_explained(void **state)
{
    struct buf text = BUF_INIT;
    struct app app;
    (void)state;
    open_app(&app, 100, 30, false, "");
    draw(&app, &text, NULL);
    assert_non_null(strstr(buf_text(&text), "import, pitch: not counted in this file"));
    assert_non_null(strstr(buf_text(&text), "broken.counts: "));
    app_key(&app, KEY_CODE_DOWN);
    assert_int_equal(app.here, 1);
    app_key(&app, KEY_CODE_END);
    app_prepare(&app);
    assert_true(app.here < 3);
    buf_free(&text);
    app_free(&app);
}

/* Going from file to file keeps the layer where there is one, and results that are still good. */
static void files_are_stepped_through(void **state)
{
    struct app app;
    (void)state;
    open_app(&app, 80, 24, false, "Right Right Right");
    assert_int_equal(app.at.layer, 3);
    assert_int_equal(app_missing(&app), 0);
    app_key(&app, KEY_CODE_DOWN);
    assert_int_equal(app.here, 1);
    assert_int_equal(app.at.layer, 3);
    assert_int_equal(app_missing(&app), 0);
    app_key(&app, '-'); /* sigma: of all files */
    app_prepare(&app);
    assert_true(app_missing(&app) > 40);
    app_settle(&app, true, 0);
    assert_int_equal(app_missing(&app), 0);
    app_key(&app, KEY_CODE_ENTER);
    assert_int_equal(app.at.view, VIEW_LAYERS);
    app_key(&app, KEY_CODE_BACKSPACE);
    assert_int_equal(app.at.view, VIEW_COMPARE);
    app_free(&app);
}

static enum status write_import(const char *path, struct err *err)
{
    static char phone[] = "phone", gender[] = "gender", none[] = "";
    static char aa[] = "AA", iy[] = "IY", s[] = "S", t[] = "T", female[] = "female",
                male[] = "male";
    char *phones[] = {aa, iy, s, t}, *genders[] = {female, male};
    int32_t p[8], g[8];
    int64_t frames[8];
    float probability[2][8][40];
    struct counts_layer layer[2];
    for (int c = 0; c < 8; c++) {
        p[c] = c / 2;
        g[c] = c % 2;
        frames[c] = -1;
        for (int l = 0; l < 2; l++)
            for (int i = 0; i < 40; i++)
                probability[l][c][i] = (float)((i * 7 + c * 5 + l * 3) % 11) / 100;
    }
    for (int l = 0; l < 2; l++)
        layer[l] = (struct counts_layer){.width = 40, .tau = 2, .probability = probability[l][0]};
    struct counts_factor factor[] = {{phone, phones, 4, p}, {gender, genders, 2, g}};
    struct counts c = {.path = none,
                       .model = none,
                       .family = none,
                       .created_by = none,
                       .command = none,
                       .pitch_edges_hz = none,
                       .lambda_percent = 5,
                       .cells = 8,
                       .frames = frames,
                       .factors = 2,
                       .factor = factor,
                       .layers = 2,
                       .layer = layer};
    return counts_write(&c, path, err);
}

static int make_files(void **state)
{
    struct synth deeper = {.layers = 8, .width = 200, .tau = 4, .phones = 20, .frames = 700};
    struct err err;
    (void)state;
    FILE *f = fopen(paths[3], "w");
    if (!f || fputs("no count file\n", f) < 0 || fclose(f) != 0)
        return 1;
    return synth_small(paths[0], &err) || synth_write(&deeper, paths[1], &err) ||
           write_import(paths[2], &err);
}

static int remove_files(void **state)
{
    (void)state;
    for (int i = 0; i < FILES; i++)
        unlink(paths[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_are_as_they_were),
        cmocka_unit_test(scores_are_those_of_the_files),
        cmocka_unit_test(gaps_are_explained),
        cmocka_unit_test(files_are_stepped_through),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
