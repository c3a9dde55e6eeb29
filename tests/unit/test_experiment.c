/* The journal of an experiment: whole, torn at every byte, changed, locked; and what it says. */
#include "unit.h"

#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiment/experiment.h"
#include "formats/file.h"
#include "base/mem.h"

enum { LAYERS = 2, ROWS = 2, COLUMNS = 3, DRAWS = 4, STEPS = 1 + ROWS * DRAWS };

static char folder[] = "/tmp/propneu-experiment-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[4][256];
    static unsigned next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static char *text(const char *t)
{
    return mem_strndup(t, strlen(t));
}

/* A matrix of two groups, three controls each. */
static void make(struct experiment *x)
{
    struct err err;
    *x = (struct experiment){.kind = EXPERIMENT_MATRIX,
                             .title = text("toy: gender erased"),
                             .settings = text("version: 1\n--seed: 3\n"),
                             .command = text("propneu erase --matrix 'a\tb'"),
                             .all_neurons = 40,
                             .layers = LAYERS,
                             .rows = ROWS,
                             .measures = 2,
                             .columns = COLUMNS,
                             .points = 1,
                             .steps = STEPS};
    x->row = mem_zeros(ROWS, sizeof *x->row);
    x->measure = mem_zeros(2, sizeof *x->measure);
    x->column = mem_zeros(COLUMNS, sizeof *x->column);
    x->point = mem_zeros(1, sizeof *x->point);
    x->step = mem_zeros(STEPS, sizeof *x->step);
    for (uint32_t r = 0; r < ROWS; r++) {
        x->row[r].name = text(r ? "male" : "fem\xff\"ale");
        x->row[r].size = mem_zeros(LAYERS, sizeof *x->row[r].size);
        x->row[r].size[1] = 7 + r;
    }
    x->row[1].match = mem_zeros(LAYERS + 1, sizeof *x->row[1].match);
    x->row[1].match[0] = (struct controls_match){0, 0, NAN, NAN, NAN, NAN};
    x->row[1].match[2] = (struct controls_match){8, 1, 1.0 / 3, 0.25, 2, 2.5};
    x->measure[0] = text("phone");
    x->measure[1] = text("frame");
    x->column[0] = text("all");
    x->column[1] = text("gender=female");
    x->column[2] = text("gender=male");
    x->step[0].row = EXPERIMENT_NOTHING;
    for (uint32_t i = 1; i < STEPS; i++)
        x->step[i] = (struct experiment_step){(i - 1) % ROWS, 0, (i - 1) / ROWS};
    assert_ok(experiment_room(x, &err));
}

/* What a step measures: any numbers, the same each time. */
static void measure(struct experiment *x, uint32_t step)
{
    for (uint32_t m = 0; m < 2; m++)
        for (uint32_t c = 0; c < COLUMNS; c++) {
            struct experiment_cell *cell = &experiment_cells(x, step, m)[c];
            cell->trials = c == 2 && m == 1 ? 0 : 300;
            cell->errors = m == 1 && c == 1 ? EXPERIMENT_NO_ERRORS
                           : cell->trials   ? 10 + (step * 7 + c * 3 + m) % 40
                                            : 0;
            cell->loss = cell->trials ? (step + 1) / 3.0 + c / 7.0 : NAN;
        }
    x->neurons[step] = step ? 7 : 0;
    x->is_done[step] = true;
    x->done++;
}

/* Does what is not done; the number of steps it took. */
static uint32_t run(const char *path, uint32_t most, struct err *told, enum status wanted)
{
    struct err err;
    struct experiment x;
    struct experiment_journal j;
    uint32_t taken = 0;
    make(&x);
    enum status code = experiment_journal_open(&j, &x, path, true, told);
    assert_int_equal(code, wanted);
    for (uint32_t i = 0; i < STEPS && !code && taken < most; i++)
        if (!x.is_done[i]) {
            measure(&x, i);
            assert_ok(experiment_journal_add(&j, &x, i, &err));
            taken++;
        }
    if (!code)
        experiment_journal_close(&j, false);
    experiment_free(&x);
    return taken;
}

