#include "config.h"

#include "unit.h"

#include <dirent.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "screen/keys.h"
#include "explorer/save.h"
#include "formats/file.h"
#include "report/table.h"
#include "synth_counts.h"

#define FILE_NAME "saved.counts"
#define FOLDER    "test-save.dir"

static void open_app(struct app *app, enum view_id view)
{
    static const char *const paths[] = {FILE_NAME, FILE_NAME};
    struct app_options o = {.property = "gender", .phone = "AA", .cols = 100, .rows = 30};
    struct err err;
    assert_ok(app_init(app, paths, 2, &o, &err));
    app_key(app, (uint32_t)('1' + view));
    assert_int_equal(app->at.view, view);
    app_settle(app, true, 0);
    app_prepare(app);
}

static void type(struct app *app, const char *text)
{
    for (; *text; text++)
        assert_int_equal(app_key(app, (uint32_t)(unsigned char)*text), STATUS_OK);
}

/* w, a name, Enter; what Enter returns. */
static enum status save_as(struct app *app, const char *name)
{
    long arg;
    assert_int_equal(app_key(app, 'w'), STATUS_OK);
    assert_ptr_equal(app->prompt.kind, &save_prompt);
    const char *wipe = "^U";
    app_key(app, key_next(&wipe));
    type(app, FOLDER "/");
    type(app, name);
    return app_apply(app, action_for_key(KEY_CODE_ENTER, CTX_PROMPT, &arg), 0);
}

static void path_of(char *path, size_t size, const char *name)
{
    snprintf(path, size, FOLDER "/%s", name);
}

static void read_file(const char *name, struct buf *out)
{
    struct mapped m;
    struct err err;
    char path[200];
    path_of(path, sizeof path, name);
    assert_ok(mapped_open(&m, path, &err));
    buf_add(out, m.data, m.size);
    mapped_close(&m);
}

static int files_in_folder(void)
{
    int n = 0;
    DIR *d = opendir(FOLDER);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void remove_saved(const char *name)
{
    char path[200];
    path_of(path, sizeof path, name);
    assert_int_equal(unlink(path), 0);
}

static void every_view_is_saved_in_every_form(void **state)
{
    static const char *const names[] = {"x.svg", "x.pdf", "x.PNG", "x.tsv", "x.json", "x.txt"};
    static const char *const begin[] = {"<?xml", "%PDF", "\x89PNG", "", "[", ""};
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++) {
        struct app app;
        open_app(&app, (enum view_id)v);
        struct table t = TABLE_INIT;
        struct err err;
        bool numbers = save_table(&app, &t, &err) == STATUS_OK;
        table_free(&t);
        for (int k = 0; k < 6; k++) {
            struct buf bytes = BUF_INIT;
            bool able = k == 0 || k > 2 || figure_can_write(figure_format_of(names[k]));
            if ((k == 3 || k == 4) && !numbers)
                continue;
            enum status code = save_as(&app, names[k]);
            if (!able) {
                assert_int_equal(code, STATUS_UNSUPPORTED);
                app_key(&app, KEY_CODE_ESC);
                continue;
            }
            if (code)
                fail_msg("view %d, %s: %s", v + 1, names[k], app.prompt.error);
            assert_null(app.prompt.kind);
            assert_non_null(strstr(app.message.text, names[k]));
            read_file(names[k], &bytes);
            assert_true(bytes.len > 50);
            assert_memory_equal(buf_text(&bytes), begin[k], strlen(begin[k]));
            assert_int_equal(files_in_folder(), 1);
            remove_saved(names[k]);
            buf_free(&bytes);
        }
        app_free(&app);
    }
}

/* The cells of the screen; blanks among dots are dots that are not set. */
static void text_is_the_screen(void **state)
{
    struct app app;
    struct canvas c;
    struct buf saved = BUF_INIT, screen = BUF_INIT, plain = BUF_INIT;
    struct err err;
    (void)state;
    open_app(&app, VIEW_LAYERS);
    app_key(&app, 'v');
    app_prepare(&app);
    assert_true(canvas_init(&c, 100, 30, false));
    assert_ok(app_render(&app, &c, &err));
    canvas_print(&c, &screen);
    assert_int_equal(save_as(&app, "x.txt"), STATUS_OK);
    read_file("x.txt", &saved);
    remove_saved("x.txt");
    size_t unset = 0;
    for (const char *p = buf_text(&saved); *p;) {
        char bytes[4];
        uint32_t ch = utf8_next(&p);
        unset += ch == 0x2800;
        buf_add(&plain, bytes, (size_t)utf8_put(bytes, ch == 0x2800 ? ' ' : ch));
    }
    assert_true(unset > 100);
    assert_string_equal(buf_text(&plain), buf_text(&screen));
    /* Outside the plots blanks stay. */
    assert_non_null(strstr(buf_text(&saved), "Layers 2 Pattern"));
    buf_free(&saved);
    buf_free(&screen);
    buf_free(&plain);
    canvas_free(&c);
    app_free(&app);
}

