/*
 * Figure 5: the best silhouette of every property, file by file; with nulls beside each bar what
 * the best of all layers is when labels are exchanged.
 */
#include "config.h"

#include "figure/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "figure/figure_bands.h"
#include "screen/canvas.h"
#include "base/mem.h"

/* In points; SLOT is a file's share of the width where many files widen the figure. */
enum { MARGIN = 6, WIDTH = 252, SLOT = 56, HEIGHT = 200, LEVEL_BELOW = 14, NAME_MAX_WIDTH = 90 };

/* What all files' bars share. */
struct bars {
    const struct scores *s;
    size_t files;
    struct names names; /* of the properties with a silhouette anywhere */
    struct figure_axes a;
    double slot;      /* of a file */
    bool null, cross; /* any has a null; one of other frames than its bar */
};

/* The share of a bar's place that its null takes. */
#define NULL_SHARE 0.3

/* The best silhouette of the property NAME and its layer (from 0); NAN and -1 without one. */
static double best_of(const struct scores *s, const char *name, long *layer)
{
    long p = scores_find(s, name);
    *layer = p >= 0 ? s->property[p].best : -1;
    return *layer >= 0 ? s->property[p].layer[*layer].silhouette : NAN;
}

/* What chance gives of it; NULL where nothing is known. */
static const struct summary *null_of(const struct scores *s, const char *name)
{
    long p = scores_find(s, name);
    const struct summary *n = p >= 0 ? &s->property[p].null_best : NULL;
    return n && isfinite(n->mean) ? n : NULL;
}

/* Widens LOW and HIGH to V; NAN compares false and changes neither. */
static void widen(double v, double *low, double *high)
{
    *low = v < *low ? v : *low;
    *high = v > *high ? v : *high;
}

/* Collects the properties with a silhouette in any file, and widens LOW and HIGH to their values.
 */
static enum status shown_names(struct bars *b, double *low, double *high)
{
    struct err ignored;
    struct names all = NAMES_INIT;
    enum status code = scores_names(b->s, b->files, &all, &ignored);
    for (uint32_t p = 0; !code && p < all.count; p++) {
        bool any = false;
        for (size_t i = 0; i < b->files; i++) {
            long layer;
            double v = best_of(&b->s[i], all.name[p], &layer);
            const struct summary *n = null_of(&b->s[i], all.name[p]);
            widen(v, low, high);
            any = any || !isnan(v);
            if (isnan(v) || !n)
                continue;
            widen(n->low, low, high);
            widen(n->high, low, high);
            widen(n->observed, low, high);
            b->null = true;
            b->cross = b->cross || bands_elsewhere(v, n);
        }
        if (any && names_add(&b->names, all.name[p]) == NAMES_NONE)
            code = STATUS_NOMEM;
    }
    names_free(&all);
    return code;
}

/* 95 % of the labelings as a box with their mean, in the WIDTH points from X on. */
static void draw_null(struct figure *f, const struct figure_axes *a, const struct summary *n,
                      double v, double x, double width)
{
    double top = figure_y(a, n->high), mean = figure_y(a, n->mean);
    struct figure_box box = {x, top, width, figure_y(a, n->low) - top};
    figure_rect(f, INK_LIGHT, true, box);
    figure_rect(f, INK_GREY, false, box);
    figure_line(f, INK_BLACK, 1, DASH_NONE, x, mean, x + width, mean);
    if (bands_elsewhere(v, n))
        figure_put_mark(f, INK_BLACK, MARK_CROSS, 4.5, x + width / 2, figure_y(a, n->observed));
}

/* The bars of one file, centred in its slot: at most 22 points wide, with the best layer's number
 * above. Numbers shrink to their bar and are dropped below 4 points, as unreadable. */
static void draw_group(struct figure *f, const struct bars *b, size_t file)
{
    const struct figure_axes *a = &b->a;
    uint32_t n = b->names.count;
    double place = fmin(b->slot * 0.84 / (n ? n : 1), b->null ? 30 : 22), zero = figure_y(a, 0);
    double left = a->box.x + b->slot * ((double)file + 0.5) - place * n / 2;
    double width = place * (b->null ? 1 - NULL_SHARE : 1);
    for (uint32_t p = 0; p < n; p++) {
        long layer;
        double v = best_of(&b->s[file], b->names.name[p], &layer);
        const struct summary *null = null_of(&b->s[file], b->names.name[p]);
        double x = left + place * p, y = isnan(v) ? zero : figure_y(a, v);
        char text[24];
        struct figure_box box = {x + 0.8, fmin(y, zero), width - 1.6, fabs(y - zero)};
        if (isnan(v)) {
            figure_words(f, INK_GREY, FIGURE_SMALL, ANCHOR_MIDDLE, x + width / 2, zero - 2, "-");
            continue;
        }
        figure_bar(f, figure_group_ink(p), p, box);
        if (null)
            draw_null(f, a, null, v, x + width, place * NULL_SHARE - 0.8);
        snprintf(text, sizeof text, "%ld", layer + 1);
        double size = fmin(6.5, 6.5 * (width - 1) / figure_text_width(text, 6.5));
        if (size >= 4)
            figure_words(f, INK_BLACK, size, ANCHOR_MIDDLE, x + width / 2,
                         v >= 0 ? y - 2 : y + size, text);
        else
            f->dropped++;
    }
}

