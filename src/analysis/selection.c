/*
 * Sets from the scores of a selector.  Scores are compared by their keys (base/ties.h): logarithms
 * differ in their last bits from one processor to another, the order of neurons must not.
 */
#include "config.h"

#include "analysis/selection.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/interval.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "base/numeral.h"
#include "base/ties.h"

bool selection_is_default(const struct selection_rule *r)
{
    return selection_selector(r) == &selector_paper && r->size.kind == SELECTION_PAPER;
}

bool selection_is_published(const struct selection_rule *r)
{
    return selection_selector(r)->take == SELECTOR_SIGMA && r->size.kind != SELECTION_COUNT;
}

bool selection_size_parse(const char *text, struct selection_size *out)
{
    unsigned long n = 0;
    if (strcmp(text, "paper") == 0)
        *out = (struct selection_size){SELECTION_PAPER, 0};
    else if (strcmp(text, "own") == 0)
        *out = (struct selection_size){SELECTION_OWN, 0};
    else if (numeral_unsigned(text, 1, UINT32_MAX, &n))
        *out = (struct selection_size){SELECTION_COUNT, (uint32_t)n};
    else
        return false;
    return true;
}

void selection_size_text(const struct selection_size *size, char text[SELECTION_SIZE_TEXT])
{
    if (size->kind == SELECTION_COUNT)
        snprintf(text, SELECTION_SIZE_TEXT, "%u", size->count);
    else
        snprintf(text, SELECTION_SIZE_TEXT, "%s", size->kind == SELECTION_OWN ? "own" : "paper");
}

void selection_rule_text(const struct selection_rule *r, struct buf *out)
{
    char size[SELECTION_SIZE_TEXT];
    selection_size_text(&r->size, size);
    if (selection_selector(r) != &selector_paper)
        buf_printf(out, ", selected by %s (size %s)", selection_selector(r)->name, size);
    else if (r->size.kind != SELECTION_PAPER)
        buf_printf(out, ", size %s", size);
}

double selection_key(const struct selector *s, double score)
{
    return ties_key(s->order == SELECTOR_LOW ? -score : score);
}

/* A neuron among those of a layer and group, or of all layers. */
struct selection_entry {
    bool candidate;
    double key, then;
    uint32_t layer, neuron;
};

/* Candidates first, then the larger key; of equal ones the earlier neuron. */
static int selection_compare(const void *a, const void *b)
{
    const struct selection_entry *x = a, *y = b;
    if (x->candidate != y->candidate)
        return x->candidate ? -1 : 1;
    if (x->key != y->key)
        return x->key > y->key ? -1 : 1;
    if (x->then != y->then)
        return x->then > y->then ? -1 : 1;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    return x->neuron < y->neuron ? -1 : x->neuron > y->neuron;
}

/* What a layer's neurons are ranked by; freed with selection_scores_free. */
struct selection_scores {
    double *score; /* [groups][width] */
    double *then;  /* of s->then; NULL: none */
    double *rate;  /* NULL where candidates do not depend on it */
};

static void selection_scores_free(struct selection_scores *v)
{
    free(v->score);
    free(v->then);
    free(v->rate);
    *v = (struct selection_scores){0};
}

/* Probabilities have no rates: there equal scores are told apart by the index alone. */
static enum status selection_scores_make(struct selection_scores *v, const struct selector *s,
                                         const struct selector_input *in, struct err *err)
{
    size_t size;
    if (!mul_size(in->property->groups, in->width, &size))
        return err_nomem(err);
    *v = (struct selection_scores){.score = mem_array(size, sizeof *v->score)};
    v->then = s->then ? mem_array(size, sizeof *v->then) : NULL;
    v->rate = s->candidates != SELECTOR_ALL ? mem_array(size, sizeof *v->rate) : NULL;
    bool room = v->score && !s->then == !v->then && (s->candidates == SELECTOR_ALL) == !v->rate;
    enum status code = room ? s->score(in, v->score, err) : err_nomem(err);
    if (!code && v->then)
        code = s->then->score(in, v->then, err);
    if (code == STATUS_UNSUPPORTED && v->then) {
        memset(v->then, 0, size * sizeof *v->then);
        code = STATUS_OK;
    }
    if (!code && v->rate)
        code = selector_rates(in, v->rate, err);
    if (code)
        selection_scores_free(v);
    return code;
}

/* True if the neuron can be taken for GROUP; RATE [groups][width]. */
static bool selection_is_candidate(const struct selector *s, const struct selection_span *span,
                                   const double *rate, uint32_t groups, size_t width,
                                   uint32_t group, uint32_t neuron)
{
    if (s->candidates == SELECTOR_ALL)
        return true;
    double own = rate[group * width + neuron];
    if (s->candidates == SELECTOR_ACTIVE)
        return own > span->active;
    for (uint32_t g = 0; g < groups; g++)
        if (rate[g * width + neuron] > own || (g < group && rate[g * width + neuron] == own))
            return false;
    return own > 0;
}

