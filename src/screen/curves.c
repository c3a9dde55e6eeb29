/*
 * Curves over layers or ranks in Braille dots, with an axis at the left.
 */
#include "config.h"

#include "screen/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/ties.h"

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
    enum plot_glyphs glyphs;
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

/*
 * Sets the dot at X, Y (in cells, from the upper left). A second series in the same cell makes it
 * shared (255).
 */
static void sheet_dot(struct sheet *s, double x, double y, unsigned char series)
{
    int sx = (int)ties_floor(x * s->sub_cols), sy = (int)ties_floor(y * s->sub_rows);
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

/* Straight from one place to the next, in steps of a dot. */
static void draw_straight(struct sheet *s, double x0, double y0, double x1, double y1,
                          unsigned char series)
{
    int steps = (int)ties_floor(fmax(fabs(x1 - x0) * s->sub_cols, fabs(y1 - y0) * s->sub_rows));
    for (int i = 0; i <= steps; i++) {
        double t = steps ? (double)i / steps : 0;
        sheet_dot(s, x0 + t * (x1 - x0), y0 + t * (y1 - y0), series);
    }
}

static void sheet_segment(struct sheet *s, size_t layer, double from, double to,
                          unsigned char series)
{
    draw_straight(s, column_of(s, layer) + 0.5, height_of(s, from), column_of(s, layer + 1) + 0.5,
                  height_of(s, to), series);
}

/*
 * Puts the dots on the canvas, each cell in the style of its series or, where several meet, in the
 * normal style. Blocks have two dots in a cell, one above the other.
 */
static void draw_sheet(struct canvas *c, const struct sheet *s, const struct plot_series *series)
{
    if (s->glyphs == PLOT_BRAILLE)
        canvas_note_dots(c, s->area);
    for (int r = 0; r < s->area.rows; r++)
        for (int k = 0; k < s->area.cols; k++) {
            size_t cell = (size_t)r * (size_t)s->area.cols + (size_t)k;
            if (!s->owner[cell])
                continue;
            enum style style =
                s->owner[cell] == 255 ? STYLE_NORMAL : series[s->owner[cell] - 1].style;
            static const uint32_t block[4] = {' ', 0x2580, 0x2584, 0x2588};
            uint32_t ch = s->glyphs == PLOT_BRAILLE  ? 0x2800u | s->bits[cell]
                          : s->glyphs == PLOT_BLOCKS ? block[s->bits[cell] & 3]
                                                     : '.';
            canvas_put(c, s->area.row + r, s->area.col + k, style, ch);
        }
}

/* Numbers at the left: as many as there is room for, three rows apart or more. */
static void draw_axis(struct canvas *c, const struct sheet *s)
{
    double step = plot_step(s->high - s->low, s->area.rows > 6 ? s->area.rows / 3 : 2);
    for (int r = 0; r < s->area.rows; r++)
        canvas_glyph(c, s->area.row + r, s->area.col - 1, STYLE_FAINT, GLYPH_VLINE);
    for (double k = ceil(s->low / step - 1e-9); k * step <= s->high + 1e-9 * step; k++) {
        int row = s->area.row + (int)ties_floor(height_of(s, k * step));
        int digits = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0;
        canvas_right(c, row, s->area.col - AXIS, AXIS - 2, STYLE_FAINT,
                     number_fixed(k * step, digits).text);
        canvas_glyph(c, row, s->area.col - 1, STYLE_FAINT, GLYPH_CROSS);
    }
}

/*
 * The horizontal axis of layers: a tick for each, numbers as far as they do not touch; the current
 * layer's is always there and stands out.
 */
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
        int w = text_width(text), start = col - (w - 1) / 2;
        canvas_glyph(c, row, col, STYLE_FAINT, GLYPH_TEE_UP);
        if (start <= last && l != here)
            continue;
        canvas_text(c, row + 1, start, w, l == here ? STYLE_SELECTED : STYLE_FAINT, text);
        last = start + w;
    }
}

