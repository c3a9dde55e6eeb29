/*
 * Specificity: how much more often a neuron is active in a group's frames than, on average, in
 * those of the other groups: r_g minus the mean of the other r.  Unlike the published rule it does
 * not depend on a threshold for patterns.
 */
#include "config.h"

#include "analysis/selector.h"

#include <stdlib.h>

#include "base/mem.h"

static enum status specificity_score(const struct selector_input *in, double *score,
                                     struct err *err)
{
    uint32_t groups = in->property->groups;
    size_t width = in->width;
    enum status code = selector_rates(in, score, err);
    for (size_t i = 0; i < width && !code && groups > 1; i++) {
        double sum = 0;
        for (uint32_t g = 0; g < groups; g++)
            sum += score[g * width + i];
        for (uint32_t g = 0; g < groups; g++) {
            double *r = &score[g * width + i];
            *r -= (sum - *r) / (groups - 1);
        }
    }
    return code;
}

const struct selector selector_specificity = {
    .name = "specificity",
    .summary = "the activation rate in a group minus the mean of the other groups' rates",
    .take = SELECTOR_TOP,
    .score = specificity_score,
};
