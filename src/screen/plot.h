/*
 * plot.h - points and curves in character cells.
 *
 * A cell has one colour: where points of several groups meet in one cell the cell is drawn as
 * "mixed", with its own character and style, so that nothing is hidden silently.  Labels are
 * placed greedily on eight places around their point, those of higher priority first; labels for
 * which there is no room are counted, not squeezed in.
 */
#ifndef PROPNEU_SCREEN_PLOT_H
#define PROPNEU_SCREEN_PLOT_H

#include <stddef.h>

#include "screen/canvas.h"

/* How points and curves look: letters (curves: points), or dots of 2x4 or 1x2 in a cell. */
enum plot_glyphs { PLOT_LETTERS, PLOT_BRAILLE, PLOT_BLOCKS, PLOT_GLYPHS_COUNT };

/* How the points of a group look: the letter, or in dots its style alone. */
struct plot_group {
    char letter;
    enum style style;
};

struct plot_point {
    double x, y; /* y grows upwards; a point that is not finite is left out */
    unsigned group;
    const char *label; /* borrowed; NULL: none */
    int priority;      /* higher is labelled first; the selected point goes before all */
};

struct plot {
    const struct plot_point *point; /* [points] */
    size_t points;
    const struct plot_group *group; /* [groups] */
    size_t groups;
    enum plot_glyphs glyphs; /* dots fall back to letters on an ASCII canvas */
    long selected;           /* index of a point, or -1 */
    int row, col;            /* a cell of the area, for report.nearest */
};

struct plot_report {
    size_t mixed;   /* cells in which groups meet */
    size_t dropped; /* labels without room */
    double per_col; /* units one column spans; one row spans twice as many */
    int row, col;   /* of the selected point in the area; row -1 = none is drawn */
    long nearest;   /* the drawn point nearest to plot.row, plot.col; -1 = none is */
};

/* Draws into AREA, both axes to the same scale (a cell counts as 1 wide and 2 high). */
void plot_scatter(struct canvas *c, struct rect area, const struct plot *p,
                  struct plot_report *report);

/* A curve over layers 1..n; NaN = no value there. */
struct plot_series {
    const double *value; /* [n] */
    char letter;
    enum style style;
};

/*
 * Curves in AREA with a y axis of round numbers from LOW to HIGH and layer numbers below; the
 * layer HERE (from 0) is pointed at.  An ASCII canvas has letters and points only.
 */
void plot_curves(struct canvas *c, struct rect area, const struct plot_series *series, size_t count,
                 size_t n, double low, double high, size_t here, enum plot_glyphs glyphs);

/*
 * Curves over ranks 1..n, VALUE falling, with LINE as a level that is marked (the baseline);
 * LOGARITHMIC: equal ratios of ranks are equally far apart.
 */
void plot_ranks(struct canvas *c, struct rect area, const struct plot_series *series, size_t count,
                size_t n, double high, double line, bool logarithmic, enum plot_glyphs glyphs);

/*
 * Curves whose N values stand evenly from 1 to LAST on an axis called NAME, with a y axis of round
 * numbers from LOW to HIGH.
 */
void plot_steps(struct canvas *c, struct rect area, const struct plot_series *series, size_t count,
                size_t n, double last, const char *name, double low, double high,
                enum plot_glyphs glyphs);

/*
 * How often VALUE [n] (those that are numbers) lies in each of equal steps, as bars over an axis;
 * MARK, which may lie beyond all of them, is pointed at and called NAME.  WHOLE: whole numbers, so
 * that no step is below one.  At least 5 rows and 16 columns.
 */
void plot_histogram(struct canvas *c, struct rect area, const double *value, size_t n, double mark,
                    const char *name, bool whole);

/* The round step (1, 2 or 5 times a power of ten) that cuts SPAN into at most STEPS parts. */
double plot_step(double span, int steps);

#endif
