#include "config.h"

#include "unit.h"

#include <locale.h>
#include <unistd.h>

#include "explorer/save.h"
#include "screen/keys.h"
#include "explorer/view.h"
#include "explorer/views/neurons/neurons_state.h"
#include "base/bitset.h"
#include "formats/file.h"
#include "golden.h"
#include "synth_counts.h"

#define FILE_NAME "synth.counts"

struct screen {
    const char *name; /* of the golden file */
    const char *view, *property;
    unsigned long layer;
    const char *keys; /* by name, pressed after opening */
    const char *dump; /* options for the program that give the same, NULL: none do */
    bool styles;      /* compared, too */
};

static const struct screen screens[] = {
    {"layers", "layers", "phone", 2, "", "", true},
    {"layers-curves", "layers", "gender", 6, "v", NULL, true},
    {"pattern", "pattern", "phone", 2, "", "", true},
    {"pattern-overlay", "pattern", "phone", 3, "Space Down Down Space Down Down", NULL, true},
    {"pattern-table", "pattern", "phone", 3, "G Space Up v v", NULL, false},
    {"pattern-even", "pattern", "phone", 3, "v x", NULL, false},
    {"pattern-neurons", "pattern", "phone", 4, "Down Enter Down", NULL, false},
    {"map-phone", "map", "phone", 3, "", "", true},
    {"map-pitch", "map", "pitch", 3, "", "", false},
    {"map-point", "map", "pitch", 2, "Down Down Down", NULL, false},
    {"overlap", "overlap", "phone", 2, "", "", true},
    {"overlap-many", "overlap", "phone", 1, "a p h o n e = v o w e l Enter a [ A A ] Enter G", NULL,
     false},
    {"overlap-error", "overlap", "phone", 1, "e & Enter", NULL, false},
    {"neurons", "neurons", "gender", 1, "", "", true},
    {"neurons-sorted", "neurons", "pitch", 2, "s 4 S Down Down", NULL, false},
    {"neurons-marked", "neurons", "gender", 1, "Down Space Down Space & p > 0 . 1 Enter", NULL,
     true},
    {"neurons-sort-by", "neurons", "gender", 1, "s 2 s Down", NULL, false},
    {"layers-sorted", "layers", "phone", 2, "s 4 & p h o n e > 2 0 Enter", NULL, false},
    {"pattern-marked", "pattern", "phone", 2, "o Down Space s 5 & i n = 1 Enter", NULL, true},
    {"overlap-marked", "overlap", "phone", 1, "Down Space End Space s 4", NULL, true},
    {"map-filter", "map", "gender", 1, "& ^ A Enter / A Y Enter", NULL, false},
    {"mark-many", "neurons", "gender", 1, "Space M", NULL, false},
    {"sets", "neurons", "gender", 1, "M 1 * 2 c o r e Enter * ", NULL, false},
    {"set", "neurons", "gender", 1, "M 1 * 2 c o r e Enter Space * 2", NULL, false},
    {"copy", "overlap", "phone", 1, "y", NULL, false},
    {"info", "layers", "phone", 1, "i", NULL, false},
    {"filter-error", "neurons", "gender", 1, "& q q > 1", NULL, false},
    {"neurons-filter", "neurons", "gender", 1, "e ^U p h o n e | g e n d e r Enter & f e m a", NULL,
     false},
    {"conditions", "layers", "phone", 1, "c Home Down Space j j Enter j Space", NULL, true},
    {"help", "map", "phone", 1, "?", NULL, true},
    {"statistics", "statistics", "phone", 2, "", "", true},
    {"statistics-sorted", "statistics", "phone", 2, "s 7 & m Enter Down", NULL, false},
    {"statistics-histogram", "statistics", "phone", 3, "v", NULL, true},
    {"statistics-why", "statistics", "gender", 3, "", NULL, false},
    {"layers-null", "statistics", "phone", 2, "1", NULL, true},
    {"map-null", "statistics", "phone", 3, "3", NULL, false},
};

