/*
 * Figures 4 and 7: silhouettes or numbers of property neurons over the layers, of one file or of
 * several side by side.
 */
#include "config.h"

#include "figure/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure_bands.h"
#include "base/mem.h"
#include "base/number.h"

/* In points: BELOW is the room for ticks and name of the x axis, VALUE for a silhouette as text.
 * More series than MAX_SERIES cannot be distinguished and are left out. */
enum {
    MARGIN = 6,
    BELOW = 26,
    WIDTH = 252,
    HEIGHT = 190,
    BAND_HEIGHT = 215,
    MAX_SERIES = 24,
    VALUE = 32
};

/* The side of one of PANELS panels in a row: a share of what was asked for, or the figure's own. */
static double panel_width(double width, size_t panels, double own)
{
    return width > 0 ? width / (double)panels : own;
}

/* NAN where there is none. */
double curves_value(const struct score_property *q, uint32_t l, enum curves_of what)
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
        any = any || isfinite(curves_value(q, l, what));
    return any;
}

/* The values and layers that all panels span. */
struct extent {
    double low, high;
    uint32_t layers;
};

static void extent_add(struct extent *e, double v)
{
    e->low = v < e->low ? v : e->low;
    e->high = v > e->high ? v : e->high;
}

/* The range of values and the number of layers over all files; of the property ONLY (NULL: all)
 * with what chance gives. 0 is always in it, for silhouettes, which may be negative, as the
 * reference. */
