/* propneu/countfile.h: count files, opened for reading cell by cell, added, and imported. */
#include "config.h"

#include <propneu/countfile.h>

#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "count/import.h"
#include "count/merge.h"
#include "formats/countfile.h"

#define API_CREATED_BY "libpropneu " PACKAGE_VERSION

struct pn_counts {
    struct counts counts;
};

enum pn_status pn_counts_open(pn_counts **out, const char *path, struct pn_error *error)
{
    struct err e;
    pn_counts *handle = malloc(sizeof *handle);
    enum status code = handle ? counts_open(&handle->counts, path, &e) : err_nomem(&e);
    if (code)
        free(handle);
    else
        *out = handle;
    return api_result(code, &e, error);
}

void pn_counts_free(pn_counts *counts)
{
    if (counts)
        counts_free(&counts->counts);
    free(counts);
}

const char *pn_counts_model(const pn_counts *counts)
{
    return counts->counts.model ? counts->counts.model : "";
}

const char *pn_counts_family(const pn_counts *counts)
{
    return counts->counts.family ? counts->counts.family : "";
}

uint64_t pn_counts_fingerprint(const pn_counts *counts)
{
    return counts->counts.model_fingerprint;
}

uint64_t pn_counts_utterances(const pn_counts *counts)
{
    return counts->counts.utterances;
}

double pn_counts_seconds(const pn_counts *counts)
{
    return counts->counts.seconds;
}

bool pn_counts_is_probability(const pn_counts *counts)
{
    return counts_is_probability(&counts->counts);
}

uint32_t pn_counts_layers(const pn_counts *counts)
{
    return counts->counts.layers;
}

uint32_t pn_counts_width(const pn_counts *counts, uint32_t layer)
{
    const struct counts *c = &counts->counts;
    return layer >= 1 && layer <= c->layers ? c->layer[layer - 1].width : 0;
}

uint32_t pn_counts_tau(const pn_counts *counts, uint32_t layer)
{
    const struct counts *c = &counts->counts;
    return layer >= 1 && layer <= c->layers ? c->layer[layer - 1].tau : 0;
}

double pn_counts_lambda(const pn_counts *counts)
{
    return counts->counts.lambda_percent;
}

uint32_t pn_counts_lambdas(const pn_counts *counts)
{
    return counts->counts.lambdas ? counts->counts.lambdas : 1;
}

/* A file with one lambda has no list of them. */
double pn_counts_lambda_at(const pn_counts *counts, uint32_t index)
{
    const struct counts *c = &counts->counts;
    if (index >= pn_counts_lambdas(counts))
        return 0;
    return c->lambdas ? c->lambda[index] : c->lambda_percent;
}

enum pn_status pn_counts_choose_lambda(pn_counts *counts, double percent, struct pn_error *error)
{
    struct err e;
    enum status code = counts_choose(&counts->counts, percent, &e);
    return api_result(code, &e, error);
}

uint32_t pn_counts_factors(const pn_counts *counts)
{
    return counts->counts.factors;
}

/* The factor number F, or NULL. */
static const struct counts_factor *counts_factor_at(const pn_counts *counts, uint32_t f)
{
    return f < counts->counts.factors ? &counts->counts.factor[f] : NULL;
}

const char *pn_counts_factor_name(const pn_counts *counts, uint32_t factor)
{
    const struct counts_factor *f = counts_factor_at(counts, factor);
    return f ? f->name : NULL;
}

uint32_t pn_counts_levels(const pn_counts *counts, uint32_t factor)
{
    const struct counts_factor *f = counts_factor_at(counts, factor);
    return f ? f->levels : 0;
}

const char *pn_counts_level_name(const pn_counts *counts, uint32_t factor, uint32_t level)
{
    const struct counts_factor *f = counts_factor_at(counts, factor);
    return f && level < f->levels ? f->level[level] : NULL;
}

uint32_t pn_counts_cells(const pn_counts *counts)
{
    return counts->counts.cells;
}

int32_t pn_counts_cell_level(const pn_counts *counts, uint32_t cell, uint32_t factor)
{
    const struct counts_factor *f = counts_factor_at(counts, factor);
    return f && cell < counts->counts.cells ? f->index[cell] : -1;
}

