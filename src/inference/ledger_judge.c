/*
 * How each kind of claim is judged (ledger.h): against a null of exchanged labels, or by a
 * difference and its interval over speakers drawn with replacement (ledger_layers.c for
 * layers, here for models).  Every row has the command that computes the same: each judge names the
 * options that lead to its numbers.
 */
#include "config.h"

#include "inference/ledger_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/shell_quote.h"
#include "inference/difference.h"

#define MARGIN 0.05 /* differences of silhouettes within it count as none */

/* The options of nulls and draws that differ from the defaults. */
static void ledger_add_options(struct buf *b, const struct bootstrap_options *o)
{
    if (o->draws)
        buf_printf(b, " --draws %llu", (unsigned long long)o->draws);
    if (o->seed)
        buf_printf(b, " --seed %llu", (unsigned long long)o->seed);
    if (o->strata)
        shell_add_option(b, "strata", o->strata);
    if (o->speakers)
        shell_add_option(b, "speakers", o->speakers);
    if (o->tokens)
        shell_add_option(b, "tokens", o->tokens);
}

enum status ledger_command(struct ledger_work *w, struct ledger_row *row, const char *command,
                           const struct analysis *file, const struct analysis *file2,
                           struct buf *options, bool draws, struct err *err)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "propneu %s ", command);
    shell_quote(&b, file->counts->path);
    if (file2) {
        buf_str(&b, " ");
        shell_quote(&b, file2->counts->path);
    }
    buf_str(&b, buf_ok(options) ? buf_text(options) : "");
    if (draws)
        ledger_add_options(&b, &w->r->bootstrap);
    if (w->r->options)
        buf_str(&b, w->r->options);
    bool ok = buf_ok(options) && buf_ok(&b);
    row->command = ok ? mem_strndup(buf_text(&b), strlen(buf_text(&b))) : NULL;
    buf_free(options);
    buf_free(&b);
    return row->command ? STATUS_OK : err_nomem(err);
}

bool ledger_interval_tells(struct ledger_row *row, const struct bootstrap_design *d,
                           const char *why)
{
    if (why)
        snprintf(row->why, sizeof row->why, "no interval: %s", d->fixed[0] ? d->fixed : why);
    else if (d->draws < LEDGER_DRAWS)
        snprintf(row->why, sizeof row->why, "an interval of %llu draws: %d are needed",
                 (unsigned long long)d->draws, LEDGER_DRAWS);
    return !row->why[0];
}

void ledger_judge_above(struct ledger_row *row)
{
    if (row->low > 0 && row->p < LEDGER_LEVEL)
        row->verdict = LEDGER_HOLDS;
    else if (row->high < 0)
        row->verdict = LEDGER_FAILS;
}

bool ledger_excused(struct ledger_row *row, enum status code, const struct err *err)
{
    if (code != STATUS_UNSUPPORTED && code != STATUS_MISMATCH && code != STATUS_NOTFOUND)
        return false;
    snprintf(row->why, sizeof row->why, "%.255s", err->msg);
    return true;
}

/* The layer of N, of COUNT statistics the first of which is the size, whose size is least like
 * chance, by p_max. */
static const struct null_row *ledger_least_like_chance(const struct null_result *n, uint32_t count)
{
    const struct null_row *best = n->row;
    for (uint32_t l = 1; l < n->rows / count; l++)
        if (n->row[l].summary.p_max < best->summary.p_max)
            best = &n->row[l];
    return best;
}

static void ledger_take_size(struct ledger_row *row, const struct null_row *best)
{
    row->counted = true;
    row->ours = best->summary.observed;
    row->null = best->summary.mean;
    row->p = best->summary.p_max;
    row->verdict =
        row->p < LEDGER_LEVEL && row->ours > row->null ? LEDGER_HOLDS : LEDGER_CANNOT_TELL;
}

/* Tokens are also exchanged within utterances: what changes slowly within a session looks like an
 * effect.  ROW is the null that says less. */
