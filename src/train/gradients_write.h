/*
 * gradients_write.h - private to src/train: what a batch gave as a safetensors file.
 */
#ifndef PROPNEU_TRAIN_GRADIENTS_WRITE_H
#define PROPNEU_TRAIN_GRADIENTS_WRITE_H

#include "model/backward/backward.h"
#include "train/train_head.h"

struct gradients_found {
    const struct model *model;
    const struct gradients *gradients;
    const struct train_head *head;
    const float *head_gradient; /* [head->count] */
    double loss;
};

/*
 * loss and grad/NAME of F into OUT.  Names are those of the checkpoint; of waveform models also
 * without the prefix that a head puts before them, and those of normalised weights as transformers
 * writes them today.  The head's are final_proj.* where PRETRAINS, else head.* and mix.
 */
enum status gradients_write(const struct gradients_found *f, bool pretrains, const char *out,
                            struct err *err);

#endif
