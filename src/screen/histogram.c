/*
 * Histograms in character cells (plot.h): steps of a round width, bars to an eighth of a cell.
 */
#include "config.h"

#include "screen/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/ties.h"

enum { LABEL_GAP = 14, LEAST_ROWS = 5, LEAST_COLS = 16 };

/* Steps of VALUE from `first` on; each is so many columns wide. */
struct histogram {
    double first, step;
    int bins, cols;
    size_t most;   /* values in the fullest bin */
    size_t *count; /* [bins] */
};

static long histogram_cell(const struct histogram *h, double v)
{
    return ties_floor((v - h->first) / h->step);
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

/* Round steps, as many as columns at most. */
static bool histogram_make(struct histogram *h, const double *value, size_t n, double mark,
                           bool whole, int width)
{
    double low, high;
    if (!histogram_range(value, n, mark, &low, &high))
        return false;
    h->step = ties_above(high, low) ? plot_step(high - low, width - 2) : 1;
    if (whole && h->step < 1)
        h->step = 1;
    h->first = h->step * (double)ties_floor(low / h->step);
    h->bins = (int)histogram_cell(h, high) + 1;
    h->cols = width / h->bins > 0 ? width / h->bins : 1;
    h->count = mem_zeros((size_t)h->bins, sizeof *h->count);
    if (!h->count)
        return false;
    for (size_t i = 0; i < n; i++) {
        long at = isfinite(value[i]) ? histogram_cell(h, value[i]) : -1;
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
static void histogram_labels(const struct histogram *h, struct canvas *c, int row, struct rect a)
{
    int most = h->bins * h->cols / LABEL_GAP;
    double span = h->bins * h->step, step = plot_step(span, most < 1 ? 1 : most);
    step = step < h->step ? h->step : step;
    double first = step * (double)-ties_floor(-h->first / step);
    for (int i = 0; first + i * step < h->first + span + h->step / 2; i++) {
        const struct number text = number_short(first + i * step, 4);
        int col = (int)ties_floor((first + i * step - h->first) / h->step * h->cols);
        int w = text_width(text.text);
        if (col + w > a.cols)
            break;
        canvas_glyph(c, row - 1, a.col + col, STYLE_FAINT, GLYPH_TEE_UP);
        canvas_text(c, row, a.col + col, w, STYLE_FAINT, text.text);
    }
}

/* A line from the top to the axis, with NAME beside its head. */
static void histogram_mark(const struct histogram *h, struct canvas *c, struct rect a, double mark,
                           const char *name)
{
    int col = (int)histogram_cell(h, mark) * h->cols, w = text_width(name);
    bool left = col + 2 + w > a.cols;
    canvas_text(c, a.row, a.col + (left ? col - 1 - w : col + 2), w, STYLE_STRONG, name);
    for (int r = 0; r < a.rows - 2; r++)
        canvas_glyph(c, a.row + r, a.col + col, STYLE_STRONG, GLYPH_VLINE);
}

void plot_histogram(struct canvas *c, struct rect area, const double *value, size_t n, double mark,
                    const char *name, bool whole)
{
    struct histogram h = {.bins = 0};
    int rows = area.rows - 3, bottom = area.row + area.rows - 3;
    if (area.rows < LEAST_ROWS || area.cols < LEAST_COLS || c->plain ||
        !histogram_make(&h, value, n, mark, whole, area.cols))
        return;
    canvas_hline(c, bottom + 1, area.col, h.bins * h.cols, STYLE_FAINT);
    for (int b = 0; b < h.bins; b++)
        for (int k = 0; k < h.cols && h.count[b]; k++)
            histogram_bar(c, bottom, area.col + b * h.cols + k, rows,
                          (double)h.count[b] / (double)h.most);
    histogram_labels(&h, c, bottom + 2, area);
    if (isfinite(mark))
        histogram_mark(&h, c, area, mark, name);
    free(h.count);
}
