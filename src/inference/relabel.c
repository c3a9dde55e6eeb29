/*
 * Neurons of exchanged labels (relabel.h).  Selectors look at count files, so each labeling is made
 * one, with the same counts and other levels of the property's factor; some hundred at a time, for
 * what is computed of a layer serves all groups.
 */
#include "config.h"

#include "inference/relabel.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/selection.h"
#include "base/mem.h"
#include "base/worker.h"

#define CHUNK 128 /* labelings made at a time */

void relabel_labels(const struct relabel *r, uint64_t draw, uint32_t *label, uint32_t *room)
{
    const struct labelings *l = &r->exchange.labelings;
    if (draw)
        labelings_draw(l, draw - 1, label, room);
    else
        memcpy(label, l->label, l->units * sizeof *label);
}

/* A labeling as a count file. */
struct relabel_file {
    struct counts counts;         /* the file's, but for the list of factors */
    struct counts_factor *factor; /* [factors] */
    int32_t *index;               /* [cells] levels of the property under the labeling; -1: none */
    uint32_t *of_owner;           /* [levels of the factor speaker] unit, or UINT32_MAX */
    int32_t *level;               /* [groups] level of the property's factor */
    uint32_t *label;              /* [units], then scratch [units + groups] */
};

static void relabel_file_free(struct relabel_file *f)
{
    free(f->factor);
    free(f->index);
    free(f->of_owner);
    free(f->level);
    free(f->label);
}

static enum status relabel_file_init(struct relabel_file *f, const struct relabel *r,
                                     struct err *err)
{
    const struct units *u = &r->exchange.units;
    const struct counts *c = r->analysis->counts;
    uint32_t by = (uint32_t)counts_find_factor(c, r->property);
    *f = (struct relabel_file){.counts = *c};
    f->factor = mem_array(c->factors, sizeof *f->factor);
    f->index = mem_array(c->cells, sizeof *f->index);
    f->of_owner = mem_array(u->owners, sizeof *f->of_owner);
    f->level = mem_array(r->groups, sizeof *f->level);
    f->label = mem_array((size_t)2 * u->units + r->groups, sizeof *f->label);
    if (!f->factor || !f->index || !f->of_owner || !f->level || !f->label)
        return err_nomem(err);
    memcpy(f->factor, c->factor, c->factors * sizeof *f->factor);
    f->factor[by].index = f->index;
    f->counts.factor = f->factor;
    memset(f->of_owner, 0xff, u->owners * sizeof *f->of_owner);
    for (uint32_t i = 0; i < u->units; i++)
        f->of_owner[u->owner[i]] = i;
    for (uint32_t g = 0; g < r->groups; g++)
        f->level[g] = counts_find_level(c, by, u->property->group.name[g]);
    return STATUS_OK;
}

/* The levels under labeling DRAW.  Cells that the session's filters leave out get none, so that the
 * file needs no filters. */
static void relabel_file_label(struct relabel_file *f, const struct relabel *r, uint64_t draw)
{
    const struct units *u = &r->exchange.units;
    const struct counts *c = r->analysis->counts;
    relabel_labels(r, draw, f->label, f->label + u->units);
    for (uint32_t i = 0; i < c->cells; i++) {
        int32_t owner = c->factor[u->owner_factor].index[i];
        uint32_t unit = owner < 0 ? UINT32_MAX : f->of_owner[owner];
        bool in = unit != UINT32_MAX;
        for (uint32_t k = 0; k < c->factors && in; k++)
            in = query_filters_allow(&r->analysis->filters, k, c->factor[k].index[i]);
        f->index[i] = in ? f->level[f->label[unit]] : -1;
    }
}

