/*
 * intervention.h - edits without an edited checkpoint: what EDIT_SCALE, EDIT_MEAN and EDIT_MASK do
 * to the activations of a forward pass (model_run), so that many edits of one model can be tried.
 */
#ifndef PROPNEU_EDIT_INTERVENTION_H
#define PROPNEU_EDIT_INTERVENTION_H

#include "edit/edit.h"
#include "model/model.h"

struct intervention {
    struct model_intervention change; /* for model_run; borrows the arrays below */
    uint32_t layers;
    float **gain, **shift; /* [layers][width]; NULL in layers whose set is empty */
};

/*
 * What E does, of any kind: neurons masked or removed contribute nothing, as erased ones.  The same
 * as the edited checkpoint to rounding; where its tensors are of half precision, to theirs.
 * STATUS_NOTFOUND and STATUS_MISMATCH as edit_apply.  Free with intervention_free.
 */
enum status intervention_init(struct intervention *v, const struct edit *e, struct err *err);
void intervention_free(struct intervention *v);

/* The first layer (from 0) that is changed; layers, where none is. */
uint32_t intervention_first(const struct model_intervention *v, uint32_t layers);

#endif
