/*
 * Margin: how much more often a neuron is active in a group's frames than in those of the group
 * that comes next: r_g minus the largest other r.
 */
#include "config.h"

#include "analysis/selector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static enum status margin_score(const struct selector_input *in, double *score, struct err *err)
{
    uint32_t groups = in->property->groups;
    size_t width = in->width;
    double *rate = mem_array(groups * width, sizeof *rate); /* [groups][width] */
    enum status code = rate ? selector_rates(in, rate, err) : err_nomem(err);
    for (size_t i = 0; i < width && !code; i++)
        for (uint32_t g = 0; g < groups; g++) {
            double other = 0;
            for (uint32_t h = 0; h < groups; h++)
                if (h != g)
                    other = fmax(other, rate[h * width + i]);
            score[g * width + i] = rate[g * width + i] - other;
        }
    free(rate);
    return code;
}

const struct selector selector_margin = {
    .name = "margin",
    .summary = "the activation rate in a group minus the largest of the other groups' rates",
    .take = SELECTOR_TOP,
    .score = margin_score,
};
