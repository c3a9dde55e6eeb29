/*
 * False discovery rates (fdr.h) by the step-up rule of Benjamini and Hochberg (1995), with the
 * factor of Benjamini and Yekutieli (2001) or the share of true nulls of Storey (2002).
 */
#include "config.h"

#include "inference/fdr.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define FDR_LAMBDA 0.5 /* above it, all p are taken to be those of true nulls */

const char *fdr_name(enum fdr method)
{
    static const char *const name[FDR_COUNT] = {"bh", "by", "storey"};
    return name[method];
}

const char *fdr_title(enum fdr method)
{
    static const char *const title[FDR_COUNT] = {"Benjamini-Hochberg", "Benjamini-Yekutieli",
                                                 "Storey"};
    return title[method];
}

/* The sum of 1 / i up to N. */
static double fdr_harmonic(size_t n)
{
    double sum = 0;
    for (size_t i = n; i > 0; i--)
        sum += 1 / (double)i;
    return sum;
}

/* Share of true nulls, from the p above FDR_LAMBDA; one more of them, so that it is never 0
 * (Storey, Taylor and Siegmund 2004). */
static double fdr_true_nulls(const double *p, size_t n)
{
    size_t above = 1;
    for (size_t i = 0; i < n; i++)
        above += isnan(p[i]) || p[i] > FDR_LAMBDA;
    return fmin(1, (double)above / ((1 - FDR_LAMBDA) * (double)n));
}

struct fdr_test {
    double p;
    size_t number;
};

static int fdr_compare(const void *a, const void *b)
{
    const struct fdr_test *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

enum status fdr_adjust(enum fdr method, const double *p, size_t n, double *q, struct err *err)
{
    struct fdr_test *test = mem_array(n, sizeof *test);
    double factor = method == FDR_BY       ? fdr_harmonic(n)
                    : method == FDR_STOREY ? fdr_true_nulls(p, n)
                                           : 1;
    double least = 1;
    size_t known = 0;
    if (!test)
        return err_nomem(err);
    for (size_t i = 0; i < n; i++) {
        q[i] = NAN;
        if (!isnan(p[i]))
            test[known++] = (struct fdr_test){p[i], i};
    }
    qsort(test, known, sizeof *test, fdr_compare);
    for (size_t i = known; i-- > 0;) {
        least = fmin(least, factor * test[i].p * (double)n / (double)(i + 1));
        q[test[i].number] = least;
    }
    free(test);
    return STATUS_OK;
}
