/*
 * The Experiments view: the list, its keys, and looking at running experiments in time.
 */
#include "config.h"

#include "explorer/views/experiments/experiments_state.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

/* The path of line I of the list, "" behind its end. */
static const char *line_path(const struct experiments_state *s, size_t i)
{
    return i < s->jobs.count          ? s->jobs.job[i].path
           : i < experiments_lines(s) ? s->runs.run[i - s->jobs.count].known_by
                                      : "";
}

/* Looks at the journals and runs, and keeps to the one at hand though others have come before it.
 */
bool experiments_look(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    char at[PATH_MAX] = "";
    if (!s->open) {
        jobs_init(&s->jobs);
        s->open = true;
    }
    size_t before = s->jobs.count, runs = s->runs.count;
    snprintf(at, sizeof at, "%s", line_path(s, s->here));
    s->now = now_ms();
    bool changed = jobs_look(&s->jobs, s->now);
    changed = training_runs_look(&s->runs, s->now) || changed;
    size_t lines = experiments_lines(s);
    for (size_t i = 0; i < lines; i++)
        if (*at && strcmp(line_path(s, i), at) == 0)
            s->here = i;
    if (s->jobs.count > before)
        s->here = 0; /* the one just begun */
    else if (s->runs.count > runs && runs > 0)
        s->here = s->jobs.count;
    if (s->here >= lines)
        s->here = lines ? lines - 1 : 0;
    if (s->jobs.failed[0]) {
        app_say(app, true, "%s", s->jobs.failed);
        s->jobs.failed[0] = '\0';
    }
    return changed;
}

static bool look_again(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    s->looked = now_ms();
    if (s->shape == EXPERIMENTS_LIVE && experiments_live_due(app) >= 0)
        return experiments_live_look(app);
    return experiments_look(app);
}

static enum status experiments_prepare(struct app *app, struct err *err)
{
    const struct experiments_state *s = experiments_state(app);
    (void)err;
    experiments_look(app);
    if (s->shape == EXPERIMENTS_LIVE && !s->form)
        experiments_live_look(app);
    return STATUS_OK;
}

static void experiments_release(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    if (s->open)
        jobs_free(&s->jobs);
    training_runs_free(&s->runs);
    experiments_live_end(app);
    s->open = false;
}

static int experiments_due(const struct app *app)
{
    const struct experiments_state *s = experiments_state(app);
    int live = s->shape == EXPERIMENTS_LIVE ? experiments_live_due(app) : -1;
    bool training = false;
    for (size_t i = 0; i < s->runs.count; i++)
        training = training || s->runs.run[i].run.pid;
    if (live < 0 && (!s->open || (jobs_running(&s->jobs) == 0 && !training)))
        return -1;
    long long left = (live >= 0 ? s->looked + live : s->now + JOBS_LOOK_MS) - now_ms();
    return left > 0 ? (int)left : 0;
}

static struct job *job_here(const struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    return s->here < s->jobs.count ? &s->jobs.job[s->here] : NULL;
}

/*
 * The first key only asks; `doomed` remembers it for the second. A running experiment must be
 * stopped first, as its process would write on.
 */
static void delete_job(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    struct job *job = job_here(app);
    if (job->x.pid)
        err_set(err, STATUS_USAGE, "the experiment is running: stop it first (x)");
    else if (!s->doomed) {
        s->doomed = true;
        app_say(app, true, "press d again to delete this experiment and its results");
    } else {
        s->doomed = false;
        if (!jobs_delete(&s->jobs, s->here, err))
            app_say(app, false, "deleted");
    }
}

/* Only a stopped experiment can go on; its journal says which steps are missing. */
static void resume_job(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    const struct job *job = job_here(app);
    if (job_state(job) == JOB_FINISHED)
        err_set(err, STATUS_NOTFOUND, "the experiment is finished");
    else if (job_state(job) == JOB_RUNNING)
        err_set(err, STATUS_NOTFOUND, "the experiment is running");
    else if (!jobs_resume(&s->jobs, job, err))
        app_say(app, false, "resumed");
}

/*
 * Comparison takes experiments of one kind (matrices or curves): alone of its kind, an experiment
 * is marked but nothing is compared yet, which the message says.
 */
static void put_beside(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    struct beside b;
    if (!job_here(app))
        err_set(err, STATUS_NOTFOUND, "there is no experiment; a starts one");
    else if (!experiments_put_beside(&s->jobs, s->here))
        err_set(err, STATUS_USAGE, "at most %d experiments are compared; o removes one",
                EXPERIMENTS_BESIDE);
    else if (job_here(app)->beside && !experiments_beside(&s->jobs, s->here, &b))
        app_say(app, false, "press o on another of this kind to compare them");
}

