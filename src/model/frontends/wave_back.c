/*
 * The waveform models' projection backward, and the norm before it.
 */
#include "config.h"

#include "model/backward/parts.h"
#include "model/frontends/wave.h"

void wave_back(struct backward *b, const float *input)
{
    const struct wave *w = b->m->front;
    const struct norm *norm = &w->proj_norm;
    size_t width = backward_input_width(b->m);
    const float *in = input, *d = b->d;
    float *mean = b->dgates, *inverse = b->logits;
    if (!w->no_proj_norm) {
        norm_moments(input, b->t, width, norm->epsilon, mean, inverse);
        b->m->kn->layer_norm(b->normed, input, b->t, width, norm->gain, norm->bias, norm->epsilon);
        in = b->normed;
    }
    if (w->proj.packed) {
        linear_back(b, &w->proj, in, width, b->d, b->m->encoder.embed, b->dffn, false);
        d = b->dffn;
    }
    if (!w->no_proj_norm)
        b->m->kn->layer_norm_back((float *)(uintptr_t)d, input, b->t, width, mean, inverse,
                                  norm->gain, gradients_of(b->g, norm->gain),
                                  gradients_of(b->g, norm->bias));
}
