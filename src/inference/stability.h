/*
 * stability.h - how firmly neurons belong to their sets: the share of bootstrap draws (bootstrap.h)
 * in which they do, and the sizes that the sets then have.
 */
#ifndef PROPNEU_INFERENCE_STABILITY_H
#define PROPNEU_INFERENCE_STABILITY_H

#include "inference/bootstrap.h"
#include "inference/summary.h"

struct stability_request {
    const char *property;
    const uint32_t *layer; /* [layers] from 0, in rising order; NULL: all */
    uint32_t layers;
    struct bootstrap_options bootstrap;
    unsigned threads; /* at least 1 */
    void (*progress)(void *context, double share);
    void *progress_context;
};

struct stability_layer {
    uint32_t layer, width; /* the layer from 0 */
    size_t words;
    uint64_t *group; /* [groups][words] the group neurons of the file as it is */
    uint32_t *times; /* [groups][width] draws in which a neuron was a group neuron */
    /* The number of property neurons: `observed` of the file, the rest of the draws; no p.  A
     * neuron at the threshold is as likely to be lost as another to be gained, and there are more
     * others: sizes of draws are biased, and `low` .. `high` is no confidence interval. */
    struct summary size;
};

struct stability {
    const struct property *property; /* borrowed from the analysis */
    struct bootstrap_design design;
    uint32_t layers;
    struct stability_layer *layer; /* [layers] */
};

/* Under A's cancel flag. */
enum status stability_make(struct stability *out, struct analysis *a,
                           const struct stability_request *r, struct err *err);
void stability_free(struct stability *s);

/* The share of draws in which NEURON was a group neuron of GROUP; NAN where draws never vary
 * (bootstrap.h), as then the mean and the range of sizes are. */
double stability_share(const struct stability *s, const struct stability_layer *l, uint32_t group,
                       uint32_t neuron);

#endif
