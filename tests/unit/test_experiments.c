/* The Experiments view on journals that lie there, whole and broken; nothing is started. */
#include "config.h"

#include "unit.h"

#include <glob.h>
#include <limits.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "analysis/setexpr.h"
#include "formats/setfile.h"
#include "explorer/views/experiments/experiments_state.h"
#include "report/table.h"
#include "screen/keys.h"
#include "formats/file.h"
#include "golden.h"
#include "synth_counts.h"

#define FILE_NAME "experiments.counts"
#define BROKEN    "test_experiments.broken"

static const struct {
    const char *name, *keys;
    int cols, rows;
    bool ascii;
} screens[] = {
    {"experiments", "", 80, 24, false},
    {"experiments", "", 120, 40, false},
    {"experiments", "", 40, 10, false},
    {"experiments", "", 80, 23, false}, /* the last controls would be on the message */
    {"experiments", "", 80, 24, true},
    {"experiments-plot", "v", 80, 24, false},
    {"experiments-curve", "Down", 80, 24, false},
    {"experiments-curves", "Down v", 80, 24, false},
    {"experiments-stopped", "G", 80, 24, false},
    {"experiments-beside", "o G o", 80, 24, false},
    {"experiments-beside", "o G o", 120, 40, false},
    {"experiments-beside", "o G o", 40, 10, true},
    {"experiments-beside-plot", "o G o v", 80, 24, false},
    {"experiments-beside-one", "o Down o", 80, 24, false},
    {"experiments-beside-not", "o G o o", 80, 24, false},
    {"experiments-form", "a Up Up", 80, 24, false},
    {"experiments-typing", "a g Enter ^U [ A A ]", 80, 24, false},
};

static void open_app(struct app *app, int cols, int rows, bool ascii)
{
    static const char *path = FILE_NAME;
    struct app_options o = {.view = "experiments", .cols = cols, .rows = rows, .ascii = ascii};
    struct err err;
    assert_ok(app_init(app, &path, 1, &o, &err));
}

static void press(struct app *app, const char *keys)
{
    uint32_t key;
    while ((key = key_next(&keys))) {
        app_prepare(app);
        app_key(app, key);
    }
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

static void use_state(const char *folder)
{
    char real[PATH_MAX];
    assert_non_null(realpath(folder, real));
    setenv("XDG_STATE_HOME", real, 1);
}

static void screens_are_as_they_were(void **state)
{
    (void)state;
    use_state(source_path("tests/data/experiments"));
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        char name[100];
        struct app app;
        open_app(&app, screens[i].cols, screens[i].rows, screens[i].ascii);
        press(&app, screens[i].keys);
        char *text = screen(&app);
        snprintf(name, sizeof name, "%s-%dx%d%s", screens[i].name, screens[i].cols, screens[i].rows,
                 screens[i].ascii ? "-ascii" : "");
        golden_compare(name, text);
        free(text);
        app_free(&app);
    }
}

static void draw_beside(const struct beside *b, int shape, const char *name)
{
    struct canvas c;
    struct buf text = BUF_INIT;
    assert_true(canvas_init(&c, 80, 24, false));
    experiments_draw_beside(b, shape, &c, (struct rect){0, 0, 24, 80});
    canvas_print(&c, &text);
    golden_compare(name, text.data);
    buf_free(&text);
    canvas_free(&c);
}

/* What only one of them has stands there with a gap for the other. */
static void curves_stand_beside_each_other(void **state)
{
    struct experiment x[2] = {{0}, {0}};
    struct err err;
    char path[600];
    (void)state;
    snprintf(path, sizeof path, "%s/propneu/experiments/curve.journal",
             source_path("tests/data/experiments"));
    for (int i = 0; i < 2; i++)
        assert_ok(experiment_read(&x[i], path, &err));
    x[1].point[1] = 0.25;
    snprintf(x[1].row[2].name, strlen(x[1].row[2].name) + 1, "l2");
    const struct beside b = {{&x[0], &x[1]}, {'A', 'B'}, 2};
    draw_beside(&b, EXPERIMENTS_TABLE, "experiments-beside-curve-80x24");
    draw_beside(&b, EXPERIMENTS_PLOT, "experiments-beside-curves-80x24");
    for (int i = 0; i < 2; i++)
        experiment_free(&x[i]);
}

