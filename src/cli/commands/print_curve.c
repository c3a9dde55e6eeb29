/*
 * A pruning curve as text for people.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "cli/commands/measure.h"
#include "experiment/relabelled.h"

enum { CELL_WIDTH = 24 };

static double print_curve_scale(enum experiment_quantity q)
{
    return q == EXPERIMENT_ERROR ? 100 : 1;
}

/* The row that has a p. */
static bool curve_is_relabelled(const struct experiment *x, uint32_t row)
{
    return x->relabelled.strata && strcmp(x->row[row].name, experiment_relabelled_name) == 0;
}

/* Neurons the share asks for, of each layer or of all; the protected ones may be more. */
static bool over_budget(const struct experiment *x, uint32_t row, uint32_t point)
{
    double wanted = x->point[point] * (double)x->all_neurons;
    return experiment_left(x, row, point) > wanted + x->layers;
}

/* "12.34", or over the draws "12.34 (11.90-12.80)"; "!" where more neurons are left than asked. */
static void print_point(FILE *out, const struct experiment *x, uint32_t row, uint32_t point,
                        uint32_t measure, uint32_t column, enum experiment_quantity q)
{
    struct interval v = experiment_at(x, row, point, measure, column, q, CONFIDENCE);
    char text[120];
    int d = q == EXPERIMENT_ERROR ? 2 : 3;
    const char *mark = over_budget(x, row, point) ? "!" : "";
    if (v.count == 0)
        snprintf(text, sizeof text, "-");
    else if (v.count == 1)
        snprintf(text, sizeof text, "%s%s", number_fixed(print_curve_scale(q) * v.mean, d).text,
                 mark);
    else
        snprintf(text, sizeof text, "%s (%s-%s)%s",
                 number_fixed(print_curve_scale(q) * v.mean, d).text,
                 number_fixed(print_curve_scale(q) * v.low, d).text,
                 number_fixed(print_curve_scale(q) * v.high, d).text, mark);
    fprintf(out, "%*s", CELL_WIDTH, text);
    struct experiment_change r =
        experiment_relabelled_point(x, row, point, measure, column, q, CONFIDENCE);
    if (curve_is_relabelled(x, row)) {
        print_real(out, print_curve_scale(q) * r.change, 10, d);
        print_real(out, r.p, 8, 4);
    }
}

/* One table of a curve: a row for each share kept, a column for each criterion. The head repeats
 * the value of the unpruned model, to which all are compared. */
static void print_block(FILE *out, const struct experiment *x, uint32_t measure, uint32_t column,
                        enum experiment_quantity q)
{
    fprintf(out, "\n%s, ", x->measure[measure]);
    print_name(out, measure_column_name(x->column[column]), 0);
    fprintf(out, ": %s; nothing pruned: %s\n%6s %8s",
            q == EXPERIMENT_ERROR ? "error rate in %" : experiment_loss_name(x),
            number_fixed(print_curve_scale(q) *
                             experiment_value(&experiment_cells(x, 0, measure)[column], q),
                         q == EXPERIMENT_ERROR ? 2 : 3)
                .text,
            "keep", "neurons");
    for (uint32_t r = 0; r < x->rows; r++)
        fprintf(out, "%*s%s", CELL_WIDTH, x->row[r].name,
                curve_is_relabelled(x, r) ? "  observed       p" : "");
    fputc('\n', out);
    for (uint32_t p = 0; p < x->points; p++) {
        fprintf(out, "%5s%% %8s", number_short(100 * x->point[p], 6).text,
                number_fixed(x->point[p] * (double)x->all_neurons, 0).text);
        for (uint32_t r = 0; r < x->rows; r++)
            print_point(out, x, r, p, measure, column, q);
        fputc('\n', out);
    }
}

/* All tables, of every measure, group and quantity that was measured, then what brackets and "!"
 * mean. */
void print_curve(FILE *out, const struct experiment *x)
{
    bool over = false;
    print_name(out, x->title, 0);
    fputc('\n', out);
    for (uint32_t m = 0; m < x->measures; m++)
        for (uint32_t c = 0; c < x->columns; c++) {
            for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS; q++)
                if (!isnan(experiment_value(&experiment_cells(x, 0, m)[c],
                                            (enum experiment_quantity)q)))
                    print_block(out, x, m, c, (enum experiment_quantity)q);
        }
    for (uint32_t r = 0; r < x->rows; r++)
        for (uint32_t p = 0; p < x->points; p++)
            over |= over_budget(x, r, p);
    fprintf(out, "\nin brackets: %s %% of the random draws\n",
            number_short(100 * CONFIDENCE, 6).text);
    if (x->relabelled.strata)
        fprintf(out,
                "relabelled: %u %slabelings of the speakers (strata: %s) name the neurons that are "
                "spared;\nobserved: the file's own labels do; p: share of labelings that keep as "
                "much\n",
                x->relabelled.draws, x->relabelled.enumerated ? "" : "random ",
                x->relabelled.strata);
    if (over)
        fputs("! the protected set exceeds the share: more neurons are kept\n", out);
}
