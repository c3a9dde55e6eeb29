/*
 * Nulls of statistics (null.h): every statistic asked for is computed on the same draws, so that
 * the layers' values of a draw belong together and one p can be given for the best layer.
 */
#include "config.h"

#include "inference/null.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "inference/expected.h"
#include "inference/observe.h"

/* A run under way. */
struct null_run {
    struct null_request request;
    struct analysis *analysis;
    struct exchange exchange;
    uint32_t layers;
    uint32_t *layer;           /* [layers] */
    struct null_result result; /* value [rows][draws], of which `drawn` are there */
    uint64_t drawn;
    uint64_t **reference; /* [statistics][layers] sets to compare with, NULL where none */
};

/* Every statistic of S into its place: that of DRAW, or of the observed value. */
static enum status null_compute(struct null_run *run, uint32_t layer, bool observed, uint64_t draw,
                                struct sample *s, struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < run->request.statistics && !code; i++) {
        size_t at = (size_t)i * run->layers + layer;
        double *value = observed ? &run->result.row[at].summary.observed
                                 : &run->result.value[at * run->result.draws + draw];
        s->reference = run->reference[at];
        code = run->request.statistic[i].statistic->compute(s, value, err);
    }
    return code;
}

static enum status null_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                              struct sample *s, struct err *err)
{
    (void)worker;
    return null_compute(context, layer, false, draw, s, err);
}

static enum status null_visit_observed(void *context, unsigned worker, uint32_t layer,
                                       uint64_t draw, struct sample *s, struct err *err)
{
    (void)worker;
    return null_compute(context, layer, true, draw, s, err);
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
static enum status null_observe(struct null_run *run, struct err *err)
{
    const struct null_request *r = &run->request;
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < r->statistics && !code; i++)
        for (uint32_t l = 0; l < run->layers && !code; l++) {
            size_t at = (size_t)i * run->layers + l;
            const struct setexpr *set = r->statistic[i].set;
            struct null_row *row = &run->result.row[at];
            *row = (struct null_row){.statistic = r->statistic[i].statistic,
                                     .set = set ? set->text : "",
                                     .layer = run->layer[l],
                                     .value = run->result.value + at * run->result.draws};
            if (set)
                code = null_reference(&run->reference[at], run->analysis, set, run->layer[l], err);
        }
    if (!code)
        code = observe_layers(&run->exchange, run->analysis, r->property, run->layer, run->layers,
                              null_visit_observed, run, err);
    return code;
}

/* Where only tokens are missing: what the file itself says, and of counts of middle frames the size
 * that chance gives. */
static enum status null_expect(struct null_run *run, const struct units *u, struct err *err)
{
    const struct null_request *r = &run->request;
    enum status code = STATUS_OK;
    for (uint32_t i = 0; i < run->result.rows && !code; i++) {
        struct null_row *row = &run->result.row[i];
        double observed = row->summary.observed;
        row->summary = (struct summary){observed, NAN, NAN, NAN, NAN, NAN, NAN};
        if (row->statistic == &statistic_size &&
            run->analysis->counts->frames_mode == COUNTS_FRAMES_MID)
            code = expected_size(&row->summary.mean, u, row->layer, r->exchange.seed, r->threads,
                                 run->analysis->cancel, err);
    }
    return code;
}

/* p and the rest of every row from the values, LAYERS rows for each statistic. */
static enum status null_summarise(struct null_result *n, uint32_t layers, struct err *err)
{
    if (n->why[0])
        return STATUS_OK; /* null_expect has */
    struct summary *family = mem_array(layers, sizeof *family);
    size_t draws = (size_t)n->draws;
    enum status code = family ? STATUS_OK : err_nomem(err);
    for (struct null_row *row = n->row; row < n->row + n->rows && !code; row += layers) {
        for (uint32_t l = 0; l < layers && !code; l++)
            code = summary_make(&family[l], row[l].summary.observed, row[l].value, draws,
                                n->enumerated, err);
        if (!code)
            code = summary_family(family, layers, row[0].value, draws, n->enumerated, err);
        for (uint32_t l = 0; l < layers && !code; l++)
            row[l].summary = family[l];
    }
    free(family);
    return code;
}

/* Room for the rows and the values of DRAWS draws, with what N says of the null. */
static enum status null_make_room(struct null_result *n, const char *property, uint32_t rows,
                                  uint64_t draws, struct err *err)
{
    size_t values;
    n->rows = rows;
    n->draws = draws;
    n->property = mem_strndup(property, strlen(property));
    n->row = mem_zeros(rows, sizeof *n->row);
    n->value = draws <= SIZE_MAX && mul_size(rows, (size_t)draws, &values)
                   ? mem_array(values, sizeof *n->value)
                   : NULL;
    return n->property && n->row && n->value ? STATUS_OK : err_nomem(err);
}

/* A run without draws; ERR says why there are none. */
static enum status null_prepare_expected(struct null_run *run, const struct units *u,
                                         struct err *err)
{
    struct null_result *n = &run->result;
    snprintf(n->why, sizeof n->why, "%.255s", err->msg);
    snprintf(n->strata, sizeof n->strata, "speaker x phone");
    n->kind = EXCHANGE_TOKENS;
    enum status code =
        null_make_room(n, run->request.property, run->request.statistics * run->layers, 0, err);
    run->request.property = n->property;
    if (!code)
        code = null_observe(run, err);
    return code ? code : null_expect(run, u, err);
}

