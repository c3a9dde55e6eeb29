/*
 * order.h - which utterances a step of training takes, and which part of each.
 *
 * The utterances of all steps are one endless sequence: those of epoch 0 in an order of their own,
 * then those of epoch 1, ...  Step s of batches of n takes positions s n .. s n + n - 1.  Order and
 * parts are functions of seed and position alone.
 */
#ifndef PROPNEU_TRAIN_ORDER_H
#define PROPNEU_TRAIN_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct order {
    uint64_t seed, epoch; /* whose permutation is in memory */
    uint32_t count;       /* utterances */
    uint32_t *at;         /* [count] */
};

/* COUNT > 0.  STATUS_NOMEM. */
enum status order_open(struct order *o, uint32_t count, uint64_t seed, struct err *err);
void order_free(struct order *o);

/* The utterance at POSITION.  Cheap while positions stay in one epoch. */
uint32_t order_utterance(struct order *o, uint64_t position);

/* The first of the LENGTH that are taken of FRAMES frames (or samples) at POSITION, 0 where there
 * are no more than that. */
size_t order_crop(uint64_t seed, uint64_t position, size_t frames, size_t length);

#endif
