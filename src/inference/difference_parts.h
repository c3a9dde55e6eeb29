/*
 * difference_parts.h - private to comparisons of models and of layers: what both are made from.
 */
#ifndef PROPNEU_INFERENCE_DIFFERENCE_PARTS_H
#define PROPNEU_INFERENCE_DIFFERENCE_PARTS_H

#include "inference/difference.h"
#include "inference/null.h"

/*
 * R's statistics of A's file in R's layers under the draws B, into VALUE [statistics][layers][draws
 * of B].  They are PART of the whole work, FROM of which was done before.
 */
enum status difference_draws(const struct difference_request *r, struct analysis *a,
                             const struct bootstrap *b, double *value, double from, double part,
                             struct err *err);

/* The null of the same, under the same strata, number of draws and seed; to be freed.
 * STATUS_UNSUPPORTED where there is none. */
enum status difference_null(struct null_result *out, struct analysis *a,
                            const struct difference_request *r, double from, double part,
                            struct err *err);

#endif
