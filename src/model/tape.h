/*
 * tape.h - what a backward pass needs of a forward pass: the encoder's intermediate values.
 *
 * A tape is given to model_run in model_pass.tape and filled by it; without one nothing is kept and
 * nothing is different.  All arrays lie in one allocation, which grows to the longest pass and
 * stays, as the ActivationTensors of llm.c do; they are valid until the next pass.  What a front
 * end computes is not on the tape: its stages (MODEL_INPUT, MODEL_CONV) come through the sink.
 *
 *     struct encoder_tape *tape = encoder_tape_new();
 *     struct model_pass pass = {.samples = x, .count = n, .tape = tape};
 *     model_run(m, scratch, &pass, &sink, &err);
 *     ... tape->layer[0].fc1 ...
 *     encoder_tape_free(tape);
 */
#ifndef PROPNEU_MODEL_TAPE_H
#define PROPNEU_MODEL_TAPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/model.h"

/* A layer norm: its values and what its backward pass needs of its input x, (x - mean) * inverse
 * being what gain and bias are applied to. */
struct tape_norm {
    float *out;     /* [T][E] */
    float *mean;    /* [T] */
    float *inverse; /* [T] 1 / sqrt(variance + epsilon) */
};

/*
 * One layer, of D neurons.  Norms come first:                Norms come behind the sums:
 *     attn_norm = LN(input)                                      attn_sum = input +
 * attention(input) attn_sum = input + attention(attn_norm)                    attn_norm =
 * LN(attn_sum) ffn_norm = LN(attn_sum)                                    ffn_sum = attn_norm +
 * FFN(attn_norm) ffn_sum = attn_sum + FFN(ffn_norm)                         ffn_norm = LN(ffn_sum)
 * The next layer's input is ffn_sum or ffn_norm: the same array.
 */
struct tape_layer {
    float *input;     /* [T][E] */
    float *q, *k, *v; /* [T][E], head h in columns h E / heads and on */
    float *gates;     /* [heads][T] factors of the relative position bias before the softmax's own
                         1 / sqrt(E / heads), which they include the inverse of; NULL without one */
    float *attn;      /* [heads][T queries][T keys] probabilities */
    float *mixed;     /* [T][E] attn v of all heads: what the output map is applied to */
    float *attn_sum;  /* [T][E] */
    struct tape_norm attn_norm;
    float *fc1;     /* [T][D] before the activation function */
    float *act;     /* [T][D] after it and after model_pass.intervention: what FC2 is applied to */
    float *ffn_sum; /* [T][E] */
    struct tape_norm ffn_norm;
};

/* A positional convolution: before its norm, if it has one, and after GELU. */
struct tape_conv {
    float *conv;           /* [T][E] */
    float *gelu;           /* [T][E] */
    struct tape_norm norm; /* NULLs without one */
};

struct encoder_tape {
    size_t frames;          /* T of the last pass */
    uint32_t layers;        /* that it computed */
    float *features;        /* [T][E] what the encoder begins with */
    struct tape_conv *conv; /* [pos.depth] */
    float *pos_sum;         /* [T][E] features + positions; features themselves without positions */
    struct tape_norm first; /* LN(pos_sum) where norms come behind, else NULLs */
    struct tape_layer *layer; /* [layers] */
    struct tape_norm final;   /* LN(last ffn_sum) where norms come first, else NULLs */
    float *memory;            /* what all arrays of floats lie in */
    size_t size;              /* floats of it */
};

/* An empty tape; NULL without memory. */
struct encoder_tape *encoder_tape_new(void);
void encoder_tape_free(struct encoder_tape *tape);

/* For encoder.c: arrays for T frames and the first LAYERS layers of M. */
enum status encoder_tape_reserve(struct encoder_tape *tape, const struct model *m, size_t t,
                                 uint32_t layers, struct err *err);

#endif
