/*
 * expected.h - how many property neurons chance gives where only middle frames were counted and no
 * tokens were kept: a mean without a p.
 */
#ifndef PROPNEU_INFERENCE_EXPECTED_H
#define PROPNEU_INFERENCE_EXPECTED_H

#include "inference/units.h"

/* Draws behind the mean: neurons are drawn each by itself, so that few are enough. */
#define EXPECTED_DRAWS 199

/*
 * The mean number of property neurons in LAYER (from 0) when the levels of the tokens of one
 * speaker and phone are exchanged, U being the units of a property by speaker: the hits of its
 * levels are then multivariate hypergeometric given their sum, for each neuron.  Only of middle
 * frames, of which each is a token.
 */
enum status expected_size(double *mean, const struct units *u, uint32_t layer, uint64_t seed,
                          unsigned threads, const struct cancel *cancel, struct err *err);

#endif
