/*
 * Sizes and their nulls over a grid of settings (sweep.h).  Patterns depend on lambda and on the
 * smallest number of frames, but not on sigma: one draw serves all sigmas (sweep_sizes.h).
 */
#include "config.h"

#include "inference/sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistic.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "inference/observe.h"
#include "inference/summary.h"
#include "inference/sweep_sizes.h"

struct sweep_work {
    struct sweep_result *out;
    const struct sweep_request *r;
    struct analysis_input *in;
    uint64_t **hand;         /* [layers] neurons of the setting at hand */
    uint32_t lambda, frames; /* numbers of the present ones */
    uint64_t draws;
    double *value;           /* [sigmas][layers][draws] */
    struct sweep_room *room; /* [threads] */
    double done;             /* share of all settings before the present ones */
};

static enum status sweep_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                               struct sample *s, struct err *err)
{
    struct sweep_work *w = context;
    const struct sweep_request *r = w->r;
    uint32_t size[SWEEP_VALUES];
    enum status code = sweep_sizes(s, r->sigma, r->sigmas, &w->room[worker], size, err);
    for (uint32_t k = 0; k < r->sigmas && !code; k++)
        w->value[((size_t)k * r->layers + layer) * w->draws + draw] = size[k];
    return code;
}

/* The row of the present lambda and number of frames. */
static struct sweep_row *sweep_row(const struct sweep_work *w, uint32_t layer, uint32_t sigma)
{
    const struct sweep_request *r = w->r;
    size_t at = ((size_t)layer * r->sigmas + sigma) * r->lambdas + w->lambda;
    return &w->out->row[at * r->frames + w->frames];
}

static double sweep_jaccard(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t both = 0, any = 0;
    for (size_t k = 0; k < words; k++) {
        uint64_t x = a[k] & b[k], y = a[k] | b[k];
        both += bitset_count(&x, 1);
        any += bitset_count(&y, 1);
    }
    return any ? (double)both / (double)any : NAN;
}

/* What the file says at every sigma. */
static enum status sweep_observe(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                 struct sample *s, struct err *err)
{
    struct sweep_work *w = context;
    double silhouette = NAN;
    enum status code = statistic_full_dim.compute(s, &silhouette, err);
    (void)worker;
    (void)draw;
    for (uint32_t k = 0; k < w->r->sigmas && !code; k++) {
        struct sweep_row *row = sweep_row(w, layer, k);
        s->sigma = w->r->sigma[k];
        sample_relabel(s, s->group); /* forgets the sets */
        row->size = (double)bitset_count(sample_neurons(s), s->words);
        row->silhouette = silhouette;
        row->jaccard = sweep_jaccard(sample_neurons(s), w->hand[layer], s->words);
    }
    return code;
}

/* Keeps the neurons of the setting at hand. */
static enum status sweep_keep(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                              struct sample *s, struct err *err)
{
    struct sweep_work *w = context;
    (void)worker;
    (void)draw;
    w->hand[layer] = mem_array(s->words, sizeof **w->hand);
    if (!w->hand[layer])
        return err_nomem(err);
    memcpy(w->hand[layer], sample_neurons(s), s->words * sizeof **w->hand);
    return STATUS_OK;
}

/* Goes over to other counts and parameters. */
static enum status sweep_go(struct sweep_work *w, const struct sweep_setting *s, struct err *err)
{
    struct analysis *a = &w->in->analysis;
    struct analysis_params params = a->params;
    params.sigma = s->sigma;
    params.min_frames = s->min_frames;
    enum status code = counts_choose(&w->in->counts, s->lambda, err);
    analysis_set_params(a, &params);
    return code;
}

/* Remembers what was said to be missing; the first time counts. */
static enum status sweep_explain(struct sweep_work *w, const struct err *err)
{
    if (!w->out->why[0])
        memcpy(w->out->why, err->msg, sizeof w->out->why);
    return STATUS_OK;
}

/* The exchange of the present setting; *MADE tells whether there is one. */
static enum status sweep_exchange(struct sweep_work *w, struct exchange *x, bool *made,
                                  struct err *err)
{
    struct sweep_result *out = w->out;
    enum status code = exchange_make(x, &w->in->analysis, w->r->property, &w->r->exchange, err);
    *made = code == STATUS_OK;
    if (code == STATUS_UNSUPPORTED)
        return sweep_explain(w, err);
    if (!code && !out->exchanged) {
        out->exchanged = true;
        out->kind = x->kind;
        memcpy(out->strata, x->strata, sizeof out->strata);
        out->draws = x->labelings.draws;
        out->enumerated = x->labelings.enumerated;
    }
    return code;
}

