/*
 * What an experiment found: the damage matrix (each set erased, measured in every group, next to
 * random sets of the same size that are matched in activation rate and column norm), and the
 * pruning curve (each way of choosing neurons, at every share kept).
 */
#include "config.h"

#include <math.h>

#include "experiment/relabelled.h"
#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column matrix_columns[] = {
    {"measure", TABLE_TEXT, NULL, "what is measured: speaker, phone, frame, ...", 0, 0},
    {"quantity", TABLE_TEXT, NULL,
     "what is compared: error (errors per trial) or loss (nats; f0: mse)", 0, 0},
    {"erased", TABLE_TEXT, NULL, "the erased set; relabelled: those of exchanged labels", 0, 0},
    {"neurons", TABLE_INTEGER, "neurons", "its neurons in all layers", 0, 0},
    {"measured", TABLE_TEXT, NULL, "trials: all, or those of FACTOR=LEVEL", 0, 0},
    {"trials", TABLE_INTEGER, "trials", "number of these trials", 0, 0},
    {"before", TABLE_REAL, NULL, "the quantity with nothing erased", 0, 4},
    {"change", TABLE_REAL, NULL,
     "increase when the set is erased; relabelled: that of a group whose neurons are erased minus "
     "that of the other speakers, mean over the groups",
     0, 4},
    {"controls", TABLE_INTEGER, NULL, "random control sets; relabelled: labelings", 0, 0},
    {"control_mean", TABLE_REAL, NULL, "mean change for the control sets", 0, 4},
    {"control_low", TABLE_REAL, NULL, "2.5th percentile of their changes", 0, 4},
    {"control_high", TABLE_REAL, NULL, "97.5th percentile of their changes", 0, 4},
    {"p", TABLE_REAL, "probability",
     "share of the control sets (labelings), including the set itself, with at least this change",
     0, 4},
};

static const struct table_column curve_columns[] = {
    {"measure", TABLE_TEXT, NULL, "what is measured: speaker, phone, frame, ...", 0, 0},
    {"quantity", TABLE_TEXT, NULL,
     "what is compared: error (errors per trial) or loss (nats; f0: mse)", 0, 0},
    {"measured", TABLE_TEXT, NULL, "trials: all, or those of FACTOR=LEVEL", 0, 0},
    {"pruned_by", TABLE_TEXT, NULL, "how the neurons to prune are chosen", 0, 0},
    {"keep", TABLE_REAL, NULL, "share of the neurons to keep", 0, 3},
    {"neurons", TABLE_REAL, "neurons", "neurons kept, mean over the draws", 0, 1},
    {"trials", TABLE_INTEGER, "trials", "number of trials", 0, 0},
    {"before", TABLE_REAL, NULL, "the quantity with nothing pruned", 0, 4},
    {"draws", TABLE_INTEGER, NULL, "random selections of the neurons", 0, 0},
    {"mean", TABLE_REAL, NULL, "the quantity, mean over the draws", 0, 4},
    {"low", TABLE_REAL, NULL, "2.5th percentile over the draws", 0, 4},
    {"high", TABLE_REAL, NULL, "97.5th percentile over the draws", 0, 4},
    {"observed", TABLE_REAL, NULL,
     "of relabelled: the quantity with the neurons of the observed labels spared, chosen like "
     "those "
     "of the others",
     0, 4},
    {"p", TABLE_REAL, NULL,
     "of relabelled: share of the labelings that keep the quantity as low as observed", 0, 4},
};

