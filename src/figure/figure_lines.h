/*
 * figure_lines.h - lines over an axis of numbers, in panels below one legend: what the figures of
 * training and of pruning have in common.
 */
#ifndef PROPNEU_FIGURE_FIGURE_LINES_H
#define PROPNEU_FIGURE_FIGURE_LINES_H

#include "figure/figure.h"

struct lines_series {
    const double *x, *y;      /* [n]; y that is no number is left out */
    const double *low, *high; /* [n] ends of whiskers; NULL: none */
    size_t n;
    unsigned group; /* ink, mark and dash */
    bool marks;     /* at every point, and a line; else a line through means of what is too dense */
};

struct lines_panel {
    const char *title, *x_name, *y_name;
    const struct lines_series *series; /* [count] */
    size_t count;
    const double *across; /* [acrosses] x of dotted lines from top to bottom */
    size_t acrosses;
    bool from_zero; /* 0 is on the y axis */
};

/* PANELS [panels] in rows of two below a legend of NAMES [names], whose groups are 0, 1, ... */
void figure_lines(struct figure *f, const struct lines_panel *panel, size_t panels,
                  const char *const *names, size_t count, double width, double height);

#endif
