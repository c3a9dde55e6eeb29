/*
 * patterntest_internal.h - private to patterntest*.c: hits of some neurons by speaker, in a phone
 * and in all phones.
 */
#ifndef PROPNEU_INFERENCE_PATTERNTEST_INTERNAL_H
#define PROPNEU_INFERENCE_PATTERNTEST_INTERNAL_H

#include "inference/patterntest.h"

/* Counts of one condition by speaker. */
struct pattern_counts {
    int64_t *frames; /* [speakers] */
    uint32_t *hits;  /* [speakers][count] */
};

struct pattern_work {
    const struct pattern_tests_request *r;
    struct analysis *a;
    struct pattern_test *out;          /* [count] */
    uint32_t speakers;                 /* levels of the factor speaker; 1 without it */
    uint32_t width, tau;               /* of the layer */
    struct pattern_counts here, all;   /* the phone; all known phones */
    bool known;                        /* the phone is one of all */
    const struct bootstrap *bootstrap; /* of patterntest_draw.c */
};

/* The 2.5 and 97.5 percentiles of every neuron's rate, speakers drawn. */
enum status pattern_draw(struct pattern_work *w, struct err *err);

#endif
