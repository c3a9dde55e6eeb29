/*
 * Logs of training and tables of pruned models: what is read of them, what is refused, and the
 * tables and figures made of them.
 */
#include "config.h"

#include "unit.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "background/training_runs.h"
#include "base/mem.h"
#include "figure/figures.h"
#include "report/report.h"

#define RUN       "test_runs.dir"
#define FILE_NAME "test_runs.tsv"

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void refuse_log(const char *text, const char *words)
{
    struct training_log log;
    struct err err;
    write_text(FILE_NAME, text);
    assert_status(training_log_read(&log, FILE_NAME, &err), STATUS_FORMAT);
    if (!strstr(err.msg, words))
        fail_msg("no '%s' in: %s", words, err.msg);
    training_log_free(&log);
}

static void a_log_is_read_while_it_grows(void **state)
{
    struct training_log log;
    struct err err;
    (void)state;
    mkdir(RUN, 0777);
    write_text(RUN "/log.tsv", "step\tloss\taccuracy\tlr\tgrad_norm\tskipped\tseconds\tvalid_loss\t"
                               "valid_error\n"
                               "10\t4.5\t0.1\t0.001\t2\t0\t5\t-\t-\n"
                               "20\t3.5\t0.2\t0.001\tnan\t1\t2.5\t3.25\t0.5\n"
                               "30\t3\t0.2");
    assert_ok(training_log_read(&log, RUN, &err));
    assert_int_equal(log.count, 2);
    assert_false(log.cuts);
    assert_int_equal(log.step[1].step, 20);
    assert_float_equal(log.step[1].loss, 3.5, 0);
    assert_float_equal(log.step[1].valid_error, 0.5, 0);
    assert_true(isnan(log.step[0].valid_loss) && isnan(log.step[1].norm));
    assert_true(isnan(log.step[0].cut));
    /* Twenty steps in 7.5 s. */
    assert_float_equal(training_log_speed(&log), 20 / 7.5, 1e-12);
    training_log_free(&log);
    remove(RUN "/log.tsv");
    rmdir(RUN);
}

