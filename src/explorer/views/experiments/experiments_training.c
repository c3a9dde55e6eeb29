/*
 * Runs of training in the Experiments view: a line each below the experiments, the loss and the
 * other numbers of the one under the cursor, and their keys.
 */
#include "config.h"

#include "explorer/views/experiments/experiments_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "report/report.h"
#include "screen/plot.h"

const struct training_watch *experiments_run(const struct app *app)
{
    const struct experiments_state *s = experiments_state(app);
    size_t at = s->here - s->jobs.count;
    return s->here >= s->jobs.count && at < s->runs.count ? &s->runs.run[at] : NULL;
}

static double training_last(const struct training_watch *w, size_t offset)
{
    for (size_t i = w->log.count; i-- > 0;) {
        double v = *(const double *)((const char *)&w->log.step[i] + offset);
        if (isfinite(v))
            return v;
    }
    return NAN;
}

void experiments_draw_run(const struct app *app, struct canvas *c, int row, size_t i)
{
    static const char *const states[] = {"training", "finished", "paused"};
    static const enum style styles[] = {STYLE_BEST, STYLE_NORMAL, STYLE_ALERT};
    const struct experiments_state *s = experiments_state(app);
    const struct training_watch *w = &s->runs.run[i];
    enum job_state state = training_watch_state(w);
    bool here = s->here == s->jobs.count + i && !s->form;
    enum style style = here ? STYLE_STRONG : STYLE_NORMAL;
    double speed = training_log_speed(&w->log), left = training_watch_left(w);
    char text[32];
    if (here) {
        canvas_glyph(c, row, 0, STYLE_STRONG, GLYPH_POINTER);
        c->cursor_row = row;
        c->cursor_col = 0;
    }
    canvas_text(c, row, 2, 9, here ? STYLE_STRONG : styles[state], states[state]);
    canvas_rightf(c, row, 11, 11, style, "%s/%s",
                  number_fixed((double)training_watch_step(w), 0).text,
                  number_fixed((double)w->run.steps, 0).text);
    if (state == JOB_RUNNING && isfinite(left)) {
        experiments_time(left, text, sizeof text);
        canvas_textf(c, row, 24, 20, style, "%s/s, %s left", number_short(speed, 3).text, text);
    } else
        canvas_textf(c, row, 24, 20, style, "loss %s",
                     number_fixed(training_last(w, offsetof(struct training_step, loss)), 4).text);
    canvas_textf(c, row, 45, c->cols - 45, style, "training of %s", w->name);
}

/* "  NAME VALUE" at *COL where the run has the number. */
static void training_number(struct canvas *c, int row, int *col, const char *name, double v,
                            int digits)
{
    char text[80];
    if (!isfinite(v))
        return;
    snprintf(text, sizeof text, "%s %s", name, number_fixed(v, digits).text);
    canvas_text(c, row, *col, c->cols - *col, STYLE_NORMAL, text);
    *col += text_width(text) + 2;
}

/* The numbers of the run's table as of now. */
static void training_numbers(const struct training_watch *w, struct canvas *c, int row)
{
    int col = 0;
#define LAST(member) training_last(w, offsetof(struct training_step, member))
    training_number(c, row, &col, "loss", LAST(loss), 4);
    training_number(c, row, &col, "accuracy", LAST(accuracy), 3);
    training_number(c, row, &col, "rate", LAST(rate), 6);
    training_number(c, row, &col, "norm", LAST(norm), 3);
    col = 0;
    training_number(c, row + 1, &col, "validation: loss", LAST(valid_loss), 4);
    training_number(c, row + 1, &col, "error", LAST(valid_error), 4);
    training_number(c, row + 1, &col, "cuts", LAST(cut), 0);
    training_number(c, row + 1, &col, "neurons kept", LAST(kept), 0);
    if (LAST(skipped) > 0)
        training_number(c, row + 1, &col, "skipped", LAST(skipped), 0);
#undef LAST
}

/* The means of loss and validation loss in N equal parts of the steps up to LAST; NAN in those
 * without. SUM has room for [n] counts. */
static void training_parts(const struct training_watch *w, size_t offset, uint64_t last, size_t n,
                           double *out, size_t *sum)
{
    for (size_t k = 0; k < n; k++) {
        out[k] = 0;
        sum[k] = 0;
    }
    for (size_t i = 0; i < w->log.count; i++) {
        double v = *(const double *)((const char *)&w->log.step[i] + offset);
        size_t part = (size_t)((double)(w->log.step[i].step - 1) / (double)last * (double)n);
        if (!isfinite(v) || w->log.step[i].step < 1)
            continue;
        part = part < n ? part : n - 1;
        out[part] += v;
        sum[part]++;
    }
    for (size_t k = 0; k < n; k++)
        out[k] = sum[k] ? out[k] / (double)sum[k] : NAN;
}

