/*
 * How each kind of claim is judged (ledger.h): against a null of exchanged labels, or by a
 * difference and its interval over speakers drawn with replacement (inference/difference.h says how
 * the interval is corrected for the bias of the draws).
 */
#include "config.h"

#include "inference/ledger_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/shell_quote.h"
#include "inference/difference.h"

#define LEVEL  0.05
#define MARGIN 0.05 /* differences of silhouettes within it count as none */

/* The options of nulls and draws that differ from the defaults. */
static void ledger_add_options(struct buf *b, const struct exchange_options *x)
{
    if (x->draws == LABELINGS_ALL)
        buf_str(b, " --draws all");
    else if (x->draws)
        buf_printf(b, " --draws %llu", (unsigned long long)x->draws);
    if (x->seed)
        buf_printf(b, " --seed %llu", (unsigned long long)x->seed);
    if (x->strata) {
        buf_str(b, " --strata ");
        shell_quote(b, x->strata);
    }
    if (x->speakers) {
        buf_str(b, " --speakers ");
        shell_quote(b, x->speakers);
    }
}

/* "propneu COMMAND FILE OPTIONS" into the row; FILE2 may be NULL. */
static void ledger_command(struct ledger_work *w, struct ledger_row *row, const char *command,
                           const char *file, const char *file2, const char *options)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "propneu %s ", command);
    shell_quote(&b, file);
    if (file2) {
        buf_str(&b, " ");
        shell_quote(&b, file2);
    }
    buf_printf(&b, " %s", options);
    if (w)
        ledger_add_options(&b, &w->r->exchange);
    snprintf(row->command, sizeof row->command, "%s", buf_ok(&b) ? buf_text(&b) : "");
    buf_free(&b);
}

/* Verdict of a claim that something is above 0, from the row's interval. */
static void ledger_judge_above(struct ledger_row *row)
{
    if (row->low > 0 && row->p < LEVEL)
        row->verdict = LEDGER_HOLDS;
    else if (row->high < 0)
        row->verdict = LEDGER_FAILS;
}

/* The interval and p of a difference D, DRAWN [draws], against 0 (as of two models). */
static enum status ledger_interval(struct ledger_row *row, double d, double *drawn, size_t draws,
                                   struct err *err)
{
    struct difference_row difference = {.a = d, .b = 0, .value = drawn};
    enum status code = difference_summarise(&difference, draws, err);
    if (code)
        return code;
    row->ours = d;
    row->low = difference.low;
    row->high = difference.high;
    row->p = difference.p;
    return STATUS_OK;
}

/* The layer whose size is least like chance, by p_max: is it more than chance? */
enum status ledger_judge_exceeds(struct ledger_work *w, const struct ledger_claim *c,
                                 struct ledger_row *row, struct err *err)
{
    const struct null_result *n;
    char options[80];
    enum status code = ledger_null(w, c->role, c->property, row, &n, err);
    snprintf(options, sizeof options, "--property %s --statistic size,full-dim", c->property);
    if (w->r->file[c->role])
        ledger_command(w, row, "null", w->r->file[c->role]->counts->path, NULL, options);
    if (code || !n)
        return code;
    const struct null_row *best = ledger_null_row(n, 0, 0);
    for (uint32_t l = 1; l < n->rows / 2; l++) {
        const struct null_row *other = ledger_null_row(n, 0, l);
        if (other->summary.p_max < best->summary.p_max)
            best = other;
    }
    row->ours = best->summary.observed;
    row->null = best->summary.mean;
    row->p = best->summary.p_max;
    if (row->p < LEVEL && row->ours > row->null)
        row->verdict = LEDGER_HOLDS;
    return STATUS_OK;
}

/* The layer of LAYERS that is as deep as layer TWELFTH (from 1) of 12; from 0. */
static uint32_t ledger_layer(unsigned twelfth, uint32_t layers)
{
    uint32_t l = (uint32_t)((twelfth * (double)layers + 11) / 12);
    return l < 1 ? 0 : l > layers ? layers - 1 : l - 1;
}

/* What the claim compares, as a weight of each layer [layers]: the first range's mean minus the
 * second's.  False where both are the same layers. */
static bool ledger_weights(const struct ledger_claim *c, uint32_t layers, double *weight)
{
    uint32_t a = ledger_layer(c->from, layers), b = ledger_layer(c->to, layers);
    uint32_t x = c->against_from ? ledger_layer(c->against_from, layers) : 0;
    uint32_t y = c->against_to ? ledger_layer(c->against_to, layers) : layers - 1;
    double own = b - a + 1, other = 0;
    for (uint32_t l = x; l <= y; l++)
        other += l < a || l > b;
    for (uint32_t l = 0; l < layers; l++)
        weight[l] = l >= a && l <= b ? 1 / own : l >= x && l <= y ? -1 / other : 0;
    return other > 0;
}