/* A run that went on from step 2 wrote 3 and 4 again. */
static void later_rows_hold(void **state)
{
    struct training_log log;
    struct err err;
    (void)state;
    write_text(FILE_NAME, "loss\tstep\tcut\tkept\n"
                          "1\t1\t0\t9\n2\t2\t0\t9\n3\t3\t1\t8\n4\t4\t1\t8\n"
                          "30\t3\t1\t8\n40\t4\t1\t8\n50\t5\t1\t8\n");
    assert_ok(training_log_read(&log, FILE_NAME, &err));
    assert_int_equal(log.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(log.step[i].step, i + 1);
    assert_float_equal(log.step[1].loss, 2, 0);
    assert_float_equal(log.step[2].loss, 30, 0);
    assert_true(log.cuts && isnan(training_log_speed(&log)));
    training_log_free(&log);
}

static void logs_of_something_else_are_refused(void **state)
{
    (void)state;
    refuse_log("", "is empty");
    refuse_log("a\tb\n1\t2\n", "no column 'step'");
    refuse_log("step\tlr\n1\t2\n", "no column 'loss'");
    refuse_log("step\tloss\tloss\n1\t2\t3\n", "two columns 'loss'");
    refuse_log("step\tloss\n1\t2\n2\n", ":3: 1 fields, the heading has 2");
    refuse_log("step\tloss\n1\tx\n", ":2: loss is not a number: 'x'");
    refuse_log("step\tloss\n1.5\t2\n", ":2: step is not a whole number");
    refuse_log("step\tloss\n-\t2\n", ":2: step is not a whole number");
}

static char *const titles[] = {(char *)"one", (char *)"two"};

/* A log that prunes and one that does not, in one table and in one figure. */
static void runs_make_one_table_and_figure(void **state)
{
    struct training_log log[2];
    struct table t = TABLE_INIT, run = TABLE_INIT;
    struct buf b = BUF_INIT;
    struct figure f;
    struct err err;
    (void)state;
    write_text(FILE_NAME, "step\tloss\tseconds\tvalid_loss\n"
                          "1\t5\t0.5\t-\n2\t4\t0.5\t4.5\n3\t3\t0.5\t-\n4\t2\t0.5\t2.5\n");
    assert_ok(training_log_read(&log[0], FILE_NAME, &err));
    write_text(FILE_NAME, "step\tloss\tcut\tkept\n1\t2\t0\t64\n2\t3\t1\t48\n3\t3\t2\t32\n");
    assert_ok(training_log_read(&log[1], FILE_NAME, &err));
    assert_ok(report_training(&t, log, titles, 2, &err));
    table_tsv(&t, &b);
    assert_string_equal(
        buf_text(&b),
        "run\tstep\tloss\taccuracy\tlr\tgrad_norm\tskipped\tseconds\tvalid_loss\tvalid_error\tcut\t"
        "kept\n"
        "one\t1\t5\t-\t-\t-\t-\t0.5\t-\t-\t-\t-\none\t2\t4\t-\t-\t-\t-\t0.5\t4.5\t-\t-\t-\n"
        "one\t3\t3\t-\t-\t-\t-\t0.5\t-\t-\t-\t-\none\t4\t2\t-\t-\t-\t-\t0.5\t2.5\t-\t-\t-\n"
        "two\t1\t2\t-\t-\t-\t-\t-\t-\t-\t0\t64\ntwo\t2\t3\t-\t-\t-\t-\t-\t-\t-\t1\t48\n"
        "two\t3\t3\t-\t-\t-\t-\t-\t-\t-\t2\t32\n");
    buf_free(&b);
    assert_ok(report_training_run(&run, &log[0], "one", &err));
    assert_ok(report_training_run(&run, &log[1], "two", &err));
    table_tsv(&run, &b);
    assert_string_equal(buf_text(&b),
                        "run\tstep\tloss\taccuracy\tlr\tskipped\tspeed\tvalid_loss\tvalid_error\t"
                        "cut\tkept\n"
                        "one\t4\t3.5\t-\t-\t-\t2\t2.5\t-\t-\t-\n"
                        "two\t3\t2.666666667\t-\t-\t-\t-\t-\t-\t2\t32\n");
    figure_training(&f, log, titles, 2, 0, 0);
    assert_false(f.failed);
    size_t marks = 0, dots = 0;
    for (size_t i = 0; i < f.items; i++) {
        marks += f.item[i].kind == FIGURE_MARK;
        dots += f.item[i].kind == FIGURE_LINE && f.item[i].dash == DASH_DOT &&
                f.item[i].ink == INK_LIGHT;
    }
    /* Two of the legend and two of validation; two cuts in the panels of loss, of validation, whose
     * axis begins at the second step, and of neurons. */
    assert_int_equal(marks, 4);
    assert_int_equal(dots, 6);
    figure_free(&f);
    buf_free(&b);
    table_free(&t);
    table_free(&run);
    training_log_free(&log[0]);
    training_log_free(&log[1]);
}

/* Many steps become no more points than there is room for, with the mean that they have. */
static void long_logs_are_thinned(void **state)
{
    enum { STEPS = 20000 };
    struct training_log log = {.count = STEPS};
    struct figure f;
    (void)state;
    log.step = mem_zeros(STEPS, sizeof *log.step);
    assert_non_null(log.step);
    for (size_t i = 0; i < STEPS; i++)
        log.step[i] = (struct training_step){.step = i + 1,
                                             .loss = i % 2 ? 1 : 3,
                                             .accuracy = NAN,
                                             .rate = NAN,
                                             .valid_loss = NAN,
                                             .valid_error = NAN,
                                             .cut = NAN,
                                             .kept = NAN};
    figure_training(&f, &log, titles, 1, 0, 0);
    for (size_t i = 0; i < f.items; i++) {
        const struct figure_item *item = &f.item[i];
        if (item->kind != FIGURE_PATH)
            continue;
        assert_in_range(item->count, 150, 300);
        double middle = f.point[2 * item->first + 1];
        for (size_t k = 0; k < item->count; k++)
            assert_float_equal(f.point[2 * (item->first + k) + 1], middle, 5);
    }
    figure_free(&f);
    free(log.step);
}

static void refuse_pruned(const char *text, enum status status, const char *words)
{
    struct pruned p = PRUNED_INIT;
    struct pruned_point *point = NULL;
    size_t points;
    struct err err;
    write_text(FILE_NAME, text);
    enum status code = pruned_read(&p, FILE_NAME, &err);
    if (!code)
        code = pruned_points(&p, &point, &points, &err);
    assert_int_equal(code, status);
    if (!strstr(err.msg, words))
        fail_msg("no '%s' in: %s", words, err.msg);
    free(point);
    pruned_free(&p);
}

static void pruned_models_are_averaged_over_seeds(void **state)
{
    struct pruned p = PRUNED_INIT;
    struct pruned_point *point;
    size_t points;
    struct table t = TABLE_INIT;
    struct buf b = BUF_INIT;
    struct figure f;
    struct err err;
    (void)state;
    write_text(FILE_NAME, "task\tmethod\tseed\tshare\terror\tkept\n"
                          "pr\tprotect\t0\t0.5\t0.25\t16\npr\tl1\t0\t0.5\t0.5\t16\n"
                          "pr\tprotect\t0\t1\t0.125\t32\npr\tprotect\t1\t0.5\t0.75\t18\n");
    assert_ok(pruned_read(&p, FILE_NAME, &err));
    write_text(FILE_NAME, "error\tnote\tshare\tseed\tmethod\ttask\n0.0625\tx\t0.5\t7\tl1\tf0\n");
    assert_ok(pruned_read(&p, FILE_NAME, &err));
    assert_ok(pruned_points(&p, &point, &points, &err));
    assert_ok(report_pruned(&t, &p, point, points, &err));
    table_tsv(&t, &b);
    assert_string_equal(buf_text(&b),
                        "task\tmethod\tshare\terror\terror_low\terror_high\tseeds\tkept\t"
                        "parameters\tmultiply_adds\treal_time\n"
                        "pr\tprotect\t1\t0.125\t0.125\t0.125\t1\t32\t-\t-\t-\n"
                        "pr\tprotect\t0.5\t0.5\t0.25\t0.75\t2\t17\t-\t-\t-\n"
                        "pr\tl1\t0.5\t0.5\t0.5\t0.5\t1\t16\t-\t-\t-\n"
                        "f0\tl1\t0.5\t0.0625\t0.0625\t0.0625\t1\t-\t-\t-\t-\n");
    figure_pruned(&f, &p, point, points, 0, 0);
    assert_false(f.failed);
    size_t marks = 0;
    for (size_t i = 0; i < f.items; i++)
        marks += f.item[i].kind == FIGURE_MARK;
    assert_int_equal(marks, 2 + 4); /* of the legend, and of the points */
    figure_free(&f);
    buf_free(&b);
    table_free(&t);
    free(point);
    pruned_free(&p);
    refuse_pruned("task\tmethod\tseed\tshare\terror\n", STATUS_NOTFOUND, "no row");
    refuse_pruned("task\tmethod\tseed\tshare\n", STATUS_FORMAT, "no column 'error'");
    refuse_pruned("task\tmethod\tseed\tshare\terror\npr\tl1\t0\t50\t0.1\n", STATUS_FORMAT,
                  ":2: share");
    refuse_pruned("task\tmethod\tseed\tshare\terror\npr\t-\t0\t1\t0.1\n", STATUS_FORMAT,
                  ":2: no method");
    refuse_pruned("task\tmethod\tseed\tshare\terror\npr\tl1\t0\t1\t0.1\npr\tl1\t0\t1\t0.2\n",
                  STATUS_MISMATCH, "pr, l1: seed 0 has two models with a share of 1");
    remove(FILE_NAME);
}

static void use_state(const char *folder)
{
    char real[PATH_MAX];
    mkdir(folder, 0777);
    assert_non_null(realpath(folder, real));
    setenv("XDG_STATE_HOME", real, 1);
}

/* A process that trains in RUN until it is killed; it is at work once this returns. */
static pid_t train_in_run(const char *command)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int hold;
        struct err err;
        alarm(60);
        bool ok = training_run_begin(&hold, RUN, command, 4, &err) == STATUS_OK;
        if (write(ready[1], ok ? "y" : "n", 1) == 1)
            pause();
        _exit(0);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    close(ready[0]);
    return pid;
}

