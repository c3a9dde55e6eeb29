/*
 * means.h - the means of neurons as EDIT_MEAN takes them.
 */
#ifndef PROPNEU_EDIT_MEANS_H
#define PROPNEU_EDIT_MEANS_H

#include "edit/edit.h"

/* mean.N of LAYER (from 0, N from 1) of E into *MEAN [width], to be freed. */
enum status edit_means(const struct edit *e, uint32_t layer, float **mean, struct err *err);

#endif
