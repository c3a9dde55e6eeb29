/*
 * figure.h - a figure as a value: lines, shapes and words in points (1/72 inch), y downwards.
 *
 *     data (scores.h, figure_data.h) -> layout (figure_*.c) -> struct figure -> SVG, PDF, PNG
 *
 * Nothing here depends on a device or on the fonts of a machine: words are measured with the
 * widths of Helvetica, so that equal data give an equal figure.  As with struct buf failure
 * sticks: after an allocation has failed nothing is added, and writing says so.
 */
#ifndef PROPNEU_FIGURE_FIGURE_H
#define PROPNEU_FIGURE_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

#define FIGURE_MIN_SIDE 72
#define FIGURE_MAX_SIDE 7200
#define FIGURE_TEXT     8.0 /* size of words */
#define FIGURE_SMALL    7.0
#define FIGURE_PNG_DPI  300
#define FIGURE_WASH     0.14 /* opacity of what is filled so that what lies under it shines through */

/* Inks of groups can be distinguished without red or green receptors, too (Okabe and Ito 2008);
 * those of the first five stand for the groups' styles on the screen. */
enum figure_ink {
    INK_BLACK,
    INK_GREY,
    INK_LIGHT,
    INK_WHITE,
    INK_GROUP_1,
    INK_GROUPS = 8,
    INK_COUNT = INK_GROUP_1 + INK_GROUPS
};

struct figure_color {
    unsigned char r, g, b;
};

extern const struct figure_color figure_inks[INK_COUNT];

enum figure_mark {
    MARK_CIRCLE,
    MARK_SQUARE,
    MARK_TRIANGLE,
    MARK_DIAMOND,
    MARK_DOWN,
    MARK_PLUS,
    MARK_CROSS,
    MARK_RING,
    MARK_COUNT
};

enum figure_dash { DASH_NONE, DASH_LONG, DASH_DOT, DASH_LONG_DOT, DASH_COUNT };

/* Ink and shape of group or series number G: no two of the first 64 share both. */
static inline enum figure_ink figure_group_ink(unsigned g)
{
    return (enum figure_ink)(INK_GROUP_1 + g % INK_GROUPS);
}

static inline enum figure_mark figure_group_mark(unsigned g)
{
    return (enum figure_mark)((g + g / INK_GROUPS) % MARK_COUNT);
}

struct figure_box {
    double x, y, w, h;
};

enum figure_kind {
    FIGURE_LINE,
    FIGURE_PATH,
    FIGURE_RECT,
    FIGURE_CIRCLE,
    FIGURE_MARK,
    FIGURE_WORDS
};
enum figure_anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct figure_item {
    enum figure_kind kind;
    enum figure_ink ink;
    enum figure_dash dash;
    enum figure_mark mark;
    enum figure_anchor anchor;
    bool filled, bold, upwards, mono;
    bool wash;     /* CIRCLE, PATH: filled with FIGURE_WASH; such a path is closed, without line */
    double x, y;   /* first point, corner, centre, or where words are anchored, on the baseline */
    double x2, y2; /* LINE: the other end; RECT: width and height; CIRCLE: x2 = radius */
    double size;   /* width of a line, of a mark, height of words */
    size_t first, count; /* PATH: of the points */
    char *text;
};

struct figure {
    double width, height;
    struct figure_item *item; /* [items] */
    size_t items, cap;
    double *point; /* [points][2] */
    size_t points, point_cap;
    size_t dropped; /* labels without room */
    bool failed;
};

void figure_init(struct figure *f, double width, double height);
void figure_free(struct figure *f);

void figure_line(struct figure *f, enum figure_ink ink, double width, enum figure_dash dash,
                 double x, double y, double x2, double y2);
/* Through POINT [n][2]. */
void figure_path(struct figure *f, enum figure_ink ink, double width, enum figure_dash dash,
                 const double *point, size_t n);
