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
#include "inference/difference_shared.h"
#include "inference/summary.h"

/* One file's draws under way. */
struct difference_work {
    const struct difference_request *r;
    const struct property *property;
    uint64_t draws;
    double *value; /* [statistics][layers][draws] */
    double from;   /* share of the work that was done before */
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

/* Each file is half of the work. */
static void difference_progress(void *context, double share)
{
    const struct difference_work *w = context;
    if (w->r->progress)
        w->r->progress(w->r->progress_context, w->from + share / 2);
}

/* The draws B of A's file into VALUE. */
static enum status difference_draws(const struct difference_request *r, struct analysis *a,
                                    const struct bootstrap *b, double *value, double from,
                                    struct err *err)
{
    struct difference_work w = {.r = r, .draws = b->design.draws, .value = value, .from = from};
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

enum status difference_summarise(struct difference_row *row, uint64_t draws, struct err *err)
{
    double *sorted = mem_array((size_t)draws, sizeof *sorted), sum = 0;
    size_t n = 0, below = 0, above = 0;
    if (!sorted)
        return err_nomem(err);
    row->difference = row->a - row->b;
    for (uint64_t i = 0; i < draws; i++)
        if (!isnan(row->value[i]))
            sum += sorted[n++] = row->value[i];
    double mean = sum / (double)n; /* NAN where there is none */
    row->bias = mean - row->difference;
    for (size_t i = 0; i < n; i++) {
        below += summary_reaches(row->bias, sorted[i]);
        above += summary_reaches(sorted[i], row->bias);
        sorted[i] -= row->bias;
    }
    qsort(sorted, n, sizeof *sorted, summary_compare);
    row->low = summary_quantile(sorted, n, 0.025);
    row->high = summary_quantile(sorted, n, 0.975);
    row->p = isnan(row->bias)
                 ? NAN
                 : fmin(1, 2 * (1 + (double)(below < above ? below : above)) / (1 + (double)n));
    free(sorted);
    return STATUS_OK;
}

/* Rows with what the files say, and room for the draws. */
static enum status difference_begin(struct difference *d, struct analysis *a, struct analysis *b,
                                    const struct difference_request *r, struct err *err)
{
    size_t values;
    enum status code = STATUS_OK;
    d->rows = r->statistics * r->layers;
    d->row = mem_zeros(d->rows, sizeof *d->row);
    d->value = d->design.draws <= SIZE_MAX && mul_size(d->rows, (size_t)d->design.draws, &values)
                   ? mem_array(values, sizeof *d->value)
                   : NULL;
    if (!d->row || !d->value)
        return err_nomem(err);
    for (uint32_t i = 0; i < d->rows && !code; i++) {
        struct difference_row *row = &d->row[i];
        row->statistic = r->statistic[i / r->layers];
        row->layer = r->layer[i % r->layers];
        row->value = d->value + i * d->design.draws;
        code = difference_observe(&row->statistic, a, r->property, row->layer, &row->a, err);
        if (!code)
            code = difference_observe(&row->statistic, b, r->property, row->layer, &row->b, err);
    }
    return code;
}

/* The draws of both, and their differences. */
static enum status difference_run(struct difference *d, struct analysis *a, struct analysis *b,
                                  const struct difference_request *r,
                                  const struct bootstrap draws[2], struct err *err)
{
    size_t values = (size_t)d->rows * (size_t)d->design.draws;
    double *of_b = mem_array(values, sizeof *of_b);
    enum status code = of_b ? STATUS_OK : err_nomem(err);
    if (!code)
        code = difference_draws(r, a, &draws[0], d->value, 0, err);
    if (!code)
        code = difference_draws(r, b, &draws[1], of_b, 0.5, err);
    for (size_t i = 0; i < values && !code; i++)
        d->value[i] -= of_b[i];
    for (uint32_t i = 0; i < d->rows && !code; i++)
        code = difference_summarise(&d->row[i], d->design.draws, err);
    free(of_b);
    return code;
}

enum status difference_make(struct difference *out, struct analysis *a, struct analysis *b,
                            const struct difference_request *r, struct err *err)
{
    struct difference made = {.rows = 0};
    struct bootstrap draws[2] = {{.cells = 0}};
    b->cancel = a->cancel;
    enum status code = difference_share(&made, a, b, r->property, err);
    if (!code)
        code = bootstrap_make(&draws[0], a, r->property, &r->bootstrap, false, err);
    if (!code)
        code = bootstrap_follow(&draws[1], b, r->property, &draws[0], err);
    made.design = draws[0].design;
    if (!code)
        code = difference_begin(&made, a, b, r, err);
    if (!code)
        code = difference_run(&made, a, b, r, draws, err);
    for (int i = 0; i < 2; i++)
        bootstrap_free(&draws[i]);
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