/* The neurons of GROUP by their place in it, into ENTRY [width]; the number of candidates. */
static uint32_t selection_sort(struct selection_entry *entry, const struct selector *s,
                               const struct selection_span *span, const struct selection_scores *v,
                               const struct selector_input *in, uint32_t group)
{
    uint32_t candidates = 0, groups = in->property->groups;
    for (uint32_t i = 0; i < in->width; i++) {
        size_t at = (size_t)group * in->width + i;
        bool candidate = selection_is_candidate(s, span, v->rate, groups, in->width, group, i);
        candidates += candidate;
        entry[i] = (struct selection_entry){.candidate = candidate, .neuron = i};
        /* Those whose rate is too low follow by it, as if the border were lowered. */
        entry[i].key = candidate || s->candidates != SELECTOR_ACTIVE
                           ? selection_key(s, v->score[at])
                           : ties_key(v->rate[at]);
        entry[i].then = v->then ? selection_key(s->then, v->then[at]) : 0;
    }
    qsort(entry, in->width, sizeof *entry, selection_compare);
    return candidates;
}

/* The border of the active neurons: a percentile of all rates. */
static enum status selection_find_active(struct selection_span *span, const struct property *p,
                                         const struct counts *c, const struct cancel *cancel,
                                         struct err *err)
{
    size_t rates = 0, size;
    for (uint32_t l = 0; l < c->layers; l++) {
        if (!mul_size(p->groups, c->layer[l].width, &size) || !add_size(rates, size, &rates))
            return err_nomem(err);
    }
    double *rate = mem_array(rates, sizeof *rate), *at = rate;
    enum status code = rate ? STATUS_OK : err_nomem(err);
    for (uint32_t l = 0; l < c->layers && !code; l++) {
        const struct selector_input in = {
            .property = p, .counts = c, .layer = l, .width = c->layer[l].width, .cancel = cancel};
        code = selector_rates(&in, at, err);
        at += (size_t)p->groups * in.width;
    }
    if (!code)
        span->active = interval_percentile(rate, rates, SELECTOR_ACTIVE_SHARE);
    free(rate);
    return code;
}

/* Adds the candidates of a layer, each with its best score, to LIST, which has room for it. */
static enum status selection_add_candidates(struct selection_entry *list, size_t *count,
                                            const struct selector *s,
                                            const struct selection_span *span,
                                            const struct selector_input *in, struct err *err)
{
    struct selection_scores v;
    enum status code = selection_scores_make(&v, s, in, err);
    uint32_t groups = in->property->groups;
    for (uint32_t i = 0; i < in->width && !code; i++) {
        struct selection_entry e = {false, -INFINITY, 0, in->layer, i};
        for (uint32_t g = 0; g < groups; g++)
            if (selection_is_candidate(s, span, v.rate, groups, in->width, g, i)) {
                e.candidate = true;
                e.key = fmax(e.key, selection_key(s, v.score[(size_t)g * in->width + i]));
            }
        if (e.candidate)
            list[(*count)++] = e;
    }
    if (!code)
        selection_scores_free(&v);
    return code;
}

/* Where a set of the selector's own size ends: the last of so many of all layers' candidates. */
static enum status selection_find_last(struct selection_span *span, const struct selector *s,
                                       const struct property *p, const struct counts *c,
                                       const struct cancel *cancel, struct err *err)
{
    size_t neurons = 0, candidates = 0;
    for (uint32_t l = 0; l < c->layers; l++)
        neurons += c->layer[l].width;
    struct selection_entry *list = mem_array(neurons, sizeof *list);
    enum status code = list ? STATUS_OK : err_nomem(err);
    for (uint32_t l = 0; l < c->layers && !code; l++) {
        const struct selector_input in = {
            .property = p, .counts = c, .layer = l, .width = c->layer[l].width, .cancel = cancel};
        code = selection_add_candidates(list, &candidates, s, span, &in, err);
    }
    size_t wanted = (size_t)rint(s->own * (double)neurons);
    if (!code && wanted < candidates) {
        qsort(list, candidates, sizeof *list, selection_compare);
        const struct selection_entry *last = wanted ? &list[wanted - 1] : NULL;
        span->last = last ? last->key : INFINITY;
        span->last_layer = last ? last->layer : 0;
        span->last_neuron = last ? last->neuron : 0;
    }
    free(list);
    return code;
}

enum status selection_span_make(struct selection_span *out, const struct selection_rule *r,
                                const struct property *p, const struct counts *c,
                                const struct cancel *cancel, struct err *err)
{
    const struct selector *s = selection_selector(r);
    struct selection_span span = {.active = -INFINITY, .last = -INFINITY};
    enum status code = STATUS_OK;
    bool own = r->size.kind == SELECTION_OWN && s->take != SELECTOR_SIGMA;
    if (own && s->own <= 0)
        return err_set(err, STATUS_USAGE,
                       "the selector %s has no size of its own: --size paper or a number", s->name);
    if (s->candidates == SELECTOR_ACTIVE)
        code = selection_find_active(&span, p, c, cancel, err);
    if (!code && own)
        code = selection_find_last(&span, s, p, c, cancel, err);
    if (!code)
        *out = span;
    return code;
}