static void assert_whole(const char *path)
{
    struct err err;
    struct experiment x, y;
    make(&x);
    for (uint32_t i = 0; i < STEPS; i++)
        measure(&x, i);
    assert_ok(experiment_read(&y, path, &err));
    assert_int_equal(y.done, STEPS);
    assert_int_equal(y.pid, 0);
    assert_string_equal(y.title, x.title);
    assert_string_equal(y.settings, x.settings);
    assert_string_equal(y.row[0].name, "fem?\"ale");
    assert_string_equal(y.column[2], "gender=male");
    assert_int_equal(y.row[1].size[1], 8);
    assert_null(y.row[0].match);
    assert_true(isnan(y.row[1].match[0].set_rate));
    assert_true(y.row[1].match[2].set_rate == 1.0 / 3);
    for (uint32_t i = 0; i < STEPS; i++) {
        assert_int_equal(y.step[i].row, x.step[i].row);
        assert_int_equal(y.step[i].draw, x.step[i].draw);
        assert_int_equal(y.neurons[i], x.neurons[i]);
        for (uint32_t c = 0; c < 2 * COLUMNS; c++) {
            const struct experiment_cell *a = &experiment_cells(&x, i, 0)[c];
            const struct experiment_cell *b = &experiment_cells(&y, i, 0)[c];
            assert_int_equal(a->errors, b->errors);
            assert_int_equal(a->trials, b->trials);
            assert_true(a->loss == b->loss || (isnan(a->loss) && isnan(b->loss)));
        }
    }
    experiment_free(&x);
    experiment_free(&y);
}

static size_t read_all(const char *path, char **bytes)
{
    struct err err;
    struct mapped m;
    assert_ok(mapped_open(&m, path, &err));
    size_t n = m.size;
    *bytes = mem_strndup((const char *)m.data, n);
    mapped_close(&m);
    return n;
}

static void write_all(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void goes_on_from_every_byte(void **state)
{
    (void)state;
    struct err err;
    const char *path = in_folder("torn.journal");
    char *bytes;
    assert_int_equal(run(path, STEPS, &err, STATUS_OK), STEPS);
    assert_whole(path);
    assert_int_equal(run(path, STEPS, &err, STATUS_OK), 0);
    size_t n = read_all(path, &bytes), head = strcspn(bytes, "\n") + 1;
    for (size_t cut = 0; cut <= n; cut++) {
        uint32_t lines = 0;
        struct experiment x = {0};
        write_all(path, bytes, cut);
        for (size_t i = head; i < cut; i++)
            lines += bytes[i] == '\n';
        if (cut >= head) {
            assert_ok(experiment_read(&x, path, &err));
            assert_int_equal(x.done, lines);
            experiment_free(&x);
        } else {
            assert_status(experiment_read(&x, path, &err), STATUS_FORMAT);
        }
        assert_int_equal(run(path, STEPS, &err, STATUS_OK), STEPS - lines);
        assert_whole(path);
    }
    free(bytes);
}

/* A changed byte is noticed: what stands behind it is done again, or all is refused. */
static void no_changed_byte_changes_the_result(void **state)
{
    (void)state;
    struct err err;
    const char *path = in_folder("changed.journal");
    char *bytes;
    run(path, STEPS, &err, STATUS_OK);
    size_t n = read_all(path, &bytes), head = strcspn(bytes, "\n") + 1;
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= 1;
        write_all(path, bytes, n);
        bytes[i] ^= 1;
        if (i + 1 < head) {
            run(path, STEPS, &err, STATUS_FORMAT);
            assert_non_null(strstr(err.msg, path));
        } else if (i >= head) {
            assert_true(run(path, STEPS, &err, STATUS_OK) > 0);
            assert_whole(path);
        }
    }
    free(bytes);
}

static void refuses_other_experiments(void **state)
{
    (void)state;
    struct err err;
    struct experiment x;
    struct experiment_journal j;
    const char *path = in_folder("other.journal"), *note = in_folder("note.txt");
    char *bytes;
    run(path, 3, &err, STATUS_OK);
    make(&x);
    free(x.settings);
    x.settings = text("version: 1\n--seed: 4\n");
    assert_status(experiment_journal_open(&j, &x, path, true, &err), STATUS_MISMATCH);
    assert_non_null(strstr(err.msg, "another --seed (3, not 4)"));
    assert_int_equal(run(path, STEPS, &err, STATUS_OK), STEPS - 3);
    assert_ok(experiment_journal_open(&j, &x, path, false, &err));
    assert_int_equal(x.done, 0);
    experiment_journal_close(&j, true);
    assert_int_not_equal(access(path, F_OK), 0);
    /* Never somebody else's file, not even with resume off. */
    write_all(note, "precious", 8);
    assert_status(experiment_journal_open(&j, &x, note, false, &err), STATUS_FORMAT);
    assert_int_equal(read_all(note, &bytes), 8);
    assert_string_equal(bytes, "precious");
    free(bytes);
    assert_status(experiment_journal_open(&j, &x, folder, true, &err), STATUS_IO);
    assert_status(experiment_journal_open(&j, &x, in_folder("no/such"), true, &err), STATUS_IO);
    experiment_free(&x);
}

