/*
 * Summaries of nulls (summary.h).
 */
#include "config.h"

#include "inference/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define TIE 1e-9

bool summary_reaches(double a, double b)
{
    return a >= b || fabs(a - b) <= TIE * fmax(fabs(a), fabs(b));
}

int summary_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double summary_quantile(const double *sorted, size_t n, double share)
{
    if (n == 0)
        return NAN;
    double at = share * (double)(n - 1), below = floor(at);
    size_t i = (size_t)below;
    if (i + 1 >= n)
        return sorted[n - 1];
    return sorted[i] + (at - below) * (sorted[i + 1] - sorted[i]);
}

/* Mean and deviation of VALUE [n], in two passes. */
static void summary_moments(const double *value, size_t n, double *mean, double *sd)
{
    double sum = 0, squares = 0;
    *mean = *sd = NAN;
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        sum += value[i];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (value[i] - *mean) * (value[i] - *mean);
    *sd = sqrt(squares / (double)n);
}

static double summary_p(double observed, const double *value, size_t draws, bool enumerated)
{
    size_t reached = 0;
    if (isnan(observed) || draws == 0)
        return NAN;
    for (size_t i = 0; i < draws; i++)
        reached += summary_reaches(value[i], observed);
    return enumerated ? (double)reached / (double)draws
                      : (1 + (double)reached) / (1 + (double)draws);
}

enum status summary_make(struct summary *s, double observed, const double *value, size_t draws,
                         bool enumerated, struct err *err)
{
    double *sorted = mem_array(draws, sizeof *sorted);
    size_t n = 0;
    if (!sorted)
        return err_nomem(err);
    for (size_t i = 0; i < draws; i++)
        if (!isnan(value[i]))
            sorted[n++] = value[i];
    *s = (struct summary){.observed = observed, .p_max = NAN};
    summary_moments(sorted, n, &s->mean, &s->sd);
    qsort(sorted, n, sizeof *sorted, summary_compare);
    s->low = summary_quantile(sorted, n, 0.025);
    s->high = summary_quantile(sorted, n, 0.975);
    s->p = summary_p(observed, value, draws, enumerated);
    free(sorted);
    return STATUS_OK;
}

/* How a layer's values are standardised: with the observed one among them. */
struct summary_scale {
    double mean, sd; /* sd 0: left out */
};

static struct summary_scale summary_scale(double observed, const double *value, size_t draws,
                                          bool enumerated)
{
    struct summary_scale scale = {0, 0};
    double n = 0, sum = 0, squares = 0, low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < draws + !enumerated; i++) {
        double v = i < draws ? value[i] : observed;
        if (isnan(v))
            continue;
        sum += v;
        low = fmin(low, v);
        high = fmax(high, v);
        n++;
    }
    if (n == 0 || summary_reaches(low, high) || isnan(observed))
        return scale;
    scale.mean = sum / n;
    for (size_t i = 0; i < draws + !enumerated; i++) {
        double v = i < draws ? value[i] : observed;
        squares += isnan(v) ? 0 : (v - scale.mean) * (v - scale.mean);
    }
    scale.sd = sqrt(squares / n);
    return scale;
}

enum status summary_family(struct summary *s, size_t layers, const double *value, size_t draws,
                           bool enumerated, struct err *err)
{
    struct summary_scale *scale = mem_array(layers, sizeof *scale);
    double *largest = mem_array(draws, sizeof *largest);
    enum status code = scale && largest ? STATUS_OK : err_nomem(err);
    for (size_t l = 0; l < layers && !code; l++)
        scale[l] = summary_scale(s[l].observed, value + l * draws, draws, enumerated);
    for (size_t d = 0; d < draws && !code; d++) {
        largest[d] = -INFINITY;
        for (size_t l = 0; l < layers; l++)
            if (scale[l].sd > 0)
                largest[d] = fmax(largest[d], (value[l * draws + d] - scale[l].mean) / scale[l].sd);
    }
    for (size_t l = 0; l < layers && !code; l++)
        s[l].p_max = isnan(s[l].observed) ? NAN
                     : scale[l].sd > 0    ? summary_p((s[l].observed - scale[l].mean) / scale[l].sd,
                                                      largest, draws, enumerated)
                                          : 1;
    free(scale);
    free(largest);
    return code;
}
