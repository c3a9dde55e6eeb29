/*
 * gradients_file.h - losses and gradients of a batch that a file holds, for comparison with other
 * software: no step is taken.
 *
 * A batch is one of two kinds.  Of recordings: head.weight [classes][E], head.bias, and U/labels
 * [frames] of each recording U, negative for frames without one; mix [L + 1], or 0.  Of log-mel
 * frames (MelHuBERT): feat [batch][frames][width] with lengths; mask and labels for ssl, whose head
 * is the model's final_proj; ctc_head_weight, ctc_head_bias, ctc_targets, ctc_target_lengths for
 * ctc; sid_head_weight, sid_head_bias, sid_labels for sid.
 */
#ifndef PROPNEU_TRAIN_GRADIENTS_FILE_H
#define PROPNEU_TRAIN_GRADIENTS_FILE_H

#include "train/trainset.h"

struct gradients_request {
    const char *model;
    struct model_options how; /* keep_weights is set by the call */
    const char *batch;        /* safetensors */
    const char *const *audio; /* [audios] recordings, folders or lists of them */
    size_t audios;
    enum train_task task;
    bool weighted;  /* the head is given a sum of all hidden states */
    uint32_t layer; /* or the output of this one, from 1; 0: the last */
};

/* Writes loss, float64 [1], and grad/NAME, float32, to the safetensors file OUT.  *LOSS may be
 * NULL. */
enum status gradients_file_make(const struct gradients_request *r, const char *out, double *loss,
                                const struct cancel *cancel, struct err *err);

#endif
