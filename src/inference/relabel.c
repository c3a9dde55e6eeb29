/*
 * Neurons of exchanged labels (relabel.h).  The labelings are made some hundred at a time, layer by
 * layer: patterns by resample.h, activation rates from the hits of each speaker over all phones.
 */
#include "config.h"

#include "inference/relabel.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/selector.h"
#include "base/mem.h"
#include "base/ties.h"

#define CHUNK 128 /* labelings made at a time */

/* One worker's room. */
struct relabel_room {
    uint32_t *label; /* [units], then scratch [units + groups] */
    double *frames;  /* [groups] */
    double *score;   /* [groups][width] difference of shares */
    double *rate;    /* [groups][width], then specificity */
    uint32_t *row;   /* [width] */
    struct relabel_entry {
        double key, then;
        uint32_t neuron;
    } * entry; /* [width] */
};

/* The labelings of one layer being made. */
struct relabel_work {
    struct relabel *r;
    uint32_t layer, width;
    double *hits;              /* [units][width] over all phones */
    struct relabel_room *room; /* [threads] */
};

void relabel_labels(const struct relabel *r, uint64_t draw, uint32_t *label, uint32_t *room)
{
    const struct labelings *l = &r->exchange.labelings;
    if (draw)
        labelings_draw(l, draw - 1, label, room);
    else
        memcpy(label, l->label, l->units * sizeof *label);
}

/* A resample_draw. */
static void relabel_draw(const void *context, uint64_t draw, uint32_t *slot, uint32_t *weight,
                         uint32_t *room)
{
    (void)weight;
    relabel_labels(context, draw, slot, room);
}

/* Hits of every speaker in all phones together. */
static enum status relabel_sum_hits(struct relabel_work *w, struct err *err)
{
    const struct units *u = &w->r->exchange.units;
    size_t cells = (size_t)u->units * w->width;
    uint32_t *table = mem_array(cells, sizeof *table);
    enum status code = table ? STATUS_OK : err_nomem(err);
    memset(w->hits, 0, cells * sizeof *w->hits);
    for (uint32_t k = 0; k < u->phones && !code; k++) {
        code = units_table(u, w->layer, k, table, w->r->cancel, err);
        for (uint32_t i = 0; i < u->units && !code; i++) {
            if (u->row[(size_t)k * u->units + i] == QUERY_NO_ROW)
                continue;
            for (size_t n = (size_t)i * w->width; n < (size_t)(i + 1) * w->width; n++)
                w->hits[n] += table[n];
        }
    }
    free(table);
    return code;
}

/* Takes the hits of PHONE in GROUP, which is too rare there to have a pattern, out of the rates. */
static enum status relabel_leave_out(const struct relabel_work *w, struct relabel_room *room,
                                     uint32_t phone, uint32_t group, struct err *err)
{
    const struct units *u = &w->r->exchange.units;
    double *rate = room->rate + (size_t)group * w->width;
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < u->units && !code; i++) {
        uint32_t row = u->row[(size_t)phone * u->units + i];
        if (room->label[i] != group || row == QUERY_NO_ROW)
            continue;
        code = query_row_hits(&u->rows, u->analysis->counts, w->layer, row, room->row, w->r->cancel,
                              err);
        for (uint32_t n = 0; n < w->width && !code; n++)
            rate[n] -= room->row[n];
    }
    return code;
}

/* Frames of each group over the phones that it has patterns of; hits of the others are left out. */
static enum status relabel_frames(const struct relabel_work *w, struct relabel_room *room,
                                  struct err *err)
{
    const struct units *u = &w->r->exchange.units;
    enum status code = STATUS_OK;
    memset(room->frames, 0, w->r->groups * sizeof *room->frames);
    for (uint32_t k = 0; k < u->phones; k++)
        for (uint32_t g = 0; g < w->r->groups && !code; g++) {
            uint64_t frames = 0;
            for (uint32_t i = 0; i < u->units; i++)
                frames += room->label[i] == g ? u->frames[(size_t)k * u->units + i] : 0;
            if (frames >= u->analysis->params.min_frames)
                room->frames[g] += (double)frames;
            else if (frames)
                code = relabel_leave_out(w, room, k, g, err);
        }
    return code;
}

/* Specificity of every neuron for every group of the labeling in room->label. */
static enum status relabel_specificity(const struct relabel_work *w, struct relabel_room *room,
                                       struct err *err)
{
    const struct units *u = &w->r->exchange.units;
    size_t width = w->width;
    memset(room->rate, 0, w->r->groups * width * sizeof *room->rate);
    for (uint32_t i = 0; i < u->units; i++)
        for (size_t n = 0; n < width; n++)
            room->rate[room->label[i] * width + n] += w->hits[i * width + n];
    enum status code = relabel_frames(w, room, err);
    for (uint32_t g = 0; g < w->r->groups && !code; g++)
        for (size_t n = 0; n < width && room->frames[g] > 0; n++)
            room->rate[g * width + n] /= room->frames[g];
    if (!code)
        selector_subtract_mean_other(room->rate, w->r->groups, width);
    return code;
}

