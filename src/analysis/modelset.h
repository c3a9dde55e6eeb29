/*
 * modelset.h - the neurons of a model that an edit is applied to, from what a person types.
 */
#ifndef PROPNEU_ANALYSIS_MODELSET_H
#define PROPNEU_ANALYSIS_MODELSET_H

#include "analysis/analysis.h"
#include "base/neuron_set.h"

/*
 * Adds to S, of the model's shape, what the set expression TEXT holds, names without a layer
 * meaning each layer's own.  A, the count file it speaks of, must have the model's layers and
 * widths (STATUS_MISMATCH names what differs); NULL: TEXT is a list, "@FILE" or "{1:3,7-9}".  MODEL
 * stands in messages.
 */
enum status modelset_add(struct neuron_set *s, const char *text, struct analysis *a,
                         const char *model, struct err *err);

/* STATUS_MISMATCH, naming what differs, if C is not of layers and widths as S; MODEL stands in the
 * message. */
enum status modelset_fit(const struct neuron_set *s, const struct counts *c, const char *model,
                         struct err *err);

/* Leaves only the layers of LIST ("1,3,5-7", from 1). */
enum status modelset_only(struct neuron_set *s, const char *list, struct err *err);

#endif
