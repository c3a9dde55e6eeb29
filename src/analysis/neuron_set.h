/*
 * neuron_set.h - a set of neurons in every layer of a model: what an edit is applied to.
 */
#ifndef PROPNEU_ANALYSIS_NEURON_SET_H
#define PROPNEU_ANALYSIS_NEURON_SET_H

#include "analysis/analysis.h"
#include "base/bitset.h"
#include "formats/setfile.h"

struct neuron_sets {
    uint32_t layers;
    uint32_t *width; /* [layers] neurons of each */
    uint64_t **set;  /* [layers][bitset_words(width)] */
};

/* Empty sets for a model of these WIDTH [layers]. */
enum status neuron_sets_init(struct neuron_sets *s, uint32_t layers, const uint32_t *width,
                             struct err *err);
void neuron_sets_free(struct neuron_sets *s);

/* Neurons in the set of LAYER (from 0), and in all of them. */
uint32_t neuron_sets_size(const struct neuron_sets *s, uint32_t layer);
size_t neuron_sets_total(const struct neuron_sets *s);

/*
 * Adds what the set expression TEXT holds, names without a layer meaning each layer's own.  A, the
 * count file it speaks of, must have the model's layers and widths (STATUS_MISMATCH names what
 * differs); NULL: TEXT is a list, "@FILE" or "{1:3,7-9}".  MODEL stands in messages.
 */
enum status neuron_sets_add(struct neuron_sets *s, const char *text, struct analysis *a,
                            const char *model, struct err *err);

/* STATUS_MISMATCH, naming what differs, if C is not of layers and widths as S; MODEL stands in the
 * message. */
enum status neuron_sets_fit(const struct neuron_sets *s, const struct counts *c, const char *model,
                            struct err *err);

/* A number that tells sets apart. */
uint64_t neuron_sets_digest(const struct neuron_sets *s);

/* Leaves only the layers of LIST ("1,3,5-7", from 1). */
enum status neuron_sets_only(struct neuron_sets *s, const char *list, struct err *err);

/* The neurons as a list, to be freed with setfile_free. */
enum status neuron_sets_list(const struct neuron_sets *s, struct setfile *out, struct err *err);

#endif
