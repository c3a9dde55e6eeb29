/*
 * A run of training, or several: loss, accuracy, error on the recordings kept for validation, and
 * learning rate over the steps; where a run prunes, its cuts.
 */
#include "config.h"

#include "figure/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "figure/figure_lines.h"

/* What a panel shows: a column of the log, and beside it that of validation. */
static const struct {
    const char *title, *y_name;
    size_t offset;
    bool rare; /* a column of few rows: its points are marked */
} shown[] = {
    {"loss", "loss", offsetof(struct training_step, loss), false},
    {"accuracy", "share right", offsetof(struct training_step, accuracy), false},
    {"loss in validation", "loss", offsetof(struct training_step, valid_loss), true},
    {"error in validation", "error", offsetof(struct training_step, valid_error), true},
    {"learning rate", "rate", offsetof(struct training_step, rate), false},
    {"neurons kept", "neurons", offsetof(struct training_step, kept), false},
};

enum { SHOWN = sizeof shown / sizeof *shown };

static double training_value(const struct training_step *s, size_t offset)
{
    double v;
    memcpy(&v, (const char *)s + offset, sizeof v);
    return v;
}

/* The points of panel KIND of a run; X and Y have room for all its steps. */
static struct lines_series training_series(const struct training_log *log, size_t kind, double *x,
                                           double *y, unsigned group)
{
    size_t n = 0;
    for (size_t i = 0; i < log->count; i++) {
        double v = training_value(&log->step[i], shown[kind].offset);
        x[n] = (double)log->step[i].step;
        y[n] = v;
        n += isfinite(v);
    }
    return (struct lines_series){.x = x, .y = y, .n = n, .group = group, .marks = shown[kind].rare};
}

/* Steps at which the number of cuts grows, into X; returns how many. */
static size_t training_cuts(const struct training_log *log, double *x)
{
    size_t n = 0;
    for (size_t i = 0; i < log->count; i++)
        if (log->step[i].cut > (i ? log->step[i - 1].cut : 0))
            x[n++] = (double)log->step[i].step;
    return n;
}

static size_t training_rows(const struct training_log *log, size_t logs)
{
    size_t rows = 0;
    for (size_t i = 0; i < logs; i++)
        rows += log[i].count;
    return rows;
}

/* A panel for each column that any run has numbers of; loss always. */
void figure_training(struct figure *f, const struct training_log *log, char *const *title,
                     size_t logs, double width, double height)
{
    struct lines_panel panel[SHOWN];
    size_t rows = training_rows(log, logs), panels = 0, cuts = 0;
    struct lines_series *series = mem_zeros(SHOWN * logs, sizeof *series);
    double *x = mem_array(rows * SHOWN, sizeof *x), *y = mem_array(rows * SHOWN, sizeof *y);
    double *across = mem_array(rows, sizeof *across);
    bool ok = series && x && y && across;
    for (size_t i = 0; ok && i < logs; i++)
        cuts += training_cuts(&log[i], across + cuts);
    for (size_t k = 0; ok && k < SHOWN; k++) {
        struct lines_series *s = series + k * logs;
        size_t at = k * rows, points = 0;
        for (size_t i = 0; i < logs; i++) {
            s[i] = training_series(&log[i], k, x + at, y + at, (unsigned)i);
            at += log[i].count;
            points += s[i].n;
        }
        if (points > 0 || k == 0)
            panel[panels++] = (struct lines_panel){.title = shown[k].title,
                                                   .x_name = "step",
                                                   .y_name = shown[k].y_name,
                                                   .series = s,
                                                   .count = logs,
                                                   .across = across,
                                                   .acrosses = cuts};
    }
    if (ok)
        figure_lines(f, panel, panels, (const char *const *)title, logs, width, height);
    else
        figure_init(f, FIGURE_MIN_SIDE, FIGURE_MIN_SIDE);
    f->failed = f->failed || !ok;
    free(series);
    free(x);
    free(y);
    free(across);
}
