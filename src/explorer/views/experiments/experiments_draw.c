/*
 * Drawing the Experiments view: the list of experiments, the form, and the results of the selected
 * one.
 */
#include "config.h"

#include "base/number.h"
#include "base/ties.h"
#include "experiment/relabelled.h"
#include "explorer/views/experiments/experiments_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * Columns of the matrix: a set's name; name and size; one number with its mark. Rows of the list
 * that are always there.
 */
enum { NAME_WIDTH = 16, LEFT = 24, CELL = 16, LIST_LEAST = 3 };

void experiments_time(double seconds, char *text, size_t size)
{
    unsigned long s = seconds > 0 && seconds < 1e9 ? (unsigned long)ceil(seconds) : 0;
    if (s >= 3600)
        snprintf(text, size, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(text, size, "%lu:%02lu", s / 60, s % 60);
}

/* When it was begun, or, while it runs, how fast it is. */
static void experiments_draw_when(const struct job *job, long long now, char *text, size_t size)
{
    struct tm tm;
    time_t at = (time_t)job->x.started;
    double rate = job_rate(job, now);
    char left[32];
    if (job_state(job) == JOB_RUNNING && rate > 0) {
        experiments_time((job->x.steps - job->x.done) / rate, left, sizeof left);
        snprintf(text, size, "%s/s, %s left", number_short(rate, 3).text, left);
    } else if (job->x.started <= 0 || !localtime_r(&at, &tm) ||
               !strftime(text, size, "%Y-%m-%d %H:%M", &tm))
        snprintf(text, size, "-");
}

/*
 * One experiment of the list: state, steps done, start time or speed, its letter in the comparison
 * (A to D) and its title. Nothing is selected while the form is open.
 */
static void draw_job(const struct app *app, struct canvas *c, int row, size_t i)
{
    static const char *const states[] = {"running", "finished", "stopped"};
    static const enum style styles[] = {STYLE_BEST, STYLE_NORMAL, STYLE_ALERT};
    const struct experiments_state *s = experiments_state(app);
    const struct job *job = &s->jobs.job[i];
    enum job_state state = job_state(job);
    char text[72];
    bool here = i == s->here && !s->form;
    enum style style = here ? STYLE_STRONG : STYLE_NORMAL;
    if (here)
        canvas_glyph(c, row, 0, STYLE_STRONG, GLYPH_POINTER);
    canvas_text(c, row, 2, 9, here ? STYLE_STRONG : styles[state], states[state]);
    canvas_rightf(c, row, 11, 11, style, "%u/%u", job->x.done, job->x.steps);
    experiments_draw_when(job, s->now, text, sizeof text);
    canvas_text(c, row, 24, 20, style, text);
    if (job->beside)
        canvas_put(c, row, 45, STYLE_ALERT, (uint32_t)('A' + job->beside - 1));
    int col = job->beside ? 47 : 45;
    canvas_text(c, row, col, c->cols - col, style, job->x.title);
    if (here) {
        c->cursor_row = row;
        c->cursor_col = 0;
    }
}

/* Rows used: the newest first, as many as a third of the area. */
static int draw_list(const struct app *app, struct canvas *c, struct rect area)
{
    const struct experiments_state *s = experiments_state(app);
    int rows = area.rows / 3 > LIST_LEAST ? area.rows / 3 : LIST_LEAST;
    size_t lines = experiments_lines(s);
    rows = (size_t)rows < lines ? rows : (int)lines;
    size_t top = s->here >= (size_t)rows && rows ? s->here - (size_t)rows + 1 : 0;
    canvas_text(c, area.row, 2, c->cols - 2, STYLE_HEADING, "state         done    started");
    canvas_text(c, area.row, 45, c->cols - 45, STYLE_HEADING, "experiment");
    for (int r = 0; r < rows; r++) {
        size_t i = top + (size_t)r;
        if (i < s->jobs.count)
            draw_job(app, c, area.row + 1 + r, i);
        else
            experiments_draw_run(app, c, area.row + 1 + r, i - s->jobs.count);
    }
    if (top + (size_t)rows < lines)
        canvas_rightf(c, area.row, 0, c->cols, STYLE_FAINT, "%zu more", lines - top - (size_t)rows);
    if (lines == 0)
        canvas_text(c, area.row + 1, 2, c->cols - 2, STYLE_NORMAL,
                    jobs_own(&s->jobs) ? "starting ..." : "none yet; a starts one, ? explains");
    return 1 + (rows ? rows : 1);
}

double experiments_scale(enum experiment_quantity q)
{
    return q == EXPERIMENT_ERROR ? 100 : 1;
}

int experiments_digits(enum experiment_quantity q)
{
    return q == EXPERIMENT_ERROR ? 2 : 3;
}

/* What stands behind "=" in a column's name. */
const char *experiments_column(const char *column)
{
    const char *equals = strchr(column, '=');
    return equals ? equals + 1 : column;
}

static uint64_t row_neurons(const struct experiment *x, uint32_t row)
{
    uint64_t n = 0;
    for (uint32_t l = 0; l < x->layers; l++)
        n += x->row[row].size[l];
    return n;
}

/* Columns there is room for. */
static uint32_t columns_shown(const struct experiment *x, const struct canvas *c)
{
    uint32_t room = c->cols > LEFT + CELL ? (uint32_t)((c->cols - LEFT) / CELL) : 1;
    return room < x->columns ? room : x->columns;
}

/*
 * The change against the unmodified model, in points for errors: * above the interval of the
 * controls, - below it, where the interval holds CONFIDENCE of their changes.
 */
static void draw_change(struct canvas *c, int row, int col, const struct experiment_change *v,
                        enum experiment_quantity q)
{
    bool more = ties_above(v->change, v->controls.high);
    bool less = ties_above(v->controls.low, v->change);
    if (isnan(v->change))
        canvas_right(c, row, col, CELL - 2, STYLE_FAINT, "-");
    else
        canvas_rightf(c, row, col, CELL - 1, more || less ? STYLE_BEST : STYLE_NORMAL, "%s%s",
                      number_signed(experiments_scale(q) * v->change, experiments_digits(q)).text,
                      more   ? "*"
                      : less ? "-"
                             : " ");
}

/* The interval of the controls' changes. */
static void draw_controls(struct canvas *c, int row, int col, const struct experiment_change *v,
                          enum experiment_quantity q)
{
    canvas_rightf(
        c, row, col, CELL - 2, STYLE_FAINT, "%s %s",
        number_signed(experiments_scale(q) * v->controls.low, experiments_digits(q)).text,
        number_signed(experiments_scale(q) * v->controls.high, experiments_digits(q)).text);
}

/* A row of the damage matrix, and its controls below if that is above END; rows used. */
static int draw_row(const struct experiment *x, struct canvas *c, int row, int end, uint32_t r,
                    uint32_t measure, enum experiment_quantity q)
{
    bool controls = false;
    canvas_text(c, row, 0, NAME_WIDTH, STYLE_NORMAL, x->row[r].name);
    canvas_rightf(c, row, NAME_WIDTH, LEFT - NAME_WIDTH, STYLE_NORMAL, "%llu",
                  (unsigned long long)row_neurons(x, r));
    for (uint32_t k = 0; k < columns_shown(x, c); k++) {
        struct experiment_change v = experiment_changed(x, r, measure, k, q, CONFIDENCE);
        int col = LEFT + (int)k * CELL;
        draw_change(c, row, col, &v, q);
        if (v.controls.count == 0 || row + 1 >= end)
            continue;
        controls = true;
        draw_controls(c, row + 1, col, &v, q);
    }
    if (controls)
        canvas_text(c, row + 1, 2, LEFT, STYLE_FAINT, "controls");
    return controls ? 2 : 1;
}

/* The relabelled controls as a row: damage to the own group minus that to the others; rows used. */
static int draw_relabelled(const struct experiment *x, struct canvas *c, int row, int end,
                           uint32_t measure, enum experiment_quantity q)
{
    struct experiment_change v = experiment_relabelled(x, measure, q, CONFIDENCE);
    canvas_text(c, row, 0, NAME_WIDTH, STYLE_NORMAL, experiment_relabelled_name);
    canvas_rightf(c, row, NAME_WIDTH, LEFT - NAME_WIDTH, STYLE_NORMAL, "%llu",
                  (unsigned long long)experiment_relabelled_neurons(x));
    draw_change(c, row, LEFT, &v, q);
    int col = LEFT + CELL + 1;
    if (isnan(v.p))
        canvas_text(c, row, col, c->cols - col, STYLE_NORMAL, "own group minus others");
    else
        canvas_textf(c, row, col, c->cols - col, STYLE_NORMAL, "own group minus others, p %s",
                     number_short(v.p, 3).text);
    if (v.controls.count == 0 || row + 1 >= end)
        return 1;
    draw_controls(c, row + 1, LEFT, &v, q);
    canvas_textf(c, row + 1, 2, LEFT - 2, STYLE_FAINT, "%zu labelings", v.controls.count);
    return 2;
}

/* The block of one measure; rows used. */
static int draw_block(const struct experiment *x, struct canvas *c, struct rect a, uint32_t measure,
                      enum experiment_quantity q)
{
    int row = a.row, end = a.row + a.rows;
    canvas_textf(c, row++, 0, c->cols, STYLE_STRONG, "%s: %s, then its change%s",
                 x->measure[measure],
                 q == EXPERIMENT_ERROR ? "error in %" : experiment_loss_name(x),
                 q == EXPERIMENT_ERROR ? " in points" : "");
    canvas_text(c, row, 0, NAME_WIDTH, STYLE_HEADING, "erased");
    canvas_right(c, row, NAME_WIDTH, LEFT - NAME_WIDTH, STYLE_HEADING, "neurons");
    canvas_text(c, row + 1, 0, NAME_WIDTH, STYLE_NORMAL, "nothing");
    canvas_right(c, row + 1, NAME_WIDTH, LEFT - NAME_WIDTH, STYLE_NORMAL, "0");
    for (uint32_t k = 0; k < columns_shown(x, c); k++) {
        double v = experiment_value(&experiment_cells(x, 0, measure)[k], q);
        int col = LEFT + (int)k * CELL;
        canvas_right(c, row, col, CELL - 2, STYLE_HEADING, experiments_column(x->column[k]));
        if (!x->is_done[0] || isnan(v))
            canvas_right(c, row + 1, col, CELL - 2, STYLE_FAINT, "-");
        else
            canvas_right(c, row + 1, col, CELL - 2, STYLE_NORMAL,
                         number_fixed(experiments_scale(q) * v, experiments_digits(q)).text);
    }
    row += 2;
    for (uint32_t r = 0; r < x->rows && row < end; r++)
        row += draw_row(x, c, row, end, r, measure, q);
    if (x->relabelled.units && row < end)
        row += draw_relabelled(x, c, row, end, measure, q);
    return row - a.row;
}

/*
 * A block for every measure and quantity that was measured. Before the unmodified model's row is
 * done (row 0) nothing is known to be missing, and all are shown with "-". A block needs four rows.
 */
static void draw_matrix(const struct experiment *x, struct canvas *c, struct rect a)
{
    int row = a.row, end = a.row + a.rows;
    for (uint32_t m = 0; m < x->measures; m++)
        for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS && row + 3 < end; q++)
            if (!x->is_done[0] || experiment_measured(x, m, (enum experiment_quantity)q))
                row += 1 + draw_block(x, c, (struct rect){row, 0, end - row, a.cols}, m,
                                      (enum experiment_quantity)q);
    if (columns_shown(x, c) < x->columns)
        canvas_rightf(c, a.row, 0, c->cols, STYLE_FAINT, "%u more columns: propneu info",
                      x->columns - columns_shown(x, c));
}

