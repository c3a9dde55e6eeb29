/*
 * internal.h - what a model is made of, for the files of src/model.
 *
 * What distinguishes one family from another is in its row: families.h.  The Transformer encoder
 * behind the front ends is one piece of code.
 */
#ifndef PROPNEU_MODEL_INTERNAL_H
#define PROPNEU_MODEL_INTERNAL_H

#include <stdbool.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/names.h"
#include "formats/tensors/checkpoint.h"
#include "model/families.h"
#include "model/kernels/kernels.h"
#include "model/model.h"

struct linear {
    uint32_t in, out;
    float *packed;       /* transposed weight, as kernels.gemm takes it */
    const float *weight; /* [out][in] with keep_weights, else NULL */
    float *back;         /* weight as it is, packed for the backward pass; likewise */
    const float *bias;   /* [out], or NULL */
};

struct norm {
    const float *gain, *bias; /* [width] */
    float epsilon;
};

#define NORM_EPSILON 1e-5f /* of norms of which no configuration says it: torch's own */

struct layer {
    struct linear q, k, v, out, fc1, fc2;
    struct norm attn_norm, final_norm;
    /* Gate of the relative position bias: packed [2][E / heads], [2], [heads], and the checkpoint's
     * rows and biases that they are sums of, [8][E / heads], [8]; see relpos.c. */
    float *gate, *gate_bias;
    const float *gate_scale, *gate_rows, *gate_row_bias;
};

/* Positional convolutions, mostly one: kernel taps, channel groups; weights packed group by group.
 * None (depth 0) without POSITION_CONV. */
struct pos_conv {
    uint32_t kernel, groups, depth;
    enum activation activation; /* behind each */
    bool normed, batch_norm;    /* whether there are norms behind or before, below */
    float **packed;     /* [depth][groups][kernels_packed_size(E / groups, kernel E / groups)],
                           or as Fourier transforms: posconv_fourier.c */
    const float *roots; /* of those */
    /* With keep_weights: lengths [depth][kernel] of normalised weights, or NULLs, and directions or
     * plain weights [depth][E][E / groups][kernel]. */
    const float **length, **direction;
    const float *batch[4]; /* [E] gain, bias, mean, variance of the batch norm; before: of these */
    const float **bias;    /* [depth][E] */
    struct norm behind;    /* layer norm behind each, or NULLs */
    struct norm before;    /* gain and bias of each channel before, or NULLs */
};

/* Relative position bias, shared by all layers and gated in each (POSITION_RELATIVE); absent, or
 * switched off by the configuration: no buckets. */
struct rel_pos {
    uint32_t buckets, distance; /* distance: in frames, from which on all share a bucket */
    bool gated;
    const float *table; /* [buckets][heads] */
};

struct encoder {
    uint32_t embed, heads, layers, widest; /* widest: largest width */
    bool norm_first; /* pre-norm: layer norms before attention and feed-forward block */
    float epsilon;   /* of its layer norms and that of the projection before it */
    enum activation activation;
    struct pos_conv pos;
    struct rel_pos rel;
    struct norm norm;    /* pre-norm: behind the last layer; else before the first */
    uint32_t *width;     /* [layers] */
    struct layer *layer; /* [layers] */
};

struct model {
    struct model_info info;
    char *name;
    const struct family *family;
    const struct kernels *kn;
    struct arena memory;         /* weights and small arrays */
    struct model_weight *weight; /* [weights] with keep_weights: keep.c */
    size_t weights, weights_cap;
    struct encoder encoder;
    void *front; /* the front end's own: [family->frontend->size] bytes */
};

/*
 * model.c: reads SETTINGS, which C has for M's family, and binds all tensors with B.  model_close
 * frees what M then has, also where that failed.
 */
enum status model_bind(struct model *m, struct binder *b, const json_t *settings,
                       const struct checkpoint *c, const struct model_options *options,
                       struct err *err);
void model_close(struct model *m);

struct model_scratch {
    float *memory;
    size_t size; /* floats */
};

/*
 * config.c: settings by our names or by those that S->keys has for them, with a default where the
 * key is missing; messages name the key as it is written.
 */
const json_t *config_get(const struct settings *s, const char **key);
enum status config_uint(const struct settings *s, const char *key, uint32_t fallback, uint32_t low,
                        uint32_t high, uint32_t *out, struct err *err);
enum status config_bool(const struct settings *s, const char *key, bool fallback, bool *out,
                        struct err *err);
