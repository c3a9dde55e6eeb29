/*
 * Tests of neurons (neurontest.h): the exchange of the property (exchange.h), and in each draw
 * whether a neuron's margin reaches the observed one.  Only numbers of draws are kept, whole ones
 * and a table for each thread, so that threads change nothing.
 */
#include "config.h"

#include "inference/neurontest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "inference/observe.h"

#define TIE 1e-9 /* as in summary.h */

struct neuron_tests_work {
    struct neuron_tests *t;
    uint32_t most;     /* neurons of the widest layer */
    uint32_t *reached; /* [threads][layers][most] draws that reach the observed margin */
    double *room;      /* [threads][2][most] the two largest shares of each neuron */
};

/*
 * The margin of every neuron of S into MARGIN [width]: its largest share of a group less the next
 * one, as the margin of a group that is not the first is never above 0.  False where fewer than two
 * groups have patterns.  SECOND [width] is scratch.
 */
static bool neuron_margins(struct sample *s, double *margin, double *second)
{
    const uint32_t *size = sample_sizes(s);
    const uint16_t *containing = sample_containing(s);
    uint32_t groups = 0;
    for (uint32_t i = 0; i < s->width; i++)
        margin[i] = second[i] = -1;
    for (uint32_t g = 0; g < s->groups; g++) {
        const uint16_t *count = containing + (size_t)g * s->width;
        double n = size[g];
        if (size[g] == 0)
            continue;
        groups++;
        for (uint32_t i = 0; i < s->width; i++) {
            double share = count[i] / n, low = share < margin[i] ? share : margin[i];
            second[i] = low > second[i] ? low : second[i];
            margin[i] = share > margin[i] ? share : margin[i];
        }
    }
    for (uint32_t i = 0; i < s->width; i++)
        margin[i] -= second[i];
    return groups >= 2;
}

/* Counts the neurons whose margin in this draw reaches the observed one. */
static enum status neuron_tests_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                      struct sample *s, struct err *err)
{
    struct neuron_tests_work *w = context;
    uint32_t *reached = w->reached + ((size_t)worker * w->t->layers + layer) * w->most;
    const double *observed = w->t->layer[layer].margin;
    double *margin = w->room + (size_t)worker * 2 * w->most;
    (void)draw, (void)err;
    if (neuron_margins(s, margin, margin + w->most))
        for (uint32_t i = 0; i < s->width; i++)
            reached[i] += margin[i] >= observed[i] * (1 - TIE);
    return STATUS_OK;
}

/* What the file itself says, or its tokens; the only draw of observe_layers. */
static enum status neuron_tests_observe(void *context, unsigned worker, uint32_t layer,
                                        uint64_t draw, struct sample *s, struct err *err)
{
    struct neuron_tests_work *w = context;
    double *margin = w->t->layer[layer].margin;
    (void)worker, (void)draw, (void)err;
    if (!neuron_margins(s, margin, w->room))
        for (uint32_t i = 0; i < s->width; i++)
            margin[i] = NAN;
    return STATUS_OK;
}

/* p and q of one layer, number L of those asked for, from what THREADS workers have counted. */
static enum status neuron_tests_finish(const struct neuron_tests_work *w, uint32_t l,
                                       unsigned threads, struct err *err)
{
    const struct neuron_tests *t = w->t;
    struct neuron_tests_layer *layer = &t->layer[l];
    for (uint32_t i = 0; i < layer->width; i++) {
        double reached = t->enumerated ? 0 : 1;
        for (unsigned k = 0; k < threads; k++)
            reached += w->reached[((size_t)k * t->layers + l) * w->most + i];
        layer->p[i] =
            isnan(layer->margin[i]) ? NAN : reached / ((double)t->draws + (t->enumerated ? 0 : 1));
    }
    return fdr_adjust(t->fdr, layer->p, layer->width, layer->q, err);
}