/*
 * A pruning experiment: shares kept down, curves across, errors in percent averaged over the draws.
 * Points that no draw has measured yet show "-".
 */
static void draw_curve_table(const struct experiment *x, struct canvas *c, struct rect a)
{
    int row = a.row, cell = CELL;
    canvas_textf(c, row++, 0, c->cols, STYLE_STRONG, "%s: error in %% by the share of neurons kept",
                 x->measure[0]);
    canvas_right(c, row, 0, 8, STYLE_HEADING, "kept");
    for (uint32_t r = 0; r < x->rows; r++)
        canvas_right(c, row, 8 + (int)r * cell, cell, STYLE_HEADING, x->row[r].name);
    row++;
    for (uint32_t p = 0; p < x->points && row < a.row + a.rows; p++, row++) {
        canvas_rightf(c, row, 0, 8, STYLE_NORMAL, "%s%%", number_short(100 * x->point[p], 4).text);
        for (uint32_t r = 0; r < x->rows && 8 + (int)r * cell < c->cols; r++) {
            struct interval v = experiment_at(x, r, p, 0, 0, EXPERIMENT_ERROR, CONFIDENCE);
            if (v.count)
                canvas_right(c, row, 8 + (int)r * cell, cell, STYLE_NORMAL,
                             number_fixed(100 * v.mean, 2).text);
            else
                canvas_right(c, row, 8 + (int)r * cell, cell, STYLE_FAINT, "-");
        }
    }
}

