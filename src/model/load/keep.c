/*
 * Weights that a model keeps as the checkpoint has them, in addition to what its kernels read, for
 * training; and packing them again after a change (weights.h).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/internal.h"
#include "model/weights.h"

/* A copy of TEXT in the model's memory, or NULL. */
static char *keep_text(struct model *m, const char *text)
{
    char *kept = arena_zeros(&m->memory, strlen(text) + 1, 1);
    return kept ? strcpy(kept, text) : NULL;
}

static uint32_t keep_layer_of(const char *name)
{
    const char *layers = "encoder.layers.";
    size_t n = strlen(layers);
    return strncmp(name, layers, n) == 0 ? (uint32_t)strtoul(name + n, NULL, 10) : MODEL_NO_LAYER;
}

enum status binder_keep(struct binder *b, struct floats *x, const char *name, const char *spelled,
                        struct err *err)
{
    struct model *m = b->model;
    struct model_weight w = {.name = keep_text(m, spelled),
                             .ours = keep_text(m, name),
                             .layer = keep_layer_of(name),
                             .ndim = x->tensor->ndim,
                             .count = x->count,
                             .data = model_floats(m, x->count)};
    /* The relative positions' table stands in layer 0 and is that of all. */
    if (strstr(name, "relative_attention_bias"))
        w.layer = MODEL_NO_LAYER;
    if (w.name && w.ours && w.data) {
        memcpy(w.data, x->data, x->count * sizeof *w.data);
        memcpy(w.shape, x->tensor->shape, w.ndim * sizeof *w.shape);
    }
    floats_free(x);
    x->data = w.data;
    if (!w.name || !w.ours || !w.data ||
        !mem_grow(&m->weight, &m->weights_cap, m->weights + 1, sizeof *m->weight))
        return err_nomem(err);
    m->weight[m->weights++] = w;
    return STATUS_OK;
}

size_t model_weights(const struct model *m, const struct model_weight **out)
{
    *out = m->weight;
    return m->weights;
}

/* The matrices of a layer, and the sums that its gate is made of. */
static enum status repack_layer(struct model *m, uint32_t layer, struct err *err)
{
    struct layer *l = &m->encoder.layer[layer];
    struct linear *const map[] = {&l->q, &l->k, &l->v, &l->out, &l->fc1, &l->fc2};
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        linear_pack(m->kn, map[i], map[i]->weight);
    return rel_gate_pack(m, layer, err);
}

enum status model_repack(struct model *m, uint32_t layer, struct err *err)
{
    if (m->weights == 0)
        return err_set(err, STATUS_USAGE, "%s: its weights were not kept", m->name);
    if (layer != MODEL_NO_LAYER && layer >= m->encoder.layers)
        return err_set(err, STATUS_USAGE, "%s: no layer %u", m->name, layer + 1);
    if (layer != MODEL_NO_LAYER)
        return repack_layer(m, layer, err);
    if (m->family->frontend->repack)
        m->family->frontend->repack(m);
    return pos_conv_repack(m, err);
}
