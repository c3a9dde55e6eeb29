/*
 * pass.h - one example of a task through a model and its head, and back.
 */
#ifndef PROPNEU_TRAIN_PASS_H
#define PROPNEU_TRAIN_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cancel.h"
#include "model/backward/backward.h"
#include "train/train_head.h"

/* What a head learns. */
enum train_loss {
    LOSS_FRAMES,  /* cross-entropy of a class for each frame */
    LOSS_POOLED,  /* of one class for all of it */
    LOSS_CTC,     /* of a sequence of classes */
    LOSS_SQUARED, /* (x - target)^2 of each frame */
};

/* One recording or part of it.  Arrays are borrowed. */
struct example {
    const float *samples; /* [count] at 16 kHz, or, where they are given: */
    size_t count;
    const float *rows;  /* [frames][input width] of the model's input */
    const bool *masked; /* [frames] rows that are set to 0; NULL: none.  With ROWS only */
    size_t frames;
    const int32_t *label; /* [frames], [1], or [labels] of CTC; < 0: no loss */
    size_t labels;
    const double *target; /* [frames] of squares, NAN: no loss */
};

/* What came out of some examples; sums are of losses as they are scaled. */
struct train_sums {
    double loss;
    uint64_t right, trials; /* of cross-entropy */
    uint64_t infinite;      /* CTC's targets that do not fit */
};

/* What one thread works with. */
struct train_pass {
    struct model_scratch *scratch;
    struct encoder_tape *tape;
    struct backward *backward;
    struct train_head_room room;
    float *input; /* [frames][width] what enters the projection */
    size_t input_cap, width;
};

enum status train_pass_open(struct train_pass *p, const struct train_head *h, struct err *err);
void train_pass_free(struct train_pass *p);

/*
 * SCALE times the loss of E: to SUMS, and its gradients are added to HEAD_GRADIENT [h->count] and
 * to G, which is NULL where the model is frozen.  Without HEAD_GRADIENT there is no way back.
 * Squares and cross-entropies are summed over frames, CTC's is that of the whole.  STATUS_NOMEM,
 * STATUS_CANCELLED, or what model_run says.
 */
enum status train_pass_run(struct train_pass *p, const struct model *m, const struct train_head *h,
                           enum train_loss loss, const struct example *e, double scale,
                           struct gradients *g, float *head_gradient, struct train_sums *sums,
                           const struct cancel *cancel, struct err *err);

#endif
