#include "config.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "cli/commands/measure.h"

enum { CELL_WIDTH = 24 };

static double scale(enum experiment_quantity q)
{
    return q == EXPERIMENT_ERROR ? 100 : 1;
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
    struct interval v = experiment_at(x, row, point, measure, column, q, MEASURE_COVERAGE);
    char text[120];
    int d = q == EXPERIMENT_ERROR ? 2 : 3;
    const char *mark = over_budget(x, row, point) ? "!" : "";
    if (v.count == 0)
        snprintf(text, sizeof text, "-");
    else if (v.count == 1)
        snprintf(text, sizeof text, "%s%s", number_fixed(scale(q) * v.mean, d).text, mark);
    else
        snprintf(text, sizeof text, "%s (%s-%s)%s", number_fixed(scale(q) * v.mean, d).text,
                 number_fixed(scale(q) * v.low, d).text, number_fixed(scale(q) * v.high, d).text,
                 mark);
    fprintf(out, "%*s", CELL_WIDTH, text);
}

static void print_block(FILE *out, const struct experiment *x, uint32_t measure, uint32_t column,
                        enum experiment_quantity q)
{
    fprintf(out, "\n%s, ", x->measure[measure]);
    print_name(out, measure_column_name(x->column[column]), 0);
    fprintf(out, ": %s; nothing pruned: %s\n%6s %8s",
            q == EXPERIMENT_ERROR ? "error rate in %" : experiment_loss_name(x),
            number_fixed(scale(q) * experiment_value(&experiment_cells(x, 0, measure)[column], q),
                         q == EXPERIMENT_ERROR ? 2 : 3)
                .text,
            "keep", "neurons");
    for (uint32_t r = 0; r < x->rows; r++)
        fprintf(out, "%*s", CELL_WIDTH, x->row[r].name);
    fputc('\n', out);
    for (uint32_t p = 0; p < x->points; p++) {
        fprintf(out, "%5s%% %8s", number_short(100 * x->point[p], 6).text,
                number_fixed(x->point[p] * (double)x->all_neurons, 0).text);
        for (uint32_t r = 0; r < x->rows; r++)
            print_point(out, x, r, p, measure, column, q);
        fputc('\n', out);
    }
}

static void print_text(FILE *out, const struct experiment *x)
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
            number_short(100 * MEASURE_COVERAGE, 6).text);
    if (over)
        fputs("! what is protected is more than the share: more neurons are left\n", out);
}

static void print_number(FILE *out, double v)
{
    if (isnan(v))
        fputs("\tNA", out);
    else
        fprintf(out, "\t%s", number_short(v, 9).text);
}

static void print_tsv_point(FILE *out, const struct experiment *x, uint32_t row, uint32_t point,
                            uint32_t measure, uint32_t column, enum experiment_quantity q)
{
    struct interval v = experiment_at(x, row, point, measure, column, q, MEASURE_COVERAGE);
    const struct experiment_cell *plain = &experiment_cells(x, 0, measure)[column];
    fprintf(out, "%s\t%s\t", x->measure[measure], measure_quantity_name(q));
    print_name(out, x->column[column], 0);
    fprintf(out, "\t%s\t%s", x->row[row].name, number_short(x->point[point], 9).text);
    print_number(out, experiment_left(x, row, point));
    fprintf(out, "\t%llu", (unsigned long long)plain->trials);
    print_number(out, experiment_value(plain, q));
    fprintf(out, "\t%zu", v.count);
    print_number(out, v.mean);
    print_number(out, v.low);
    print_number(out, v.high);
    fputc('\n', out);
}

/* Calls for every point of everything that is measured. */
#define FOR_ALL(x)                                                \
    for (uint32_t m = 0; m < (x)->measures; m++)                  \
        for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS; q++) \
            for (uint32_t c = 0; c < (x)->columns; c++)           \
                for (uint32_t r = 0; r < (x)->rows; r++)          \
                    for (uint32_t p = 0; p < (x)->points; p++)

static void print_tsv(FILE *out, const struct experiment *x)
{
    fputs("measure\tquantity\tmeasured\tpruned_by\tkeep\tneurons\ttrials\tbefore\tdraws\tmean\t"
          "low\thigh\n",
          out);
    FOR_ALL(x)
    print_tsv_point(out, x, r, p, m, c, (enum experiment_quantity)q);
}

static json_t *point_json(const struct experiment *x, uint32_t row, uint32_t point,
                          uint32_t measure, uint32_t column, enum experiment_quantity q)
{
    struct interval i = experiment_at(x, row, point, measure, column, q, MEASURE_COVERAGE);
    const struct experiment_cell *plain = &experiment_cells(x, 0, measure)[column];
    json_t *v = json_object();
    json_object_set_new(v, "measure", analysis_text(x->measure[measure]));
    json_object_set_new(v, "quantity", json_string(measure_quantity_name(q)));
    json_object_set_new(v, "measured", analysis_text(x->column[column]));
    json_object_set_new(v, "pruned_by", json_string(x->row[row].name));
    json_object_set_new(v, "keep", analysis_real(x->point[point]));
    json_object_set_new(v, "neurons", analysis_real(experiment_left(x, row, point)));
    json_object_set_new(v, "trials", json_integer((json_int_t)plain->trials));
    json_object_set_new(v, "before", analysis_real(experiment_value(plain, q)));
    json_object_set_new(v, "draws", json_integer((json_int_t)i.count));
    json_object_set_new(v, "mean", analysis_real(i.mean));
    json_object_set_new(v, "low", analysis_real(i.low));
    json_object_set_new(v, "high", analysis_real(i.high));
    return v;
}

static enum status print_json(FILE *out, const struct experiment *x, struct err *err)
{
    json_t *root = json_object(), *points = json_array();
    FOR_ALL(x)
    json_array_append_new(points, point_json(x, r, p, m, c, (enum experiment_quantity)q));
    json_object_set_new(root, "kind", json_string("curve"));
    json_object_set_new(root, "title", analysis_text(x->title));
    json_object_set_new(root, "coverage", analysis_real(MEASURE_COVERAGE));
    json_object_set_new(root, "neurons", json_integer((json_int_t)x->all_neurons));
    json_object_set_new(root, "points", points);
    return analysis_dump(out, root, err);
}

enum status print_curve(FILE *out, enum cli_format format, const struct experiment *x,
                        struct err *err)
{
    if (format == CLI_JSON)
        return print_json(out, x, err);
    if (format == CLI_TSV)
        print_tsv(out, x);
    else
        print_text(out, x);
    return STATUS_OK;
}
