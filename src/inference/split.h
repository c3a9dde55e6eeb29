/*
 * split.h - sets chosen on one half of the speakers and looked at on the other, so that what was
 * chosen for being large is not reported from the same recordings (Kriegeskorte et al. 2009).
 */
#ifndef PROPNEU_INFERENCE_SPLIT_H
#define PROPNEU_INFERENCE_SPLIT_H

#include "inference/bootstrap.h"

struct split_layer {
    uint32_t layer; /* from 0 */
    /* Property neurons of the chosen half, and those that are neurons of the same group on the
     * other half, too. */
    uint32_t size_chosen, size_kept;
    /* Mean silhouette of the groups on the patterns' distances in each half; NAN: not defined. */
    double silhouette_chosen, silhouette_kept;
};

struct split {
    struct bootstrap_design design; /* `within`: what speakers are halved within */
    uint32_t chosen, kept;          /* speakers (utterances) of each half */
    uint32_t layers;
    struct split_layer *layer; /* [layers] */
};

/*
 * Splits PROPERTY of A's file by the seed of O in LAYER [layers] (from 0); NULL: in all.  Halves
 * are made within levels and strata (bootstrap.h), however few speakers those have; of an odd
 * number the last goes to either half in turn.
 */
enum status split_make(struct split *out, struct analysis *a, const char *property,
                       const uint32_t *layer, uint32_t layers, const struct bootstrap_options *o,
                       struct err *err);
void split_free(struct split *s);

#endif
