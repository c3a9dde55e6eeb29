/*
 * A figure as SVG: shapes and words as they are, in points, with a list of fonts that every viewer
 * has.
 */
#include "config.h"

#include "base/number.h"
#include "figure/figure.h"

#include <stdio.h>

/*
 * SVG is text: written here, without a library, so that every build has it and equal figures are
 * equal bytes everywhere.  Words stay words: they can be searched, and edited in a drawing program.
 */

/* A coordinate in points. */
#define PT(v) number_fixed(v, 2).text

static const char *const dashes[DASH_COUNT] = {"", "4 2", "1 2", "5 2 1 2"};

/* TEXT with the characters that XML reserves as entities. */
static void put_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (entity)
            buf_str(out, entity);
        else
            buf_add(out, text, 1);
    }
}

/* The ink as "#rrggbb". */
static void ink_name(const struct figure_item *i, char *text, size_t size)
{
    struct figure_color c = figure_inks[i->ink];
    snprintf(text, size, "#%02x%02x%02x", c.r, c.g, c.b);
}

/* Attributes of lines and outlines. */
static void put_stroke(struct buf *out, const struct figure_item *i)
{
    char ink[8];
    ink_name(i, ink, sizeof ink);
    buf_printf(out, " stroke=\"%s\" stroke-width=\"%s\"", ink, PT(i->size));
    if (i->dash)
        buf_printf(out, " stroke-dasharray=\"%s\"", dashes[i->dash]);
}

/* Words are anchored on their baseline; upright ones are turned about that point. */
static void put_words(struct buf *out, const struct figure_item *i)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    char ink[8];
    ink_name(i, ink, sizeof ink);
    buf_printf(out, "<text x=\"%s\" y=\"%s\" font-size=\"%s\" fill=\"%s\"", PT(i->x), PT(i->y),
               number_fixed(i->size, 1).text, ink);
    if (i->anchor)
        buf_printf(out, " text-anchor=\"%s\"", anchors[i->anchor]);
    if (i->bold)
        buf_str(out, " font-weight=\"bold\"");
    if (i->mono)
        buf_str(out, " font-family=\"monospace\" xml:space=\"preserve\"");
    if (i->upwards)
        buf_printf(out, " transform=\"rotate(-90 %s %s)\"", PT(i->x), PT(i->y));
    buf_str(out, ">");
    put_escaped(out, i->text);
    buf_str(out, "</text>\n");
}

/* A mark of diameter I->size around its point; crosses are turned or upright pluses. The factors
 * give all shapes a similar area, and match those of trace_mark in figure_cairo.c. */
static void put_mark(struct buf *out, const struct figure_item *i)
{
    double r = i->size / 2, x = i->x, y = i->y;
    char ink[8];
    ink_name(i, ink, sizeof ink);
    switch (i->mark) {
    case MARK_CIRCLE:
        buf_printf(out, "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\"/>\n", PT(x), PT(y), PT(r),
                   ink);
        return;
    case MARK_RING:
        buf_printf(out,
                   "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"none\" stroke=\"%s\" "
                   "stroke-width=\"0.9\"/>\n",
                   PT(x), PT(y), PT(r), ink);
        return;
    case MARK_SQUARE:
        buf_printf(out, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>\n",
                   PT(x - 0.9 * r), PT(y - 0.9 * r), PT(1.8 * r), PT(1.8 * r), ink);
        return;
    case MARK_TRIANGLE:
    case MARK_DOWN: {
        double s = i->mark == MARK_DOWN ? -1 : 1;
        buf_printf(out, "<path d=\"M%s %sL%s %sL%s %sZ\" fill=\"%s\"/>\n", PT(x),
                   PT(y - 1.1 * s * r), PT(x + r), PT(y + 0.8 * s * r), PT(x - r),
                   PT(y + 0.8 * s * r), ink);
        return;
    }
    case MARK_DIAMOND:
        buf_printf(out, "<path d=\"M%s %sL%s %sL%s %sL%s %sZ\" fill=\"%s\"/>\n", PT(x),
                   PT(y - 1.15 * r), PT(x + 1.15 * r), PT(y), PT(x), PT(y + 1.15 * r),
                   PT(x - 1.15 * r), PT(y), ink);
        return;
    default: break;
    }
    double d = i->mark == MARK_PLUS ? 0 : 0.8 * r, e = i->mark == MARK_PLUS ? r : 0.8 * r;
    buf_printf(out,
               "<path d=\"M%s %sL%s %sM%s %sL%s %s\" fill=\"none\" stroke=\"%s\" "
               "stroke-width=\"1.1\"/>\n",
               PT(x - e), PT(y - d), PT(x + e), PT(y + d), PT(x - d), PT(y + e), PT(x + d),
               PT(y - e), ink);
}

