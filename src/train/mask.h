/*
 * mask.h - the frames that masked prediction hides: MelHuBERT's spans (Lin et al., ASRU 2023),
 * drawn as fairseq's compute_mask_indices does with spans of fixed length.
 */
#ifndef PROPNEU_TRAIN_MASK_H
#define PROPNEU_TRAIN_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mask {
    double share;   /* of the frames that the spans would have if none overlapped */
    unsigned span;  /* frames of a span */
    unsigned least; /* spans at least */
};

/* Half of the frames, 53 %, as 14 % of them are the first of a span. */
#define MASK_DEFAULTS                        \
    {                                        \
        .share = 0.7, .span = 5, .least = 2, \
    }

/*
 * Hides some of FRAMES frames: MASKED [frames] becomes true for them; returns how many.
 *
 * n = int(share frames / span + u) spans, u uniform in [0, 1), but at least LEAST, begin at n
 * different frames of 0 .. frames - span - 1; where there are not more than n of these, at n of the
 * first n + 1 frames, and a span ends with the frames.  A and B say for what the mask is, such as a
 * position in the order of training; see draw.h.
 */
size_t mask_draw(const struct mask *m, uint64_t seed, uint64_t a, uint64_t b, bool *masked,
                 size_t frames);

/* Sets the rows of X [frames][width] that are MASKED to 0. */
void mask_rows(float *x, size_t width, const bool *masked, size_t frames);

#endif
