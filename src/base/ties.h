/*
 * ties.h - which of several computed numbers is the larger, on every processor.
 *
 * Kernels and libraries add in different orders, so that sums which are equal on paper differ in
 * their last bits, by about 1e-15 of their size, and not everywhere in the same way.  The rule of
 * all choices and orders that people see: numbers are compared after rounding to 32 bits (within
 * some 1e-9 of each other they tie), and of those that tie the lower index wins.  Quotients of
 * counts, as activation probabilities are, have the same bits everywhere and need no key.
 */
#ifndef PROPNEU_BASE_TIES_H
#define PROPNEU_BASE_TIES_H

#include <stdbool.h>
#include <stddef.h>

/* V rounded to 32 significant bits: what to sort by. */
double ties_key(double v);

/* True if A is larger than B, and no tie.  False where either is NaN. */
bool ties_above(double a, double b);

/* A - B, but 0 where they tie: no difference is made of last bits. */
double ties_difference(double a, double b);

/* V rounded down to a cell, and to the nearest one; a border, which points of symmetrical drawings
 * lie on exactly but for last bits, belongs to the cell above it. */
long ties_floor(double v);
long ties_round(double v);

/*
 * The largest of numbers that are offered one by one:
 *
 *     struct ties t = TIES_NONE;
 *     for (long i = 0; i < n; i++)
 *         ties_offer(&t, i, score[i]);
 *     best = t.best;
 */
struct ties {
    long best;    /* the first of the largest, -1 = none yet */
    double value; /* its number */
    size_t count; /* numbers offered, without NaN */
    bool apart;   /* they do not all tie */
};

#define TIES_NONE         \
    {                     \
        -1, 0.0, 0, false \
    }

void ties_offer(struct ties *t, long index, double v);

/* The best where there was a choice: -1 if two numbers or more were offered that all tie, as the
 * layers of a model do that are all alike. */
long ties_choice(const struct ties *t);

#endif
