/*
 * observe.h - a property as the file has it, looked at by what looks at the draws of its null.
 */
#ifndef PROPNEU_INFERENCE_OBSERVE_H
#define PROPNEU_INFERENCE_OBSERVE_H

#include "inference/exchange.h"

/*
 * Calls VISIT once for each of LAYER [layers] (from 0), as draw 0 of worker 0, with the patterns of
 * PROPERTY in A's file; where X (NULL: nothing can be exchanged) exchanges tokens, with those of
 * the tokens' own middle frames, which is what its draws are compared with.
 */
enum status observe_layers(const struct exchange *x, struct analysis *a, const char *property,
                           const uint32_t *layer, uint32_t layers, resample_visit *visit,
                           void *context, struct err *err);

#endif
