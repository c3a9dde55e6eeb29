/*
 * One level of a confound (confound.h), and its null.  In every draw the property neurons are
 * chosen again, and the conditional mutual information is that of the neurons of the draw: neurons
 * that were chosen by one labeling say more of it than of others, whatever the labels mean
 * (Kriegeskorte et al. 2009).
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistic.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "inference/confound_internal.h"
#include "inference/observe.h"
#include "inference/summary.h"

static size_t confound_common(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t n = 0;
    for (size_t w = 0; w < words; w++) {
        uint64_t both = a[w] & b[w];
        n += bitset_count(&both, 1);
    }
    return n;
}

/* Property neurons of S; without those of the other property where all levels are together. */
static double confound_size(const struct confound_work *w, struct sample *s)
{
    const uint64_t *neurons = sample_neurons(s);
    size_t n = bitset_count(neurons, s->words);
    return (double)(w->all ? n - confound_common(neurons, w->other[w->layer], s->words) : n);
}

static enum status confound_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                  struct sample *s, struct err *err)
{
    struct confound_work *w = context;
    uint32_t *label = w->label[worker], *room = label + w->x.labelings.units;
    (void)layer; /* one at a time */
    (void)err;
    labelings_draw(&w->x.labelings, draw, label, room);
    w->size[draw] = confound_size(w, s);
    w->share[draw] = cmi_of(&w->cmi, label, sample_neurons(s), w->room[worker]).share;
    return STATUS_OK;
}

/* Mean silhouette of the patterns without the neurons OTHER. */
static enum status confound_silhouette(const struct sample *s, const uint64_t *other, double *value,
                                       struct err *err)
{
    struct sample masked = {0};
    size_t size;
    uint64_t *pattern =
        mul_size(s->points, s->words, &size) ? mem_array(size, sizeof *pattern) : NULL;
    if (!pattern)
        return err_nomem(err);
    for (size_t i = 0; i < size; i++)
        pattern[i] = s->pattern[i] & ~other[i % s->words];
    sample_init(&masked, s->width, s->sigma, s->map, s->cancel);
    enum status code = sample_set(&masked, pattern, s->group, s->points, s->groups, err);
    if (!code)
        code = statistic_full_dim.compute(&masked, value, err);
    sample_free(&masked);
    free(pattern);
    return code;
}

/* What the file says. */
static enum status confound_observe(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                    struct sample *s, struct err *err)
{
    struct confound_work *w = context;
    struct confound_row *row = &w->level->row[w->layer];
    const uint64_t *neurons = sample_neurons(s);
    uint64_t *own = w->own[w->layer];
    double any;
    (void)layer;
    (void)draw;
    if (w->all) /* of tokens, this is what the tokens say */
        memcpy(own, neurons, s->words * sizeof *own);
    row->size = confound_size(w, s);
    row->shared = (double)confound_common(neurons, w->other[w->layer], s->words);
    any = (double)(bitset_count(neurons, s->words) + bitset_count(own, s->words) -
                   confound_common(neurons, own, s->words));
    row->jaccard =
        any > 0 ? (w->all ? row->size : (double)confound_common(neurons, own, s->words)) / any
                : NAN;
    w->observed = cmi_of(&w->cmi, w->cmi.label, neurons, w->room[worker]);
    row->cmi = w->observed.mean;
    return w->all ? confound_silhouette(s, w->other[w->layer], &row->silhouette, err)
                  : statistic_full_dim.compute(s, &row->silhouette, err);
}

static void confound_progress(void *context, double share)
{
    const struct confound_work *w = context;
    double all = ((double)w->out->levels + 1) * w->r->layers;
    if (w->r->progress)
        w->r->progress(w->r->progress_context, w->done + share / all);
}

/* p of the size and of the information from the values of all draws. */
static enum status confound_summarise(struct confound_work *w, struct err *err)
{
    struct confound_row *row = &w->level->row[w->layer];
    bool enumerated = w->x.labelings.enumerated;
    struct summary s;
    enum status code = summary_make(&s, row->size, w->size, (size_t)w->draws, enumerated, err);
    if (code)
        return code;
    row->p = s.p;
    code = summary_make(&s, w->observed.share, w->share, (size_t)w->draws, enumerated, err);
    if (code)
        return code;
    row->cmi_p = s.p;
    row->cmi_expected = s.mean * w->observed.entropy;
    return STATUS_OK;
}

/* One layer of the level at work. */
static enum status confound_layer(struct confound_work *w, struct err *err)
{
    const struct exchange *x = w->level->exchanged ? &w->x : NULL;
    const uint32_t *layer = &w->r->layer[w->layer];
    struct resample resample = {.threads = w->r->threads,
                                .cancel = w->a->cancel,
                                .progress = confound_progress,
                                .progress_context = w};
    enum status code = cmi_load(&w->cmi, *layer, w->a->cancel, err);
    if (!code)
        code = observe_layers(x, w->a, w->r->property, layer, 1, confound_observe, w, err);
    if (code || !x)
        return code;
    exchange_resample(x, w->a, w->r->property, &resample);
    code = resample_run(&resample, layer, 1, 0, w->draws, confound_visit, w, err);
    return code ? code : confound_summarise(w, err);
}

