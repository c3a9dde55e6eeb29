/*
 * Panels of lines: a series that has more points than its panel has room for is drawn through the
 * means of equal parts of the axis.
 */
#include "config.h"

#include "figure/figure_lines.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "screen/plot.h"

/* In points: BELOW is the room for ticks and name of the x axis; an own panel; a part of the axis
 * whose points become one. */
enum { MARGIN = 6, BELOW = 26, WIDTH = 252, HEIGHT = 170, PART = 1 };

/* What the axes span. */
struct lines_extent {
    double x0, x1, y0, y1;
};

static void lines_add(double v, double *low, double *high)
{
    if (!isfinite(v))
        return;
    *low = v < *low ? v : *low;
    *high = v > *high ? v : *high;
}

/* All points and whiskers of P; an empty panel has axes, too. */
static struct lines_extent lines_extent(const struct lines_panel *p)
{
    struct lines_extent e = {INFINITY, -INFINITY, p->from_zero ? 0 : INFINITY, -INFINITY};
    for (size_t k = 0; k < p->count; k++) {
        const struct lines_series *s = &p->series[k];
        for (size_t i = 0; i < s->n; i++) {
            if (!isfinite(s->y[i]))
                continue;
            lines_add(s->x[i], &e.x0, &e.x1);
            lines_add(s->y[i], &e.y0, &e.y1);
            lines_add(s->low ? s->low[i] : NAN, &e.y0, &e.y1);
            lines_add(s->high ? s->high[i] : NAN, &e.y0, &e.y1);
        }
    }
    if (!(e.x0 <= e.x1))
        e.x0 = 0, e.x1 = 1;
    if (!(e.y0 <= e.y1))
        e.y0 = 0, e.y1 = 1;
    if (!(e.x0 < e.x1))
        e.x0 -= 0.5, e.x1 += 0.5;
    return e;
}

/* POINT [n][2] from the points of S: all of them, or the mean of each part of the axis that has
 * some. Returns n. */
static size_t lines_thin(const struct figure_axes *a, const struct lines_series *s, double *point)
{
    size_t n = 0, in = 0;
    long part = -1;
    double x = 0, y = 0;
    bool thin = !s->marks && (double)s->n > a->box.w / PART;
    for (size_t i = 0; i <= s->n; i++) {
        bool end = i == s->n;
        if (!end && !isfinite(s->y[i]))
            continue;
        long here = end ? -2 : thin ? (long)((figure_x(a, s->x[i]) - a->box.x) / PART) : (long)i;
        if (in > 0 && here != part) {
            point[2 * n] = figure_x(a, x / (double)in);
            point[2 * n++ + 1] = figure_y(a, y / (double)in);
            in = 0;
            x = y = 0;
        }
        part = here;
        if (end)
            break;
        x += s->x[i];
        y += s->y[i];
        in++;
    }
    return n;
}

static void lines_draw(struct figure *f, const struct figure_axes *a, const struct lines_series *s)
{
    enum figure_ink ink = figure_group_ink(s->group);
    double *point = mem_array(2 * s->n, sizeof *point);
    if (!point) {
        f->failed = true;
        return;
    }
    size_t n = lines_thin(a, s, point);
    figure_path(f, ink, s->marks ? 1.2 : 0.9, (enum figure_dash)(s->group % DASH_COUNT), point, n);
    for (size_t i = 0; i < s->n && s->low && s->high; i++)
        if (isfinite(s->y[i]) && isfinite(s->low[i]) && isfinite(s->high[i])) {
            double x = figure_x(a, s->x[i]);
            figure_line(f, ink, 0.8, DASH_NONE, x, figure_y(a, s->low[i]), x,
                        figure_y(a, s->high[i]));
        }
    /* A single point makes no line. */
    for (size_t i = 0; i < n && (s->marks || n == 1); i++)
        figure_put_mark(f, ink, figure_group_mark(s->group), 4.5, point[2 * i], point[2 * i + 1]);
    free(point);
}

/* Title, frame, ticks, lines across, and the series in their order. */
static void lines_panel(struct figure *f, struct figure_box box, const struct lines_panel *p)
{
    struct lines_extent e = lines_extent(p);
    struct figure_box in = {box.x + MARGIN, box.y + MARGIN, box.w - 2 * MARGIN, box.h - 2 * MARGIN};
    char cut[200];
    figure_cut(cut, sizeof cut, p->title, FIGURE_TEXT, in.w);
    figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_START, in.x, in.y + FIGURE_TEXT, cut)->bold =
        true;
    double top = in.y + FIGURE_TEXT + 5, rows = fmax(in.y + in.h - BELOW - top, 30);
    double step = figure_round(&e.y0, &e.y1, (int)(rows / 24) + 1);
    double room = figure_y_room(e.y0, e.y1, step), pad = 0.02 * (e.x1 - e.x0);
    struct figure_axes a = {
        {in.x + room, top, in.w - room - 2, rows}, e.x0 - pad, e.x1 + pad, e.y0, e.y1};
    for (size_t i = 0; i < p->acrosses; i++)
        if (p->across[i] >= e.x0 && p->across[i] <= e.x1)
            figure_line(f, INK_LIGHT, 0.6, DASH_DOT, figure_x(&a, p->across[i]), top,
                        figure_x(&a, p->across[i]), top + rows);
    figure_frame(f, &a);
    figure_y_ticks(f, &a, step, p->y_name);
    figure_x_ticks(f, &a, plot_step(a.x1 - a.x0, (int)(a.box.w / 45) + 1), p->x_name);
    for (size_t k = 0; k < p->count; k++)
        if (p->series[k].n > 0)
            lines_draw(f, &a, &p->series[k]);
}

void figure_lines(struct figure *f, const struct lines_panel *panel, size_t panels,
                  const char *const *names, size_t count, double width, double height)
{
    size_t across = panels < 2 ? 1 : 2, down = (panels + across - 1) / across;
    double w = width > 0 ? width / (double)across : WIDTH;
    figure_init(f, w * (double)across, 0);
    struct figure_box legend = {MARGIN, MARGIN, f->width - 2 * MARGIN, 0};
    double top = MARGIN + figure_legend(f, legend, SWATCH_CURVE, names, NULL, count);
    double h = height > 0 ? (height - top) / (double)down : HEIGHT;
    f->height = height > 0 ? height : top + h * (double)down;
    for (size_t i = 0; i < panels; i++)
        lines_panel(
            f, (struct figure_box){w * (double)(i % across), top + h * (double)(i / across), w, h},
            &panel[i]);
}
