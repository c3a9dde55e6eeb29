/*
 * Figure 2: the activation probabilities of some phones in a layer, sorted.
 */
#include "config.h"

#include "figure/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "screen/plot.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "base/number.h"

/* In points: BELOW is the room for ticks and name of the x axis. */
enum { MARGIN = 6, BELOW = 26, WIDTH = 252, HEIGHT = 190 };

/* Ranks as they are or their logarithms. */
static double at_rank(const struct rank_data *d, double r)
{
    return d->logarithmic ? log10(r) : r;
}

/* The sorted curve; of many neurons only points that stand a quarter of a point apart. */
static void draw_ranks(struct figure *f, const struct figure_axes *a, const struct rank_data *d,
                       size_t k)
{
    const struct profile *p = d->curve[k].profile;
    double *point = mem_array(2 * (size_t)p->width, sizeof *point), last = -1;
    size_t n = 0;
    if (!point) {
        f->failed = true;
        return;
    }
    for (uint32_t i = 0; i < p->width; i++) {
        double x = figure_x(a, at_rank(d, i + 1.0));
        double y = figure_y(a, p->p[d->curve[k].order[i]]);
        bool needed = n < 2 || i + 1 == p->width || x - last >= 0.25;
        if (!needed)
            continue;
        point[2 * n] = last = x;
        point[2 * n++ + 1] = y;
    }
    figure_path(f, figure_group_ink((unsigned)k), 1.2, (enum figure_dash)(k % DASH_COUNT), point,
                n);
    free(point);
}

/* The axis of ranks: linear, or with a tick at every power of ten. */
static void rank_ticks(struct figure *f, const struct figure_axes *a, const struct rank_data *d,
                       uint32_t width)
{
    const char *name = "neurons, sorted by p";
    if (!d->logarithmic) {
        figure_x_ticks(f, a, plot_step(width, (int)(a->box.w / 40)), name);
        return;
    }
    for (double ten = 1; ten <= width; ten *= 10) {
        double x = figure_x(a, log10(ten));
        figure_line(f, INK_BLACK, 0.6, DASH_NONE, x, a->box.y + a->box.h, x,
                    a->box.y + a->box.h + 3);
        figure_wordsf(f, INK_BLACK, FIGURE_SMALL, ANCHOR_MIDDLE, x,
                      a->box.y + a->box.h + 3 + FIGURE_SMALL, "%s", number_fixed(ten, 0).text);
    }
    figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_MIDDLE, a->box.x + a->box.w / 2,
                 a->box.y + a->box.h + 7 + 2 * FIGURE_SMALL, "rank of the neuron");
}

/* Where a curve crosses the baseline a dotted line drops to the axis: its rank is the size of the
 * pattern. */
void figure_ranks(struct figure *f, const struct rank_data *d, double width, double height)
{
    const struct profile *first = d->curve[0].profile;
    char text[RANKS_MAX_CURVES][160];
    const char *names[RANKS_MAX_CURVES];
    size_t above[RANKS_MAX_CURVES];
    double low = 0, high = first->baseline;
    figure_init(f, width > 0 ? width : WIDTH, height > 0 ? height : HEIGHT);
    for (size_t k = 0; k < d->curves; k++) {
        const struct profile *p = d->curve[k].profile;
        above[k] = bitset_count(p->pattern, bitset_words(p->width));
        high = fmax(high, p->p[d->curve[k].order[0]]);
        snprintf(text[k], sizeof text[k], "%.100s: %zu of %u neurons above the baseline",
                 *d->curve[k].phone ? d->curve[k].phone : "(sil)", above[k], p->width);
        names[k] = text[k];
    }
    struct figure_box legend = {MARGIN, MARGIN, f->width - 2 * MARGIN, 0};
    double top = MARGIN + figure_legend(f, legend, SWATCH_LINE, names, NULL, d->curves) + 2;
    double step = figure_round(&low, &high, (int)((f->height - top) / 24));
    double room = figure_y_room(low, high, step);
    struct figure_axes a = {
        {MARGIN + room, top, f->width - 2 * MARGIN - room - 4, f->height - MARGIN - BELOW - top},
        at_rank(d, 1),
        at_rank(d, first->width > 1 ? first->width : 2),
        low,
        high};
    double y = figure_y(&a, first->baseline);
    figure_frame(f, &a);
    figure_line(f, INK_GREY, 0.8, DASH_LONG, a.box.x, y, a.box.x + a.box.w, y);
    figure_wordsf(f, INK_GREY, FIGURE_SMALL, ANCHOR_END, a.box.x + a.box.w - 3, y - 3,
                  "baseline %u/%u", first->tau, first->width);
    for (size_t k = 0; k < d->curves; k++) {
        double x = figure_x(&a, at_rank(d, above[k] ? (double)above[k] : 1));
        figure_line(f, figure_group_ink((unsigned)k), 0.6, DASH_DOT, x, y, x, a.box.y + a.box.h);
        draw_ranks(f, &a, d, k);
    }
    figure_y_ticks(f, &a, step, "p(neuron | phone)");
    rank_ticks(f, &a, d, first->width);
}
