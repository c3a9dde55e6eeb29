/*
 * Applying a head: linear maps of hidden states, the best class, and the likelihood of the right
 * one.
 */
#include "config.h"

#include "eval/head.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void head_free(struct head *h)
{
    names_free(&h->label);
    free(h->layer);
    free(h->projector);
    free(h->projector_bias);
    free(h->weight);
    free(h->bias);
    *h = (struct head){.label = NAMES_INIT};
}

/* Y [rows] = W [rows][columns] X + B (NULL: 0). Plain sums in double precision, always in the same
 * order, so that decisions do not depend on a BLAS. */
static void linear_apply(const float *w, const float *b, size_t rows, size_t columns,
                         const double *x, double *y)
{
    for (size_t r = 0; r < rows; r++) {
        double sum = b ? (double)b[r] : 0;
        for (size_t i = 0; i < columns; i++)
            sum += (double)w[r * columns + i] * x[i];
        y[r] = sum;
    }
}

bool head_logits(const struct head *h, const double *x, uint32_t embed, double *work, double *out)
{
    if (h->projector) {
        linear_apply(h->projector, h->projector_bias, h->in, embed, x, work);
        x = work;
    }
    linear_apply(h->weight, h->bias, h->classes, h->in, x, out);
    for (uint32_t c = 0; c < h->classes; c++)
        if (!isfinite(out[c]))
            return false;
    return true;
}

int32_t head_ctc_class(const struct head *h, uint32_t c)
{
    return c == (uint32_t)h->blank ? 0 : c == 0 ? h->blank : (int32_t)c;
}

uint32_t head_best(const double *x, uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t c = 1; c < n; c++)
        if (x[c] > x[best])
            best = c;
    return best;
}

double head_loss(const double *x, uint32_t n, uint32_t right)
{
    /* ln of the sum of exp x, less the largest x first, so that nothing overflows. */
    double top = x[head_best(x, n)], sum = 0;
    for (uint32_t c = 0; c < n; c++)
        sum += exp(x[c] - top);
    return log(sum) + top - x[right];
}
