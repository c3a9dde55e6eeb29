/*
 * Confounds (confound.h).  In every draw the property neurons are chosen again, and the conditional
 * mutual information is that of the neurons of the draw: neurons that were chosen by one labeling
 * say more of it than of others, whatever the labels mean (Kriegeskorte et al. 2009).
 */
#include "config.h"

#include "inference/confound.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistic.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "inference/cmi.h"
#include "inference/observe.h"
#include "inference/summary.h"

struct confound_work {
    struct confound_result *out;
    struct analysis *a;
    const struct confound_request *r;
    struct given given;
    uint64_t **own, **other; /* [layers] neurons of the property and of the other, nothing given */
    /* Of the level and layer at work. */
    struct confound_level *level;
    uint32_t layer; /* of those asked for */
    bool all;       /* all levels together */
    struct exchange x;
    struct cmi cmi;
    uint64_t draws;
    double *size, *share; /* [draws] sizes, information as a share of the entropy */
    struct cmi_value observed;
    uint32_t **label; /* [threads][units + groups, twice] */
    uint64_t **room;  /* [threads][cmi_room] */
    double done;      /* share of the work before this level and layer */
};

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
    const uint64_t *neurons = sample_neurons(s), *own = w->own[w->layer];
    double any;
    (void)layer;
    (void)draw;
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

/* Exchanges labels within the levels of the other property, where units have one each. */
static enum status confound_refine(struct confound_work *w, struct err *err)
{
    struct exchange *x = &w->x;
    bool within = strcmp(x->strata, "none") != 0;
    uint32_t *by = mem_array(w->cmi.units, sizeof *by);
    enum status code = by ? STATUS_OK : err_nomem(err);
    if (!code && cmi_unit_levels(&w->cmi, by)) {
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
                 w->level->name ? w->level->name : "", w->r->property);
    return code == STATUS_UNSUPPORTED ? STATUS_OK : code;
}

/* All layers under the filters as they are. */
static enum status confound_level(struct confound_work *w, uint32_t number, struct err *err)
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
            w->done = ((double)number * w->r->layers + w->layer) /
                      (((double)w->out->levels + 1) * w->r->layers);
            code = confound_layer(w, err);
        }
        confound_leave_level(w);
    }
    return code;
}

/* The neurons of the property NAME in every layer, with nothing given. */
static enum status confound_neurons(struct confound_work *w, const char *name, uint64_t **set,
                                    struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t l = 0; l < w->r->layers && !code; l++) {
        const struct property_layer *layer;
        code = analysis_layer(w->a, name, w->r->layer[l], &layer, err);
        if (code)
            break;
        set[l] = mem_array(layer->words, sizeof **set);
        if (!set[l])
            return err_nomem(err);
        memcpy(set[l], layer->neurons, layer->words * sizeof **set);
    }
    return code;
}

/* Room for the result, whose rows have no values yet. */
static enum status confound_begin(struct confound_work *w, struct err *err)
{
    const struct confound_request *r = w->r;
    struct confound_result *out = w->out;
    uint32_t levels = w->given.level.count;
    out->property = mem_strndup(r->property, strlen(r->property));
    out->given = mem_strndup(r->given, strlen(r->given));
    out->layers = r->layers;
    out->level = mem_zeros((size_t)levels + 1, sizeof *out->level);
    if (!out->property || !out->given || !out->level)
        return err_nomem(err);
    out->levels = levels;
    for (uint32_t q = 0; q <= levels; q++) {
        struct confound_level *level = &out->level[q];
        level->row = mem_array(r->layers, sizeof *level->row);
        if (q < levels)
            level->name = mem_strndup(w->given.level.name[q], strlen(w->given.level.name[q]));
        if (!level->row || (q < levels && !level->name))
            return err_nomem(err);
        for (uint32_t l = 0; l < r->layers; l++)
            level->row[l] =
                (struct confound_row){r->layer[l], NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    }
    return STATUS_OK;
}

/* Every level, then all together. */
static enum status confound_run(struct confound_work *w, struct err *err)
{
    struct query_filters filters = QUERY_FILTERS_INIT;
    enum status code = confound_neurons(w, w->r->property, w->own, err);
    if (!code)
        code = confound_neurons(w, w->r->given, w->other, err);
    for (uint32_t q = 0; q < w->out->levels && !code; q++) {
        code = query_filters_copy(&filters, &w->a->filters, err);
        if (code)
            break;
        code = given_narrow(&w->given, w->a, q, err);
        if (!code)
            code = confound_level(w, q, err);
        query_filters_free(&w->a->filters);
        w->a->filters = filters;
        analysis_changed(w->a);
    }
    return code ? code : confound_level(w, w->out->levels, err);
}

static void confound_free_work(struct confound_work *w)
{
    for (uint32_t l = 0; l < w->r->layers; l++) {
        if (w->own)
            free(w->own[l]);
        if (w->other)
            free(w->other[l]);
    }
    free(w->own);
    free(w->other);
    free(w->label);
    free(w->room);
    given_free(&w->given);
}

enum status confound_make(struct confound_result *out, struct analysis *a,
                          const struct confound_request *r, struct err *err)
{
    struct confound_result made = {0};
    struct confound_work w = {.out = &made, .a = a, .r = r};
    if (strcmp(r->property, r->given) == 0)
        return err_set(err, STATUS_USAGE, "%s given itself says nothing", r->property);
    w.own = mem_zeros(r->layers, sizeof *w.own);
    w.other = mem_zeros(r->layers, sizeof *w.other);
    w.label = mem_zeros(r->threads, sizeof *w.label);
    w.room = mem_zeros(r->threads, sizeof *w.room);
    enum status code = w.own && w.other && w.label && w.room ? STATUS_OK : err_nomem(err);
    if (!code)
        code = given_make(&w.given, a, r->given, err);
    if (!code)
        code = confound_begin(&w, err);
    if (!code)
        code = confound_run(&w, err);
    confound_free_work(&w);
    if (code)
        confound_free(&made);
    else
        *out = made;
    return code;
}

void confound_free(struct confound_result *c)
{
    for (uint32_t q = 0; c->level && q <= c->levels; q++) {
        free(c->level[q].name);
        free(c->level[q].row);
    }
    free(c->property);
    free(c->given);
    free(c->level);
    *c = (struct confound_result){0};
}