/* The first neurons in LAYER of each of R's groups, as A has them, into NEURON [taken]. */
static enum status relabel_take(const struct relabel *r, struct analysis *a, uint32_t layer,
                                uint32_t *neuron, struct err *err)
{
    const struct property *p;
    struct selection_ranking ranking;
    enum status code = analysis_property(a, r->property, &p, err);
    if (!code)
        code = analysis_ranking(a, r->property, layer, NULL, &ranking, err);
    if (code)
        return code;
    for (uint32_t g = 0; g < r->groups && !code; g++) {
        const char *name = r->exchange.units.property->group.name[g];
        uint32_t own = names_find(&p->group, name);
        size_t at = (size_t)layer * r->groups + g;
        if (r->size[at] && own == NAMES_NONE)
            code = err_set(err, STATUS_UNSUPPORTED,
                           "%s: under other labels no phone of %s has frames enough",
                           a->counts->path, name);
        else if (r->size[at])
            memcpy(neuron + r->offset[at], ranking.order + (size_t)own * ranking.width,
                   r->size[at] * sizeof *neuron);
    }
    selection_ranking_free(&ranking);
    return code;
}

/* One labeling, whose file is F. */
static enum status relabel_select(const struct relabel *r, const struct relabel_file *f,
                                  uint32_t *neuron, struct err *err)
{
    struct analysis a;
    enum status code = analysis_init(&a, &f->counts, r->analysis->phones, err);
    if (code)
        return code;
    a.params = r->analysis->params;
    a.rule = r->analysis->rule;
    a.cancel = r->cancel;
    for (uint32_t l = 0; l < f->counts.layers && !code; l++) {
        uint32_t wanted = 0;
        for (uint32_t g = 0; g < r->groups; g++)
            wanted += r->size[(size_t)l * r->groups + g];
        if (wanted)
            code = relabel_take(r, &a, l, neuron, err);
    }
    analysis_free(&a);
    return code;
}

/* Labelings being made, from FIRST on. */
struct relabel_work {
    struct relabel *r;
    uint64_t first;
    struct relabel_file *file; /* [threads] */
};

/* A worker_task. */
static enum status relabel_one(void *context, unsigned worker, size_t task, struct err *err)
{
    struct relabel_work *w = context;
    struct relabel *r = w->r;
    struct relabel_file *f = &w->file[worker];
    relabel_file_label(f, r, w->first + task);
    return relabel_select(r, f, r->neuron + task * r->taken, err);
}

/* The neurons of labelings FIRST .. FIRST + COUNT - 1. */
static enum status relabel_make(struct relabel *r, uint64_t first, uint64_t count, struct err *err)
{
    struct relabel_work w = {.r = r, .first = first, .file = mem_zeros(r->threads, sizeof *w.file)};
    enum status code = w.file ? STATUS_OK : err_nomem(err);
    r->first = first;
    r->known = 0;
    for (unsigned t = 0; t < r->threads && !code; t++)
        code = relabel_file_init(&w.file[t], r, err);
    if (!code)
        code = workers_each(r->threads, (size_t)count, relabel_one, &w, err);
    for (unsigned t = 0; w.file && t < r->threads; t++)
        relabel_file_free(&w.file[t]);
    free(w.file);
    r->known = code ? 0 : count;
    return code;
}

enum status relabel_add(struct relabel *r, uint64_t draw, uint32_t group, struct neuron_set *out,
                        struct err *err)
{
    enum status code = STATUS_OK;
    if (draw < r->first || draw - r->first >= r->known) {
        uint64_t first = draw - draw % CHUNK, left = r->draws + 1 - first;
        code = relabel_make(r, first, left < CHUNK ? left : CHUNK, err);
    }
    for (uint32_t l = 0; l < r->analysis->counts->layers && !code; l++) {
        size_t at = (size_t)l * r->groups + group;
        const uint32_t *neuron = r->neuron + (draw - r->first) * r->taken + r->offset[at];
        for (uint32_t i = 0; i < r->size[at]; i++)
            bitset_put(out->row[l], neuron[i]);
    }
    return code;
}

