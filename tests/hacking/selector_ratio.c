/*
 * Share of a neuron's activity: the activation rate in a group over the sum of the groups' rates,
 * 1 for a neuron that is active in no other group.
 */
#include "config.h"

#include "analysis/selector.h"

static enum status ratio_score(const struct selector_input *in, double *score, struct err *err)
{
    uint32_t groups = in->property->groups;
    size_t width = in->width;
    enum status code = selector_rates(in, score, err); /* [groups][width] */
    for (size_t i = 0; i < width && !code; i++) {
        double sum = 0;
        for (uint32_t g = 0; g < groups; g++)
            sum += score[g * width + i];
        for (uint32_t g = 0; g < groups; g++)
            score[g * width + i] = sum > 0 ? score[g * width + i] / sum : 0;
    }
    return code;
}

const struct selector selector_ratio = {
    .name = "ratio",
    .summary = "the activation rate in a group over the sum of all groups' rates",
    .take = SELECTOR_TOP,
    .score = ratio_score,
};