enum { GONE = TRAINING_RUNS_MAX + 10 };

static void name_gone(int i, char *path, size_t size)
{
    snprintf(path, size, "test_runs.state/propneu/training/%04d.run", i);
}

/* Runs whose folders are gone, more than are looked at. */
static void make_gone(void)
{
    char path[100];
    mkdir("test_runs.state/propneu", 0777);
    mkdir("test_runs.state/propneu/training", 0777);
    for (int i = 0; i < GONE; i++) {
        name_gone(i, path, sizeof path);
        write_text(path, "/nonexistent/run");
    }
}

static void remove_gone(void)
{
    char path[100];
    for (int i = 0; i < GONE; i++) {
        name_gone(i, path, sizeof path);
        remove(path);
    }
}

/* Who trains holds the folder, is known, and is no more at work once it has ended in any way. */
static void a_run_is_seen_by_others(void **state)
{
    struct training_runs runs = {NULL, 0};
    struct jobs jobs = {.count = 0};
    struct err err;
    char real[PATH_MAX];
    int hold;
    (void)state;
    use_state("test_runs.state");
    mkdir(RUN, 0777);
    assert_non_null(realpath(RUN, real));
    assert_false(training_runs_look(&runs, 1));
    make_gone();
    pid_t pid = train_in_run("propneu train --task ssl -o 'a b'");
    assert_true(training_runs_look(&runs, 1));
    assert_int_equal(runs.count, 1);
    const struct training_watch *w = runs.run;
    assert_string_equal(w->name, RUN);
    assert_string_equal(w->run.folder, real);
    assert_string_equal(w->run.command, "propneu train --task ssl -o 'a b'");
    assert_int_equal(w->run.pid, pid);
    assert_int_equal(w->run.steps, 4);
    assert_int_equal(training_watch_state(w), JOB_RUNNING);
    assert_int_equal(training_watch_step(w), 0);
    assert_true(isnan(training_watch_left(w)));
    assert_false(training_runs_look(&runs, 2)); /* nothing new */
    assert_status(training_run_begin(&hold, RUN, "propneu train", 4, &err), STATUS_USAGE);
    assert_status(training_runs_forget(&runs, 0, &err), STATUS_USAGE);
    write_text(RUN "/log.tsv", "step\tloss\tseconds\n1\t5\t2\n2\t4\t2\n");
    assert_true(training_runs_look(&runs, 3));
    w = runs.run;
    assert_int_equal(training_watch_step(w), 2);
    assert_float_equal(training_watch_left(w), 4, 1e-9);
    assert_ok(training_watch_pause(&jobs, w, &err));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_true(training_runs_look(&runs, 4));
    assert_int_equal(training_watch_state(runs.run), JOB_STOPPED);
    assert_status(training_watch_pause(&jobs, runs.run, &err), STATUS_NOTFOUND);
    write_text(RUN "/log.tsv", "step\tloss\tseconds\n1\t5\t2\n2\t4\t2\n4\t3\t2\n");
    assert_true(training_runs_look(&runs, 5));
    assert_int_equal(training_watch_state(runs.run), JOB_FINISHED);
    assert_status(training_watch_resume(&jobs, runs.run, &err), STATUS_NOTFOUND);
    /* The folder may be taken again, and forgotten, which leaves it as it is. */
    assert_ok(training_run_begin(&hold, RUN, "propneu erase", 9, &err));
    training_run_end(hold);
    assert_true(training_runs_look(&runs, 6) || runs.count == 1);
    assert_status(training_watch_resume(&jobs, runs.run, &err), STATUS_USAGE); /* not erase */
    assert_ok(training_runs_forget(&runs, 0, &err));
    training_runs_look(&runs, 7);
    assert_int_equal(runs.count, 0);
    assert_int_equal(access(RUN "/log.tsv", F_OK), 0);
    assert_status(training_runs_start(&jobs, "propneu eval -m x", &err), STATUS_USAGE);
    assert_status(training_runs_start(&jobs, "prune -m x", &err), STATUS_USAGE);
    training_runs_free(&runs);
    remove(RUN "/log.tsv");
    remove(RUN "/run.json");
    rmdir(RUN);
    remove_gone();
    rmdir("test_runs.state/propneu/training");
    rmdir("test_runs.state/propneu");
    rmdir("test_runs.state");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_is_read_while_it_grows),
        cmocka_unit_test(later_rows_hold),
        cmocka_unit_test(logs_of_something_else_are_refused),
        cmocka_unit_test(runs_make_one_table_and_figure),
        cmocka_unit_test(long_logs_are_thinned),
        cmocka_unit_test(a_run_is_seen_by_others),
        cmocka_unit_test(pruned_models_are_averaged_over_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
