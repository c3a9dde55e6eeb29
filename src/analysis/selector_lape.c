/*
 * Activation probability entropy: -sum_g q_g ln q_g with q_g = r_g / sum r, low where a neuron is
 * active in few of the groups.  Rarely active neurons would come first, so only those are
 * candidates of a group that are active in it more often than 95 % of all neurons in all groups and
 * layers; the published sets are the lowest 1 % of a model's neurons, over all layers together.
 * Method: Tang et al., Language-specific neurons: the key to multilingual capabilities in large
 * language models, ACL 2024.
 */
#include "config.h"

#include "analysis/selector.h"

#include <math.h>

/* The entropy is the neuron's, the same for every group; 0 for one that is never active. */
static enum status lape_score(const struct selector_input *in, double *score, struct err *err)
{
    uint32_t groups = in->property->groups;
    size_t width = in->width;
    enum status code = selector_rates(in, score, err);
    for (size_t i = 0; i < width && !code; i++) {
        double sum = 0, entropy = 0;
        for (uint32_t g = 0; g < groups; g++)
            sum += score[g * width + i];
        for (uint32_t g = 0; g < groups; g++) {
            double q = sum > 0 ? score[g * width + i] / sum : 0;
            if (q > 0)
                entropy -= q * log(q);
        }
        for (uint32_t g = 0; g < groups; g++)
            score[g * width + i] = entropy > 0 ? entropy : 0;
    }
    return code;
}

const struct selector selector_lape = {
    .name = "lape",
    .summary = "the lowest entropy of the activation rates over the groups, active neurons only",
    .take = SELECTOR_TOP,
    .order = SELECTOR_LOW,
    .candidates = SELECTOR_ACTIVE,
    .own = 0.01,
    .score = lape_score,
};