/* Relabelled controls are a row of their own below the others, where there is room for it. */
static void relabelled_controls_are_a_row(void **state)
{
    static const int rows[] = {24, 8};
    struct experiment x = {0};
    struct err err;
    (void)state;
    assert_ok(experiment_read(&x, source_path("tests/data/experiments/relabelled.journal"), &err));
    for (size_t i = 0; i < 2; i++) {
        struct canvas c;
        struct buf text = BUF_INIT;
        char name[60];
        assert_true(canvas_init(&c, 80, rows[i], false));
        experiments_draw_results(&x, EXPERIMENTS_TABLE, &c, (struct rect){0, 0, rows[i], 80});
        canvas_print(&c, &text);
        snprintf(name, sizeof name, "experiments-relabelled-80x%d", rows[i]);
        golden_compare(name, text.data);
        buf_free(&text);
        canvas_free(&c);
    }
    experiment_free(&x);
}

/* Letters stay with their experiments, and one that is free again is the next. */
static void four_stand_beside_each_other(void **state)
{
    struct job job[6] = {{.beside = 0}};
    struct jobs j = {.job = job, .count = 6};
    struct beside b;
    char *names[] = {(char *)(uintptr_t) "m"};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        job[i].x.measures = job[i].x.columns = 1;
        job[i].x.measure = job[i].x.column = names;
        job[i].x.kind = i == 2 ? EXPERIMENT_CURVE : EXPERIMENT_MATRIX;
    }
    assert_false(experiments_beside(&j, 0, &b));
    for (size_t i = 0; i < 4; i++)
        assert_true(experiments_put_beside(&j, i));
    assert_false(experiments_put_beside(&j, 4));
    assert_true(experiments_put_beside(&j, 1)); /* away */
    assert_true(experiments_put_beside(&j, 5));
    assert_int_equal(job[5].beside, 2);
    assert_true(experiments_beside(&j, 3, &b));
    assert_int_equal(b.count, 3);
    assert_memory_equal(b.letter, "ABD", 3);
    assert_ptr_equal(b.x[1], &job[5].x);
    assert_false(experiments_beside(&j, 1, &b)); /* not one of them */
    assert_false(experiments_beside(&j, 2, &b)); /* the only curve */
}

/* Without a terminal nothing is begun, stopped or deleted. */
static void nothing_is_touched_without_a_terminal(void **state)
{
    struct app app;
    (void)state;
    use_state(source_path("tests/data/experiments"));
    open_app(&app, 80, 24, false);
    app_prepare(&app);
    assert_int_equal(experiments_state(&app)->jobs.count, 3);
    press(&app, "d d x r a G Enter");
    app_prepare(&app);
    assert_int_equal(experiments_state(&app)->jobs.count, 3);
    assert_int_equal(experiments_own(&app), 0);
    press(&app, "Esc q");
    assert_true(app.quit);
    app_free(&app);
}

static void write_journal(const void *bytes, size_t n)
{
    FILE *f = fopen(BROKEN "/propneu/experiments/x.journal", "w");
    assert_non_null(f);
    fwrite(bytes, 1, n, f);
    assert_int_equal(fclose(f), 0);
}

/* What is there is drawn in every form, or there is nothing. */
static size_t draw_all(void)
{
    static const int sizes[][2] = {{80, 24}, {40, 10}, {200, 60}};
    size_t jobs = 0;
    for (size_t i = 0; i < 3; i++) {
        struct app app;
        open_app(&app, sizes[i][0], sizes[i][1], i == 1);
        free(screen(&app));
        press(&app, "v");
        free(screen(&app));
        press(&app, "o");
        free(screen(&app));
        jobs = experiments_state(&app)->jobs.count;
        app_free(&app);
    }
    return jobs;
}

static void torn_journals_are_survived(void **state)
{
    static const char *const names[] = {"matrix", "curve"};
    struct mapped m;
    struct err err;
    (void)state;
    use_state(BROKEN);
    for (int i = 0; i < 2; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/propneu/experiments/%s.journal",
                 source_path("tests/data/experiments"), names[i]);
        assert_ok(mapped_open(&m, path, &err));
        for (size_t n = 0; n <= m.size; n += n < 40 || m.size - n < 200 ? 1 : 31) {
            write_journal(m.data, n);
            size_t jobs = draw_all();
            assert_true(jobs <= 1 && (n < m.size || jobs == 1));
        }
        mapped_close(&m);
    }
}

/* Lines of TEXT with their checksums. */
static void write_lines(const char *text)
{
    struct buf b = BUF_INIT;
    while (*text) {
        size_t n = strcspn(text, "\n");
        buf_add(&b, text, n);
        buf_printf(&b, "\t%08lx\n", crc32_z(crc32(0, NULL, 0), (const Bytef *)text, n));
        text += n + (text[n] == '\n');
    }
    write_journal(buf_text(&b), b.len);
    buf_free(&b);
}

