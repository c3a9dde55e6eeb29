/*
 * Spans of frames are chosen by selection sampling (Knuth, The Art of Computer Programming, 3.4.2,
 * algorithm S): one look at each place, in order, without memory for those chosen.
 */
#include "config.h"

#include "train/mask.h"

#include <string.h>

#include "train/draw.h"

size_t mask_draw(const struct mask *m, uint64_t seed, uint64_t a, uint64_t b, bool *masked,
                 size_t frames)
{
    struct rng r = draw_begin(seed, DRAW_MASK, a, b);
    double wanted = m->share * (double)frames / m->span + rng_uniform(&r);
    size_t spans = wanted > m->least ? (size_t)wanted : m->least, hidden = 0, until = 0;
    size_t places = frames > m->span + spans ? frames - m->span : spans + 1;
    for (size_t t = 0; t < frames; t++) {
        /* SPANS of the places that are left are still to be chosen. */
        if (t < places && rng_below(&r, places - t) < spans) {
            until = t + m->span;
            spans--;
        }
        masked[t] = t < until;
        hidden += masked[t];
    }
    return hidden;
}

void mask_rows(float *x, size_t width, const bool *masked, size_t frames)
{
    for (size_t t = 0; t < frames; t++)
        if (masked[t])
            memset(x + t * width, 0, width * sizeof *x);
}
