/*
 * Placing labels next to points without overlap: greedy by priority over sixteen places around
 * each point; a label that finds no place is left out and counted.
 */
#include "config.h"

#include "figure/figure.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* A label to place: its index and priority. */
struct wish {
    size_t index;
    int priority;
};

/* Highest first; equal ones in their order, so that the result does not depend on qsort. */
static int by_priority(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static bool label_box_inside(struct figure_box in, struct figure_box out)
{
    return in.x >= out.x && in.y >= out.y && in.x + in.w <= out.x + out.w &&
           in.y + in.h <= out.y + out.h;
}

/* The eight places around a point: right and left, above and below, then the corners; the same
 * further away. */
static struct figure_box label_place(const struct figure_label *l, int k, double w, double size,
                                     double mark)
{
    static const signed char across_of[8] = {1, -1, 0, 0, 1, 1, -1, -1};
    static const signed char down_of[8] = {0, 0, -1, 1, -1, 1, -1, 1};
    int across = across_of[k % 8], down = down_of[k % 8];
    double gap = (mark / 2 + 0.8) * (k < 8 ? 1 : 2.4), near = gap * 0.6, h = 0.95 * size;
    bool corner = across && down;
    double dx = across * (corner ? near : gap), dy = down * (corner ? near : gap);
    double x = across > 0 ? l->x + dx : across < 0 ? l->x + dx - w : l->x - w / 2;
    double y = down > 0 ? l->y + dy : down < 0 ? l->y + dy - h : l->y - h / 2;
    return (struct figure_box){x, y, w, h};
}

/* TAKEN holds the boxes of all points first, then those of placed labels; only a label's own point
 * may be touched. Quadratic in the number of labels, of which a figure has hundreds at most. */
void figure_place_labels(struct figure *f, struct figure_box area, const struct figure_label *label,
                         size_t labels, double mark, double size)
{
    struct wish *order = mem_array(labels, sizeof *order);
    struct figure_box *taken = mem_array(2 * labels, sizeof *taken);
    size_t n = 0, boxes = 0;
    if (!order || !taken) {
        f->failed = true;
        goto out;
    }
    for (size_t i = 0; i < labels; i++) {
        double side = label[i].mark > 0 ? label[i].mark : mark;
        taken[boxes++] =
            (struct figure_box){label[i].x - side / 2, label[i].y - side / 2, side, side};
        if (label[i].text && *label[i].text)
            order[n++] = (struct wish){i, label[i].priority};
    }
    qsort(order, n, sizeof *order, by_priority);
    for (size_t i = 0; i < n; i++) {
        const struct figure_label *l = &label[order[i].index];
        double w = figure_text_width(l->text, size);
        bool found = false;
        for (int k = 0; k < (l->far ? 16 : 8) && !found; k++) {
            struct figure_box b = label_place(l, k, w, size, mark);
            found = label_box_inside(b, area);
            for (size_t t = 0; t < boxes && found; t++)
                found = t == order[i].index || !figure_overlap(b, taken[t]);
            if (!found)
                continue;
            taken[boxes++] = b;
            figure_words(f, l->ink, size, ANCHOR_START, b.x, b.y + 0.74 * size, l->text);
        }
        f->dropped += !found;
    }
out:
    free(order);
    free(taken);
}

/* Rows are broken where the next entry would leave AREA; long names are cut to one row. */
double figure_legend(struct figure *f, struct figure_box area, enum figure_swatch swatch,
                     const char *const *names, const unsigned *group, size_t count)
{
    const double row = FIGURE_TEXT + 3, gap = 10;
    const bool line = swatch == SWATCH_CURVE || swatch == SWATCH_LINE;
    const double key = line ? 18 : 8;
    double x = area.x, y = area.y + FIGURE_TEXT;
    for (size_t i = 0; i < count; i++) {
        unsigned g = group ? group[i] : (unsigned)i;
        enum figure_ink ink = figure_group_ink(g);
        char text[160];
        figure_cut(text, sizeof text, names[i], FIGURE_TEXT, area.w - key - 4);
        double w = key + 3 + figure_text_width(text, FIGURE_TEXT);
        if (x > area.x && x + w > area.x + area.w) {
            x = area.x;
            y += row;
        }
        double middle = y - 0.36 * FIGURE_TEXT;
        if (line)
            figure_line(f, ink, 1.2, (enum figure_dash)(g % DASH_COUNT), x, middle, x + key,
                        middle);
        if (swatch == SWATCH_BAR)
            figure_bar(f, ink, g, (struct figure_box){x, middle - 3, key, 6});
        else if (swatch != SWATCH_LINE)
            figure_put_mark(f, ink, figure_group_mark(g), 4.5, x + key / 2, middle);
        figure_words(f, INK_BLACK, FIGURE_TEXT, ANCHOR_START, x + key + 3, y, text);
        x += w + gap;
    }
    return count ? y - area.y + 5 : 0;
}
