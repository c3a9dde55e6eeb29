/*
 * activation.h - the functions between the matrices: every one that the configurations of
 * transformers and fairseq can name and that has no weights of its own.
 */
#ifndef PROPNEU_MODEL_ACTIVATION_H
#define PROPNEU_MODEL_ACTIVATION_H

#include "model/families.h"
#include "model/kernels/kernels.h"

/* The function that a configuration calls NAME; false if there is none. */
bool activation_parse(const char *name, enum activation *out);

/* X [n] = f(X); false if an X is not a finite number. */
bool activation_run(const struct kernels *kn, enum activation f, float *x, size_t n);

#endif