enum { SCREENS = sizeof screens / sizeof screens[0], DRAWS = 99 };

static const struct {
    int cols, rows;
    bool ascii;
} sizes[] = {{80, 24, false}, {120, 40, false}, {40, 10, false},
             {80, 24, true},  {120, 40, true},  {40, 10, true}};

static bool plainly_listed(const char *view)
{
    for (size_t i = 0; i < SCREENS; i++)
        if (screens[i].dump && strcmp(screens[i].view, view) == 0)
            return true;
    return false;
}

/* Screen I of the table or, behind it, a view that has none there as it opens; false at the end. */
static bool screen_of(size_t i, struct screen *s)
{
    static char name[64];
    if (i < SCREENS) {
        *s = screens[i];
        return true;
    }
    for (size_t v = 0, n = SCREENS; v < VIEW_COUNT; v++)
        if (!plainly_listed(view_name((enum view_id)v)) && n++ == i) {
            snprintf(name, sizeof name, "view-%s", view_name((enum view_id)v));
            *s = (struct screen){name, view_name((enum view_id)v), "phone", 2, "", "", true};
            return true;
        }
    return false;
}

static void press(struct app *app, const char *keys)
{
    uint32_t key;
    while ((key = key_next(&keys))) {
        app_settle(app, true, 0);
        app_prepare(app);
        app_key(app, key);
    }
}

static void render(const struct screen *s, int cols, int rows, bool ascii, struct buf *text,
                   struct buf *styles)
{
    const char *path = FILE_NAME;
    struct app_options o = {.view = s->view,
                            .property = s->property,
                            .layer = s->layer,
                            .cols = cols,
                            .rows = rows,
                            .ascii = ascii,
                            .nulls = {.draws = DRAWS}};
    struct app app;
    struct canvas c;
    struct err err;
    assert_ok(app_init(&app, &path, 1, &o, &err));
    press(&app, s->keys);
    app_settle(&app, true, 0);
    app_prepare(&app);
    assert_true(canvas_init(&c, cols, rows, ascii));
    assert_ok(app_render(&app, &c, &err));
    canvas_print(&c, text);
    if (styles)
        canvas_print_styles(&c, styles);
    canvas_free(&c);
    app_free(&app);
}

static void screens_are_as_they_were(void **state)
{
    struct screen s;
    (void)state;
    for (size_t i = 0; screen_of(i, &s); i++)
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            struct buf text = BUF_INIT, styles = BUF_INIT;
            char name[200];
            /* The small and the large screens of the common views; the others at one size. */
            if (k && !s.dump)
                continue;
            snprintf(name, sizeof name, "%s-%dx%d%s", s.name, sizes[k].cols, sizes[k].rows,
                     sizes[k].ascii ? "-ascii" : "");
            render(&s, sizes[k].cols, sizes[k].rows, sizes[k].ascii, &text, &styles);
            if (s.styles && k == 0)
                buf_add(&text, styles.data, styles.len);
            golden_compare(name, buf_text(&text));
            buf_free(&text);
            buf_free(&styles);
        }
}

/* q comes after the rest; what the file cannot give (it has no speakers to draw) is "-". */
static void tests_of_neurons_are_shown_once_they_are_there(void **state)
{
    static const int cols[] = {80, 120};
    const char *path = FILE_NAME;
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct app_options o = {.view = "neurons", .property = "phone", .layer = 3, .rows = 24};
        struct app app;
        struct canvas c;
        struct buf text = BUF_INIT;
        struct err err;
        char name[32];
        o.cols = cols[i];
        o.nulls.draws = DRAWS;
        assert_ok(app_init(&app, &path, 1, &o, &err));
        engine_finish(app.file[0].engine, false, 0);
        app_prepare(&app);
        assert_null(app_null_neurons(&app));
        nulls_finish(app.file[0].nulls, 0);
        app_prepare(&app);
        assert_non_null(app_null_neurons(&app));
        assert_true(canvas_init(&c, o.cols, o.rows, false));
        assert_ok(app_render(&app, &c, &err));
        canvas_print(&c, &text);
        snprintf(name, sizeof name, "neurons-tests-%dx24", cols[i]);
        golden_compare(name, buf_text(&text));
        buf_free(&text);
        canvas_free(&c);
        app_free(&app);
    }
}

