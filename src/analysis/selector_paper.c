/*
 * The published rule.  A neuron is a member of a group, N_g, if it is in the activation patterns of
 * at least sigma of the group's phones (equation 3).  Group neurons G_g are members of one group
 * alone (equation 4), their union the property neurons P (equation 5); property_layer.c makes both
 * of the shares.
 *
 * For an order of all neurons, which sets of another size are taken from, the score is how far the
 * group's share is above the largest of the other groups'; neurons alike in that are told apart by
 * their specificity.
 */
#include "config.h"

#include "analysis/selector.h"

#include "base/bitset.h"

/* Counts patterns; in float64 as the published program. */
enum status selector_shares(const struct selector_input *in, double *share, struct err *err)
{
    const struct property *p = in->property;
    const uint64_t *bits = in->pattern; /* points lie group by group */
    for (uint32_t g = 0; g < p->groups; g++, share += in->width) {
        enum status code = cancel_check(in->cancel, err);
        if (code)
            return code;
        uint32_t phones = p->group_points[g];
        for (uint32_t i = 0; i < in->width; i++)
            share[i] = 0;
        for (uint32_t k = 0; k < phones; k++, bits += in->words)
            for (size_t w = 0; w < in->words; w++)
                for (uint64_t rest = bits[w]; rest; rest &= rest - 1)
                    share[w * 64 + (size_t)__builtin_ctzll(rest)]++;
        for (uint32_t i = 0; i < in->width && phones; i++)
            share[i] /= phones;
    }
    return STATUS_OK;
}

static enum status paper_score(const struct selector_input *in, double *score, struct err *err)
{
    enum status code = selector_shares(in, score, err);
    if (!code)
        selector_subtract_largest_other(score, in->property->groups, in->width);
    return code;
}

const struct selector selector_paper = {
    .name = "paper",
    .summary = "in the patterns of at least sigma of a group's phones, and of no other group",
    .take = SELECTOR_SIGMA,
    .then = &selector_specificity,
    .score = paper_score,
};
