#include "config.h"

#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "propneu/mem.h"

enum { AXIS = 7 }; /* columns of the numbers on the left, with the axis line */

double plot_step(double span, int steps)
{
    if (!(span > 0) || steps < 1)
        return 1;
    double raw = span / steps, ten = pow(10, floor(log10(raw)));
    double part = raw / ten;
    /* The sliver forgives what division has lost, so that 0.2 / 2 is one tenth, not two. */
    return (part <= 1 + 1e-9 ? 1 : part <= 2 + 1e-9 ? 2 : part <= 5 + 1e-9 ? 5 : 10) * ten;
}

/* The curve area proper, and dots in it that belong to one series or to several. */
struct sheet {
    struct rect area;
    size_t n;
    double low, high;
    int sub_cols, sub_rows;
    unsigned char *bits;  /* [rows][cols] */
    unsigned char *owner; /* [rows][cols] series + 1, 0 = none, 255 = several */
};

static int column_of(const struct sheet *s, size_t layer)
{
    if (s->n < 2)
        return s->area.cols / 2;
    /* Half a step of margin on both sides keeps layer numbers under their points. */
    double step = (double)s->area.cols / (double)s->n;
    return (int)(step * ((double)layer + 0.5));
}

static double height_of(const struct sheet *s, double v)
{
    double part = (v - s->low) / (s->high - s->low);
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    return (1 - part) * (s->area.rows - 1) + 0.5;
}

static void dot(struct sheet *s, double x, double y, unsigned char series)
{
    int sx = (int)(x * s->sub_cols), sy = (int)(y * s->sub_rows);
    int row = sy / s->sub_rows, col = sx / s->sub_cols;
    if (row < 0 || col < 0 || row >= s->area.rows || col >= s->area.cols)
        return;
    size_t cell = (size_t)row * (size_t)s->area.cols + (size_t)col;
    /* Bit numbers of braille dots, row by row. */
    static const unsigned char braille[8] = {0, 3, 1, 4, 2, 5, 6, 7};
    int bit = sy % s->sub_rows * s->sub_cols + sx % s->sub_cols;
    s->bits[cell] |= (unsigned char)(1u << (s->sub_rows == 4 ? braille[bit] : bit));
    s->owner[cell] =
        s->owner[cell] == 0 || s->owner[cell] == series + 1 ? (unsigned char)(series + 1) : 255;
}

/* Straight from one value to the next, in steps of a dot. */
static void segment(struct sheet *s, size_t layer, double from, double to, unsigned char series)
{
    double x0 = column_of(s, layer) + 0.5, x1 = column_of(s, layer + 1) + 0.5;
    double y0 = height_of(s, from), y1 = height_of(s, to);
    int steps = (int)fmax(fabs(x1 - x0) * s->sub_cols, fabs(y1 - y0) * s->sub_rows);
    for (int i = 0; i <= steps; i++) {
        double t = steps ? (double)i / steps : 0;
        dot(s, x0 + t * (x1 - x0), y0 + t * (y1 - y0), series);
    }
}

static void draw_sheet(struct canvas *c, const struct sheet *s, const struct plot_series *series)
{
    for (int r = 0; r < s->area.rows; r++)
        for (int k = 0; k < s->area.cols; k++) {
            size_t cell = (size_t)r * (size_t)s->area.cols + (size_t)k;
            if (!s->owner[cell])
                continue;
            enum style style =
                s->owner[cell] == 255 ? STYLE_NORMAL : series[s->owner[cell] - 1].style;
            canvas_put(c, s->area.row + r, s->area.col + k, style,
                       c->ascii ? '.' : 0x2800u | s->bits[cell]);
        }
}

/* Numbers at the left: as many as there is room for, three rows apart or more. */
static void draw_axis(struct canvas *c, const struct sheet *s)
{
    double step = plot_step(s->high - s->low, s->area.rows > 6 ? s->area.rows / 3 : 2);
    for (int r = 0; r < s->area.rows; r++)
        canvas_glyph(c, s->area.row + r, s->area.col - 1, STYLE_FAINT, GLYPH_VLINE);
    for (double k = ceil(s->low / step - 1e-9); k * step <= s->high + 1e-9 * step; k++) {
        int row = s->area.row + (int)height_of(s, k * step);
        double v = k == 0 ? 0 : k * step; /* no "-0.0" */
        canvas_rightf(c, row, s->area.col - AXIS, AXIS - 2, STYLE_FAINT,
                      step < 0.1 ? "%.2f"
                      : step < 1 ? "%.1f"
                                 : "%.0f",
                      v);
        canvas_glyph(c, row, s->area.col - 1, STYLE_FAINT, GLYPH_CROSS);
    }
}

static void draw_layers(struct canvas *c, const struct sheet *s, size_t here)
{
    int row = s->area.row + s->area.rows, last = -1;
    char text[24];
    canvas_hline(c, row, s->area.col - 1, s->area.cols + 1, STYLE_FAINT);
    canvas_glyph(c, row, s->area.col - 1, STYLE_FAINT, GLYPH_BOTTOM_LEFT);
    canvas_text(c, row + 1, s->area.col - AXIS, AXIS - 1, STYLE_FAINT, "layer");
    for (size_t l = 0; l < s->n; l++) {
        int col = s->area.col + column_of(s, l);
        snprintf(text, sizeof text, "%zu", l + 1);
        int w = canvas_width(text), start = col - (w - 1) / 2;
        canvas_glyph(c, row, col, STYLE_FAINT, GLYPH_TEE_UP);
        if (start <= last && l != here)
            continue;
        canvas_text(c, row + 1, start, w, l == here ? STYLE_SELECTED : STYLE_FAINT, text);
        last = start + w;
    }
}

void plot_curves(struct canvas *c, struct rect area, const struct plot_series *series, size_t count,
                 size_t n, double low, double high, size_t here)
{
    struct sheet s = {{area.row, area.col + AXIS, area.rows - 2, area.cols - AXIS},
                      n,
                      low,
                      high,
                      c->ascii ? 1 : 2,
                      c->ascii ? 1 : 4,
                      NULL,
                      NULL};
    if (s.area.rows < 2 || s.area.cols < 4 || n == 0 || !(high > low))
        return;
    size_t cells = (size_t)s.area.rows * (size_t)s.area.cols;
    s.bits = mem_zeros(cells, 1);
    s.owner = mem_zeros(cells, 1);
    if (s.bits && s.owner) {
        for (size_t k = 0; k < count && k < 254; k++)
            for (size_t l = 0; l + 1 < n; l++)
                if (isfinite(series[k].value[l]) && isfinite(series[k].value[l + 1]))
                    segment(&s, l, series[k].value[l], series[k].value[l + 1], (unsigned char)k);
        draw_axis(c, &s);
        draw_sheet(c, &s, series);
        draw_layers(c, &s, here);
        for (size_t k = 0; k < count; k++)
            for (size_t l = 0; l < n; l++)
                if (isfinite(series[k].value[l]))
                    canvas_put(c, s.area.row + (int)height_of(&s, series[k].value[l]),
                               s.area.col + column_of(&s, l), series[k].style,
                               (uint32_t)(unsigned char)series[k].letter);
    }
    free(s.bits);
    free(s.owner);
}
