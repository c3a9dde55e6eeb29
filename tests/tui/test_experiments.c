/* Experiments that outlive the terminal: R4, R19, R20. */
#include "config.h"

#include "explorer.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "experiment/experiment.h"

static char state_env[PATH_MAX], folder[PATH_MAX];

/* The explorer on the demo; WHERE: a condition, NULL: none. */
static void start_where(struct pty *p, const char *where)
{
    const char *file = source_path("data/demo/counts/sid.counts");
    char *argv[] = {(char *)(uintptr_t)explorer_program(),
                    (char *)(uintptr_t)file,
                    (char *)(uintptr_t) "--view",
                    (char *)(uintptr_t) "experiments",
                    (char *)(uintptr_t) "--no-config",
                    (char *)(uintptr_t)(where ? "--where" : NULL),
                    (char *)(uintptr_t)where,
                    NULL};
    const char *data = source_path("data"), *env[] = {state_env, NULL, NULL};
    char place[PATH_MAX];
    snprintf(place, sizeof place, "PROPNEU_DATA=%s", data);
    env[1] = place;
    screen_start(p, 80, 24, env, argv, 0);
}

static void start(struct pty *p)
{
    start_where(p, NULL);
}

/* More controls than can be done meanwhile, and as few as are soon done: and the steps of those. */
#define ENDLESS "20000"
#define SHORT   "5"
#define ALL     "13/13"

/* A new experiment on NEURONS (NULL: those that the form proposes) with so many CONTROLS. */
static void begin(struct pty *p, const char *neurons, const char *controls)
{
    pty_send(p, "a");
    assert_true(screen_wait(p, "A new experiment", false, PATIENCE));
    assert_true(screen_wait(p, "gender", false, PATIENCE));
    if (neurons) {
        pty_send(p, "g\r");
        assert_true(screen_wait(p, "neurons: ", false, PATIENCE));
        pty_send(p, "\025");
        pty_send(p, neurons);
        pty_send(p, "\r");
    }
    pty_send(p, "gjjjjj\r");
    assert_true(screen_wait(p, "controls: ", false, PATIENCE));
    pty_send(p, "\025");
    pty_send(p, controls);
    pty_send(p, "\r");
    pty_send(p, "G\r");
}

/* One that is seen at work. */
static void begin_endless(struct pty *p)
{
    begin(p, NULL, ENDLESS);
    assert_true(screen_wait(p, "running", false, 4 * PATIENCE));
    assert_true(screen_wait(p, "left", false, 4 * PATIENCE));
}

static int wait_end(struct pty *p)
{
    int status = pty_status(p, PATIENCE);
    assert_true(pty_modes_restored(p));
    pty_end(p);
    return status;
}

/* The journal of the only experiment; free it. */
static struct experiment only(void)
{
    struct names found = NAMES_INIT;
    struct experiment x = {0};
    struct err err;
    assert_ok(experiment_list(folder, &found, &err));
    assert_int_equal(found.count, 1);
    assert_ok(experiment_read(&x, found.name[0], &err));
    names_free(&found);
    return x;
}

/* It finds more, though nobody looks. */
static void goes_on(void)
{
    struct experiment x = only();
    uint32_t done = x.done;
    pid_t pid = x.pid;
    assert_true(pid > 0 && done < x.steps);
    experiment_free(&x);
    for (long from = pty_now(); pty_now() - from < PATIENCE; usleep(20000)) {
        x = only();
        bool more = x.done > done && x.pid == pid;
        experiment_free(&x);
        if (more)
            return;
    }
    fail_msg("it does not go on");
}

static bool only_has(const char *words)
{
    struct experiment x = only();
    bool has = strstr(x.command, words) != NULL;
    experiment_free(&x);
    return has;
}

/* R19, R20: begun under the conditions at hand, left running; the terminal is closed, it runs. */
static void it_goes_on_without_the_terminal(void **state)
{
    struct pty p;
    (void)state;
    start_where(&p, "speaker=F1,M1,M2");
    assert_true(screen_wait(&p, "none yet", false, PATIENCE));
    pty_send(&p, "--");
    assert_true(screen_wait(&p, "sigma 70%", false, PATIENCE));
    begin_endless(&p);
    assert_true(only_has("--sigma 70"));
    assert_true(only_has("--where speaker=F1,M1,M2"));
    pty_send(&p, "q");
    assert_true(screen_wait(&p, "1 experiment still runs", false, PATIENCE));
    pty_send(&p, "\033");
    assert_true(screen_wait(&p, "still runs", true, PATIENCE));
    pty_send(&p, "Q");
    assert_true(screen_wait(&p, "keep them running", false, PATIENCE));
    pty_send(&p, "\r");
    assert_int_equal(wait_end(&p), 0);
    goes_on();
    start(&p);
    assert_true(screen_wait(&p, "running", false, PATIENCE));
    pty_end(&p); /* the terminal is gone */
    goes_on();
}

