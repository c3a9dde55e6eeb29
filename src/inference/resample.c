/*
 * Many draws of one layer (resample.h), some hundred at a time: their labels, then their patterns
 * phone by phone, then what the visitor makes of each.
 */
#include "config.h"

#include "inference/resample_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/worker.h"
#include "inference/tokenunits.h"

#define CHUNK_BYTES (96u << 20) /* of patterns, labels and frames at a time */
#define CHUNK_DRAWS 1024        /* draws at most */

/* One run: the chunk, and what each worker needs to look at a draw. */
struct resample_work {
    struct resample_chunk chunk;
    uint32_t number; /* of the layer among those asked for */
    resample_visit *visit;
    void *context;
    struct sample *sample; /* [threads] */
    uint32_t **group;      /* [threads][points] of the points that are there */
    const struct property *property;
    const struct property_layer *fixed; /* where groups of points are exchanged */
};

void resample_labels(const void *context, uint64_t draw, uint32_t *slot, uint32_t *weight,
                     uint32_t *room)
{
    (void)weight;
    labelings_draw(context, draw, slot, room);
}

static struct resample_shape resample_shape_of(const struct resample *r, const struct property *p)
{
    const struct units *u = r->units;
    const struct token_units *t = r->tokens;
    if (u)
        return (struct resample_shape){u->units, u->slots, u->phones, u->groups, u->point_group};
    if (t)
        return (struct resample_shape){t->units, t->slots, t->phones, t->groups, t->point_group};
    return (struct resample_shape){p->points, p->groups, 0, p->groups, NULL};
}

/* Draws that fit CHUNK_BYTES, one at least. */
static uint64_t resample_chunk_draws(const struct resample *r, const struct resample_chunk *c,
                                     uint64_t count)
{
    uint64_t words = 0;
    for (uint32_t l = 0; l < r->analysis->counts->layers; l++)
        if (bitset_words(r->analysis->counts->layer[l].width) > words)
            words = bitset_words(r->analysis->counts->layer[l].width);
    uint64_t one = (uint64_t)c->points * (words * 8 + 4) + (uint64_t)c->shape.units * 8 + 1;
    uint64_t n = CHUNK_BYTES / one;
    n = n < 1 ? 1 : n > CHUNK_DRAWS ? CHUNK_DRAWS : n;
    return n < count ? n : count;
}

static void resample_free_work(struct resample_work *w)
{
    struct resample_chunk *c = &w->chunk;
    unsigned threads = c->r->threads;
    for (unsigned i = 0; i < threads; i++) {
        if (w->sample)
            sample_free(&w->sample[i]);
        if (w->group)
            free(w->group[i]);
        if (c->room)
            free(c->room[i]);
    }
    free(w->sample);
    free(w->group);
    free(c->room);
    free(c->slot);
    free(c->weight);
    free(c->pattern);
    free(c->frames);
}

/* Room for DRAWS draws and for the workers. */
static enum status resample_make_room(struct resample_work *w, uint64_t draws, struct err *err)
{
    struct resample_chunk *c = &w->chunk;
    const struct resample *r = c->r;
    size_t units, points, words = 0;
    for (uint32_t l = 0; l < r->analysis->counts->layers; l++)
        if (bitset_words(r->analysis->counts->layer[l].width) > words)
            words = bitset_words(r->analysis->counts->layer[l].width);
    w->sample = mem_zeros(r->threads, sizeof *w->sample);
    w->group = mem_zeros(r->threads, sizeof *w->group);
    c->room = mem_zeros(r->threads, sizeof *c->room);
    if (!w->sample || !w->group || !c->room || !mul_size(draws, c->shape.units, &units) ||
        !mul_size(draws, c->points, &points) || !mul_size(points, words, &words))
        return err_nomem(err);
    c->slot = mem_array(units, sizeof *c->slot);
    c->weight = r->weighted ? mem_array(units, sizeof *c->weight) : NULL;
    c->pattern = mem_array(words, sizeof *c->pattern);
    c->frames = mem_array(points, sizeof *c->frames);
    for (unsigned i = 0; i < r->threads; i++) {
        size_t room = c->points > c->shape.units ? c->points : c->shape.units;
        w->group[i] = mem_array(room + c->shape.slots, sizeof **w->group);
        if (!w->group[i])
            return err_nomem(err);
    }
    return c->slot && (c->weight || !r->weighted) && c->pattern && c->frames ? STATUS_OK
                                                                             : err_nomem(err);
}

