/*
 * The only file that knows of cairo: a figure as PDF or PNG.  No dates go into the files, so that
 * equal figures are equal bytes.
 */
#include "config.h"

#ifdef HAVE_CAIRO

#include "base/number.h"
#include "figure/figure.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <math.h>

#define MAX_PIXELS 64e6 /* a quarter of a gigabyte */

/* cairo's writer: appends to a struct buf. */
static cairo_status_t cairo_take_bytes(void *to, const unsigned char *data, unsigned int length)
{
    struct buf *out = to;
    buf_add(out, data, length);
    return buf_ok(out) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_NO_MEMORY;
}

/* ALPHA below 1 lets overlapping circles of sets show through. */
static void set_ink(cairo_t *cr, enum figure_ink ink, double alpha)
{
    struct figure_color c = figure_inks[ink];
    cairo_set_source_rgba(cr, c.r / 255.0, c.g / 255.0, c.b / 255.0, alpha);
}

/* The lengths are those of `dashes` in figure_svg.c. */
static void set_dash(cairo_t *cr, enum figure_dash dash)
{
    static const double lengths[DASH_COUNT][4] = {{0}, {4, 2}, {1, 2}, {5, 2, 1, 2}};
    static const int counts[DASH_COUNT] = {0, 2, 2, 4};
    cairo_set_dash(cr, lengths[dash], counts[dash], 0);
}

/* Strokes the current path in the item's ink, dash and width. */
static void cairo_stroke_item(cairo_t *cr, const struct figure_item *i)
{
    set_ink(cr, i->ink, 1);
    set_dash(cr, i->dash);
    cairo_set_line_width(cr, i->size);
    cairo_stroke(cr);
}

/* The outline of a mark of diameter I->size around its point. The factors give all shapes a
 * similar area, and match those of put_mark in figure_svg.c. */
static void trace_mark(cairo_t *cr, const struct figure_item *i)
{
    double r = i->size / 2, x = i->x, y = i->y, s = i->mark == MARK_DOWN ? -1 : 1;
    double d = i->mark == MARK_PLUS ? 0 : 0.8 * r, e = i->mark == MARK_PLUS ? r : 0.8 * r;
    switch (i->mark) {
    case MARK_SQUARE: cairo_rectangle(cr, x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r); break;
    case MARK_TRIANGLE:
    case MARK_DOWN:
        cairo_move_to(cr, x, y - 1.1 * s * r);
        cairo_line_to(cr, x + r, y + 0.8 * s * r);
        cairo_line_to(cr, x - r, y + 0.8 * s * r);
        cairo_close_path(cr);
        break;
    case MARK_DIAMOND:
        cairo_move_to(cr, x, y - 1.15 * r);
        cairo_line_to(cr, x + 1.15 * r, y);
        cairo_line_to(cr, x, y + 1.15 * r);
        cairo_line_to(cr, x - 1.15 * r, y);
        cairo_close_path(cr);
        break;
    case MARK_PLUS:
    case MARK_CROSS:
        cairo_move_to(cr, x - e, y - d);
        cairo_line_to(cr, x + e, y + d);
        cairo_move_to(cr, x - d, y + e);
        cairo_line_to(cr, x + d, y - e);
        break;
    default: cairo_arc(cr, x, y, r, 0, 2 * acos(-1.0)); break;
    }
}

/* Outlines of crosses and rings are stroked, all other marks filled. */
static void put_mark(cairo_t *cr, const struct figure_item *i)
{
    bool open = i->mark == MARK_PLUS || i->mark == MARK_CROSS || i->mark == MARK_RING;
    trace_mark(cr, i);
    set_ink(cr, i->ink, 1);
    set_dash(cr, DASH_NONE);
    cairo_set_line_width(cr, i->mark == MARK_RING ? 0.9 : 1.1);
    if (open)
        cairo_stroke(cr);
    else
        cairo_fill(cr);
}

