/*
 * weights.h - the weights of a model that is trained: opened with model_options.keep_weights, it
 * keeps row-major copies in addition to the packed ones that its kernels read.
 *
 *     size_t n = model_weights(m, &list);
 *     list[i].data[k] -= rate * gradient;          (while nothing runs the model)
 *     model_repack(m, list[i].layer);
 *
 * Gains, biases and the table of relative positions are read where they stand; matrices and
 * positional convolutions are packed, so that a change is computed with only after model_repack.
 * The convolutions of the waveform models' front end are not kept: they stay as they are, as in
 * fairseq and s3prl.  Nor are running statistics of a batch norm.
 */
#ifndef PROPNEU_MODEL_WEIGHTS_H
#define PROPNEU_MODEL_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

/* What stands before the layers and behind them: projection, positions, the encoder's own norm. */
#define MODEL_NO_LAYER UINT32_MAX

struct model_weight {
    const char *name; /* as in the checkpoint: "wav2vec2.encoder.layers.0.attention.k_proj.bias" */
    const char *ours; /* as in every family: "encoder.layers.0.self_attn.k_proj.bias" */
    uint32_t layer;   /* from 0, or MODEL_NO_LAYER */
    uint32_t ndim;    /* 1 to 4 */
    size_t shape[4];
    size_t count;
    float *data; /* [shape[0]]...[shape[ndim - 1]], the model's own */
};

/* *OUT [returned] of M, in the order in which they were bound; none without keep_weights. */
size_t model_weights(const struct model *m, const struct model_weight **out);

/* Packs the weights of LAYER again, or, for MODEL_NO_LAYER, those of no layer.  STATUS_NOMEM. */
enum status model_repack(struct model *m, uint32_t layer, struct err *err);

#endif
