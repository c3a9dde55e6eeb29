/*
 * Magnitude criteria: a neuron's score is the L1 norm of its weights, row i of the first
 * feed-forward matrix and column i of the second, with or without its bias.  With the bias it is
 * the criterion of the published program.
 */
#include "config.h"

#include "edit/criterion.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "model/load/model_parts.h"

/* In double, from the weights as float.  OUT[i] += sum of |x| over what belongs to neuron i along
 * AXIS of T. */
static enum status l1_add_tensor(const struct tensor *t, uint32_t axis, double *out,
                                 struct err *err)
{
    float *x = mem_array(t->count, sizeof *x);
    if (!x)
        return err_nomem(err);
    tensor_to_f32(t, x);
    size_t columns = t->ndim == 2 ? t->shape[1] : 1;
    for (size_t i = 0; i < t->count; i++)
        out[axis == 0 ? i / columns : i % columns] += fabs((double)x[i]);
    free(x);
    return STATUS_OK;
}

static enum status l1_score_with(const struct checkpoint *c, uint32_t layer, uint32_t width,
                                 bool with_bias, double *out, struct err *err)
{
    struct model_ffn ffn;
    enum status code = model_ffn_find(c, layer, &ffn, err);
    if (code)
        return code;
    const struct tensor *t = c->tensors.tensor, *bias = &t[ffn.at[FFN_FC1_BIAS]];
    if (bias->shape[0] != width)
        return err_set(err, STATUS_MISMATCH, "%s: layer %u has %zu neurons, not %u", c->path,
                       layer + 1, bias->shape[0], width);
    for (uint32_t i = 0; i < width; i++)
        out[i] = 0;
    if ((code = l1_add_tensor(&t[ffn.at[FFN_FC1_WEIGHT]], 0, out, err)) ||
        (code = l1_add_tensor(&t[ffn.at[FFN_FC2_WEIGHT]], 1, out, err)))
        return code;
    return with_bias ? l1_add_tensor(bias, 0, out, err) : STATUS_OK;
}

static enum status l1_score(const struct checkpoint *c, uint32_t layer, uint32_t width,
                            uint64_t seed, double *out, struct err *err)
{
    (void)seed;
    return l1_score_with(c, layer, width, false, out, err);
}

static enum status l1_bias_score(const struct checkpoint *c, uint32_t layer, uint32_t width,
                                 uint64_t seed, double *out, struct err *err)
{
    (void)seed;
    return l1_score_with(c, layer, width, true, out, err);
}

const struct prune_criterion prune_criterion_l1 = {
    .name = "l1",
    .summary = "sum of magnitudes of row i of fc1.weight and column i of fc2.weight",
    .score = l1_score,
};

const struct prune_criterion prune_criterion_l1_bias = {
    .name = "l1-bias",
    .summary = "l1 and the magnitude of fc1.bias[i], as in the published program",
    .score = l1_bias_score,
};
