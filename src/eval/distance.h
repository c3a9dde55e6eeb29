/*
 * distance.h - the fewest changes that make one sequence of the other.
 */
#ifndef PROPNEU_EVAL_DISTANCE_H
#define PROPNEU_EVAL_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Cells of the table: 8192 x 8192 phones, ten minutes of speech. */
#define DISTANCE_MAX_CELLS ((size_t)1 << 26)

struct distance {
    uint8_t *step; /* [right + 1][have + 1] */
    size_t step_cap;
    uint32_t *row; /* [have + 1] */
    size_t row_cap;
};

void distance_free(struct distance *d);

/*
 * Aligns HAVE [have] with RIGHT [right] at the least number of substitutions, deletions and
 * insertions: WRONG [right] becomes true where an element is substituted or deleted, *INSERTED is
 * the rest.  Among alignments as good, substitution is preferred to deletion and that to insertion,
 * from the end.  STATUS_UNSUPPORTED: more than DISTANCE_MAX_CELLS; STATUS_NOMEM.
 */
enum status distance_align(struct distance *d, const uint32_t *right, size_t rights,
                           const uint32_t *have, size_t haves, bool *wrong, size_t *inserted,
                           struct err *err);

#endif
