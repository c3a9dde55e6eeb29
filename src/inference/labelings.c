/*
 * Assignments of labels (labelings.h).  Random ones shuffle the labels of each stratum (Fisher and
 * Yates); enumerated ones are counted in a mixed radix, one digit a stratum, whose value is the
 * rank of the stratum's labels among their distinct orders.
 */
#include "config.h"

#include "inference/labelings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

/* The units, stratum by stratum, in their own order within each. */
static enum status labelings_sort(struct labelings *l, const uint32_t *stratum, struct err *err)
{
    uint32_t *at = mem_zeros((size_t)l->strata + 1, sizeof *at);
    if (!at)
        return err_nomem(err);
    memset(l->first, 0, ((size_t)l->strata + 1) * sizeof *l->first);
    for (uint32_t u = 0; u < l->units; u++)
        l->first[(stratum ? stratum[u] : 0) + 1]++;
    for (uint32_t s = 0; s < l->strata; s++)
        l->first[s + 1] += l->first[s];
    memcpy(at, l->first, ((size_t)l->strata + 1) * sizeof *at);
    for (uint32_t u = 0; u < l->units; u++)
        l->order[at[stratum ? stratum[u] : 0]++] = u;
    free(at);
    return STATUS_OK;
}

/* How often each label occurs in stratum S, into COUNT [groups]. */
static void labelings_count(const struct labelings *l, uint32_t s, uint32_t *count)
{
    memset(count, 0, l->groups * sizeof *count);
    for (uint32_t i = l->first[s]; i < l->first[s + 1]; i++)
        count[l->label[l->order[i]]]++;
}

/* Distinct orders of labels that occur COUNT [groups] times; UINT64_MAX: too many to say. */
static uint64_t labelings_orders(const uint32_t *count, uint32_t groups)
{
    uint64_t orders = 1, n = 0;
    for (uint32_t g = 0; g < groups; g++)
        for (uint32_t k = 1; k <= count[g]; k++) {
            unsigned __int128 more = (unsigned __int128)orders * ++n / k;
            if (more > UINT32_MAX)
                return UINT64_MAX;
            orders = (uint64_t)more;
        }
    return orders;
}

static uint64_t labelings_total(const struct labelings *l, uint32_t *count)
{
    uint64_t total = 1;
    for (uint32_t s = 0; s < l->strata; s++) {
        labelings_count(l, s, count);
        uint64_t orders = labelings_orders(count, l->groups);
        if (orders == UINT64_MAX || __builtin_mul_overflow(total, orders, &total))
            return UINT64_MAX;
    }
    return total;
}

static enum status labelings_choose(struct labelings *l, uint64_t draws, struct err *err)
{
    bool all = draws == LABELINGS_ALL;
    if (all && l->total > LABELINGS_MOST)
        return err_set(err, STATUS_UNSUPPORTED,
                       "more than %d labelings: too many to go through (--draws N takes a sample)",
                       LABELINGS_MOST);
    l->enumerated = all || (l->total <= LABELINGS_ENUMERATED && (!draws || draws >= l->total));
    l->draws = l->enumerated ? l->total : draws ? draws : LABELINGS_DRAWS;
    return STATUS_OK;
}

enum status labelings_init(struct labelings *l, uint32_t units, const uint32_t *label,
                           uint32_t groups, const uint32_t *stratum, uint32_t strata,
                           uint64_t draws, uint64_t seed, struct err *err)
{
    struct labelings made = {
        .units = units, .groups = groups, .strata = stratum ? strata : 1, .seed = seed};
    uint32_t *count = mem_array(groups, sizeof *count);
    made.label = mem_array(units, sizeof *made.label);
    made.order = mem_array(units, sizeof *made.order);
    made.first = mem_array((size_t)made.strata + 1, sizeof *made.first);
    enum status code = count && made.label && made.order && made.first ? STATUS_OK : err_nomem(err);
    if (!code) {
        memcpy(made.label, label, units * sizeof *label);
        code = labelings_sort(&made, stratum, err);
    }
    if (!code) {
        made.total = labelings_total(&made, count);
        code = labelings_choose(&made, draws, err);
    }
    free(count);
    if (code)
        labelings_free(&made);
    else
        *l = made;
    return code;
}

enum status labelings_refine(struct labelings *l, const uint32_t *by, uint32_t values,
                             uint64_t draws, struct err *err)
{
    struct labelings made;
    size_t strata;
    uint32_t *stratum = mem_array(l->units, sizeof *stratum);
    if (!stratum || !mul_size(l->strata, values, &strata) || strata >= UINT32_MAX) {
        free(stratum);
        return err_nomem(err);
    }
    for (uint32_t s = 0; s < l->strata; s++)
        for (uint32_t i = l->first[s]; i < l->first[s + 1]; i++)
            stratum[l->order[i]] = s * values + by[l->order[i]];
    enum status code = labelings_init(&made, l->units, l->label, l->groups, stratum,
                                      (uint32_t)strata, draws, l->seed, err);
    free(stratum);
    if (code)
        return code;
    labelings_free(l);
    *l = made;
    return STATUS_OK;
}

void labelings_free(struct labelings *l)
{
    free(l->label);
    free(l->order);
    free(l->first);
    *l = (struct labelings){0};
}

/* Order number RANK of the labels that occur COUNT [groups] times, into LABEL by ORDER [n]. */
static void labelings_unrank(uint32_t *label, const uint32_t *order, uint32_t n, uint32_t *count,
                             uint32_t groups, uint64_t rank)
{
    uint64_t orders = labelings_orders(count, groups);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t g = 0; g < groups; g++) {
            uint64_t begin_so = orders * count[g] / (n - i);
            if (rank < begin_so) {
                label[order[i]] = g;
                count[g]--;
                orders = begin_so;
                break;
            }
            rank -= begin_so;
        }
}

static void labelings_enumerate(const struct labelings *l, uint64_t draw, uint32_t *label,
                                uint32_t *count)
{
    for (uint32_t s = 0; s < l->strata; s++) {
        labelings_count(l, s, count);
        uint64_t orders = labelings_orders(count, l->groups);
        labelings_unrank(label, l->order + l->first[s], l->first[s + 1] - l->first[s], count,
                         l->groups, draw % orders);
        draw /= orders;
    }
}

void labelings_draw(const struct labelings *l, uint64_t draw, uint32_t *label, uint32_t *room)
{
    struct rng rng = rng_at(l->seed, draw);
    if (l->enumerated) {
        labelings_enumerate(l, draw, label, room);
        return;
    }
    memcpy(label, l->label, l->units * sizeof *label);
    for (uint32_t s = 0; s < l->strata; s++) {
        const uint32_t *order = l->order + l->first[s];
        for (uint32_t n = l->first[s + 1] - l->first[s]; n > 1; n--) {
            uint32_t a = order[n - 1], b = order[rng_below(&rng, n)];
            uint32_t keep = label[a];
            label[a] = label[b];
            label[b] = keep;
        }
    }
}

double labelings_smallest_p(const struct labelings *l)
{
    return 1 / (double)(l->draws + !l->enumerated);
}
