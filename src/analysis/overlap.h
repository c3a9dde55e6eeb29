/*
 * overlap.h - how sets of neurons overlap: sizes of all exclusive regions.
 */
#ifndef PROPNEU_ANALYSIS_OVERLAP_H
#define PROPNEU_ANALYSIS_OVERLAP_H

#include "analysis/setexpr.h"

#define OVERLAP_MAX_SETS 8

/* Region R (1 .. 2^sets - 1): the neurons in exactly the sets whose bit is set in R. */
struct overlap {
    uint32_t sets;
    uint32_t size[OVERLAP_MAX_SETS];        /* of each set */
    uint32_t region[1 << OVERLAP_MAX_SETS]; /* [1 << sets]; region[0]: in none */
    double expected[1 << OVERLAP_MAX_SETS]; /* if membership were independent */
    uint32_t in_all;                        /* intersection of all sets */
    uint32_t in_any;                        /* union */
    uint32_t universe;                      /* neurons looked at */
    uint32_t layers;                        /* that they are of */
};

/* Two of several sets, whatever the others hold. */
struct overlap_pair {
    uint32_t shared;
    double expected; /* if the sets were drawn independently, at their sizes */
    /* P(at least so many are shared), hypergeometric; NAN where several layers were looked at.  It
     * holds for sets chosen independently: those made of the same counts are not. */
    double p;
};

/* Counts the regions of ROWS [sets][words] over WIDTH neurons; adds to O (zeroed by the caller). */
void overlap_add(struct overlap *o, const uint64_t *rows, uint32_t sets, uint32_t width);

/*
 * Evaluates EXPR [sets] with the layer CURRENT for names without one, and counts over
 * that layer and every layer an expression names.
 */
enum status overlap_make(struct overlap *o, const struct setexpr *expr, uint32_t sets,
                         struct analysis *a, uint32_t current, struct err *err);

/* What the sets A and B (from 0) of O share. */
struct overlap_pair overlap_of_pair(const struct overlap *o, uint32_t a, uint32_t b);

/* P(X >= SHARED) of two sets of A and B neurons, drawn independently from WIDTH. */
double overlap_hypergeometric(uint32_t shared, uint32_t a, uint32_t b, uint32_t width);

#endif
