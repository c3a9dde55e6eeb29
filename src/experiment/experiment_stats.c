/*
 * What an experiment has found: changes against the model as it is, with the interval of the
 * controls, and curves over their draws.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/relabelled.h"
#include "base/mem.h"
#include "base/ties.h"

double experiment_value(const struct experiment_cell *cell, enum experiment_quantity q)
{
    if (q == EXPERIMENT_LOSS)
        return cell->loss;
    return cell->trials && cell->errors != EXPERIMENT_NO_ERRORS
               ? (double)cell->errors / (double)cell->trials
               : NAN;
}

/* Step 0 decides: every step measures the same columns. */
bool experiment_measured(const struct experiment *x, uint32_t measure, enum experiment_quantity q)
{
    for (uint32_t k = 0; k < x->columns; k++)
        if (!isnan(experiment_value(&experiment_cells(x, 0, measure)[k], q)))
            return true;
    return false;
}

const char *experiment_loss_name(const struct experiment *x)
{
    return experiment_cells(x, 0, 0)->errors == EXPERIMENT_NO_ERRORS
               ? "mean squared error"
               : "mean negative log-likelihood";
}

/* Values of the draws from FIRST on that are done, into a list to be freed; NULL without memory. */
static double *row_draws(const struct experiment *x, uint32_t row, uint32_t point, uint32_t first,
                         uint32_t measure, uint32_t column, enum experiment_quantity q,
                         size_t *count)
{
    double *v = mem_array(x->steps, sizeof *v);
    *count = 0;
    for (uint32_t i = 0; v && i < x->steps; i++) {
        const struct experiment_step *s = &x->step[i];
        if (x->is_done[i] && s->row == row && s->point == point && s->draw >= first)
            v[(*count)++] = experiment_value(&experiment_cells(x, i, measure)[column], q);
    }
    return v;
}

/* The quantity that a step found; NAN while it is not done. */
static double done_value(const struct experiment *x, uint32_t step, uint32_t measure,
                         uint32_t column, enum experiment_quantity q)
{
    if (step == EXPERIMENT_NOTHING || !x->is_done[step])
        return NAN;
    return experiment_value(&experiment_cells(x, step, measure)[column], q);
}

struct experiment_change experiment_changed(const struct experiment *x, uint32_t row,
                                            uint32_t measure, uint32_t column,
                                            enum experiment_quantity q, double coverage)
{
    size_t n;
    double plain = done_value(x, 0, measure, column, q);
    /* Draw 0 is the row's own set, 1, 2, ... are its controls. */
    double *control = row_draws(x, row, 0, 1, measure, column, q, &n);
    uint32_t step = experiment_find(x, row, 0, 0);
    struct experiment_change c = {
        .change = ties_difference(done_value(x, step, measure, column, q), plain),
        .controls = {0, NAN, NAN, NAN},
        .p = NAN};
    /* Differences that are but rounding are 0, so that they count as ties in the p-value. */
    for (size_t i = 0; control && i < n; i++)
        control[i] = ties_difference(control[i], plain);
    if (control) {
        c.p = interval_p(control, n, c.change);
        c.controls = interval_of(control, n, coverage);
    }
    free(control);
    return c;
}

struct interval experiment_at(const struct experiment *x, uint32_t row, uint32_t point,
                              uint32_t measure, uint32_t column, enum experiment_quantity q,
                              double coverage)
{
    size_t n;
    struct interval v = {0, NAN, NAN, NAN};
    uint32_t first = x->kind == EXPERIMENT_CURVE && x->relabelled.strata &&
                     strcmp(x->row[row].name, experiment_relabelled_name) == 0;
    double *value = row_draws(x, row, point, first, measure, column, q, &n);
    if (value)
        v = interval_of(value, n, coverage);
    free(value);
    return v;
}

double experiment_left(const struct experiment *x, uint32_t row, uint32_t point)
{
    double sum = 0, n = 0;
    for (uint32_t i = 0; i < x->steps; i++)
        if (x->is_done[i] && x->step[i].row == row && x->step[i].point == point) {
            sum += (double)(x->all_neurons - x->neurons[i]);
            n++;
        }
    return n > 0 ? sum / n : NAN;
}