/* False, saying so, if nothing can be done with the experiment under the cursor. */
static bool need_job(struct app *app, struct err *err)
{
    if (!app->threads)
        err_set(err, STATUS_UNSUPPORTED, "experiments cannot be started here");
    else if (!job_here(app) && !experiments_run(app))
        err_set(err, STATUS_NOTFOUND, "there is no experiment; a starts one");
    return app->threads && (job_here(app) || experiments_run(app));
}

static void experiments_erase(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    (void)err;
    s->doomed = false;
    if (s->shape == EXPERIMENTS_LIVE)
        s->wanted.erase = !s->wanted.erase;
    s->shape = EXPERIMENTS_LIVE;
}

static void experiments_switch_beside(struct app *app, struct err *err)
{
    experiments_state(app)->doomed = false;
    put_beside(app, err);
}

static void experiments_stop(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    s->doomed = false;
    if (!need_job(app, err))
        return;
    if (experiments_run(app))
        experiments_training_pause(app, err);
    else if (!jobs_stop(&s->jobs, job_here(app), err))
        app_say(app, false, "stopping; results are kept, r resumes");
}

static void experiments_resume(struct app *app, struct err *err)
{
    experiments_state(app)->doomed = false;
    if (!need_job(app, err))
        return;
    if (experiments_run(app))
        experiments_training_resume(app, err);
    else
        resume_job(app, err);
}

static void experiments_train(struct app *app, struct err *err)
{
    experiments_state(app)->doomed = false;
    experiments_training_begin(app, err);
}

static const struct view_action own[] = {
    {{"erase", "Space", 0, 6, "erase", "recording: with the set, or without it"},
     ACTION_REMOVE,
     experiments_erase},
    {{"beside", "o", 0, 5, "beside", "add the experiment to the comparison, or remove it"},
     ACTION_REMOVE,
     experiments_switch_beside},
    {{"stop", "x", 0, 5, "stop", "stop the experiment or pause the training; what is done is kept"},
     ACTION_REMOVE,
     experiments_stop},
    {{"resume", "r", 0, 5, "resume", "resume a stopped experiment or training"},
     ACTION_REMOVE,
     experiments_resume},
    {{"train", "T", 0, 5, "train", "begin a run of training: the words of propneu train"},
     ACTION_REMOVE,
     experiments_train},
    {{NULL, NULL, 0, 0, NULL, NULL}, ACTION_NONE, NULL}};

/*
 * After a field was filled in the cursor moves to the next line, so that Enter alone goes through
 * the form.
 */
static enum status experiments_accept_field(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    long field = app->prompt.subject;
    if (field < 0 || field >= FIELD_COUNT || strlen(app->prompt.text) >= sizeof s->value[0])
        return err_set(err, STATUS_USAGE, "too long");
    snprintf(s->value[field], sizeof s->value[0], "%s", app->prompt.text);
    s->field = (size_t)field + 1;
    return STATUS_OK;
}

static const struct prompt_kind field_prompt = {.accept = experiments_accept_field};
static const struct prompt_kind set_prompt = {.text = PROMPT_SET,
                                              .accept = experiments_accept_field};

/*
 * Enter on a line of the form: opens a prompt for the field, or starts the experiment on the last
 * line. SAME is a former experiment with the same command, which goes on or shows its results
 * rather than being measured twice.
 */
static void edit_field(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    if (s->field == FIELD_COUNT && !app->threads) {
        err_set(err, STATUS_UNSUPPORTED, "experiments cannot be started here");
        return;
    }
    if (s->field < FIELD_COUNT) {
        prompt_open(app, s->field == FIELD_WHAT ? &set_prompt : &field_prompt, (long)s->field,
                    experiments_field_label(s->field), s->value[s->field]);
        return;
    }
    size_t same;
    if (experiments_form_start(app, &same, err))
        return;
    s->form = false;
    s->here = same < s->jobs.count ? same : 0;
    if (same == s->jobs.count)
        app_say(app, false, "started: keeps running after you quit");
    else if (job_state(&s->jobs.job[same]) == JOB_FINISHED)
        app_say(app, false, "already measured: showing its results");
    else
        app_say(app, false, "already started: resuming it");
}

/*
 * Enter and e edit the line, Escape closes the form and keeps its values. False: the key means what
 * it means in the list.
 */
static bool apply_form(struct app *app, enum action action, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    switch (action) {
    case ACTION_OPEN:
    case ACTION_EDIT: edit_field(app, err); return true;
    case ACTION_DISMISS: s->form = false; return true;
    default: return lists_step(action, &s->field, FIELD_COUNT + 1, (size_t)app_view_rows(app) - 2);
    }
}

/*
 * Keys go to the form if it is open, then to the recording if that is shown, else to the list.
 * Deleting needs the same key twice in a row: any other action withdraws the first.
 */
