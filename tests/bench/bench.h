/*
 * bench.h - measurements by hand (make bench): not tests, nothing here passes or fails.
 *
 * Machines differ and wander, so what is printed are ratios of things measured in turn within one
 * run, in processor time of one thread; medians over several rounds.
 */
#ifndef PROPNEU_BENCH_H
#define PROPNEU_BENCH_H

#include <stdbool.h>
#include <stddef.h>

struct bench_section {
    const char *name, *what;
    int (*run)(void); /* 0, or 1 after saying on stderr what failed */
    bool quick;       /* among those that are run unless others are named */
};

/* Everything was asked for, not the minute that runs by itself. */
extern bool bench_all;

extern const struct bench_section bench_products, bench_analysis, bench_null;
extern const struct bench_section bench_count, bench_hubert, bench_wavlm;
extern const struct bench_section bench_screen, bench_keys, bench_leave;

#define BENCH_MAX_ROUNDS 31

/* Rounds of every measurement: $BENCH_ROUNDS, else 7, or 3 in the minute. */
int bench_rounds(void);

/* Seconds of processor time this thread has used. */
double bench_cpu(void);

/* GFLOP/s of multiply-adds that need no memory, on one core, for the kernels in use. */
double bench_burst(void);

/* Median of X [n], which is sorted. */
double bench_median(double *x, int n);

/* Largest resident size so far, in MiB. */
double bench_peak_mib(void);

#endif