/* An open polyline through the item's points, or the area within them. */
static void put_path(struct buf *out, const struct figure *f, const struct figure_item *i)
{
    buf_str(out, "<path d=\"");
    for (size_t k = 0; k < i->count; k++) {
        const double *p = &f->point[2 * (i->first + k)];
        buf_printf(out, "%c%s %s", k ? 'L' : 'M', PT(p[0]), PT(p[1]));
    }
    if (i->wash) {
        char ink[8];
        ink_name(i, ink, sizeof ink);
        buf_printf(out, "Z\" fill=\"%s\" fill-opacity=\"%s\"/>\n", ink, PT(FIGURE_WASH));
        return;
    }
    buf_str(out, "\" fill=\"none\" stroke-linejoin=\"round\"");
    put_stroke(out, i);
    buf_str(out, "/>\n");
}

/*
 * One item as an SVG element; counterpart of put_item in figure_cairo.c, which must show the same.
 */
static void put_item(struct buf *out, const struct figure *f, const struct figure_item *i)
{
    char ink[8];
    ink_name(i, ink, sizeof ink);
    switch (i->kind) {
    case FIGURE_LINE:
        buf_printf(out, "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"", PT(i->x), PT(i->y),
                   PT(i->x2), PT(i->y2));
        put_stroke(out, i);
        buf_str(out, "/>\n");
        break;
    case FIGURE_PATH: put_path(out, f, i); break;
    case FIGURE_RECT:
        buf_printf(out, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"", PT(i->x), PT(i->y),
                   PT(i->x2), PT(i->y2));
        if (i->filled)
            buf_printf(out, " fill=\"%s\"/>\n", ink);
        else {
            buf_str(out, " fill=\"none\"");
            put_stroke(out, i);
            buf_str(out, "/>\n");
        }
        break;
    case FIGURE_CIRCLE:
        buf_printf(out, "<circle cx=\"%s\" cy=\"%s\" r=\"%s\"", PT(i->x), PT(i->y), PT(i->x2));
        if (i->wash)
            buf_printf(out, " fill=\"%s\" fill-opacity=\"%s\"", ink, PT(FIGURE_WASH));
        else
            buf_str(out, " fill=\"none\"");
        put_stroke(out, i);
        buf_str(out, "/>\n");
        break;
    case FIGURE_MARK: put_mark(out, i); break;
    case FIGURE_WORDS: put_words(out, i); break;
    }
}

/* Width and height in pt give the figure its size in print; the viewBox makes a unit a point. */
void figure_svg(const struct figure *f, struct buf *out)
{
    buf_printf(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%spt\" height=\"%spt\" "
               "viewBox=\"0 0 %s %s\" font-family=\"Helvetica, Arial, sans-serif\">\n"
               "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
               PT(f->width), PT(f->height), PT(f->width), PT(f->height));
    for (size_t i = 0; i < f->items; i++)
        put_item(out, f, &f->item[i]);
    buf_str(out, "</svg>\n");
}
