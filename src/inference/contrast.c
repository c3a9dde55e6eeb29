/*
 * Contrasts of layers (contrast.h): Efron and Tibshirani (1993), An Introduction to the Bootstrap,
 * on intervals of differences; the bias of the draws is taken out as of two models.
 */
#include "config.h"

#include "inference/contrast.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "inference/difference_parts.h"

void contrast_layers(struct buf *out, const struct contrast_sides *s, const uint32_t *layer,
                     int which)
{
    const char *comma = "";
    for (uint32_t l = 0; l < s->layers; l++) {
        uint32_t first = layer ? layer[l] : l, last = first;
        if (s->side[l] != which)
            continue;
        for (; l + 1 < s->layers && s->side[l + 1] == which &&
               (layer ? layer[l + 1] : l + 1) == last + 1;
             l++)
            last++;
        buf_printf(out, "%s%u", comma, first + 1);
        if (last > first)
            buf_printf(out, "-%u", last + 1);
        comma = ",";
    }
}

/* The mean of VALUE[l STEP] over the layers of a side. */
static double contrast_mean(const struct contrast_sides *s, int which, const double *value,
                            uint64_t step)
{
    double sum = 0, n = 0;
    for (uint32_t l = 0; l < s->layers; l++)
        if (s->side[l] == which) {
            sum += value[l * step];
            n++;
        }
    return sum / n;
}

/* The layer among the others in which VALUE[l STEP] less CHANCE is largest; the first of them where
 * none has a value. */
static uint32_t contrast_best(const struct contrast_sides *s, const double *value, uint64_t step,
                              const double *chance)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t l = 0; l < s->layers; l++)
        if (s->side[l] < 0 &&
            (best == UINT32_MAX || value[l * step] - chance[l] > value[best * step] - chance[best]))
            best = l;
    return best;
}

/* The first layers' mean of VALUE[l STEP] minus the others', or minus that of the best of them; the
 * same of CHANCE [layers] into *EXPECTED. */
static double contrast_minus(const struct contrast_sides *s, const double *value, uint64_t step,
                             const double *chance, double *expected)
{
    double own = contrast_mean(s, 1, value, step);
    *expected = contrast_mean(s, 1, chance, 1);
    if (s->best) {
        uint32_t best = contrast_best(s, value, step, chance);
        *expected -= chance[best];
        return own - value[best * step];
    }
    *expected -= contrast_mean(s, -1, chance, 1);
    return own - contrast_mean(s, -1, value, step);
}

/* The interval of ROW, whose observed and expected values are known, from the draws less CHANCE
 * [layers]; DRAWN [draws] is scratch. */
static enum status contrast_interval(struct contrast_row *row, const struct contrast_sides *s,
                                     const double *chance, const double *value,
                                     const struct bootstrap_design *d, double *drawn, double scale,
                                     struct err *err)
{
    struct difference_row difference = {
        .a = row->observed, .b = row->expected, .scale = scale, .value = drawn};
    double expected;
    for (uint64_t i = 0; i < d->draws; i++) {
        drawn[i] = contrast_minus(s, value + i, d->draws, chance, &expected);
        drawn[i] -= expected;
    }
    enum status code = difference_summarise(&difference, d, err);
    if (code)
        return code;
    row->observed = difference.a;
    row->expected = difference.b;
    row->difference = difference.difference;
    row->low = difference.low;
    row->high = difference.high;
    row->p = difference.p;
    row->why = difference.why;
    return STATUS_OK;
}

enum status contrast_judge(struct contrast_row *row, const struct contrast_sides *s,
                           const struct null_row *null, const double *value,
                           const struct bootstrap_design *d, struct err *err)
{
    double *observed = mem_array(s->layers, sizeof *observed);
    double *chance = mem_array(s->layers, sizeof *chance);
    double *drawn = mem_array((size_t)d->draws, sizeof *drawn);
    enum status code = observed && chance && drawn ? STATUS_OK : err_nomem(err);
    row->against_p = NAN;
    for (uint32_t l = 0; l < s->layers && !code; l++) {
        observed[l] = null[l].summary.observed;
        chance[l] = null[l].summary.mean;
        if (s->side[l] < 0)
            row->against_p = fmin(row->against_p, null[l].summary.p_max);
    }
    if (!code) {
        row->observed = contrast_minus(s, observed, 1, chance, &row->expected);
        double scale =
            difference_scale(difference_scale(0, observed, s->layers), chance, s->layers);
        code = contrast_interval(row, s, chance, value, d, drawn, scale, err);
    }
    free(observed);
    free(chance);
    free(drawn);
    return code;
}

/* The null, the draws, and a row for each statistic. */
static enum status contrast_compute(struct contrast *c, struct analysis *a,
                                    const struct difference_request *r, const struct bootstrap *b,
                                    const struct contrast_sides *s, struct err *err)
{
    size_t rows = (size_t)r->statistics * r->layers, values;
    double *value = b->design.draws <= SIZE_MAX && mul_size(rows, (size_t)b->design.draws, &values)
                        ? mem_array(values, sizeof *value)
                        : NULL;
    enum status code = value ? difference_null(&c->null, a, r, 0, 0.5, err) : err_nomem(err);
    if (!code)
        code = difference_draws(r, a, b, value, 0.5, 0.5, err);
    for (uint32_t i = 0; i < r->statistics && !code; i++) {
        size_t at = (size_t)i * r->layers;
        c->row[i].statistic = r->statistic[i].statistic;
        code = contrast_judge(&c->row[i], s, c->null.row + at, value + at * b->design.draws,
                              &b->design, err);
    }
    free(value);
    return code;
}

enum status contrast_make(struct contrast *out, struct analysis *a,
                          const struct difference_request *r, const struct contrast_sides *s,
                          struct err *err)
{
    struct contrast made = {
        .rows = r->statistics, .of = BUF_INIT, .against = BUF_INIT, .best = s->best};
    struct bootstrap b = {.cells = 0};
    enum status code = bootstrap_make(&b, a, r->property, &r->bootstrap, false, err);
    made.design = b.design;
    contrast_layers(&made.of, s, r->layer, 1);
    contrast_layers(&made.against, s, r->layer, -1);
    if (!code && (!buf_ok(&made.of) || !buf_ok(&made.against)))
        code = err_nomem(err);
    if (!code)
        code = contrast_compute(&made, a, r, &b, s, err);
    bootstrap_free(&b);
    if (code)
        contrast_free(&made);
    else
        *out = made;
    return code;
}

void contrast_free(struct contrast *c)
{
    null_free(&c->null);
    buf_free(&c->of);
    buf_free(&c->against);
}
