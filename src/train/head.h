/*
 * head.h - what stands behind an encoder while it is trained for a task: which hidden states are
 * looked at, a mean over time, a projection, and the linear map that decides.
 *
 *     logits = W (P x + c) + b,  x = H_n, or the sum over n of softmax(mix)_n H_n,
 *
 * H_0 being the input of the first layer and H_L what the encoder gives out.  With a mean, x is its
 * mean over the frames, which is the same before the projection as behind it.  In a checkpoint the
 * parts are called head.NAME.weight, head.projector.weight and head.mix, as `eval` reads them.
 */
#ifndef PROPNEU_TRAIN_HEAD_H
#define PROPNEU_TRAIN_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "model/kernels/kernels.h"
#include "train/output.h"

#define TRAIN_HEAD_PROJECTED 256 /* width of the projection of s3prl's heads */

struct train_head_shape {
    size_t embed, classes;
    size_t projected; /* width of the projection; 0: none */
    uint32_t layers;  /* L of the encoder: there are L + 1 hidden states */
    uint32_t layer;   /* n, unless weighted */
    bool weighted, mean;
};

struct train_head {
    struct train_head_shape shape;
    struct output projector, out; /* projector.in is 0 where there is none */
    float *mix, *dmix;            /* [L + 1], or NULL */
    double *share;                /* softmax of mix */
    float *x, *middle;            /* [rows][embed], [rows][projected] of the last run */
    float *dx, *dmiddle;
    size_t rows, room;
};

/* A part that is learnt; borrowed. */
struct train_head_part {
    const char *part; /* "weight", "bias", "projector.weight", "projector.bias", "mix" */
    float *data, *gradient;
    uint32_t ndim;
    size_t shape[2], count;
};

enum { TRAIN_HEAD_PARTS = 5 };

/* All 0.  STATUS_NOMEM. */
enum status train_head_open(struct train_head *h, const struct train_head_shape *shape,
                            struct err *err);
void train_head_free(struct train_head *h);

/* Weights N(0, .02) of SEED, biases and mix 0. */
void train_head_draw(struct train_head *h, uint64_t seed);

/* The parts that H has, in a fixed order; returns how many. */
size_t train_head_parts(const struct train_head *h, struct train_head_part out[TRAIN_HEAD_PARTS]);

void train_head_clear(struct train_head *h);                                /* gradients = 0 */
void train_head_add(struct train_head *to, const struct train_head *from);  /* gradients */
void train_head_copy(struct train_head *to, const struct train_head *from); /* weights */

/* Rows of logits that FRAMES frames make. */
size_t train_head_rows(const struct train_head *h, size_t frames);

/* LOGITS [rows][classes] of HIDDEN [L + 1], each [frames][embed]; those that are not looked at may
 * be NULL.  STATUS_NOMEM. */
enum status train_head_run(struct train_head *h, const struct kernels *kn,
                           const float *const *hidden, size_t frames, float *logits,
                           struct err *err);

/*
 * Behind train_head_run on the same HIDDEN: adds the gradients of the parts from those of the
 * logits, and sets D [L + 1], each [frames][embed] or NULL for what is not looked at, to those of
 * the hidden states.  D may be NULL.
 */
enum status train_head_back(struct train_head *h, const struct kernels *kn,
                            const float *const *hidden, size_t frames, const float *dlogits,
                            float *const *d, struct err *err);

/* Is hidden state N looked at? */
static inline bool train_head_uses(const struct train_head *h, uint32_t n)
{
    return h->shape.weighted || n == h->shape.layer;
}

#endif
