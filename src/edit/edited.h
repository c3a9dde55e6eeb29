/*
 * edited.h - private to src/edit: tensors of a checkpoint that can be written to.
 */
#ifndef PROPNEU_EDIT_EDITED_H
#define PROPNEU_EDIT_EDITED_H

#include "formats/tensors/checkpoint.h"

/* Zeroed memory that goes with C; NULL without memory. */
void *edited_memory(struct checkpoint *c, size_t n, size_t size);

/* Makes T, one of C's, a row-major copy that may be written to; NULL without memory. */
unsigned char *edited_tensor(struct checkpoint *c, struct tensor *t);

#endif