/* The layers, the exchange, room, and the file's own values. */
static enum status null_prepare(struct null_run *run, const struct null_request *r, struct err *err)
{
    const struct exchange *x = &run->exchange;
    struct null_result *n = &run->result;
    run->layer = mem_array(run->layers, sizeof *run->layer);
    run->reference = mem_zeros((size_t)r->statistics * run->layers, sizeof *run->reference);
    if (!run->layer || !run->reference)
        return err_nomem(err);
    for (uint32_t l = 0; l < run->layers; l++)
        run->layer[l] = r->layer ? r->layer[l] : l;
    run->request.layer = run->layer;
    struct units units = {.units = 0};
    enum status code = exchange_make(&run->exchange, run->analysis, r->property, &r->exchange, err);
    if (code == STATUS_UNSUPPORTED &&
        exchange_lacks_tokens(&units, run->analysis, r->property, &r->exchange)) {
        code = null_prepare_expected(run, &units, err);
        units_free(&units);
        return code;
    }
    if (code)
        return code;
    n->kind = x->kind;
    memcpy(n->strata, x->strata, sizeof n->strata);
    n->labelings = x->labelings.total;
    n->enumerated = x->labelings.enumerated;
    n->left_out = x->units.left_out;
    code = null_make_room(n, r->property, r->statistics * run->layers, x->labelings.draws, err);
    run->request.property = n->property;
    return code ? code : null_observe(run, err);
}

enum status null_begin(struct null_run **out, struct analysis *a, const struct null_request *r,
                       struct err *err)
{
    struct null_run *run = mem_zeros(1, sizeof *run);
    if (!run)
        return err_nomem(err);
    run->request = *r;
    run->analysis = a;
    run->layers = r->layer ? r->layers : a->counts->layers;
    enum status code = null_prepare(run, r, err);
    if (code)
        null_end(run);
    else
        *out = run;
    return code;
}

void null_end(struct null_run *run)
{
    if (!run)
        return;
    for (size_t i = 0; run->reference && i < (size_t)run->request.statistics * run->layers; i++)
        free(run->reference[i]);
    free(run->reference);
    free(run->layer);
    exchange_free(&run->exchange);
    null_free(&run->result);
    free(run);
}

enum status null_draw(struct null_run *run, uint64_t draws, struct err *err)
{
    struct resample resample = {.threads = run->request.threads,
                                .cancel = run->analysis->cancel,
                                .progress = run->request.progress,
                                .progress_context = run->request.progress_context};
    draws = draws < run->result.draws ? draws : run->result.draws;
    if (draws <= run->drawn)
        return STATUS_OK;
    exchange_resample(&run->exchange, run->analysis, run->request.property, &resample);
    enum status code = resample_run(&resample, run->layer, run->layers, run->drawn,
                                    draws - run->drawn, null_visit, run, err);
    if (!code)
        run->drawn = draws;
    return code;
}

uint64_t null_drawn(const struct null_run *run)
{
    return run->drawn;
}

const struct null_result *null_plan(const struct null_run *run)
{
    return &run->result;
}

void null_restore(struct null_run *run, const double *value)
{
    memcpy(run->result.value, value,
           (size_t)run->result.rows * (size_t)run->result.draws * sizeof *value);
    run->drawn = run->result.draws;
}

enum status null_so_far(const struct null_run *run, struct null_result *out, struct err *err)
{
    const struct null_result *n = &run->result;
    struct null_result made = *n;
    made.property = NULL;
    made.row = NULL;
    made.value = NULL;
    enum status code = null_make_room(&made, n->property, n->rows, run->drawn, err);
    for (uint32_t i = 0; i < n->rows && !code; i++) {
        double *value = made.value + (size_t)i * (size_t)run->drawn;
        made.row[i] = n->row[i];
        made.row[i].value = value;
        memcpy(value, n->row[i].value, (size_t)run->drawn * sizeof *value);
    }
    if (!code)
        code = null_summarise(&made, run->layers, err);
    if (code)
        null_free(&made);
    else
        *out = made;
    return code;
}

enum status null_make(struct null_result *out, struct analysis *a, const struct null_request *r,
                      struct err *err)
{
    struct null_run *run;
    enum status code = null_begin(&run, a, r, err);
    if (code)
        return code;
    code = null_draw(run, run->result.draws, err);
    if (!code)
        code = null_summarise(&run->result, run->layers, err);
    if (!code) {
        *out = run->result;
        run->result = (struct null_result){0};
    }
    null_end(run);
    return code;
}

void null_free(struct null_result *n)
{
    free(n->property);
    free(n->row);
    free(n->value);
    *n = (struct null_result){0};
}

/* Lists the statistics there are. */
static enum status null_unknown(const char *text, struct err *err)
{
    char list[300] = "";
    for (size_t i = 0, used = 0; statistics[i] && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s%s", i ? ", " : "",
                                 statistics[i]->name, statistics[i]->needs_set ? ":SET" : "");
    return err_set(err, STATUS_USAGE, "no statistic '%.80s' (there are: %s)", text, list);
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
        return null_unknown(text, err);
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
