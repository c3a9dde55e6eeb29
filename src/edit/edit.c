/*
 * The arithmetic of edits.  A feed-forward block computes
 *     y = W_FC2 f(W_FC1 x + b1) + b2 ,
 * so that neuron i enters y through column i of fc2.weight alone: a zero there is the same as a
 * neuron that never fires.  Tensors are copied before they are written to, since those of a file
 * are borrowed from its mapping, may share a storage and may lie in any order.
 */
#include "config.h"

#include "edit/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit/edited.h"
#include "edit/element.h"
#include "edit/means.h"
#include "base/mem.h"
#include "model/load/model_parts.h"

enum status edit_means(const struct edit *e, uint32_t layer, float **out, struct err *err)
{
    char name[32], shape[96];
    snprintf(name, sizeof name, "mean.%u", layer + 1);
    const struct tensor *t = tensors_find(e->means, name);
    if (!t)
        return err_set(err, STATUS_NOTFOUND, "%s: no tensor %s", e->means_path, name);
    tensor_shape_text(t, shape, sizeof shape);
    if (t->ndim != 1 || t->shape[0] != e->sets->width[layer])
        return err_set(err, STATUS_MISMATCH, "%s: tensor %s is %s, but the layer has %u neurons",
                       e->means_path, name, shape, e->sets->width[layer]);
    float *mean = mem_array(t->count, sizeof *mean);
    if (!mean)
        return err_nomem(err);
    tensor_to_f32(t, mean);
    *out = mean;
    return STATUS_OK;
}

/* One layer to be edited: its tensors, and the neurons of the set and outside it. */
struct layer_edit {
    struct checkpoint *c;
    const struct edit *edit;
    uint32_t layer;                 /* from 0 */
    struct tensor *part[FFN_PARTS]; /* of its feed-forward block */
    uint32_t *neuron, count;        /* [count] of the set, ascending */
    uint32_t *kept, kept_count;     /* [kept_count] outside it, ascending */
};

/* Half precision ends at 65504: better said than written as infinity. */
static enum status no_room(const struct layer_edit *l, const struct tensor *t, struct err *err)
{
    return err_set(err, STATUS_UNSUPPORTED, "%s: tensor %s: a value is out of range for %s",
                   l->c->path, t->name, dtype_name(t->dtype));
}

/* Column i of fc2.weight [E][D] times GAIN; 0 is written as such, whatever stood there (NaN). */
static enum status scale_columns(struct layer_edit *l, double gain, struct err *err)
{
    struct tensor *t = l->part[FFN_FC2_WEIGHT];
    size_t size = dtype_size(t->dtype), width = t->shape[1];
    unsigned char *data = edited_tensor(l->c, t);
    if (!data)
        return err_nomem(err);
    for (size_t e = 0; e < t->shape[0]; e++)
        for (uint32_t k = 0; k < l->count; k++) {
            unsigned char *p = data + (e * width + l->neuron[k]) * size;
            if (gain == 0)
                memset(p, 0, size);
            else if (!element_store(t->dtype, p, gain * element_load(t->dtype, p)))
                return no_room(l, t, err);
        }
    return STATUS_OK;
}

/* fc2.bias[e] += sum of W[e][i] mean[i]: what the neurons add on average stays. */
static enum status add_means(struct layer_edit *l, const float *mean, struct err *err)
{
    const struct tensor *w = l->part[FFN_FC2_WEIGHT];
    struct tensor *b = l->part[FFN_FC2_BIAS];
    size_t size = dtype_size(w->dtype);
    unsigned char *bias = edited_tensor(l->c, b);
    if (!bias)
        return err_nomem(err);
    for (size_t e = 0; e < b->count; e++) {
        unsigned char *p = bias + e * dtype_size(b->dtype);
        double sum = element_load(b->dtype, p);
        for (uint32_t k = 0; k < l->count; k++) {
            size_t at = e * w->stride[0] + l->neuron[k] * w->stride[1];
            sum += element_load(w->dtype, w->data + at * size) * mean[l->neuron[k]];
        }
        if (!element_store(b->dtype, p, sum))
            return no_room(l, b, err);
    }
    return STATUS_OK;
}

/* The bias takes over the average, then the columns are erased. */
static enum status mean_ablate(struct layer_edit *l, struct err *err)
{
    float *mean;
    enum status code = edit_means(l->edit, l->layer, &mean, err);
    if (code)
        return code;
    code = add_means(l, mean, err);
    free(mean);
    return code ? code : scale_columns(l, 0, err);
}

/* Erasure at full size that leaves nothing of the neuron: f(0) = 0 for nearly every f there is, so
 * its activation is zero too. */
static enum status layer_mask(struct layer_edit *l, struct err *err)
{
    struct tensor *w = l->part[FFN_FC1_WEIGHT], *b = l->part[FFN_FC1_BIAS];
    unsigned char *rows = edited_tensor(l->c, w), *bias = edited_tensor(l->c, b);
    if (!rows || !bias)
        return err_nomem(err);
    size_t row = w->shape[1] * dtype_size(w->dtype), size = dtype_size(b->dtype);
    for (uint32_t k = 0; k < l->count; k++) {
        memset(rows + l->neuron[k] * row, 0, row);
        memset(bias + l->neuron[k] * size, 0, size);
    }
    return scale_columns(l, 0, err);
}

