/*
 * Evaluating set expressions (setexpr.h): every node becomes a row of bits for one layer, operands
 * before operators, so that an expression costs one pass over its nodes however deep it is.
 */
#include "config.h"

#include "analysis/setexpr.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "formats/setfile.h"

enum status setexpr_load(struct setexpr *e, const struct analysis *a, struct err *err)
{
    const struct counts *c = a->counts;
    enum status code = STATUS_OK;
    uint32_t *width = counts_widths(c, err);
    if (!width)
        return err->code;
    for (uint32_t i = 0; i < e->nodes && !code; i++)
        if (e->node[i].kind == SETEXPR_FILE && !e->node[i].neurons.row)
            code = setfile_read(&e->node[i].neurons, e->node[i].name, c->layers, width, err);
    free(width);
    return code;
}

static enum status eval_group(const struct setexpr_node *n, const struct property *p,
                              const struct selection *l, uint64_t *bits, struct err *err)
{
    uint32_t g = names_find(&p->group, n->group);
    if (g == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND,
                       "%s=%s: no phone of that group has frames under these conditions", n->name,
                       n->group);
    memcpy(bits, l->group + g * l->words, l->words * sizeof *bits);
    return STATUS_OK;
}

static enum status eval_pattern(const struct setexpr_node *n, struct analysis *a, uint32_t layer,
                                uint64_t *bits, struct err *err)
{
    struct profile p;
    enum status code = analysis_profile(a, &p, n->name, &n->where, layer, err);
    if (code)
        return code;
    memcpy(bits, p.pattern, bitset_words(p.width) * sizeof *bits);
    profile_free(&p);
    return STATUS_OK;
}

/* A name in LAYER into BITS, which are all 0. */
static enum status eval_name(const struct setexpr_node *n, struct analysis *a, uint32_t layer,
                             uint64_t *bits, struct err *err)
{
    const struct property *p;
    const struct selection *l;
    if (n->kind == SETEXPR_FILE || n->kind == SETEXPR_LIST) {
        neuron_set_into_row(&n->neurons, layer, bits, a->counts->layer[layer].width);
        return STATUS_OK;
    }
    if (n->kind == SETEXPR_NAMED) {
        const struct named_set *set = named_sets_find(a->sets, n->name);
        if (!set)
            return err_set(err, STATUS_NOTFOUND, "the set '$%s' no longer exists", n->name);
        /* It may come from a file whose layers are wider: what is not here does not count. */
        neuron_set_into_row(&set->neurons, layer, bits, a->counts->layer[layer].width);
        return STATUS_OK;
    }
    if (n->kind == SETEXPR_PATTERN)
        return eval_pattern(n, a, layer, bits, err);
    enum status code = analysis_property(a, n->name, &p, err);
    if (!code)
        code = analysis_selection(a, n->name, layer, n->selector, &l, err);
    if (code)
        return code;
    if (n->kind == SETEXPR_GROUP)
        return eval_group(n, p, l, bits, err);
    memcpy(bits, l->neurons, l->words * sizeof *bits);
    return STATUS_OK;
}

static void setexpr_combine(uint64_t *out, const struct setexpr_node *n, const uint64_t *rows,
                            size_t words)
{
    const uint64_t *left = rows + n->left * words, *right = rows + n->right * words;
    for (size_t w = 0; w < words; w++)
        out[w] = n->kind == SETEXPR_AND  ? left[w] & right[w]
                 : n->kind == SETEXPR_OR ? left[w] | right[w]
                                         : left[w] & ~right[w];
}

enum status setexpr_eval(const struct setexpr *e, struct analysis *a, uint32_t current,
                         uint32_t layer, uint64_t *bits, struct err *err)
{
    size_t words = bitset_words(a->counts->layer[layer].width);
    uint64_t *rows = mem_zeros(e->nodes * words, sizeof *rows); /* [nodes][words] */
    enum status code = rows ? STATUS_OK : err_nomem(err);
    for (uint32_t i = 0; i < e->nodes && !code; i++) {
        const struct setexpr_node *n = &e->node[i];
        uint32_t wanted = n->layer == SETEXPR_CURRENT ? current : n->layer;
        bool here = wanted == SETEXPR_EVERY || wanted == layer;
        if (n->kind >= SETEXPR_AND)
            setexpr_combine(rows + i * words, n, rows, words);
        else if (here)
            code = eval_name(n, a, layer, rows + i * words, err);
    }
    if (!code)
        memcpy(bits, rows + (e->nodes - 1) * words, words * sizeof *bits);
    free(rows);
    return code;
}

enum status setexpr_set(const struct setexpr *e, struct analysis *a, uint32_t current,
                        struct neuron_set *out, struct err *err)
{
    struct neuron_set made = NEURON_SET_INIT;
    uint32_t *width = counts_widths(a->counts, err);
    enum status code = width ? neuron_set_init(&made, a->counts->layers, width, err) : STATUS_NOMEM;
    free(width);
    for (uint32_t l = 0; l < made.layers && !code; l++)
        code = setexpr_eval(e, a, current, l, made.row[l], err);
    if (code)
        neuron_set_free(&made);
    else
        *out = made;
    return code;
}