/* Exchanges the speakers that are TESTED among themselves, and the others among themselves. */
static enum status relabel_divide(struct relabel *r, const bool *tested,
                                  const struct exchange_options *o, struct err *err)
{
    struct labelings *l = &r->exchange.labelings, divided;
    uint32_t *stratum = mem_array(l->units, sizeof *stratum);
    if (!stratum)
        return err_nomem(err);
    for (uint32_t s = 0; s < l->strata; s++)
        for (uint32_t i = l->first[s]; i < l->first[s + 1]; i++) {
            uint32_t unit = l->order[i];
            stratum[unit] = 2 * s + !tested[r->exchange.units.owner[unit]];
        }
    enum status code = labelings_init(&divided, l->units, l->label, l->groups, stratum,
                                      2 * l->strata, o->draws, o->seed, err);
    free(stratum);
    if (code)
        return code;
    labelings_free(l);
    *l = divided;
    return STATUS_OK;
}

/* Where each layer's and group's neurons stand, and room for some labelings of them. */
static enum status relabel_make_room(struct relabel *r, const struct relabel_options *o,
                                     struct err *err)
{
    size_t n, cells;
    if (!mul_size(r->analysis->counts->layers, r->groups, &n))
        return err_nomem(err);
    r->size = mem_array(n, sizeof *r->size);
    r->offset = mem_array(n, sizeof *r->offset);
    if (!r->size || !r->offset)
        return err_nomem(err);
    for (size_t i = 0; i < n; i++) {
        r->size[i] = o->size[i];
        r->offset[i] = r->taken;
        r->taken += o->size[i];
    }
    if (!mul_size(r->taken, CHUNK, &cells) || !(r->neuron = mem_array(cells, sizeof *r->neuron)))
        return err_nomem(err);
    return STATUS_OK;
}

/* Refuses more labelings than can be evaluated, and none but the observed one. */
static enum status relabel_check(const struct relabel *r, const struct exchange_options *o,
                                 struct err *err)
{
    const char *path = r->analysis->counts->path;
    if (o->draws == LABELINGS_ALL && r->exchange.labelings.total > LABELINGS_ENUMERATED)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: more than %d labelings: too many to evaluate all (--relabel N takes a "
                       "sample)",
                       path, LABELINGS_ENUMERATED);
    if (r->exchange.labelings.total < 2)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: no two speakers of different %s can be exchanged (strata: %s)", path,
                       r->property, r->exchange.strata);
    return STATUS_OK;
}

enum status relabel_open(struct relabel *out, struct analysis *a, const struct relabel_options *o,
                         struct err *err)
{
    struct relabel r = {.analysis = a, .threads = o->threads, .cancel = o->cancel};
    struct exchange_options how = o->exchange;
    how.draws = how.draws ? how.draws : RELABEL_DRAWS;
    r.property = mem_strndup(o->property, strlen(o->property));
    enum status code = r.property ? STATUS_OK : err_nomem(err);
    if (!code)
        code = exchange_make(&r.exchange, a, o->property, &how, err);
    if (!code && r.exchange.kind != EXCHANGE_SPEAKERS)
        code = err_set(err, STATUS_UNSUPPORTED,
                       "%s: relabelled controls exchange labels of speakers; %s has labels of %s",
                       a->counts->path, o->property, exchange_name(r.exchange.kind));
    if (!code && o->tested)
        code = relabel_divide(&r, o->tested, &how, err);
    if (!code)
        code = relabel_check(&r, &how, err);
    r.groups = r.exchange.units.groups;
    r.draws = r.exchange.labelings.draws;
    if (!code)
        code = relabel_make_room(&r, o, err);
    if (code)
        relabel_free(&r);
    else
        *out = r;
    return code;
}

void relabel_free(struct relabel *r)
{
    free(r->property);
    exchange_free(&r->exchange);
    free(r->size);
    free(r->offset);
    free(r->neuron);
    *r = (struct relabel){.analysis = NULL};
}