static void dump_prints_the_same_cells(void **state)
{
    const char *program = getenv("PROPNEU");
    struct screen s;
    (void)state;
    if (!program)
        skip();
    for (size_t i = 0; screen_of(i, &s); i++)
        for (size_t k = 0; s.dump && k < sizeof sizes / sizeof sizes[0]; k++) {
            struct buf text = BUF_INIT, got = BUF_INIT;
            char command[2000], bytes[4096];
            size_t n;
            render(&s, sizes[k].cols, sizes[k].rows, sizes[k].ascii, &text, NULL);
            snprintf(command, sizeof command,
                     "LC_ALL=C.UTF-8 '%s' %s --view %s --property %s --layer %lu --dump=%dx%d %s "
                     "--draws %d",
                     program, FILE_NAME, s.view, s.property, s.layer, sizes[k].cols, sizes[k].rows,
                     sizes[k].ascii ? "--ascii" : "", DRAWS);
            FILE *p = popen(command, "r");
            assert_non_null(p);
            while ((n = fread(bytes, 1, sizeof bytes, p)) > 0)
                buf_add(&got, bytes, n);
            assert_int_equal(pclose(p), 0);
            assert_string_equal(buf_text(&got), buf_text(&text));
            buf_free(&text);
            buf_free(&got);
        }
}

static void every_size_is_drawn(void **state)
{
    const char *path = FILE_NAME;
    struct app app;
    struct err err;
    (void)state;
    for (int view = 1; view <= VIEW_COUNT; view++) {
        struct app_options o = {.cols = 80, .rows = 24, .nulls = {.draws = DRAWS}};
        assert_ok(app_init(&app, &path, 1, &o, &err));
        app_key(&app, (uint32_t)('0' + view));
        for (int round = 0; round < 60; round++) {
            struct canvas c;
            app.cols = 1 + round * 37 % 140;
            app.rows = 1 + round * 23 % 60;
            app_settle(&app, true, 0);
            app_prepare(&app);
            assert_true(canvas_init(&c, app.cols, app.rows, round % 2));
            assert_ok(app_render(&app, &c, &err));
            canvas_free(&c);
        }
        app_free(&app);
    }
}

/* Keys at random, drawn after each: nothing may crash or leave the state it cannot be in. */
static void any_keys_are_survived(void **state)
{
    static const uint32_t more[] = {KEY_CODE_UP,  KEY_CODE_DOWN,      KEY_CODE_LEFT,
                                    KEY_CODE_END, KEY_CODE_RIGHT,     KEY_CODE_PGDN,
                                    KEY_CODE_TAB, KEY_CODE_ENTER,     KEY_CODE_ESC,
                                    KEY_CODE_F0,  KEY_CODE_BACKSPACE, KEY_CODE_HOME};
    const char *path = FILE_NAME;
    struct rng rng = rng_seed(3);
    struct app_options o = {.cols = 60, .rows = 20, .nulls = {.draws = DRAWS}};
    struct app app;
    struct canvas c;
    struct err err;
    (void)state;
    assert_ok(app_init(&app, &path, 1, &o, &err));
    assert_true(canvas_init(&c, 60, 20, false));
    for (int i = 0; i < 1500; i++) {
        uint32_t key =
            (uint32_t)(rng_below(&rng, 3) ? 32 + rng_below(&rng, 95) : more[rng_below(&rng, 12)]);
        if (app.prompt.kind == &save_prompt && key == KEY_CODE_ENTER)
            key = KEY_CODE_ESC; /* no files of just any name */
        app_key(&app, key);
        app_prepare(&app);
        assert_ok(app_render(&app, &c, &err));
        assert_true(app.at.layer < 6 && app.sigma > 0 && app.sigma <= 100);
        assert_int_equal(c.cell[0].ch > 31, 1);
    }
    canvas_free(&c);
    app_free(&app);
}

