/*
 * p(i | condition) of every neuron of a layer, with its marginal over all phones under the same
 * filters: what the pattern view, the command pattern and figure 2 show.
 */
#include "config.h"

#include "analysis/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/list.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "analysis/pattern.h"
#include "corpus/phones.h"

int analysis_find_phone(const struct analysis *a, const char *phone, struct err *err)
{
    const struct counts *c = a->counts;
    char name[PHONES_NAME_MAX], list[300];
    int factor = counts_find_factor(c, "phone");
    if (factor < 0) {
        err_set(err, STATUS_UNSUPPORTED, "%s: the file was counted without the factor 'phone'",
                c->path);
        return -1;
    }
    if (strcmp(phone, "(sil)") == 0) /* as it is shown */
        phone = "";
    int level = counts_find_level(c, (uint32_t)factor, phone);
    if (level < 0) {
        phones_canonical(a->phones, phone, name);
        level = counts_find_level(c, (uint32_t)factor, name);
    }
    if (level < 0) {
        list_names(list, sizeof list, c->factor[factor].level, c->factor[factor].levels);
        err_set(err, STATUS_NOTFOUND, "%s: no phone '%.60s' (there are: %s)", c->path, phone, list);
    }
    return level;
}

/* Narrows F to the level of PHONE, or where that is NULL to all known phones. */
static enum status narrow_to_phone(struct query_filters *f, const struct analysis *a,
                                   const char *phone, struct err *err)
{
    const struct counts *c = a->counts;
    struct err own;
    int factor = counts_find_factor(c, "phone"), level = -1;
    if (phone && (level = analysis_find_phone(a, phone, err ? err : &own)) < 0)
        return err ? err->code : own.code;
    if (factor < 0)
        return STATUS_OK;
    const struct counts_factor *phones = &c->factor[factor];
    unsigned char *allow = mem_zeros(phones->levels, 1);
    if (!allow)
        return err_nomem(err);
    for (uint32_t k = 0; k < phones->levels; k++)
        allow[k] = phone ? (int)k == level : phones_class(a->phones, phones->level[k]) >= 0;
    enum status code = query_filters_narrow(f, c, (uint32_t)factor, allow, err);
    free(allow);
    return code;
}

/* The one row of all cells under the session's filters, EXTRA and PHONE. */
static enum status one_row(struct query_rows *rows, const struct analysis *a, const char *phone,
                           const struct query_filters *extra, struct err *err)
{
    struct query_filters f = QUERY_FILTERS_INIT;
    enum status code = query_filters_copy(&f, &a->filters, err);
    for (uint32_t i = 0; extra && i < extra->count && !code; i++)
        code = query_filters_narrow(&f, a->counts, extra->filter[i].factor, extra->filter[i].allow,
                                    err);
    if (!code)
        code = narrow_to_phone(&f, a, phone, err);
    if (!code)
        code = query_rows(rows, a->counts, &f, NULL, 0, err);
    query_filters_free(&f);
    return code;
}

enum status analysis_rows_of_phone(struct query_rows *rows, const struct analysis *a,
                                   const char *phone, const uint32_t *factor, uint32_t groups,
                                   struct err *err)
{
    struct query_filters f = QUERY_FILTERS_INIT;
    enum status code = query_filters_copy(&f, &a->filters, err);
    if (!code)
        code = narrow_to_phone(&f, a, phone, err);
    if (!code)
        code = query_rows(rows, a->counts, &f, factor, groups, err);
    query_filters_free(&f);
    return code;
}

static void fill_probabilities(struct profile *p, const struct query_rows *rows,
                               const struct counts *c, uint32_t layer)
{
    const float *probability = query_row_probabilities(rows, c, layer, 0);
    p->frames = -1;
    if (!probability) /* no cell passes */
        return;
    for (uint32_t i = 0; i < p->width; i++)
        p->p[i] = (double)probability[i];
    pattern_from_probabilities(p->pattern, probability, p->width, p->tau);
}

static enum status fill_hits(struct profile *p, const struct query_rows *rows,
                             const struct analysis *a, uint32_t layer, struct err *err)
{
    enum status code = query_row_hits(rows, a->counts, layer, 0, p->hits, a->cancel, err);
    if (code)
        return code;
    p->frames = rows->frames[0];
    for (uint32_t i = 0; i < p->width; i++)
        p->p[i] = p->frames > 0 ? (double)p->hits[i] / (double)p->frames : 0;
    if (a->params.authors)
        pattern_from_hits_f32(p->pattern, p->hits, p->width, (uint64_t)p->frames, p->tau);
    else
        pattern_from_hits(p->pattern, p->hits, p->width, (uint64_t)p->frames, p->tau);
    return STATUS_OK;
}

