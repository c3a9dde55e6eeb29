/*
 * audio.h - recordings as the models hear them: mono floats at 16 kHz.
 *
 * Reads whatever libsndfile reads.  Channels are averaged.  16-bit samples come out as integer /
 * 32768, exactly, as the reference software reads them.  Other rates are resampled where
 * libsamplerate is built in, and refused otherwise: a wrong rate is never passed on.
 */
#ifndef PROPNEU_CORPUS_AUDIO_H
#define PROPNEU_CORPUS_AUDIO_H

#include <stddef.h>

#include "base/cancel.h"

#define AUDIO_RATE 16000
/* Longer recordings are refused: models see them in whole, in time that grows with the square. */
#define AUDIO_MAX_SECONDS 1800

/* A recording; the same struct can be read into again and again, it keeps its memory. */
struct audio {
    float *samples; /* [count], at AUDIO_RATE */
    size_t count;
    size_t cap; /* elements of memory behind samples */
    const struct cancel
        *cancel; /* borrowed: looked at by whatever reads or analyses; NULL: never */
};

#define AUDIO_INIT       \
    {                    \
        NULL, 0, 0, NULL \
    }

/*
 * Reads PATH, which must be a regular file.  Messages begin with PATH.  STATUS_IO: not there or
 * not readable; STATUS_FORMAT: no audio, cut short, empty, or holding values that are not
 * numbers; STATUS_UNSUPPORTED: a rate that cannot be resampled, or too long; STATUS_NOMEM;
 * STATUS_CANCELLED.  On failure the samples of an earlier recording may be lost (count is 0 then).
 */
enum status audio_read(struct audio *a, const char *path, struct err *err);

void audio_free(struct audio *a);

/*
 * Seconds of sound PATH promises in its header, without decoding: good for progress and for
 * sharing out work, not for sizes.
 */
enum status audio_seconds(double *seconds, const char *path, struct err *err);

#endif