/* Where the machine's font is wider than Helvetica it is narrowed: what had room keeps it. */
static void put_words(cairo_t *cr, const struct figure_item *i)
{
    cairo_text_extents_t extents;
    double width = figure_item_width(i);
    cairo_select_font_face(cr, i->mono ? "monospace" : "Helvetica", CAIRO_FONT_SLANT_NORMAL,
                           i->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, i->size);
    cairo_text_extents(cr, i->text, &extents);
    double narrow = extents.x_advance > width && width > 0 ? width / extents.x_advance : 1;
    double shown = extents.x_advance * narrow;
    cairo_save(cr);
    cairo_translate(cr, i->x, i->y);
    if (i->upwards)
        cairo_rotate(cr, -acos(0.0));
    cairo_translate(cr,
                    i->anchor == ANCHOR_START ? 0
                    : i->anchor == ANCHOR_END ? -shown
                                              : -shown / 2,
                    0);
    cairo_scale(cr, narrow, 1);
    cairo_move_to(cr, 0, 0);
    set_ink(cr, i->ink, 1);
    cairo_show_text(cr, i->text);
    cairo_restore(cr);
    cairo_new_path(cr);
}

/* Draws one item; counterpart of put_item in figure_svg.c, which must show the same. */
static void put_item(cairo_t *cr, const struct figure *f, const struct figure_item *i)
{
    switch (i->kind) {
    case FIGURE_LINE:
        cairo_move_to(cr, i->x, i->y);
        cairo_line_to(cr, i->x2, i->y2);
        cairo_stroke_item(cr, i);
        break;
    case FIGURE_PATH:
        for (size_t k = 0; k < i->count; k++)
            cairo_line_to(cr, f->point[2 * (i->first + k)], f->point[2 * (i->first + k) + 1]);
        if (i->wash) {
            set_ink(cr, i->ink, FIGURE_WASH);
            cairo_fill(cr);
        } else
            cairo_stroke_item(cr, i);
        break;
    case FIGURE_RECT:
        cairo_rectangle(cr, i->x, i->y, i->x2, i->y2);
        set_ink(cr, i->ink, 1);
        if (i->filled)
            cairo_fill(cr);
        else
            cairo_stroke_item(cr, i);
        break;
    case FIGURE_CIRCLE:
        cairo_arc(cr, i->x, i->y, i->x2, 0, 2 * acos(-1.0));
        set_ink(cr, i->ink, FIGURE_WASH);
        if (i->wash)
            cairo_fill_preserve(cr);
        cairo_stroke_item(cr, i);
        break;
    case FIGURE_MARK: put_mark(cr, i); break;
    case FIGURE_WORDS: put_words(cr, i); break;
    }
}

/* White paper first: an image without would be black. */
static void cairo_draw_figure(cairo_t *cr, const struct figure *f)
{
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    for (size_t i = 0; i < f->items; i++)
        put_item(cr, f, &f->item[i]);
    cairo_show_page(cr);
}

/* The size of a PNG is bounded, as its pixels are held in memory; PDF is not. */
enum status figure_cairo(const struct figure *f, enum figure_format format, struct buf *out,
                         struct err *err)
{
    const double scale = FIGURE_PNG_DPI / 72.0;
    if (format == FORMAT_PNG && f->width * scale * f->height * scale > MAX_PIXELS)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s x %s points are too large for a PNG of %d dpi: SVG and PDF have no "
                       "such limit",
                       number_fixed(f->width, 0).text, number_fixed(f->height, 0).text,
                       FIGURE_PNG_DPI);
    cairo_surface_t *surface;
    if (format == FORMAT_PDF) {
        surface = cairo_pdf_surface_create_for_stream(cairo_take_bytes, out, f->width, f->height);
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, NULL);
    } else {
        surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(f->width * scale),
                                             (int)ceil(f->height * scale));
        cairo_surface_set_device_scale(surface, scale, scale);
    }
    cairo_t *cr = cairo_create(surface);
    cairo_draw_figure(cr, f);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    if (!status && format == FORMAT_PNG)
        status = cairo_surface_write_to_png_stream(surface, cairo_take_bytes, out);
    cairo_surface_finish(surface);
    if (!status)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    /* Writing into memory, libpng fails for want of memory alone. */
    bool memory = status == CAIRO_STATUS_NO_MEMORY;
#if CAIRO_VERSION >= CAIRO_VERSION_ENCODE(1, 15, 10)
    memory |= status == CAIRO_STATUS_PNG_ERROR;
#endif
    if (memory)
        return err_nomem(err);
    if (status)
        return err_set(err, STATUS_UNSUPPORTED, "cairo: %s", cairo_status_to_string(status));
    return STATUS_OK;
}

#else
/* A file must have something in it. */
extern int figure_cairo_left_out;
#endif