#define HEAD(layers, columns, points, steps, started)                                          \
    "{\"propneu\":\"experiment\",\"version\":1,\"kind\":\"matrix\",\"started\":" started       \
    ",\"title\":\"\\u001b[2Jx\",\"command\":\"rm -rf /\",\"settings\":\"\",\"layers\":" layers \
    ",\"neurons\":9,\"measures\":[\"m\"],\"columns\":" columns                                 \
    ",\"rows\":[{\"name\":\"r\\u0007\",\"size\":[1]}],\"points\":" points ",\"steps\":" steps  \
    "}\n"

static void hostile_numbers_are_survived(void **state)
{
    static const char *const hostile[] = {
        HEAD("1", "[\"all\"]", "[0.0]", "[[-1,0,0],[0,0,0]]", "1"),
        HEAD("1", "[\"all\"]", "[0.0]", "[[-1,0,0],[0,0,0]]",
             "1") "{\"step\":0,\"neurons\":0,\"at\":1,\"errors\":[1],\"trials\":[0],\"loss\":["
                  "1e308]}\n"
                  "{\"step\":1,\"neurons\":99,\"at\":9223372036854775807,\"errors\":[9],\"trials\":"
                  "[1],"
                  "\"loss\":[-1e308]}\n",
        HEAD("4294967295", "[\"all\"]", "[0.0]", "[[-1,0,0]]", "9223372036854775807"),
        HEAD("1", "[]", "[]", "[]", "-9223372036854775807"),
        HEAD("1", "[\"all\"]", "[1e300]", "[[-1,0,0],[5,5,5]]", "1"),
        HEAD("1", "[\"all\"]", "[0.0]", "[[-1,4294967295,4294967295]]", "1"),
        HEAD("0", "[\"\"]", "[0.0]", "[[-1,0,0]]", "1"),
    };
    (void)state;
    use_state(BROKEN);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        write_lines(hostile[i]);
        assert_true(draw_all() <= 1);
    }
    unlink(BROKEN "/propneu/experiments/x.journal");
}

/* A journal is no way to run anything but a measurement. */
static void only_measurements_go_on(void **state)
{
    static const char *const refused[] = {
        "rm -rf /",
        "propneu count -m x -a y -o z",
        "propneu erase -m x --set y -o z",
        "propneu erase --matrix -m x -o z",
        "propneu erase --matrix -oz",
        "propneu prune --curve --output=z",
        "propneu 'erase",
        "",
    };
    struct jobs j;
    struct err err;
    (void)state;
    use_state(BROKEN);
    jobs_init(&j);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char command[100];
        snprintf(command, sizeof command, "%s", refused[i]);
        struct job job = {.x.command = command};
        assert_status(jobs_resume(&j, &job, &err), STATUS_UNSUPPORTED);
    }
    jobs_free(&j);
}

/* Marks become a list in a file, which a process and a later day can read. */
static void marks_are_written_beside_the_journals(void **state)
{
    static const char *path = FILE_NAME;
    struct app_options o = {.view = "experiments", .cols = 80, .rows = 24, .threads = true};
    struct app app;
    struct err err;
    char text[300] = "$marks - phone";
    (void)state;
    use_state(BROKEN);
    assert_ok(app_init(&app, &path, 1, &o, &err));
    press(&app, "a Esc");
    assert_string_equal(experiments_state(&app)->value[FIELD_WHAT], "phone");
    assert_ok(marks_change(&app, '|', "gender | phone", SETEXPR_EVERY, NULL, &err));
    assert_ok(experiments_plain_set(&app, text, sizeof text, &err));
    assert_int_equal(text[0], '@');
    struct neuron_set have, want, other;
    uint32_t width[6];
    for (int l = 0; l < 6; l++)
        width[l] = app.file[0].counts.layer[l].width;
    assert_ok(setfile_read(&have, text + 1, 6, width, &err));
    assert_ok(marks_evaluate(&app, "(gender | phone) - phone", SETEXPR_EVERY, &want, NULL, &err));
    assert_int_equal(neuron_set_total(&have), neuron_set_total(&want));
    assert_true(neuron_set_total(&have) > 0);
    assert_ok(neuron_set_combine(&other, &have, '-', &want, &err));
    assert_int_equal(neuron_set_total(&other), 0);
    neuron_set_free(&other);
    neuron_set_free(&have);
    neuron_set_free(&want);
    snprintf(text, sizeof text, "$nobody");
    assert_int_not_equal(experiments_plain_set(&app, text, sizeof text, &err), STATUS_OK);
    app_free(&app);
}