/* A word that must be WANTED where it is given. */
enum status config_only(const struct settings *s, const char *key, const char *wanted,
                        struct err *err);

/* The function that KEY names, else FALLBACK. */
enum status config_activation(const struct settings *s, const char *key, enum activation fallback,
                              enum activation *out, struct err *err);

/* What an encoder is like where its configuration does not say. */
struct encoder_defaults {
    uint32_t layers, embed, width, heads;
    uint32_t kernel, groups; /* of the positional convolution */
};

/* The base size of HuBERT, wav2vec 2.0 and all their relatives. */
#define ENCODER_DEFAULTS           \
    {                              \
        12, 768, 3072, 12, 128, 16 \
    }

/* The encoder's settings, as far as m->family leaves them to the configuration. */
enum status config_encoder(struct model *m, const struct settings *s,
                           const struct encoder_defaults *defaults, struct err *err);

/* weights.c: tensors by name, checked and copied into the model's memory. */
struct binder {
    const struct tensors *tensors;
    struct model *model;
    const char *path;
    const struct cancel *cancel; /* looked at before each tensor; NULL: never */
    uint64_t hash;               /* of the weights read so far: the fingerprint */
    /* How names are spelled in this file: tensor_names.c. */
    const struct tensor_names *names;
    const struct tensor_spelling *spelling;
    char prefix[64]; /* what all names begin with in this file */
    bool *used;      /* [tensors->count] */
    /* Where it is not NULL nothing is read: the names of tensors that are missing are kept in it.
     */
    struct names *survey;
    /* The model keeps what is loaded as it is, along with what is made of it (weights.h): keep.c.
     * Off while tensors are loaded that are not to be trained. */
    bool keep;
};

#define MAX_TENSOR_NAME 192

struct floats;

/* Finds out which of NAMES' spellings B->tensors have. */
enum status binder_spell(struct binder *b, const struct tensor_names *names, struct err *err);
/* True if NAME is one of those that PATTERN, a side of a spelling (families.h), stands for. */
bool tensor_name_fits(const char *name, const char *pattern);
/* The tensor that we call NAME, or NULL; SPELLED becomes the file's name. */
const struct tensor *binder_find(struct binder *b, const char *name, char spelled[MAX_TENSOR_NAME]);
/* keep.c: copies X, of the tensor that is called NAME and SPELLED, to the model's own floats, which
 * X then has, and lists them among its weights. */
enum status binder_keep(struct binder *b, struct floats *x, const char *name, const char *spelled,
                        struct err *err);
/* Lists what was not used; refuses tensors of the encoder or the front end that the configuration
 * has no place for, since something would be left out of the computation. */
enum status binder_finish(struct binder *b, struct err *err);

/* Floats of a tensor: where they stand in the file if they can be used so, else converted. */
struct floats {
    const float *data; /* [count] */
    float *owned;      /* where they were converted to, or NULL */
    size_t count;
    const struct tensor *tensor;
};

/* Gives back what was converted. */
void floats_free(struct floats *x);

/* A tensor of exactly this shape, to be unloaded; missing: STATUS_NOTFOUND. */
enum status binder_load(struct binder *b, struct floats *out, const char *name, uint32_t ndim,
                        const size_t *shape, struct err *err);
void binder_unload(struct binder *b, struct floats *x);

/* The same as floats [count] of the model's own, in OUT. */
enum status bind_floats(struct binder *b, const float **out, const char *name, uint32_t ndim,
                        const size_t *shape, struct err *err);
enum status bind_vector(struct binder *b, const float **out, const char *name, size_t n,
                        struct err *err);
/* PREFIX.weight [out][in] and PREFIX.bias [out]; bind_map: the latter only if BIASED. */
enum status bind_linear(struct binder *b, struct linear *l, const char *prefix, uint32_t out,
                        uint32_t in, struct err *err);
enum status bind_map(struct binder *b, struct linear *l, const char *prefix, uint32_t out,
                     uint32_t in, bool biased, struct err *err);
/* PREFIX.weight and PREFIX.bias [width]; the latter 0 where the family's norms have none.  Its
 * epsilon is that of the encoder's norms. */
enum status bind_norm(struct binder *b, struct norm *n, const char *prefix, uint32_t width,
                      struct err *err);
/* Packs WEIGHT [out][in] into L->packed, and L->back where it has one. */
void linear_pack(const struct kernels *kn, struct linear *l, const float *weight);
enum status bind_encoder(struct binder *b, struct err *err);

#define POS_CONV_MAX_DEPTH 64