static const struct table_column erased_columns[] = {
    {"erased", TABLE_TEXT, NULL, "the erased set", 0, 0},
    {"layer", TABLE_INTEGER, NULL, "the layer, from 1; missing: all layers", 0, 0},
    {"neurons", TABLE_INTEGER, "neurons", "its neurons there", 0, 0},
    {"unmatched", TABLE_REAL, "neurons",
     "of them, without a control within half a standard deviation", 0, 1},
    {"set_rate", TABLE_REAL, NULL, "mean activation rate of the set", 0, 4},
    {"control_rate", TABLE_REAL, NULL, "mean activation rate of its controls", 0, 4},
    {"set_norm", TABLE_REAL, NULL, "mean column norm of the set in W_FC2", 0, 4},
    {"control_norm", TABLE_REAL, NULL, "mean column norm of its controls", 0, 4},
};

static const struct table_column summary_columns[] = {
    {"kind", TABLE_TEXT, NULL, "kind of experiment: matrix or curve", 0, 0},
    {"title", TABLE_TEXT, NULL, "model, sets and task in one line", 0, 0},
    {"coverage", TABLE_REAL, NULL, "share of the draws between low and high", 0, 3},
    {"neurons", TABLE_INTEGER, "neurons", "neurons of the model", 0, 0},
};

const struct table_form form_matrix = TABLE_FORM(
    "matrix", "cells", "The damage matrix: erase with --matrix, Experiments in the explorer.",
    matrix_columns);
const struct table_form form_curve =
    TABLE_FORM("curve", "points",
               "Pruning curves: prune with --curve, Experiments in the explorer.", curve_columns);
const struct table_form form_erased =
    TABLE_FORM("erased", "rows",
               "The sets of a damage matrix and the match of their random "
               "controls: erase with --matrix.",
               erased_columns);
const struct table_form form_experiment_summary = TABLE_FORM(
    "experiment-summary", NULL,
    "An experiment as a whole: erase with --matrix, prune with --curve.", summary_columns);

static const char *quantity_name(enum experiment_quantity q)
{
    return q == EXPERIMENT_ERROR ? "error" : "loss";
}

/* Neurons of the row's set in all layers together. */
static uint64_t row_neurons(const struct experiment *x, uint32_t row)
{
    uint64_t n = 0;
    for (uint32_t l = 0; l < x->layers; l++)
        n += x->row[row].size[l];
    return n;
}

/* The last columns of the matrix. */
static void add_change(struct table *t, const struct experiment_change *c)
{
    table_real(t, c->change);
    table_count(t, (int64_t)c->controls.count);
    table_real(t, c->controls.mean);
    table_real(t, c->controls.low);
    table_real(t, c->controls.high);
    table_real(t, c->p);
}

/* One row for a set, a measure, a quantity and a column: the unmodified value, the change by the
 * set, the interval and mean of its controls, and p. */
static void add_cell(struct table *t, const struct experiment *x, uint32_t row, uint32_t measure,
                     uint32_t column, enum experiment_quantity q, double coverage)
{
    const struct experiment_cell *plain = &experiment_cells(x, 0, measure)[column];
    struct experiment_change c = experiment_changed(x, row, measure, column, q, coverage);
    table_words(t, x->measure[measure]);
    table_words(t, quantity_name(q));
    table_words(t, report_level(x->row[row].name));
    table_count(t, (int64_t)row_neurons(x, row));
    table_words(t, x->column[column]);
    table_count(t, (int64_t)plain->trials);
    table_real(t, experiment_value(plain, q));
    add_change(t, &c);
}

/* The relabelled controls: every labeling's damage to its own groups against that to the rest. */
static void add_relabelled(struct table *t, const struct experiment *x, uint32_t measure,
                           enum experiment_quantity q, double coverage)
{
    const struct experiment_cell before = experiment_relabelled_before(x, measure);
    struct experiment_change c = experiment_relabelled(x, measure, q, coverage);
    table_words(t, x->measure[measure]);
    table_words(t, quantity_name(q));
    table_words(t, experiment_relabelled_name);
    table_count(t, (int64_t)experiment_relabelled_neurons(x));
    table_words(t, x->column[0]);
    table_count(t, (int64_t)before.trials);
    table_real(t, experiment_value(&before, q));
    add_change(t, &c);
}

