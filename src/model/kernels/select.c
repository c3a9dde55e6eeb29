/*
 * Top-tau selection in two steps: candidates above a lower bound, which the kernel finds in one
 * pass, then the exact bound among the candidates by their bits.  No row is sorted.
 */
#include "config.h"

#include "model/kernels/select.h"

#include <math.h>
#include <stdlib.h>

#include "model/kernels/kernels.h"
#include "base/mem.h"

#define PADDING 16 /* what a kernel may write behind the last candidate */

uint32_t select_tau(uint32_t width, double lambda_percent)
{
    /* width * lambda is exact for whole percents, so that only the division rounds: 0.01 * width
     * would miss halves.  rint rounds halves to even, as the reference's round does. */
    double tau = rint(width * lambda_percent / 100);
    return tau < 1 ? 1 : tau > width ? width : (uint32_t)tau;
}

enum status selector_init(struct selector *s, uint32_t width, uint32_t tau, struct err *err)
{
    if (tau < 1 || tau > width)
        return err_set(err, STATUS_USAGE, "%u of %u neurons cannot be selected", tau, width);
    *s = (struct selector){.width = width, .tau = tau};
    s->index = mem_array((size_t)width + PADDING, sizeof *s->index);
    s->key = mem_array((size_t)width + PADDING, sizeof *s->key);
    if (!s->index || !s->key) {
        selector_free(s);
        return err_nomem(err);
    }
    return STATUS_OK;
}

void selector_free(struct selector *s)
{
    free(s->index);
    free(s->key);
    *s = (struct selector){0};
}

const uint32_t *selector_run(struct selector *s, const float *row)
{
    const struct kernels *kn = kernels_get();
    size_t n = kn->candidates(row, s->width, s->tau, s->index, s->key);
    if (n == s->tau)
        return s->index;
    uint32_t bound = kn->threshold(s->key, n, s->tau);
    size_t above = 0, kept = 0;
    for (size_t i = 0; i < n; i++)
        above += s->key[i] > bound;
    /* All above the bound, and of those that equal it the first ones. */
    size_t equal = s->tau > above ? s->tau - above : 0;
    for (size_t i = 0; i < n && kept < s->tau; i++) {
        bool take = s->key[i] > bound || (s->key[i] == bound && equal > 0);
        equal -= take && s->key[i] == bound;
        s->index[kept] = s->index[i];
        kept += take;
    }
    return s->index;
}
