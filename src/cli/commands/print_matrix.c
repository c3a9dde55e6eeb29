/*
 * A damage matrix as text for people: a row for each erased set, with the intervals of its control
 * sets below.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/ties.h"
#include "cli/commands/measure.h"
#include "experiment/relabelled.h"

/* With more columns than WIDE_COLUMNS the controls' intervals are left to the tables. */
enum { NAME_WIDTH = 18, CELL_WIDTH = 16, NARROW_WIDTH = 9, WIDE_COLUMNS = 6 };

static int cell_width(const struct experiment *x)
{
    return x->columns > WIDE_COLUMNS ? NARROW_WIDTH : CELL_WIDTH;
}

static uint64_t row_neurons(const struct experiment *x, uint32_t row)
{
    uint64_t n = 0;
    for (uint32_t l = 0; l < x->layers; l++)
        n += x->row[row].size[l];
    return n;
}

/* Errors in percent, their changes in points; likelihoods as they are. */
static double print_matrix_scale(enum experiment_quantity q)
{
    return q == EXPERIMENT_ERROR ? 100 : 1;
}

static int print_matrix_digits(enum experiment_quantity q)
{
    return q == EXPERIMENT_ERROR ? 2 : 3;
}

static void print_padded(FILE *out, const char *text, int width)
{
    fprintf(out, "%*s", width > (int)strlen(text) ? width - (int)strlen(text) : 1, "");
    fputs(text, out);
}

/* "+2.01 *": more than in the interval of the controls; '-' below it. */
static void print_change(FILE *out, const struct experiment_change *c, enum experiment_quantity q,
                         int width)
{
    char text[64];
    const char *mark = ties_above(c->change, c->controls.high)  ? "*"
                       : ties_above(c->controls.low, c->change) ? "-"
                                                                : " ";
    if (isnan(c->change))
        snprintf(text, sizeof text, "-  ");
    else
        snprintf(text, sizeof text, "%s %s",
                 number_signed(print_matrix_scale(q) * c->change, print_matrix_digits(q)).text,
                 mark);
    print_padded(out, text, width);
}

/* "-0.10 +0.12": the range of the controls' changes, "-" without controls. */
static void print_interval(FILE *out, const struct interval *v, enum experiment_quantity q)
{
    char text[72];
    if (v->count == 0)
        snprintf(text, sizeof text, "-  ");
    else
        snprintf(text, sizeof text, "%s %s  ",
                 number_signed(print_matrix_scale(q) * v->low, print_matrix_digits(q)).text,
                 number_signed(print_matrix_scale(q) * v->high, print_matrix_digits(q)).text);
    print_padded(out, text, CELL_WIDTH);
}

/* The changes by one erased set in every column, and below them the intervals of its controls;
 * these need CELL_WIDTH, so wide matrices print none. */
static void print_row(FILE *out, const struct experiment *x, uint32_t row, uint32_t measure,
                      enum experiment_quantity q)
{
    struct experiment_change c;
    size_t controls = 0;
    print_name(out, x->row[row].name, NAME_WIDTH);
    fprintf(out, " %7llu", (unsigned long long)row_neurons(x, row));
    for (uint32_t k = 0; k < x->columns; k++) {
        c = experiment_changed(x, row, measure, k, q, CONFIDENCE);
        controls = c.controls.count > controls ? c.controls.count : controls;
        print_change(out, &c, q, cell_width(x));
    }
    fputc('\n', out);
    if (controls == 0 || x->columns > WIDE_COLUMNS)
        return;
    fprintf(out, "  %-*s %7s", NAME_WIDTH - 2, "controls", "");
    for (uint32_t k = 0; k < x->columns; k++) {
        c = experiment_changed(x, row, measure, k, q, CONFIDENCE);
        print_interval(out, &c.controls, q);
    }
    fputc('\n', out);
}