/* False if there is no room for curves, or no memory: nothing is drawn then. */
static bool open_sheet(struct sheet *s, const struct canvas *c, struct rect area, size_t n,
                       double low, double high, enum plot_glyphs glyphs)
{
    glyphs = c->ascii ? PLOT_LETTERS : glyphs;
    *s = (struct sheet){.area = {area.row, area.col + AXIS, area.rows - 2, area.cols - AXIS},
                        .n = n,
                        .low = low,
                        .high = high,
                        .glyphs = glyphs,
                        .sub_cols = glyphs == PLOT_BRAILLE ? 2 : 1,
                        .sub_rows = glyphs == PLOT_BRAILLE  ? 4
                                    : glyphs == PLOT_BLOCKS ? 2
                                                            : 1};
    if (s->area.rows < 2 || s->area.cols < 4 || n == 0 || !(high > low))
        return false;
    size_t cells = (size_t)s->area.rows * (size_t)s->area.cols;
    s->bits = mem_zeros(cells, 1);
    s->owner = mem_zeros(cells, 1);
    return s->bits && s->owner;
}

static void close_sheet(struct sheet *s)
{
    free(s->bits);
    free(s->owner);
}

/*
 * Segments join neighbouring layers that both have a value; the letters come last, over everything,
 * so that each value can be read even where curves meet. `owner` has room for 254 series.
 */
void plot_curves(struct canvas *c, struct rect area, const struct plot_series *series, size_t count,
                 size_t n, double low, double high, size_t here, enum plot_glyphs glyphs)
{
    struct sheet s;
    if (open_sheet(&s, c, area, n, low, high, glyphs)) {
        for (size_t k = 0; k < count && k < 254; k++)
            for (size_t l = 0; l + 1 < n; l++)
                if (isfinite(series[k].value[l]) && isfinite(series[k].value[l + 1]))
                    sheet_segment(&s, l, series[k].value[l], series[k].value[l + 1],
                                  (unsigned char)k);
        draw_axis(c, &s);
        draw_sheet(c, &s, series);
        draw_layers(c, &s, here);
        for (size_t k = 0; k < count; k++)
            for (size_t l = 0; l < n; l++)
                if (isfinite(series[k].value[l]))
                    canvas_put(c, s.area.row + (int)ties_floor(height_of(&s, series[k].value[l])),
                               s.area.col + column_of(&s, l), series[k].style,
                               (uint32_t)(unsigned char)series[k].letter);
    }
    close_sheet(&s);
}

/* Where rank R (from 1) stands, 0 .. 1 of the way. */
static double sheet_rank_x(const struct sheet *s, double r, bool logarithmic)
{
    if (s->n < 2)
        return 0;
    return logarithmic ? log(r) / log((double)s->n) : (r - 1) / (double)(s->n - 1);
}

static double rank_column(const struct sheet *s, double r, bool logarithmic)
{
    return sheet_rank_x(s, r, logarithmic) * (s->area.cols - 1) + 0.5;
}

/*
 * The horizontal axis of ranks: a tick at every round rank, its number where it does not touch the
 * last one or leave the area.
 */
static void draw_ranks(struct canvas *c, const struct sheet *s, bool logarithmic)
{
    int row = s->area.row + s->area.rows, last = -1;
    double step = plot_step((double)s->n, s->area.cols / 10);
    canvas_hline(c, row, s->area.col - 1, s->area.cols + 1, STYLE_FAINT);
    canvas_glyph(c, row, s->area.col - 1, STYLE_FAINT, GLYPH_BOTTOM_LEFT);
    canvas_text(c, row + 1, s->area.col - AXIS, AXIS - 1, STYLE_FAINT, "rank");
    for (double r = 1; r <= (double)s->n;) {
        int col = s->area.col + (int)ties_floor(rank_column(s, r, logarithmic));
        struct number shown = number_fixed(r, 0);
        int w = text_width(shown.text), start = col - (w - 1) / 2;
        canvas_glyph(c, row, col, STYLE_FAINT, GLYPH_TEE_UP);
        if (start > last && start + w <= s->area.col + s->area.cols) {
            canvas_text(c, row + 1, start, w, STYLE_FAINT, shown.text);
            last = start + w;
        }
        /* 1, 2, 5, 10, 20, ... or 1 and the multiples of the step. */
        r = logarithmic ? plot_step(r * 1.5, 1) : r < step ? step : r + step;
    }
}

/* The level as a broken line where nothing else is. */
static void draw_level(struct canvas *c, const struct sheet *s, double level)
{
    int row = (int)ties_floor(height_of(s, level));
    for (int k = 0; k < s->area.cols; k += 2)
        if (!s->owner[(size_t)row * (size_t)s->area.cols + (size_t)k])
            canvas_glyph(c, s->area.row + row, s->area.col + k, STYLE_FAINT, GLYPH_HLINE);
}

