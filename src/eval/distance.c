/*
 * The edit distance of two sequences of labels with the steps that lead to it (Wagner and Fischer
 * 1974), so that errors can be counted by the label they fall on.
 */
#include "config.h"

#include "eval/distance.h"

#include <stdlib.h>

#include "base/mem.h"

enum { STEP_PAIR, STEP_DELETE, STEP_INSERT };

void distance_free(struct distance *d)
{
    free(d->step);
    free(d->row);
    *d = (struct distance){.step = NULL};
}

/* The table, row by row: row[k] is the least cost of aligning the first i of RIGHT with the first k
 * of HAVE, step[i][k] the last step of such an alignment. Costs of one row are kept, the steps of
 * all. */
static void table_fill(struct distance *d, const uint32_t *right, size_t rights,
                       const uint32_t *have, size_t haves)
{
    size_t width = haves + 1;
    for (size_t k = 0; k < width; k++) {
        d->row[k] = (uint32_t)k;
        d->step[k] = STEP_INSERT;
    }
    for (size_t i = 1; i <= rights; i++) {
        uint32_t diagonal = d->row[0]++;
        uint8_t *step = d->step + i * width;
        step[0] = STEP_DELETE;
        for (size_t k = 1; k < width; k++) {
            uint32_t pair = diagonal + (right[i - 1] != have[k - 1]);
            uint32_t drop = d->row[k] + 1, insert = d->row[k - 1] + 1;
            diagonal = d->row[k];
            d->row[k] = pair;
            step[k] = STEP_PAIR;
            if (drop < d->row[k]) {
                d->row[k] = drop;
                step[k] = STEP_DELETE;
            }
            if (insert < d->row[k]) {
                d->row[k] = insert;
                step[k] = STEP_INSERT;
            }
        }
    }
}

enum status distance_align(struct distance *d, const uint32_t *right, size_t rights,
                           const uint32_t *have, size_t haves, bool *wrong, size_t *inserted,
                           struct err *err)
{
    size_t cells;
    if (!mul_size(rights + 1, haves + 1, &cells) || cells > DISTANCE_MAX_CELLS)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%zu phones and %zu predicted are too many to align: use --piece", rights,
                       haves);
    if (!mem_grow(&d->step, &d->step_cap, cells, sizeof *d->step) ||
        !mem_grow(&d->row, &d->row_cap, haves + 1, sizeof *d->row))
        return err_nomem(err);
    table_fill(d, right, rights, have, haves);
    *inserted = 0;
    /* Back along the steps from the last cell to the first. */
    for (size_t i = rights, k = haves; i > 0 || k > 0;) {
        uint8_t step = d->step[i * (haves + 1) + k];
        if (step == STEP_INSERT) {
            ++*inserted;
            k--;
            continue;
        }
        wrong[i - 1] = step == STEP_DELETE || right[i - 1] != have[k - 1];
        i--;
        k -= step == STEP_PAIR;
    }
    return STATUS_OK;
}