/* R19: little is sent while it runs; keys stay live; it stops at once, goes on, is deleted. */
static void it_is_stopped_and_goes_on(void **state)
{
    struct pty p;
    (void)state;
    start(&p);
    assert_true(screen_wait(&p, "left", false, PATIENCE));
    pty_send(&p, "d");
    assert_true(screen_wait(&p, "stop it first", false, PATIENCE));
    pty_quiet(&p, SETTLE);
    size_t sent = p.sent.len;
    long from = pty_now();
    while (pty_now() - from < 2000)
        pty_take(&p, 100);
    if (getenv("PROPNEU_VERBOSE"))
        printf("%zu bytes in 2 s\n", p.sent.len - sent);
    assert_in_range(p.sent.len - sent, 1, 2 * 300 + 100);
    pty_send(&p, "x");
    assert_true(screen_wait(&p, "stopping; results", false, PATIENCE));
    from = pty_now();
    assert_true(screen_wait(&p, "stopped", false, PATIENCE));
    if (getenv("PROPNEU_VERBOSE"))
        printf("stopped after %ld ms\n", pty_now() - from);
    struct experiment x = only();
    uint32_t done = x.done;
    assert_true(done > 0 && done < x.steps);
    experiment_free(&x);
    pty_send(&p, "r");
    assert_true(screen_wait(&p, "running", false, 2 * PATIENCE));
    assert_true(screen_wait(&p, "left", false, 2 * PATIENCE));
    pty_send(&p, "x");
    assert_true(screen_wait(&p, "stopped", false, PATIENCE));
    pty_quiet(&p, 700);
    assert_true(screen_wait(&p, "stopping; results", false, PATIENCE)); /* and no failure is told */
    pty_send(&p, "r");
    assert_true(screen_wait(&p, "running", false, 2 * PATIENCE));
    pty_send(&p, "Q");
    assert_true(screen_wait(&p, "still runs", false, PATIENCE));
    pty_send(&p, "j\r"); /* stop, and quit */
    assert_int_equal(wait_end(&p), 0);
    for (int i = 0; i < 100; i++) {
        x = only();
        bool over = x.pid == 0;
        assert_true(x.done >= done);
        experiment_free(&x);
        if (over)
            return;
        usleep(50000);
    }
    fail_msg("the experiment was not stopped");
}

/* R19: what was stopped is deleted; another is begun, ends, and is quiet. */
static void it_ends(void **state)
{
    struct pty p;
    (void)state;
    start(&p);
    assert_true(screen_wait(&p, "stopped", false, PATIENCE));
    pty_send(&p, "d");
    assert_true(screen_wait(&p, "press d again", false, PATIENCE));
    pty_send(&p, "d");
    assert_true(screen_wait(&p, "none yet", false, PATIENCE));
    begin(&p, "gender:lape", SHORT);
    assert_true(screen_wait(&p, "finished", false, 4 * PATIENCE));
    assert_true(only_has("--property gender")); /* group by group, as without a selector */
    assert_true(only_has("--select lape"));
    assert_true(screen_wait(&p, ALL, false, PATIENCE));
    assert_true(screen_wait(&p, "controls", false, PATIENCE));
    begin(&p, NULL, SHORT);
    assert_true(screen_wait(&p, "already measured", false, PATIENCE));
    pty_send(&p, "v");
    assert_true(screen_wait(&p, "male erased: female", false, PATIENCE));
    /* Nothing runs: nothing is sent, and leaving asks nothing. */
    pty_quiet(&p, SETTLE);
    size_t sent = p.sent.len;
    pty_quiet(&p, 1500);
    assert_int_equal(p.sent.len, sent);
    pty_send(&p, "q");
    assert_int_equal(wait_end(&p), 0);
}

