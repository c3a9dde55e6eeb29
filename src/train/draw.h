/*
 * draw.h - the random numbers of training.
 *
 * Every draw has a generator of its own, made of the run's seed, what is drawn, and two numbers
 * that say for what.  So a draw is the same in whichever thread, process or order it is made, and a
 * run that goes on needs no state of a generator.
 */
#ifndef PROPNEU_TRAIN_DRAW_H
#define PROPNEU_TRAIN_DRAW_H

#include "base/rng.h"

/* These numbers are part of every result: new ones go to the end. */
enum draw { DRAW_WEIGHTS, DRAW_ORDER, DRAW_CROP, DRAW_MASK, DRAW_DROPOUT };

/* The generator of draw WHAT for A and B: an epoch, a position in the order, a layer, ... */
static inline struct rng draw_begin(uint64_t seed, enum draw what, uint64_t a, uint64_t b)
{
    struct rng r = rng_at(seed, (uint64_t)what);
    r = rng_at(rng_next(&r), a);
    return rng_at(rng_next(&r), b);
}

#endif