static int make_files(void **state)
{
    struct err err;
    (void)state;
    mkdir(BROKEN, 0777);
    mkdir(BROKEN "/propneu", 0777);
    mkdir(BROKEN "/propneu/experiments", 0777);
    return synth_small(FILE_NAME, &err);
}

static int remove_files(void **state)
{
    glob_t left;
    (void)state;
    unlink(FILE_NAME);
    /* The marks' list is named after what it holds. */
    if (glob(BROKEN "/propneu/experiments/set-*.txt", 0, NULL, &left) == 0) {
        for (size_t i = 0; i < left.gl_pathc; i++)
            unlink(left.gl_pathv[i]);
        globfree(&left);
    }
    rmdir(BROKEN "/propneu/experiments");
    rmdir(BROKEN "/propneu");
    rmdir(BROKEN);
    return 0;
}

/* A run of 40 steps, half done, with a cut, in test_experiments.broken/ssl. */
static void make_run(void)
{
    struct err err;
    int hold;
    mkdir(BROKEN, 0777);
    mkdir(BROKEN "/ssl", 0777);
    use_state(BROKEN);
    FILE *f = fopen(BROKEN "/ssl/log.tsv", "w");
    assert_non_null(f);
    fputs("step\tloss\taccuracy\tlr\tgrad_norm\tskipped\tseconds\tvalid_loss\tvalid_"
          "error\tcut\tkept\n",
          f);
    for (int i = 1; i <= 20; i++)
        fprintf(f, "%d\t%d.5\t0.25\t0.0005\t1.5\t1\t0.5\t%s\t%s\t%d\t%d\n", i, 8 - i / 3,
                i % 10 ? "-" : "3.5", i % 10 ? "-" : "0.625", i / 10, 2048 - i / 10 * 204);
    fclose(f);
    assert_ok(
        training_run_begin(&hold, BROKEN "/ssl", "propneu train --task ssl -o ssl", 40, &err));
    training_run_end(hold);
}

static void training_is_a_line_of_the_list(void **state)
{
    static const char *const names[] = {"experiments-training-80x24", "experiments-training-40x10"};
    struct app app;
    struct table t = TABLE_INIT;
    struct buf b = BUF_INIT;
    struct err err;
    (void)state;
    make_run();
    for (int i = 0; i < 2; i++) {
        open_app(&app, i ? 40 : 80, i ? 10 : 24, false);
        char *text = screen(&app);
        golden_compare(names[i], text);
        free(text);
        app_free(&app);
    }
    open_app(&app, 80, 24, false);
    app_prepare(&app);
    /* What w saves is the log. */
    assert_ok(experiments_result(&app, &t, &err));
    table_tsv(&t, &b);
    assert_non_null(
        strstr(buf_text(&b), "\nssl\t10\t5.5\t0.25\t0.0005\t1.5\t1\t0.5\t3.5\t0.625\t1\t1844\n"));
    buf_free(&b);
    table_free(&t);
    /* Nothing is started where there are no threads; T asks for words, which are those of training.
     */
    press(&app, "r");
    assert_int_equal(experiments_state(&app)->runs.count, 1);
    app.threads = true;
    press(&app, "x");
    char *text = screen(&app);
    assert_non_null(strstr(text, "not at work"));
    free(text);
    press(&app, "T ^U e v a l Enter");
    text = screen(&app);
    assert_non_null(strstr(text, "neither train"));
    free(text);
    press(&app, "Esc d");
    assert_int_equal(experiments_state(&app)->runs.count, 1);
    press(&app, "d");
    assert_int_equal(experiments_state(&app)->runs.count, 0);
    assert_int_equal(access(BROKEN "/ssl/log.tsv", F_OK), 0);
    app_free(&app);
    remove(BROKEN "/ssl/log.tsv");
    remove(BROKEN "/ssl/run.json");
    rmdir(BROKEN "/ssl");
    rmdir(BROKEN "/propneu/training");
    rmdir(BROKEN "/propneu");
    rmdir(BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_are_as_they_were),
        cmocka_unit_test(curves_stand_beside_each_other),
        cmocka_unit_test(relabelled_controls_are_a_row),
        cmocka_unit_test(four_stand_beside_each_other),
        cmocka_unit_test(nothing_is_touched_without_a_terminal),
        cmocka_unit_test(torn_journals_are_survived),
        cmocka_unit_test(hostile_numbers_are_survived),
        cmocka_unit_test(only_measurements_go_on),
        cmocka_unit_test(marks_are_written_beside_the_journals),
        cmocka_unit_test(training_is_a_line_of_the_list),
    };
    setenv("TZ", "UTC", 1);
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8"))
        return 77;
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
