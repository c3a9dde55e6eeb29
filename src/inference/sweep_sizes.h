/*
 * sweep_sizes.h - private to sweep.c: how many property neurons a sample has at each of many
 * sigmas, in one pass over how many of each group's patterns contain a neuron.
 */
#ifndef PROPNEU_INFERENCE_SWEEP_SIZES_H
#define PROPNEU_INFERENCE_SWEEP_SIZES_H

#include "analysis/sample.h"
#include "inference/sweep.h"

/* Kept from sample to sample; zeroed at first. */
struct sweep_room {
    size_t cap, widths;
    uint8_t *reach;        /* [cap] sigmas passed, by number of patterns */
    uint8_t *best, *other; /* [widths] largest and second largest of a neuron's groups */
};

void sweep_room_free(struct sweep_room *room);

/* The property neurons of S at each of SIGMA [sigmas], rising shares, into SIZE. */
enum status sweep_sizes(struct sample *s, const double *sigma, uint32_t sigmas,
                        struct sweep_room *room, uint32_t *size, struct err *err);

#endif
