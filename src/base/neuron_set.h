/*
 * neuron_set.h - a set of neurons, layer by layer: the one form that sets have.
 *
 * What a set expression gives, what is marked or has a name, what a file lists, what an edit is
 * applied to: each is a row of bits for every layer.  Layers and neurons count from 0 here, as
 * everywhere inside; files and people count layers from 1 (formats/setfile.h).
 *
 * A set knows how many layers and neurons it has room for, its shape: that of a model for an edit,
 * while a list grows with what is added.  Sets of different shapes can be combined; a neuron beyond
 * the shape is not in the set.
 */
#ifndef PROPNEU_BASE_NEURON_SET_H
#define PROPNEU_BASE_NEURON_SET_H

#include "base/bitset.h"
#include "base/status.h"

struct neuron_set {
    uint32_t layers;
    uint32_t *width; /* [layers] neurons that there is room for */
    uint64_t **row;  /* [layers][bitset_words(width)]; NULL for a width of 0 */
};

#define NEURON_SET_INIT \
    {                   \
        0, NULL, NULL   \
    }

/* One neuron, for going through a set. */
struct neuron {
    uint32_t layer, number;
};

/* An empty set for a model of these WIDTH [layers]. */
enum status neuron_set_init(struct neuron_set *s, uint32_t layers, const uint32_t *width,
                            struct err *err);
void neuron_set_free(struct neuron_set *s);
enum status neuron_set_copy(struct neuron_set *out, const struct neuron_set *s, struct err *err);

bool neuron_set_has(const struct neuron_set *s, uint32_t layer, uint32_t neuron);

/* Neurons in LAYER, and in all layers. */
uint32_t neuron_set_size(const struct neuron_set *s, uint32_t layer);
size_t neuron_set_total(const struct neuron_set *s);

/* Adds one, making room for it; takes one out, harmless where it is not in. */
enum status neuron_set_put(struct neuron_set *s, uint32_t layer, uint32_t neuron, struct err *err);
void neuron_set_drop(struct neuron_set *s, uint32_t layer, uint32_t neuron);

/* Adds BITS [bitset_words(width)] of LAYER, making room for WIDTH neurons. */
enum status neuron_set_put_row(struct neuron_set *s, uint32_t layer, const uint64_t *bits,
                               uint32_t width, struct err *err);

/* Adds the neurons of LAYER below WIDTH to BITS [bitset_words(width)]. */
void neuron_set_into_row(const struct neuron_set *s, uint32_t layer, uint64_t *bits,
                         uint32_t width);

/* Takes all neurons of LAYER out. */
void neuron_set_clear(struct neuron_set *s, uint32_t layer);

/* OUT, which is neither A nor B: the union ('|'), intersection ('&') or difference ('-'). */
enum status neuron_set_combine(struct neuron_set *out, const struct neuron_set *a, char op,
                               const struct neuron_set *b, struct err *err);

/* The next neuron by layer and number into *AT, which begins as NEURON_FIRST; false: no more. */
#define NEURON_FIRST  \
    {                 \
        0, UINT32_MAX \
    }
bool neuron_set_next(const struct neuron_set *s, struct neuron *at);

/* A number that tells sets of one shape apart. */
uint64_t neuron_set_digest(const struct neuron_set *s);

#endif