static enum status ledger_further(struct ledger_work *w, const struct ledger_claim *c,
                                  enum exchange_kind kind, struct ledger_row *row, struct err *err)
{
    struct null_result n;
    struct null_request r = {.property = c->property,
                             .statistic = {{.statistic = &statistic_size}},
                             .statistics = 1,
                             .exchange = ledger_exchange(w->r),
                             .threads = w->r->threads};
    r.exchange.strata = exchange_further_strata(kind, &r.exchange);
    if (!r.exchange.strata)
        return STATUS_OK;
    enum status code = null_make(&n, w->r->file[c->role], &r, err);
    if (code)
        return code;
    const struct null_row *best = ledger_least_like_chance(&n, 1);
    if (best->summary.p_max > row->p)
        ledger_take_size(row, best);
    null_free(&n);
    return STATUS_OK;
}

/* Is the size of any layer more than chance? */
enum status ledger_judge_exceeds(struct ledger_work *w, const struct ledger_claim *c,
                                 struct ledger_row *row, struct err *err)
{
    const struct null_result *n = NULL;
    struct analysis *a = w->r->file[c->role];
    struct buf options = BUF_INIT;
    buf_printf(&options, " --property %s --statistic size", c->property);
    enum status code = a ? ledger_command(w, row, "null", a, NULL, &options, true, err) : STATUS_OK;
    if (!code)
        code = ledger_null(w, c->role, c->property, row, &n, err);
    buf_free(&options);
    if (code || !n)
        return code;
    ledger_take_size(row, ledger_least_like_chance(n, 2));
    code = ledger_further(w, c, n->kind, row, err);
    return ledger_excused(row, code, err) ? STATUS_OK : code;
}

/* The surplus over chance of the best layer's silhouette in A minus that in B, with both drawn
 * alike. */
static enum status ledger_pair(struct ledger_work *w, struct analysis *a, struct analysis *b,
                               const char *property, struct ledger_row *row, bool *tells,
                               struct err *err)
{
    struct difference d = {.rows = 0};
    struct difference_request r = {.property = property,
                                   .statistic = {{.statistic = &statistic_full_dim}},
                                   .statistics = 1,
                                   .best = true,
                                   .excess = true,
                                   .bootstrap = w->r->bootstrap,
                                   .threads = w->r->threads};
    r.layers = a->counts->layers < b->counts->layers ? a->counts->layers : b->counts->layers;
    uint32_t *layer = ledger_layers(r.layers);
    r.layer = layer;
    enum status code = layer ? difference_make(&d, a, b, &r, err) : err_nomem(err);
    if (!code) {
        const struct difference_row *best = &d.row[d.rows - 1];
        row->ours = best->difference;
        row->low = best->low;
        row->high = best->high;
        row->p = best->p;
        *tells = ledger_interval_tells(row, &d.design, best->why);
        if (!ledger_note_drawn(w, a, &d.design))
            code = err_nomem(err);
    }
    difference_free(&d);
    free(layer);
    return code;
}

/* The claim's model against ssl; *TELLS where the interval tells anything.  Comparing narrows both
 * files to what they share, which the other claims are not about. */
static enum status ledger_two_files(struct ledger_work *w, const struct ledger_claim *c,
                                    struct ledger_row *row, bool *tells, struct err *err)
{
    struct analysis *file[2] = {w->r->file[c->role], w->r->file[LEDGER_SSL]};
    struct query_filters kept[2] = {QUERY_FILTERS_INIT, QUERY_FILTERS_INIT};
    struct buf options = BUF_INIT;
    *tells = false;
    if (!file[0] || !file[1]) {
        snprintf(row->why, sizeof row->why, "no file %s=FILE was given",
                 ledger_roles[file[0] ? LEDGER_SSL : c->role]);
        return STATUS_OK;
    }
    buf_printf(&options, " --difference --property %s --statistic full-dim --excess --best",
               c->property);
    enum status code = ledger_command(w, row, "stability", file[0], file[1], &options, true, err);
    for (int i = 0; i < 2 && !code; i++)
        code = query_filters_copy(&kept[i], &file[i]->filters, err);
    if (code) {
        query_filters_free(&kept[0]);
        return code;
    }
    code = ledger_pair(w, file[0], file[1], c->property, row, tells, err);
    for (int i = 0; i < 2; i++) {
        query_filters_free(&file[i]->filters);
        file[i]->filters = kept[i];
        analysis_changed(file[i]);
    }
    return ledger_excused(row, code, err) ? STATUS_OK : code;
}

