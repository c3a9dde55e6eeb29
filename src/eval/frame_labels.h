/*
 * frame_labels.h - what is known of a recording frame by frame, and the factors its trials fall
 * under.
 */
#ifndef PROPNEU_EVAL_FRAME_LABELS_H
#define PROPNEU_EVAL_FRAME_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "corpus/audio.h"
#include "count/inputs.h"
#include "base/names.h"

#define MAX_FACTORS (COUNT_FACTORS + COUNT_MAX_EXTRAS)

/* Factors trials are grouped by: the built-in ones, by enum count_factor, then the user's own. */
struct factor {
    unsigned kind; /* COUNT_PHONE (its classes), ...; COUNT_FACTORS + X: extra X */
    const char *name;
    struct names level; /* of phone: the classes, not of its own memory */
    uint32_t base;      /* of its levels among the groups */
};

struct factors {
    struct factor factor[MAX_FACTORS];
    uint32_t count, groups;
};

/* The factors of IN by the bits of BY (1 << COUNT_PHONE, ...) and its EXTRAs. */
enum status factors_init(struct factors *f, const struct inputs *in, const struct count_options *o,
                         unsigned by, struct err *err);
void factors_free(struct factors *f);

enum { FACT_NO_PHONE = -1 /* silence, noise, unknown */, FACT_NO_LABEL = -2 };

/* A phone that was spoken: index into the phone table, and its frames (at least one). */
struct spoken {
    uint32_t phone, first, last;
};

struct facts {
    size_t frames;
    int32_t gender, speaker; /* levels, -1: none */
    int32_t *phone;          /* [frames] index into the phone table, or FACT_...; NULL: no labels */
    bool *silent;            /* [frames] the label is silence */
    int8_t *pitch;           /* [frames] classes; NULL where pitch is F0 */
    float *f0;               /* [frames] Hz, 0: none; NULL where pitch is classes */
    int32_t *extra;          /* [frames][extras] levels */
    struct spoken *spoken;   /* [spokens] in order; with labels */
    size_t spokens;
};

/*
 * The facts of recording R, whose sound is AUDIO and which makes FRAMES frames of PERIOD seconds.
 * STATUS_NOTFOUND: no labels, no speaker.
 */
enum status facts_read(struct facts *out, const struct inputs *in, const struct count_options *o,
                       const struct factors *f, const struct recording *r,
                       const struct audio *audio, size_t frames, double period, struct err *err);
void facts_free(struct facts *f);

/*
 * The level, of each factor, that most of the FRAMES frames from FIRST on have; the first of
 * equals; -1 where none has one.  SEEN [groups] is all zero before and after.
 */
void facts_levels(const struct facts *x, const struct factors *f, const struct inputs *in,
                  size_t first, size_t frames, uint32_t *seen, int32_t level[MAX_FACTORS]);

#endif
