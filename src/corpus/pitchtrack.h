/*
 * pitchtrack.h - the fundamental frequency of speech, frame by frame, from its samples.
 *
 * Candidates are peaks of the normalised cross-correlation; dynamic programming over all frames
 * chooses among them and "no pitch".  After D. Talkin, "A robust algorithm for pitch tracking
 * (RAPT)", in Speech Coding and Synthesis (Elsevier, 1995), with the costs of octaves by their
 * logarithm as in P. Boersma, "Accurate short-term analysis of the fundamental frequency and the
 * harmonics-to-noise ratio of a sampled sound" (IFA Proceedings 17, 1993).
 *
 * A function of the samples alone: same samples, same track, on any number of threads.
 */
#ifndef PROPNEU_CORPUS_PITCHTRACK_H
#define PROPNEU_CORPUS_PITCHTRACK_H

#include <stddef.h>

#include "base/cancel.h"

/* Seconds between values; value t is the F0 at PITCHTRACK_PERIOD * (t + 0.5), the middle of label
 * t of the published 20 ms lists. */
#define PITCHTRACK_PERIOD 0.02

/* Values are whole numbers of 1 / PITCHTRACK_STEPS Hz, finer than F0 can be known, so that they can
 * be counted.  None is above PITCHTRACK_MAX_HZ. */
#define PITCHTRACK_STEPS  64
#define PITCHTRACK_MAX_HZ 800

struct pitchtrack_options {
    double min_hz, max_hz; /* F0 looked for: 40 <= min_hz < max_hz <= 800, an octave at least */
};

#define PITCHTRACK_DEFAULTS \
    {                       \
        60, 500             \
    }

/* Values for SAMPLES samples at AUDIO_RATE: the middles that lie within them. */
size_t pitchtrack_frames(size_t samples);

/*
 * The track of SAMPLES [n] at AUDIO_RATE, of any level, into F0 [pitchtrack_frames(n)]: Hz, or 0
 * where there is no pitch.  OPTIONS may be NULL.  STATUS_USAGE for a range that is none,
 * STATUS_NOMEM, STATUS_CANCELLED once CANCEL (may be NULL) is set; F0 is untouched then.  Takes
 * about 0.4 n floats of memory while it runs.
 */
enum status pitchtrack_run(const float *samples, size_t n, const struct pitchtrack_options *options,
                           float *f0, const struct cancel *cancel, struct err *err);

#endif
