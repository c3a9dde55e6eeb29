/*
 * movement.h - how far training has moved each neuron of a model: the distance between its weights
 * in two checkpoints of the same shape, in units of their length before,
 *     |after - before| / |before| ,
 * of row i of W_FC1, which says when neuron i fires, and of column i of W_FC2, what it then adds.
 * And whether the neurons of a set have moved further than others of their layer.
 */
#ifndef PROPNEU_EDIT_MOVEMENT_H
#define PROPNEU_EDIT_MOVEMENT_H

#include "base/cancel.h"
#include "formats/tensors/checkpoint.h"

struct movement {
    uint32_t layers;
    uint32_t *width;        /* [layers] */
    double **row, **column; /* [layers][width]; NAN for weights that were all 0 before */
};

/*
 * From BEFORE to AFTER, whose tensors may be spelled otherwise and have another dtype.
 * STATUS_MISMATCH names both files and what differs in their shapes.
 */
enum status movement_make(struct movement *out, const struct checkpoint *before,
                          const struct checkpoint *after, const struct cancel *stop,
                          struct err *err);
void movement_free(struct movement *m);

/* A set of neurons against the rest of its layer, by one of the two movements. */
struct movement_test {
    double set, rest; /* means; NAN of none */
    double p;         /* share of sets as large that moved as far; NAN where there is but one */
};

/*
 * SET [words] of LAYER.  Sets of as many neurons of the layer are drawn DRAWS times, and
 * p = (1 + those whose mean is not below SET's) / (1 + DRAWS); means within 1e-9 of each other tie,
 * and count.  Draw d depends on KEY and d alone.  Neurons whose movement is not known are left out.
 */
enum status movement_test(struct movement_test *out, const double *movement, uint32_t width,
                          const uint64_t *set, uint32_t draws, uint64_t key,
                          const struct cancel *stop, struct err *err);

#endif
