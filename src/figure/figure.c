/*
 * Figures as lists of lines, shapes and words in points (figure.h): adding items, and measuring
 * text with the widths of Helvetica, so that SVG, PDF and PNG agree on the layout.
 */
#include "config.h"

#include "figure/figure.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/canvas.h"
#include "base/mem.h"

const struct figure_color figure_inks[INK_COUNT] = {
    [INK_BLACK] = {0x00, 0x00, 0x00},       [INK_GREY] = {0x6e, 0x6e, 0x6e},
    [INK_LIGHT] = {0xd0, 0xd0, 0xd0},       [INK_WHITE] = {0xff, 0xff, 0xff},
    [INK_GROUP_1] = {0xd5, 0x5e, 0x00},     [INK_GROUP_1 + 1] = {0x00, 0x72, 0xb2},
    [INK_GROUP_1 + 2] = {0xb3, 0x5a, 0x8f}, [INK_GROUP_1 + 3] = {0x00, 0x9e, 0x73},
    [INK_GROUP_1 + 4] = {0x70, 0x70, 0x70}, [INK_GROUP_1 + 5] = {0xe6, 0x9f, 0x00},
    [INK_GROUP_1 + 6] = {0x56, 0xb4, 0xe9}, [INK_GROUP_1 + 7] = {0x20, 0x20, 0x20},
};

/* Widths of Helvetica in thousandths of the size, from the blank to the tilde. */
static const short widths[95] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

/* For characters outside ASCII: an average, and that of East Asian scripts. */
enum { WIDTH_OTHER = 600, WIDTH_WIDE = 1000 };

static double char_width(uint32_t ch)
{
    if (ch >= ' ' && ch <= '~')
        return widths[ch - ' '] / 1000.0;
    return (ch >= 0x1100 ? WIDTH_WIDE : WIDTH_OTHER) / 1000.0;
}

double figure_text_width(const char *text, double size)
{
    double sum = 0;
    while (*text)
        sum += char_width(utf8_next(&text));
    return sum * size;
}

/* Cuts at characters, never inside one; OUT_SIZE limits the bytes as well. */
void figure_cut(char *out, size_t out_size, const char *text, double size, double width)
{
    const double dots = figure_text_width("...", size);
    bool whole = figure_text_width(text, size) <= width;
    double used = whole ? 0 : dots;
    size_t n = 0;
    while (*text) {
        char bytes[4];
        uint32_t ch = utf8_next(&text);
        used += char_width(ch) * size;
        int len = utf8_put(bytes, ch);
        if ((!whole && used > width) || n + (size_t)len + 4 > out_size)
            break;
        memcpy(out + n, bytes, (size_t)len);
        n += (size_t)len;
    }
    snprintf(out + n, out_size - n, "%s", whole ? "" : "...");
}

void figure_init(struct figure *f, double width, double height)
{
    *f = (struct figure){.width = width, .height = height};
}

void figure_free(struct figure *f)
{
    for (size_t i = 0; i < f->items; i++)
        free(f->item[i].text);
    free(f->item);
    free(f->point);
    *f = (struct figure){0};
}

/* Adds ITEM and returns it for further settings; never NULL, so that callers can set fields
 * without a check. */
static struct figure_item *figure_add(struct figure *f, struct figure_item item)
{
    static struct figure_item nowhere; /* what callers may write to when there is no memory */
    if (f->failed || !mem_grow(&f->item, &f->cap, f->items + 1, sizeof *f->item)) {
        f->failed = true;
        nowhere = (struct figure_item){0};
        return &nowhere;
    }
    f->item[f->items] = item;
    return &f->item[f->items++];
}

void figure_line(struct figure *f, enum figure_ink ink, double width, enum figure_dash dash,
                 double x, double y, double x2, double y2)
{
    figure_add(f, (struct figure_item){.kind = FIGURE_LINE,
                                       .ink = ink,
                                       .dash = dash,
                                       .size = width,
                                       .x = x,
                                       .y = y,
                                       .x2 = x2,
                                       .y2 = y2});
}

/* ITEM, a path through a copy of POINT [n][2]; of fewer than two it is nothing. */
static void figure_add_path(struct figure *f, struct figure_item item, const double *point,
                            size_t n)
{
    if (n < 2)
        return;
    if (f->failed || !mem_grow(&f->point, &f->point_cap, f->points + n, 2 * sizeof *f->point)) {
        f->failed = true;
        return;
    }
    memcpy(f->point + 2 * f->points, point, 2 * n * sizeof *point);
    item.first = f->points;
    item.count = n;
    figure_add(f, item);
    f->points += n;
}