static int relabel_compare(const void *a, const void *b)
{
    const struct relabel_entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key > y->key ? -1 : 1;
    if (x->then != y->then)
        return x->then > y->then ? -1 : 1;
    return x->neuron < y->neuron ? -1 : x->neuron > y->neuron;
}

/* A resample_visit: the first neurons of each group by share of phones, then specificity. */
static enum status relabel_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                 struct sample *s, struct err *err)
{
    struct relabel_work *w = context;
    struct relabel *r = w->r;
    struct relabel_room *room = &w->room[worker];
    const uint16_t *containing = sample_containing(s);
    const uint32_t *points = sample_sizes(s);
    size_t width = w->width;
    (void)layer; /* the only one */
    relabel_labels(r, draw, room->label, room->label + r->exchange.units.units);
    for (size_t i = 0; i < r->groups * width; i++)
        room->score[i] = points[i / width] ? (double)containing[i] / points[i / width] : 0;
    selector_subtract_largest_other(room->score, r->groups, width);
    enum status code = relabel_specificity(w, room, err);
    for (uint32_t g = 0; g < r->groups && !code; g++) {
        size_t at = (size_t)w->layer * r->groups + g;
        uint32_t *out = r->neuron + (draw - r->first) * r->taken + r->offset[at];
        for (uint32_t i = 0; i < width && r->size[at]; i++)
            room->entry[i] = (struct relabel_entry){ties_key(room->score[g * width + i]),
                                                    ties_key(room->rate[g * width + i]), i};
        if (r->size[at])
            qsort(room->entry, width, sizeof *room->entry, relabel_compare);
        for (uint32_t i = 0; i < r->size[at]; i++)
            out[i] = room->entry[i].neuron;
    }
    return code;
}

static void relabel_work_free(struct relabel_work *w)
{
    for (unsigned t = 0; w->room && t < w->r->threads; t++) {
        free(w->room[t].label);
        free(w->room[t].frames);
        free(w->room[t].score);
        free(w->room[t].rate);
        free(w->room[t].row);
        free(w->room[t].entry);
    }
    free(w->room);
    free(w->hits);
}

/* Room for the widest layer. */
static enum status relabel_work_init(struct relabel_work *w, struct relabel *r, struct err *err)
{
    const struct counts *c = r->analysis->counts;
    uint32_t units = r->exchange.units.units;
    size_t widest = 0, cells, scores;
    *w = (struct relabel_work){.r = r};
    for (uint32_t l = 0; l < c->layers; l++)
        widest = c->layer[l].width > widest ? c->layer[l].width : widest;
    if (!mul_size(units, widest, &cells) || !mul_size(r->groups, widest, &scores))
        return err_nomem(err);
    w->hits = mem_array(cells, sizeof *w->hits);
    w->room = mem_zeros(r->threads, sizeof *w->room);
    bool good = w->hits && w->room;
    for (unsigned t = 0; good && t < r->threads; t++) {
        struct relabel_room *room = &w->room[t];
        room->label = mem_array((size_t)2 * units + r->groups, sizeof *room->label);
        room->frames = mem_array(r->groups, sizeof *room->frames);
        room->score = mem_array(scores, sizeof *room->score);
        room->rate = mem_array(scores, sizeof *room->rate);
        room->row = mem_array(widest, sizeof *room->row);
        room->entry = mem_array(widest, sizeof *room->entry);
        good = room->label && room->frames && room->score && room->rate && room->row && room->entry;
    }
    return good ? STATUS_OK : err_nomem(err);
}

/* The neurons of labelings FIRST .. FIRST + COUNT - 1. */
static enum status relabel_make(struct relabel *r, uint64_t first, uint64_t count, struct err *err)
{
    struct relabel_work w;
    struct resample resample = {.threads = r->threads, .cancel = r->cancel};
    exchange_resample(&r->exchange, r->analysis, r->property, &resample);
    resample.draw = relabel_draw;
    resample.context = r;
    r->first = first;
    r->known = 0;
    enum status code = relabel_work_init(&w, r, err);
    for (uint32_t l = 0; l < r->analysis->counts->layers && !code; l++) {
        size_t wanted = 0;
        for (uint32_t g = 0; g < r->groups; g++)
            wanted += r->size[(size_t)l * r->groups + g];
        if (wanted == 0)
            continue;
        w.layer = l;
        w.width = r->analysis->counts->layer[l].width;
        code = relabel_sum_hits(&w, err);
        if (!code)
            code = resample_run(&resample, &l, 1, first, count, relabel_visit, &w, err);
    }
    relabel_work_free(&w);
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
