/*
 * kmeans.h - clusters of rows: k-means++ (Arthur and Vassilvitskii, SODA 2007), then Lloyd's rounds
 * until no row changes its cluster.
 *
 * The result is a function of rows, seed and kernel alone, the same on any number of threads.
 */
#ifndef PROPNEU_TRAIN_KMEANS_H
#define PROPNEU_TRAIN_KMEANS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/status.h"

/* Some of the rows, those of a recording. */
struct kmeans_part {
    const float *x; /* [rows][width] */
    size_t rows;
    int32_t *label; /* [rows] the cluster of each */
};

struct kmeans {
    struct kmeans_part *part; /* [parts], all the caller's */
    size_t parts, width, k;
    float *centre; /* [k][width], the caller's */
    uint64_t seed;
    unsigned most_rounds, threads;
    const struct cancel *cancel; /* NULL: never */
    /* Told behind each round, of how many rows that changed their cluster; or NULL. */
    void (*round)(void *context, unsigned round, size_t changed);
    void *context;
    /* What came out. */
    unsigned rounds;
    size_t changed;  /* in the last round: 0 unless most_rounds ended it */
    double distance; /* sum of the squared distances of rows to their centres */
};

/*
 * Fills centres and labels.  A cluster that loses its last row, which hardly happens behind
 * k-means++, stays where it is.  STATUS_MISMATCH: fewer different rows than clusters; STATUS_NOMEM,
 * STATUS_CANCELLED.
 */
enum status kmeans_run(struct kmeans *c, struct err *err);

#endif
