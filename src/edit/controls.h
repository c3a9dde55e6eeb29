/*
 * controls.h - random sets of neurons to compare a set with: as many in every layer, firing as
 * often and writing as loudly.
 *
 * Group neurons fire often by construction, and what a neuron adds to its layer's output grows with
 * its firing and with the length of its column of the second feed-forward matrix.  A control that
 * is matched in number alone is therefore too weak.  Here each neuron of the set is paired, within
 * its layer, with one drawn from its CONTROLS_NEAR nearest neighbours in the plane of
 *     square root of firing rate, log of column norm
 * (each in units of its standard deviation over the layer; the square root makes the noise of a
 * count the same everywhere) among the neurons outside the set and
 * outside what is left out, without replacement.
 */
#ifndef PROPNEU_EDIT_CONTROLS_H
#define PROPNEU_EDIT_CONTROLS_H

#include "formats/tensors/checkpoint.h"
#include "formats/countfile.h"
#include "base/neuron_set.h"

#define CONTROLS_NEAR 5
/* Standard deviations beyond which one neuron cannot stand for another. */
#define CONTROLS_POOR 0.5

/* What neurons are matched by. */
struct neuron_features {
    uint32_t layers;
    uint32_t *width; /* [layers] */
    double **rate;   /* [layers][width] share of all frames in which the neuron is activated */
    double **norm;   /* [layers][width] Euclidean length of column i of fc2.weight */
};

/*
 * Of the model in C, with rates from COUNTS, which must have its layers and widths (STATUS_MISMATCH
 * names what differs).  In files of probabilities the rate is their mean over the cells seen.
 */
enum status neuron_features_make(struct neuron_features *f, const struct checkpoint *c,
                                 const struct counts *counts, struct err *err);
void neuron_features_free(struct neuron_features *f);

/* Candidates of each neuron that are kept in order; beyond them all are looked through. */
#define CONTROLS_KEPT 32

/* The neurons that may stand for those of one set. */
struct controls {
    uint32_t layers;
    uint32_t *width;       /* [layers] */
    uint32_t *size;        /* [layers] neurons of the set */
    uint32_t *pool;        /* [layers] candidates */
    uint32_t *kept;        /* [layers] of them, in order of distance */
    uint32_t **neuron;     /* [layers][size] the set, ascending */
    uint32_t **candidate;  /* [layers][pool] ascending */
    uint32_t **near;       /* [layers][size][kept] candidates of each, nearest first */
    double **rate, **norm; /* [layers][width] places in the plane */
};

/*
 * Orders the candidates for SET: all neurons neither in it nor in OUT (may be NULL).
 * STATUS_NOTFOUND names the first layer that has fewer candidates than the set has neurons.
 */
enum status controls_init(struct controls *c, const struct neuron_set *set,
                          const struct neuron_set *out, const struct neuron_features *f,
                          struct err *err);
void controls_free(struct controls *c);

/* Draw number DRAW of SEED, added to OUT, empty sets of the same widths: always the same one. */
enum status controls_draw(const struct controls *c, uint64_t seed, uint64_t draw,
                          struct neuron_set *out, struct err *err);

/* How well a layer's set, or the whole of it, could be matched; means over its neurons. */
struct controls_match {
    uint32_t neurons;
    double poor;                   /* of them, whose stand-in is beyond CONTROLS_POOR */
    double set_rate, control_rate; /* firing rate; NAN without neurons or draws */
    double set_norm, control_norm; /* column norm */
};

/* Over draws 1 .. DRAWS of SEED: of every layer into LAYER [layers], and of all together. */
enum status controls_match(const struct controls *c, const struct neuron_features *f, uint64_t seed,
                           uint64_t draws, struct controls_match *layer, struct controls_match *all,
                           struct err *err);

#endif
