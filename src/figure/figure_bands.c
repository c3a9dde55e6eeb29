/*
 * Bands in figures 4 and 7: what the same rule finds when labels are exchanged, beside the curve of
 * what it finds in the file.
 */
#include "config.h"

#include "figure/figure_bands.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/ties.h"

/* In points: a key of the legend with a line, one with a mark, and what stands between entries. */
enum { KEY_LINE = 18, KEY_MARK = 8, KEY_GAP = 10, ROW = 11 };

/* Half the width of the band of a layer that has no neighbour, in layers. */
#define BAND_ALONE 0.2

const struct summary *curves_null(const struct score_property *q, uint32_t l, enum curves_of what)
{
    return what == CURVES_NEURONS ? &q->layer[l].null_neurons : &q->layer[l].null_silhouette;
}

bool bands_elsewhere(double v, const struct summary *n)
{
    return isfinite(v) && isfinite(n->observed) && ties_difference(v, n->observed) != 0;
}

enum bands_edge { BANDS_HIGH, BANDS_LOW, BANDS_MEAN };

/* Adds an edge over the layers FIRST .. END - 1 to the N points at POINT, the lower one from right
 * to left, so that it closes an area with the upper one.  A layer alone gets some width. */
static size_t bands_add_edge(double *point, size_t n, const struct figure_axes *a,
                             const struct score_property *q, enum curves_of what, uint32_t first,
                             uint32_t end, enum bands_edge edge)
{
    bool left = edge == BANDS_LOW, alone = end - first == 1;
    for (uint32_t k = first; k < end; k++) {
        uint32_t l = left ? first + end - 1 - k : k;
        const struct summary *s = curves_null(q, l, what);
        double y = edge == BANDS_HIGH ? s->high : left ? s->low : s->mean;
        for (int i = 0; i <= alone; i++) {
            double aside = alone ? (i == left ? -BAND_ALONE : BAND_ALONE) : 0;
            point[2 * n] = figure_x(a, l + 1 + aside);
            point[2 * n++ + 1] = figure_y(a, y);
        }
    }
    return n;
}

/* The band over the layers FIRST .. END - 1, or where there is none their mean alone. */
static void bands_draw_run(struct figure *f, const struct figure_axes *a,
                           const struct score_property *q, enum curves_of what, uint32_t first,
                           uint32_t end, enum figure_ink ink, double *point)
{
    if (isfinite(curves_null(q, first, what)->low)) {
        size_t n = bands_add_edge(point, 0, a, q, what, first, end, BANDS_HIGH);
        n = bands_add_edge(point, n, a, q, what, first, end, BANDS_LOW);
        figure_area(f, ink, point, n);
    }
    figure_path(f, INK_GREY, 0.8, DASH_LONG, point,
                bands_add_edge(point, 0, a, q, what, first, end, BANDS_MEAN));
}

/* The range of the draws at X, with short bars at its ends. */
static void bands_whisker(struct figure *f, double x, double y0, double y1)
{
    figure_line(f, INK_BLACK, 0.8, DASH_NONE, x, y0, x, y1);
    figure_line(f, INK_BLACK, 0.8, DASH_NONE, x - 2.5, y0, x + 2.5, y0);
    figure_line(f, INK_BLACK, 0.8, DASH_NONE, x - 2.5, y1, x + 2.5, y1);
}

void bands_draw(struct figure *f, const struct figure_axes *a, const struct scores *s,
                const struct score_property *q, enum curves_of what, enum figure_ink ink)
{
    double *point = mem_array(4 * ((size_t)s->layers + 1), sizeof *point); /* both edges */
    uint32_t first = 0;
    if (!point) {
        f->failed = true;
        return;
    }
    for (uint32_t l = 0; l <= s->layers; l++) {
        if (l < s->layers && isfinite(curves_null(q, l, what)->mean))
            continue;
        if (l > first)
            bands_draw_run(f, a, q, what, first, l, ink, point);
        first = l + 1;
    }
    free(point);
    for (uint32_t l = 0; l < s->layers; l++) {
        const struct summary *n = curves_null(q, l, what), *d = &q->layer[l].drawn_neurons;
        if (what == CURVES_NEURONS && isfinite(d->low))
            bands_whisker(f, figure_x(a, l + 1), figure_y(a, d->low), figure_y(a, d->high));
        if (bands_elsewhere(curves_value(q, l, what), n))
            figure_put_mark(f, INK_BLACK, MARK_CROSS, 5, figure_x(a, l + 1),
                            figure_y(a, n->observed));
    }
}