/* Nobody would see what a run finds whose journal was deleted: it ends. */
static void ends_when_its_journal_is_deleted(void **state)
{
    (void)state;
    struct err err;
    struct experiment x;
    struct experiment_journal j;
    const char *path = in_folder("deleted.journal");
    make(&x);
    assert_ok(experiment_journal_open(&j, &x, path, true, &err));
    measure(&x, 0);
    assert_ok(experiment_journal_add(&j, &x, 0, &err));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(experiment_journal_add(&j, &x, 0, &err), STATUS_IO);
    assert_non_null(strstr(err.msg, "deleted while the experiment ran"));
    experiment_journal_close(&j, false);
    experiment_free(&x);
}

/* Another process sees who is at work and what is done; a second run is kept away. */
static void others_can_watch(void **state)
{
    (void)state;
    struct err err;
    int go[2], ready[2], status;
    char byte;
    const char *path = in_folder("watched.journal");
    assert_int_equal(pipe(go), 0);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct experiment x;
        struct experiment_journal j;
        make(&x);
        bool good = experiment_journal_open(&j, &x, path, true, &err) == STATUS_OK;
        measure(&x, 0);
        good = good && experiment_journal_add(&j, &x, 0, &err) == STATUS_OK;
        good = good && write(ready[1], "x", 1) == 1 && read(go[0], &byte, 1) == 1;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct experiment x;
    assert_ok(experiment_read(&x, path, &err));
    assert_int_equal(x.pid, child);
    assert_int_equal(x.done, 1);
    assert_true(x.started > 0 && x.changed >= x.started);
    experiment_free(&x);
    run(path, STEPS, &err, STATUS_IO);
    assert_non_null(strstr(err.msg, "in use by another run"));
    assert_int_equal(write(go[1], "x", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_ok(experiment_read(&x, path, &err));
    assert_int_equal(x.pid, 0);
    experiment_free(&x);
    assert_int_equal(run(path, STEPS, &err, STATUS_OK), STEPS - 1);
    for (int i = 0; i < 2; i++) {
        close(go[i]);
        close(ready[i]);
    }
}

static void history_is_listed(void **state)
{
    (void)state;
    struct err err;
    struct names list = NAMES_INIT;
    const char *sub = in_folder("history");
    assert_int_equal(mkdir(sub, 0777), 0);
    run(in_folder("history/a.journal"), 2, &err, STATUS_OK);
    run(in_folder("history/b.journal"), STEPS, &err, STATUS_OK);
    write_all(in_folder("history/c.journal"), "something else\n", 15);
    assert_ok(experiment_list(sub, &list, &err));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.name[1], in_folder("history/b.journal"));
    names_free(&list);
}

static void changes_beside_controls(void **state)
{
    (void)state;
    struct experiment x;
    make(&x);
    struct experiment_change c = experiment_changed(&x, 1, 0, 0, EXPERIMENT_ERROR, 0.95);
    assert_true(isnan(c.change) && isnan(c.controls.mean) && isnan(c.p));
    for (uint32_t i = 0; i < STEPS; i++)
        measure(&x, i);
    /* Row 1: set in step 2, controls in 4, 6, 8; errors 10 + 7 x step (mod 40) of 300. */
    c = experiment_changed(&x, 1, 0, 0, EXPERIMENT_ERROR, 0.95);
    assert_float_equal(c.change, 14.0 / 300, 1e-12);
    assert_int_equal(c.controls.count, 3);
    assert_float_equal(c.controls.mean, (28 + 2 + 16) / 3.0 / 300, 1e-12);
    assert_float_equal(c.controls.low, (2 + 0.05 * 14) / 300, 1e-12);
    assert_float_equal(c.p, 3.0 / 4, 1e-12);
    c = experiment_changed(&x, 1, 1, 2, EXPERIMENT_LOSS, 0.95);
    assert_true(isnan(c.change) && c.controls.count == 0);
    struct interval v = experiment_at(&x, 0, 0, 0, 1, EXPERIMENT_LOSS, 0.5);
    assert_int_equal(v.count, 4);
    assert_float_equal(experiment_left(&x, 0, 0), 33, 0);
    assert_float_equal(v.mean, (2 + 4 + 6 + 8) / 12.0 + 1 / 7.0, 1e-12);
    experiment_free(&x);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_from_every_byte),
        cmocka_unit_test(no_changed_byte_changes_the_result),
        cmocka_unit_test(refuses_other_experiments),
        cmocka_unit_test(ends_when_its_journal_is_deleted),
        cmocka_unit_test(others_can_watch),
        cmocka_unit_test(history_is_listed),
        cmocka_unit_test(changes_beside_controls),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
