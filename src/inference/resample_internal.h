/*
 * resample_internal.h - private to resample*.c: some draws of one layer, and the patterns made of
 * them.
 */
#ifndef PROPNEU_INFERENCE_RESAMPLE_INTERNAL_H
#define PROPNEU_INFERENCE_RESAMPLE_INTERNAL_H

#include "inference/resample.h"

/* What dense units and tokens have in common. */
struct resample_shape {
    uint32_t units, slots, phones, groups;
    const uint32_t *point_group; /* [slots][phones], as a property has its points */
};

struct resample_chunk {
    const struct resample *r;
    struct resample_shape shape;
    uint32_t layer, width, tau; /* the layer from 0 */
    size_t words, points;       /* points: slots x phones */
    uint64_t first, draws;      /* the draws first .. first + draws - 1 */
    uint32_t *slot, *weight;    /* [draws][units] */
    uint64_t *pattern;          /* [draws][points][words] */
    uint32_t *frames;           /* [draws][points] */
    void **room;                /* [threads] of resample_phone, which owns them */
};

/* A task of workers_each, whose context is a struct resample_chunk: the patterns and frames of one
 * phone in all draws. */
enum status resample_phone(void *context, unsigned worker, size_t phone, struct err *err);

#endif