static void nothing_is_replaced_silently(void **state)
{
    struct app app;
    struct buf bytes = BUF_INIT;
    long arg;
    (void)state;
    FILE *f = fopen(FOLDER "/x.tsv", "w");
    assert_non_null(f);
    fputs("kept", f);
    fclose(f);
    open_app(&app, VIEW_MAP);
    enum action enter = action_for_key(KEY_CODE_ENTER, CTX_PROMPT, &arg);
    assert_int_equal(save_as(&app, "x.tsv"), STATUS_MISMATCH);
    assert_non_null(strstr(app.prompt.error, "Enter again"));
    /* Another key in between: asked again. */
    app_key(&app, KEY_CODE_END);
    assert_int_equal(app_apply(&app, enter, 0), STATUS_MISMATCH);
    read_file("x.tsv", &bytes);
    assert_string_equal(buf_text(&bytes), "kept");
    assert_int_equal(app_apply(&app, enter, 0), STATUS_OK);
    buf_clear(&bytes);
    read_file("x.tsv", &bytes);
    assert_memory_equal(buf_text(&bytes), "property\t", 9);
    remove_saved("x.tsv");
    /* Refusals leave nothing, and the prompt stays. */
    assert_int_equal(save_as(&app, "x.jpg"), STATUS_USAGE);
    assert_non_null(strstr(app.prompt.error, ".svg"));
    app_key(&app, KEY_CODE_ESC);
    assert_int_equal(save_as(&app, "none/x.svg"), STATUS_IO);
    assert_ptr_equal(app.prompt.kind, &save_prompt);
    app_key(&app, KEY_CODE_ESC);
    assert_int_equal(save_as(&app, "."), STATUS_IO);
    app_key(&app, KEY_CODE_ESC);
    assert_int_equal(save_as(&app, "../" FILE_NAME), STATUS_MISMATCH);
    assert_int_equal(app_apply(&app, enter, 0), STATUS_USAGE);
    assert_int_equal(files_in_folder(), 0);
    buf_free(&bytes);
    app_free(&app);
}

/* What the map shows is what is saved: hidden groups are not. */
static void hidden_groups_are_left_out(void **state)
{
    struct app app;
    struct buf bytes = BUF_INIT;
    (void)state;
    open_app(&app, VIEW_MAP);
    type(&app, "t1");
    app_key(&app, KEY_CODE_ESC);
    app_prepare(&app);
    assert_int_equal(save_as(&app, "x.tsv"), STATUS_OK);
    read_file("x.tsv", &bytes);
    assert_null(strstr(buf_text(&bytes), "\tmale\t"));
    assert_non_null(strstr(buf_text(&bytes), "\tfemale\t"));
    remove_saved("x.tsv");
    buf_free(&bytes);
    app_free(&app);
}

static void names_are_sensible(void **state)
{
    static const char *const names[VIEW_COUNT] = {
        [VIEW_LAYERS] = "saved-layers.svg",
        [VIEW_PATTERN] = "saved-pattern-AA-layer1.svg",
        [VIEW_MAP] = "saved-map-gender-layer1.svg",
        [VIEW_OVERLAP] = "saved-overlap-layer1.svg",
        [VIEW_NEURONS] = "saved-neurons-gender-layer1.tsv",
        [VIEW_COMPARE] = "compare.svg",
        [VIEW_STATISTICS] = "saved-statistics-gender.svg"};
    struct app app;
    char text[200], little[20];
    (void)state;
    for (int v = 0; v < VIEW_COUNT; v++) {
        open_app(&app, (enum view_id)v);
        save_name(&app, text, sizeof text);
        if (names[v])
            assert_string_equal(text, names[v]);
        save_name(&app, little, sizeof little);
        app_free(&app);
    }
}

static int make_file(void **state)
{
    struct err err;
    (void)state;
    return (mkdir(FOLDER, 0777) != 0 && access(FOLDER, W_OK) != 0) || synth_small(FILE_NAME, &err);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(FILE_NAME);
    rmdir(FOLDER);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_view_is_saved_in_every_form),
        cmocka_unit_test(text_is_the_screen),
        cmocka_unit_test(nothing_is_replaced_silently),
        cmocka_unit_test(hidden_groups_are_left_out),
        cmocka_unit_test(names_are_sensible),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
