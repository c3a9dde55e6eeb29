/*
 * confound_internal.h - private to confound*.c: a run under way.
 */
#ifndef PROPNEU_INFERENCE_CONFOUND_INTERNAL_H
#define PROPNEU_INFERENCE_CONFOUND_INTERNAL_H

#include "inference/cmi.h"
#include "inference/confound.h"

struct confound_work {
    struct confound_result *out;
    struct analysis *a;
    const struct confound_request *r;
    struct given given;
    uint64_t **own, **other; /* [layers] neurons of the property and of the other, nothing given */
    /* Of the level and layer at work. */
    struct confound_level *level;
    uint32_t layer; /* of those asked for */
    bool all;       /* all levels together */
    struct exchange x;
    struct cmi cmi;
    uint64_t draws;
    double *size, *share; /* [draws] sizes, information as a share of the entropy */
    struct cmi_value observed;
    uint32_t **label;   /* [threads][units + groups, twice] */
    uint64_t **room;    /* [threads][cmi_room] */
    double steps, done; /* levels and layers begun; share of the work before this one */
};

/* Fills in level NUMBER of the result, all layers, under the filters as they are. */
enum status confound_level(struct confound_work *w, uint32_t number, struct err *err);

#endif
