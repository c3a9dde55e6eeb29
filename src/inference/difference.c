/*
 * Two models on the same recordings (difference.h): the paired bootstrap, with the bias of the
 * draws taken out, since sizes after a threshold are biased in both models, but not equally.
 */
#include "config.h"

#include "inference/difference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "inference/difference_parts.h"
#include "inference/difference_shared.h"
#include "inference/summary.h"

#define HAIR 1e-9 /* of the values: what sums in another order differ by, and more */

/* One file's draws under way. */
struct difference_work {
    const struct difference_request *r;
    const struct property *property;
    uint64_t draws;
    double *value;     /* [statistics][layers][draws] */
    double from, part; /* share of the work that was done before, and that this is */
};

/* How many neurons are in a set and in another. */
static double difference_count(const uint64_t *one, const uint64_t *other, size_t words)
{
    size_t n = 0;
    for (size_t i = 0; i < words; i++) {
        uint64_t both = one[i] & other[i];
        n += bitset_count(&both, 1);
    }
    return (double)n;
}

static enum status difference_compute(const struct difference_statistic *of,
                                      const struct property *p, struct sample *s, double *value,
                                      struct err *err)
{
    if (!of->group)
        return of->statistic->compute(s, value, err);
    const uint64_t *members = sample_members(s), *neurons = sample_neurons(s);
    uint32_t g = names_find(&p->group, of->group);
    *value = difference_count(members + g * s->words, neurons, s->words);
    return STATUS_OK;
}

static enum status difference_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                    struct sample *s, struct err *err)
{
    struct difference_work *w = context;
    enum status code = STATUS_OK;
    (void)worker;
    for (uint32_t i = 0; i < w->r->statistics && !code; i++) {
        size_t row = (size_t)i * w->r->layers + layer;
        code = difference_compute(&w->r->statistic[i], w->property, s,
                                  &w->value[row * w->draws + draw], err);
    }
    return code;
}

static void difference_progress(void *context, double share)
{
    const struct difference_work *w = context;
    if (w->r->progress)
        w->r->progress(w->r->progress_context, w->from + share * w->part);
}

enum status difference_draws(const struct difference_request *r, struct analysis *a,
                             const struct bootstrap *b, double *value, double from, double part,
                             struct err *err)
{
    struct difference_work w = {
        .r = r, .draws = b->design.draws, .value = value, .from = from, .part = part};
    struct resample resample = {.threads = r->threads,
                                .cancel = a->cancel,
                                .progress = difference_progress,
                                .progress_context = &w};
    enum status code = analysis_property(a, r->property, &w.property, err);
    bootstrap_resample(b, a, r->property, &resample);
    if (!code)
        code = resample_run(&resample, r->layer, r->layers, 0, w.draws, difference_visit, &w, err);
    return code;
}

enum status difference_null(struct null_result *out, struct analysis *a,
                            const struct difference_request *r, double from, double part,
                            struct err *err)
{
    struct difference_work w = {.r = r, .from = from, .part = part};
    struct null_request request = {.property = r->property,
                                   .layer = r->layer,
                                   .layers = r->layers,
                                   .statistics = r->statistics,
                                   .exchange = {.strata = r->bootstrap.strata,
                                                .speakers = r->bootstrap.speakers,
                                                .tokens = r->bootstrap.tokens,
                                                .draws = r->bootstrap.draws,
                                                .seed = r->bootstrap.seed},
                                   .threads = r->threads,
                                   .progress = difference_progress,
                                   .progress_context = &w};
    for (uint32_t i = 0; i < r->statistics; i++) {
        request.statistic[i].statistic = r->statistic[i].statistic;
        if (r->statistic[i].group)
            return err_set(err, STATUS_USAGE, "size:%.80s: one group has no null of its own",
                           r->statistic[i].group);
    }
    enum status code = null_make(out, a, &request, err);
    if (!code && out->why[0]) {
        code = err_set(err, STATUS_UNSUPPORTED, "%s", out->why);
        null_free(out);
    }
    return code;
}

/* What A's file itself says. */
static enum status difference_observe(const struct difference_statistic *of, struct analysis *a,
                                      const char *property, uint32_t layer, double *value,
                                      struct err *err)
{
    const struct property *p;
    const struct property_layer *l;
    if (!of->group)
        return statistic_of_layer(of->statistic, a, property, layer, NULL, value, err);
    enum status code = analysis_property(a, property, &p, err);
    if (!code)
        code = analysis_layer(a, property, layer, &l, err);
    uint32_t g = code ? 0 : names_find(&p->group, of->group);
    if (!code && g == NAMES_NONE)
        code = err_set(err, STATUS_NOTFOUND, "%s: %s has no group '%.80s'", a->counts->path,
                       property, of->group);
    if (!code)
        *value = difference_count(l->group + g * l->words, l->neurons, l->words);
    return code;
}

