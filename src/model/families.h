/*
 * families.h - what distinguishes one family of speech Transformers from another: a row each.
 *
 * A family is a front end (frontends/NAME.c: samples to features), a reading of its configuration
 * (frontends/NAME_config.c: where the settings stand, how they are spelled, their defaults, the
 * spelling of the tensors) and one row of the table in families.c, which names both and says what
 * the encoder behind the front end is like.  The encoder (encoder.c) and the loader (load/) know no
 * family: they ask the row.
 *
 * A neuron is row i of the first feed-forward matrix of a bank: entry i of f(x W_FC1^T + b).  Every
 * family of today has one bank of neurons in each layer.
 *
 * A row can also state what the encoder does not compute yet, and model_open then refuses the model
 * by name: sinusoidal and rotary positions, gated feed-forward blocks, several banks of neurons in
 * a layer.  Positions that a front end adds to its features itself are not stated in the row: it
 * has POSITION_NONE.
 */
#ifndef PROPNEU_MODEL_FAMILIES_H
#define PROPNEU_MODEL_FAMILIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/status.h"
#include "model/model.h"

struct backward;
struct binder;
struct checkpoint;
struct family;
struct init_rules;

/* A name of ours and how a file spells it; lists of them end in {NULL, NULL}. */
struct spelling {
    const char *ours, *theirs;
};

/* The part of a configuration that describes a model, and how its keys may be spelled. */
struct settings {
    const json_t *json;
    const struct spelling *keys;
};

/*
 * How tensors are called in one kind of file.  Names of ours are those of fairseq's releases
 * ("encoder.layers.0.fc1.weight").  In a pair, # is a number, the same on both sides; what ends in
 * a dot goes on alike; the first pair that fits counts; a name that fits none is as it is.  A name
 * of theirs that ends in @0, @1 or @2 is a third of that tensor, along its first axis.
 */
struct tensor_spelling {
    const char *anchor; /* a tensor that each file has once: what stands before it is the prefix */
    const char *sign;   /* another, behind the prefix, that only this kind has; NULL: all others */
    const char *layers; /* what stands before the number of a layer: "encoder.layers." */
    const struct spelling *pairs;
    /* What the software of this spelling adds to the variance of a recording that it normalises;
     * 0: it normalises none. */
    double epsilon;
};

struct tensor_names {
    const struct tensor_spelling *kind; /* [kinds], tried in this order; the last has no sign */
    size_t kinds;
    /* Beginnings of names, behind the prefix, of tensors that take part in the computation: one
     * that is not used means that the configuration describes another model.  Ends in NULL. */
    const char *const *computed;
    const char *const *ignored; /* exceptions from these; ends in NULL */
};

/*
 * A front end turns samples into features [T][E].  All functions but bind are called only for a
 * model whose tensors were bound.  Where the front end's own settings are to be kept,
 * m->front has SIZE bytes, zero at first.
 */
struct frontend {
    size_t size;
    uint32_t stages; /* MODEL_WANT bits of its own stages before MODEL_FEAT */
    /* Binds its tensors; the settings were read.  B->survey: see there. */
    enum status (*bind)(struct model *m, struct binder *b, const struct checkpoint *c,
                        const struct model_options *o, struct err *err);
    /* Frees what m->front points to, also where binding failed; NULL: nothing. */
    void (*close)(struct model *m);
    size_t (*frames)(const struct model *m, size_t samples);
    /* Rows and columns of its own stages. */
    size_t (*stage_rows)(const struct model *m, enum model_stage stage, size_t samples);
    size_t (*stage_width)(const struct model *m, enum model_stage stage);
    size_t (*scratch)(const struct model *m, size_t samples); /* floats that run wants */
    /* Sends its stages of PASS's samples to the sink and leaves [T][E] in OUT; WORK has scratch()
     * floats.  Looks at PASS's flag. */
    enum status (*run)(const struct model *m, const struct model_pass *pass, float *out,
                       float *work, const struct model_sink *sink, struct err *err);
    /* The part of run behind MODEL_INPUT, of T frames; NULL where there is no such stage. */
    enum status (*project)(const struct model *m, const float *input, size_t t, float *out,
                           const struct model_sink *sink, struct err *err);
    /* Packs again what bind made of weights that are kept and may be changed; NULL: nothing. */
    void (*repack)(struct model *m);
    /* The projection backward: B->d [T][E] is the gradient of what it gave out, INPUT what went
     * into it or, for waveform models, into the norm before it (backward/parts.h). */
    void (*back)(struct backward *b, const float *input);
    /* The file that the front end reads in addition to the checkpoint, to be freed, or NULL in
     * *PATH where there is none; the member is NULL where no such file exists. */
    enum status (*side_file)(const struct checkpoint *c, const struct model_options *o, char **path,
                             struct err *err);
};