static struct extent extent_of(const struct scores *s, size_t files, enum curves_of what,
                               const char *only)
{
    struct extent e = {0, what == CURVES_NEURONS ? 1 : 0.1, 1};
    for (size_t i = 0; i < files; i++) {
        e.layers = s[i].layers > e.layers ? s[i].layers : e.layers;
        for (uint32_t p = 0; p < s[i].properties; p++) {
            const struct score_property *q = &s[i].property[p];
            if (!q->asked || (only && strcmp(only, q->name) != 0))
                continue;
            for (uint32_t l = 0; l < s[i].layers; l++) {
                const struct summary *n = curves_null(q, l, what);
                extent_add(&e, curves_value(q, l, what));
                extent_add(&e, only ? n->observed : NAN);
                extent_add(&e, only ? n->low : NAN);
                extent_add(&e, only ? n->high : NAN);
                extent_add(&e, only ? n->mean : NAN);
                extent_add(&e,
                           only && what == CURVES_NEURONS ? q->layer[l].drawn_neurons.high : NAN);
            }
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
        double v = l < s->layers ? curves_value(q, l, what) : NAN;
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
        double v = curves_value(q, l, CURVES_SILHOUETTES);
        double next = l + 1 < s->layers ? curves_value(q, l + 1, CURVES_SILHOUETTES) : NAN;
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

/* A panel: what it shows of which file. */
struct curves_panel {
    const struct scores *s;
    const struct names *all; /* a property looks the same in all panels */
    enum curves_of what;
    struct extent extent;
    const char *title; /* NULL: none */
    const char *only;  /* the one property that it shows, with its null; NULL: all, without */
};

/* Title and legend at the top of BOX, of the COUNT properties of GROUP; where the axes may begin.
 */
static double panel_head(struct figure *f, struct figure_box box, const struct curves_panel *p,
                         const char *const *names, const unsigned *group, size_t count)
{
    char text[200];
    if (p->title) {
        figure_cut(text, sizeof text, p->title, FIGURE_TEXT, box.w);
        figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_START, box.x, box.y + FIGURE_TEXT, text)
            ->bold = true;
        box.y += FIGURE_TEXT + 4;
    }
    long q = p->only ? scores_find(p->s, p->only) : -1;
    double used = q < 0 || !count
                      ? figure_legend(f, box, SWATCH_CURVE, names, group, count)
                      : bands_legend(f, box, p->s, &p->s->property[q], p->what, group[0]);
    return box.y + used + 2;
}

/* The frame of a panel below TOP: ticks, and room next to the last layer for a value. */
static struct figure_axes panel_axes(struct figure *f, struct figure_box box,
                                     const struct curves_panel *p, double top)
{
    struct extent e = p->extent;
    double step = figure_round(&e.low, &e.high, (int)(box.h / 24));
    double room = figure_y_room(e.low, e.high, step);
    double pad = e.layers > 1 ? 0.4 : 0.5, width = box.w - 2 * MARGIN - room, right = pad;
    char neurons[64];
    if (p->what == CURVES_SILHOUETTES && width > 3 * VALUE)
        right = fmax(pad, VALUE * (e.layers - 1 + pad) / (width - VALUE));
    struct figure_axes a = {
        {box.x + MARGIN + room, top, width, box.y + box.h - MARGIN - BELOW - top},
        1 - pad,
        e.layers + right,
        e.low,
        e.high};
    if (p->what == CURVES_SILHOUETTES && e.low < 0)
        figure_line(f, INK_LIGHT, 0.6, DASH_NONE, a.box.x, figure_y(&a, 0), a.box.x + a.box.w,
                    figure_y(&a, 0));
    figure_frame(f, &a);
    snprintf(neurons, sizeof neurons, p->s->select ? "property neurons by %s" : "property neurons",
             p->s->select);
    figure_y_ticks(f, &a, step, p->what == CURVES_NEURONS ? neurons : "silhouette on the map");
    figure_x_layers(f, &a, e.layers, "layer");
    return a;
}

/*
 * One file's panel: title, legend, axes, a curve for each property and, for silhouettes, the value
 * of each maximum. A property's place among all of them is its ink and mark in every panel.
 */
static void draw_panel(struct figure *f, struct figure_box box, const struct curves_panel *p)
{
    const struct scores *s = p->s;
    const char *names[MAX_SERIES];
    unsigned group[MAX_SERIES];
    unsigned *series = mem_zeros(s->properties, sizeof *series); /* number + 1; 0 = not shown */
    size_t n = 0;
    for (uint32_t i = 0; series && i < s->properties && n < MAX_SERIES; i++)
        if ((!p->only || strcmp(p->only, s->property[i].name) == 0) &&
            curves_shows(s, &s->property[i], p->what)) {
            names[n] = s->property[i].name;
            group[n] = names_find(p->all, names[n]);
            series[i] = group[n++] + 1;
        }
    if (!series) {
        f->failed = true;
        return;
    }
    if (n || !p->only) {
        struct figure_box head = {box.x + MARGIN, box.y + MARGIN, box.w - 2 * MARGIN, 0};
        struct figure_axes a = panel_axes(f, box, p, panel_head(f, head, p, names, group, n));
        for (uint32_t i = 0; i < s->properties; i++)
            if (series[i] && p->only)
                bands_draw(f, &a, s, &s->property[i], p->what, figure_group_ink(series[i] - 1));
        for (uint32_t i = 0; i < s->properties; i++)
            if (series[i])
                draw_curve(f, &a, s, &s->property[i], p->what, series[i] - 1);
        if (p->what == CURVES_SILHOUETTES)
            draw_best(f, &a, s, series);
    }
    free(series);
}

/* Several files: panels with the same axes, in rows of at most three. */
void figure_curves(struct figure *f, const struct scores *s, size_t files, enum curves_of what,
                   double width, double height)
{
    size_t across = files < 3 ? files : 3, down = (files + across - 1) / across;
    double w = panel_width(width, across, WIDTH), h = panel_width(height, down, HEIGHT);
    struct names all = NAMES_INIT;
    struct err ignored;
    struct curves_panel p = {.all = &all, .what = what, .extent = extent_of(s, files, what, NULL)};
    figure_init(f, w * (double)across, h * (double)down);
    f->failed = scores_names(s, files, &all, &ignored) != STATUS_OK;
    for (size_t i = 0; i < files; i++) {
        p.s = &s[i];
        p.title = files > 1 ? s[i].title : NULL;
        draw_panel(f, (struct figure_box){w * (double)(i % across), h * (double)(i / across), w, h},
                   &p);
    }
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
    for (int what = 0; what < 2; what++) {
        enum curves_of of = (enum curves_of)what;
        struct curves_panel p = {
            .s = s, .all = &all, .what = of, .extent = extent_of(s, 1, of, NULL)};
        draw_panel(f, (struct figure_box){w * what, 0, w, h}, &p);
    }
    names_free(&all);
}

/* The properties of ALL that any of the files shows, in their order, into SHOWN [all->count]. */
static size_t bands_shown(const struct scores *s, size_t files, enum curves_of what,
                          const struct names *all, const char **shown)
{
    size_t n = 0;
    for (uint32_t k = 0; k < all->count; k++) {
        bool any = false;
        for (size_t i = 0; i < files; i++) {
            long p = scores_find(&s[i], all->name[k]);
            any = any || (p >= 0 && curves_shows(&s[i], &s[i].property[p], what));
        }
        if (any)
            shown[n++] = all->name[k];
    }
    return n;
}

/*
 * Bands of several properties would lie on each other: each property has a panel of its own, those
 * of one file in rows of two, or of three; several files stand side by side, a row for each
 * property, whose panels have the same axes.
 */
void figure_bands(struct figure *f, const struct scores *s, size_t files, enum curves_of what,
                  double width, double height)
{
    struct names all = NAMES_INIT;
    struct err ignored;
    bool failed = scores_names(s, files, &all, &ignored) != STATUS_OK;
    const char **shown = mem_array(all.count ? all.count : 1, sizeof *shown);
    size_t n = shown ? bands_shown(s, files, what, &all, shown) : 0, panels = n * files;
    size_t across = files > 1 ? files : n == 3 || n > 4 ? 3 : n < 2 ? 1 : 2;
    size_t down = panels ? (panels + across - 1) / across : 1;
    double w = panel_width(width, across, WIDTH), h = panel_width(height, down, BAND_HEIGHT);
    figure_init(f, w * (double)across, h * (double)down);
    f->failed = failed || !shown;
    for (size_t i = 0; i < panels; i++) {
        const char *only = shown[i / files];
        struct curves_panel p = {.s = &s[i % files],
                                 .all = &all,
                                 .what = what,
                                 .extent = extent_of(s, files, what, only),
                                 .title = files > 1 ? s[i % files].title : NULL,
                                 .only = only};
        draw_panel(f, (struct figure_box){w * (double)(i % across), h * (double)(i / across), w, h},
                   &p);
    }
    free(shown);
    names_free(&all);
}
