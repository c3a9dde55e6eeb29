/*
 * Specificity: how much more often a neuron is active in a group's frames than, on average, in
 * those of the other groups: r_g minus the mean of the other r.  Unlike the published rule it does
 * not depend on a threshold for patterns.
 */
#include "config.h"

#include "analysis/selector.h"

static enum status specificity_score(const struct selector_input *in, double *score,
                                     struct err *err)
{
    enum status code = selector_rates(in, score, err);
    if (!code)
        selector_subtract_mean_other(score, in->property->groups, in->width);
    return code;
}

const struct selector selector_specificity = {
    .name = "specificity",
    .summary = "the activation rate in a group minus the mean of the other groups' rates",
    .take = SELECTOR_TOP,
    .score = specificity_score,
};
