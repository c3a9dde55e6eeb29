/*
 * Figures 4 and 7: silhouettes or numbers of property neurons over the layers, of one file or of
 * several side by side.
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

/* In points: BELOW is the room for ticks and name of the x axis, VALUE for a silhouette as text.
 * More series than MAX_SERIES cannot be distinguished and are left out. */
enum { MARGIN = 6, BELOW = 26, WIDTH = 252, HEIGHT = 190, MAX_SERIES = 24, VALUE = 32 };

/* The side of one of PANELS panels in a row: a share of what was asked for, or the figure's own. */
static double panel_width(double width, size_t panels, double own)
{
    return width > 0 ? width / (double)panels : own;
}

/* A series' value in layer L; NAN where there is none. */
static double value_of(const struct score_property *q, uint32_t l, enum curves_of what)
{
    if (!q->layer[l].there)
        return NAN;
    return what == CURVES_NEURONS ? q->layer[l].neurons : q->layer[l].silhouette;
}

/* True if Q has anything to show. */
static bool curves_shows(const struct scores *s, const struct score_property *q,
                         enum curves_of what)
{
    bool any = false;
    for (uint32_t l = 0; q->asked && l < s->layers; l++)
        any = any || isfinite(value_of(q, l, what));
    return any;
}

/* The values and layers that all panels span. */
struct extent {
    double low, high;
    uint32_t layers;
};

/* The range of values and the number of layers over all files. 0 is always in it, for silhouettes,
 * which may be negative, as the reference. */
static struct extent extent_of(const struct scores *s, size_t files, enum curves_of what)
{
    struct extent e = {0, what == CURVES_NEURONS ? 1 : 0.1, 1};
    for (size_t i = 0; i < files; i++) {
        e.layers = s[i].layers > e.layers ? s[i].layers : e.layers;
        for (uint32_t p = 0; p < s[i].properties; p++)
            for (uint32_t l = 0; s[i].property[p].asked && l < s[i].layers; l++) {
                double v = value_of(&s[i].property[p], l, what);
                e.low = v < e.low ? v : e.low;
                e.high = v > e.high ? v : e.high;
            }
    }
    return e;
}

/* One property's curve: broken where a layer has no value, a mark on every layer. */
static void draw_curve(struct figure *f, const struct figure_axes *a, const struct scores *s,
                       const struct score_property *q, enum curves_of what, unsigned g)
{
    enum figure_ink ink = figure_group_ink(g);
    double *point = mem_array(2 * (size_t)s->layers, sizeof *point);
    size_t n = 0;
    if (!point) {
        f->failed = true;
        return;
    }
    for (uint32_t l = 0; l <= s->layers; l++) {
        double v = l < s->layers ? value_of(q, l, what) : NAN;
        if (isfinite(v)) {
            point[2 * n] = figure_x(a, l + 1);
            point[2 * n++ + 1] = figure_y(a, v);
            continue;
        }
        figure_path(f, ink, 1.2, (enum figure_dash)(g % DASH_COUNT), point, n);
        for (size_t k = 0; k < n; k++)
            figure_put_mark(f, ink, figure_group_mark(g), 4.5, point[2 * k], point[2 * k + 1]);
        n = 0;
    }
    free(point);
}

enum { PER_SEGMENT = 24 }; /* places of a curve, from layer to layer, kept free of words */

/* Q's points as labels without words, those between layers as small obstacles; their number. */
static size_t curves_obstacles(struct figure_label *label, const struct figure_axes *a,
                               const struct scores *s, const struct score_property *q)
{
    size_t n = 0;
    for (uint32_t l = 0; l < s->layers; l++) {
        double v = value_of(q, l, CURVES_SILHOUETTES);
        double next = l + 1 < s->layers ? value_of(q, l + 1, CURVES_SILHOUETTES) : NAN;
        if (!isfinite(v))
            continue;
        for (int k = 0; k < (isfinite(next) ? PER_SEGMENT : 1); k++) {
            double t = (double)k / PER_SEGMENT;
            label[n++] = (struct figure_label){.x = figure_x(a, l + 1 + t),
                                               .y = figure_y(a, k ? v + t * (next - v) : v),
                                               .mark = k ? 1.5 : 0};
        }
    }
    return n;
}

/* The largest silhouette of each property: its value next to its mark, with a ring around. */
static void draw_best(struct figure *f, const struct figure_axes *a, const struct scores *s,
                      const unsigned *series)
{
    size_t most = (size_t)s->properties * ((size_t)s->layers * PER_SEGMENT + 1), n = 0;
    struct figure_label *label = mem_zeros(most, sizeof *label);
    struct number *text = mem_zeros(s->properties, sizeof *text);
    for (uint32_t p = 0; label && text && p < s->properties; p++) {
        const struct score_property *q = &s->property[p];
        if (!series[p] || q->best < 0)
            continue;
        double v = q->layer[q->best].silhouette;
        text[p] = number_fixed(v, 3);
        label[n] = (struct figure_label){.x = figure_x(a, (double)q->best + 1),
                                         .y = figure_y(a, v),
                                         .text = text[p].text,
                                         .ink = figure_group_ink(series[p] - 1),
                                         .far = true};
        figure_put_mark(f, label[n].ink, MARK_RING, 8, label[n].x, label[n].y);
        n++;
    }
    for (uint32_t p = 0; label && text && p < s->properties; p++)
        if (series[p])
            n += curves_obstacles(label + n, a, s, &s->property[p]);
    if (label && text)
        figure_place_labels(f, a->box, label, n, 8, FIGURE_SMALL);
    else
        f->failed = true;
    free(label);
    free(text);
}

