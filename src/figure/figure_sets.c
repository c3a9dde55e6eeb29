/*
 * Figure 8: two or three sets as a schematic Venn diagram, more as rows of regions with bars.
 * Areas carry no meaning; the numbers are exact.
 */
#include "config.h"

#include "base/number.h"
#include "figure/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "screen/plot.h"

/* In points; WIDTH is a column of the paper (3.5 in). MAX_ROWS bounds only the figure's own
 * height. */
enum { MARGIN = 6, WIDTH = 252, HEIGHT = 236, NOTE = 12, ROW = 13, MAX_ROWS = 24 };

/* The centre of a circle or of a region. */
struct place {
    double x, y;
};

/* Circles of three sets around the middle, or of two side by side. */
static void place_circles(uint32_t sets, struct figure_box b, struct place *at, double *radius)
{
    double x = b.x + b.w / 2, y = b.y + b.h / 2;
    if (sets == 2) {
        *radius = fmin(b.w / 3.3, b.h / 2);
        at[0] = (struct place){x - 0.6 * *radius, y};
        at[1] = (struct place){x + 0.6 * *radius, y};
        return;
    }
    *radius = fmin(b.w / 3.2, b.h / 3.05);
    double d = 1.12 * *radius, up = d * 0.8660254;
    at[0] = (struct place){x - d / 2, y - up / 2};
    at[1] = (struct place){x + d / 2, y - up / 2};
    at[2] = (struct place){x, y + up / 2};
}

/* The middle of region R: away from the circles it is outside of. */
static struct place sets_region_centre(uint32_t r, uint32_t sets, const struct place *at,
                                       double radius)
{
    struct place in = {0, 0}, all = {0, 0};
    int n = 0;
    for (uint32_t s = 0; s < sets; s++) {
        all.x += at[s].x / sets;
        all.y += at[s].y / sets;
        if (r >> s & 1) {
            in.x += at[s].x;
            in.y += at[s].y;
            n++;
        }
    }
    in.x /= n;
    in.y /= n;
    double away = hypot(in.x - all.x, in.y - all.y);
    if (away < 1e-9)
        return in;
    double by = radius * (sets == 2 ? 0.28 : n == 1 ? 0.38 : 0.30);
    return (struct place){in.x + (in.x - all.x) / away * by, in.y + (in.y - all.y) / away * by};
}

/* "gender (278)"; of a long name the size stays. */
static void name_with_size(char *out, size_t out_size, const struct sets_data *d, uint32_t s,
                           double size, double width)
{
    char number[20], name[160];
    snprintf(number, sizeof number, " (%u)", d->overlap->size[s]);
    figure_cut(name, sizeof name, d->names[s], size, width - figure_text_width(number, size));
    snprintf(out, out_size, "%s%s", name, number);
}

/* Two or three circles of equal size, not to scale: each region holds its exact number of neurons
 * and, in grey below, the number expected if membership were independent. */
static void draw_venn(struct figure *f, const struct sets_data *d, struct figure_box box)
{
    const struct overlap *o = d->overlap;
    struct place at[3];
    double radius, head = FIGURE_TEXT + 6, half = box.w / 2 - 4;
    struct figure_box in = {box.x, box.y + head, box.w, box.h - head * (o->sets == 3 ? 2 : 1)};
    place_circles(o->sets, in, at, &radius);
    for (uint32_t s = 0; s < o->sets; s++)
        figure_circle(f, figure_group_ink(s), true, at[s].x, at[s].y, radius);
    for (uint32_t s = 0; s < o->sets; s++) {
        char cut[200];
        bool below = s == 2;
        name_with_size(cut, sizeof cut, d, s, FIGURE_TEXT, below ? box.w : half);
        double x = below    ? at[s].x
                   : s == 0 ? fmin(at[s].x, box.x + half / 2 + 2)
                            : fmax(at[s].x, box.x + box.w - half / 2 - 2);
        figure_words(f, figure_group_ink(s), FIGURE_TEXT, ANCHOR_MIDDLE, x,
                     below ? at[s].y + radius + FIGURE_TEXT + 3 : at[s].y - radius - 4, cut)
            ->bold = true;
    }
    for (uint32_t r = 1; r < 1u << o->sets; r++) {
        struct place p = sets_region_centre(r, o->sets, at, radius);
        figure_wordsf(f, INK_BLACK, FIGURE_TEXT + 1, ANCHOR_MIDDLE, p.x, p.y + 1, "%u",
                      o->region[r]);
        figure_wordsf(f, INK_GREY, 6, ANCHOR_MIDDLE, p.x, p.y + 8.5, "%s",
                      number_fixed(o->expected[r], 1).text);
    }
}