enum status ledger_judge_raises(struct ledger_work *w, const struct ledger_claim *c,
                                struct ledger_row *row, struct err *err)
{
    bool tells;
    enum status code = ledger_two_files(w, c, row, &tells, err);
    if (!code && tells)
        ledger_judge_above(row);
    return code;
}

/* No difference is a claim, too: the whole interval is within MARGIN, or outside. */
enum status ledger_judge_leaves(struct ledger_work *w, const struct ledger_claim *c,
                                struct ledger_row *row, struct err *err)
{
    bool tells;
    enum status code = ledger_two_files(w, c, row, &tells, err);
    row->p = NAN; /* of another hypothesis: that there is no difference at all */
    if (!tells)
        return code;
    if (row->low > -MARGIN && row->high < MARGIN)
        row->verdict = LEDGER_HOLDS;
    else if (row->low > MARGIN || row->high < -MARGIN)
        row->verdict = LEDGER_FAILS;
    return code;
}

/* Gender neurons that are pitch neurons, while genders are exchanged. */
enum status ledger_judge_overlap(struct ledger_work *w, const struct ledger_claim *c,
                                 struct ledger_row *row, struct err *err)
{
    struct analysis *a = w->r->file[c->role];
    const uint32_t layer = 0;
    struct null_request request = {.property = c->property,
                                   .layer = &layer,
                                   .layers = 1,
                                   .exchange = ledger_exchange(w->r),
                                   .threads = w->r->threads};
    struct setexpr set = {0};
    struct null_result n;
    struct buf options = BUF_INIT;
    if (!a) {
        snprintf(row->why, sizeof row->why, "no file %s=FILE was given", ledger_roles[c->role]);
        return STATUS_OK;
    }
    buf_str(&options, " --property gender --statistic overlap:pitch --layer 1");
    enum status code = ledger_command(w, row, "null", a, NULL, &options, true, err);
    if (!code)
        code = null_add_statistic(&request, "overlap:pitch", a, &set, err);
    if (!code)
        code = null_make(&n, a, &request, err);
    if (!code) {
        row->counted = true;
        row->ours = n.row[0].summary.observed;
        row->null = n.row[0].summary.mean;
        row->p = n.row[0].summary.p;
        row->verdict =
            row->p < LEDGER_LEVEL && row->ours > row->null ? LEDGER_HOLDS : LEDGER_CANNOT_TELL;
        null_free(&n);
    }
    setexpr_free(&set);
    return ledger_excused(row, code, err) ? STATUS_OK : code;
}

/* What only an edited model tells.  In pieces, as whole recordings are too easy: no errors. */
enum status ledger_judge_edit(struct ledger_work *w, const struct ledger_claim *c,
                              struct ledger_row *row, struct err *err)
{
    const struct analysis *a = w->r->file[c->role];
    struct buf options = BUF_INIT;
    if (!a) {
        snprintf(row->why, sizeof row->why, "no file %s=FILE was given", ledger_roles[c->role]);
        return STATUS_OK;
    }
    snprintf(row->why, sizeof row->why, "needs the model erased and measured: the command does it");
    buf_str(&options, " --property gender --piece 0.2 --relabel 99");
    if (w->r->model[c->role])
        shell_add_option(&options, "model", w->r->model[c->role]);
    else
        buf_str(&options, " --model MODEL");
    buf_str(&options, " --audio AUDIO --labels LABELS --speakers FILE --task sid");
    return ledger_command(w, row, "erase --matrix --counts", a, NULL, &options, false, err);
}
