/*
 * api_edit.h - private to src/api: the edits of the interface in the words of edit/edit.h.
 */
#ifndef PROPNEU_API_API_EDIT_H
#define PROPNEU_API_API_EDIT_H

#include "edit/edit.h"
#include <propneu/edit.h>

/*
 * EDIT (NULL: erasure) of SET into OUT, which borrows both and MEANS, a zeroed struct that is
 * opened where the edit needs it; to be freed with tensors_free in any case.
 */
enum status api_edit_open(struct edit *out, struct tensors *means, const struct pn_edit *edit,
                          const pn_set *set, struct err *err);

#endif
