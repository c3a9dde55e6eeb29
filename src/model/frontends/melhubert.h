/*
 * melhubert.h - MelHuBERT's front end: log-mel frames, one or two of them side by side.
 */
#ifndef PROPNEU_MODEL_FRONTENDS_MELHUBERT_H
#define PROPNEU_MODEL_FRONTENDS_MELHUBERT_H

#include "model/frontends/logmel.h"
#include "model/internal.h"

struct melhubert {
    struct logmel *logmel;
    float mean[LOGMEL_BINS], std[LOGMEL_BINS];
    uint32_t stack;     /* 10 ms frames in a model frame: 1 or 2 */
    uint32_t input;     /* stack * LOGMEL_BINS */
    struct linear proj; /* absent (packed NULL) where input equals the encoder's width */
};

extern const struct frontend melhubert_frontend;
extern const struct family_config melhubert_config; /* melhubert_config.c */

/* melhubert_stats.c: mean and deviation of the log-mel bins into the front end. */
enum status melhubert_bind_stats(struct model *m, struct binder *b, const struct checkpoint *c,
                                 const struct model_options *o, struct err *err);
/* As side_file of struct frontend. */
enum status melhubert_stats_file(const struct checkpoint *c, const struct model_options *o,
                                 char **path, struct err *err);

#endif
