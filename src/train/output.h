/*
 * output.h - a linear layer behind a model while it is trained: values, and gradients of its
 * weights and of what goes into it.
 */
#ifndef PROPNEU_TRAIN_OUTPUT_H
#define PROPNEU_TRAIN_OUTPUT_H

#include <stddef.h>

#include "base/status.h"
#include "model/kernels/kernels.h"

/* Weights and gradients are borrowed; the room is for one call at a time. */
struct output {
    size_t in, out;
    const float *weight, *bias; /* [out][in], [out] */
    float *dweight, *dbias;
    float *packed, *work;
    size_t size; /* floats of packed */
};

/* Room alone.  STATUS_NOMEM. */
enum status output_open(struct output *o, size_t in, size_t out, struct err *err);
void output_free(struct output *o);

/* Y [rows][out] = X [rows][in] W^T + b.  STATUS_NOMEM. */
enum status output_run(struct output *o, const struct kernels *kn, const float *x, size_t rows,
                       float *y, struct err *err);

/* Adds the gradients of weight and bias of DY [rows][out]; DX [rows][in] = DY W, unless NULL. */
enum status output_back(struct output *o, const struct kernels *kn, const float *x, size_t rows,
                        const float *dy, float *dx, struct err *err);

#endif