double difference_scale(double scale, const double *value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        scale = fmax(scale, fabs(value[i])); /* passes over NAN */
    return scale;
}

/* V, or 0 where that is rounding. */
static double difference_round(double v, double hair)
{
    return fabs(v) <= hair ? 0 : v;
}

/* The interval and p of ROW from SORTED [n], which is left in order and without bias. */
static void difference_interval(struct difference_row *row, double *sorted, size_t n, double hair)
{
    size_t below = 0, above = 0;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = difference_round(sorted[i] - row->bias, hair);
        below += sorted[i] <= 0;
        above += sorted[i] >= 0;
    }
    qsort(sorted, n, sizeof *sorted, summary_compare);
    row->low = summary_quantile(sorted, n, 0.025);
    row->high = summary_quantile(sorted, n, 0.975);
    row->p = fmin(1, 2 * (1 + (double)(below < above ? below : above)) / (1 + (double)n));
}

enum status difference_summarise(struct difference_row *row, const struct bootstrap_design *d,
                                 struct err *err)
{
    double *sorted = mem_array((size_t)d->draws, sizeof *sorted), sum = 0;
    double hair = HAIR * fmax(1, row->scale), low = INFINITY, high = -INFINITY;
    size_t n = 0;
    if (!sorted)
        return err_nomem(err);
    row->a = difference_round(row->a, hair);
    row->b = difference_round(row->b, hair);
    row->difference = difference_round(row->a - row->b, hair);
    row->low = row->high = row->p = NAN;
    for (uint64_t i = 0; i < d->draws; i++)
        if (!isnan(row->value[i])) {
            sorted[n] = difference_round(row->value[i], hair);
            low = fmin(low, sorted[n]);
            high = fmax(high, sorted[n]);
            sum += sorted[n++];
        }
    row->bias = difference_round(sum / (double)n - row->difference, hair); /* NAN without draws */
    row->why = isnan(row->bias)     ? "it is not defined"
               : d->fixed[0]        ? "too few to draw from"
               : high - low <= hair ? "all draws are alike"
                                    : NULL;
    if (!row->why)
        difference_interval(row, sorted, n, hair);
    free(sorted);
    return STATUS_OK;
}

/* One of two files. */
struct difference_side {
    struct analysis *a;
    struct bootstrap bootstrap;
    double *observed; /* [statistics][layers] what the file says */
    double *chance;   /* [statistics][layers] what is taken off its draws, and was off these */
    double *scale;    /* [statistics] the largest of what they were taken off */
    double *value;    /* [statistics][layers][draws] */
};

static void difference_side_free(struct difference_side *s)
{
    bootstrap_free(&s->bootstrap);
    free(s->observed);
    free(s->chance);
    free(s->scale);
    free(s->value);
}

/* What S's file says, and what is taken off its values: the means of the null, or nothing. */
static enum status difference_look(struct difference_side *s, const struct difference_request *r,
                                   double from, struct err *err)
{
    struct null_result null = {.rows = 0};
    enum status code = r->excess ? difference_null(&null, s->a, r, from, 0.25, err) : STATUS_OK;
    for (uint32_t i = 0; i < r->statistics * r->layers && !code; i++) {
        s->chance[i] = r->excess ? null.row[i].summary.mean : 0;
        if (r->excess)
            s->observed[i] = null.row[i].summary.observed;
        else
            code = difference_observe(&r->statistic[i / r->layers], s->a, r->property,
                                      r->layer[i % r->layers], &s->observed[i], err);
        if (code)
            break;
        s->scale[i / r->layers] = difference_scale(s->scale[i / r->layers], &s->observed[i], 1);
        s->observed[i] -= s->chance[i];
    }
    null_free(&null);
    return code;
}

/* The observed values and the draws of S; half of the work, which begins at FROM. */
static enum status difference_side_make(struct difference_side *s,
                                        const struct difference_request *r, double from,
                                        struct err *err)
{
    size_t rows = (size_t)r->statistics * r->layers, values;
    uint64_t draws = s->bootstrap.design.draws;
    s->observed = mem_array(rows, sizeof *s->observed);
    s->chance = mem_array(rows, sizeof *s->chance);
    s->scale = mem_zeros(r->statistics, sizeof *s->scale);
    s->value = draws <= SIZE_MAX && mul_size(rows, (size_t)draws, &values)
                   ? mem_array(values, sizeof *s->value)
                   : NULL;
    if (!s->observed || !s->chance || !s->scale || !s->value)
        return err_nomem(err);
    enum status code = difference_look(s, r, from, err);
    double part = r->excess ? 0.25 : 0.5;
    if (!code)
        code = difference_draws(r, s->a, &s->bootstrap, s->value, from + 0.5 - part, part, err);
    for (size_t i = 0; i < rows && !code; i++)
        for (uint64_t k = 0; k < draws; k++)
            s->value[i * draws + k] -= s->chance[i];
    return code;
}

