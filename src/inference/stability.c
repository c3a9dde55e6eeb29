/*
 * Stability of sets (stability.h): selection probabilities under the cluster bootstrap, after
 * Meinshausen and Buehlmann (2010), Stability selection.
 */
#include "config.h"

#include "inference/stability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"

/* A run under way. */
struct stability_work {
    struct stability *s;
    uint64_t draws;
    double *size; /* [layers][draws] */
};

/*
 * Counts the group neurons of one draw.  Draws of several threads add to the same numbers: whole
 * ones, whose sum does not depend on the order.
 */
static enum status stability_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                   struct sample *s, struct err *err)
{
    struct stability_work *w = context;
    struct stability_layer *l = &w->s->layer[layer];
    const uint64_t *members = sample_members(s), *neurons = sample_neurons(s);
    (void)worker, (void)err;
    w->size[layer * w->draws + draw] = (double)bitset_count(neurons, s->words);
    for (uint32_t g = 0; g < s->groups; g++)
        for (size_t i = 0; i < s->words; i++)
            for (uint64_t set = members[g * s->words + i] & neurons[i]; set; set &= set - 1) {
                size_t neuron = i * 64 + (size_t)__builtin_ctzll(set);
                __atomic_fetch_add(&l->times[(size_t)g * l->width + neuron], 1, __ATOMIC_RELAXED);
            }
    return STATUS_OK;
}

/* Room for one layer, and what it is in the file. */
static enum status stability_begin_layer(struct stability_layer *out, struct analysis *a,
                                         const char *property, uint32_t layer, struct err *err)
{
    const struct property_layer *l;
    size_t cells, words;
    enum status code = analysis_layer(a, property, layer, &l, err);
    if (code)
        return code;
    out->layer = layer;
    out->width = l->width;
    out->words = l->words;
    out->size.observed = (double)bitset_count(l->neurons, l->words);
    if (!mul_size(l->groups, l->width, &cells) || !mul_size(l->groups, l->words, &words))
        return err_nomem(err);
    out->times = mem_zeros(cells, sizeof *out->times);
    out->group = mem_array(words, sizeof *out->group);
    if (!out->times || !out->group)
        return err_nomem(err);
    memcpy(out->group, l->group, words * sizeof *out->group);
    return STATUS_OK;
}

/* The layers asked for, from 0, into LAYER [s->layers]. */
static enum status stability_begin(struct stability *s, struct analysis *a,
                                   const struct stability_request *r, uint32_t *layer,
                                   struct err *err)
{
    enum status code = analysis_property(a, r->property, &s->property, err);
    s->layer = mem_zeros(s->layers, sizeof *s->layer);
    if (!code && !s->layer)
        code = err_nomem(err);
    for (uint32_t i = 0; i < s->layers && !code; i++) {
        layer[i] = r->layer ? r->layer[i] : i;
        code = stability_begin_layer(&s->layer[i], a, r->property, layer[i], err);
    }
    return code;
}

/* The draws, and what they say of the sizes. */
static enum status stability_run(struct stability *s, struct analysis *a,
                                 const struct stability_request *r, const struct bootstrap *b,
                                 const uint32_t *layer, struct err *err)
{
    struct stability_work w = {.s = s, .draws = b->design.draws};
    struct resample resample = {.threads = r->threads,
                                .cancel = a->cancel,
                                .progress = r->progress,
                                .progress_context = r->progress_context};
    size_t values;
    bootstrap_resample(b, a, r->property, &resample);
    if (w.draws > SIZE_MAX || !mul_size((size_t)w.draws, s->layers, &values) ||
        !(w.size = mem_array(values, sizeof *w.size)))
        return err_nomem(err);
    enum status code =
        resample_run(&resample, layer, s->layers, 0, w.draws, stability_visit, &w, err);
    for (uint32_t i = 0; i < s->layers && !code; i++)
        code = summary_make(&s->layer[i].size, s->layer[i].size.observed, w.size + i * w.draws,
                            (size_t)w.draws, false, err);
    for (uint32_t i = 0; i < s->layers && b->design.fixed[0] && !code; i++)
        s->layer[i].size.mean = s->layer[i].size.low = s->layer[i].size.high = NAN;
    free(w.size);
    return code;
}

enum status stability_make(struct stability *out, struct analysis *a,
                           const struct stability_request *r, struct err *err)
{
    struct stability made = {.layers = r->layer ? r->layers : a->counts->layers};
    struct bootstrap b = {0};
    uint32_t *layer = mem_array(made.layers, sizeof *layer);
    if (!layer)
        return err_nomem(err);
    enum status code = bootstrap_make(&b, a, r->property, &r->bootstrap, false, err);
    made.design = b.design;
    if (!code)
        code = stability_begin(&made, a, r, layer, err);
    if (!code)
        code = stability_run(&made, a, r, &b, layer, err);
    bootstrap_free(&b);
    free(layer);
    if (code)
        stability_free(&made);
    else
        *out = made;
    return code;
}

void stability_free(struct stability *s)
{
    for (uint32_t i = 0; s->layer && i < s->layers; i++) {
        free(s->layer[i].group);
        free(s->layer[i].times);
    }
    free(s->layer);
    *s = (struct stability){0};
}

double stability_share(const struct stability *s, const struct stability_layer *l, uint32_t group,
                       uint32_t neuron)
{
    if (s->design.fixed[0])
        return NAN;
    return (double)l->times[(size_t)group * l->width + neuron] / (double)s->design.draws;
}
