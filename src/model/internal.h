/*
 * internal.h - what a model is made of, for the files of src/model.
 *
 * A family (MelHuBERT, the waveform models) is a front end, a reading of the configuration
 * and a binding of its own tensors; the Transformer encoder behind it is one piece of code.
 */
#ifndef PROPNEU_MODEL_INTERNAL_H
#define PROPNEU_MODEL_INTERNAL_H

#include <stdbool.h>

#include <jansson.h>

#include "base/arena.h"
#include "formats/tensors/checkpoint.h"
#include "model/kernels/kernels.h"
#include "model/model.h"
#include "base/names.h"

struct linear {
    uint32_t in, out;
    const float *packed; /* transposed weight, as kernels.gemm takes it */
    const float *bias;   /* [out] */
};

struct norm {
    const float *gain, *bias; /* [width] */
};

struct layer {
    struct linear q, k, v, out, fc1, fc2;
    struct norm attn_norm, final_norm;
    /* Gate of the relative position bias: packed [2][E / heads], [2], [heads]; see relpos.c. */
    const float *gate, *gate_bias, *gate_scale;
};

enum activation { ACTIVATION_GELU, ACTIVATION_RELU, ACTIVATION_TANH };

/* Positional convolutions, mostly one: kernel taps, channel groups; weights packed group by group.
 */
struct pos_conv {
    uint32_t kernel, groups, depth;
    bool normed, batch_norm; /* whether there are norms behind or before, below */
    const float **packed;    /* [depth][groups][kernels_packed_size(E / groups, kernel E / groups)],
                                or as Fourier transforms: posconv_fourier.c */
    const float *roots;      /* of those */
    const float **bias;      /* [depth][E] */
    struct norm behind;      /* layer norm behind each, or NULLs */
    struct norm before;      /* gain and bias of each channel before, or NULLs */
};

/* Relative position bias, shared by all layers and gated in each (WavLM); absent: no buckets. */
struct rel_pos {
    uint32_t buckets, distance;
    bool gated;
    const float *table; /* [buckets][heads] */
};

struct encoder {
    uint32_t embed, heads, layers, widest; /* widest: largest width */
    bool norm_first;
    enum activation activation;
    struct pos_conv pos;
    struct rel_pos rel;
    struct norm norm;
    uint32_t *width; /* [layers] */
    struct layer *layer;
};

struct model;
struct binder;

/* Front ends turn samples into [T][E]; all functions are told only what model_open checked. */
struct model_family {
    const char *name;
    uint32_t stages; /* MODEL_WANT bits of its own stages before MODEL_FEAT */
    /* The part of the configuration that describes this family's model, or NULL if it is not one.
     */
    const json_t *(*find)(const struct model_family *family, const struct checkpoint *c);
    /* Reads the settings: encoder and front end. */
    enum status (*configure)(struct model *m, const json_t *settings, struct err *err);
    /* Binds the front end's tensors. */
    enum status (*bind)(struct model *m, struct binder *b, const struct checkpoint *c,
                        const struct model_options *o, struct err *err);
    void (*free)(struct model *m);
    size_t (*frames)(const struct model *m, size_t samples);
    size_t (*stage_rows)(const struct model *m, enum model_stage stage, size_t samples);
    size_t (*stage_width)(const struct model *m, enum model_stage stage);
    size_t (*scratch)(const struct model *m, size_t samples); /* floats that run wants */
    /* Sends its stages to the sink and leaves [T][E] in OUT; WORK has scratch() floats. */
    enum status (*run)(const struct model *m, const float *samples, size_t n, float *out,
                       float *work, const struct model_sink *sink, struct err *err);
    /* The part of run behind MODEL_INPUT, of T frames; NULL where there is no such stage. */
    enum status (*project)(const struct model *m, const float *input, size_t t, float *out,
                           const struct model_sink *sink, struct err *err);
};

extern const struct model_family family_melhubert;
/* hubert, wav2vec2, wavlm, ...: one front end, wave.c. */
extern const struct model_family families_wave[];
extern const size_t families_wave_count;

/* model.c: the family whose configuration is found in C, and that configuration; or NULL. */
const struct model_family *model_find_family(const struct checkpoint *c, const json_t **settings);

/* melhubert.c: the file of log-mel statistics beside C, to be freed; NULL where there is none. */
enum status melhubert_stats_beside(const struct checkpoint *c, char **path, struct err *err);

/* wave_config.c: what a checkpoint calls its own kind of model ("hubert", "data2vec_audio"), or
 * NULL if it says nothing. */
const char *wave_kind(const struct checkpoint *c);

struct model {
    struct model_info info;
    char *name;
    const struct model_family *family;
    const struct kernels *kn;
    struct arena memory; /* weights and small arrays */
    struct encoder encoder;
    void *front; /* the family's own */
};