/* p(i) over all phones under the session's own filters. */
static enum status fill_marginal(struct profile *p, const struct analysis *a, uint32_t layer,
                                 struct err *err)
{
    struct query_rows rows = {0};
    uint32_t *hits = mem_array(p->width, sizeof *hits);
    enum status code = hits ? one_row(&rows, a, NULL, NULL, err) : err_nomem(err);
    if (!code)
        code = query_row_hits(&rows, a->counts, layer, 0, hits, a->cancel, err);
    if (!code)
        for (uint32_t i = 0; i < p->width; i++)
            p->marginal[i] = rows.frames[0] > 0 ? (double)hits[i] / (double)rows.frames[0] : 0;
    query_rows_free(&rows);
    free(hits);
    return code;
}

static bool make_room(struct profile *p, bool hits)
{
    p->p = mem_zeros(p->width, sizeof *p->p);
    p->pattern = mem_zeros(bitset_words(p->width), sizeof *p->pattern);
    if (!p->p || !p->pattern)
        return false;
    if (hits) {
        p->hits = mem_zeros(p->width, sizeof *p->hits);
        p->marginal = mem_zeros(p->width, sizeof *p->marginal);
    }
    return !hits || (p->hits && p->marginal);
}

enum status analysis_profile(struct analysis *a, struct profile *out, const char *phone,
                             const struct query_filters *extra, uint32_t layer, struct err *err)
{
    const struct counts *c = a->counts;
    struct query_rows rows = {0};
    struct profile p = {0};
    if (layer >= c->layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %u (there are: 1 to %u)", c->path,
                       layer + 1, c->layers);
    p.width = c->layer[layer].width;
    p.tau = c->layer[layer].tau;
    p.baseline = (double)p.tau / p.width;
    enum status code = one_row(&rows, a, phone, extra, err);
    if (!code && !make_room(&p, !counts_is_probability(c)))
        code = err_nomem(err);
    if (!code && counts_is_probability(c)) {
        fill_probabilities(&p, &rows, c, layer);
    } else if (!code) {
        code = fill_hits(&p, &rows, a, layer, err);
        if (!code)
            code = fill_marginal(&p, a, layer, err);
    }
    query_rows_free(&rows);
    if (code)
        profile_free(&p);
    else
        *out = p;
    return code;
}

void profile_free(struct profile *p)
{
    free(p->hits);
    free(p->p);
    free(p->marginal);
    free(p->pattern);
    *p = (struct profile){0};
}

struct ranked {
    double p;
    uint32_t neuron;
};

static int by_falling_p(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->p != y->p)
        return x->p > y->p ? -1 : 1;
    return x->neuron < y->neuron ? -1 : 1;
}

uint32_t *profile_order(const struct profile *p)
{
    struct ranked *ranked = mem_array(p->width, sizeof *ranked);
    uint32_t *order = mem_array(p->width, sizeof *order);
    if (!ranked || !order) {
        free(ranked);
        free(order);
        return NULL;
    }
    for (uint32_t i = 0; i < p->width; i++)
        ranked[i] = (struct ranked){p->p[i], i};
    qsort(ranked, p->width, sizeof *ranked, by_falling_p);
    for (uint32_t i = 0; i < p->width; i++)
        order[i] = ranked[i].neuron;
    free(ranked);
    return order;
}

struct profile_stats profile_stats(const struct profile *p, uint32_t neuron)
{
    struct profile_stats s = {.hits = NAN, .low = NAN, .high = NAN, .marginal = NAN};
    s.lift = p->p[neuron] / p->baseline;
    s.in = bitset_has(p->pattern, neuron);
    if (p->hits && p->frames > 0) {
        struct wilson_interval wilson = wilson_interval(p->hits[neuron], (uint64_t)p->frames);
        s.hits = p->hits[neuron];
        s.low = wilson.low;
        s.high = wilson.high;
        s.marginal = p->marginal[neuron];
    }
    return s;
}

enum status analysis_neuron(struct analysis *a, const char *name, uint32_t layer, uint32_t neuron,
                            uint32_t *hits, double *p, struct err *err)
{
    const struct property *property;
    const struct counts *c = a->counts;
    enum status code = analysis_property(a, name, &property, err);
    if (code)
        return code;
    if (layer >= c->layers || neuron >= c->layer[layer].width)
        return err_set(err, STATUS_NOTFOUND, "%s: no neuron %u in layer %u", c->path, neuron,
                       layer + 1);
    for (uint32_t k = 0; k < property->points; k++) {
        uint32_t row = property->point[k].row, sum = 0;
        p[k] = 0;
        if (hits)
            hits[k] = 0;
        if (row == QUERY_NO_ROW)
            continue;
        if (counts_is_probability(c)) {
            const float *probability = query_row_probabilities(&property->rows, c, layer, row);
            p[k] = probability ? (double)probability[neuron] : 0;
            continue;
        }
        sum = query_one_count(&property->rows, c, layer, row, neuron);
        p[k] = (double)sum / (double)property->point[k].frames;
        if (hits)
            hits[k] = sum;
    }
    return STATUS_OK;
}