void experiments_draw_results(const struct experiment *x, int shape, struct canvas *c,
                              struct rect area)
{
    bool plot = shape == EXPERIMENTS_PLOT;
    if (!x->measures || !x->columns || area.rows < 3)
        return;
    const struct beside alone = {{x}, {'*'}, 1};
    if (plot)
        experiments_plot(&alone, c, area);
    else
        (x->kind == EXPERIMENT_MATRIX ? draw_matrix : draw_curve_table)(x, c, area);
}

/*
 * The form, scrolled so that the current field is visible. One line more than there are fields: the
 * last one, FIELD_COUNT, starts the experiment.
 */
static void draw_form(const struct app *app, struct canvas *c, struct rect a)
{
    const struct experiments_state *s = experiments_state(app);
    size_t rows = a.rows > 2 ? (size_t)a.rows - 1 : 1;
    size_t top = s->field >= rows ? s->field - rows + 1 : 0;
    canvas_text(c, a.row, 0, c->cols, STYLE_STRONG,
                "A new experiment: Enter changes a line, or starts; Esc cancels");
    for (size_t f = top; f <= FIELD_COUNT && f - top < rows; f++) {
        int row = a.row + 1 + (int)(f - top);
        bool here = f == s->field;
        enum style style = here ? STYLE_STRONG : STYLE_NORMAL;
        if (here) {
            canvas_glyph(c, row, 0, STYLE_STRONG, GLYPH_POINTER);
            c->cursor_row = row;
            c->cursor_col = 0;
        }
        if (f == FIELD_COUNT) {
            canvas_text(c, row, 2, c->cols - 2, style, "begin");
            continue;
        }
        canvas_text(c, row, 2, 14, style, experiments_field_label(f));
        canvas_text(c, row, 17, c->cols - 17, s->value[f][0] ? style : STYLE_FAINT,
                    s->value[f][0] ? s->value[f] : "-");
    }
}

void experiments_draw(const struct app *app, struct canvas *c, struct rect area)
{
    const struct experiments_state *s = experiments_state(app);
    if (s->shape == EXPERIMENTS_LIVE && !s->form) {
        experiments_live_draw(app, c, area);
        return;
    }
    int used = s->form ? 0 : draw_list(app, c, area) + 1;
    struct beside beside;
    struct rect below = {area.row + used, area.col, area.rows - used, area.cols};
    if (s->form)
        draw_form(app, c, area);
    else if (experiments_run(app) && below.rows > 2)
        experiments_draw_training(experiments_run(app), c, below);
    else if (below.rows > 2 && experiments_beside(&s->jobs, s->here, &beside))
        experiments_draw_beside(&beside, s->shape, c, below);
    else if (s->here < s->jobs.count && below.rows > 2)
        experiments_draw_results(&s->jobs.job[s->here].x, s->shape, c, below);
}
