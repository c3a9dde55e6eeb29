/*
 * adam.h - a step of Adam or AdamW (Kingma and Ba, ICLR 2015; Loshchilov and Hutter, ICLR 2019), as
 * torch has it: the root of the bias-corrected second moment plus EPSILON divides.
 */
#ifndef PROPNEU_TRAIN_ADAM_H
#define PROPNEU_TRAIN_ADAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct adam {
    double beta1, beta2, epsilon;
    double decay;  /* AdamW's, of the weight itself; 0: Adam */
    uint64_t step; /* that were taken */
};

/* What torch takes where nothing is said. */
#define ADAM_DEFAULTS                                 \
    {                                                 \
        .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8 \
    }

/* Something that is trained: borrowed arrays of [count]. */
struct adam_parameter {
    float *weight, *gradient;
    float *mean, *square; /* moments, 0 at first */
    size_t count;
};

/* The root of the sum of the squares of all gradients, in the order of the parameters. */
double adam_norm(const struct adam_parameter *p, size_t n);

/*
 * One step of RATE; gradients are scaled beforehand by min(1, CLIP / (norm + 1e-6)), unless CLIP is
 * 0.  False, and nothing changed, where the norm is not a number.
 */
bool adam_step(struct adam *a, const struct adam_parameter *p, size_t n, double rate, double clip,
               double norm);

#endif
