/*
 * train_head.h - what is trained behind a model: the layers that decide, as s3prl has them.
 *
 *     x = H_n, or the sum of all H_n by weights softmax(mix)     [frames][E]
 *     logits = W x + b, or W (P x + c) + b                        of each frame, or of their mean
 *
 * H_0 is what the first layer takes in, H_L what the encoder gives out.  All numbers lie in one
 * array, as do their gradients, so that a step adds and changes them as a whole.
 */
#ifndef PROPNEU_TRAIN_TRAIN_HEAD_H
#define PROPNEU_TRAIN_TRAIN_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "model/backward/backward.h"
#include "train/output.h"

#define TRAIN_HEAD_HIDDEN 256 /* rows of P */

struct train_head {
    uint32_t layers;                /* L of the model */
    uint32_t layer;                 /* n of H_n, 0 to L; not looked at where it is mixed */
    bool mixed, mean;               /* all H_n by weights; one decision a recording */
    size_t embed;                   /* E */
    size_t hidden;                  /* rows of P, 0: none */
    size_t classes;                 /* rows of W */
    size_t count;                   /* of all numbers */
    float *weights;                 /* [count]: mix [L + 1], P, c, W, b, in this order */
    size_t at_projector, at_weight; /* where P and W begin; mix is at 0 */
};

/* All 0, from the fields above count.  STATUS_NOMEM. */
enum status train_head_open(struct train_head *h, struct err *err);
void train_head_free(struct train_head *h);

/* Matrices normal with deviation 0.02, the rest 0. */
void train_head_start(struct train_head *h, uint64_t seed);

/* What one thread needs to run it. */
struct train_head_room {
    struct output projector, last;
    float *memory;
    size_t size;
    /* Of the last run, in MEMORY: */
    float *x, *dx;           /* [frames][E] */
    float *inner, *dinner;   /* [frames][hidden] */
    float *pooled, *dpooled; /* the mean over frames of what W takes */
    float *logits;           /* [rows][classes], which the loss makes its gradient */
    float *dhidden;          /* [L + 1][frames][E] where mixed */
    const float **to;        /* [L + 1] for model_backward */
    float mix[256];          /* softmax */
    size_t frames, rows;     /* rows: 1 where the mean decides, else frames */
};

enum status train_head_room_open(struct train_head_room *r, const struct train_head *h,
                                 struct err *err);
void train_head_room_free(struct train_head_room *r);

/* Logits of the pass on TAPE into R->logits [R->rows][classes].  STATUS_NOMEM. */
enum status train_head_run(struct train_head_room *r, const struct train_head *h,
                           const struct encoder_tape *tape, struct err *err);

/*
 * From the gradient that R->logits have become: adds to GRADIENT [count], and makes R->to
 * [L + 1] what model_backward takes, unless the model is FROZEN.
 */
enum status train_head_back(struct train_head_room *r, const struct train_head *h,
                            const struct encoder_tape *tape, bool frozen, float *gradient,
                            struct err *err);

#endif
