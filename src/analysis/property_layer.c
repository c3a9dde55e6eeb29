/*
 * A property in one layer: the pattern of every point, N_g of every group (equation 4), and the
 * group neurons G_g and property neurons P taken from them (equation 5).
 */
#include "config.h"

#include "analysis/property.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "analysis/pattern.h"
#include "analysis/selector.h"

/* S_k of one point: BITS [words]; HITS [width] is scratch. */
static enum status point_pattern(uint64_t *bits, const struct property *p, uint32_t point,
                                 const struct counts *c, uint32_t layer, uint32_t *hits,
                                 const struct cancel *cancel, struct err *err)
{
    uint32_t row = p->point[point].row, width = c->layer[layer].width, tau = c->layer[layer].tau;
    uint64_t frames = p->point[point].frames > 0 ? (uint64_t)p->point[point].frames : 0;
    if (row == QUERY_NO_ROW)
        return STATUS_OK;
    const float *probability = query_row_probabilities(&p->rows, c, layer, row);
    if (probability) {
        pattern_from_probabilities(bits, probability, width, tau);
        return cancel_check(cancel, err);
    }
    enum status code = query_row_hits(&p->rows, c, layer, row, hits, cancel, err);
    if (code)
        return code;
    if (p->params.authors)
        pattern_from_hits_f32(bits, hits, width, frames, tau);
    else
        pattern_from_hits(bits, hits, width, frames, tau);
    return STATUS_OK;
}

/* N_g (equation 3), by the shares of the phones. */
static enum status find_members(struct property_layer *l, const struct property *p,
                                const struct counts *c, const struct cancel *cancel,
                                struct err *err)
{
    const struct selector_input in = {p, c, l->layer, l->width, l->words, l->pattern, cancel};
    size_t scores;
    double *score =
        mul_size(l->groups, l->width, &scores) ? mem_array(scores, sizeof *score) : NULL;
    enum status code = score ? selector_shares(&in, score, err) : err_nomem(err);
    if (!code)
        selector_take_sigma(score, l->groups, l->width, p->params.sigma, l->members);
    free(score);
    return code;
}

/* G_g and P (equations 4 and 5): a neuron in exactly one N is in that group's G. */
static void find_groups(struct property_layer *l, uint64_t *more)
{
    memset(more, 0, l->words * sizeof *more);
    for (uint32_t g = 0; g < l->groups; g++)
        for (size_t w = 0; w < l->words; w++) {
            uint64_t n = l->members[g * l->words + w];
            more[w] |= l->neurons[w] & n;
            l->neurons[w] |= n;
        }
    for (size_t w = 0; w < l->words; w++)
        l->neurons[w] &= ~more[w];
    for (uint32_t g = 0; g < l->groups; g++)
        for (size_t w = 0; w < l->words; w++)
            l->group[g * l->words + w] = l->members[g * l->words + w] & l->neurons[w];
}

static bool make_room(struct property_layer *l)
{
    size_t points, groups;
    if (!mul_size(l->points, l->words, &points) || !mul_size(l->groups, l->words, &groups))
        return false;
    l->pattern = mem_zeros(points, sizeof *l->pattern);
    l->any = mem_zeros(l->words, sizeof *l->any);
    l->members = mem_zeros(groups, sizeof *l->members);
    l->group = mem_zeros(groups, sizeof *l->group);
    l->neurons = mem_zeros(l->words, sizeof *l->neurons);
    return l->pattern && l->any && l->members && l->group && l->neurons;
}

enum status property_layer_make(struct property_layer *l, const struct property *p,
                                const struct counts *c, uint32_t layer, const struct cancel *cancel,
                                struct err *err)
{
    uint32_t width = c->layer[layer].width;
    struct property_layer made = {.layer = layer,
                                  .width = width,
                                  .tau = c->layer[layer].tau,
                                  .words = bitset_words(width),
                                  .points = p->points,
                                  .groups = p->groups};
    uint32_t *scratch = mem_array(width, sizeof *scratch);
    uint64_t *more = mem_array(made.words, sizeof *more);
    enum status code = scratch && more && make_room(&made) ? STATUS_OK : err_nomem(err);
    for (uint32_t k = 0; k < p->points && !code; k++) {
        uint64_t *bits = made.pattern + k * made.words;
        code = point_pattern(bits, p, k, c, layer, scratch, cancel, err);
        for (size_t w = 0; w < made.words; w++)
            made.any[w] |= bits[w];
    }
    if (!code)
        code = find_members(&made, p, c, cancel, err);
    free(scratch);
    if (code)
        property_layer_free(&made);
    else {
        find_groups(&made, more);
        *l = made;
    }
    free(more);
    return code;
}

void property_layer_free(struct property_layer *l)
{
    free(l->pattern);
    free(l->any);
    free(l->members);
    free(l->group);
    free(l->neurons);
    *l = (struct property_layer){0};
}
