/*
 * What chance gives, for the command figure: beside the curves and bars of figures 4, 5 and 7, and
 * as a figure of its own.
 */
#include "config.h"

#include "cli/commands/figure_data.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/commands/null_beside.h"
#include "cli/progress.h"
#include "report/report.h"

/* True if the figure draws something of Q, so that its null is needed. */
static bool figure_draws(const struct figure_request *r, const struct scores *s,
                         const struct score_property *q)
{
    return q->asked && !q->why[0] && s->layers > 0 && (r->number == 7 || q->best >= 0);
}

enum status figure_add_nulls(const struct figure_request *r, const struct cli *cli,
                             struct scores *s, struct analysis *a, struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t p = 0; p < s->properties && !code; p++) {
        struct null_result n;
        struct null_beside beside = {.property = s->property[p].name, .exchange = r->exchange};
        beside.exchange.seed = r->options.map.seed;
        beside.statistic[0] = r->number == 7 ? "size" : "silhouette";
        if (r->number != 5)
            beside.statistic[1] = "full-dim";
        if (r->number == 4)
            beside.statistic[2] = "size";
        if (!figure_draws(r, s, &s->property[p]))
            continue;
        code = null_beside_make(&n, a, &beside, cli, err);
        if (!code)
            code = scores_add_null(s, &n, err);
        null_free(&n);
    }
    return code;
}

/* The null of the figure's one statistic in all layers: p_max is that of the best of them. */
static enum status figure_run_null(const struct figure_request *r, const struct cli *cli,
                                   struct analysis *a, struct setexpr *set, struct null_result *out,
                                   struct err *err)
{
    struct progress progress;
    struct null_request request = {.property = r->properties.name[0],
                                   .exchange = r->exchange,
                                   .threads = cli->threads,
                                   .progress = progress_share,
                                   .progress_context = &progress};
    request.exchange.seed = r->options.map.seed;
    enum status code =
        null_add_statistic(&request, r->statistic ? r->statistic : "size", a, set, err);
    if (code)
        return code;
    a->cancel = progress_catch_signals();
    progress_begin(&progress, cli, "exchanging labels");
    code = null_make(out, a, &request, err);
    progress_end(&progress);
    if (code || !out->why[0])
        return code;
    code = err_set(err, STATUS_UNSUPPORTED, "%s", out->why);
    null_free(out);
    return code;
}

enum status figure_make_null(const struct figure_request *r, const struct cli *cli,
                             struct analysis_input *in, struct figure *f, struct table *t,
                             struct err *err)
{
    struct null_result n;
    struct setexpr set = {0};
    uint32_t layers = in->counts.layers, layer = (uint32_t)r->options.layer;
    if (layer > layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %u (there are: 1 to %u)",
                       in->counts.path, layer, layers);
    uint32_t *row = mem_array(layers, sizeof *row);
    struct null_data d = {.null = &n, .row = row};
    enum status code = row ? figure_run_null(r, cli, &in->analysis, &set, &n, err) : err_nomem(err);
    if (!code) {
        for (uint32_t i = 0; i < n.rows; i++)
            if (!layer || n.row[i].layer == layer - 1)
                row[d.rows++] = i;
        figure_null(f, &d, r->width, r->height);
        struct null_result shown = n; /* its rows are the layers, in their order */
        shown.row = n.row + row[0];
        shown.rows = (uint32_t)d.rows;
        code = report_null(t, &shown, err);
        null_free(&n);
    }
    setexpr_free(&set);
    free(row);
    return code;
}
