/*
 * Intersection over union of "the neuron is active" and "the frame is of the group":
 * h / (n + H - h) with the hits h of n frames of the group, and H hits in all groups.
 */
#include "config.h"

#include "analysis/selector.h"

#include <stdlib.h>

#include "base/mem.h"

static enum status iou_score(const struct selector_input *in, double *score, struct err *err)
{
    uint32_t groups = in->property->groups;
    size_t width = in->width;
    double *frames = mem_array(groups, sizeof *frames);
    enum status code = frames ? selector_hits(in, score, frames, err) : err_nomem(err);
    for (size_t i = 0; i < width && !code; i++) {
        double all = 0;
        for (uint32_t g = 0; g < groups; g++)
            all += score[g * width + i];
        for (uint32_t g = 0; g < groups; g++) {
            double hits = score[g * width + i], either = frames[g] + all - hits;
            score[g * width + i] = either > 0 ? hits / either : 0;
        }
    }
    free(frames);
    return code;
}

const struct selector selector_iou = {
    .name = "iou",
    .summary = "frames of the group with the neuron active, over frames of either kind",
    .take = SELECTOR_TOP,
    .score = iou_score,
};
