/*
 * select.h - which neurons are activated in a frame: the tau largest |f| of a row.
 *
 * Exact: the same neurons as a full sort by falling |f| with ties to the lower index.  Values
 * must be numbers; with NaNs among them the choice is arbitrary but still TAU distinct indices.
 */
#ifndef PROPNEU_MODEL_KERNELS_SELECT_H
#define PROPNEU_MODEL_KERNELS_SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Working memory of one thread for rows of WIDTH values. */
struct selector {
    uint32_t width, tau;
    uint32_t *index; /* [width + padding] candidates; the result stands in the first tau */
    uint32_t *key;   /* [width + padding] their |f| as bits */
};

/* tau = the share LAMBDA percent of WIDTH, halves to even (Python's round), 1 to WIDTH. */
uint32_t select_tau(uint32_t width, double lambda_percent);

/* TAU in 1 .. WIDTH, else STATUS_USAGE.  Free with selector_free (NULL-safe on a zeroed one). */
enum status selector_init(struct selector *s, uint32_t width, uint32_t tau, struct err *err);
void selector_free(struct selector *s);

/* Neurons of the tau largest |ROW|, ROW [width], in ascending order [tau]; borrowed until the
 * next call. */
const uint32_t *selector_run(struct selector *s, const float *row);

#endif
