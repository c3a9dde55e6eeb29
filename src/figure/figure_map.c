/*
 * Figure 3: the map of a property in a layer, with the groups' marks, labels and silhouettes.
 */
#include "config.h"

#include "figure/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/plot.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/ties.h"

/* In points: BELOW is the room for ticks and name of the x axis, NOTE for the line on quality. */
enum { MARGIN = 6, BELOW = 26, WIDTH = 252, HEIGHT = 270, NOTE = 12 };

/* True if every group is one point (each-phone): shapes would say nothing. */
static bool map_has_singles(const struct property *p)
{
    return p->groups > 1 && p->groups == p->points;
}

/* True if the user has hidden the group of point I. */
static bool map_point_hidden(const struct map_data *d, uint32_t i)
{
    return d->hidden && d->hidden[d->property->point[i].group];
}

/* The axes: one scale for both, the points' middle in the middle, room for marks and labels. */
static struct figure_axes axes_of(const struct map_data *d, struct figure_box box)
{
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
    for (uint32_t i = 0; i < d->property->points; i++) {
        if (map_point_hidden(d, i))
            continue;
        x0 = fmin(x0, d->xy[2 * i]), x1 = fmax(x1, d->xy[2 * i]);
        y0 = fmin(y0, d->xy[2 * i + 1]), y1 = fmax(y1, d->xy[2 * i + 1]);
    }
    if (!(x0 <= x1))
        x0 = x1 = y0 = y1 = 0;
    double scale = fmax((x1 - x0) / fmax(box.w - 28, 10), (y1 - y0) / fmax(box.h - 16, 10));
    if (!(scale > 0))
        scale = 1 / box.w;
    double x = (x0 + x1) / 2, y = (y0 + y1) / 2;
    return (struct figure_axes){box, x - scale * box.w / 2, x + scale * box.w / 2,
                                y - scale * box.h / 2, y + scale * box.h / 2};
}

/* Labels: the selected phone, the heart of every group, then from the rim inwards. */
static void map_prioritise(const struct map_data *d, struct figure_label *label)
{
    const struct property *p = d->property;
    for (uint32_t g = 0; g < p->groups; g++) {
        double x = 0, y = 0;
        uint32_t n = 0;
        struct ties heart = TIES_NONE;
        for (uint32_t i = 0; i < p->points; i++)
            if (p->point[i].group == g) {
                x += label[i].x;
                y += label[i].y;
                n++;
            }
        for (uint32_t i = 0; i < p->points; i++) {
            double away = hypot(label[i].x - x / n, label[i].y - y / n);
            if (p->point[i].group == g)
                ties_offer(&heart, i, -away);
        }
        if (heart.best >= 0)
            label[heart.best].priority = 1 << 20;
    }
}

/* The points with the marks of their groups, 4.5 points wide, and labels. Priority is the distance
 * from the middle of the panel: outer labels have space and are placed first. */
static void draw_points(struct figure *f, const struct map_data *d, const struct figure_axes *a)
{
    const struct property *p = d->property;
    struct figure_label *label = mem_zeros(p->points, sizeof *label);
    size_t n = 0;
    if (!label) {
        f->failed = true;
        return;
    }
    for (uint32_t i = 0; i < p->points; i++) {
        uint32_t g = p->point[i].group;
        struct figure_label *l = &label[i];
        const char *name = p->point[i].label;
        l->x = figure_x(a, d->xy[2 * i]);
        l->y = figure_y(a, d->xy[2 * i + 1]);
        l->ink = map_has_singles(p) ? INK_BLACK : figure_group_ink(g);
        l->text = d->no_labels ? NULL : *name ? name : "(sil)";
        l->priority =
            (int)ties_floor(hypot(l->x - a->box.x - a->box.w / 2, l->y - a->box.y - a->box.h / 2));
    }
    map_prioritise(d, label);
    for (uint32_t i = 0; i < p->points; i++) {
        uint32_t g = p->point[i].group;
        if (map_point_hidden(d, i))
            continue;
        if (d->selected && label[i].text && strcmp(d->selected, p->point[i].label) == 0) {
            label[i].priority = 1 << 30;
            figure_put_mark(f, INK_BLACK, MARK_RING, 8, label[i].x, label[i].y);
        }
        figure_put_mark(f, label[i].ink, map_has_singles(p) ? MARK_CIRCLE : figure_group_mark(g),
                        4.5, label[i].x, label[i].y);
        label[n++] = label[i];
    }
    figure_place_labels(f, a->box, label, n, 4.5, 6.5);
    free(label);
}