static void print_screen(struct app *app, struct buf *text)
{
    struct canvas c;
    struct err err;
    app_prepare(app);
    assert_true(canvas_init(&c, app->cols, app->rows, false));
    assert_ok(app_render(app, &c, &err));
    canvas_print(&c, text);
    canvas_print_styles(&c, text);
    canvas_free(&c);
}

/* While keys come, only the cursor's line changes; then the screen is what it would be anyway. */
static void what_follows_the_cursor_catches_up(void **state)
{
    const char *path = FILE_NAME;
    struct err err;
    (void)state;
    for (int view = 1; view <= VIEW_COUNT; view++) {
        struct app_options o = {.cols = 120, .rows = 40, .nulls = {.draws = DRAWS}};
        struct buf late = BUF_INIT, straight = BUF_INIT;
        for (int lag = 0; lag < 2; lag++) {
            struct app app;
            assert_ok(app_init(&app, &path, 1, &o, &err));
            app_key(&app, (uint32_t)('0' + view));
            app_settle(&app, true, 0);
            app_prepare(&app);
            app.lag = lag;
            press(&app, "Down Down PgDn Up j k");
            if (lag) /* drawn meanwhile */
                print_screen(&app, &late);
            buf_clear(&late);
            app.lag = false;
            print_screen(&app, lag ? &late : &straight);
            app_free(&app);
        }
        assert_string_equal(buf_text(&late), buf_text(&straight));
        buf_free(&late);
        buf_free(&straight);
    }
}

static void back_returns_to_where_one_was(void **state)
{
    const char *path = FILE_NAME;
    struct app_options o = {.cols = 80, .rows = 24, .layer = 2};
    struct app app;
    struct err err;
    (void)state;
    assert_ok(app_init(&app, &path, 1, &o, &err));
    press(&app, "3 Right Right 4 Backspace");
    assert_int_equal(app.at.view, VIEW_MAP);
    assert_int_equal(app.at.layer, 3);
    press(&app, "Backspace");
    assert_int_equal(app.at.view, VIEW_LAYERS);
    assert_int_equal(app.at.layer, 1);
    assert_int_equal(app_key(&app, KEY_CODE_BACKSPACE), STATUS_NOTFOUND);
    app_free(&app);
}

/* The point at hand on the map is the phone of the pattern, and the other way round. */
/* A copy of FILE_NAME as LAMBDA_FILE with a second lambda: there the layers stand upside down. */
#define LAMBDA_FILE "lambdas.counts"
static void write_lambdas(void)
{
    double lambda[] = {2, 5};
    struct counts c;
    struct err err;
    assert_ok(counts_open(&c, FILE_NAME, &err));
    uint32_t n = c.layers;
    struct counts_layer *block = malloc(2 * n * sizeof *block);
    for (uint32_t l = 0; l < n; l++) {
        block[l] = c.layer[l];
        block[n + l] = c.layer[n - 1 - l];
    }
    c.lambdas = 2;
    c.lambda = lambda;
    c.layer = c.block = block;
    assert_ok(counts_write(&c, LAMBDA_FILE, &err));
    counts_free(&c);
    free(block);
}

static uint32_t neurons_of(struct app *app, uint32_t layer)
{
    app_settle(app, true, 0);
    app_prepare(app);
    const struct engine_result *r = app_result(app, app->at.property, layer);
    assert_non_null(r);
    return r->neurons;
}

