/*
 * layout.h - where a checkpoint keeps the settings of its model, and what it calls the model's
 * kind: the same for every family, different for fairseq, s3prl, WavLM and Hugging Face.
 */
#ifndef PROPNEU_MODEL_LOAD_LAYOUT_H
#define PROPNEU_MODEL_LOAD_LAYOUT_H

#include "formats/tensors/checkpoint.h"

/* The settings of C's model, borrowed from C, or NULL. */
const json_t *layout_settings(const struct checkpoint *c);

/* What C calls its own kind of model ("hubert", "data2vec_audio"), or NULL if it says nothing. */
const char *layout_kind(const struct checkpoint *c);

#endif