/* The area within POINT [n][2], filled so that what lies under it shines through. */
void figure_area(struct figure *f, enum figure_ink ink, const double *point, size_t n);
void figure_rect(struct figure *f, enum figure_ink ink, bool filled, struct figure_box box);
void figure_circle(struct figure *f, enum figure_ink ink, bool wash, double x, double y, double r);
void figure_put_mark(struct figure *f, enum figure_ink ink, enum figure_mark mark, double size,
                     double x, double y);

/* Words on the baseline Y; bytes that are no UTF-8, and control characters, become '?'. */
struct figure_item *figure_words(struct figure *f, enum figure_ink ink, double size,
                                 enum figure_anchor anchor, double x, double y, const char *text);
struct figure_item *figure_wordsf(struct figure *f, enum figure_ink ink, double size,
                                  enum figure_anchor anchor, double x, double y, const char *fmt,
                                  ...) __attribute__((format(printf, 7, 8)));

/* Width of TEXT at SIZE; TEXT cut to at most WIDTH, with an ellipsis, into OUT. */
double figure_text_width(const char *text, double size);
void figure_cut(char *out, size_t out_size, const char *text, double size, double width);

/* Width of the words of ITEM. */
double figure_item_width(const struct figure_item *item);

/* What an item covers, lines without their width. */
struct figure_box figure_item_box(const struct figure *f, const struct figure_item *item);

static inline bool figure_overlap(struct figure_box a, struct figure_box b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/* Labels next to points (figure_labels.c): greedy, on eight places, the first wishes first; those
 * without room are counted in F->dropped. */
struct figure_label {
    double x, y;      /* the point */
    const char *text; /* borrowed; NULL: only an obstacle */
    enum figure_ink ink;
    int priority; /* higher first */
    double mark;  /* what the point itself takes; 0: as all */
    bool far;     /* may stand further away where there is no room next to the point */
};

void figure_place_labels(struct figure *f, struct figure_box area, const struct figure_label *label,
                         size_t labels, double mark, double size);

/* Entries of a legend in rows from Y on, of GROUP (NULL: 0, 1, ..); returns the height used. */
enum figure_swatch { SWATCH_MARK, SWATCH_CURVE, SWATCH_LINE, SWATCH_BAR };
double figure_legend(struct figure *f, struct figure_box area, enum figure_swatch swatch,
                     const char *const *names, const unsigned *group, size_t count);

/* Axes (figure_axes.c): a frame, round numbers on both sides, names with units. */
struct figure_axes {
    struct figure_box box; /* inside the frame */
    double x0, x1, y0, y1; /* values at its edges */
};

double figure_x(const struct figure_axes *a, double v);
double figure_y(const struct figure_axes *a, double v);

/* Brings LOW and HIGH to round numbers about STEPS apart; returns the step. */
double figure_round(double *low, double *high, int steps);

/* What the numbers and the name of the y axis take at the left of the frame. */
double figure_y_room(double low, double high, double step);

void figure_frame(struct figure *f, const struct figure_axes *a);
void figure_y_ticks(struct figure *f, const struct figure_axes *a, double step, const char *name);
void figure_x_ticks(struct figure *f, const struct figure_axes *a, double step, const char *name);
/* Whole numbers 1..n below, as many as there is room for. */
void figure_x_layers(struct figure *f, const struct figure_axes *a, size_t n, const char *name);

/* A bar; PATTERN distinguishes bars without colour. */
void figure_bar(struct figure *f, enum figure_ink ink, unsigned pattern, struct figure_box box);

/* The bytes of a file of the kind PATH's name ends in (figure_write.c). */
enum figure_format { FORMAT_SVG, FORMAT_PDF, FORMAT_PNG, FORMAT_NONE };
enum figure_format figure_format_of(const char *path);

/* True if this build can write F. */
bool figure_can_write(enum figure_format format);

/* F as FORMAT into OUT; STATUS_UNSUPPORTED where this build cannot. */
enum status figure_write(const struct figure *f, enum figure_format format, struct buf *out,
                         struct err *err);
void figure_svg(const struct figure *f, struct buf *out);
enum status figure_cairo(const struct figure *f, enum figure_format format, struct buf *out,
                         struct err *err);

#endif
