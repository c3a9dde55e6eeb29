/*
 * bench_model.h - models of base size with random weights, to measure the forward pass with.
 */
#ifndef PROPNEU_BENCH_MODEL_H
#define PROPNEU_BENCH_MODEL_H

#include "model/model.h"
#include "model/kernels/select.h"

enum { LAYERS = 12, EMBED = 768, FFN = 3072, HEADS = 12, HEAD = 64, TAPS = 128, GROUPS = 16 };
enum { INPUT = 80, CHANNELS = EMBED / GROUPS, CONV = 512, CONVS = 7 };

enum bench_family { BENCH_MELHUBERT, BENCH_HUBERT, BENCH_WAVLM };

/* Kernel and stride of the convolutions of the waveform models. */
struct bench_conv {
    size_t kernel, stride;
};

extern const struct bench_conv bench_conv[CONVS];

/* What counting does with a frame, for one cell. */
struct bench_counter {
    struct selector selector;
    uint32_t counts[LAYERS][FFN];
};

/* A sink of MODEL_FC1 for a struct bench_counter. */
enum status bench_count_rows(void *context, const struct model_block *b, struct err *err);

/* Prints the share of every pass of counting SAMPLES [n]; 1 after saying on stderr what failed. */
int bench_passes(struct model *m, struct model_scratch *s, const float *samples, size_t n,
                 struct bench_counter *c);

/* Prints what two threads gain over one and what they take; 1 if something failed. */
int bench_workers(const struct model *m, const float *samples, size_t n, double seconds);

/* NULL after saying on stderr what is wrong. */
struct model *bench_model(enum bench_family family);

#endif
