/*
 * What chance gives, for the command figure: beside the curves and bars of figures 4, 5 and 7, and
 * as a figure of its own.
 */
#include "config.h"

#include "cli/commands/figure_data.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/commands/bootstrap_options.h"
#include "cli/commands/null_beside.h"
#include "cli/progress.h"
#include "report/report.h"

/* True if the figure draws something of Q, so that its null is needed. */
static bool figure_draws(const struct figure_request *r, const struct scores *s,
                         const struct score_property *q)
{
    return q->asked && !q->why[0] && s->layers > 0 && (r->number == 7 || q->best >= 0);
}

/* The null of Q in all layers: of what the figure shows, and of what its table has beside. */
static enum status figure_add_null(const struct figure_request *r, const struct cli *cli,
                                   struct scores *s, const struct score_property *q,
                                   struct analysis *a, struct err *err)
{
    struct null_result n;
    struct null_beside beside = {.property = q->name, .exchange = r->exchange};
    beside.exchange.seed = r->options.map.seed;
    beside.statistic[0] = r->number == 7 ? "size" : "silhouette";
    if (r->number != 5)
        beside.statistic[1] = "full-dim";
    if (r->number == 4)
        beside.statistic[2] = "size";
    enum status code = null_beside_make(&n, a, &beside, cli, err);
    if (!code)
        code = scores_add_null(s, &n, err);
    null_free(&n);
    return code;
}

/* The sizes of Q's sets with the speakers drawn again; a file that does not tell speakers apart has
 * none, which is noted. */
static enum status figure_add_draws(const struct figure_request *r, const struct cli *cli,
                                    struct scores *s, const struct score_property *q,
                                    struct analysis *a, struct err *err)
{
    struct progress progress;
    struct stability d;
    struct stability_request request = {.property = q->name,
                                        .bootstrap = {.strata = r->exchange.strata,
                                                      .speakers = r->exchange.speakers,
                                                      .draws = r->exchange.draws,
                                                      .seed = r->options.map.seed},
                                        .threads = cli->threads,
                                        .progress = progress_share,
                                        .progress_context = &progress};
    if (request.bootstrap.draws == LABELINGS_ALL)
        request.bootstrap.draws = 0;
    a->cancel = progress_catch_signals();
    progress_begin(&progress, cli, q->name);
    enum status code = stability_make(&d, a, &request, err);
    progress_end(&progress);
    if (code == STATUS_UNSUPPORTED) {
        cli_note(cli, "%s: no draws: %s", q->name, err->msg);
        return STATUS_OK;
    }
    if (code)
        return code;
    bootstrap_note(cli, &d.design);
    code = scores_add_draws(s, &d, err);
    stability_free(&d);
    return code;
}

enum status figure_add_nulls(const struct figure_request *r, const struct cli *cli,
                             struct scores *s, struct analysis *a, struct err *err)
{
    enum status code = STATUS_OK;
    for (uint32_t p = 0; p < s->properties && !code; p++) {
        const struct score_property *q = &s->property[p];
        if (!figure_draws(r, s, q))
            continue;
        if (r->null)
            code = figure_add_null(r, cli, s, q, a, err);
        if (!code && r->draws)
            code = figure_add_draws(r, cli, s, q, a, err);
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
