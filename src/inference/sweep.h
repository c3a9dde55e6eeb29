/*
 * sweep.h - a property under many settings: does what one sigma, lambda and smallest number of
 * frames says hold under the others, too?
 *
 * A set that is larger than chance at the published 80 % and at nothing else was found by choosing
 * 80 %.  Every setting gets its own p, by the same exchange.
 */
#ifndef PROPNEU_INFERENCE_SWEEP_H
#define PROPNEU_INFERENCE_SWEEP_H

#include "analysis/analysis_input.h"
#include "inference/exchange.h"

#define SWEEP_VALUES 64   /* at most, of one parameter */
#define SWEEP_HOLDS  0.05 /* p below which a claim holds */

struct sweep_setting {
    double sigma;  /* share */
    double lambda; /* percent */
    uint64_t min_frames;
};

struct sweep_request {
    const char *property;
    const uint32_t *layer; /* [layers] from 0, in rising order */
    uint32_t layers;
    double sigma[SWEEP_VALUES],
        lambda[SWEEP_VALUES]; /* rising, distinct; as in struct sweep_setting */
    uint64_t min_frames[SWEEP_VALUES];
    uint32_t sigmas, lambdas, frames;
    struct exchange_options exchange;
    unsigned threads; /* at least 1 */
    void (*progress)(void *context, double share);
    void *progress_context;
};

/* NAN: not defined, p: nothing can be exchanged. */
struct sweep_row {
    uint32_t layer; /* from 0 */
    struct sweep_setting setting;
    double size, silhouette; /* full-dimensional */
    double p, p_max;         /* of the size; p_max over the layers of this setting */
    double jaccard;          /* with the neurons at hand; NAN where both are empty */
};

/* How many settings agree on one layer, or on the best of all layers. */
struct sweep_share {
    uint32_t layer; /* from 0; the number of the file's layers: the best of all, by p_max */
    uint32_t settings, holds; /* settings with p; those with p < SWEEP_HOLDS */
    double low, high;         /* smallest and largest size; NAN for the best of all */
};

struct sweep_result {
    char *property;
    uint32_t settings, layers;
    struct sweep_row *row;     /* [layers][sigmas][lambdas][frames] */
    struct sweep_share *share; /* [layers + 1], the last of all */
    bool exchanged;            /* the next four are of the null; else there is no p */
    enum exchange_kind kind;
    char strata[80];
    uint64_t draws;
    bool enumerated;
    char why[512]; /* what is missing and why; "" */
};

/* Runs R on the file of IN, under its cancel flag.  The setting at hand, which the others are
 * compared with, is IN's own; it has it again afterwards. */
enum status sweep_make(struct sweep_result *out, struct analysis_input *in,
                       const struct sweep_request *r, struct err *err);
void sweep_free(struct sweep_result *s);

#endif