struct model_scratch {
    float *memory;
    size_t size; /* floats */
};

/*
 * config.c: settings by the names of the original releases or by those of Hugging Face, with a
 * default where the key is missing; messages name the key as it is written.
 */
const json_t *config_get(const json_t *settings, const char **key);
enum status config_uint(const json_t *settings, const char *key, uint32_t fallback, uint32_t low,
                        uint32_t high, uint32_t *out, struct err *err);
enum status config_bool(const json_t *settings, const char *key, bool fallback, bool *out,
                        struct err *err);
/* A word that must be WANTED where it is given. */
enum status config_only(const json_t *settings, const char *key, const char *wanted,
                        struct err *err);
/* The encoder's settings under the names of the original releases. */
enum status config_encoder(struct model *m, const json_t *settings, uint32_t default_layers,
                           struct err *err);

/* weights.c: tensors by name, checked and copied into the model's memory. */
struct binder {
    const struct tensors *tensors;
    struct model *model;
    const char *path;
    uint64_t hash;
    /* How names are spelled in this file: tensor_names.c. */
    char prefix[64];
    bool hugging_face;
    bool *used; /* [tensors->count] */
    /* Where it is not NULL nothing is read: the names of tensors that are missing are kept in it.
     */
    struct names *survey;
};

#define MAX_TENSOR_NAME 192

/* Finds out how the names of B->tensors are spelled. */
enum status binder_spell(struct binder *b, struct err *err);
/* The tensor that the original release calls NATIVE, or NULL; SPELLED becomes the file's name. */
const struct tensor *binder_find(struct binder *b, const char *native,
                                 char spelled[MAX_TENSOR_NAME]);
/* Lists what was not used; refuses tensors of the encoder or the front end that the configuration
 * has no place for, since something would be left out of the computation. */
enum status binder_finish(struct binder *b, struct err *err);

/* Floats of a tensor: where they stand in the file if they can be used so, else converted. */
struct floats {
    const float *data; /* [count] */
    float *owned;      /* what to free, or NULL */
    size_t count;
    const struct tensor *tensor;
};

/* A tensor of exactly this shape, to be unloaded; missing: STATUS_NOTFOUND. */
enum status binder_load(struct binder *b, struct floats *out, const char *name, uint32_t ndim,
                        const size_t *shape, struct err *err);
void binder_unload(struct binder *b, struct floats *x);

/* The same as floats [count] of the model's own, in OUT. */
enum status bind_floats(struct binder *b, const float **out, const char *name, uint32_t ndim,
                        const size_t *shape, struct err *err);
enum status bind_vector(struct binder *b, const float **out, const char *name, size_t n,
                        struct err *err);
/* PREFIX.weight [out][in] and PREFIX.bias [out]. */
enum status bind_linear(struct binder *b, struct linear *l, const char *prefix, uint32_t out,
                        uint32_t in, struct err *err);
enum status bind_norm(struct binder *b, struct norm *n, const char *prefix, uint32_t width,
                      struct err *err);
enum status bind_encoder(struct binder *b, struct err *err);

/* posconv.c: the kinds of positional convolutions that SETTINGS may ask for beyond one with
 * normalised weights, into P, whose kernel is set; and their tensors. */
enum status pos_conv_configure(struct pos_conv *p, const json_t *settings, struct err *err);
enum status bind_pos_conv(struct binder *b, struct err *err);

/*
 * posconv_fourier.c: convolutions with many taps.  Filters of all groups from TAPS
 * [E][kernel][E / groups], NULL without memory; floats that T frames want; and the result Y of
 * convolution N for group G, whose columns begin at X and Y.
 */
bool pos_conv_is_long(const struct pos_conv *p);
const float *pos_conv_filters(struct model *m, const float *taps);
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
size_t rel_pos_scratch(const struct model *m, size_t t, struct rel_work *w, float *memory);
void rel_pos_lines(const struct model *m, size_t t, struct rel_work *w);
void rel_pos_gates(const struct model *m, const struct layer *l, const float *in, size_t t,
                   struct rel_work *w);
/* SCORES [rows][T] of queries FIRST on += gate x bias. */
void rel_pos_add(const struct model *m, uint32_t head, size_t first, size_t rows, size_t t,
                 const struct rel_work *w, float *scores);

/*
 * encoder.c: floats the encoder wants for T frames, and its forward pass over X [T][E]: the
 * features, or, where PASS begins there, a hidden state.
 */
size_t encoder_scratch(const struct model *m, size_t t);
enum status encoder_run(const struct model *m, const struct model_pass *pass, float *x, size_t t,
                        float *work, const struct model_sink *sink, struct err *err);

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