/* Every draw's weighted sum of VALUE [layers][draws] minus SHIFT, into its first row. */
static void ledger_weigh(double *value, const double *weight, uint32_t layers, size_t draws,
                         double shift)
{
    for (size_t d = 0; d < draws; d++) {
        double sum = 0;
        for (uint32_t l = 0; l < layers; l++)
            sum += weight[l] != 0 ? weight[l] * value[l * draws + d] : 0;
        value[d] = sum - shift;
    }
}

/* The interval of a contrast of layers of one file. */
static enum status ledger_contrast(struct ledger_work *w, struct analysis *a, const char *property,
                                   const double *weight, double observed, struct ledger_row *row,
                                   struct err *err)
{
    const struct exchange_options *x = &w->r->exchange;
    const struct bootstrap_options o = {
        .strata = x->strata, .speakers = x->speakers, .draws = x->draws, .seed = x->seed};
    struct bootstrap b = {.cells = 0};
    double *value = NULL;
    size_t values, draws = 0;
    uint32_t layers = a->counts->layers;
    enum status code = bootstrap_make(&b, a, property, &o, false, err);
    if (code == STATUS_UNSUPPORTED) {
        snprintf(row->why, sizeof row->why, "%.255s", err->msg);
        return STATUS_OK;
    }
    if (!code) {
        draws = (size_t)b.design.draws;
        value = mul_size(layers, draws, &values) ? mem_array(values, sizeof *value) : NULL;
        code = value ? ledger_draws(w, a, property, &b, value, err) : err_nomem(err);
    }
    if (!code) {
        ledger_weigh(value, weight, layers, draws, row->null);
        code = ledger_interval(row, observed - row->null, value, draws, err);
    }
    if (!code)
        ledger_judge_above(row);
    bootstrap_free(&b);
    free(value);
    return code;
}

enum status ledger_judge_contrast(struct ledger_work *w, const struct ledger_claim *c,
                                  struct ledger_row *row, struct err *err)
{
    const struct null_result *n;
    struct analysis *a = w->r->file[c->role];
    char options[80];
    enum status code = ledger_null(w, c->role, c->property, row, &n, err);
    snprintf(options, sizeof options, "--property %s --statistic full-dim", c->property);
    if (a)
        ledger_command(w, row, "null", a->counts->path, NULL, options);
    if (code || !n)
        return code;
    uint32_t layers = a->counts->layers;
    double *weight = mem_array(layers, sizeof *weight), observed = 0;
    if (!weight)
        return err_nomem(err);
    if (!ledger_weights(c, layers, weight)) {
        snprintf(row->why, sizeof row->why, "%s: %u layers are too few to compare", a->counts->path,
                 layers);
        free(weight);
        return STATUS_OK;
    }
    row->null = 0;
    for (uint32_t l = 0; l < layers; l++)
        if (weight[l] != 0) {
            observed += weight[l] * ledger_null_row(n, 1, l)->summary.observed;
            row->null += weight[l] * ledger_null_row(n, 1, l)->summary.mean;
        }
    code = ledger_contrast(w, a, c->property, weight, observed, row, err);
    free(weight);
    return code;
}

/* The largest of the layers in every draw of VALUE [layers][draws], into its first row. */
static void ledger_largest(double *value, uint32_t layers, size_t draws)
{
    for (size_t d = 0; d < draws; d++)
        for (uint32_t l = 1; l < layers; l++)
            value[d] = fmax(value[d], value[l * draws + d]);
}

/* The full-dimensional silhouette of A's best layer as it is. */
static enum status ledger_best(struct analysis *a, const char *property, double *best,
                               struct err *err)
{
    enum status code = STATUS_OK;
    *best = NAN;
    for (uint32_t l = 0; l < a->counts->layers && !code; l++) {
        double value = NAN;
        code = statistic_of_layer(&statistic_full_dim, a, property, l, NULL, &value, err);
        *best = fmax(*best, value);
    }
    return code;
}

/* Draws of the best layer's silhouette of one of two files. */
static enum status ledger_best_draws(struct ledger_work *w, struct analysis *a,
                                     const char *property, const struct bootstrap *b, double **out,
                                     struct err *err)
{
    size_t draws = (size_t)b->design.draws, values;
    double *value =
        mul_size(a->counts->layers, draws, &values) ? mem_array(values, sizeof *value) : NULL;
    enum status code = value ? ledger_draws(w, a, property, b, value, err) : err_nomem(err);
    if (!code)
        ledger_largest(value, a->counts->layers, draws);
    *out = value;
    return code;
}

