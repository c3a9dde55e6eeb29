/*
 * What chance gives of the numbers of a file's layers, and what other speakers would, for tables
 * and figures that have it beside them.
 */
#include "config.h"

#include "report/scores.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/*
 * The largest silhouette of all layers against the largest of each draw: what is looked for in
 * every layer must be looked for in every draw, too.  ROW [layers] are the layers' nulls.
 */
static enum status scores_null_best(struct summary *best, const struct null_row *row,
                                    uint32_t layers, const struct null_result *n, struct err *err)
{
    size_t draws = (size_t)n->draws;
    double *value = mem_array(draws, sizeof *value), observed = NAN;
    if (!value)
        return err_nomem(err);
    for (uint32_t l = 0; l < layers; l++)
        observed = fmax(observed, row[l].summary.observed);
    for (size_t d = 0; d < draws; d++) {
        value[d] = NAN;
        for (uint32_t l = 0; l < layers; l++)
            value[d] = fmax(value[d], row[l].value[d]);
    }
    enum status code = summary_make(best, observed, value, draws, n->enumerated, err);
    if (!code)
        best->p_max = NAN;
    free(value);
    return code;
}

enum status scores_add_null(struct scores *s, const struct null_result *n, struct err *err)
{
    long property = n->rows ? scores_find(s, n->property) : -1;
    struct score_property *q = property >= 0 ? &s->property[property] : NULL;
    const struct null_row *map = NULL;
    uint32_t maps = 0;
    for (uint32_t i = 0; q && i < n->rows; i++) {
        const struct null_row *row = &n->row[i];
        struct score *v = &q->layer[row->layer];
        if (row->statistic == &statistic_size)
            v->null_neurons = row->summary;
        else if (row->statistic == &statistic_full_dim)
            v->null_full = row->summary;
        else if (row->statistic == &statistic_silhouette) {
            v->null_silhouette = row->summary;
            map = map ? map : row;
            maps++;
        }
    }
    if (!q || n->why[0])
        return STATUS_OK;
    free(q->exchanged);
    q->exchanged = exchange_words(n->kind, n->strata, n->draws, n->enumerated);
    if (!q->exchanged)
        return err_nomem(err);
    q->how =
        (struct score_exchange){.kind = n->kind, .draws = n->draws, .enumerated = n->enumerated};
    memcpy(q->how.strata, n->strata, sizeof q->how.strata);
    return maps ? scores_null_best(&q->null_best, map, maps, n, err) : STATUS_OK;
}

enum status scores_add_draws(struct scores *s, const struct stability *d, struct err *err)
{
    long property = scores_find(s, d->property->name);
    struct score_property *q = property >= 0 ? &s->property[property] : NULL;
    struct buf words = BUF_INIT;
    if (!q)
        return STATUS_OK;
    for (uint32_t l = 0; l < d->layers; l++)
        q->layer[d->layer[l].layer].drawn_neurons = d->layer[l].size;
    buf_printf(&words, "%llu draws of %u %s within %s", (unsigned long long)d->design.draws,
               d->design.owners, d->design.drawn, d->design.within);
    if (!buf_ok(&words)) {
        buf_free(&words);
        return err_nomem(err);
    }
    free(q->drawn);
    q->drawn = words.data;
    return STATUS_OK;
}
