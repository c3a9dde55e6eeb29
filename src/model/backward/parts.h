/*
 * parts.h - the parts of a backward pass, for the files of src/model.
 *
 * D... is the gradient of what is called ... in the forward pass.
 */
#ifndef PROPNEU_MODEL_BACKWARD_PARTS_H
#define PROPNEU_MODEL_BACKWARD_PARTS_H

#include "model/backward/backward.h"
#include "model/internal.h"

/* One pass: what it goes back over, what it adds to, and its arrays. */
struct backward {
    const struct model *m;
    const struct encoder_tape *tape;
    struct gradients *g;
    const struct cancel *cancel;
    size_t t;                     /* frames */
    float *d;                     /* [T][E] the gradient that goes from layer to layer */
    float *branch;                /* [T][E] that of a branch beside it */
    float *dq, *dk, *dv, *dmixed; /* [T][E] */
    float *dffn;                  /* [T][widest], or as the input below */
    float *normed;                /* [T][input width] the input behind its norm */
    float *scores;                /* [T][T] */
    float *packed;                /* the right side of any product */
    float *turned;                /* the work of gemm_turned */
    float *padded;                /* [T + kernel][E / groups] */
    float *taps;                  /* [E / groups][kernel E / groups] of a group, turned round */
    float *turn;                  /* [E][kernel E / groups] gradients of a positional convolution */
    float *dlines;                /* [2 T - 1] of a head's relative position bias */
    float *dgates;                /* [T] */
    float *logits;                /* [T][2] */
    struct rel_work rel;          /* lines: the forward pass's */
    double *tap_scale;            /* [kernel] */
    float *memory;
    size_t size; /* floats of it */
};

/*
 * Y [T][out] = X W^T + b: adds the gradients of W and b; DX [T][in] = DY W, or += if ADD, unless
 * it is NULL.  LDX, LDY: distance of the rows of X and of DY.
 */
void linear_back(struct backward *b, const struct linear *l, const float *x, size_t ldx,
                 const float *dy, size_t ldy, float *dx, bool add);

/* DX [T][E] from the gradient of the values to that of the arguments X of a layer norm. */
void norm_back(struct backward *b, const struct norm *n, const struct tape_norm *tape,
               const float *x, float *dx);

/* DX = the gradient of the input of layer N's attention, DY that of its output. */
enum status attention_back(struct backward *b, uint32_t n, const float *dy, float *dx,
                           struct err *err);

/* The relative position bias of head H of layer N, DS [T][T] being the gradient of the biased
 * scores; that of the layer's input IN, of which its gates are made, is added to DX. */
void rel_pos_back_head(struct backward *b, uint32_t n, uint32_t h, const float *ds, const float *in,
                       float *dx);

/* D += the gradient of what goes into the positional convolutions, D being that of the sum. */
enum status pos_conv_back(struct backward *b, struct err *err);

/* Values of a row of what model_backward is given as INPUT. */
size_t backward_input_width(const struct model *m);

#endif