/*
 * One file's panel: title, legend, axes, a curve for each property and, for silhouettes, the value
 * of each maximum. SERIES maps properties to their place among ALL, so that a property has the same
 * ink and mark in every panel.
 */
static void draw_panel(struct figure *f, struct figure_box box, const struct scores *s,
                       const struct names *all, enum curves_of what, struct extent e,
                       const char *title)
{
    const char *names[MAX_SERIES];
    unsigned group[MAX_SERIES];
    unsigned *series = mem_zeros(s->properties, sizeof *series); /* number + 1; 0 = not shown */
    size_t n = 0;
    double step = figure_round(&e.low, &e.high, (int)(box.h / 24));
    for (uint32_t p = 0; series && p < s->properties && n < MAX_SERIES; p++)
        if (curves_shows(s, &s->property[p], what)) {
            names[n] = s->property[p].name;
            group[n] = names_find(all, names[n]);
            series[p] = group[n++] + 1;
        }
    if (!series) {
        f->failed = true;
        return;
    }
    struct figure_box legend = {box.x + MARGIN, box.y + MARGIN, box.w - 2 * MARGIN, 0};
    if (title) {
        char text[200];
        figure_cut(text, sizeof text, title, FIGURE_TEXT, legend.w);
        figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_START, legend.x, legend.y + FIGURE_TEXT,
                     text)
            ->bold = true;
        legend.y += FIGURE_TEXT + 4;
    }
    double top = legend.y + figure_legend(f, legend, SWATCH_CURVE, names, group, n) + 2;
    double room = figure_y_room(e.low, e.high, step);
    double pad = e.layers > 1 ? 0.4 : 0.5, width = box.w - 2 * MARGIN - room, right = pad;
    /* A value must have room next to the last layer. */
    if (what == CURVES_SILHOUETTES && width > 3 * VALUE)
        right = fmax(pad, VALUE * (e.layers - 1 + pad) / (width - VALUE));
    struct figure_axes a = {{box.x + MARGIN + room, top, box.w - 2 * MARGIN - room,
                             box.y + box.h - MARGIN - BELOW - top},
                            1 - pad,
                            e.layers + right,
                            e.low,
                            e.high};
    if (what == CURVES_SILHOUETTES && e.low < 0)
        figure_line(f, INK_LIGHT, 0.6, DASH_NONE, a.box.x, figure_y(&a, 0), a.box.x + a.box.w,
                    figure_y(&a, 0));
    figure_frame(f, &a);
    char neurons[64];
    snprintf(neurons, sizeof neurons, s->select ? "property neurons by %s" : "property neurons",
             s->select);
    figure_y_ticks(f, &a, step, what == CURVES_NEURONS ? neurons : "silhouette on the map");
    figure_x_layers(f, &a, e.layers, "layer");
    for (uint32_t p = 0; p < s->properties; p++)
        if (series[p])
            draw_curve(f, &a, s, &s->property[p], what, series[p] - 1);
    if (what == CURVES_SILHOUETTES)
        draw_best(f, &a, s, series);
    free(series);
}

/* Several files: panels with the same axes, in rows of at most three. */
void figure_curves(struct figure *f, const struct scores *s, size_t files, enum curves_of what,
                   double width, double height)
{
    size_t across = files < 3 ? files : 3, down = (files + across - 1) / across;
    double w = panel_width(width, across, WIDTH), h = panel_width(height, down, HEIGHT);
    struct extent e = extent_of(s, files, what);
    struct names all = NAMES_INIT; /* a property looks the same in all panels */
    struct err ignored;
    figure_init(f, w * (double)across, h * (double)down);
    f->failed = scores_names(s, files, &all, &ignored) != STATUS_OK;
    for (size_t i = 0; i < files; i++)
        draw_panel(f, (struct figure_box){w * (double)(i % across), h * (double)(i / across), w, h},
                   &s[i], &all, what, e, files > 1 ? s[i].title : NULL);
    names_free(&all);
}

/* Each panel has an axis of its own here: silhouettes and numbers of neurons share no scale. */
void figure_both(struct figure *f, const struct scores *s, double width, double height)
{
    double w = panel_width(width, 2, WIDTH), h = height > 0 ? height : HEIGHT;
    struct names all = NAMES_INIT;
    struct err ignored;
    figure_init(f, 2 * w, h);
    f->failed = scores_names(s, 1, &all, &ignored) != STATUS_OK;
    for (int what = 0; what < 2; what++)
        draw_panel(f, (struct figure_box){w * what, 0, w, h}, s, &all, (enum curves_of)what,
                   extent_of(s, 1, (enum curves_of)what), NULL);
    names_free(&all);
}

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
