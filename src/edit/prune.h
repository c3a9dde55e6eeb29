/*
 * prune.h - which neurons to prune: scored, protected, up to a budget.
 */
#ifndef PROPNEU_EDIT_PRUNE_H
#define PROPNEU_EDIT_PRUNE_H

#include <stdbool.h>

#include "edit/criterion.h"
#include "formats/tensors/checkpoint.h"
#include "base/neuron_set.h"

struct prune_options {
    const struct prune_criterion *criterion;
    uint64_t seed;    /* of random criteria */
    double keep;      /* share of the neurons that stays, 0 < keep <= 1 */
    bool global;      /* of all layers together; else the same share of each */
    uint32_t minimum; /* neurons that stay in a layer whatever its scores; at least 1 */
    const struct neuron_set *protect; /* what is never pruned; NULL: nothing */
    bool exact; /* the budget holds: of protected neurons the lowest go where too many would stay */
};

/*
 * Puts into OUT, empty sets of the model's widths, the neurons to prune, so that
 * round(keep x neurons) stay; more where protection (unless EXACT) or the minimum wants it.  Lowest
 * scores go first, of equal ones lower indices.
 */
enum status prune_choose(struct neuron_set *out, const struct checkpoint *c,
                         const struct prune_options *o, struct err *err);

/*
 * Takes neurons out of the sets S to prune, highest scores first, until o->minimum stay in each
 * layer; *SPARED is how many.
 */
enum status prune_spare(struct neuron_set *s, const struct checkpoint *c,
                        const struct prune_options *o, size_t *spared, struct err *err);

#endif
