/*
 * lesson.h - an utterance, or a part of one, that a model learns from: forward, loss, backward.
 *
 *     learner_open(&l, m, &shape, true, &err);                       (one a block of a batch)
 *     train_head_copy(&l.head, &master);
 *     learner_begin(&l);
 *     learner_learn(&l, &desk, &lesson, cancel, &err);               (any number of times)
 *     ... l.gradients, l.head, l.loss ...
 */
#ifndef PROPNEU_TRAIN_LESSON_H
#define PROPNEU_TRAIN_LESSON_H

#include "base/cancel.h"
#include "model/backward/backward.h"
#include "model/model.h"
#include "train/head.h"

#define TRAIN_TASKS(X)                X(ssl, SSL) X(frames, FRAMES) X(ctc, CTC) X(sid, SID) X(f0, F0)
#define TRAIN_TASK_NUMBER(name, NAME) TRAIN_##NAME,
enum train_task { TRAIN_TASKS(TRAIN_TASK_NUMBER) TRAIN_TASK_COUNT };

/* "ssl", ... */
extern const char *const train_task_names[TRAIN_TASK_COUNT];

struct lesson {
    enum train_task task;
    const float *samples; /* [count] at 16 kHz, or NULL where there are ROWS */
    size_t count;
    const float *rows; /* [frames][input width] of MODEL_INPUT */
    size_t frames;
    const bool *masked;   /* [frames] rows that are set to 0; NULL: none */
    const int32_t *label; /* ssl, frames: [frames], negative: none; sid: [1]; ctc: [length] */
    size_t length;
    const double *target; /* f0: [frames], NAN: none */
    double scale;         /* of the loss in that of the batch */
};

/* What one thread works with. */
struct desk {
    struct model_scratch *scratch;
    struct encoder_tape *tape;
    struct backward *backward;
    float *input; /* [frames][input width] what the encoder's projection was given */
    float *logits;
    float **d;   /* [layers + 1][frames][E] */
    float *held; /* what D lies in */
    const float **hidden;
    size_t input_cap, logits_cap, held_cap;
    uint32_t layers;
};

enum status desk_open(struct desk *d, const struct model *m, struct err *err);
void desk_free(struct desk *d);

/* Gradients and what was lost of some lessons. */
struct learner {
    const struct model *model;
    struct gradients *gradients; /* NULL: the encoder stays as it is */
    struct train_head head;
    double loss;           /* the sum of scale * loss */
    size_t correct, tried; /* labels */
    size_t hopeless;       /* lessons whose loss is infinite, which count as 0 */
};

/* Without WHOLE there are gradients of the head alone. */
enum status learner_open(struct learner *l, const struct model *m,
                         const struct train_head_shape *shape, bool whole, struct err *err);
void learner_free(struct learner *l);
void learner_begin(struct learner *l);
/* TO += FROM: gradients and what was lost. */
void learner_add(struct learner *to, const struct learner *from);

/* Adds X's gradients.  STATUS_FORMAT: NaN or infinity; STATUS_NOMEM, STATUS_CANCELLED. */
enum status learner_learn(struct learner *l, struct desk *d, const struct lesson *x,
                          const struct cancel *cancel, struct err *err);

/* Adds X's loss alone. */
enum status learner_test(struct learner *l, struct desk *d, const struct lesson *x,
                         const struct cancel *cancel, struct err *err);

#endif
