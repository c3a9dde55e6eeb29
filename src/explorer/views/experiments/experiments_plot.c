/*
 * The results of an experiment as curves.
 */
#include "config.h"

#include "explorer/views/experiments/experiments_state.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"

/* The span of all changes and intervals, 0 within. */
static void experiments_plot_span(const struct beside *b, double *low, double *high)
{
    *low = *high = 0;
    for (size_t i = 0; i < b->count; i++)
        for (uint32_t r = 0; r < b->x[i]->rows; r++)
            for (uint32_t k = 0; k < b->x[i]->columns; k++) {
                struct experiment_change v =
                    experiment_changed(b->x[i], r, 0, k, EXPERIMENT_ERROR, CONFIDENCE);
                *low = fmin(*low, fmin(v.change, v.controls.low));
                *high = fmax(*high, fmax(v.change, v.controls.high));
            }
}

/* One change on the axis: the interval of the controls [---], 0 |, the change as MARK. */
static void draw_point(struct canvas *c, int row, int col, int width, double low, double high,
                       const struct experiment_change *v, char mark)
{
    double unit = high > low ? (width - 1) / (high - low) : 0;
#define AT(value) (col + (int)lround(((value)-low) * unit))
    canvas_put(c, row, AT(0), STYLE_FAINT, '|');
    if (v->controls.count) {
        int from = AT(v->controls.low), to = AT(v->controls.high);
        for (int i = from; i <= to; i++)
            canvas_put(c, row, i, STYLE_FAINT, i == from ? '[' : i == to ? ']' : '-');
    }
    if (!isnan(v->change))
        canvas_put(c, row, AT(v->change), STYLE_ALERT, (uint32_t)mark);
#undef AT
}

/* Experiment I's change of the row and column L; nothing where it has none. */
static void draw_change_line(const struct beside *b, struct canvas *c, int row, double low,
                             double high, size_t i, const struct beside_line *l)
{
    const struct experiment *x = b->x[i];
    int axis = 34, width = c->cols - axis - 10;
    uint32_t r = beside_row(x, l->row), k = beside_column(x, l->column);
    if (r == EXPERIMENT_NOTHING || k == EXPERIMENT_NOTHING)
        return;
    struct experiment_change v = experiment_changed(x, r, 0, k, EXPERIMENT_ERROR, CONFIDENCE);
    if (width > 4)
        draw_point(c, row, axis, width, low, high, &v, b->letter[i]);
    if (!isnan(v.change))
        canvas_right(c, row, c->cols - 9, 9, STYLE_NORMAL, number_signed(100 * v.change, 2).text);
}

/* A line for every set erased and group measured, and each experiment. */
static void draw_changes(const struct beside *b, struct canvas *c, struct rect a)
{
    double low, high;
    struct beside_line l;
    int row = a.row;
    experiments_plot_span(b, &low, &high);
    canvas_textf(c, row++, 0, c->cols, STYLE_STRONG,
                 "%s: change of the error in points (%s), 95 %% of the controls [--], 0 |",
                 b->x[0]->measure[0], b->count > 1 ? "letter" : "*");
    for (size_t n = 0; row < a.row + a.rows && beside_line(b, n, &l); n++)
        for (size_t i = 0; i < b->count && row < a.row + a.rows; i++, row++) {
            if (i == 0)
                canvas_textf(c, row, 0, 33, STYLE_NORMAL, "%.30s erased: %.30s", l.row,
                             experiments_column(l.column));
            draw_change_line(b, c, row, low, high, i, &l);
        }
}

/* Most curves in a plot, most points of a curve. */
enum { CURVES = 16, POINTS = 100 };

/*
 * The curves of a pruning plot: errors in percent, NAN where an experiment has not measured the
 * point.
 */
struct curves {
    struct plot_series series[CURVES];
    double value[CURVES][POINTS], high;
    size_t count;
};

/* Adds experiment I's curve NAME, and its legend; columns used. */
static int add_curve(struct curves *s, const struct beside *b, size_t i, const char *name,
                     const double *point, size_t points, struct canvas *c, int row, int col)
{
    const struct experiment *x = b->x[i];
    uint32_t r = beside_row(x, name);
    if (r == EXPERIMENT_NOTHING || s->count == CURVES)
        return 0;
    double *value = s->value[s->count];
    for (size_t p = 0; p < points; p++) {
        uint32_t at = beside_point(x, point[p]);
        value[p] = at == EXPERIMENT_NOTHING
                       ? NAN
                       : 100 * experiment_at(x, r, at, 0, 0, EXPERIMENT_ERROR, CONFIDENCE).mean;
        s->high = fmax(s->high, value[p]);
    }
    char letter = (char)('a' + s->count);
    enum style style = palette_group((unsigned)s->count);
    s->series[s->count++] = (struct plot_series){value, letter, style};
    if (b->count > 1)
        return canvas_textf(c, row, col, c->cols - col, style, "%c %s %c  ", letter, name,
                            b->letter[i]);
    return canvas_textf(c, row, col, c->cols - col, style, "%c %s  ", letter, name);
}

/*
 * Error by share kept, a curve for each name and experiment; the legend takes up to two rows when
 * several experiments are compared. Points are numbered on the axis, evenly spaced, since shares
 * (1% to 100%) would crowd at one end; the line above says which share each number is.
 */
static void draw_curves(const struct beside *b, struct canvas *c, struct rect a)
{
    struct curves *s = mem_zeros(1, sizeof *s);
    double point[POINTS];
    size_t points = beside_points(b, point, POINTS);
    int row = a.row, col = 0;
    const char *name;
    for (size_t n = 0; s && (name = beside_row_name(b, n)); n++)
        for (size_t i = 0; i < b->count; i++) {
            int used = add_curve(s, b, i, name, point, points, c, row, col);
            col += used;
            if (b->count > 1 && i + 1 == b->count && col > c->cols * 3 / 4 && row == a.row) {
                row++;
                col = 0;
            }
        }
    row += row == a.row || col > 0;
    col = canvas_text(c, row, 0, c->cols, STYLE_FAINT, "error in %; neurons kept:");
    for (size_t p = 0; p < points; p++)
        col += canvas_textf(c, row, col, c->cols - col, STYLE_FAINT, "%s %zu: %s%%", p ? "," : "",
                            p + 1, number_short(100 * point[p], 4).text);
    row++;
    int rows = a.row + a.rows - row;
    if (s && points && rows > 4)
        plot_curves(c, (struct rect){row, 0, rows, a.cols}, s->series, s->count, points, 0,
                    s->high > 0 ? s->high : 1, points, c->ascii ? PLOT_LETTERS : PLOT_BRAILLE);
    canvas_text(c, a.row + a.rows - 1, 0, 5, STYLE_NORMAL, "point");
    free(s);
}

void experiments_plot(const struct beside *b, struct canvas *c, struct rect area)
{
    (b->x[0]->kind == EXPERIMENT_MATRIX ? draw_changes : draw_curves)(b, c, area);
}
