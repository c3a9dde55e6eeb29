/*
 * edit.h - edits of a model as values, applied to the tensors of its checkpoint in memory:
 *
 *     checkpoint_open(&c, path, &err);
 *     edit_apply(&c, &(struct edit){.kind = EDIT_SCALE, .sets = &sets, .gain = 0}, &err);
 *     model_from_checkpoint(&m, &c, NULL, &err);       (or edit_folder_write, editfolder.h)
 *
 * Neuron i of a layer is row i of fc1.weight [D][E] and fc1.bias [D], and column i of fc2.weight
 * [E][D].  Names, dtypes and everything an edit does not speak of stay as they are.
 */
#ifndef PROPNEU_EDIT_EDIT_H
#define PROPNEU_EDIT_EDIT_H

#include "formats/tensors/checkpoint.h"
#include "model/model.h"
#include "base/neuron_set.h"

enum edit_kind {
    EDIT_SCALE,  /* column i of fc2.weight times gain; gain 0 is the paper's erasure */
    EDIT_MEAN,   /* column i zero, and fc2.bias += column i x the neuron's mean */
    EDIT_MASK,   /* row i of fc1.weight, fc1.bias[i] and column i of fc2.weight zero */
    EDIT_REMOVE, /* these taken out: each layer as wide as what stays */
    EDIT_EQUAL   /* the same, all layers as wide as the widest, filled up with zero neurons */
};

struct edit {
    enum edit_kind kind;
    const struct neuron_set *sets; /* neurons of each layer that it is done to */
    double gain;                   /* EDIT_SCALE */
    const struct tensors *means;   /* EDIT_MEAN: mean.N [D], N = 1..L, of layers with a set */
    const char *means_path;        /* for messages */
};

/*
 * Applies E to C, whose tensors and configuration are replaced as needed; memory of its own goes
 * with C.  On failure C is edited in part: free it.  STATUS_MISMATCH: the sets are for another
 * model; STATUS_NOTFOUND: no means of a layer; STATUS_UNSUPPORTED: a number that the tensor's
 * dtype cannot hold, or a layer that would have no neuron left.
 */
enum status edit_apply(struct checkpoint *c, const struct edit *e, struct err *err);

/* Opens PATH as model_open does, with E (NULL: none) applied. */
enum status edit_open_model(struct model **out, const char *path, const struct model_options *o,
                            const struct edit *e, struct err *err);

#endif
