#include "config.h"

#include "analysis/setexpr.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"

enum status setexpr_load(struct setexpr *e, const struct analysis *a, struct err *err)
{
    const struct counts *c = a->counts;
    enum status code = STATUS_OK;
    uint32_t *width = mem_array(c->layers, sizeof *width);
    if (!width)
        return err_nomem(err);
    for (uint32_t l = 0; l < c->layers; l++)
        width[l] = c->layer[l].width;
    for (uint32_t i = 0; i < e->nodes && !code; i++)
        if (e->node[i].kind == SETEXPR_FILE && !e->node[i].file.entry)
            code = setfile_read(&e->node[i].file, e->node[i].name, c->layers, width, err);
    free(width);
    return code;
}

static enum status eval_group(const struct setexpr_node *n, const struct property *p,
                              const struct property_layer *l, uint64_t *bits, struct err *err)
{
    uint32_t g = names_find(&p->group, n->group);
    if (g == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND,
                       "%s=%s: no phone of that group was seen under these conditions", n->name,
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

/* A named set may come from a file whose layers are wider: what is not here does not count. */
static void put_list(const struct setfile *list, const struct analysis *a, uint32_t layer,
                     uint64_t *bits)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->entry[i].layer == layer + 1 &&
            list->entry[i].neuron < a->counts->layer[layer].width)
            bitset_put(bits, list->entry[i].neuron);
}

/* A name in LAYER into BITS, which are all 0. */
static enum status eval_name(const struct setexpr_node *n, struct analysis *a, uint32_t layer,
                             uint64_t *bits, struct err *err)
{
    const struct property *p;
    const struct property_layer *l;
    if (n->kind == SETEXPR_FILE || n->kind == SETEXPR_LIST) {
        put_list(&n->file, a, layer, bits);
        return STATUS_OK;
    }
    if (n->kind == SETEXPR_NAMED) {
        const struct named_set *set = named_sets_find(a->sets, n->name);
        if (!set)
            return err_set(err, STATUS_NOTFOUND, "no set has the name '$%s' any more", n->name);
        put_list(&set->list, a, layer, bits);
        return STATUS_OK;
    }
    if (n->kind == SETEXPR_PATTERN)
        return eval_pattern(n, a, layer, bits, err);
    enum status code = analysis_property(a, n->name, &p, err);
    if (!code)
        code = analysis_layer(a, n->name, layer, &l, err);
    if (code)
        return code;
    if (n->kind == SETEXPR_GROUP)
        return eval_group(n, p, l, bits, err);
    memcpy(bits, l->neurons, l->words * sizeof *bits);
    return STATUS_OK;
}

static void combine(uint64_t *out, const struct setexpr_node *n, const uint64_t *rows, size_t words)
{
    const uint64_t *left = rows + n->left * words, *right = rows + n->right * words;
    for (size_t w = 0; w < words; w++)
        out[w] = n->kind == SETEXPR_AND  ? left[w] & right[w]
                 : n->kind == SETEXPR_OR ? left[w] | right[w]
                                         : left[w] & ~right[w];
}

enum status setexpr_eval(const struct setexpr *e, struct analysis *a, uint32_t at_hand,
                         uint32_t layer, uint64_t *bits, struct err *err)
{
    size_t words = bitset_words(a->counts->layer[layer].width);
    uint64_t *rows = mem_zeros(e->nodes * words, sizeof *rows); /* [nodes][words] */
    enum status code = rows ? STATUS_OK : err_nomem(err);
    for (uint32_t i = 0; i < e->nodes && !code; i++) {
        const struct setexpr_node *n = &e->node[i];
        uint32_t wanted = n->layer ? n->layer : at_hand ? at_hand : SETEXPR_EVERY;
        bool here = wanted == SETEXPR_EVERY || wanted == layer + 1;
        if (n->kind >= SETEXPR_AND)
            combine(rows + i * words, n, rows, words);
        else if (here)
            code = eval_name(n, a, layer, rows + i * words, err);
    }
    if (!code)
        memcpy(bits, rows + (e->nodes - 1) * words, words * sizeof *bits);
    free(rows);
    return code;
}