struct bands_flow bands_begin(struct figure_box area)
{
    return (struct bands_flow){area, area.x, area.y + FIGURE_TEXT};
}

void bands_entry(struct figure *f, struct bands_flow *flow, double key, const char *words,
                 double *x, double *y)
{
    char text[160];
    figure_cut(text, sizeof text, words, FIGURE_TEXT, flow->area.w - key - 4);
    double w = key + 3 + figure_text_width(text, FIGURE_TEXT);
    if (flow->x > flow->area.x && flow->x + w > flow->area.x + flow->area.w) {
        flow->x = flow->area.x;
        flow->y += ROW;
    }
    *x = flow->x;
    *y = flow->y - 0.36 * FIGURE_TEXT;
    figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_START, flow->x + key + 3, flow->y, text);
    flow->x += w + KEY_GAP;
}

static void bands_row(struct figure *f, struct figure_box area, double y, const char *words)
{
    char text[200];
    figure_cut(text, sizeof text, words, FIGURE_SMALL, area.w);
    figure_words(f, INK_GREY, FIGURE_SMALL, ANCHOR_START, area.x, y, text);
}

/* The rows under the keys: how draws were made, what was exchanged, and the layer that is furthest
 * beyond chance. */
static double bands_note(struct figure *f, struct figure_box area, double y, const struct scores *s,
                         const struct score_property *q, enum curves_of what)
{
    struct ties least = TIES_NONE;
    char text[200];
    if (what == CURVES_NEURONS && q->drawn) {
        snprintf(text, sizeof text, "%.120s: biased, no confidence interval", q->drawn);
        bands_row(f, area, y, text);
        if (!q->exchanged)
            return y;
        y += FIGURE_SMALL + 2;
    }
    bands_row(f, area, y, q->exchanged ? q->exchanged : "no null from this file");
    for (uint32_t l = 0; l < s->layers; l++)
        ties_offer(&least, l, -curves_null(q, l, what)->p_max);
    if (least.best < 0)
        return y;
    y += FIGURE_SMALL + 2;
    figure_wordsf(f, INK_GREY, FIGURE_SMALL, ANCHOR_START, area.x, y,
                  "smallest p_max %s, in layer %ld",
                  number_p(curves_null(q, (uint32_t)least.best, what)->p_max).text, least.best + 1);
    return y;
}

double bands_legend(struct figure *f, struct figure_box area, const struct scores *s,
                    const struct score_property *q, enum curves_of what, unsigned group)
{
    struct bands_flow flow = bands_begin(area);
    enum figure_ink ink = figure_group_ink(group);
    bool mean = false, band = false, elsewhere = false;
    double x, y;
    for (uint32_t l = 0; l < s->layers; l++) {
        const struct summary *n = curves_null(q, l, what);
        mean = mean || isfinite(n->mean);
        band = band || isfinite(n->low);
        elsewhere = elsewhere || bands_elsewhere(curves_value(q, l, what), n);
    }
    bands_entry(f, &flow, KEY_LINE, q->name, &x, &y);
    figure_line(f, ink, 1.2, (enum figure_dash)(group % DASH_COUNT), x, y, x + KEY_LINE, y);
    figure_put_mark(f, ink, figure_group_mark(group), 4.5, x + KEY_LINE / 2.0, y);
    if (mean) {
        bands_entry(f, &flow, KEY_LINE,
                    band ? "labels exchanged: mean, middle 95 %" : "expected by chance", &x, &y);
        const double box[] = {x, y - 3, x + KEY_LINE, y - 3, x + KEY_LINE, y + 3, x, y + 3};
        if (band)
            figure_area(f, ink, box, 4);
        figure_line(f, INK_GREY, 0.8, DASH_LONG, x, y, x + KEY_LINE, y);
    }
    if (elsewhere) {
        bands_entry(f, &flow, KEY_MARK, "middle frames of tokens, as the band", &x, &y);
        figure_put_mark(f, INK_BLACK, MARK_CROSS, 5, x + KEY_MARK / 2.0, y);
    }
    if (what == CURVES_NEURONS && q->drawn) {
        bands_entry(f, &flow, KEY_MARK, "speakers drawn again: middle 95 %", &x, &y);
        bands_whisker(f, x + KEY_MARK / 2.0, y + 3.5, y - 3.5);
    }
    return bands_note(f, area, flow.y + ROW, s, q, what) - area.y + 5;
}