/* A set is erased and put back under one's hands; the best of a few tries, machines are busy. */
static void listening_answers_at_once(void **state)
{
    struct pty p;
    long best = PATIENCE;
    (void)state;
    start(&p);
    assert_true(screen_wait(&p, "experiment", false, PATIENCE));
    pty_send(&p, "vv");
    assert_true(screen_wait(&p, "original: F1", false, 4 * PATIENCE));
    for (int i = 0; i < 5 && best >= 1000; i++) {
        pty_quiet(&p, STILL);
        long from = pty_now();
        pty_send(&p, " ");
        assert_true(screen_wait(&p, "erased: F1", false, 4 * PATIENCE));
        best = pty_now() - from < best ? pty_now() - from : best;
        pty_send(&p, " ");
        assert_true(screen_wait(&p, "erased: F1", true, 4 * PATIENCE));
    }
    if (getenv("PROPNEU_VERBOSE"))
        printf("erased after %ld ms\n", best);
    assert_in_range(best, 0, 999);
    pty_send(&p, "j");
    assert_true(screen_wait(&p, "(2 of 14)", false, 4 * PATIENCE));
    pty_quiet(&p, SETTLE);
    size_t sent = p.sent.len;
    pty_quiet(&p, 1000);
    assert_int_equal(p.sent.len, sent); /* idle means silence */
    pty_send(&p, "q");
    assert_int_equal(wait_end(&p), 0);
}

/* What cannot begin says why. */
static void a_failure_is_told(void **state)
{
    struct pty p;
    (void)state;
    start(&p);
    assert_true(screen_wait(&p, "finished", false, PATIENCE));
    pty_send(&p, "a");
    assert_true(screen_wait(&p, "A new experiment", false, PATIENCE));
    pty_send(&p, "gjjj\r\025");
    pty_send(&p, "dance\rG\r");
    assert_true(screen_wait(&p, "--task is one of", false, 2 * PATIENCE));
    pty_send(&p, "q");
    assert_int_equal(wait_end(&p), 0);
}

/* A run of training is begun, paused and resumed; it saves where it is, and goes on from there. */
static void training_is_paused_and_goes_on(void **state)
{
    struct pty p;
    char models[PATH_MAX], run[PATH_MAX];
    (void)state;
    snprintf(models, sizeof models, "%s", source_path("data/demo"));
    snprintf(run, sizeof run, "%.3000s", strchr(state_env, '=') + 1);
    start(&p);
    assert_true(screen_wait(&p, "finished", false, PATIENCE));
    pty_send(&p, "T");
    assert_true(screen_wait(&p, "propneu: ", false, PATIENCE));
    pty_send(&p, "-m ");
    pty_send(&p, models);
    pty_send(&p, "/models/ssl.safetensors -a ");
    pty_send(&p, models);
    pty_send(&p, "/audio --task sid --steps 90000 --crop .5 --batch 8 -o ");
    pty_send(&p, run);
    pty_send(&p, "/training\r");
    assert_true(screen_wait(&p, "training of training", false, 2 * PATIENCE));
    pty_send(&p, "G");
    assert_true(screen_wait(&p, "loss by step", false, 2 * PATIENCE));
    pty_send(&p, "x");
    assert_true(screen_wait(&p, "paused", false, 2 * PATIENCE));
    pty_send(&p, "r");
    assert_true(screen_wait(&p, "paused", true, 2 * PATIENCE));
    assert_true(screen_wait(&p, " left", false, 2 * PATIENCE));
    pty_send(&p, "x");
    assert_true(screen_wait(&p, "paused", false, 2 * PATIENCE));
    pty_send(&p, "d");
    assert_true(screen_wait(&p, "press d again", false, PATIENCE));
    pty_send(&p, "d");
    assert_true(screen_wait(&p, "training of training", true, PATIENCE));
    pty_send(&p, "q");
    assert_int_equal(wait_end(&p), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_without_the_terminal),
        cmocka_unit_test(it_is_stopped_and_goes_on),
        cmocka_unit_test(it_ends),
        cmocka_unit_test(listening_answers_at_once),
        cmocka_unit_test(a_failure_is_told),
        cmocka_unit_test(training_is_paused_and_goes_on),
    };
    char here[PATH_MAX / 2], command[PATH_MAX + 32];
    if (!getcwd(here, sizeof here))
        return 77;
    snprintf(state_env, sizeof state_env, "XDG_STATE_HOME=%s/test_experiments.state", here);
    snprintf(folder, sizeof folder, "%s/test_experiments.state/propneu/experiments", here);
    snprintf(command, sizeof command, "rm -rf '%s/test_experiments.state'", here);
    int result = system(command) == 0 ? EXPLORER_RUN(tests, false) : 77;
    return system(command) == 0 ? result : 1;
}
