/*
 * What controls are matched by: how often a neuron fires, and the norm of its column of the second
 * feed-forward matrix.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "edit/controls.h"
#include "base/mem.h"
#include "model/load/model_parts.h"

void neuron_features_free(struct neuron_features *f)
{
    for (uint32_t l = 0; l < f->layers; l++) {
        if (f->rate)
            free(f->rate[l]);
        if (f->norm)
            free(f->norm[l]);
    }
    free(f->rate);
    free(f->norm);
    free(f->width);
    *f = (struct neuron_features){0};
}

/* Activations of every neuron of layer L in CELL, added to RATE. */
static void add_cell(const struct counts_layer *l, uint32_t cell, double *rate)
{
    size_t at = (size_t)cell * l->width;
    for (uint32_t i = 0; i < l->width; i++)
        rate[i] += l->u16   ? l->u16[at + i]
                   : l->u32 ? l->u32[at + i]
                            : (double)l->probability[at + i];
}

/* True for a cell of probabilities that was never seen. */
static bool cell_unseen(const struct counts_layer *l, uint32_t cell)
{
    size_t at = (size_t)cell * l->width;
    for (uint32_t i = 0; l->probability && i < l->width; i++)
        if (l->probability[at + i] > 0)
            return false;
    return l->probability != NULL;
}

static void firing_rates(const struct counts *c, uint32_t layer, double *rate)
{
    const struct counts_layer *l = &c->layer[layer];
    double frames = 0;
    for (uint32_t i = 0; i < l->width; i++)
        rate[i] = 0;
    for (uint32_t cell = 0; cell < c->cells; cell++) {
        if (cell_unseen(l, cell))
            continue;
        add_cell(l, cell, rate);
        frames += l->probability ? 1 : (double)c->frames[cell];
    }
    for (uint32_t i = 0; i < l->width && frames > 0; i++)
        rate[i] /= frames;
}

/* Euclidean norms of the columns of the second feed-forward matrix: how much a neuron writes. */
static enum status column_norms(const struct checkpoint *c, uint32_t layer, uint32_t width,
                                double *norm, struct err *err)
{
    struct model_ffn ffn;
    enum status code = model_ffn_find(c, layer, &ffn, err);
    if (code)
        return code;
    const struct tensor *t = &c->tensors.tensor[ffn.at[FFN_FC2_WEIGHT]];
    if (t->shape[1] != width)
        return err_set(err, STATUS_MISMATCH, "%s: layer %u has %zu neurons, not %u", c->path,
                       layer + 1, t->shape[1], width);
    float *x = mem_array(t->count, sizeof *x);
    if (!x)
        return err_nomem(err);
    tensor_to_f32(t, x);
    for (uint32_t i = 0; i < width; i++) {
        double sum = 0;
        for (size_t e = 0; e < t->shape[0]; e++)
            sum += (double)x[e * width + i] * (double)x[e * width + i];
        norm[i] = sqrt(sum);
        if (!isfinite(norm[i]))
            code = err_set(err, STATUS_FORMAT, "%s: tensor %s: NaN or infinity in column %u",
                           c->path, t->name, i);
    }
    free(x);
    return code;
}

enum status neuron_features_make(struct neuron_features *out, const struct checkpoint *c,
                                 const struct counts *counts, struct err *err)
{
    uint32_t layers = counts->layers;
    struct neuron_features f = {layers, mem_array(layers, sizeof *f.width),
                                mem_zeros(layers, sizeof *f.rate),
                                mem_zeros(layers, sizeof *f.norm)};
    enum status code = f.width && f.rate && f.norm ? STATUS_OK : err_nomem(err);
    for (uint32_t l = 0; l < layers && !code; l++) {
        uint32_t width = f.width[l] = counts->layer[l].width;
        f.rate[l] = mem_array(width, sizeof **f.rate);
        f.norm[l] = mem_array(width, sizeof **f.norm);
        if (!f.rate[l] || !f.norm[l]) {
            code = err_nomem(err);
            break;
        }
        firing_rates(counts, l, f.rate[l]);
        code = column_norms(c, l, width, f.norm[l], err);
    }
    if (code)
        neuron_features_free(&f);
    else
        *out = f;
    return code;
}