static void sweep_progress(void *context, double share)
{
    const struct sweep_work *w = context;
    double all = (double)w->r->lambdas * w->r->frames;
    if (w->r->progress)
        w->r->progress(w->r->progress_context, w->done + share / all);
}

/* p of every layer at every sigma from the values of all draws. */
static enum status sweep_summarise(struct sweep_work *w, bool enumerated, struct err *err)
{
    uint32_t layers = w->r->layers;
    struct summary *s = mem_array(layers, sizeof *s);
    enum status code = s ? STATUS_OK : err_nomem(err);
    for (uint32_t k = 0; k < w->r->sigmas && !code; k++) {
        const double *value = w->value + (size_t)k * layers * w->draws;
        for (uint32_t l = 0; l < layers && !code; l++)
            code = summary_make(&s[l], sweep_row(w, l, k)->size, value + l * w->draws,
                                (size_t)w->draws, enumerated, err);
        if (!code)
            code = summary_family(s, layers, value, (size_t)w->draws, enumerated, err);
        for (uint32_t l = 0; l < layers && !code; l++) {
            sweep_row(w, l, k)->p = s[l].p;
            sweep_row(w, l, k)->p_max = s[l].p_max;
        }
    }
    free(s);
    return code;
}

/* The null of the present lambda and number of frames. */
static enum status sweep_null(struct sweep_work *w, const struct exchange *x, struct err *err)
{
    const struct sweep_request *r = w->r;
    struct resample resample = {.threads = r->threads,
                                .cancel = w->in->analysis.cancel,
                                .progress = sweep_progress,
                                .progress_context = w};
    size_t rows = (size_t)r->sigmas * r->layers, values;
    w->draws = x->labelings.draws;
    w->value = w->draws <= SIZE_MAX && mul_size(rows, (size_t)w->draws, &values)
                   ? mem_array(values, sizeof *w->value)
                   : NULL;
    if (!w->value)
        return err_nomem(err);
    exchange_resample(x, &w->in->analysis, r->property, &resample);
    enum status code =
        resample_run(&resample, r->layer, r->layers, 0, w->draws, sweep_visit, w, err);
    if (!code)
        code = sweep_summarise(w, x->labelings.enumerated, err);
    free(w->value);
    w->value = NULL;
    return code;
}

/* A labeling without another has no p, and no setting holds or fails by it. */
static enum status sweep_alone(struct sweep_work *w, const struct exchange *x)
{
    struct err why;
    err_set(&why, STATUS_UNSUPPORTED, "no p: " EXCHANGE_ONLY, exchange_name(x->kind));
    return sweep_explain(w, &why);
}

/* All sigmas at one lambda and number of frames.  A setting without phones has rows without values.
 */
static enum status sweep_setting(struct sweep_work *w, struct err *err)
{
    const struct sweep_request *r = w->r;
    const struct sweep_setting s = {r->sigma[0], r->lambda[w->lambda], r->min_frames[w->frames]};
    struct analysis *a = &w->in->analysis;
    struct exchange x = {.kind = EXCHANGE_CLASSES};
    const struct property *p;
    bool made = false;
    enum status code = sweep_go(w, &s, err);
    if (code)
        return code;
    code = analysis_property(a, r->property, &p, err);
    if (code == STATUS_UNSUPPORTED)
        return sweep_explain(w, err);
    if (!code)
        code = sweep_exchange(w, &x, &made, err);
    if (!code)
        code = observe_layers(made ? &x : NULL, a, r->property, r->layer, r->layers, sweep_observe,
                              w, err);
    if (!code && made)
        code = x.labelings.enumerated && x.labelings.draws == 1 ? sweep_alone(w, &x)
                                                                : sweep_null(w, &x, err);
    exchange_free(&x);
    return code;
}

/* The sets of the setting at hand, which must be possible. */
static enum status sweep_hand(struct sweep_work *w, struct err *err)
{
    const struct sweep_request *r = w->r;
    struct analysis *a = &w->in->analysis;
    struct exchange x = {.kind = EXCHANGE_CLASSES};
    const struct property *p;
    bool made = false;
    enum status code = analysis_property(a, r->property, &p, err);
    if (!code)
        code = sweep_exchange(w, &x, &made, err);
    if (!code)
        code = observe_layers(made ? &x : NULL, a, r->property, r->layer, r->layers, sweep_keep, w,
                              err);
    exchange_free(&x);
    return code;
}

