/*
 * given.h - the groups of one property as conditions on another: low, mid and high pitch for what
 * is said of gender.
 */
#ifndef PROPNEU_INFERENCE_GIVEN_H
#define PROPNEU_INFERENCE_GIVEN_H

#include "analysis/analysis.h"

#define GIVEN_NONE UINT32_MAX

struct given {
    struct names level; /* the groups, in the order of the property */
    uint32_t factor;    /* of the count file: the property's own, or the phones */
    uint32_t *of;       /* [levels of factor] group, or GIVEN_NONE */
};

/* The groups of the property NAME under A's filters. */
enum status given_make(struct given *g, struct analysis *a, const char *name, struct err *err);
void given_free(struct given *g);

/* Narrows A's filters to LEVEL; results are forgotten. */
enum status given_narrow(const struct given *g, struct analysis *a, uint32_t level,
                         struct err *err);

#endif
