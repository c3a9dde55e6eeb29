/*
 * Partial area under the ROC curve of a neuron as a detector of the group: a frame is said to be of
 * the group if the neuron is among the lambda most active of its layer.  Each lambda of the file
 * gives one point (rate in the other groups, rate in the group); the area goes from a rate of 0 to
 * the largest lambda's baseline tau / D, straight between points and flat beyond the last.  Unlike
 * the other scores it does not hang on one lambda.
 */
#include "config.h"

#include "analysis/selector.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A layer's counts at one lambda. */
struct pauc_block {
    struct counts_layer *layers; /* only read */
    uint32_t tau;
};

static int pauc_compare(const void *a, const void *b)
{
    const struct pauc_block *x = a, *y = b;
    return x->tau < y->tau ? -1 : x->tau > y->tau;
}

/* The lambdas of the file by rising tau in the layer of IN, into BLOCK; their number. */
static uint32_t pauc_blocks(const struct selector_input *in, struct pauc_block *block)
{
    const struct counts *c = in->counts;
    for (uint32_t k = 0; k < c->lambdas; k++) {
        struct counts_layer *layers = &c->block[(size_t)k * c->layers];
        block[k] = (struct pauc_block){layers, layers[in->layer].tau};
    }
    qsort(block, c->lambdas, sizeof *block, pauc_compare);
    return c->lambdas;
}

/* The last point of a curve, and the area up to it. */
struct pauc_curve {
    double area, x, y;
};

/* Goes on in a straight line to (X, Y), as far as LIMIT. */
static void pauc_go(struct pauc_curve *c, double x, double y, double limit)
{
    if (c->x >= limit)
        return;
    if (x > limit) { /* x is beyond it and c->x is not: they differ */
        y = c->y + (y - c->y) * (limit - c->x) / (x - c->x);
        x = limit;
    }
    c->area += (x - c->x) * (y + c->y) / 2;
    c->x = x;
    c->y = y;
}

/* Goes on in every curve to the rates at one lambda; HITS [groups][width] and FRAMES [groups]. */
static void pauc_add(struct pauc_curve *curve, const double *hits, const double *frames,
                     uint32_t groups, size_t width, double limit)
{
    double total = 0;
    for (uint32_t g = 0; g < groups; g++)
        total += frames[g];
    for (size_t i = 0; i < width; i++) {
        double all = 0;
        for (uint32_t g = 0; g < groups; g++)
            all += hits[g * width + i];
        for (uint32_t g = 0; g < groups; g++) {
            double in = hits[g * width + i], rest = total - frames[g];
            pauc_go(&curve[g * width + i], rest > 0 ? (all - in) / rest : 0,
                    frames[g] > 0 ? in / frames[g] : 0, limit);
        }
    }
}

static enum status pauc_score(const struct selector_input *in, double *score, struct err *err)
{
    const struct counts *c = in->counts;
    uint32_t groups = in->property->groups;
    size_t width = in->width, scores = groups * width;
    struct pauc_block block[COUNTS_MAX_LAMBDAS];
    enum status code = STATUS_OK;
    if (c->lambdas < 2)
        return err_set(
            err, STATUS_UNSUPPORTED,
            "%s: the selector pauc needs counts at several lambdas (count --lambda 1,2,5)",
            c->path);
    uint32_t blocks = pauc_blocks(in, block);
    double limit = (double)block[blocks - 1].tau / (double)width;
    struct pauc_curve *curve = mem_zeros(scores, sizeof *curve);
    double *frames = mem_array(groups, sizeof *frames);
    if (!curve || !frames)
        code = err_nomem(err);
    for (uint32_t k = 0; k < blocks && !code; k++) {
        struct counts at = *c;
        struct selector_input there = *in;
        at.layer = block[k].layers;
        there.counts = &at;
        code = selector_hits(&there, score, frames, err);
        if (!code)
            pauc_add(curve, score, frames, groups, width, limit);
    }
    for (size_t i = 0; i < scores && !code; i++) {
        pauc_go(&curve[i], limit, curve[i].y, limit);
        score[i] = curve[i].area;
    }
    free(curve);
    free(frames);
    return code;
}

const struct selector selector_pauc = {
    .name = "pauc",
    .summary = "area under the ROC up to the largest baseline, through the file's lambdas",
    .take = SELECTOR_TOP,
    .score = pauc_score,
};