/* The column of the group that ROW erases; 0 where it is not measured. */
static uint32_t own_column(const struct experiment *x, uint32_t row, uint32_t measure)
{
    for (uint32_t k = 1; k < x->columns; k++)
        if (strcmp(measure_column_name(x->column[k]), x->row[row].name) == 0 &&
            experiment_cells(x, 0, measure)[k].trials > 0)
            return k;
    return 0;
}

/* What erasing a group does to itself and to the other groups of its factor. */
static void print_own_row(FILE *out, const struct experiment *x, uint32_t row, uint32_t own,
                          uint32_t measure, enum experiment_quantity q)
{
    size_t factor = strcspn(x->column[own], "=");
    double sum = 0, n = 0;
    struct ties worst = TIES_NONE;
    struct experiment_change c = experiment_changed(x, row, measure, own, q, CONFIDENCE);
    print_name(out, x->row[row].name, NAME_WIDTH);
    fputs("        ", out);
    print_change(out, &c, q, CELL_WIDTH);
    print_interval(out, &c.controls, q);
    for (uint32_t k = 1; k < x->columns; k++) {
        double v = experiment_changed(x, row, measure, k, q, CONFIDENCE).change;
        if (k == own || isnan(v) || strncmp(x->column[k], x->column[own], factor + 1) != 0)
            continue;
        sum += v;
        n++;
        ties_offer(&worst, k, v);
    }
    if (n > 0)
        fprintf(out, "%*s%*s  ", CELL_WIDTH - 2,
                number_signed(print_matrix_scale(q) * sum / n, print_matrix_digits(q)).text,
                CELL_WIDTH - 2,
                number_signed(print_matrix_scale(q) * worst.value, print_matrix_digits(q)).text);
    print_name(out, n > 0 ? measure_column_name(x->column[worst.best]) : "", 0);
    fputc('\n', out);
}

/* For each set that is named like a measured group: the change in that group and in the others of
 * its factor, the selectivity of the set. */
static void print_own(FILE *out, const struct experiment *x, uint32_t measure,
                      enum experiment_quantity q)
{
    bool headed = false;
    for (uint32_t r = 0; r < x->rows; r++) {
        uint32_t own = own_column(x, r, measure);
        if (own == 0)
            continue;
        if (!headed)
            fprintf(out, "%-*s        %*s  %*s  %*s%*s\n", NAME_WIDTH, "its own group",
                    CELL_WIDTH - 2, "change", CELL_WIDTH - 2, "controls", CELL_WIDTH - 2, "others",
                    CELL_WIDTH - 2, "most hurt");
        headed = true;
        print_own_row(out, x, r, own, measure, q);
    }
}

/* The damage to the own group minus that to the other speakers, among exchanged labelings. */
static void print_relabelled(FILE *out, const struct experiment *x, uint32_t measure,
                             enum experiment_quantity q)
{
    struct experiment_change c = experiment_relabelled(x, measure, q, CONFIDENCE);
    fprintf(out, "%-*s %7s  %*s  %*s  %*s\n", NAME_WIDTH, "own minus others", "neurons",
            CELL_WIDTH - 4, "change", CELL_WIDTH - 2, "labelings", CELL_WIDTH - 2, "p");
    fprintf(out, "%-*s %7llu", NAME_WIDTH, experiment_relabelled_name,
            (unsigned long long)experiment_relabelled_neurons(x));
    print_change(out, &c, q, CELL_WIDTH);
    print_interval(out, &c.controls, q);
    print_padded(out, isnan(c.p) ? "-" : number_short(c.p, 3).text, CELL_WIDTH - 2);
    fputc('\n', out);
}

/* One matrix: the unmodified model and the trials of each column first, then a row of changes for
 * each erased set, and at the end the effect on the set's own group. */
