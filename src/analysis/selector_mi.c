/*
 * Mutual information of "the neuron is active" and the group of the frame, in nats; divided by the
 * entropy of the groups it is the share of what there is to know of them (phone-normalised mutual
 * information, PNMI, where groups are phones).  A neuron counts for the group in which it is active
 * most often.
 */
#include "config.h"

#include "analysis/selector.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* COUNT ln(COUNT / EXPECTED), 0 without frames. */
static double mi_term(double count, double expected)
{
    return count > 0 ? count * log(count / expected) : 0;
}

/* Active and inactive frames of each group against what independence would give. */
static enum status mi_score(const struct selector_input *in, double *score, struct err *err)
{
    uint32_t groups = in->property->groups;
    size_t width = in->width;
    double total = 0, *frames = mem_array(groups, sizeof *frames);
    enum status code = frames ? selector_hits(in, score, frames, err) : err_nomem(err);
    for (uint32_t g = 0; g < groups && !code; g++)
        total += frames[g];
    for (size_t i = 0; i < width && !code; i++) {
        double active = 0, sum = 0;
        for (uint32_t g = 0; g < groups; g++)
            active += score[g * width + i];
        for (uint32_t g = 0; g < groups; g++) {
            double hits = score[g * width + i];
            sum += mi_term(hits, active * frames[g] / total) +
                   mi_term(frames[g] - hits, (total - active) * frames[g] / total);
        }
        for (uint32_t g = 0; g < groups; g++)
            score[g * width + i] = sum > 0 ? sum / total : 0; /* never negative but by rounding */
    }
    free(frames);
    return code;
}

const struct selector selector_mi = {
    .name = "mi",
    .summary =
        "mutual information of activation and group, in nats, for the group of most activity",
    .take = SELECTOR_TOP,
    .candidates = SELECTOR_LARGEST,
    .score = mi_score,
};
