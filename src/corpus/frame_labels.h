/*
 * frame_labels.h - what is known of a recording frame by frame, and the factors its trials fall
 * under.
 */
#ifndef PROPNEU_CORPUS_FRAME_LABELS_H
#define PROPNEU_CORPUS_FRAME_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "corpus/audio.h"
#include "corpus/corpus.h"
#include "base/names.h"

/* Factors trials are grouped by: the built-in ones, by enum corpus_factor, then the user's own. */
struct factor {
    unsigned kind; /* CORPUS_PHONE (its classes), ...; CORPUS_FACTORS + X: extra X */
    const char *name;
    struct names level; /* of phone: the classes, not of its own memory */
    uint32_t base;      /* of its levels among the groups */
};

struct factors {
    struct factor factor[CORPUS_MAX_FACTORS];
    uint32_t count, groups;
};

/* The factors of IN by the bits of BY (1 << CORPUS_PHONE, ...) and its EXTRAs. */
enum status factors_init(struct factors *f, const struct corpus *in, const struct corpus_options *o,
                         unsigned by, struct err *err);
void factors_free(struct factors *f);

enum { FRAME_NO_PHONE = -1 /* silence, noise, unknown */, FRAME_NO_LABEL = -2 };

/* A phone that was spoken: index into the phone table, and its frames (at least one). */
struct spoken {
    uint32_t phone, first, last;
};

struct frame_labels {
    size_t frames;
    int32_t gender, speaker; /* levels, -1: none */
    int32_t *phone;        /* [frames] index into the phone table, or FRAME_...; NULL: no labels */
    bool *silent;          /* [frames] the label is silence */
    int8_t *pitch;         /* [frames] classes; NULL where pitch is F0 */
    float *f0;             /* [frames] Hz, 0: none; NULL where pitch is classes */
    int32_t *extra;        /* [frames][extras] levels */
    struct spoken *spoken; /* [spokens] in order; with labels */
    size_t spokens;
};

/*
 * What is known of recording R, whose sound is AUDIO and which makes FRAMES frames of PERIOD
 * seconds. STATUS_NOTFOUND: no labels, no speaker.
 */
enum status frame_labels_read(struct frame_labels *out, const struct corpus *in,
                              const struct corpus_options *o, const struct factors *f,
                              const struct recording *r, const struct audio *audio, size_t frames,
                              double period, struct err *err);
void frame_labels_free(struct frame_labels *f);

/*
 * The level, of each factor, that most of the FRAMES frames from FIRST on have; the first of
 * equals; -1 where none has one.  SEEN [groups] is all zero before and after.
 */
void frame_labels_levels(const struct frame_labels *x, const struct factors *f,
                         const struct corpus *in, size_t first, size_t frames, uint32_t *seen,
                         int32_t level[CORPUS_MAX_FACTORS]);

#endif