/* Each curve's letter on it, at places of its own so that curves which coincide can be told. */
static void draw_letters(struct canvas *c, const struct sheet *s, const struct plot_series *series,
                         size_t count, bool logarithmic)
{
    for (size_t k = 0; k < count; k++)
        for (int turn = 0; turn < 3; turn++) {
            double part = (turn + (double)(k + 1) / (double)(count + 1)) / 3;
            double r = logarithmic ? pow((double)s->n, part) : 1 + part * (double)(s->n - 1);
            size_t at = (size_t)lround(r);
            at = at < 1 ? 1 : at > s->n ? s->n : at;
            canvas_put(c, s->area.row + (int)ties_floor(height_of(s, series[k].value[at - 1])),
                       s->area.col + (int)ties_floor(rank_column(s, (double)at, logarithmic)),
                       series[k].style, (uint32_t)(unsigned char)series[k].letter);
        }
}

void plot_ranks(struct canvas *c, struct rect area, const struct plot_series *series, size_t count,
                size_t n, double high, double line, bool logarithmic, enum plot_glyphs glyphs)
{
    struct sheet s;
    if (open_sheet(&s, c, area, n, 0, high, glyphs)) {
        for (size_t k = 0; k < count && k < 254; k++)
            for (size_t i = 0; i + 1 < n; i++)
                draw_straight(&s, rank_column(&s, (double)i + 1, logarithmic),
                              height_of(&s, series[k].value[i]),
                              rank_column(&s, (double)i + 2, logarithmic),
                              height_of(&s, series[k].value[i + 1]), (unsigned char)k);
        draw_axis(c, &s);
        draw_level(c, &s, line);
        draw_sheet(c, &s, series);
        draw_ranks(c, &s, logarithmic);
        draw_letters(c, &s, series, count, logarithmic);
    }
    close_sheet(&s);
}

/* The horizontal axis from 1 to LAST: ticks at round numbers that do not touch. */
static void draw_steps(struct canvas *c, const struct sheet *s, double last, const char *name)
{
    int row = s->area.row + s->area.rows, end = -1;
    double step = fmax(plot_step(last, s->area.cols / 12 + 1), 1);
    canvas_hline(c, row, s->area.col - 1, s->area.cols + 1, STYLE_FAINT);
    canvas_glyph(c, row, s->area.col - 1, STYLE_FAINT, GLYPH_BOTTOM_LEFT);
    canvas_text(c, row + 1, s->area.col - AXIS, AXIS - 1, STYLE_FAINT, name);
    for (double v = step; v <= last; v += step) {
        double part = last > 1 ? (v - 1) / (last - 1) : 0;
        int col = s->area.col + (int)ties_floor(part * (s->area.cols - 1) + 0.5);
        struct number shown = number_fixed(v, 0);
        int w = text_width(shown.text), start = col - (w - 1) / 2;
        canvas_glyph(c, row, col, STYLE_FAINT, GLYPH_TEE_UP);
        if (start > end && start + w <= s->area.col + s->area.cols) {
            canvas_text(c, row + 1, start, w, STYLE_FAINT, shown.text);
            end = start + w;
        }
    }
}

/* A value alone between gaps has its dot. */
void plot_steps(struct canvas *c, struct rect area, const struct plot_series *series, size_t count,
                size_t n, double last, const char *name, double low, double high,
                enum plot_glyphs glyphs)
{
    struct sheet s;
    if (open_sheet(&s, c, area, n, low, high, glyphs)) {
        for (size_t k = 0; k < count && k < 254; k++)
            for (size_t i = 0, next; i < n; i = next) {
                double v = series[k].value[i];
                for (next = i + 1; next < n && !isfinite(series[k].value[next]); next++)
                    ;
                if (!isfinite(v))
                    continue;
                double to = next < n ? series[k].value[next] : v;
                size_t at = next < n ? next : i;
                draw_straight(&s, rank_column(&s, (double)i + 1, false), height_of(&s, v),
                              rank_column(&s, (double)at + 1, false), height_of(&s, to),
                              (unsigned char)k);
            }
        draw_axis(c, &s);
        draw_sheet(c, &s, series);
        draw_steps(c, &s, last, name);
    }
    close_sheet(&s);
}
