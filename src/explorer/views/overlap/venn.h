/*
 * venn.h - the schematic of two or three sets: always the same drawing, with exact numbers in it.
 *
 * Areas mean nothing: circles of true size cannot be drawn for three sets, and cells are coarse.
 */
#ifndef PROPNEU_EXPLORER_VIEWS_OVERLAP_VENN_H
#define PROPNEU_EXPLORER_VIEWS_OVERLAP_VENN_H

#include "screen/canvas.h"
#include "analysis/overlap.h"

#define VENN_MIN_ROWS 10
#define VENN_MIN_COLS 40

/* Draws O (2 or 3 sets) with NAMES into AREA; region HERE (a bit set as in overlap.h) stands out.
 */
void venn_draw(struct canvas *c, struct rect area, const struct overlap *o,
               const char *const *names, uint32_t here);

#endif