/* True if units that are exchanged with each other differ in BY. */
static bool confound_mixed(const struct labelings *l, const uint32_t *by)
{
    for (uint32_t s = 0; s < l->strata; s++)
        for (uint32_t i = l->first[s]; i + 1 < l->first[s + 1]; i++)
            if (by[l->order[i]] != by[l->order[i + 1]])
                return true;
    return false;
}

/* Exchanges labels within the levels of the other property, where units have one each. */
static enum status confound_refine(struct confound_work *w, struct err *err)
{
    struct exchange *x = &w->x;
    bool within = strcmp(x->strata, "none") != 0;
    uint32_t *by = mem_array(w->cmi.units, sizeof *by);
    enum status code = by ? STATUS_OK : err_nomem(err);
    if (!code && cmi_unit_levels(&w->cmi, by) && confound_mixed(&x->labelings, by)) {
        code = labelings_refine(&x->labelings, by, w->cmi.levels + 1, w->r->exchange.draws, err);
        snprintf(w->level->strata, sizeof w->level->strata, "%s%s%.70s", within ? x->strata : "",
                 within ? " x " : "", w->r->given);
    }
    free(by);
    return code;
}

/* Frames by unit and level, which files of probabilities do not have. */
static enum status confound_information(struct confound_work *w, struct err *err)
{
    const struct exchange *x = w->level->exchanged ? &w->x : NULL;
    enum status code = cmi_make(&w->cmi, w->a, w->r->property, &w->given, x, err);
    return code == STATUS_UNSUPPORTED && !x ? STATUS_OK : code;
}

/* Notes what is exchanged at the level at work, or why nothing can be. */
static enum status confound_exchange(struct confound_work *w, struct err *err)
{
    struct confound_level *level = w->level;
    enum status code = exchange_make(&w->x, w->a, w->r->property, &w->r->exchange, err);
    if (code == STATUS_UNSUPPORTED) {
        memcpy(level->why, err->msg, sizeof level->why);
        code = STATUS_OK;
    } else if (!code) {
        level->exchanged = true;
        snprintf(level->strata, sizeof level->strata, "%s", w->x.strata);
    }
    if (!code)
        code = confound_information(w, err);
    if (!code && level->exchanged && w->all)
        code = confound_refine(w, err);
    level->kind = w->x.kind;
    level->draws = w->draws = level->exchanged ? w->x.labelings.draws : 0;
    level->enumerated = w->x.labelings.enumerated;
    return code;
}

static void confound_leave_level(struct confound_work *w)
{
    for (unsigned i = 0; i < w->r->threads; i++) {
        free(w->label[i]);
        free(w->room[i]);
        w->label[i] = NULL;
        w->room[i] = NULL;
    }
    free(w->size);
    free(w->share);
    w->size = w->share = NULL;
    cmi_free(&w->cmi);
    exchange_free(&w->x);
}

/* Room for the draws of the level at work. */
static enum status confound_make_room(struct confound_work *w, struct err *err)
{
    size_t labels = 2 * (size_t)w->x.labelings.units + w->x.labelings.groups;
    bool good = w->draws <= SIZE_MAX;
    w->size = good ? mem_array((size_t)w->draws, sizeof *w->size) : NULL;
    w->share = good ? mem_array((size_t)w->draws, sizeof *w->share) : NULL;
    for (unsigned i = 0; i < w->r->threads; i++) {
        w->label[i] = mem_array(labels, sizeof **w->label);
        w->room[i] = mem_array(cmi_room(&w->cmi), sizeof **w->room);
        good = good && w->label[i] && w->room[i];
    }
    return good && w->size && w->share ? STATUS_OK : err_nomem(err);
}

/* Groups of the property that have a phone. */
static uint32_t confound_groups(const struct property *p)
{
    uint32_t n = 0;
    for (uint32_t g = 0; g < p->groups; g++)
        n += p->group_points[g] > 0;
    return n;
}

/* Whether the property can be asked for at the level at work; says why not. */
static enum status confound_possible(struct confound_work *w, bool *possible, struct err *err)
{
    const struct property *p;
    enum status code = analysis_property(w->a, w->r->property, &p, err);
    *possible = !code && confound_groups(p) >= 2;
    if (code == STATUS_UNSUPPORTED)
        memcpy(w->level->why, err->msg, sizeof w->level->why);
    else if (!code && !*possible)
        snprintf(w->level->why, sizeof w->level->why, "%.80s=%.80s: all of one %.80s", w->r->given,
                 w->level->name ? w->level->name : "",
                 strcmp(w->r->property, "phone") == 0 ? "phone class" : w->r->property);
    return code == STATUS_UNSUPPORTED ? STATUS_OK : code;
}

enum status confound_level(struct confound_work *w, uint32_t number, struct err *err)
{
    bool possible;
    w->level = &w->out->level[number];
    w->all = number == w->out->levels;
    enum status code = confound_possible(w, &possible, err);
    if (!code && possible) {
        code = confound_exchange(w, err);
        if (!code)
            code = confound_make_room(w, err);
        for (w->layer = 0; w->layer < w->r->layers && !code; w->layer++) {
            w->done = w->steps++ / (((double)w->out->levels + 1) * w->r->layers);
            code = confound_layer(w, err);
        }
        confound_leave_level(w);
    }
    return code;
}
