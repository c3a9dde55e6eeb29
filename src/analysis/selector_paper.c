/*
 * The published rule.  A neuron's score for a group is the share of the group's phones whose
 * activation pattern it is in; at least sigma of them make it a member, N_g (equation 3).  Group
 * neurons G_g are members of one group alone (equation 4), their union the property neurons P
 * (equation 5); property_layer.c makes both of the members.
 */
#include "config.h"

#include "analysis/selector.h"

#include "base/bitset.h"

/* Counts patterns; in float64 as the published program. */
static enum status paper_score(const struct selector_input *in, double *score, struct err *err)
{
    const struct property *p = in->property;
    const uint64_t *bits = in->pattern; /* points lie group by group */
    for (uint32_t g = 0; g < p->groups; g++, score += in->width) {
        enum status code = cancel_check(in->cancel, err);
        if (code)
            return code;
        uint32_t phones = p->group_points[g];
        for (uint32_t i = 0; i < in->width; i++)
            score[i] = 0;
        for (uint32_t k = 0; k < phones; k++, bits += in->words)
            for (size_t w = 0; w < in->words; w++)
                for (uint64_t rest = bits[w]; rest; rest &= rest - 1)
                    score[w * 64 + (size_t)__builtin_ctzll(rest)]++;
        for (uint32_t i = 0; i < in->width && phones; i++)
            score[i] /= phones;
    }
    return STATUS_OK;
}

const struct selector selector_paper = {
    .name = "paper",
    .summary = "in the patterns of at least sigma of a group's phones, and of no other group",
    .take = SELECTOR_SIGMA,
    .score = paper_score,
};