static const struct overlap *sorting; /* qsort has no argument to spare; one thread only */

/* Largest region first, of equal ones the one with the smaller number. */
static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (sorting->region[x] != sorting->region[y])
        return sorting->region[x] > sorting->region[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* The regions that have neurons into ORDER, largest first; their number. */
static size_t sorted_regions(const struct overlap *o, uint32_t *order)
{
    size_t n = 0;
    for (uint32_t r = 1; r < 1u << o->sets; r++)
        if (o->region[r])
            order[n++] = r;
    sorting = o;
    qsort(order, n, sizeof *order, by_size);
    return n;
}

/* Many sets, or one: a row for each region, which sets it is in, and its size as a bar. */
static void draw_rows(struct figure *f, const struct sets_data *d, struct figure_box b)
{
    const struct overlap *o = d->overlap;
    uint32_t order[1 << OVERLAP_MAX_SETS];
    size_t n = sorted_regions(o, order);
    double matrix = 14.0 * o->sets + 10, names = 10.0 * o->sets + 6, y = b.y + names;
    double bar = b.w - matrix - 62;
    size_t room = (size_t)fmax((b.y + b.h - y) / ROW, 0);
    for (uint32_t s = 0; s < o->sets; s++) {
        char text[200];
        double x = b.x + 7 + 14.0 * s, line = b.y + 10.0 * (s + 1) - 3;
        figure_line(f, INK_LIGHT, 0.6, DASH_NONE, x, line - 2.5, x, y);
        figure_line(f, INK_LIGHT, 0.6, DASH_NONE, x, line - 2.5, b.x + matrix - 3, line - 2.5);
        name_with_size(text, sizeof text, d, s, FIGURE_SMALL, b.w - matrix);
        figure_words(f, INK_BLACK, FIGURE_SMALL, ANCHOR_START, b.x + matrix, line, text);
    }
    for (size_t i = 0; i < n && i < room; i++) {
        uint32_t r = order[i];
        double line = y + ROW * (double)i + ROW / 2.0;
        for (uint32_t s = 0; s < o->sets; s++)
            figure_put_mark(f, r >> s & 1 ? INK_BLACK : INK_LIGHT, MARK_CIRCLE, 6,
                            b.x + 7 + 14.0 * s, line);
        double w = bar * o->region[r] / o->region[order[0]];
        figure_bar(f, INK_GROUP_1 + 1, 0, (struct figure_box){b.x + matrix, line - 4, w, 8});
        figure_wordsf(f, INK_BLACK, FIGURE_SMALL, ANCHOR_START, b.x + matrix + w + 3, line + 2.5,
                      "%u (%s)", o->region[r], number_fixed(o->expected[r], 1).text);
    }
    if (n > room) {
        f->dropped += n - room;
        figure_wordsf(f, INK_GREY, FIGURE_SMALL, ANCHOR_END, b.x + b.w, b.y + b.h + NOTE - 2,
                      "%zu smaller regions left out", n - room);
    }
}

/* Two or three sets are circles; more, or one, are rows, as circles cannot show all regions. */
void figure_sets(struct figure *f, const struct sets_data *d, double width, double height)
{
    const struct overlap *o = d->overlap;
    uint32_t order[1 << OVERLAP_MAX_SETS];
    bool venn = o->sets == 2 || o->sets == 3;
    size_t rows = venn ? 0 : sorted_regions(o, order);
    rows = rows > MAX_ROWS ? MAX_ROWS : rows;
    double own = venn ? HEIGHT : 2 * MARGIN + NOTE + 10.0 * o->sets + 6 + ROW * (double)rows;
    figure_init(f, width > 0 ? width : WIDTH, height > 0 ? height : fmax(own, FIGURE_MIN_SIDE));
    struct figure_box box = {MARGIN, MARGIN, f->width - 2 * MARGIN, f->height - 2 * MARGIN - NOTE};
    if (venn)
        draw_venn(f, d, box);
    else
        draw_rows(f, d, box);
    figure_wordsf(f, INK_GREY, FIGURE_SMALL, ANCHOR_START, box.x, f->height - MARGIN,
                  venn ? "layer %u; in grey: expected" : "layer %u; in parentheses: expected",
                  d->layer + 1);
}
