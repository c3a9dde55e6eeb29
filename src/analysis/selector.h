/*
 * selector.h - how the neurons of a property's groups are chosen: one row for each rule, one source
 * for each.
 *
 * A selector scores every neuron of a layer for every group and says how sets are taken from the
 * scores (selection.h takes them).  `paper` is the published rule (equations 3 to 5) and what
 * struct property_layer holds; the others are compared with it at equal sizes: as many neurons in
 * each layer and group.  All of them look at counts alone.
 *
 * To add a selector, write its source with a struct selector and add its row to SELECTORS.
 */
#ifndef PROPNEU_ANALYSIS_SELECTOR_H
#define PROPNEU_ANALYSIS_SELECTOR_H

#include "analysis/property.h"

/* SELECTOR(identifier, name), the published rule first. */
#define SELECTORS(SELECTOR)              \
    SELECTOR(paper, "paper")             \
    SELECTOR(lape, "lape")               \
    SELECTOR(specificity, "specificity") \
    SELECTOR(margin, "margin")           \
    SELECTOR(log_odds, "log-odds")       \
    SELECTOR(mi, "mi")                   \
    SELECTOR(iou, "iou")                 \
    SELECTOR(pauc, "pauc")

/* " paper lape ..." for messages, "|paper|lape|..." for lists of values. */
#define SELECTOR_LISTED(id, name) " " name
#define SELECTOR_WORD(id, name)   "|" name

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
    SELECTOR_TOP    /* the first in the order of the scores, as many as `paper` takes */
};

/* Which score comes first. */
enum selector_order { SELECTOR_HIGH, SELECTOR_LOW };

/* Which neurons can be taken for a group. */
enum selector_candidates {
    SELECTOR_ALL,
    SELECTOR_LARGEST, /* those whose rate is the largest in this group (ties: the first group) */
    /* Those whose rate in the group is above SELECTOR_ACTIVE_SHARE of the rates of all neurons in
     * all groups and layers; where a size asks for more, the next by their rate. */
    SELECTOR_ACTIVE
};

#define SELECTOR_ACTIVE_SHARE 0.95

/* Frames that the prior of `log-odds` is worth. */
#define SELECTOR_KAPPA 100

struct selector {
    const char *name, *summary;
    enum selector_take take;
    enum selector_order order;
    enum selector_candidates candidates;
    /* Share of the model's neurons in a set of its own size, whose scores do not look at patterns;
     * 0: it has no such size. */
    double own;
    const struct selector *then; /* by whose scores equal ones are told apart; NULL: by the index */
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
 * In how many frames of each group a neuron is active into HITS [groups][width], and how many
 * frames the group has into FRAMES [groups]: those of the property's points, so without silence and
 * the phones that are left out.  STATUS_UNSUPPORTED for files of probabilities.
 */
enum status selector_hits(const struct selector_input *in, double *hits, double *frames,
                          struct err *err);

/* The quotients into RATE [groups][width]; 0 for a group without frames. */
enum status selector_rates(const struct selector_input *in, double *rate, struct err *err);

/* The share of each group's phones whose pattern has a neuron (equation 3) into SHARE
 * [groups][width]. */
enum status selector_shares(const struct selector_input *in, double *share, struct err *err);

/* VALUE [groups][width] minus the largest of the other groups', in place; unchanged if alone. */
void selector_subtract_largest_other(double *value, uint32_t groups, size_t width);

/* VALUE [groups][width] minus the mean of the other groups', in place; unchanged if alone. */
void selector_subtract_mean_other(double *value, uint32_t groups, size_t width);

/* Adds the neurons that score at least SIGMA, and above 0, to MEMBERS [groups][words]. */
void selector_take_sigma(const double *score, uint32_t groups, uint32_t width, double sigma,
                         uint64_t *members);

#endif