enum status report_matrix(struct table *t, const struct experiment *x, double coverage,
                          struct err *err)
{
    table_extend(t, &form_matrix, 0);
    for (uint32_t m = 0; m < x->measures; m++)
        for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS; q++) {
            for (uint32_t r = 0; r < x->rows; r++)
                for (uint32_t c = 0; c < x->columns; c++)
                    add_cell(t, x, r, m, c, (enum experiment_quantity)q, coverage);
            if (x->relabelled.units)
                add_relabelled(t, x, m, (enum experiment_quantity)q, coverage);
        }
    return table_ok(t, NULL, err);
}

/* One row for a share kept: the mean and interval over the random draws, a single value where
 * nothing was drawn. The neurons left may exceed the share because of protection. */
static void add_point(struct table *t, const struct experiment *x, uint32_t row, uint32_t point,
                      uint32_t measure, uint32_t column, enum experiment_quantity q,
                      double coverage)
{
    const struct experiment_cell *plain = &experiment_cells(x, 0, measure)[column];
    struct interval v = experiment_at(x, row, point, measure, column, q, coverage);
    table_words(t, x->measure[measure]);
    table_words(t, quantity_name(q));
    table_words(t, x->column[column]);
    table_words(t, x->row[row].name);
    table_real(t, x->point[point]);
    table_real(t, experiment_left(x, row, point));
    table_count(t, (int64_t)plain->trials);
    table_real(t, experiment_value(plain, q));
    table_count(t, (int64_t)v.count);
    table_real(t, v.mean);
    table_real(t, v.low);
    table_real(t, v.high);
    struct experiment_change r =
        experiment_relabelled_point(x, row, point, measure, column, q, coverage);
    table_real(t, r.change);
    table_real(t, r.p);
}

enum status report_curve(struct table *t, const struct experiment *x, double coverage,
                         struct err *err)
{
    table_extend(t, &form_curve, 0);
    for (uint32_t m = 0; m < x->measures; m++)
        for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS; q++)
            for (uint32_t c = 0; c < x->columns; c++)
                for (uint32_t r = 0; r < x->rows; r++)
                    for (uint32_t p = 0; p < x->points; p++)
                        add_point(t, x, r, p, m, c, (enum experiment_quantity)q, coverage);
    return table_ok(t, NULL, err);
}

/* Row ROW in LAYER, or with the number of layers in all of them. */
static void add_erased(struct table *t, const struct experiment *x, uint32_t row, uint32_t layer)
{
    const struct experiment_row *r = &x->row[row];
    const struct controls_match *m = r->match ? &r->match[layer] : NULL;
    table_words(t, report_level(r->name));
    table_count(t, layer < x->layers ? (int64_t)layer + 1 : -1);
    table_count(t, layer < x->layers ? (int64_t)r->size[layer] : (int64_t)row_neurons(x, row));
    table_real(t, m ? m->poor : NAN);
    table_real(t, m ? m->set_rate : NAN);
    table_real(t, m ? m->control_rate : NAN);
    table_real(t, m ? m->set_norm : NAN);
    table_real(t, m ? m->control_norm : NAN);
}

/* One row for each layer of each set, then one for all layers. */
enum status report_erased(struct table *t, const struct experiment *x, struct err *err)
{
    table_extend(t, &form_erased, 0);
    for (uint32_t r = 0; r < x->rows; r++)
        for (uint32_t l = 0; l <= x->layers; l++)
            add_erased(t, x, r, l);
    return table_ok(t, NULL, err);
}

enum status report_experiment_summary(struct table *t, const struct experiment *x, double coverage,
                                      struct err *err)
{
    table_extend(t, &form_experiment_summary, 0);
    table_words(t, experiment_kind_name(x->kind));
    table_words(t, x->title);
    table_real(t, coverage);
    table_count(t, (int64_t)x->all_neurons);
    return table_ok(t, NULL, err);
}
