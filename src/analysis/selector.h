/*
 * selector.h - how the neurons of a property's groups are chosen: one row for each rule, one source
 * for each.
 *
 * A selector scores every neuron of a layer for every group and says how sets are taken from the
 * scores.  `paper` is the published rule (equations 3 to 5) and what struct property_layer holds;
 * the others are compared with it at equal sizes: as many neurons in each layer and group.
 *
 * To add a selector, write its source with a struct selector and add its row to SELECTORS.
 */
#ifndef PROPNEU_ANALYSIS_SELECTOR_H
#define PROPNEU_ANALYSIS_SELECTOR_H

#include "analysis/property.h"

/* SELECTOR(identifier, name), the published rule first. */
#define SELECTORS(SELECTOR)  \
    SELECTOR(paper, "paper") \
    SELECTOR(specificity, "specificity")

/* What a selector may look at: one property in one layer. */
struct selector_input {
    const struct property *property;
    const struct counts *counts;
    uint32_t layer, width;       /* layer from 0 */
    size_t words;                /* of a pattern (bitset.h) */
    const uint64_t *pattern;     /* [points][words] of the property's points */
    const struct cancel *cancel; /* looked at every few milliseconds; NULL: never */
};

enum selector_take {
    SELECTOR_SIGMA, /* N_g: scores of at least sigma; G_g: in no other N (equations 4 and 5) */
    SELECTOR_TOP    /* the highest scores, as many as `paper` takes */
};

struct selector {
    const char *name, *summary;
    enum selector_take take;
    /* Scores into SCORE [groups][width]; STATUS_UNSUPPORTED where the file does not have what it
     * needs. */
    enum status (*score)(const struct selector_input *in, double *score, struct err *err);
};

#define SELECTOR_DECLARE(id, name) extern const struct selector selector_##id;
SELECTORS(SELECTOR_DECLARE)
#undef SELECTOR_DECLARE

extern const struct selector *const selectors[]; /* ends with NULL */

/* The selector NAME, or NULL. */
const struct selector *selector_find(const char *name);

/*
 * The share of all frames of each group in which a neuron is active into RATE [groups][width]; 0
 * for a group without frames.  STATUS_UNSUPPORTED for files of probabilities.
 */
enum status selector_rates(const struct selector_input *in, double *rate, struct err *err);

/* Adds the neurons that score at least SIGMA, and above 0, to MEMBERS [groups][words]. */
void selector_take_sigma(const double *score, uint32_t groups, uint32_t width, double sigma,
                         uint64_t *members);

/*
 * The group neurons of layer L of P by S into GROUP [groups][words], empty sets: L's own for a
 * selector with a threshold, else as many as L has of the highest scores, of equal ones the lower
 * index.
 */
enum status selector_choose(const struct selector *s, const struct property *p,
                            const struct property_layer *l, const struct counts *c, uint64_t *group,
                            const struct cancel *cancel, struct err *err);

#endif