/* What the boxes beside the bars are, in rows from AREA's top on; the height used. */
static double null_legend(struct figure *f, struct figure_box area, bool cross)
{
    enum { KEY = 8 };
    struct bands_flow flow = bands_begin(area);
    double x, y;
    bands_entry(f, &flow, KEY, "best of all layers, labels exchanged: mean, middle 95 %", &x, &y);
    const struct figure_box box = {x, y - 3, KEY, 6};
    figure_rect(f, INK_LIGHT, true, box);
    figure_rect(f, INK_GREY, false, box);
    figure_line(f, INK_BLACK, 1, DASH_NONE, x, y, x + KEY, y);
    if (cross) {
        bands_entry(f, &flow, KEY, "middle frames of tokens, as their box", &x, &y);
        figure_put_mark(f, INK_BLACK, MARK_CROSS, 4.5, x + KEY / 2.0, y);
    }
    return flow.y - area.y + 5;
}

/* Level where the slots are wide enough for all names, else upwards. */
static double names_height(const struct scores *s, size_t files, double slot, bool *level)
{
    double widest = 0;
    for (size_t i = 0; i < files; i++)
        widest = fmax(widest, figure_text_width(s[i].title, FIGURE_SMALL));
    *level = widest <= slot - 4;
    return *level ? LEVEL_BELOW : fmin(widest, NAME_MAX_WIDTH) + 8;
}

/* Names of models mostly differ at their end: long ones lose the start. */
static void cut_start(char *out, size_t size, const char *name, double width)
{
    const char *from = name;
    double dots = figure_text_width("...", FIGURE_SMALL);
    if (figure_text_width(name, FIGURE_SMALL) > width)
        while (*from && figure_text_width(from, FIGURE_SMALL) + dots > width)
            utf8_next(&from);
    snprintf(out, size, "%s%s", from > name ? "..." : "", from);
}

/* The names of the files below their slots, upright where too long to lie level. */
static void draw_names(struct figure *f, const struct bars *b, bool level)
{
    double bottom = b->a.box.y + b->a.box.h;
    for (size_t i = 0; i < b->files; i++) {
        double x = b->a.box.x + b->slot * ((double)i + 0.5);
        char text[200];
        cut_start(text, sizeof text, b->s[i].title, level ? b->slot : NAME_MAX_WIDTH);
        struct figure_item *w = level ? figure_words(f, INK_BLACK, FIGURE_SMALL, ANCHOR_MIDDLE, x,
                                                     bottom + FIGURE_SMALL + 4, text)
                                      : figure_words(f, INK_BLACK, FIGURE_SMALL, ANCHOR_END,
                                                     x + 0.35 * FIGURE_SMALL, bottom + 4, text);
        w->upwards = !level;
    }
}

/* The height of the names depends on the width of the slots, and the width of the slots on the
 * axis: names are measured twice. */
void figure_best(struct figure *f, const struct scores *s, size_t files, double width,
                 double height)
{
    struct bars b = {.s = s, .files = files, .names = NAMES_INIT};
    double low = 0, high = 0.1;
    bool level;
    double wide = width > 0 ? width : fmax(WIDTH, 50 + SLOT * (double)files);
    double names = names_height(s, files, (wide - 50) / (double)files, &level);
    figure_init(f, wide, height > 0 ? height : HEIGHT + names - LEVEL_BELOW);
    if (shown_names(&b, &low, &high))
        f->failed = true;
    struct figure_box legend = {MARGIN, MARGIN, f->width - 2 * MARGIN, 0};
    double top = MARGIN + 2 +
                 figure_legend(f, legend, SWATCH_BAR, (const char *const *)b.names.name, NULL,
                               b.names.count);
    legend.y = top - 2;
    top += b.null ? null_legend(f, legend, b.cross) : 0;
    high += 0.06 * (high - low); /* room for the layers' numbers */
    low -= low < 0 ? 0.06 * (high - low) : 0;
    double step = figure_round(&low, &high, (int)((f->height - top) / 26));
    double room = figure_y_room(low, high, step);
    b.slot = (f->width - 2 * MARGIN - room) / (double)files;
    double below = names_height(s, files, b.slot, &level) + FIGURE_SMALL + 3;
    b.a = (struct figure_axes){{MARGIN + room, top, f->width - 2 * MARGIN - room,
                                fmax(f->height - MARGIN - below - top, 10)},
                               0,
                               1,
                               low,
                               high};
    figure_line(f, INK_BLACK, 0.6, DASH_NONE, b.a.box.x, figure_y(&b.a, 0), b.a.box.x + b.a.box.w,
                figure_y(&b.a, 0));
    figure_frame(f, &b.a);
    figure_y_ticks(f, &b.a, step, "best silhouette on the map");
    for (size_t i = 0; i < files; i++)
        draw_group(f, &b, i);
    draw_names(f, &b, level);
    figure_words(f, INK_GREY, FIGURE_SMALL, ANCHOR_END, f->width - MARGIN, f->height - MARGIN,
                 "number: best layer");
    names_free(&b.names);
}
