/*
 * agreement.h - how far two selectors agree on the neurons of a property in a layer.
 */
#ifndef PROPNEU_ANALYSIS_AGREEMENT_H
#define PROPNEU_ANALYSIS_AGREEMENT_H

#include "analysis/selection.h"

/* What one selector makes of a layer. */
struct agreement_side {
    const struct selector *selector;
    const struct selection_ranking *ranking;
    const uint64_t *neurons; /* its set, of all groups together */
};

struct agreement {
    uint32_t size_a, size_b, shared; /* neurons of the sets */
    double jaccard;                  /* shared over either; NAN where both are empty */
    /* Rank correlation of the neurons that both rank as candidates, each by its best group; NAN for
     * fewer than two, or where one ranks them all alike. */
    double spearman;
};

/* A and B are of the same property, layer and width. */
enum status agreement_make(struct agreement *out, const struct agreement_side *a,
                           const struct agreement_side *b, struct err *err);

/* Spearman's correlation of X and Y [count], equal numbers having their mean rank. */
enum status agreement_spearman(const double *x, const double *y, size_t count, double *out,
                               struct err *err);

#endif