/* Loss over steps, and that of validation where there is any. */
static void training_plot(const struct training_watch *w, struct canvas *c, struct rect area)
{
    size_t n = area.cols > 20 ? (size_t)area.cols - 10 : 10;
    uint64_t last = training_watch_step(w);
    double *value = mem_array(2 * n, sizeof *value), low = INFINITY, high = -INFINITY;
    size_t *sum = mem_array(n, sizeof *sum);
    if (value && sum && last > 0) {
        /* Of few steps each has a part of its own. */
        n = last < n ? (size_t)last : n;
        training_parts(w, offsetof(struct training_step, loss), last, n, value, sum);
        training_parts(w, offsetof(struct training_step, valid_loss), last, n, value + n, sum);
        for (size_t i = 0; i < 2 * n; i++)
            if (isfinite(value[i])) {
                low = fmin(low, value[i]);
                high = fmax(high, value[i]);
            }
        const struct plot_series series[] = {{value, 'l', STYLE_GROUP_1},
                                             {value + n, 'v', STYLE_ALERT}};
        if (low < high)
            plot_steps(c, area, series, 2, n, (double)last, "step", low, high, PLOT_BRAILLE);
    }
    free(value);
    free(sum);
}

void experiments_draw_training(const struct training_watch *w, struct canvas *c, struct rect area)
{
    if (w->log.count == 0) {
        canvas_text(c, area.row, 0, c->cols, STYLE_FAINT, "no step yet");
        return;
    }
    canvas_textf(c, area.row, 0, c->cols, STYLE_STRONG, "%s: loss by step", w->name);
    training_numbers(w, c, area.row + 1);
    if (area.rows > 7)
        training_plot(w, c, (struct rect){area.row + 4, area.col, area.rows - 4, area.cols});
}

/* "prune --retrain, cut 3: 12:05 left" of the run at hand. */
void experiments_training_status(const struct app *app, struct buf *line)
{
    const struct training_watch *w = experiments_run(app);
    double left = training_watch_left(w);
    char text[32];
    buf_printf(line, "%s", w->run.command);
    if (training_watch_state(w) != JOB_RUNNING || !isfinite(left))
        return;
    experiments_time(left, text, sizeof text);
    buf_printf(line, ": %s left", text);
}

enum status experiments_training_result(const struct app *app, struct table *out, struct err *err)
{
    const struct training_watch *w = experiments_run(app);
    if (w->log.count == 0)
        return err_set(err, STATUS_NOTFOUND, "no step yet");
    return report_training(out, &w->log, (char *const *)&w->name, 1, err);
}

void experiments_training_pause(struct app *app, struct err *err)
{
    if (!training_watch_pause(&experiments_state(app)->jobs, experiments_run(app), err))
        app_say(app, false, "pausing: the run saves where it is; r resumes");
}

void experiments_training_resume(struct app *app, struct err *err)
{
    if (!training_watch_resume(&experiments_state(app)->jobs, experiments_run(app), err))
        app_say(app, false, "resumed");
}

/* The folder and what is in it stay. */
void experiments_training_forget(struct app *app, struct err *err)
{
    struct experiments_state *s = experiments_state(app);
    if (!s->doomed && !experiments_run(app)->run.pid) {
        s->doomed = true;
        app_say(app, true, "press d again to take this run off the list; its folder stays");
        return;
    }
    s->doomed = false;
    if (!training_runs_forget(&s->runs, s->here - s->jobs.count, err))
        app_say(app, false, "off the list");
}

static enum status experiments_accept_training(struct app *app, struct err *err)
{
    enum status code = training_runs_start(&experiments_state(app)->jobs, app->prompt.text, err);
    if (!code)
        app_say(app, false, "started: keeps running after you quit");
    return code;
}

void experiments_training_begin(struct app *app, struct err *err)
{
    static const struct prompt_kind kind = {.text = PROMPT_PATH,
                                            .accept = experiments_accept_training};
    if (!app->threads)
        err_set(err, STATUS_UNSUPPORTED, "training cannot be started here");
    else
        prompt_open(app, &kind, 0, "propneu", "train ");
}
