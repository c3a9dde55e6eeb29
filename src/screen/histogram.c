/*
 * Histograms: steps of a round width (histogram.h), and in character cells (plot.h), with bars to
 * an eighth of a cell.
 */
#include "config.h"

#include "screen/histogram.h"
#include "screen/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/ties.h"

enum { LABEL_GAP = 14, LEAST_ROWS = 5, LEAST_COLS = 16 };

/* A histogram on a canvas, whose bins are so many columns wide. */
struct histogram_plot {
    struct histogram bins;
    int cols;
};

long histogram_bin(const struct histogram *h, double v)
{
    return ties_floor((v - h->first) / h->step);
}

void histogram_free(struct histogram *h)
{
    free(h->count);
    *h = (struct histogram){.bins = 0};
}

/* The range of the values and MARK; false if none is a number. */
static bool histogram_range(const double *value, size_t n, double mark, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i <= n; i++) {
        double v = i < n ? value[i] : mark;
        if (!isfinite(v))
            continue;
        *low = fmin(*low, v);
        *high = fmax(*high, v);
    }
    return *low <= *high;
}

bool histogram_make(struct histogram *h, const double *value, size_t n, double mark, bool whole,
                    int steps)
{
    double low, high;
    *h = (struct histogram){.bins = 0};
    if (!histogram_range(value, n, mark, &low, &high))
        return false;
    h->step = ties_above(high, low) ? plot_step(high - low, steps - 2) : 1;
    if (whole && h->step < 1)
        h->step = 1;
    h->first = h->step * (double)ties_floor(low / h->step);
    h->bins = (int)histogram_bin(h, high) + 1;
    h->count = mem_zeros((size_t)h->bins, sizeof *h->count);
    if (!h->count)
        return false;
    for (size_t i = 0; i < n; i++) {
        long at = isfinite(value[i]) ? histogram_bin(h, value[i]) : -1;
        if (at >= 0 && at < h->bins && ++h->count[at] > h->most)
            h->most = h->count[at];
    }
    return true;
}

/* A bar of FRACTION of ROWS cells that stands on the row BOTTOM. */
static void histogram_bar(struct canvas *c, int bottom, int col, int rows, double fraction)
{
    int eighths = (int)ties_round(fraction * rows * 8);
    eighths = eighths < 1 ? 1 : eighths;
    for (int r = 0; r < rows && eighths > 0; r++, eighths -= 8) {
        int part = eighths < 8 ? eighths : 8;
        uint32_t ch = c->ascii ? (part >= 4 ? '#' : '.') : 0x2580 + (uint32_t)part;
        canvas_put(c, bottom - r, col, STYLE_BAR, ch);
    }
}

/* Round numbers under the axis, as many as there is room for. */
static void histogram_labels(const struct histogram_plot *p, struct canvas *c, int row,
                             struct rect a)
{
    const struct histogram *h = &p->bins;
    int most = h->bins * p->cols / LABEL_GAP;
    double span = h->bins * h->step, step = plot_step(span, most < 1 ? 1 : most);
    step = step < h->step ? h->step : step;
    double first = step * (double)-ties_floor(-h->first / step);
    for (int i = 0; first + i * step < h->first + span + h->step / 2; i++) {
        const struct number text = number_short(first + i * step, 4);
        int col = (int)ties_floor((first + i * step - h->first) / h->step * p->cols);
        int w = text_width(text.text);
        if (col + w > a.cols)
            break;
        canvas_glyph(c, row - 1, a.col + col, STYLE_FAINT, GLYPH_TEE_UP);
        canvas_text(c, row, a.col + col, w, STYLE_FAINT, text.text);
    }
}

/* A line from the top to the axis, with NAME beside its head. */
static void histogram_mark(const struct histogram_plot *p, struct canvas *c, struct rect a,
                           double mark, const char *name)
{
    int col = (int)histogram_bin(&p->bins, mark) * p->cols, w = text_width(name);
    bool left = col + 2 + w > a.cols;
    canvas_text(c, a.row, a.col + (left ? col - 1 - w : col + 2), w, STYLE_STRONG, name);
    for (int r = 0; r < a.rows - 2; r++)
        canvas_glyph(c, a.row + r, a.col + col, STYLE_STRONG, GLYPH_VLINE);
}

void plot_histogram(struct canvas *c, struct rect area, const double *value, size_t n, double mark,
                    const char *name, bool whole)
{
    struct histogram_plot p = {.cols = 1};
    const struct histogram *h = &p.bins;
    int rows = area.rows - 3, bottom = area.row + area.rows - 3;
    if (area.rows < LEAST_ROWS || area.cols < LEAST_COLS || c->plain ||
        !histogram_make(&p.bins, value, n, mark, whole, area.cols))
        return;
    p.cols = area.cols / h->bins > 0 ? area.cols / h->bins : 1;
    canvas_hline(c, bottom + 1, area.col, h->bins * p.cols, STYLE_FAINT);
    for (int b = 0; b < h->bins; b++)
        for (int k = 0; k < p.cols && h->count[b]; k++)
            histogram_bar(c, bottom, area.col + b * p.cols + k, rows,
                          (double)h->count[b] / (double)h->most);
    histogram_labels(&p, c, bottom + 2, area);
    if (isfinite(mark))
        histogram_mark(&p, c, area, mark, name);
    histogram_free(&p.bins);
}
