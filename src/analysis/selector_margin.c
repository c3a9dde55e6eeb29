/*
 * Margin: how much more often a neuron is active in a group's frames than in those of the group
 * that comes next: r_g minus the largest other r.  Above 0 in one group alone.
 */
#include "config.h"

#include "analysis/selector.h"

static enum status margin_score(const struct selector_input *in, double *score, struct err *err)
{
    enum status code = selector_rates(in, score, err);
    if (!code)
        selector_subtract_largest_other(score, in->property->groups, in->width);
    return code;
}

const struct selector selector_margin = {
    .name = "margin",
    .summary = "the activation rate in a group minus the largest of the other groups' rates",
    .take = SELECTOR_TOP,
    .score = margin_score,
};
