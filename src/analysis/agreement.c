/*
 * Overlap and rank correlation of two selectors (agreement.h).  Scores of different selectors have
 * different units, so that only their order can be compared; of a neuron that has a score for each
 * group, the best counts.
 */
#include "config.h"

#include "analysis/agreement.h"

#include <math.h>
#include <stdlib.h>

#include "base/bitset.h"
#include "base/mem.h"

struct agreement_item {
    double value;
    size_t index;
};

static int agreement_compare(const void *a, const void *b)
{
    const struct agreement_item *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Ranks of V [count] into RANK, minus their mean: equal numbers share the mean of their ranks. */
static void agreement_rank(const double *v, size_t count, double *rank, struct agreement_item *item)
{
    for (size_t i = 0; i < count; i++)
        item[i] = (struct agreement_item){v[i], i};
    qsort(item, count, sizeof *item, agreement_compare);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && item[end].value == item[i].value;)
            end++;
        for (size_t k = i; k < end; k++)
            rank[item[k].index] = ((double)i + (double)end - (double)count) / 2;
    }
}

enum status agreement_spearman(const double *x, const double *y, size_t count, double *out,
                               struct err *err)
{
    struct agreement_item *item = mem_array(count, sizeof *item);
    double *a = mem_array(count, sizeof *a), *b = mem_array(count, sizeof *b);
    double both = 0, aa = 0, bb = 0;
    enum status code = item && a && b ? STATUS_OK : err_nomem(err);
    if (!code) {
        agreement_rank(x, count, a, item);
        agreement_rank(y, count, b, item);
    }
    for (size_t i = 0; i < count && !code; i++) {
        both += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    if (!code)
        *out = aa > 0 && bb > 0 ? both / sqrt(aa * bb) : NAN;
    free(item);
    free(a);
    free(b);
    return code;
}

/* Each neuron's best key over the groups it is a candidate of, -INFINITY for the others. */
static void agreement_best(const struct agreement_side *s, double *best)
{
    const struct selection_ranking *r = s->ranking;
    for (uint32_t i = 0; i < r->width; i++)
        best[i] = -INFINITY;
    for (uint32_t g = 0; g < r->groups; g++)
        for (uint32_t k = 0; k < r->candidates[g]; k++) {
            uint32_t i = r->order[(size_t)g * r->width + k];
            double key = selection_key(s->selector, r->score[(size_t)g * r->width + i]);
            best[i] = fmax(best[i], key);
        }
}

enum status agreement_make(struct agreement *out, const struct agreement_side *a,
                           const struct agreement_side *b, struct err *err)
{
    uint32_t width = a->ranking->width;
    size_t words = bitset_words(width), either = 0, both = 0, common = 0;
    struct agreement made = {.jaccard = NAN};
    double *x = mem_array(width, sizeof *x), *y = mem_array(width, sizeof *y);
    enum status code = x && y ? STATUS_OK : err_nomem(err);
    for (size_t w = 0; w < words; w++) {
        const uint64_t shared = a->neurons[w] & b->neurons[w], any = a->neurons[w] | b->neurons[w];
        both += bitset_count(&shared, 1);
        either += bitset_count(&any, 1);
    }
    if (!code) {
        agreement_best(a, x);
        agreement_best(b, y);
        for (uint32_t i = 0; i < width; i++)
            if (x[i] > -INFINITY && y[i] > -INFINITY) {
                x[common] = x[i];
                y[common++] = y[i];
            }
        code = agreement_spearman(x, y, common, &made.spearman, err);
    }
    free(x);
    free(y);
    if (code)
        return code;
    made.size_a = (uint32_t)bitset_count(a->neurons, words);
    made.size_b = (uint32_t)bitset_count(b->neurons, words);
    made.shared = (uint32_t)both;
    if (either)
        made.jaccard = (double)both / (double)either;
    *out = made;
    return STATUS_OK;
}
