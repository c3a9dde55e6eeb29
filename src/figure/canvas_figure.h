/*
 * canvas_figure.h - a canvas as a figure: for screens that have no drawing of their own.
 */
#ifndef PROPNEU_FIGURE_CANVAS_FIGURE_H
#define PROPNEU_FIGURE_CANVAS_FIGURE_H

#include "figure/figure.h"
#include "screen/canvas.h"

/* C as a figure F. */
void canvas_figure(const struct canvas *c, struct figure *f);

#endif