/* Makes T, [before][D][after] elements, [before][WIDTH][after] of the neurons kept, then zeros. */
static enum status tensor_gather(struct layer_edit *l, struct tensor *t, uint32_t axis,
                                 uint32_t width, struct err *err)
{
    struct tensor new = *t;
    size_t block = dtype_size(t->dtype), before = 1, from = t->shape[axis];
    for (uint32_t d = 0; d < axis; d++)
        before *= t->shape[d];
    for (uint32_t d = axis + 1; d < t->ndim; d++)
        block *= t->shape[d];
    new.shape[axis] = width;
    unsigned char *old = edited_tensor(l->c, t), *data = NULL;
    if (old && tensor_set_rows(&new))
        data = edited_memory(l->c, new.count, dtype_size(new.dtype));
    if (!data)
        return err_nomem(err);
    for (size_t i = 0; i < before; i++)
        for (uint32_t k = 0; k < l->kept_count; k++)
            memcpy(data + (i * width + k) * block, old + (i * from + l->kept[k]) * block, block);
    new.data = data;
    *t = new;
    return STATUS_OK;
}

/* fc2.bias stays: what a pruned neuron added is gone, not moved. */
static enum status take_out(struct layer_edit *l, uint32_t width, struct err *err)
{
    enum status code;
    if (l->kept_count == 0)
        return err_set(err, STATUS_UNSUPPORTED, "%s: no neuron would be left in layer %u",
                       l->c->path, l->layer + 1);
    if ((code = tensor_gather(l, l->part[FFN_FC1_WEIGHT], 0, width, err)) ||
        (code = tensor_gather(l, l->part[FFN_FC1_BIAS], 0, width, err)))
        return code;
    return tensor_gather(l, l->part[FFN_FC2_WEIGHT], 1, width, err);
}

/* Neurons that stay in layer N. */
static uint32_t layer_staying(const struct neuron_set *s, uint32_t n)
{
    return s->width[n] - neuron_set_size(s, n);
}

/* Neurons layer N has after E. */
static uint32_t new_width(const struct edit *e, uint32_t n)
{
    uint32_t width = layer_staying(e->sets, n);
    if (e->kind != EDIT_REMOVE && e->kind != EDIT_EQUAL)
        return e->sets->width[n];
    for (uint32_t l = 0; l < e->sets->layers && e->kind == EDIT_EQUAL; l++)
        width = layer_staying(e->sets, l) > width ? layer_staying(e->sets, l) : width;
    return width;
}

static enum status edit_layer(struct layer_edit *l, struct err *err)
{
    uint32_t width = new_width(l->edit, l->layer);
    if (l->count == 0 && width == l->edit->sets->width[l->layer])
        return STATUS_OK;
    switch (l->edit->kind) {
    case EDIT_SCALE: return scale_columns(l, l->edit->gain, err);
    case EDIT_MEAN: return mean_ablate(l, err);
    case EDIT_MASK: return layer_mask(l, err);
    default: return take_out(l, width, err);
    }
}

/* Finds the tensors of L->layer, sorts its neurons and edits it. */
static enum status open_layer(struct layer_edit *l, struct err *err)
{
    struct model_ffn ffn;
    const struct neuron_set *s = l->edit->sets;
    uint32_t width = s->width[l->layer];
    enum status code = model_ffn_find(l->c, l->layer, &ffn, err);
    if (code)
        return code;
    for (int p = 0; p < FFN_PARTS; p++)
        l->part[p] = &l->c->tensors.tensor[ffn.at[p]];
    if (l->part[FFN_FC1_BIAS]->shape[0] != width)
        return err_set(err, STATUS_MISMATCH, "%s: layer %u has %zu neurons, the sets are for %u",
                       l->c->path, l->layer + 1, l->part[FFN_FC1_BIAS]->shape[0], width);
    l->count = l->kept_count = 0;
    for (uint32_t i = 0; i < width; i++)
        if (bitset_has(s->row[l->layer], i))
            l->neuron[l->count++] = i;
        else
            l->kept[l->kept_count++] = i;
    return edit_layer(l, err);
}

/* The configuration must say what the tensors have become, or nobody could load them. */
static enum status set_widths(struct checkpoint *c, const struct edit *e, struct err *err)
{
    uint32_t *width = mem_array(e->sets->layers, sizeof *width);
    for (uint32_t n = 0; width && n < e->sets->layers; n++)
        width[n] = new_width(e, n);
    enum status code =
        width ? model_set_widths(c, e->sets->layers, width, e->kind == EDIT_REMOVE, err)
              : err_nomem(err);
    free(width);
    return code;
}

enum status edit_apply(struct checkpoint *c, const struct edit *e, struct err *err)
{
    uint32_t widest = 0;
    enum status code = STATUS_OK;
    for (uint32_t n = 0; n < e->sets->layers; n++)
        widest = e->sets->width[n] > widest ? e->sets->width[n] : widest;
    struct layer_edit l = {.c = c,
                           .edit = e,
                           .neuron = mem_array(widest, sizeof *l.neuron),
                           .kept = mem_array(widest, sizeof *l.kept)};
    if (!l.neuron || !l.kept)
        code = err_nomem(err);
    for (l.layer = 0; l.layer < e->sets->layers && !code; l.layer++)
        code = open_layer(&l, err);
    if (!code && (e->kind == EDIT_REMOVE || e->kind == EDIT_EQUAL))
        code = set_widths(c, e, err);
    free(l.neuron);
    free(l.kept);
    return code;
}

enum status edit_open_model(struct model **out, const char *path, const struct model_options *o,
                            const struct edit *e, struct err *err)
{
    struct checkpoint c;
    enum status code = checkpoint_open(&c, path, err);
    if (!code && e && (code = edit_apply(&c, e, err)))
        checkpoint_free(&c);
    return code ? code : model_from_checkpoint(out, &c, o, err);
}
