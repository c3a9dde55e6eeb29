/*
 * propneu/model.h - speech Transformers: opened from a checkpoint and run on recordings.
 *
 * A model is read-only once it is open: any number of threads may run it at the same time, each
 * with a scratch of its own.
 *
 *     pn_model *model;
 *     pn_scratch *scratch = pn_scratch_new();
 *     if (pn_model_open(&model, "hubert-base-ls960", NULL, &error)) ...
 *     pn_model_run(model, scratch, samples, count, PN_WANT_ACTIVATIONS, rows, context, &error);
 *     pn_scratch_free(scratch);
 *     pn_model_free(model);
 */
#ifndef PROPNEU_MODEL_H
#define PROPNEU_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pn_model pn_model;

/* Working memory of one thread: grows to the longest recording that was run. */
typedef struct pn_scratch pn_scratch;

/* Whether recordings are normalised to zero mean and unit variance for a model of waveforms. */
enum pn_normalize { PN_NORMALIZE_AS_TRAINED, PN_NORMALIZE_YES, PN_NORMALIZE_NO };

struct pn_model_options {
    const char *mean_std; /* .npy [2][bins] for MelHuBERT; NULL: of the checkpoint or beside it */
    enum pn_normalize normalize;
};

/* The defaults: no mean_std, as trained. */
PN_API void pn_model_options_init(struct pn_model_options *options);

/*
 * Opens PATH into *OUT, to be freed with pn_model_free: a Hugging Face folder, a checkpoint of the
 * original release (fairseq, s3prl, WavLM, MelHuBERT), or a safetensors file with its JSON beside
 * it.  OPTIONS may be NULL.  PN_UNSUPPORTED names the setting that cannot be computed; PN_NOTFOUND
 * the tensor that is missing; PN_FORMAT one of a wrong shape.
 */
PN_API enum pn_status pn_model_open(pn_model **out, const char *path,
                                    const struct pn_model_options *options, struct pn_error *error);
PN_API void pn_model_free(pn_model *model);

/* File or folder without path and extension; "melhubert", "hubert", "wav2vec2", "wavlm", ... */
PN_API const char *pn_model_name(const pn_model *model);
PN_API const char *pn_model_family(const pn_model *model);

PN_API uint32_t pn_model_layers(const pn_model *model);
/* Neurons of LAYER, from 1: rows of its first feed-forward matrix; 0: there is no such layer. */
PN_API uint32_t pn_model_width(const pn_model *model, uint32_t layer);
/* Width of the hidden states. */
PN_API uint32_t pn_model_embed(const pn_model *model);
/* Milliseconds from frame to frame: 10 or 20. */
PN_API double pn_model_frame_ms(const pn_model *model);
/* Of all weights as float32: the same for a model in whatever file format. */
PN_API uint64_t pn_model_fingerprint(const pn_model *model);
/* Frames that the model makes of SAMPLES samples at 16 kHz; 0: too short for one. */
PN_API size_t pn_model_frames(const pn_model *model, size_t samples);

/* What pn_model_run hands out. */
enum pn_stage {
    PN_STAGE_HIDDEN,     /* [frames][embed] layer 0: input of the first; n: output of layer n */
    PN_STAGE_ACTIVATIONS /* [frames][width] of layers 1, 2, ...: f(x W^T + b) of each neuron */
};
#define PN_WANT_HIDDEN      (1u << PN_STAGE_HIDDEN)
#define PN_WANT_ACTIVATIONS (1u << PN_STAGE_ACTIVATIONS)

/* Some rows of a stage; a stage of a layer comes in one block or more, in ascending order. */
struct pn_rows {
    enum pn_stage stage;
    uint32_t layer;
    size_t first; /* frame of the first row */
    size_t rows, width;
    const float *data; /* [rows][width]; valid during the call */
};

/* Receives rows; not 0: stop, pn_model_run returns PN_CANCELLED. */
typedef int pn_rows_callback(void *context, const struct pn_rows *rows);

/* NULL without memory. */
PN_API pn_scratch *pn_scratch_new(void);
PN_API void pn_scratch_free(pn_scratch *scratch);

/*
 * Runs MODEL on SAMPLES [count], mono at 16 kHz (pn_audio_read), and hands the stages WANT
 * (PN_WANT_... | ...) to CALLBACK, in the calling thread.  PN_USAGE: too short for one frame;
 * PN_FORMAT: the model computes NaN or infinity.
 */
PN_API enum pn_status pn_model_run(const pn_model *model, pn_scratch *scratch, const float *samples,
                                   size_t count, unsigned want, pn_rows_callback *callback,
                                   void *context, struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
