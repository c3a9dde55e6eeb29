/*
 * Log odds ratio of a neuron's activation in a group against the rest, with a prior of KAPPA frames
 * at the baseline activation probability, over its standard deviation: large only where the
 * difference is large and the frames are many.  It orders neurons and is no test: frames are not
 * independent.  Method: Monroe, Colaresi & Quinn, Fightin' words, Political Analysis 16 (2008).
 */
#include "config.h"

#include "analysis/selector.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* Z of HITS in FRAMES against OTHER_HITS in OTHER_FRAMES; A and NOT_A: the prior. */
static double log_odds_z(double hits, double frames, double other_hits, double other_frames,
                         double a, double not_a)
{
    double in = hits + a, out = frames - hits + not_a;
    double other_in = other_hits + a, other_out = other_frames - other_hits + not_a;
    return (log(in / out) - log(other_in / other_out)) /
           sqrt(1 / in + 1 / out + 1 / other_in + 1 / other_out);
}

static enum status log_odds_score(const struct selector_input *in, double *score, struct err *err)
{
    const struct counts_layer *layer = &in->counts->layer[in->layer];
    uint32_t groups = in->property->groups;
    size_t width = in->width;
    double baseline = (double)layer->tau / layer->width;
    double a = SELECTOR_KAPPA * baseline, not_a = SELECTOR_KAPPA * (1 - baseline), total = 0;
    double *frames = mem_array(groups, sizeof *frames);
    enum status code = frames ? selector_hits(in, score, frames, err) : err_nomem(err);
    for (uint32_t g = 0; g < groups && !code; g++)
        total += frames[g];
    for (size_t i = 0; i < width && !code; i++) {
        double all = 0;
        for (uint32_t g = 0; g < groups; g++)
            all += score[g * width + i];
        for (uint32_t g = 0; g < groups; g++) {
            double hits = score[g * width + i];
            score[g * width + i] =
                log_odds_z(hits, frames[g], all - hits, total - frames[g], a, not_a);
        }
    }
    free(frames);
    return code;
}

const struct selector selector_log_odds = {
    .name = "log-odds",
    .summary = "log odds ratio of the group against the rest over its deviation, kappa 100",
    .take = SELECTOR_TOP,
    .score = log_odds_score,
};