static bool experiments_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    (void)arg;
    if (action != ACTION_REMOVE)
        s->doomed = false;
    if (action == ACTION_ADD) {
        experiments_form_open(app);
        return true;
    }
    if (s->form && apply_form(app, action, err))
        return true;
    if (s->shape == EXPERIMENTS_LIVE && experiments_live_apply(app, action))
        return true;
    if (action == ACTION_REMOVE) {
        if (!need_job(app, err))
            return true;
        if (experiments_run(app))
            experiments_training_forget(app, err);
        else
            delete_job(app, err);
        return true;
    }
    if (action == ACTION_EDIT) {
        s->shape = EXPERIMENTS_LIVE;
        return true;
    }
    if (action == ACTION_FORM) {
        s->shape = (s->shape + 1) % EXPERIMENTS_SHAPES;
        return true;
    }
    return lists_step(action, &s->here, experiments_lines(s), 8);
}

/* ": sigma 80, layer 1,3": what a title does not tell apart. */
static void tell_settings(const struct experiment *x, struct buf *line)
{
    static const char *const keys[] = {
        "--sigma: ", "--lambda: ", "--where: ", "--layer: ", "--controls: ", "--draws: "};
    const char *glue = ": ";
    for (const char *s = x->settings ? x->settings : ""; *s;) {
        size_t n = strcspn(s, "\n");
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            size_t m = strlen(keys[k]);
            if (n <= m || strncmp(s, keys[k], m) != 0)
                continue;
            buf_printf(line, "%s%.*s %.*s", glue, (int)m - 4, s + 2, (int)(n - m), s + m);
            glue = ", ";
        }
        s += n + (s[n] == '\n');
    }
}

/*
 * What the line says: help for the form's field, the recording, or the selected experiment's title
 * with the time left while it runs, else with the settings that its title leaves out.
 */
static void experiments_status(const struct app *app, struct buf *line)
{
    const struct experiments_state *s = experiments_state(app);
    const struct job *job = job_here(app);
    char text[32];
    if (s->form && s->field < FIELD_COUNT)
        buf_printf(line, "%s: %s", experiments_field_label(s->field),
                   experiments_field_help(s->field));
    else if (s->form)
        buf_str(line, "Enter starts the experiment");
    else if (s->shape == EXPERIMENTS_LIVE)
        experiments_live_status(app, line);
    else if (experiments_run(app))
        experiments_training_status(app, line);
    else if (!job)
        buf_str(line, "no experiment yet: a starts one");
    else {
        buf_printf(line, "%s", job->x.title);
        double rate = job_rate(job, s->now);
        if (job_state(job) == JOB_RUNNING && rate > 0) {
            experiments_time((job->x.steps - job->x.done) / rate, text, sizeof text);
            buf_printf(line, ": %s left", text);
        } else
            tell_settings(&job->x, line);
    }
}

const struct view view_experiments = {
    .lesson =
        "EXPERIMENTS: the effect of ablating neurons, as in table 1 and figure 6 of the "
        "paper.\n"
        "\n"
        "A set of neurons is erased (zero ablation: their columns of the second feed-forward "
        "matrix become zero), scaled or pruned, and the task is evaluated again: speaker "
        "identification or phone recognition. The table shows the error rate of the "
        "unmodified model and its change in points for each group. If the model uses the "
        "neurons of a group to recognise that group, erasing them raises the error rate of "
        "this group much more than that of the others.\n"
        "\n"
        "Erasing any neurons does some damage. The same is therefore done with control sets: "
        "random sets with the same number of neurons in each layer, matched in activation "
        "rate and column norm. The interval below each number contains 95 percent of their "
        "changes; * marks a change above it, - one below it.\n"
        "\n"
        "o compares up to four experiments of one kind side by side: their results, and the "
        "settings in which they differ.\n"
        "\n"
        "The third form (v) shows one recording with and without a set: its spectrogram, the "
        "predicted phone per frame or the predicted speaker. Space erases the set or "
        "restores it.\n"
        "\n"
        "An experiment is a separate process: it keeps running when the explorer or the "
        "terminal is closed, and is listed here when you return. r resumes a stopped "
        "experiment, with the same result.\n"
        "\n"
        "Runs of training (propneu train, prune --retrain) are listed below the experiments, "
        "whoever began them: loss and validation loss by step, speed and time left, cuts. x "
        "pauses a run, which saves where it is, and r resumes it, to the same model; T begins "
        "one.",
    .needs = NEEDS_NOTHING,
    .offers = {ACTION_EDIT, ACTION_ADD, ACTION_REMOVE},
    .own = own,
    .leave = experiments_leave,
    .named_by = NAMED_FILE,
    .state_size = sizeof(struct experiments_state),
    .free = experiments_release,
    .apply = experiments_apply,
    .prepare = experiments_prepare,
    .render = experiments_draw,
    .status = experiments_status,
    .result = experiments_result,
    .due = experiments_due,
    .look = look_again,
};