/* Rows of all settings, without values. */
static void sweep_begin_rows(struct sweep_work *w)
{
    const struct sweep_request *r = w->r;
    for (w->lambda = 0; w->lambda < r->lambdas; w->lambda++)
        for (w->frames = 0; w->frames < r->frames; w->frames++)
            for (uint32_t l = 0; l < r->layers; l++)
                for (uint32_t k = 0; k < r->sigmas; k++)
                    *sweep_row(w, l, k) = (struct sweep_row){
                        r->layer[l], {r->sigma[k], r->lambda[w->lambda], r->min_frames[w->frames]},
                        NAN,         NAN,
                        NAN,         NAN,
                        NAN};
}

/* How many settings agree, for each layer and for the best of all. */
static void sweep_count(struct sweep_result *out, uint32_t all_layers)
{
    struct sweep_share *best = &out->share[out->layers];
    *best = (struct sweep_share){.layer = all_layers, .low = NAN, .high = NAN};
    for (uint32_t k = 0; k < out->settings; k++) {
        double p_max = INFINITY;
        for (uint32_t l = 0; l < out->layers; l++) {
            const struct sweep_row *row = &out->row[(size_t)l * out->settings + k];
            struct sweep_share *share = &out->share[l];
            if (k == 0)
                *share = (struct sweep_share){.layer = row->layer, .low = NAN, .high = NAN};
            share->settings += !isnan(row->p);
            share->holds += row->p < SWEEP_HOLDS;
            share->low = fmin(share->low, row->size);
            share->high = fmax(share->high, row->size);
            p_max = isnan(row->p_max) ? p_max : fmin(p_max, row->p_max);
        }
        best->settings += p_max <= 1;
        best->holds += p_max < SWEEP_HOLDS;
    }
}

static enum status sweep_make_room(struct sweep_work *w, struct err *err)
{
    const struct sweep_request *r = w->r;
    struct sweep_result *out = w->out;
    size_t rows;
    out->settings = r->sigmas * r->lambdas * r->frames;
    out->layers = r->layers;
    out->property = mem_strndup(r->property, strlen(r->property));
    out->row = mul_size(out->settings, r->layers, &rows) ? mem_array(rows, sizeof *out->row) : NULL;
    out->share = mem_zeros((size_t)r->layers + 1, sizeof *out->share);
    w->hand = mem_zeros(r->layers, sizeof *w->hand);
    w->room = mem_zeros(r->threads, sizeof *w->room);
    return out->property && out->row && out->share && w->hand && w->room ? STATUS_OK
                                                                         : err_nomem(err);
}

static void sweep_free_work(struct sweep_work *w)
{
    for (uint32_t l = 0; w->hand && l < w->r->layers; l++)
        free(w->hand[l]);
    for (unsigned i = 0; w->room && i < w->r->threads; i++)
        sweep_room_free(&w->room[i]);
    free(w->hand);
    free(w->room);
}

enum status sweep_make(struct sweep_result *out, struct analysis_input *in,
                       const struct sweep_request *r, struct err *err)
{
    struct sweep_result made = {0};
    struct sweep_work w = {.out = &made, .r = r, .in = in};
    const struct analysis_params params = in->analysis.params;
    double lambda = in->counts.lambda_percent;
    enum status code = sweep_make_room(&w, err);
    if (!code) {
        sweep_begin_rows(&w);
        code = sweep_hand(&w, err);
    }
    for (w.lambda = 0; w.lambda < r->lambdas && !code; w.lambda++)
        for (w.frames = 0; w.frames < r->frames && !code; w.frames++) {
            code = sweep_setting(&w, err);
            w.done += 1 / ((double)r->lambdas * r->frames);
        }
    if (!code)
        sweep_count(&made, in->counts.layers);
    sweep_free_work(&w);
    counts_choose(&in->counts, lambda, NULL); /* it was there before */
    analysis_set_params(&in->analysis, &params);
    if (code)
        sweep_free(&made);
    else
        *out = made;
    return code;
}

void sweep_free(struct sweep_result *s)
{
    free(s->property);
    free(s->row);
    free(s->share);
    *s = (struct sweep_result){0};
}