int64_t pn_counts_cell_frames(const pn_counts *counts, uint32_t cell)
{
    return cell < counts->counts.cells ? counts->counts.frames[cell] : -1;
}

/* Row CELL of LAYER, which is checked: *FIRST is where it begins in the layer's array. */
static enum status counts_find_row(const struct counts *c, uint32_t layer, uint32_t cell,
                                   size_t *first, struct err *err)
{
    enum status code = api_layer(layer, c->layers, err);
    if (code)
        return code;
    if (cell >= c->cells)
        return err_set(err, STATUS_NOTFOUND, "no cell %u (there are: 0 to %u)", cell, c->cells - 1);
    *first = (size_t)cell * c->layer[layer - 1].width;
    return STATUS_OK;
}

/* HITS [width]: in how many frames of the cell each neuron was among the most activated. A layer
 * holds them as 16 or as 32 bits. */
enum pn_status pn_counts_hits(const pn_counts *counts, uint32_t layer, uint32_t cell,
                              uint32_t *hits, struct pn_error *error)
{
    struct err e;
    size_t first;
    const struct counts *c = &counts->counts;
    enum status code = counts_find_row(c, layer, cell, &first, &e);
    if (!code && counts_is_probability(c))
        code = err_set(&e, STATUS_UNSUPPORTED, "%s: holds probabilities, no counts", c->path);
    if (code)
        return api_result(code, &e, error);
    const struct counts_layer *l = &c->layer[layer - 1];
    for (uint32_t i = 0; i < l->width; i++)
        hits[i] = l->u16 ? l->u16[first + i] : l->u32[first + i];
    return PN_OK;
}

/* P [width]: hits / frames, or what an imported file of probabilities holds. */
enum pn_status pn_counts_probabilities(const pn_counts *counts, uint32_t layer, uint32_t cell,
                                       double *p, struct pn_error *error)
{
    struct err e;
    size_t first;
    const struct counts *c = &counts->counts;
    enum status code = counts_find_row(c, layer, cell, &first, &e);
    if (code)
        return api_result(code, &e, error);
    const struct counts_layer *l = &c->layer[layer - 1];
    double frames = (double)c->frames[cell];
    for (uint32_t i = 0; i < l->width; i++)
        p[i] = l->probability ? l->probability[first + i]
                              : (l->u16 ? l->u16[first + i] : l->u32[first + i]) / frames;
    return PN_OK;
}

/* *REPEATED is written only on success; it is no error, as in `propneu merge`. */
enum pn_status pn_counts_merge(const char *const *paths, size_t count, bool partial,
                               const char *out, bool *repeated, struct pn_error *error)
{
    struct err e;
    struct merge_outcome outcome;
    const struct merge_options o = {
        .created_by = API_CREATED_BY, .command = "pn_counts_merge", .partial = partial};
    if (count == 0)
        return api_result(err_set(&e, STATUS_USAGE, "no count files to add"), &e, error);
    enum status code = merge_files(paths, count, &o, out, &outcome, &e);
    if (!code && repeated)
        *repeated = outcome.repeated;
    return api_result(code, &e, error);
}

/* CONDITION is what the rows of the pickle are, which it does not say itself. */
enum pn_status pn_counts_import(const char *pickle, const char *condition, const char *label_table,
                                double lambda, const char *out, struct pn_error *error)
{
    struct err e;
    int kind = 0;
    while (kind < IMPORT_CONDITIONS && strcmp(import_condition_names[kind], condition) != 0)
        kind++;
    if (kind == IMPORT_CONDITIONS)
        return api_result(err_set(&e, STATUS_USAGE,
                                  "the condition is phone-type, gender or pitch, not '%s'",
                                  condition),
                          &e, error);
    const struct import_options o = {.path = pickle,
                                     .condition = (enum import_condition)kind,
                                     .label_table = label_table,
                                     .lambda_percent = lambda,
                                     .created_by = API_CREATED_BY,
                                     .command = "pn_counts_import",
                                     .output = out};
    return api_result(import_pickle(&o, &e), &e, error);
}
