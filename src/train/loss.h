/*
 * loss.h - what training makes smaller, and its gradient.
 *
 * Each function turns LOGITS [rows][classes] into the gradient of SCALE times the loss, and gives
 * out the loss itself, unscaled; sums are in double precision and in the order of the rows.
 */
#ifndef PROPNEU_TRAIN_LOSS_H
#define PROPNEU_TRAIN_LOSS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/*
 * The sum over the rows of -ln softmax(logits)[label]; a row whose LABEL is negative has no loss
 * and no gradient.  *CORRECT, unless NULL, grows by the rows whose label has the largest logit, the
 * first of equals.
 */
double loss_cross_entropy(float *logits, size_t rows, size_t classes, const int32_t *label,
                          double scale, size_t *correct);

/* The sum of (x - TARGET)^2 over the rows of X [rows] whose TARGET is a number. */
double loss_squared(float *x, size_t rows, const double *target, double scale);

/*
 * Connectionist temporal classification (Graves et al., ICML 2006): -ln of the probability of all
 * ways in which ROWS frames spell TARGET [length], classes 1 .. classes - 1, repeats merged and
 * class 0, the blank, left out.  *LOSS is infinite, and the gradient 0, where there is none because
 * the target is too long.  STATUS_NOMEM.
 */
enum status loss_ctc(float *logits, size_t rows, size_t classes, const int32_t *target,
                     size_t length, double scale, double *loss, struct err *err);

/* Frames that a target takes at least: one a symbol, and a blank between equal ones. */
size_t loss_ctc_frames(const int32_t *target, size_t length);

#endif
