/*
 * figure_bands.h - private to figures 4, 5 and 7: what chance gives beside what was observed.
 */
#ifndef PROPNEU_FIGURE_FIGURE_BANDS_H
#define PROPNEU_FIGURE_FIGURE_BANDS_H

#include "figure/figures.h"

/* What is drawn of Q in layer L, and what chance gives of it. */
double curves_value(const struct score_property *q, uint32_t l, enum curves_of what);
const struct summary *curves_null(const struct score_property *q, uint32_t l, enum curves_of what);

/* True if the null N is of another number than the drawn V: of the middle frames of tokens. */
bool bands_elsewhere(double v, const struct summary *n);

/* The 95 % of Q's nulls as a washed band with their mean, and crosses where they are of other
 * frames than the curve. */
void bands_draw(struct figure *f, const struct figure_axes *a, const struct scores *s,
                const struct score_property *q, enum curves_of what, enum figure_ink ink);

/*
 * The legend of a panel on Q alone, whose curve has the ink and mark of GROUP: the curve, what the
 * band is, what was exchanged, and the smallest p_max.  The height used.
 */
double bands_legend(struct figure *f, struct figure_box area, const struct scores *s,
                    const struct score_property *q, enum curves_of what, unsigned group);

/* Words for a band beside a key of KEY points that the caller draws; the place of the key's middle
 * in *X and *Y, from which the next entry goes on. */
struct bands_flow {
    struct figure_box area;
    double x, y; /* where the next entry begins, on its baseline */
};
struct bands_flow bands_begin(struct figure_box area);
/* Room for a key of KEY points with WORDS beside it; its left end in *X, its middle in *Y. */
void bands_entry(struct figure *f, struct bands_flow *flow, double key, const char *words,
                 double *x, double *y);

#endif
