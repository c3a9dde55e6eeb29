/*
 * api_sets.h - private to src/api: what a pn_set is, for the other handles that take one.
 */
#ifndef PROPNEU_API_API_SETS_H
#define PROPNEU_API_API_SETS_H

#include "base/neuron_set.h"
#include "base/status.h"
#include <propneu/sets.h>

struct pn_set {
    struct neuron_set set; /* of its shape, which never grows */
};

/* STATUS_MISMATCH where A and B are not of one shape. */
enum status api_set_same_shape(const struct neuron_set *a, const struct neuron_set *b,
                               struct err *err);

#endif
