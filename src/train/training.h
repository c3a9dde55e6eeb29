/*
 * training.h - training a model and its head: steps, and what goes on from them.
 *
 *     training_open(&t, &options, &hooks, &err);    goes on where FOLDER's state was left
 *     while (!training_done(t))
 *         training_step(t, &row, &err);             writes the log, and the state now and then
 *     training_finish(t, &err);                     the model into FOLDER
 *     training_close(t);
 *
 * The batch of a step is cut into TRAINING_BLOCKS blocks of examples.  Each has a gradient of its
 * own, and they are added as a binary tree, whoever computed them: the same bytes on any number of
 * threads.  Order, crops and masks are functions of the seed and the position, so that a run that
 * goes on is the run that was never stopped.
 */
#ifndef PROPNEU_TRAIN_TRAINING_H
#define PROPNEU_TRAIN_TRAINING_H

#include "train/trainset.h"

#define TRAINING_BLOCKS 8

enum training_schedule { SCHEDULE_CONSTANT, SCHEDULE_LINEAR, SCHEDULE_COSINE };

/* What of a model is not trained. */
enum training_freeze {
    FREEZE_NONE,
    FREEZE_FRONTEND, /* the waveform models' convolutions */
    FREEZE_ENCODER,  /* everything: only the head learns */
};

struct training_options {
    const char *model, *mean_std;
    enum model_normalize normalize;
    struct trainset_options data;
    const char *valid; /* recordings that are measured when the state is written; NULL: none */
    bool fresh;        /* begin with new weights, of the seed INIT */
    uint64_t init;
    bool mlp;       /* two layers in the head */
    bool mixed;     /* it sits on all hidden states */
    uint32_t layer; /* or on the output of this one, from 1; 0: the last */
    enum training_freeze freeze;
    uint64_t steps;
    uint32_t batch;
    double rate;
    enum training_schedule schedule;
    double warmup; /* below 1: share of the steps; else steps */
    double clip;   /* 0: gradients are not clipped */
    double decay;  /* AdamW's; 0: Adam */
    uint64_t seed;
    uint64_t save_every; /* steps; 0: only at the end */
    unsigned threads;
    const char *folder;
    const char *command; /* that this is, for a shell */
};

/* A line of the log; NAN for what there is not. */
struct training_row {
    uint64_t step; /* from 1 */
    double loss, accuracy, rate, norm, seconds;
    uint64_t skipped; /* steps so far whose gradient was no number */
    double valid_loss, valid_error;
};

struct training;

/*
 * Opens everything and reads the recordings.  STATUS_MISMATCH if FOLDER's state is of another
 * training; STATUS_UNSUPPORTED for what is not trained.
 */
enum status training_open(struct training **out, const struct training_options *o,
                          const struct trainset_hooks *hooks, struct err *err);
void training_close(struct training *t);

uint64_t training_steps_done(const struct training *t);
bool training_done(const struct training *t);
const struct trainset *training_set(const struct training *t);
const struct model_info *training_model(const struct training *t);
/* True if the head began as the checkpoint has it. */
bool training_head_kept(const struct training *t);

/* One step; ROW is its line of the log.  STATUS_CANCELLED: the step was not taken, and the state
 * before it is written. */
enum status training_step(struct training *t, struct training_row *row, struct err *err);

/* The model as it is, into FOLDER: what `erase` writes, with the head. */
enum status training_finish(struct training *t, struct err *err);

#endif