void figure_path(struct figure *f, enum figure_ink ink, double width, enum figure_dash dash,
                 const double *point, size_t n)
{
    const struct figure_item item = {.kind = FIGURE_PATH, .ink = ink, .dash = dash, .size = width};
    figure_add_path(f, item, point, n);
}

void figure_area(struct figure *f, enum figure_ink ink, const double *point, size_t n)
{
    const struct figure_item item = {.kind = FIGURE_PATH, .ink = ink, .wash = true};
    figure_add_path(f, item, point, n);
}

void figure_rect(struct figure *f, enum figure_ink ink, bool filled, struct figure_box box)
{
    figure_add(f, (struct figure_item){.kind = FIGURE_RECT,
                                       .ink = ink,
                                       .filled = filled,
                                       .size = 0.6,
                                       .x = box.x,
                                       .y = box.y,
                                       .x2 = box.w,
                                       .y2 = box.h});
}

void figure_circle(struct figure *f, enum figure_ink ink, bool wash, double x, double y, double r)
{
    figure_add(
        f,
        (struct figure_item){
            .kind = FIGURE_CIRCLE, .ink = ink, .wash = wash, .size = 1, .x = x, .y = y, .x2 = r});
}

void figure_put_mark(struct figure *f, enum figure_ink ink, enum figure_mark mark, double size,
                     double x, double y)
{
    figure_add(f, (struct figure_item){
                      .kind = FIGURE_MARK, .ink = ink, .mark = mark, .size = size, .x = x, .y = y});
}

/* A printable copy of TEXT: so it has nothing that XML forbids, either. */
static char *figure_clean_text(const char *text)
{
    char *copy = mem_strndup(text, strlen(text));
    if (copy)
        text_clean(copy);
    return copy;
}

struct figure_item *figure_words(struct figure *f, enum figure_ink ink, double size,
                                 enum figure_anchor anchor, double x, double y, const char *text)
{
    struct figure_item item = {.kind = FIGURE_WORDS,
                               .ink = ink,
                               .size = size,
                               .anchor = anchor,
                               .x = x,
                               .y = y,
                               .text = figure_clean_text(text)};
    if (!item.text)
        f->failed = true;
    struct figure_item *added = figure_add(f, item);
    if (f->failed) {
        free(item.text);
        added->text = NULL;
    }
    return added;
}

struct figure_item *figure_wordsf(struct figure *f, enum figure_ink ink, double size,
                                  enum figure_anchor anchor, double x, double y, const char *fmt,
                                  ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return figure_words(f, ink, size, anchor, x, y, text);
}

double figure_item_width(const struct figure_item *i)
{
    /* Every character of a typewriter's font is 0.6 of its height wide. */
    return i->mono ? 0.6 * i->size * text_width(i->text ? i->text : "")
                   : figure_text_width(i->text ? i->text : "", i->size);
}

/* Words stand from 0.74 of their size above the baseline to 0.21 below it. */
static struct figure_box words_box(const struct figure_item *i)
{
    double w = figure_item_width(i), up = 0.74 * i->size;
    double h = 0.95 * i->size, before = i->anchor == ANCHOR_START ? 0 : w;
    before = i->anchor == ANCHOR_MIDDLE ? w / 2 : before;
    if (i->upwards)
        return (struct figure_box){i->x - up, i->y + before - w, h, w};
    return (struct figure_box){i->x - before, i->y - up, w, h};
}

/* The box with two opposite corners given in any order. */
static struct figure_box figure_span(double x, double y, double x2, double y2)
{
    return (struct figure_box){fmin(x, x2), fmin(y, y2), fabs(x2 - x), fabs(y2 - y)};
}

struct figure_box figure_item_box(const struct figure *f, const struct figure_item *i)
{
    switch (i->kind) {
    case FIGURE_LINE: return figure_span(i->x, i->y, i->x2, i->y2);
    case FIGURE_RECT: return (struct figure_box){i->x, i->y, i->x2, i->y2};
    case FIGURE_CIRCLE: return figure_span(i->x - i->x2, i->y - i->x2, i->x + i->x2, i->y + i->x2);
    case FIGURE_MARK:
        return (struct figure_box){i->x - i->size / 2, i->y - i->size / 2, i->size, i->size};
    case FIGURE_WORDS: return words_box(i);
    default: break;
    }
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
    for (size_t k = 0; k < i->count; k++) {
        const double *p = &f->point[2 * (i->first + k)];
        x0 = fmin(x0, p[0]), x1 = fmax(x1, p[0]);
        y0 = fmin(y0, p[1]), y1 = fmax(y1, p[1]);
    }
    return (struct figure_box){x0, y0, x1 - x0, y1 - y0};
}