/* The value of layer number L among LAYERS, each STEP after the one before; of the best of them
 * where L is their number. */
static double difference_pick(const double *of, uint32_t layers, uint64_t step, uint32_t l)
{
    double best = NAN;
    if (l < layers)
        return of[l * step];
    for (l = 0; l < layers; l++)
        best = fmax(best, of[l * step]);
    return best;
}

/* The rows from both SIDES: for each statistic its layers, and where that is asked for the best. */
static enum status difference_fill(struct difference *d, const struct difference_request *r,
                                   const struct difference_side *side, struct err *err)
{
    uint32_t each = r->layers + (r->best ? 1 : 0);
    uint64_t draws = d->design.draws;
    enum status code = STATUS_OK;
    size_t values;
    d->rows = r->statistics * each;
    d->row = mem_zeros(d->rows, sizeof *d->row);
    d->value =
        mul_size(d->rows, (size_t)draws, &values) ? mem_array(values, sizeof *d->value) : NULL;
    if (!d->row || !d->value)
        return err_nomem(err);
    for (uint32_t i = 0; i < d->rows && !code; i++) {
        struct difference_row *row = &d->row[i];
        uint32_t l = i % each;
        size_t at = (size_t)(i / each) * r->layers;
        double *value = d->value + i * draws;
        row->statistic = r->statistic[i / each];
        row->layer = l < r->layers ? r->layer[l] : DIFFERENCE_BEST;
        row->value = value;
        row->scale = fmax(side[0].scale[i / each], side[1].scale[i / each]);
        row->a = difference_pick(side[0].observed + at, r->layers, 1, l);
        row->b = difference_pick(side[1].observed + at, r->layers, 1, l);
        for (uint64_t k = 0; k < draws; k++)
            value[k] = difference_pick(side[0].value + at * draws + k, r->layers, draws, l) -
                       difference_pick(side[1].value + at * draws + k, r->layers, draws, l);
        code = difference_summarise(row, &d->design, err);
    }
    return code;
}

enum status difference_make(struct difference *out, struct analysis *a, struct analysis *b,
                            const struct difference_request *r, struct err *err)
{
    struct difference made = {.rows = 0};
    struct difference_side side[2] = {{.a = a}, {.a = b}};
    b->cancel = a->cancel;
    enum status code = difference_share(&made, a, b, r->property, err);
    if (!code)
        code = bootstrap_make(&side[0].bootstrap, a, r->property, &r->bootstrap, false, err);
    if (!code)
        code = bootstrap_follow(&side[1].bootstrap, b, r->property, &side[0].bootstrap, err);
    made.design = side[0].bootstrap.design;
    for (int i = 0; i < 2 && !code; i++)
        code = difference_side_make(&side[i], r, 0.5 * i, err);
    if (!code)
        code = difference_fill(&made, r, side, err);
    for (int i = 0; i < 2; i++)
        difference_side_free(&side[i]);
    if (code)
        difference_free(&made);
    else
        *out = made;
    return code;
}

void difference_free(struct difference *d)
{
    free(d->row);
    free(d->value);
    *d = (struct difference){.rows = 0};
}

enum status difference_add(struct difference_request *r, const char *text, struct err *err)
{
    struct difference_statistic s = {.group = NULL};
    if (strncmp(text, "size:", 5) == 0) {
        s.statistic = &statistic_size;
        s.group = text + 5;
    } else {
        s.statistic = statistic_find(text);
    }
    if (!s.statistic)
        return err_set(err, STATUS_USAGE, "no statistic '%.80s'", text);
    if (s.statistic->needs_set)
        return err_set(err, STATUS_USAGE,
                       "statistic '%s' compares with a set, which is another one in each model",
                       s.statistic->name);
    if (r->statistics == DIFFERENCE_MAX_STATISTICS)
        return err_set(err, STATUS_USAGE, "more than %d statistics", DIFFERENCE_MAX_STATISTICS);
    r->statistic[r->statistics++] = s;
    return STATUS_OK;
}
