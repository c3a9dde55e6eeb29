/*
 * model_parts.h - where the parts of a model that can be edited stand in its checkpoint: the
 * feed-forward tensors of every layer, whatever the file calls them, and the configuration.
 */
#ifndef PROPNEU_MODEL_LOAD_MODEL_PARTS_H
#define PROPNEU_MODEL_LOAD_MODEL_PARTS_H

#include <stdint.h>

#include "formats/tensors/checkpoint.h"
#include "model/model.h"
#include "base/names.h"

/* Neuron i is row i of FC1 with its bias, and column i of FC2. */
enum model_ffn_part {
    FFN_FC1_WEIGHT, /* [D][E] */
    FFN_FC1_BIAS,   /* [D] */
    FFN_FC2_WEIGHT, /* [E][D] */
    FFN_FC2_BIAS,   /* [E] */
    FFN_PARTS
};

/* Indices into checkpoint.tensors.tensor. */
struct model_ffn {
    size_t at[FFN_PARTS];
};

/*
 * The feed-forward tensors of LAYER (from 0), of matching shapes and of floats.  STATUS_NOTFOUND
 * names the tensor that is missing, STATUS_FORMAT the one of the wrong shape.
 */
enum status model_ffn_find(const struct checkpoint *c, uint32_t layer, struct model_ffn *out,
                           struct err *err);

/*
 * Adds to OUT the names of all tensors that the model which C's configuration describes has and
 * C lacks; none for a model that is not known.  Tensors of the wrong shape are not among them.
 */
enum status model_missing(const struct checkpoint *c, struct names *out, struct err *err);

/* The layers that C's configuration says the model has.  STATUS_UNSUPPORTED for a model that is not
 * known. */
enum status model_layers(const struct checkpoint *c, uint32_t *layers, struct err *err);

/*
 * The object in C->config that describes the model, borrowed, and its family's name; NULL for a
 * model that is not known.
 */
json_t *model_settings(const struct checkpoint *c, const char **family);

/*
 * Sets the neurons of every layer in C's configuration: as a LIST [layers], or as the one number
 * that they then have in common.  STATUS_UNSUPPORTED for a model that is not known; STATUS_NOMEM.
 */
enum status model_set_widths(struct checkpoint *c, uint32_t layers, const uint32_t *width,
                             bool list, struct err *err);

/*
 * The file of log-mel statistics that the model needs besides its checkpoint: to be freed; NULL
 * where it needs none or where there is none.
 */
enum status model_stats_file(const struct checkpoint *c, const struct model_options *o, char **path,
                             struct err *err);

#endif
