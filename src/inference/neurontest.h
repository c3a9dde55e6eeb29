/*
 * neurontest.h - a test of every neuron of a layer: is it in more of one group's patterns than
 * exchanged labels give?
 *
 * The statistic of a neuron is the share of a group's phones whose pattern has it, minus the
 * largest such share of another group, for the group where that is most.  The group is looked for
 * again in every draw, so that the choice is allowed for and a neuron has one p.
 */
#ifndef PROPNEU_INFERENCE_NEURONTEST_H
#define PROPNEU_INFERENCE_NEURONTEST_H

#include "inference/exchange.h"
#include "inference/fdr.h"

#define NEURON_TESTS_ALPHA 0.05 /* neurons with a q up to it are significant */

struct neuron_tests_request {
    const char *property;
    const uint32_t *layer; /* [layers] from 0; NULL: all */
    uint32_t layers;
    struct exchange_options exchange;
    enum fdr fdr;
    unsigned threads; /* at least 1 */
    void (*progress)(void *context, double share);
    void *progress_context;
};

struct neuron_tests_layer {
    uint32_t layer, width; /* from 0; D */
    double *margin;        /* [width] the statistic as observed; NAN without two groups */
    double *p, *q;         /* [width] NAN as the margin; q over the layer's neurons */
};

struct neuron_tests {
    enum exchange_kind kind;
    char strata[80];
    uint64_t draws;
    bool enumerated;
    uint32_t left_out; /* units without a level of the property, which are in no draw */
    double smallest_p; /* that so many labelings allow; no q is smaller */
    enum fdr fdr;
    uint32_t layers;
    struct neuron_tests_layer *layer; /* [layers], in the order asked for */
};

/* Runs R on A's file, under A's cancel flag; fails as exchange_make does. */
enum status neuron_tests_make(struct neuron_tests *out, struct analysis *a,
                              const struct neuron_tests_request *r, struct err *err);
void neuron_tests_free(struct neuron_tests *t);

/* Some neurons of a layer, and those of them whose q is at most NEURON_TESTS_ALPHA. */
struct neuron_tests_set {
    size_t size, significant;
    double q;              /* the largest of the significant ones; 0 without any */
    double expected_false; /* of them: q x significant */
};

/* The neurons SET [words] of L; NULL: all. */
struct neuron_tests_set neuron_tests_of_set(const struct neuron_tests_layer *l,
                                            const uint64_t *set);

#endif
