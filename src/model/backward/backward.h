/*
 * backward.h - from the gradients of an encoder's hidden states to those of its weights.
 *
 *     encoder_tape *tape ... model_run(m, scratch, &pass with the tape, &sink, &err);
 *     struct backward *b = backward_new();                             (one a thread)
 *     const float *hidden[] = {NULL, ..., NULL, d_final};              (layers + 1)
 *     model_backward(m, b, tape, hidden, input, gradients, &cancel, &err);
 *
 * The model must have been opened with keep_weights.  What a front end computes before its
 * projection stays as it is (weights.h).  Sums are made in a fixed order: the same bytes on any
 * number of threads, each with gradients of its own.
 */
#ifndef PROPNEU_MODEL_BACKWARD_BACKWARD_H
#define PROPNEU_MODEL_BACKWARD_BACKWARD_H

#include <stddef.h>

#include "base/cancel.h"
#include "base/status.h"
#include "model/model.h"
#include "model/tape.h"

/* One array for every weight that a model keeps, in one allocation. */
struct gradients;

/* All 0.  STATUS_NOMEM. */
enum status gradients_new(struct gradients **out, const struct model *m, struct err *err);
void gradients_free(struct gradients *g);
void gradients_clear(struct gradients *g);

/* TO += FROM, of the same model. */
void gradients_add(struct gradients *to, const struct gradients *from);

/* The gradient of weight I of model_weights(), [count]. */
float *gradients_data(const struct gradients *g, size_t i);

/* That of the weight whose data begin at WEIGHT; NULL for any other pointer. */
float *gradients_of(const struct gradients *g, const float *weight);

/* Room for one backward pass at a time, which grows to the longest. */
struct backward;
struct backward *backward_new(void);
void backward_free(struct backward *b);

/*
 * Adds to G the gradients of all weights that the pass on TAPE used, from HIDDEN [layers + 1], each
 * [T][E] or NULL: the gradient of the input of layer n, and last of what the encoder gave out,
 * behind its closing norm if it has one.  INPUT: the rows that the sink was given of MODEL_INPUT,
 * or MODEL_CONV for waveform models.  STATUS_NOMEM, STATUS_CANCELLED; STATUS_USAGE without kept
 * weights.
 */
enum status model_backward(const struct model *m, struct backward *b,
                           const struct encoder_tape *tape, const float *const *hidden,
                           const float *input, struct gradients *g, const struct cancel *cancel,
                           struct err *err);

#endif
