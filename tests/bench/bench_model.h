/*
 * bench_model.h - models of base size with random weights, to measure the forward pass with.
 */
#ifndef PROPNEU_BENCH_MODEL_H
#define PROPNEU_BENCH_MODEL_H

#include "propneu/model.h"

enum { LAYERS = 12, EMBED = 768, FFN = 3072, HEADS = 12, HEAD = 64, TAPS = 128, GROUPS = 16 };
enum { INPUT = 80, CHANNELS = EMBED / GROUPS, CONV = 512, CONVS = 7 };

enum bench_family { BENCH_MELHUBERT, BENCH_HUBERT, BENCH_WAVLM };

/* Kernel and stride of the convolutions of the waveform models. */
struct bench_conv {
    size_t kernel, stride;
};

extern const struct bench_conv bench_conv[CONVS];

/* NULL after saying on stderr what is wrong. */
struct model *bench_model(enum bench_family family);

#endif
