/*
 * Sizes of all exclusive regions of up to OVERLAP_MAX_SETS sets, and the size that each would have
 * if membership were independent; Fisher's exact test (1935) of two of the sets.
 */
#include "config.h"

#include "analysis/overlap.h"

#include <math.h>
#include <stdlib.h>

#include "base/bitset.h"
#include "base/distributions.h"
#include "base/mem.h"

/* Expected size of region R: every set is drawn on its own, at its own rate. */
static double overlap_expected(const double *rate, uint32_t sets, uint32_t r, uint32_t width)
{
    double expected = width;
    for (uint32_t s = 0; s < sets; s++)
        expected *= r >> s & 1 ? rate[s] : 1 - rate[s];
    return expected;
}

void overlap_add(struct overlap *o, const uint64_t *rows, uint32_t sets, uint32_t width)
{
    size_t words = bitset_words(width);
    double rate[OVERLAP_MAX_SETS];
    uint32_t all = (1u << sets) - 1;
    o->sets = sets;
    o->layers++;
    o->universe += width;
    for (uint32_t s = 0; s < sets; s++) {
        uint32_t size = (uint32_t)bitset_count(rows + s * words, words);
        o->size[s] += size;
        rate[s] = width ? (double)size / width : 0;
    }
    for (uint32_t i = 0; i < width; i++) {
        uint32_t r = 0;
        for (uint32_t s = 0; s < sets; s++)
            r |= (uint32_t)bitset_has(rows + s * words, i) << s;
        o->region[r]++;
        o->in_any += r != 0;
        o->in_all += r == all;
    }
    for (uint32_t r = 0; r <= all; r++)
        o->expected[r] += overlap_expected(rate, sets, r, width);
}

/* True if LAYER is the current one or named in one of the expressions, maybe with all others. */
static bool layer_wanted(const struct setexpr *expr, uint32_t sets, uint32_t current,
                         uint32_t layer)
{
    for (uint32_t s = 0; s < sets; s++)
        for (uint32_t i = 0; i < expr[s].nodes; i++)
            if (expr[s].node[i].layer == layer || expr[s].node[i].layer == SETEXPR_EVERY)
                return true;
    return layer == current;
}

enum status overlap_make(struct overlap *o, const struct setexpr *expr, uint32_t sets,
                         struct analysis *a, uint32_t current, struct err *err)
{
    struct overlap made = {.sets = sets};
    enum status code = STATUS_OK;
    if (sets > OVERLAP_MAX_SETS)
        return err_set(err, STATUS_USAGE, "at most %d sets can be compared", OVERLAP_MAX_SETS);
    for (uint32_t l = 0; l < a->counts->layers && !code; l++) {
        uint32_t width = a->counts->layer[l].width;
        size_t words = bitset_words(width);
        if (!layer_wanted(expr, sets, current, l))
            continue;
        uint64_t *rows = mem_zeros(sets * words, sizeof *rows);
        if (!rows)
            return err_nomem(err);
        for (uint32_t s = 0; s < sets && !code; s++)
            code = setexpr_eval(&expr[s], a, current, l, rows + s * words, err);
        if (!code)
            overlap_add(&made, rows, sets, width);
        free(rows);
    }
    if (!code)
        *o = made;
    return code;
}

double overlap_hypergeometric(uint32_t shared, uint32_t size_a, uint32_t size_b, uint32_t width)
{
    return hypergeometric_upper(shared, size_a, size_b, width);
}

struct overlap_pair overlap_of_pair(const struct overlap *o, uint32_t a, uint32_t b)
{
    struct overlap_pair pair = {.expected = NAN, .p = NAN};
    uint32_t both = 1u << a | 1u << b;
    for (uint32_t r = 0; r < 1u << o->sets; r++)
        if ((r & both) == both)
            pair.shared += o->region[r];
    if (o->layers == 1 && o->universe) {
        pair.expected = (double)o->size[a] * o->size[b] / o->universe;
        pair.p = overlap_hypergeometric(pair.shared, o->size[a], o->size[b], o->universe);
    }
    return pair;
}