static void another_lambda_is_other_counts(void **state)
{
    const char *path[] = {LAMBDA_FILE, FILE_NAME};
    struct app_options o = {.view = "layers", .cols = 80, .rows = 24};
    struct app app;
    struct err err;
    (void)state;
    write_lambdas();
    assert_ok(app_init(&app, path, 2, &o, &err));
    uint32_t first = neurons_of(&app, 0), last = neurons_of(&app, 5);
    assert_true(first != last);
    assert_ok(app_key(&app, 'L'));
    assert_true(app_file(&app)->counts.lambda_percent == 5);
    assert_int_equal(neurons_of(&app, 0), last);
    assert_ok(app_key(&app, 'f')); /* the other file has one lambda only */
    assert_int_equal(app_key(&app, 'L'), STATUS_NOTFOUND);
    assert_int_equal(neurons_of(&app, 0), first);
    assert_ok(app_key(&app, 'f'));
    assert_int_equal(neurons_of(&app, 0), last);
    assert_ok(app_key(&app, 'L'));
    assert_int_equal(neurons_of(&app, 0), first);
    app_free(&app);
    o.lambda = 5;
    assert_ok(app_init(&app, path, 1, &o, &err));
    assert_int_equal(neurons_of(&app, 0), last);
    app_free(&app);
    o.lambda = 3;
    assert_int_equal(app_init(&app, path, 1, &o, &err), STATUS_NOTFOUND);
    unlink(LAMBDA_FILE);
}

static void the_phone_goes_from_view_to_view(void **state)
{
    const char *path = FILE_NAME;
    struct app_options o = {.view = "map", .property = "gender", .cols = 80, .rows = 24};
    struct app app;
    struct err err;
    (void)state;
    assert_ok(app_init(&app, &path, 1, &o, &err));
    press(&app, "Enter");
    assert_int_equal(app.at.view, VIEW_MAP); /* no point yet */
    press(&app, "Down Down Enter");
    assert_int_equal(app.at.view, VIEW_PATTERN);
    char phone[sizeof app.phone];
    snprintf(phone, sizeof phone, "%s", app.phone);
    assert_true(phone[0]);
    press(&app, "Down");
    assert_string_not_equal(app.phone, phone);
    press(&app, "Up");
    assert_string_equal(app.phone, phone);
    press(&app, "Backspace");
    assert_int_equal(app.at.view, VIEW_MAP);
    app_free(&app);
}

/* Five curves are all there is room for; filters are followed. */
static void overlays_are_limited_and_filters_apply(void **state)
{
    const char *path = FILE_NAME, *where = "gender=female";
    struct app_options o = {
        .view = "pattern", .where = &where, .wheres = 1, .cols = 80, .rows = 24};
    struct app app;
    struct err err;
    (void)state;
    assert_ok(app_init(&app, &path, 1, &o, &err));
    press(&app, "Space Down Space Down Space Down Space Down");
    assert_int_equal(app_key(&app, ' '), STATUS_NOTFOUND);
    press(&app, "Up Space Down");
    assert_int_equal(app_key(&app, ' '), STATUS_OK);
    press(&app, "g");
    assert_string_equal(app.phone, "IY");
    struct profile p;
    assert_ok(analysis_profile(&app.file[0].session, &p, "IY", NULL, 0, &err));
    char frames[40];
    struct canvas c;
    struct buf text = BUF_INIT;
    snprintf(frames, sizeof frames, "IY %10lld", (long long)p.frames);
    app_prepare(&app);
    assert_true(canvas_init(&c, 80, 24, false));
    assert_ok(app_render(&app, &c, &err));
    canvas_print(&c, &text);
    assert_non_null(strstr(buf_text(&text), frames));
    buf_free(&text);
    canvas_free(&c);
    profile_free(&p);
    app_free(&app);
}