static void print_block(FILE *out, const struct experiment *x, uint32_t measure,
                        enum experiment_quantity q)
{
    char value[40];
    fprintf(out, "\n%s: %s, then its change%s\n%-*s %7s", x->measure[measure],
            q == EXPERIMENT_ERROR ? "error rate in %" : experiment_loss_name(x),
            q == EXPERIMENT_ERROR ? " in points" : "", NAME_WIDTH, "erased", "neurons");
    for (uint32_t k = 0; k < x->columns; k++) {
        int width = cell_width(x) - 2 - name_width(measure_column_name(x->column[k]));
        fprintf(out, "%*s", width > 0 ? width : 1, "");
        print_name(out, measure_column_name(x->column[k]), 0);
        fputs("  ", out);
    }
    fprintf(out, "\n%-*s %7d", NAME_WIDTH, "nothing", 0);
    for (uint32_t k = 0; k < x->columns; k++) {
        double v = experiment_value(&experiment_cells(x, 0, measure)[k], q);
        snprintf(value, sizeof value, "%s  ",
                 isnan(v) ? "-"
                          : number_fixed(print_matrix_scale(q) * v, print_matrix_digits(q)).text);
        print_padded(out, value, cell_width(x));
    }
    fputc('\n', out);
    fprintf(out, "  %-*s %7s", NAME_WIDTH - 2, "trials", "");
    for (uint32_t k = 0; k < x->columns; k++) {
        snprintf(value, sizeof value, "%llu  ",
                 (unsigned long long)experiment_cells(x, 0, measure)[k].trials);
        print_padded(out, value, cell_width(x));
    }
    fputc('\n', out);
    for (uint32_t r = 0; r < x->rows; r++)
        print_row(out, x, r, measure, q);
    print_own(out, x, measure, q);
    if (x->relabelled.units)
        print_relabelled(out, x, measure, q);
}

/* How far the controls are from what they stand for. */
static void print_matching(FILE *out, const struct experiment *x)
{
    fprintf(
        out,
        "\ncontrols: random, outside the neurons erased, as many in each layer and matched "
        "in activation rate\nand column norm; below: %s %% of them.  * more than that, - less.  "
        "How well they match:\n",
        number_short(100 * CONFIDENCE, 6).text);
    fprintf(out, "%-*s %7s %11s %11s %11s %11s %9s\n", NAME_WIDTH, "erased", "neurons", "rate",
            "controls", "norm", "controls", "unmatched");
    for (uint32_t r = 0; r < x->rows; r++) {
        const struct controls_match *m = x->row[r].match ? &x->row[r].match[x->layers] : NULL;
        if (!m || m->neurons == 0)
            continue;
        print_name(out, x->row[r].name, NAME_WIDTH);
        fprintf(out, " %7u %11s %11s %11s %11s %9s\n", m->neurons,
                number_fixed(m->set_rate, 4).text, number_fixed(m->control_rate, 4).text,
                number_fixed(m->set_norm, 4).text, number_fixed(m->control_norm, 4).text,
                number_fixed(m->poor, 1).text);
    }
}

/* What the row of relabelled controls is. */
static void print_labelings(FILE *out, const struct experiment *x)
{
    const struct experiment_relabelled *r = &x->relabelled;
    bool strata = strcmp(r->strata, "none") != 0;
    fprintf(out, "\nrelabelled: %s%u exchanges of the labels of %u speakers%s",
            r->enumerated ? "all " : "", r->draws, r->units, strata ? " within " : "");
    if (strata)
        print_name(out, r->strata, 0);
    fputs(", each with the neurons chosen by them\n(as many in each layer); damage to their own "
          "group minus that to the others, mean over the groups\n",
          out);
}

/* All matrices of the experiment, then how well the control sets match, if there are any. */
void print_matrix(FILE *out, const struct experiment *x)
{
    bool matched = false;
    print_name(out, x->title, 0);
    fputc('\n', out);
    for (uint32_t m = 0; m < x->measures; m++)
        for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS; q++)
            if (experiment_measured(x, m, (enum experiment_quantity)q))
                print_block(out, x, m, (enum experiment_quantity)q);
    for (uint32_t r = 0; r < x->rows; r++)
        matched |= x->row[r].match != NULL;
    if (matched)
        print_matching(out, x);
    if (x->relabelled.units)
        print_labelings(out, x);
}
