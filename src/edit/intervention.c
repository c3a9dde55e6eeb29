/*
 * An edit as a change of activations during the forward pass, in place of new weights.
 */
#include "config.h"

#include "edit/intervention.h"

#include <stdlib.h>

#include "edit/means.h"
#include "base/mem.h"

void intervention_free(struct intervention *v)
{
    for (uint32_t n = 0; n < v->layers; n++) {
        if (v->gain)
            free(v->gain[n]);
        if (v->shift)
            free(v->shift[n]);
    }
    free(v->gain);
    free(v->shift);
    *v = (struct intervention){.layers = 0};
}

/* The neurons of layer N's set get GAIN and, where there are means, these as shift. */
static enum status layer_fill(struct intervention *v, const struct edit *e, uint32_t n, float gain,
                              struct err *err)
{
    uint32_t width = e->sets->width[n];
    float *mean = NULL;
    enum status code = e->kind == EDIT_MEAN ? edit_means(e, n, &mean, err) : STATUS_OK;
    if (code)
        return code;
    v->shift[n] = mean;
    v->gain[n] = mem_array(width, sizeof **v->gain);
    if (!v->gain[n])
        return err_nomem(err);
    for (uint32_t i = 0; i < width; i++) {
        bool in = bitset_has(e->sets->row[n], i);
        v->gain[n][i] = in ? gain : 1;
        if (mean && !in)
            mean[i] = 0;
    }
    return STATUS_OK;
}

enum status intervention_init(struct intervention *out, const struct edit *e, struct err *err)
{
    struct intervention v = {.layers = e->sets->layers,
                             .gain = mem_zeros(e->sets->layers, sizeof *v.gain),
                             .shift = mem_zeros(e->sets->layers, sizeof *v.shift)};
    enum status code = v.gain && v.shift ? STATUS_OK : err_nomem(err);
    float gain = e->kind == EDIT_SCALE ? (float)e->gain : 0;
    for (uint32_t n = 0; n < v.layers && !code; n++)
        if (neuron_set_size(e->sets, n) > 0)
            code = layer_fill(&v, e, n, gain, err);
    if (code) {
        intervention_free(&v);
        return code;
    }
    *out = v;
    out->change.gain = (const float *const *)out->gain;
    out->change.shift = (const float *const *)out->shift;
    return STATUS_OK;
}

uint32_t intervention_first(const struct model_intervention *v, uint32_t layers)
{
    uint32_t n = 0;
    while (n < layers && (!v || !v->gain[n]))
        n++;
    return n;
}