/* Sorting is stable, search goes round and says so, a filter counts as one types. */
static void neurons_are_sorted_found_and_filtered(void **state)
{
    const char *path = FILE_NAME;
    struct app_options o = {.view = "neurons", .property = "gender", .cols = 80, .rows = 24};
    struct app app;
    struct err err;
    (void)state;
    assert_ok(app_init(&app, &path, 1, &o, &err));
    app_prepare(&app);
    const struct neurons_state *s = neurons_state(&app);
    const struct property_layer *l;
    assert_ok(analysis_layer(&app.file[0].session, "gender", 0, &l, &err));
    assert_int_equal(s->rows, bitset_count(l->neurons, l->words));
    assert_true(s->rows > 4);
    const struct grid *g = &s->grid;
    for (int turn = 0; turn < 2 * NEURONS_SETS; turn++) {
        char keys[16];
        snprintf(keys, sizeof keys, "s %d", turn / 2 + 1);
        press(&app, keys);
        assert_int_equal(g->count, s->rows);
        assert_int_equal(g->sort, turn / 2 + 1);
        assert_int_equal(g->reverse, turn % 2);
        for (size_t i = 1; i < g->count; i++) {
            const struct neuron_row *a = &s->row[g->shown[i - 1]], *b = &s->row[g->shown[i]];
            if (g->sort == NEURONS_GROUP + 1 && a->group == b->group)
                assert_true(a->neuron < b->neuron);
            if (g->sort == NEURONS_P + 1)
                assert_true(g->reverse ? a->p <= b->p : a->p >= b->p);
            if (g->sort == NEURONS_NUMBER + 1)
                assert_true(g->reverse ? a->neuron > b->neuron : a->neuron < b->neuron);
        }
    }
    press(&app, "G / m a l e Enter");
    assert_non_null(strstr(app.message.text, "search wrapped"));
    size_t first = g->here;
    press(&app, "n N");
    assert_int_equal(g->here, first);
    press(&app, "& f e m a l e");
    assert_non_null(strstr(app.prompt.error, "neurons"));
    char count[60];
    press(&app, "Enter");
    snprintf(count, sizeof count, "%zu of %zu neurons", g->count, s->rows);
    assert_true(g->count > 0 && g->count < s->rows);
    press(&app, "& ^U f e m a l e");
    assert_string_equal(app.prompt.error, count);
    press(&app, "Esc Esc");
    assert_int_equal(g->count, s->rows);
    app_free(&app);
}

/* Every view has a lesson, and the words of the method are explained behind it, on any screen. */
static void help_explains_every_view_and_word(void **state)
{
    static const char *const words[] = {
        "neuron", "activated",  "baseline", "pattern, S_k", "property", "group neurons, G_g",
        "sigma",  "silhouette", "stress",   "erasure"};
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++)
        assert_true(strlen(view_of((enum view_id)v)->lesson) > 200);
    for (int cols = 40; cols <= 120; cols += 40) {
        struct canvas c;
        struct buf text = BUF_INIT;
        assert_true(canvas_init(&c, cols, 200, false));
        int rows = glossary_draw(&c, 0, cols);
        assert_true(rows > 20 && rows < 150);
        canvas_print(&c, &text);
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            assert_non_null(strstr(buf_text(&text), words[i]));
        buf_free(&text);
        canvas_free(&c);
    }
}

static int remove_file(void **state)
{
    (void)state;
    unlink(FILE_NAME);
    return 0;
}

static int make_file(void **state)
{
    struct err err;
    (void)state;
    return synth_small(FILE_NAME, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_explains_every_view_and_word),
        cmocka_unit_test(screens_are_as_they_were),
        cmocka_unit_test(tests_of_neurons_are_shown_once_they_are_there),
        cmocka_unit_test(dump_prints_the_same_cells),
        cmocka_unit_test(every_size_is_drawn),
        cmocka_unit_test(any_keys_are_survived),
        cmocka_unit_test(what_follows_the_cursor_catches_up),
        cmocka_unit_test(back_returns_to_where_one_was),
        cmocka_unit_test(another_lambda_is_other_counts),
        cmocka_unit_test(the_phone_goes_from_view_to_view),
        cmocka_unit_test(overlays_are_limited_and_filters_apply),
        cmocka_unit_test(neurons_are_sorted_found_and_filtered),
    };
    setenv("XDG_STATE_HOME", "/nonexistent", 1); /* not the user's experiments */
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
