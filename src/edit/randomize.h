/*
 * randomize.h - a model as it was before it was trained: every tensor of a checkpoint drawn anew
 * from the distribution that its family's own software starts it from (model/load/initial.h).
 * Names, shapes, dtypes and configuration stay.  It answers how much of what is found in a model
 * was learnt, and how much its architecture and the recordings give to any weights.
 *
 * The parts of heads that the software has are drawn as well: trained on the features of a model
 * that is gone, they would mean nothing.  What no rule speaks of stays as it is, and is told.
 */
#ifndef PROPNEU_EDIT_RANDOMIZE_H
#define PROPNEU_EDIT_RANDOMIZE_H

#include "base/cancel.h"
#include "formats/tensors/checkpoint.h"
#include "model/load/initial.h"

struct randomized {
    const struct tensors *tensors; /* of the checkpoint, borrowed */
    struct initial *initial;       /* [tensors->count] */
    const char *software;          /* "transformers" */
    uint64_t seed;
};

/*
 * Draws the tensors of C, whose memory goes with C as in edit_apply.  The numbers of a tensor
 * depend on SEED, its name without a head's prefix and their places alone, and are the same on
 * every machine before they are rounded to the tensor's dtype (base/normal.h).  On failure C is
 * changed in part: free it.
 */
enum status randomize_apply(struct randomized *out, struct checkpoint *c, uint64_t seed,
                            const struct cancel *stop, struct err *err);
void randomized_free(struct randomized *r);

/* "normal", "uniform", "constant", "lengths", or "kept" for both kinds of those. */
const char *randomized_distribution(const struct initial *i);

/* Mean and deviation of that distribution; NAN where it has none of its own. */
double randomized_mean(const struct initial *i);
double randomized_deviation(const struct initial *i);

/* Tensors of kind KIND. */
size_t randomized_count(const struct randomized *r, enum init_kind kind);

#endif
