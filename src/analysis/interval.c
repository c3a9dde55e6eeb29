/*
 * Percentiles and p-values of a list of numbers. Percentiles are interpolated linearly, as numpy's
 * default does.
 */
#include "config.h"

#include "analysis/interval.h"

#include <math.h>
#include <stdlib.h>

#include "base/ties.h"

static int interval_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The number at SHARE of the way from the first of X, ascending, to the last. */
static double interval_at(const double *x, size_t count, double share)
{
    double at = share * (double)(count - 1);
    size_t i = (size_t)at;
    if (i + 1 >= count)
        return x[count - 1];
    return x[i] + (at - (double)i) * (x[i + 1] - x[i]);
}

double interval_percentile(double *x, size_t count, double share)
{
    qsort(x, count, sizeof *x, interval_compare);
    return count ? interval_at(x, count, share) : NAN;
}

struct interval interval_of(double *x, size_t count, double coverage)
{
    struct interval v = {0, NAN, NAN, NAN};
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(x[i]))
            x[v.count++] = x[i];
    if (v.count == 0)
        return v;
    qsort(x, v.count, sizeof *x, interval_compare);
    for (size_t i = 0; i < v.count; i++)
        sum += x[i];
    v.mean = sum / (double)v.count;
    v.low = interval_at(x, v.count, (1 - coverage) / 2);
    v.high = interval_at(x, v.count, 1 - (1 - coverage) / 2);
    return v;
}

double interval_p(const double *x, size_t count, double observed)
{
    size_t n = 0, reached = 0;
    for (size_t i = 0; i < count; i++) {
        n += !isnan(x[i]);
        reached += !isnan(x[i]) && !ties_above(observed, x[i]);
    }
    return n && !isnan(observed) ? (double)(reached + 1) / (double)(n + 1) : NAN;
}