/* Labels and weights of draws, a task each. */
static enum status resample_label(void *context, unsigned worker, size_t draw, struct err *err)
{
    struct resample_work *w = context;
    struct resample_chunk *c = &w->chunk;
    uint32_t units = c->shape.units;
    c->r->draw(c->r->context, c->first + draw, c->slot + draw * units,
               c->r->weighted ? c->weight + draw * units : NULL, w->group[worker]);
    return draw % 16 == 0 ? cancel_check(c->r->cancel, err) : STATUS_OK;
}

/* Moves the points of DRAW that have frames enough together; their number, groups into GROUP. */
static uint32_t resample_present(struct resample_chunk *c, size_t draw, uint32_t *group)
{
    const struct analysis_params *params = &c->r->analysis->params;
    uint64_t *pattern = c->pattern + draw * c->points * c->words;
    const uint32_t *frames = c->frames + draw * c->points;
    uint32_t n = 0;
    for (size_t k = 0; k < c->points; k++) {
        bool there = frames[k] > 0 && frames[k] >= params->min_frames;
        if (!there && !params->authors)
            continue;
        if (!there)
            memset(pattern + k * c->words, 0, c->words * sizeof *pattern);
        if (n != k)
            memcpy(pattern + n * c->words, pattern + k * c->words, c->words * sizeof *pattern);
        group[n++] = c->shape.point_group[k];
    }
    return n;
}

/* One draw for the visitor: a sample of its patterns, or the same ones with other groups. */
static enum status resample_look(void *context, unsigned worker, size_t draw, struct err *err)
{
    struct resample_work *w = context;
    struct resample_chunk *c = &w->chunk;
    struct sample *s = &w->sample[worker];
    enum status code = cancel_check(c->r->cancel, err);
    if (code)
        return code;
    if (w->fixed) {
        const uint32_t *group = c->slot + draw * c->shape.units;
        if (s->pattern == w->fixed->pattern)
            sample_relabel(s, group);
        else
            code = sample_set(s, w->fixed->pattern, group, w->fixed->points, c->shape.groups, err);
    } else {
        uint32_t points = resample_present(c, draw, w->group[worker]);
        code = sample_set(s, c->pattern + draw * c->points * c->words, w->group[worker], points,
                          c->shape.groups, err);
    }
    if (!code)
        code = w->visit(w->context, worker, w->number, c->first + draw, s, err);
    return code;
}

/* All draws of the chunk in one layer. */
static enum status resample_layer(struct resample_work *w, uint32_t layer, struct err *err)
{
    struct resample_chunk *c = &w->chunk;
    struct analysis *a = c->r->analysis;
    const struct counts_layer *l = &a->counts->layer[layer];
    enum status code = STATUS_OK;
    c->layer = layer;
    c->width = l->width;
    c->tau = l->tau;
    c->words = bitset_words(l->width);
    for (unsigned i = 0; i < c->r->threads; i++) {
        sample_free(&w->sample[i]);
        sample_init(&w->sample[i], l->width, a->params.sigma, &a->map, c->r->cancel);
        w->sample[i].reference = c->r->reference ? c->r->reference[w->number] : NULL;
        free(c->room[i]); /* its shape is the layer's */
        c->room[i] = NULL;
    }
    if (c->points == 0)
        code = analysis_layer(a, c->r->property, layer, &w->fixed, err);
    else
        code = workers_each(c->r->threads, c->shape.phones, resample_phone, c, err);
    if (!code)
        code = workers_each(c->r->threads, (size_t)c->draws, resample_look, w, err);
    return code;
}

static void resample_report(const struct resample *r, double done, double all)
{
    if (r->progress && all > 0)
        r->progress(r->progress_context, done / all);
}

enum status resample_run(const struct resample *r, const uint32_t *layer, uint32_t layers,
                         uint64_t first, uint64_t count, resample_visit *visit, void *context,
                         struct err *err)
{
    struct resample_work w = {.visit = visit, .context = context};
    struct resample_chunk *c = &w.chunk;
    c->r = r;
    enum status code = analysis_property(r->analysis, r->property, &w.property, err);
    if (code)
        return code;
    c->shape = resample_shape_of(r, w.property);
    c->points = (size_t)c->shape.phones * c->shape.slots;
    uint64_t most = resample_chunk_draws(r, c, count);
    code = resample_make_room(&w, most, err);
    for (uint64_t at = 0; at < count && !code; at += c->draws) {
        c->first = first + at;
        c->draws = count - at < most ? count - at : most;
        code = workers_each(r->threads, (size_t)c->draws, resample_label, &w, err);
        for (uint32_t l = 0; l < layers && !code; l++) {
            w.number = l;
            code = resample_layer(&w, layer[l], err);
            resample_report(r, (double)at + (double)c->draws * (l + 1) / layers, (double)count);
        }
    }
    resample_free_work(&w);
    return code;
}
