/*
 * adapters.h - weights that stand beside a model's own and change what it computes.
 */
#ifndef PROPNEU_MODEL_LOAD_ADAPTERS_H
#define PROPNEU_MODEL_LOAD_ADAPTERS_H

#include "formats/tensors/tensors.h"

/* The first tensor of T that belongs to an adapter of PEFT or its like, or NULL. */
const struct tensor *adapters_find(const struct tensors *t);

/* STATUS_UNSUPPORTED if there is one: the adapter alone, or a model that it is not merged into. */
enum status adapters_refuse(const struct tensors *t, const char *path, struct err *err);

#endif
