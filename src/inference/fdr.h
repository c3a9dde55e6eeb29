/*
 * fdr.h - q of many tests: the smallest false discovery rate at which a test is among those called
 * significant, that is the expected share of false ones among all whose p is as small.
 */
#ifndef PROPNEU_INFERENCE_FDR_H
#define PROPNEU_INFERENCE_FDR_H

#include <stddef.h>

#include "base/status.h"

enum fdr {
    FDR_BH,     /* Benjamini and Hochberg 1995: tests independent or positively dependent */
    FDR_BY,     /* Benjamini and Yekutieli 2001: any dependence */
    FDR_STOREY, /* Storey 2002: BH times the estimated share of true nulls */
    FDR_COUNT
};

/* "bh", "by", "storey"; and as people write it. */
const char *fdr_name(enum fdr method);
const char *fdr_title(enum fdr method);

/*
 * Q [n] of P [n], NAN where P is.  All N are tests, those with NAN, too: they can only be false.
 * STATUS_NOMEM.
 */
enum status fdr_adjust(enum fdr method, const double *p, size_t n, double *q, struct err *err);

#endif
