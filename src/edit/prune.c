/*
 * Which neurons a budget prunes.
 *
 * Choosing works from the other end: first everything that is not protected is pruned, then the
 * best of it is spared until each layer has its minimum and the budget is spent.  So protection
 * and the minimum count towards the budget and are met even where they exceed it, unless it is
 * exact: curves of different rules can be compared where as many neurons stay in all of them.
 */
#include "config.h"

#include "edit/prune.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/ties.h"

/* A neuron with its score. */
struct scored {
    double score;
    uint32_t layer, neuron;
};

/* Ties go to the lower layer and index, so that the order does not depend on the sort. */
static int scored_compare(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    return x->neuron < y->neuron ? -1 : x->neuron > y->neuron;
}

/* All neurons of layers FIRST .. LAST - 1, lowest scores first. */
static enum status prune_rank(const struct neuron_set *s, const struct checkpoint *c,
                              const struct prune_options *o, uint32_t first, uint32_t last,
                              struct scored **out, size_t *count, struct err *err)
{
    size_t all = 0, n = 0;
    enum status code = STATUS_OK;
    double *score = NULL;
    for (uint32_t l = first; l < last; l++)
        all += s->width[l];
    struct scored *list = mem_array(all, sizeof *list);
    if (!list)
        return err_nomem(err);
    for (uint32_t l = first; l < last && !code; l++) {
        free(score);
        score = mem_array(s->width[l], sizeof *score);
        code = score ? o->criterion->score(c, l, s->width[l], o->seed, score, err) : err_nomem(err);
        for (uint32_t i = 0; i < s->width[l] && !code; i++)
            list[n++] = (struct scored){ties_key(score[i]), l, i};
    }
    free(score);
    if (code) {
        free(list);
        return code;
    }
    if (n)
        qsort(list, n, sizeof *list, scored_compare);
    *out = list;
    *count = n;
    return STATUS_OK;
}

/* Lets the best of LIST stay until *STAY, those of its LAYER (or all: -1) that do, is WANTED. */
static void prune_spare_best(struct neuron_set *pruned, const struct scored *list, size_t n,
                             int64_t layer, size_t *stay, size_t wanted)
{
    while (n-- > 0 && *stay < wanted) {
        uint64_t *set = pruned->row[list[n].layer];
        if ((layer >= 0 && list[n].layer != layer) || !bitset_has(set, list[n].neuron))
            continue;
        bitset_drop(set, list[n].neuron);
        ++*stay;
    }
}

/* The minimum of every layer FIRST .. LAST - 1. */
static void prune_spare_minimum(struct neuron_set *pruned, const struct scored *list, size_t n,
                                const struct prune_options *o, uint32_t first, uint32_t last)
{
    for (uint32_t l = first; l < last; l++) {
        size_t stay = pruned->width[l] - neuron_set_size(pruned, l);
        prune_spare_best(pruned, list, n, l, &stay, o->minimum);
    }
}

/* Prunes the lowest of LIST until STAY is WANTED, but no layer below its minimum. */
static void prune_drop_lowest(struct neuron_set *pruned, const struct scored *list, size_t n,
                              uint32_t minimum, size_t stay, size_t wanted)
{
    for (size_t i = 0; i < n && stay > wanted; i++) {
        uint32_t l = list[i].layer;
        if (bitset_has(pruned->row[l], list[i].neuron) ||
            pruned->width[l] - neuron_set_size(pruned, l) <= minimum)
            continue;
        bitset_put(pruned->row[l], list[i].neuron);
        stay--;
    }
}

/* Chooses among layers FIRST .. LAST - 1 with a budget of their own. */
static enum status prune_choose_among(struct neuron_set *out, const struct checkpoint *c,
                                      const struct prune_options *o, uint32_t first, uint32_t last,
                                      struct err *err)
{
    struct scored *list;
    size_t n, stay = 0;
    enum status code = prune_rank(out, c, o, first, last, &list, &n, err);
    if (code)
        return code;
    for (size_t i = 0; i < n; i++)
        if (!o->protect || !bitset_has(o->protect->row[list[i].layer], list[i].neuron))
            bitset_put(out->row[list[i].layer], list[i].neuron);
    prune_spare_minimum(out, list, n, o, first, last);
    for (uint32_t l = first; l < last; l++)
        stay += out->width[l] - neuron_set_size(out, l);
    size_t wanted = (size_t)rint(o->keep * (double)n);
    prune_spare_best(out, list, n, -1, &stay, wanted);
    if (o->exact)
        prune_drop_lowest(out, list, n, o->minimum, stay, wanted);
    free(list);
    return STATUS_OK;
}

enum status prune_choose(struct neuron_set *out, const struct checkpoint *c,
                         const struct prune_options *o, struct err *err)
{
    enum status code = STATUS_OK;
    if (o->global)
        return prune_choose_among(out, c, o, 0, out->layers, err);
    for (uint32_t l = 0; l < out->layers && !code; l++)
        code = prune_choose_among(out, c, o, l, l + 1, err);
    return code;
}

enum status prune_spare(struct neuron_set *s, const struct checkpoint *c,
                        const struct prune_options *o, size_t *spared, struct err *err)
{
    size_t before = neuron_set_total(s);
    for (uint32_t l = 0; l < s->layers; l++) {
        struct scored *list;
        size_t n;
        if (s->width[l] - neuron_set_size(s, l) >= o->minimum)
            continue;
        enum status code = prune_rank(s, c, o, l, l + 1, &list, &n, err);
        if (code)
            return code;
        prune_spare_minimum(s, list, n, o, l, l + 1);
        free(list);
    }
    *spared = before - neuron_set_total(s);
    return STATUS_OK;
}
