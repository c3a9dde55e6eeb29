/*
 * activation_back.h - derivatives of the functions of activation.h.
 */
#ifndef PROPNEU_MODEL_BACKWARD_ACTIVATION_BACK_H
#define PROPNEU_MODEL_BACKWARD_ACTIVATION_BACK_H

#include "model/families.h"
#include "model/kernels/kernels.h"

/* DX [n] = DX f'(X): from the gradient of the values to that of the arguments X. */
void activation_back(const struct kernels *kn, enum activation f, float *dx, const float *x,
                     size_t n);

#endif
