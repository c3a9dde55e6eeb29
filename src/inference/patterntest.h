/*
 * patterntest.h - is a neuron active more often in a phone's frames than the baseline says, and
 * than it is elsewhere?
 *
 * Frames of one speaker resemble each other.  Where the file tells speakers apart, they are the
 * units: a t-test with the cluster variance of the rate against the baseline, a paired t-test of
 * the speakers' own differences against the rate in other phones (a neuron that is always active is
 * above the baseline everywhere), and an interval by drawing speakers (bootstrap.h).  Else, where
 * one frame of each token was counted, an exact binomial test and Fisher's, as if tokens were
 * independent.  All are one-sided, as patterns are: above.
 */
#ifndef PROPNEU_INFERENCE_PATTERNTEST_H
#define PROPNEU_INFERENCE_PATTERNTEST_H

#include "inference/bootstrap.h"

enum pattern_test_kind { PATTERN_SPEAKERS, PATTERN_TOKENS };

/* "speakers", "tokens". */
const char *pattern_test_name(enum pattern_test_kind kind);

struct pattern_test {
    double p_baseline;  /* NAN without variance, or with fewer than two speakers */
    double p_elsewhere; /* likewise; over speakers who have the phone and others */
    double low, high;   /* 2.5 and 97.5 percentiles of draws; NAN without speakers */
};

struct pattern_tests {
    enum pattern_test_kind kind;
    uint32_t speakers;              /* who have the phone */
    struct bootstrap_design design; /* of the draws, where there are speakers */
    size_t count;
    struct pattern_test *neuron; /* [count] */
};

struct pattern_tests_request {
    const char *phone; /* a level of the file's phones */
    uint32_t layer;    /* from 0 */
    const uint32_t *neuron;
    size_t count; /* [count] the neurons to test */
    struct bootstrap_options bootstrap;
    unsigned threads; /* at least 1 */
};

/*
 * Tests under A's filters and cancel flag.  STATUS_UNSUPPORTED, saying what would help, for files
 * with neither speakers nor one frame a token.
 */
enum status pattern_tests_make(struct pattern_tests *out, struct analysis *a,
                               const struct pattern_tests_request *r, struct err *err);
void pattern_tests_free(struct pattern_tests *t);

#endif