/* Room for the results and for THREADS workers. */
static enum status neuron_tests_room(struct neuron_tests_work *w, const struct analysis *a,
                                     const struct neuron_tests_request *r, struct err *err)
{
    struct neuron_tests *t = w->t;
    size_t tables;
    t->layers = r->layer ? r->layers : a->counts->layers;
    t->layer = mem_zeros(t->layers, sizeof *t->layer);
    if (!t->layer)
        return err_nomem(err);
    for (uint32_t l = 0; l < t->layers; l++) {
        struct neuron_tests_layer *layer = &t->layer[l];
        layer->layer = r->layer ? r->layer[l] : l;
        layer->width = a->counts->layer[layer->layer].width;
        w->most = layer->width > w->most ? layer->width : w->most;
        layer->margin = mem_array(layer->width, sizeof *layer->margin);
        layer->p = mem_array(layer->width, sizeof *layer->p);
        layer->q = mem_array(layer->width, sizeof *layer->q);
        if (!layer->margin || !layer->p || !layer->q)
            return err_nomem(err);
    }
    if (!mul_size(r->threads, w->most, &tables) || !mul_size(tables, t->layers, &tables) ||
        !(w->reached = mem_zeros(tables, sizeof *w->reached)) ||
        !(w->room = mem_array((size_t)r->threads * 2 * w->most, sizeof *w->room)))
        return err_nomem(err);
    return STATUS_OK;
}

/* All draws of X in every layer. */
static enum status neuron_tests_run(struct neuron_tests_work *w, struct analysis *a,
                                    const struct neuron_tests_request *r, const struct exchange *x,
                                    struct err *err)
{
    struct neuron_tests *t = w->t;
    struct resample resample = {.threads = r->threads,
                                .cancel = a->cancel,
                                .progress = r->progress,
                                .progress_context = r->progress_context};
    uint32_t *layer = mem_array(t->layers, sizeof *layer);
    enum status code = layer ? STATUS_OK : err_nomem(err);
    for (uint32_t l = 0; l < t->layers && !code; l++)
        layer[l] = t->layer[l].layer;
    if (!code)
        code = observe_layers(x, a, r->property, layer, t->layers, neuron_tests_observe, w, err);
    exchange_resample(x, a, r->property, &resample);
    if (!code)
        code = resample_run(&resample, layer, t->layers, 0, t->draws, neuron_tests_visit, w, err);
    for (uint32_t l = 0; l < t->layers && !code; l++)
        code = neuron_tests_finish(w, l, r->threads, err);
    free(layer);
    return code;
}

enum status neuron_tests_make(struct neuron_tests *out, struct analysis *a,
                              const struct neuron_tests_request *r, struct err *err)
{
    struct neuron_tests made = {.fdr = r->fdr};
    struct neuron_tests_work w = {.t = &made};
    struct exchange x = {.kind = EXCHANGE_CLASSES};
    enum status code = exchange_make(&x, a, r->property, &r->exchange, err);
    if (!code)
        code = neuron_tests_room(&w, a, r, err);
    if (!code) {
        made.kind = x.kind;
        memcpy(made.strata, x.strata, sizeof made.strata);
        made.draws = x.labelings.draws;
        made.enumerated = x.labelings.enumerated;
        made.left_out = x.units.left_out;
        made.smallest_p = labelings_smallest_p(&x.labelings);
        code = neuron_tests_run(&w, a, r, &x, err);
    }
    exchange_free(&x);
    free(w.reached);
    free(w.room);
    if (code)
        neuron_tests_free(&made);
    else
        *out = made;
    return code;
}

void neuron_tests_free(struct neuron_tests *t)
{
    for (uint32_t l = 0; t->layer && l < t->layers; l++) {
        free(t->layer[l].margin);
        free(t->layer[l].p);
        free(t->layer[l].q);
    }
    free(t->layer);
    *t = (struct neuron_tests){.layer = NULL};
}

struct neuron_tests_set neuron_tests_of_set(const struct neuron_tests_layer *l, const uint64_t *set)
{
    struct neuron_tests_set s = {.size = 0};
    for (uint32_t i = 0; i < l->width; i++) {
        if (set && !bitset_has(set, i))
            continue;
        s.size++;
        if (l->q[i] <= NEURON_TESTS_ALPHA) {
            s.significant++;
            s.q = fmax(s.q, l->q[i]);
        }
    }
    s.expected_false = s.q * (double)s.significant;
    return s;
}
