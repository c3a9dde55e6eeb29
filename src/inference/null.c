/*
 * Nulls of statistics (null.h): every statistic asked for is computed on the same draws, so that
 * the layers' values of a draw belong together and one p can be given for the best layer.
 */
#include "config.h"

#include "inference/null.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"

/* A run under way. */
struct null_work {
    const struct null_request *r;
    uint64_t draws;
    uint32_t layers;
    double *value;        /* [statistics][layers][draws] */
    uint64_t **reference; /* [statistics][layers] sets to compare with, NULL where none */
};

/* Every statistic of one draw. */
static enum status null_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                              struct sample *s, struct err *err)
{
    struct null_work *w = context;
    enum status code = STATUS_OK;
    (void)worker;
    for (uint32_t i = 0; i < w->r->statistics && !code; i++) {
        size_t at = (size_t)i * w->layers + layer;
        s->reference = w->reference[at];
        code = w->r->statistic[i].statistic->compute(s, &w->value[at * w->draws + draw], err);
    }
    return code;
}

/* The neurons of a statistic's set in LAYER, to be freed. */
static enum status null_reference(uint64_t **out, struct analysis *a, const struct setexpr *set,
                                  uint32_t layer, struct err *err)
{
    *out = mem_zeros(bitset_words(a->counts->layer[layer].width), sizeof **out);
    if (!*out)
        return err_nomem(err);
    return setexpr_eval(set, a, SETEXPR_EVERY, layer, *out, err);
}

/* The sets to compare with, and what the file itself says. */
static enum status null_observe(struct null_result *n, struct null_work *w, struct analysis *a,
                                const uint32_t *layer, struct err *err)
{
    const struct null_request *r = w->r;
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < r->statistics && !code; i++)
        for (uint32_t l = 0; l < w->layers && !code; l++) {
            size_t at = (size_t)i * w->layers + l;
            const struct setexpr *set = r->statistic[i].set;
            struct null_row *row = &n->row[at];
            *row = (struct null_row){.statistic = r->statistic[i].statistic,
                                     .set = set ? set->text : "",
                                     .layer = layer[l],
                                     .value = n->value + at * w->draws};
            if (set)
                code = null_reference(&w->reference[at], a, set, layer[l], err);
            if (!code)
                code = statistic_of_layer(row->statistic, a, r->property, layer[l],
                                          w->reference[at], &row->summary.observed, err);
        }
    return code;
}

/* p and the rest of every row from the values. */
static enum status null_summarise(struct null_result *n, const struct null_work *w, struct err *err)
{
    struct summary *family = mem_array(w->layers, sizeof *family);
    enum status code = family ? STATUS_OK : err_nomem(err);
    for (uint32_t i = 0; i < w->r->statistics && !code; i++) {
        struct null_row *row = n->row + (size_t)i * w->layers;
        for (uint32_t l = 0; l < w->layers && !code; l++)
            code = summary_make(&family[l], row[l].summary.observed, row[l].value, (size_t)w->draws,
                                n->enumerated, err);
        if (!code)
            code = summary_family(family, w->layers, row[0].value, (size_t)w->draws, n->enumerated,
                                  err);
        for (uint32_t l = 0; l < w->layers && !code; l++)
            row[l].summary = family[l];
    }
    free(family);
    return code;
}

/* Room for the rows and the values of all draws. */
static enum status null_make_room(struct null_result *n, struct null_work *w,
                                  const struct exchange *x, struct err *err)
{
    size_t rows = (size_t)w->r->statistics * w->layers, values;
    n->kind = x->kind;
    memcpy(n->strata, x->strata, sizeof n->strata);
    n->draws = w->draws = x->labelings.draws;
    n->labelings = x->labelings.total;
    n->enumerated = x->labelings.enumerated;
    n->rows = (uint32_t)rows;
    n->property = mem_strndup(w->r->property, strlen(w->r->property));
    n->row = mem_zeros(rows, sizeof *n->row);
    n->value = w->draws <= SIZE_MAX && mul_size(rows, (size_t)w->draws, &values)
                   ? mem_array(values, sizeof *n->value)
                   : NULL;
    w->value = n->value;
    w->reference = mem_zeros(rows, sizeof *w->reference);
    return n->property && n->row && n->value && w->reference ? STATUS_OK : err_nomem(err);
}

/* The null with the exchange X. */
static enum status null_run(struct null_result *n, struct null_work *w, struct analysis *a,
                            const struct exchange *x, const uint32_t *layer, struct err *err)
{
    struct resample resample = {.threads = w->r->threads,
                                .cancel = a->cancel,
                                .progress = w->r->progress,
                                .progress_context = w->r->progress_context};
    exchange_resample(x, a, w->r->property, &resample);
    enum status code = null_make_room(n, w, x, err);
    if (!code)
        code = null_observe(n, w, a, layer, err);
    if (!code)
        code = resample_run(&resample, layer, w->layers, 0, w->draws, null_visit, w, err);
    if (!code)
        code = null_summarise(n, w, err);
    for (size_t i = 0; w->reference && i < (size_t)w->r->statistics * w->layers; i++)
        free(w->reference[i]);
    free(w->reference);
    return code;
}

enum status null_make(struct null_result *out, struct analysis *a, const struct null_request *r,
                      struct err *err)
{
    struct null_work w = {.r = r, .layers = r->layer ? r->layers : a->counts->layers};
    struct null_result made = {0};
    struct exchange x = {.kind = EXCHANGE_CLASSES};
    uint32_t *layer = mem_array(w.layers, sizeof *layer);
    if (!layer)
        return err_nomem(err);
    for (uint32_t l = 0; l < w.layers; l++)
        layer[l] = r->layer ? r->layer[l] : l;
    enum status code = exchange_make(&x, a, r->property, &r->exchange, err);
    if (!code)
        code = null_run(&made, &w, a, &x, layer, err);
    exchange_free(&x);
    free(layer);
    if (code)
        null_free(&made);
    else
        *out = made;
    return code;
}

void null_free(struct null_result *n)
{
    free(n->property);
    free(n->row);
    free(n->value);
    *n = (struct null_result){0};
}

enum status null_add_statistic(struct null_request *r, const char *text, struct analysis *a,
                               struct setexpr *set, struct err *err)
{
    size_t len = strcspn(text, ":");
    char name[32] = "";
    if (len < sizeof name)
        memcpy(name, text, len);
    const struct statistic *found = statistic_find(name);
    if (!found)
        return err_set(err, STATUS_USAGE, "no statistic '%.80s'", text);
    if (found->needs_set != (text[len] == ':'))
        return err_set(err, STATUS_USAGE,
                       found->needs_set ? "statistic '%s' compares with a set: %s:SET"
                                        : "statistic '%s' compares with no set",
                       name, name);
    if (r->statistics == NULL_MAX_STATISTICS)
        return err_set(err, STATUS_USAGE, "more than %d statistics", NULL_MAX_STATISTICS);
    enum status code = STATUS_OK;
    if (found->needs_set) {
        code = setexpr_parse(set, text + len + 1, a, NULL, err);
        if (!code)
            code = setexpr_load(set, a, err);
    }
    if (code)
        return code;
    r->statistic[r->statistics].statistic = found;
    r->statistic[r->statistics++].set = found->needs_set ? set : NULL;
    return STATUS_OK;
}