/* Silhouettes and stress below the map; the stress says how far its distances can be trusted. */
static void draw_note(struct figure *f, const struct map_data *d, struct figure_box box,
                      size_t dropped)
{
    struct buf text = BUF_INIT;
    char cut[300];
    if (!isnan(d->silhouette))
        buf_printf(&text, "silhouette %s (distances %s), ", number_fixed(d->silhouette, 3).text,
                   number_fixed(d->silhouette_full, 3).text);
    buf_printf(&text, "stress %s", number_fixed(d->stress, 3).text);
    if (dropped)
        buf_printf(&text, ", %zu labels omitted (no space)", dropped);
    figure_cut(cut, sizeof cut, buf_text(&text), FIGURE_SMALL, box.w);
    figure_words(f, INK_GREY, FIGURE_SMALL, ANCHOR_START, box.x, box.y + box.h, cut);
    f->failed = f->failed || !buf_ok(&text);
    buf_free(&text);
}

/* Title and legend of a map; returns the y where the axes may begin. */
static double draw_head(struct figure *f, const struct map_data *d, struct figure_box box,
                        long letter)
{
    const struct property *p = d->property;
    char text[200], lead[8] = "";
    if (letter >= 0)
        snprintf(lead, sizeof lead, "(%c) ", (char)('a' + letter));
    snprintf(text, sizeof text, "%s%.120s, layer %u", lead, p->name, d->layer + 1);
    figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_START, box.x, box.y + FIGURE_TEXT, text)->bold =
        true;
    box.y += FIGURE_TEXT + 4;
    if (map_has_singles(p))
        return box.y + 2;
    return box.y +
           figure_legend(f, box, SWATCH_MARK, (const char *const *)p->group.name, NULL, p->groups) +
           2;
}

/* One map: head with legend, axes, points, and a note on its quality below. Both axes have one
 * scale, since distances on the map are what is read. */
static void draw_panel(struct figure *f, struct figure_box box, const struct map_data *d,
                       long letter)
{
    struct figure_box in = {box.x + MARGIN, box.y + MARGIN, box.w - 2 * MARGIN, box.h - 2 * MARGIN};
    double top = draw_head(f, d, in, letter), room = 30;
    size_t before = f->dropped;
    struct figure_box area = {in.x + room, top, in.w - room - 2, in.y + in.h - BELOW - NOTE - top};
    if (area.h < 30 || area.w < 30) { /* a legend as high as the figure: the points come first */
        area.y = in.y + 16;
        area.h = in.y + in.h - BELOW - NOTE - area.y;
        figure_rect(f, INK_WHITE, true, area);
    }
    struct figure_axes a = axes_of(d, area);
    double step = plot_step(a.x1 - a.x0, (int)(area.w / 40) + 1);
    figure_frame(f, &a);
    figure_x_ticks(f, &a, step, "dimension 1");
    figure_y_ticks(f, &a, step, "dimension 2");
    draw_points(f, d, &a);
    draw_note(f, d, in, f->dropped - before);
}

/* Panels in rows of at most three, lettered (a), (b), ... where there are several. */
void figure_maps(struct figure *f, const struct map_data *d, size_t maps, double width,
                 double height)
{
    size_t across = maps < 3 ? maps : 3, down = (maps + across - 1) / across;
    double w = width > 0 ? width / (double)across : WIDTH;
    double h = height > 0 ? height / (double)down : HEIGHT;
    figure_init(f, w * (double)across, h * (double)down);
    for (size_t i = 0; i < maps; i++)
        draw_panel(f, (struct figure_box){w * (double)(i % across), h * (double)(i / across), w, h},
                   &d[i], maps > 1 ? (long)i : -1);
}