/* posconv.c: the positional convolutions that S asks for, one with normalised weights or others,
 * into e->pos; and their tensors. */
enum status pos_conv_configure(struct encoder *e, const struct settings *s,
                               const struct encoder_defaults *defaults, struct err *err);
enum status bind_pos_conv(struct binder *b, struct err *err);
/* Packs the kept weights again. */
enum status pos_conv_repack(struct model *m, struct err *err);

/*
 * posconv_fourier.c: convolutions with many taps.  FILTERS of all groups from TAPS
 * [E][kernel][E / groups], and their size in floats, false without memory; floats that T frames
 * want; and the result Y of convolution N for group G, whose columns begin at X and Y.
 */
bool pos_conv_is_long(const struct pos_conv *p);
size_t pos_conv_filters_size(const struct model *m);
bool pos_conv_filters(struct model *m, const float *taps, float *filters);
size_t pos_conv_scratch(const struct model *m, size_t t);
void pos_conv_long(const struct model *m, uint32_t n, size_t g, const float *x, size_t t,
                   float *work, float *y);

/* N floats of the model's own, 64-byte aligned. */
float *model_floats(struct model *m, size_t n);

/* relpos.c: the bias of one run, in the caller's scratch. */
struct rel_work {
    float *lines; /* [heads][2 T - 1]: bias by key - query + T - 1 */
    float *gates; /* [heads][T], scaled so that it goes before the softmax's own factor */
    float *logit; /* [T][2] */
};

/* Bucket of a relative position (key - query). */
uint32_t rel_pos_bucket(int64_t relative, uint32_t buckets, uint32_t distance);
enum status bind_rel_pos(struct binder *b, struct err *err);
enum status bind_rel_gate(struct binder *b, uint32_t layer, struct err *err);
/* Packs the gate of LAYER, if it has one, from its rows as the checkpoint has them. */
enum status rel_gate_pack(struct model *m, uint32_t layer, struct err *err);
size_t rel_pos_scratch(const struct model *m, size_t t, struct rel_work *w, float *memory);
void rel_pos_lines(const struct model *m, size_t t, struct rel_work *w);
void rel_pos_gates(const struct model *m, const struct layer *l, const float *in, size_t t,
                   struct rel_work *w);
/* SCORES [keys] of QUERY, of T frames, and keys FIRST on += gate x bias. */
void rel_pos_add(const struct model *m, uint32_t head, size_t query, size_t t, size_t first,
                 size_t keys, const struct rel_work *w, float *scores);

/*
 * encoder.c: floats the encoder wants for T frames, and its forward pass over X [T][E]: the
 * features, or, where PASS begins there, a hidden state.
 */
size_t encoder_scratch(const struct model *m, size_t t);
enum status encoder_run(const struct model *m, const struct model_pass *pass, float *x, size_t t,
                        float *work, const struct model_sink *sink, struct err *err);

/* encoder.c: mean and 1 / sqrt(variance + EPSILON) of the rows of X [rows][N], as layer norms have
 * them: what their backward pass needs and the kernel does not hand out. */
void norm_moments(const float *x, size_t rows, size_t n, float epsilon, float *mean,
                  float *inverse);

/* Y [rows][out] = X W^T + b. */
static inline void linear_run(const struct kernels *kn, const struct linear *l, const float *x,
                              size_t rows, float *y)
{
    kn->gemm(rows, l->out, l->in, x, l->in, l->packed, y, l->out, l->bias, false);
}

static inline bool sink_wants(const struct model_sink *sink, enum model_stage stage)
{
    return sink->want & MODEL_WANT(stage);
}

/* A whole stage to the sink, if it is wanted. */
static inline enum status sink_send(const struct model_sink *sink, enum model_stage stage,
                                    uint32_t index, size_t rows, size_t width, const float *data,
                                    struct err *err)
{
    if (!sink_wants(sink, stage))
        return STATUS_OK;
    struct model_block block = {stage, index, 0, rows, rows, width, data};
    return sink->rows(sink->context, &block, err);
}

/* Room in floats for N of them with the next array aligned to 64 bytes. */
static inline size_t scratch_round(size_t n)
{
    return (n + 15) & ~(size_t)15;
}

/* The next N floats behind the *USED first of MEMORY; NULL for NULL, which counts only. */
static inline float *scratch_take(float *memory, size_t *used, size_t n)
{
    float *p = memory ? memory + *used : NULL;
    *used += scratch_round(n);
    return p;
}

#endif
