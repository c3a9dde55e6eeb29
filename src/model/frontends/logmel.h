/*
 * logmel.h - log-mel spectra as Kaldi computes them (torchaudio's compliance.kaldi.fbank with the
 * settings of MelHuBERT): 25 ms frames every 10 ms, complete frames only, no dither, mean
 * subtraction, pre-emphasis 0.97, Hamming window, 512-point power spectrum, triangles between
 * 20 Hz and 8 kHz, natural logarithm.
 */
#ifndef PROPNEU_MODEL_FRONTENDS_LOGMEL_H
#define PROPNEU_MODEL_FRONTENDS_LOGMEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/cancel.h"

#define LOGMEL_WINDOW 400 /* samples in a frame */
#define LOGMEL_HOP    160 /* samples between frames */
#define LOGMEL_FFT    512
#define LOGMEL_BINS   40 /* the number MelHuBERT uses */

/* Window, twiddle factors and filters; read-only once made, so threads share it. */
struct logmel;

/* Tables for BINS filters (1 to 128); free with logmel_free. */
enum status logmel_new(struct logmel **out, uint32_t bins, struct err *err);
void logmel_free(struct logmel *m);

/* Frames of SAMPLES samples: floor((samples - 400) / 160) + 1, or 0. */
size_t logmel_frames(size_t samples);

/* SAMPLES [n], in [-1, 1) as of 16-bit / 32768, into OUT [logmel_frames(n)][bins].
 * STATUS_CANCELLED, with OUT undefined, once CANCEL (may be NULL) is set. */
enum status logmel_run(const struct logmel *m, const float *samples, size_t n, float *out,
                       const struct cancel *cancel, struct err *err);

#endif
