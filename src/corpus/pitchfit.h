/*
 * pitchfit.h - whether pitch from a file is that of the recordings it is read for.
 */
#ifndef PROPNEU_CORPUS_PITCHFIT_H
#define PROPNEU_CORPUS_PITCHFIT_H

#include "base/status.h"
#include "corpus/pitches.h"

/*
 * STATUS_FORMAT where T, of UTTERANCE in the file PATH, cannot be the pitch of a recording of
 * SECONDS: a column or list of far fewer or more values than it has frames of 20 ms, or times in
 * another unit.
 */
enum status pitchfit_check(const struct pitch_track *t, const char *path, const char *utterance,
                           double seconds, struct err *err);

/*
 * Looks at some recordings of C.  STATUS_FORMAT where the pitch of none of them fits: the reason is
 * the first one's.  WARNING becomes what is odd about all of them together (PATH begins it), to be
 * told, or "".
 */
enum status pitchfit_sample(const struct pitches *p, const struct recordings *c, const char *path,
                            char warning[512], struct err *err);

#endif