struct family_config {
    const struct spelling *keys;
    /* The part of C's configuration that describes a model of this FAMILY, or NULL. */
    const json_t *(*find)(const struct family *family, const struct checkpoint *c);
    /* Reads the settings into m->encoder (config_encoder) and m->front, and the frame step and the
     * receptive field of one frame into m->info.hop and m->info.window, in samples. */
    enum status (*read)(struct model *m, const struct settings *s, struct err *err);
};

/* Where the order of frames comes from; a family may have several. */
enum {
    POSITION_NONE = 0,
    POSITION_CONV = 1 << 0,       /* a convolution over the features, added to them: posconv.c */
    POSITION_RELATIVE = 1 << 1,   /* a bias of attention scores by distance: relpos.c */
    POSITION_SINUSOIDAL = 1 << 2, /* not computed yet */
    POSITION_ROTARY = 1 << 3,     /* not computed yet */
};

/* Which maps of a layer have a bias; a norm without one has a gain alone. */
enum {
    BIAS_Q = 1 << 0,
    BIAS_K = 1 << 1,
    BIAS_V = 1 << 2,
    BIAS_OUT = 1 << 3,
    BIAS_FFN = 1 << 4,
    BIAS_NORM = 1 << 5,
    BIAS_ALL = (1 << 6) - 1,
};

/* Layer norms of a layer: behind the sums, before attention and feed-forward block, or as the
 * setting layer_norm_first says. */
enum norm_order { NORM_CONFIGURED, NORM_AFTER, NORM_BEFORE };

/* Functions of one number (activation.h). */
enum activation {
    ACTIVATION_GELU,
    ACTIVATION_GELU_TANH, /* GELU by a tanh */
    ACTIVATION_QUICK_GELU,
    ACTIVATION_SILU,
    ACTIVATION_RELU,
    ACTIVATION_TANH,
    ACTIVATION_GELU_10,
    ACTIVATION_HARDSWISH,
    ACTIVATION_LAPLACE,
    ACTIVATION_LEAKY_RELU,
    ACTIVATION_LINEAR,
    ACTIVATION_MISH,
    ACTIVATION_RELU2,
    ACTIVATION_RELU6,
    ACTIVATION_SIGMOID,
    ACTIVATION_SQRT_SOFTPLUS,
};

struct family {
    const char *name;           /* as model_type has it; what the model is called everywhere */
    const char *title;          /* for people: "wav2vec 2.0" */
    const char *const *aliases; /* other words for it in configurations, ended by NULL; or NULL */
    const struct frontend *frontend;
    const struct family_config *config;
    const struct tensor_names *names;
    /* [names->kinds] what tensors begin as in the software whose spelling it is (load/initial.h);
     * NULL: not known, and the model cannot be initialised anew. */
    const struct init_rules *initialise;
    uint32_t positions; /* POSITION_... */
    enum norm_order norms;
    uint32_t biases;            /* BIAS_... */
    enum activation activation; /* where the configuration does not say */
    bool gated;                 /* feed-forward block with a gate; not computed yet */
    uint32_t banks;             /* of neurons in a layer; more than 1 are not computed yet */
    bool width_lists;           /* software of its own reads a width for each layer */
};

/* The row whose configuration is found in C, and that configuration in *SETTINGS; or NULL. */
const struct family *family_find(const struct checkpoint *c, const json_t **settings);

/* True if KIND is what a configuration calls FAMILY: its name or an alias, with _ for - (fairseq)
 * and with the size of one architecture behind it ("wav2vec2_large"). */
bool family_is_called(const struct family *family, const char *kind);

/* A find of family_config for whatever says its kind: model_type, _name or arch (load/layout.c). */
const json_t *family_find_called(const struct family *family, const struct checkpoint *c);

/* STATUS_UNSUPPORTED names what FAMILY has that the encoder does not compute. */
enum status family_check(const struct family *family, struct err *err);

/* "HuBERT, ... and MelHuBERT" into TEXT. */
void family_titles(char *text, size_t size);

#endif
