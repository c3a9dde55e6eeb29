/*
 * pitches.h - where the pitch of recordings comes from: a file, or the recordings themselves.
 */
#ifndef PROPNEU_CORPUS_PITCHES_H
#define PROPNEU_CORPUS_PITCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "corpus/audio.h"
#include "corpus/recordings.h"
#include "corpus/pitchfile.h"
#include "corpus/pitchtrack.h"
#include "base/status.h"

/* All zero: no pitch is asked for. */
struct pitches {
    bool tracked;           /* by pitchtrack.h */
    struct pitchfile *file; /* else, if there is one */
};

/* In place of a path: pitch is tracked in the recordings (pitchtrack.h). */
#define CORPUS_PITCH_AUTO "auto"

/* PATH, or CORPUS_PITCH_AUTO; NAMING as of pitchfile_open. */
enum status pitches_open(struct pitches *p, const char *path, enum folder_naming naming,
                         struct err *err);
void pitches_free(struct pitches *p);

/* True if there is pitch at all. */
static inline bool pitches_any(const struct pitches *p)
{
    return p->tracked || p->file;
}

/* True if it is classes, which need no edges. */
static inline bool pitches_classes(const struct pitches *p)
{
    return p->file && pitchfile_is_classes(p->file);
}

/* The pitch of UTTERANCE, whose sound is A and which it must fit (pitchfit.h); free OUT with
 * pitch_track_free.  Nothing, and no error, where no pitch is asked for. */
enum status pitches_get(const struct pitches *p, const char *utterance, const struct audio *a,
                        struct pitch_track *out, struct err *err);

/*
 * Pitch edges from the F0 of the corpus: as pitch_tertiles, but two passes over the source in
 * place of a list of all values.
 */
enum status pitches_tertiles(const struct recordings *c, const struct pitchfile *p, double edges[2],
                             struct err *err);

#define PITCH_BINS (PITCHTRACK_MAX_HZ * PITCHTRACK_STEPS + 1)

/*
 * How often each F0 was tracked.  Tracks are whole numbers of steps, so that their order
 * statistics are known exactly from this.
 */
struct pitch_bins {
    uint64_t count;
    uint64_t bin[PITCH_BINS]; /* [F0 * PITCHTRACK_STEPS] */
};

void pitch_bins_add(struct pitch_bins *b, const struct pitch_track *t);

/* Percentiles as pitch_tertiles; false if nothing was added. */
bool pitch_bins_tertiles(const struct pitch_bins *b, double edges[2]);

#endif
