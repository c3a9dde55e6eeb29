/*
 * criterion.h - what pruning scores neurons by: one row for each criterion, one source for each.
 *
 * To add a criterion, write its source with a struct prune_criterion and add its row to
 * PRUNE_CRITERIA; options, help, completion and journals follow from the table.
 */
#ifndef PROPNEU_EDIT_CRITERION_H
#define PROPNEU_EDIT_CRITERION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "formats/tensors/checkpoint.h"

/* CRITERION(identifier, name of the option's value), the default first. */
#define PRUNE_CRITERIA(CRITERION) \
    CRITERION(l1, "l1")           \
    CRITERION(l1_bias, "l1-bias") \
    CRITERION(random, "random")

/* " l1 l1-bias ..." for messages, "|l1|l1-bias|..." for lists of values. */
#define PRUNE_CRITERION_LISTED(id, name) " " name
#define PRUNE_CRITERION_WORD(id, name)   "|" name

struct prune_criterion {
    const char *name, *summary;
    bool random; /* the scores come from the seed alone, not from the weights */
    /* Scores of the neurons of LAYER (from 0) into OUT [width]: the lowest are pruned first. */
    enum status (*score)(const struct checkpoint *c, uint32_t layer, uint32_t width, uint64_t seed,
                         double *out, struct err *err);
};

#define PRUNE_CRITERION_DECLARE(id, name) extern const struct prune_criterion prune_criterion_##id;
PRUNE_CRITERIA(PRUNE_CRITERION_DECLARE)
#undef PRUNE_CRITERION_DECLARE

extern const struct prune_criterion *const prune_criteria[]; /* ends with NULL */

/* The criterion NAME, or NULL. */
const struct prune_criterion *prune_criterion_find(const char *name);

#endif