/* The best layer's silhouette of A minus that of B, with both drawn alike. */
static enum status ledger_pair(struct ledger_work *w, struct analysis *a, struct analysis *b,
                               const char *property, struct ledger_row *row, struct err *err)
{
    const struct exchange_options *x = &w->r->exchange;
    const struct bootstrap_options o = {
        .strata = x->strata, .speakers = x->speakers, .draws = x->draws, .seed = x->seed};
    struct bootstrap draws[2] = {{.cells = 0}};
    double *value[2] = {NULL, NULL}, best[2] = {NAN, NAN};
    enum status code = bootstrap_make(&draws[0], a, property, &o, false, err);
    if (!code)
        code = bootstrap_follow(&draws[1], b, property, &draws[0], err);
    if (!code)
        code = ledger_best(a, property, &best[0], err);
    if (!code)
        code = ledger_best(b, property, &best[1], err);
    if (!code)
        code = ledger_best_draws(w, a, property, &draws[0], &value[0], err);
    if (!code)
        code = ledger_best_draws(w, b, property, &draws[1], &value[1], err);
    for (size_t d = 0; !code && d < draws[0].design.draws; d++)
        value[0][d] -= value[1][d];
    if (!code)
        code =
            ledger_interval(row, best[0] - best[1], value[0], (size_t)draws[0].design.draws, err);
    for (int i = 0; i < 2; i++) {
        bootstrap_free(&draws[i]);
        free(value[i]);
    }
    if (code == STATUS_UNSUPPORTED || code == STATUS_MISMATCH || code == STATUS_NOTFOUND) {
        snprintf(row->why, sizeof row->why, "%.255s", err->msg);
        return STATUS_OK;
    }
    return code;
}

/* The claim's model against ssl; false, with the reason, where one of them is missing. */
static bool ledger_two_files(struct ledger_work *w, const struct ledger_claim *c,
                             struct ledger_row *row)
{
    struct analysis *a = w->r->file[c->role], *b = w->r->file[LEDGER_SSL];
    char options[80];
    snprintf(options, sizeof options, "--difference --property %s --statistic full-dim",
             c->property);
    if (a && b)
        ledger_command(w, row, "stability", a->counts->path, b->counts->path, options);
    else
        snprintf(row->why, sizeof row->why, "no file %s=FILE was given",
                 ledger_roles[a ? LEDGER_SSL : c->role]);
    return a && b;
}

enum status ledger_judge_raises(struct ledger_work *w, const struct ledger_claim *c,
                                struct ledger_row *row, struct err *err)
{
    if (!ledger_two_files(w, c, row))
        return STATUS_OK;
    enum status code =
        ledger_pair(w, w->r->file[c->role], w->r->file[LEDGER_SSL], c->property, row, err);
    if (!code)
        ledger_judge_above(row);
    return code;
}

/* No difference is a claim, too: the whole interval is within MARGIN, or outside. */
enum status ledger_judge_leaves(struct ledger_work *w, const struct ledger_claim *c,
                                struct ledger_row *row, struct err *err)
{
    if (!ledger_two_files(w, c, row))
        return STATUS_OK;
    enum status code =
        ledger_pair(w, w->r->file[c->role], w->r->file[LEDGER_SSL], c->property, row, err);
    row->p = NAN; /* of another hypothesis: that there is no difference at all */
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
                                   .exchange = w->r->exchange,
                                   .threads = w->r->threads};
    struct setexpr set = {0};
    struct null_result n;
    if (!a) {
        snprintf(row->why, sizeof row->why, "no file %s=FILE was given", ledger_roles[c->role]);
        return STATUS_OK;
    }
    ledger_command(w, row, "null", a->counts->path, NULL,
                   "--property gender --statistic overlap:pitch --layer 1");
    enum status code = null_add_statistic(&request, "overlap:pitch", a, &set, err);
    if (!code)
        code = null_make(&n, a, &request, err);
    if (!code) {
        row->ours = n.row[0].summary.observed;
        row->null = n.row[0].summary.mean;
        row->p = n.row[0].summary.p;
        row->verdict = row->p < LEVEL && row->ours > row->null ? LEDGER_HOLDS : LEDGER_CANNOT_TELL;
        null_free(&n);
    }
    setexpr_free(&set);
    if (code == STATUS_UNSUPPORTED || code == STATUS_NOTFOUND) {
        snprintf(row->why, sizeof row->why, "%.255s", err->msg);
        return STATUS_OK;
    }
    return code;
}

/* What only an edited model tells. */
enum status ledger_judge_edit(struct ledger_work *w, const struct ledger_claim *c,
                              struct ledger_row *row, struct err *err)
{
    const struct analysis *a = w->r->file[c->role];
    const char *model = w->r->model[c->role] ? w->r->model[c->role] : "MODEL";
    struct buf options = BUF_INIT;
    (void)err;
    buf_str(&options, "--property gender --relabel 99 -m ");
    if (w->r->model[c->role])
        shell_quote(&options, model);
    else
        buf_str(&options, model);
    buf_str(&options, " -a AUDIO -l LABELS --speakers FILE --task sid");
    ledger_command(NULL, row, "erase --matrix -c", a ? a->counts->path : "FILE", NULL,
                   buf_ok(&options) ? buf_text(&options) : "");
    buf_free(&options);
    snprintf(row->why, sizeof row->why, "needs the model erased and measured: the command does it");
    return STATUS_OK;
}
