/*
 * The order in which the published program writes the neurons of a group: by the number of phones
 * they serve and by their probability there, in single precision as that program computes it. Only
 * --format authors needs it.
 */
#include "config.h"

#include "analysis/property.h"

#include <stdlib.h>

#include "base/bitset.h"
#include "base/mem.h"

/* A neuron of a group on its way into the published order. */
struct entry {
    uint32_t neuron;
    uint32_t phones; /* patterns of the group it is in */
    uint32_t first;  /* the first of them */
    float p;         /* its probability there */
};

static int written_order_compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->phones != y->phones)
        return x->phones > y->phones ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->p != y->p)
        return x->p > y->p ? -1 : 1;
    return x->neuron < y->neuron ? -1 : 1;
}

static float probability_at(const struct property *p, const struct counts *c, uint32_t layer,
                            uint32_t point, uint32_t neuron)
{
    uint32_t row = p->point[point].row;
    const float *probability = query_row_probabilities(&p->rows, c, layer, row);
    if (probability)
        return probability[neuron];
    return (float)query_one_count(&p->rows, c, layer, row, neuron) / (float)p->point[point].frames;
}

static struct entry make_entry(const struct property_layer *l, const struct property *p,
                               const struct counts *c, uint32_t group, uint32_t neuron)
{
    struct entry e = {.neuron = neuron, .first = UINT32_MAX};
    for (uint32_t k = 0; k < p->points; k++) {
        if (p->point[k].group != group || !bitset_has(l->pattern + k * l->words, neuron))
            continue;
        e.first = e.phones++ ? e.first : k;
    }
    e.p = e.phones ? probability_at(p, c, l->layer, e.first, neuron) : 0;
    return e;
}

enum status property_written_order(const struct property_layer *l, const struct property *p,
                                   const struct counts *c, uint32_t *out, struct err *err)
{
    struct entry *entry = mem_array(l->width, sizeof *entry);
    if (!entry)
        return err_nomem(err);
    for (uint32_t g = 0; g < l->groups; g++) {
        const uint64_t *set = l->group + g * l->words;
        uint32_t n = 0;
        for (uint32_t i = 0; i < l->width; i++)
            if (bitset_has(set, i))
                entry[n++] = make_entry(l, p, c, g, i);
        qsort(entry, n, sizeof *entry, written_order_compare);
        for (uint32_t i = 0; i < n; i++)
            *out++ = entry[i].neuron;
    }
    free(entry);
    return STATUS_OK;
}
