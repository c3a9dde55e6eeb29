/* propneu/report.h: the questions on a count file, each answered by a table of src/report. */
#include "config.h"

#include <propneu/report.h>

#include <stdlib.h>

#include "api/api.h"
#include "api/api_analysis.h"
#include "api/api_table.h"
#include "report/report.h"

/* STATUS_NOTFOUND where LAYER is neither 0, for all, nor one of the file's. */
static enum status report_check_layer(const pn_analysis *a, uint32_t layer, struct err *err)
{
    return layer ? api_layer(layer, a->in.counts.layers, err) : STATUS_OK;
}

/* SCORES may be freed after any failure: scores_make writes it only on success. */
enum pn_status pn_report_layers(pn_table **out, pn_analysis *analysis, const char *property,
                                uint32_t layer, struct pn_error *error)
{
    struct err e;
    struct scores scores = {0};
    struct names only = {0};
    pn_table *t = api_table_new();
    enum status code = report_check_layer(analysis, layer, &e);
    if (!code && property && names_add(&only, property) == NAMES_NONE)
        code = err_nomem(&e);
    if (!code)
        code = scores_make(&scores, &analysis->in.analysis, analysis->in.counts.path,
                           property ? &only : NULL, layer, &e);
    if (!code && t)
        code = report_layers(&t->table, &scores, 1, 0, &e);
    scores_free(&scores);
    names_free(&only);
    return api_result(api_table_end(out, t, code, &e), &e, error);
}

/* LAYER 0: all layers, one after another in the same table. */
enum pn_status pn_report_neurons(pn_table **out, pn_analysis *analysis, const char *property,
                                 uint32_t layer, struct pn_error *error)
{
    struct err e;
    pn_table *t = api_table_new();
    uint32_t first = layer ? layer - 1 : 0;
    uint32_t end = layer ? layer : analysis->in.counts.layers;
    enum status code = report_check_layer(analysis, layer, &e);
    for (uint32_t l = first; l < end && !code && t; l++)
        code = report_neurons(&t->table, &analysis->in.analysis, property, l, NULL, &e);
    return api_result(api_table_end(out, t, code, &e), &e, error);
}

enum pn_status pn_report_groups(pn_table **out, pn_analysis *analysis, const char *property,
                                struct pn_error *error)
{
    struct err e;
    pn_table *t = api_table_new();
    enum status code =
        t ? report_groups(&t->table, &analysis->in.analysis, property, &e) : STATUS_OK;
    return api_result(api_table_end(out, t, code, &e), &e, error);
}

/* COUNT 0: all neurons of the layer, by falling p. */
enum pn_status pn_report_pattern(pn_table **out, pn_analysis *analysis, const char *phone,
                                 uint32_t layer, size_t count, struct pn_error *error)
{
    struct err e;
    struct profile p = {0};
    uint32_t *order = NULL;
    pn_table *t = api_table_new();
    enum status code = api_layer(layer, analysis->in.counts.layers, &e);
    if (!code)
        code = analysis_profile(&analysis->in.analysis, &p, phone, NULL, layer - 1, &e);
    if (!code && !(order = profile_order(&p)))
        code = err_nomem(&e);
    if (!code && t) {
        size_t n = count && count < p.width ? count : p.width;
        code = report_pattern(&t->table, &p, order, n, phone, layer - 1, NULL, &e);
    }
    free(order);
    profile_free(&p);
    return api_result(api_table_end(out, t, code, &e), &e, error);
}

enum pn_status pn_report_map(pn_table **out, pn_analysis *analysis, const char *property,
                             uint32_t layer, struct pn_error *error)
{
    struct err e;
    const struct property *p;
    const struct map *m;
    struct analysis *a = &analysis->in.analysis;
    pn_table *t = api_table_new();
    enum status code = api_layer(layer, analysis->in.counts.layers, &e);
    if (!code)
        code = analysis_property(a, property, &p, &e);
    if (!code)
        code = analysis_map(a, property, layer - 1, &m, &e);
    if (!code && t)
        code = report_map(&t->table, p, layer - 1, m->xy, NULL, NULL, &e);
    return api_result(api_table_end(out, t, code, &e), &e, error);
}

/* Up to OVERLAP_MAX_SETS expressions; names in them without a layer mean LAYER. */
enum pn_status pn_report_overlap(pn_table **out, pn_analysis *analysis,
                                 const char *const *expressions, size_t count, uint32_t layer,
                                 struct pn_error *error)
{
    struct err e;
    struct setexpr expr[OVERLAP_MAX_SETS] = {0};
    struct overlap o = {0};
    struct analysis *a = &analysis->in.analysis;
    pn_table *t = api_table_new();
    enum status code = api_layer(layer, analysis->in.counts.layers, &e);
    if (!code && (count < 1 || count > OVERLAP_MAX_SETS))
        code = err_set(&e, STATUS_USAGE, "1 to %d sets are needed", OVERLAP_MAX_SETS);
    for (size_t i = 0; i < count && !code; i++) {
        code = setexpr_parse(&expr[i], expressions[i], a, NULL, &e);
        if (!code)
            code = setexpr_load(&expr[i], a, &e);
    }
    if (!code)
        code = overlap_make(&o, expr, (uint32_t)count, a, layer - 1, &e);
    if (!code && t)
        code = report_overlap(&t->table, &o, expr, layer - 1, &e);
    for (size_t i = 0; i < OVERLAP_MAX_SETS; i++)
        setexpr_free(&expr[i]);
    return api_result(api_table_end(out, t, code, &e), &e, error);
}
