/*
 * confound.h - is it the property, or another that goes with it?  A property within each level of
 * another, without the neurons of the other, and what it says of activity once the other is known.
 */
#ifndef PROPNEU_INFERENCE_CONFOUND_H
#define PROPNEU_INFERENCE_CONFOUND_H

#include "inference/exchange.h"

struct confound_request {
    const char *property, *given;
    const uint32_t *layer; /* [layers] from 0, in rising order */
    uint32_t layers;
    struct exchange_options exchange;
    unsigned threads; /* at least 1 */
    void (*progress)(void *context, double share);
    void *progress_context;
};

/* NAN: not defined, p: nothing can be exchanged. */
struct confound_row {
    uint32_t layer; /* from 0 */
    double size, silhouette;
    double p;            /* of the size */
    double shared;       /* neurons of the property here that are the other's, too */
    double jaccard;      /* with the property's neurons where nothing is given */
    double cmi, cmi_p;   /* nats; p by its share of the entropy (cmi.h) */
    double cmi_expected; /* mean share of the null, of the entropy as observed; nats */
};

/* What a level's null was. */
struct confound_level {
    char *name; /* NULL: all levels together */
    bool exchanged;
    enum exchange_kind kind;
    char strata[160];
    uint64_t draws;
    bool enumerated;
    char why[512];            /* what is missing and why; "" */
    struct confound_row *row; /* [layers] */
};

struct confound_result {
    char *property, *given;
    uint32_t layers, levels;      /* levels of the other property */
    struct confound_level *level; /* [levels + 1], the last of all together */
};

/*
 * Runs R on A's file, under A's cancel flag, whose filters are the same again afterwards.  In each
 * level of the other property: the property among its frames.  Of all levels together: the
 * property's neurons and patterns without the other's neurons; where a unit that is exchanged has
 * one level of the other, labels are exchanged within it.
 */
enum status confound_make(struct confound_result *out, struct analysis *a,
                          const struct confound_request *r, struct err *err);
void confound_free(struct confound_result *c);

#endif