void selection_ranking_free(struct selection_ranking *r)
{
    free(r->score);
    free(r->order);
    free(r->candidates);
    *r = (struct selection_ranking){0};
}

enum status selection_rank(struct selection_ranking *out, const struct selector *s,
                           const struct selection_span *span, const struct property *p,
                           const struct property_layer *l, const struct counts *c,
                           const struct cancel *cancel, struct err *err)
{
    const struct selector_input in = {p, c, l->layer, l->width, l->words, l->pattern, cancel};
    struct selection_ranking made = {.groups = p->groups, .width = l->width};
    struct selection_scores v;
    size_t size;
    enum status code = selection_scores_make(&v, s, &in, err);
    if (code)
        return code;
    struct selection_entry *entry = mem_array(l->width, sizeof *entry);
    if (mul_size(p->groups, l->width, &size))
        made.order = mem_array(size, sizeof *made.order);
    made.candidates = mem_array(p->groups, sizeof *made.candidates);
    if (!entry || !made.order || !made.candidates)
        code = err_nomem(err);
    for (uint32_t g = 0; g < p->groups && !code; g++) {
        if ((code = cancel_check(cancel, err)))
            break;
        made.candidates[g] = selection_sort(entry, s, span, &v, &in, g);
        for (uint32_t i = 0; i < l->width; i++)
            made.order[(size_t)g * l->width + i] = entry[i].neuron;
    }
    free(entry);
    if (code) {
        selection_ranking_free(&made);
    } else {
        made.score = v.score;
        v.score = NULL;
        *out = made;
    }
    selection_scores_free(&v);
    return code;
}

/* How many of the ranking of GROUP are taken; those that can never be are not. */
static uint32_t selection_count(const struct selection_rule *r, const struct property_layer *l,
                                const struct selection_ranking *ranking, uint32_t group)
{
    size_t n = r->size.kind == SELECTION_COUNT
                   ? r->size.count
                   : bitset_count(l->group + group * l->words, l->words);
    size_t most = selection_selector(r)->candidates == SELECTOR_LARGEST ? ranking->candidates[group]
                                                                        : l->width;
    return (uint32_t)(n < most ? n : most);
}

/* True if the neuron, a candidate of GROUP, is in a set of the selector's own size. */
static bool selection_within(const struct selector *s, const struct selection_span *span,
                             const struct property_layer *l,
                             const struct selection_ranking *ranking, uint32_t group,
                             uint32_t neuron)
{
    const struct selection_entry last = {true, span->last, 0, span->last_layer, span->last_neuron};
    const struct selection_entry e = {
        true, selection_key(s, ranking->score[(size_t)group * l->width + neuron]), 0, l->layer,
        neuron};
    return selection_compare(&e, &last) <= 0;
}

/* GROUP's set from the ranking into SET, which is empty. */
static void selection_take(uint64_t *set, const struct selection_rule *r,
                           const struct selection_span *span, const struct property_layer *l,
                           const struct selection_ranking *ranking, uint32_t group)
{
    const struct selector *s = selection_selector(r);
    const uint32_t *order = ranking->order + (size_t)group * l->width;
    bool own = r->size.kind == SELECTION_OWN;
    uint32_t n = own ? ranking->candidates[group] : selection_count(r, l, ranking, group);
    for (uint32_t i = 0; i < n; i++)
        if (!own || span->last == -INFINITY ||
            selection_within(s, span, l, ranking, group, order[i]))
            bitset_put(set, order[i]);
}

enum status selection_make(struct selection *out, const struct selection_rule *r,
                           const struct selection_span *span, const struct property *p,
                           const struct property_layer *l, const struct counts *c,
                           const struct cancel *cancel, struct err *err)
{
    struct selection made = {p->groups, l->width, l->words, l->group, l->neurons, NULL};
    struct selection_ranking ranking;
    size_t words;
    if (selection_is_published(r)) {
        *out = made;
        return STATUS_OK;
    }
    if (!mul_size(p->groups + (size_t)1, l->words, &words) ||
        !(made.made = mem_zeros(words, sizeof *made.made)))
        return err_nomem(err);
    enum status code = selection_rank(&ranking, selection_selector(r), span, p, l, c, cancel, err);
    if (code) {
        free(made.made);
        return code;
    }
    uint64_t *all = made.made + p->groups * l->words;
    for (uint32_t g = 0; g < p->groups; g++) {
        uint64_t *set = made.made + g * l->words;
        selection_take(set, r, span, l, &ranking, g);
        for (size_t w = 0; w < l->words; w++)
            all[w] |= set[w];
    }
    selection_ranking_free(&ranking);
    made.group = made.made;
    made.neurons = all;
    *out = made;
    return STATUS_OK;
}

void selection_free(struct selection *s)
{
    free(s->made);
    *s = (struct selection){0};
}
