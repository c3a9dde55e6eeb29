/*
 * histogram.h - how often values lie in each of equal steps of a round width, for drawings of any
 * kind.
 */
#ifndef PROPNEU_SCREEN_HISTOGRAM_H
#define PROPNEU_SCREEN_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>

struct histogram {
    double first, step; /* where the first bin begins, and how wide each is */
    int bins;
    size_t most;   /* values in the fullest bin */
    size_t *count; /* [bins] */
};

/*
 * VALUE [n], those that are numbers, in at most STEPS bins whose range holds MARK, too.  WHOLE:
 * whole numbers, so that no bin is narrower than one.  False where there is no number, or no
 * memory.
 */
bool histogram_make(struct histogram *h, const double *value, size_t n, double mark, bool whole,
                    int steps);
void histogram_free(struct histogram *h);

/* The bin of V; it may be none of H's. */
long histogram_bin(const struct histogram *h, double v);

#endif
