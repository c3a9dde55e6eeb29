/*
 * head.h - the layers behind a speech Transformer that decide, as checkpoints hold them.
 */
#ifndef PROPNEU_EVAL_HEAD_H
#define PROPNEU_EVAL_HEAD_H

#include "formats/tensors/checkpoint.h"
#include "eval/eval.h"
#include "base/names.h"

/* logits = W (P x + c) + b of a hidden state x, or of a weighted sum of several. */
struct head {
    struct names label;   /* [classes] as they are written */
    uint32_t classes, in; /* in: what W takes, the projector's width or the encoder's */
    double *layer;        /* [layers + 1] weights of the hidden states; NULL: the last one alone */
    float *projector;     /* [in][E]; NULL: none */
    float *projector_bias;
    float *weight; /* [classes][in] */
    float *bias;   /* [classes] */
    int blank;     /* CTC: the class that stands for nothing; -1: a label for every frame */
};

/*
 * The head for O's task in C, to stand behind M.  Everything is checked and copied.
 * STATUS_NOTFOUND, saying what was LOOKED_FOR, where there is none; STATUS_UNSUPPORTED for one that
 * is more than linear.
 */
enum status head_open(struct head *h, const struct checkpoint *c, const struct eval_options *o,
                      const char *looked_for, const struct model_info *m, struct err *err);
void head_free(struct head *h);

/* The logits [classes] of X [E]; WORK has room for `in` numbers.  False: not a number. */
bool head_logits(const struct head *h, const double *x, uint32_t embed, double *work, double *out);

/* Class C of a CTC head where the blank is class 0, as losses have it: the two change places. */
int32_t head_ctc_class(const struct head *h, uint32_t c);

/* Index of the largest of X [n], the first of equals. */
uint32_t head_best(const double *x, uint32_t n);

/* -ln of the share that RIGHT has of the sum of exp X [n]. */
double head_loss(const double *x, uint32_t n, uint32_t right);

#endif
