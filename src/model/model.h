/*
 * model.h - speech Transformers: opened from a checkpoint, run on recordings, looked into.
 *
 * A model is read-only once opened, so any number of threads may run it, each with a scratch of
 * its own:
 *
 *     struct model *m;
 *     model_open(&m, "melhubert.ckpt", &(struct model_options){.mean_std = "mean-std.npy"}, &err);
 *     struct model_scratch *s = model_scratch_new();                     (one a thread)
 *     struct model_sink sink = {.want = MODEL_WANT(MODEL_FC1), .rows = look, .context = me};
 *     model_forward(m, s, samples, n, &sink, &err);
 *     model_scratch_free(s);
 *     model_free(m);
 *
 * Layers count from 0 here and in MODEL_FC1 blocks; what people see counts from 1.
 */
#ifndef PROPNEU_MODEL_MODEL_H
#define PROPNEU_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/status.h"

struct model;
struct model_scratch;
struct checkpoint;
struct encoder_tape;
struct family;

/* Is a recording normalised to zero mean and unit variance before a waveform model's front end? */
enum model_normalize { MODEL_NORMALIZE_AS_TRAINED, MODEL_NORMALIZE_YES, MODEL_NORMALIZE_NO };

/* "yes" or "no"; false for anything else. */
bool model_normalize_parse(const char *text, enum model_normalize *out);

struct model_options {
    const char
        *mean_std; /* .npy [2][bins] for MelHuBERT; NULL: from the checkpoint or next to it */
    enum model_normalize normalize; /* as trained: as the checkpoint's configuration says */
    bool keep_weights;              /* for training: weights.h; twice the memory */
    const struct cancel *cancel;    /* looked at between tensors; NULL: never */
    const struct family *family; /* a row (families.h) that must fit; NULL: the table's that does */
};

/* What a model is; borrowed from the model. */
struct model_info {
    const char *name;   /* file or folder it was opened from, without path and extension */
    const char *family; /* "melhubert", "hubert", "wav2vec2", "wavlm", "unispeech-sat", ... */
    uint32_t layers;    /* L >= 1 */
    /* 0, or how many layers there are tensors of where the configuration has fewer. */
    uint32_t layers_stored;
    const uint32_t *width; /* [layers] neurons of each: rows of its first feed-forward matrix */
    uint32_t embed;        /* E */
    uint32_t heads;
    /* Frame t is computed from samples t * hop .. t * hop + window - 1 by the front end alone
     * (the Transformer then mixes frames); labels are read at time (t + 0.5) * hop. */
    uint32_t hop, window; /* samples at 16 kHz: 320 = 20 ms */
    double frame_ms;      /* hop in milliseconds */
    bool width_lists;     /* other software reads this family with uneven widths */
    /* Of all weights as float32 in a fixed order: the same model in another file format has the
     * same fingerprint. */
    uint64_t fingerprint;
    /* Waveform models: whether recordings are normalised and what says so ("do_normalize of
     * preprocessor_config.json"); normalize_from is NULL for others. */
    bool normalize;
    double normalize_epsilon; /* added to a recording's variance when it is normalised */
    const char *normalize_from;
    /* Tensors of the file that the forward pass does not use (heads, quantisers), sorted. */
    const char *const *unused; /* [unused_count] */
    size_t unused_count;
};

/*
 * Opens PATH: a Hugging Face folder, a checkpoint of the original release, or a safetensors file
 * with its JSON next to it.  Messages begin with PATH.  STATUS_UNSUPPORTED names the setting or
 * family that cannot be computed; STATUS_NOTFOUND the tensor or the mean-std file that is missing;
 * STATUS_FORMAT a tensor of the wrong shape.
 */
enum status model_open(struct model **out, const char *path, const struct model_options *options,
                       struct err *err);

/* The same from an opened checkpoint, which is taken over and freed, also on failure. */
enum status model_from_checkpoint(struct model **out, struct checkpoint *checkpoint,
                                  const struct model_options *options, struct err *err);

void model_free(struct model *m);

const struct model_info *model_info(const struct model *m);

/* Frames the model makes of SAMPLES samples; 0 if that is too short for one. */
size_t model_frames(const struct model *m, size_t samples);

/* Stages of the forward pass, in the order in which they are handed out. */
enum model_stage {
    MODEL_FBANK,      /* [10 ms frames][bins] log-mel */
    MODEL_FBANK_NORM, /* the same, normalised */
    MODEL_INPUT,      /* [T][input width] what enters the first matrix (MelHuBERT) */
    MODEL_CONV,       /* [T][channels] convolutional front end (waveform models) */
    MODEL_FEAT,       /* [T][E] projected features */
    MODEL_POS,        /* [T][E] positional convolution after GELU */
    MODEL_HIDDEN,     /* [T][E] index 0: input of the first layer; n + 1: output of layer n */
    MODEL_FC1,        /* [T][D] index n: f(x W_FC1^T + b) of layer n, the activations */
    MODEL_FINAL,      /* [T][E] output of the encoder */
    MODEL_STAGES
};

#define MODEL_WANT(stage) (1u << (stage))
#define MODEL_WANT_ALL    ((1u << MODEL_STAGES) - 1)

/* "fbank", "hidden", ...: as in the names of the tensors of `propneu activations`. */
const char *model_stage_name(enum model_stage stage);

/* Some rows of a stage. */
struct model_block {
    enum model_stage stage;
    uint32_t index;    /* layer, for MODEL_FC1; 0 .. layers, for MODEL_HIDDEN; else 0 */
    size_t first;      /* frame of the first row */
    size_t rows;       /* rows here; a stage comes in one block or more, in ascending order */
    size_t stage_rows; /* rows of the whole stage */
    size_t width;
    const float *data; /* [rows][width]; valid during the call only */
};

/*
 * Receives the wanted stages while they are in cache.  Whatever no wanted stage needs is not
 * computed: with MODEL_FC1 alone the forward pass ends behind the last activations.
 */
struct model_sink {
    uint32_t want; /* MODEL_WANT(...) | ... ; stages the model does not have are never sent */
    /* A failing status (with ERR set) stops the forward pass and is returned by it. */
    enum status (*rows)(void *context, const struct model_block *block, struct err *err);
    void *context;
};

/*
 * *ROWS of a stage for SAMPLES samples, and *COUNT, how many of the kind there are: layers for
 * MODEL_FC1, layers + 1 for MODEL_HIDDEN, 0 where the model has no such stage.
 */
void model_stage_shape(const struct model *m, enum model_stage stage, size_t samples,
                       uint32_t *count, size_t *rows);

/* Columns of block INDEX of a stage that the model has. */
size_t model_stage_width(const struct model *m, enum model_stage stage, uint32_t index);

/* Working memory of one thread: grows to the longest recording seen, then stays.  NULL without
 * memory. */
struct model_scratch *model_scratch_new(void);
void model_scratch_free(struct model_scratch *s);

/*
 * Runs the model on SAMPLES [n] at 16 kHz.  STATUS_USAGE: too short for one frame; STATUS_NOMEM;
 * STATUS_FORMAT: "NaN or infinity in layer N" (message without the recording's name: put it in
 * front); what the sink returned.
 */
enum status model_forward(const struct model *m, struct model_scratch *s, const float *samples,
                          size_t n, const struct model_sink *sink, struct err *err);

/*
 * Activations changed on their way into the second feed-forward matrix:
 *     t_i <- gain_i t_i + shift_i .
 * Gain 0 is erasure, gain 0 with the neuron's mean as shift mean ablation: what an edited
 * checkpoint (edit.h) computes, to rounding, without weights of its own.  MODEL_FC1 shows the
 * activations before the change, as that checkpoint would.
 */
struct model_intervention {
    const float *const *gain;  /* [layers][width]; NULL: a layer that is left alone */
    const float *const *shift; /* [layers][width], NULL: 0; may be NULL altogether */
};

/* A forward pass that is more than a recording through the model as it is. */
struct model_pass {
    const float *samples; /* [count] at 16 kHz; not looked at where ROWS are given */
    size_t count;
    /*
     * NULL, or where to begin: the frames x width values that a sink was given of STAGE, which is
     * MODEL_INPUT where the model has it, or MODEL_HIDDEN of INDEX.  What comes behind is the same
     * to the bit as in the whole pass, stages up to it are not sent.
     */
    const float *rows;
    size_t frames;
    enum model_stage stage;
    uint32_t index;
    uint32_t layers; /* compute no more than the first ones; 0: all */
    /*
     * NULL, or the frames [onlys], ascending, whose activations are looked at in the last layer:
     * where nothing behind them is wanted, MODEL_FC1 of that layer is computed for them alone, to
     * the bits that it has in the whole pass, and no other row of it is sent.
     */
    const size_t *only;
    size_t onlys;
    const struct model_intervention *intervention; /* NULL: none */
    struct encoder_tape *tape; /* what to keep for a backward pass (tape.h); NULL: nothing */
    /* Looked at within layers, every few hundredths of a second even in a large model: once it is
     * set the pass ends with STATUS_CANCELLED.  NULL: never. */
    const struct cancel *cancel;
};

/* As model_forward; MODEL_FINAL is not sent where PASS ends before the last layer. */
enum status model_run(const struct model *m, struct model_scratch *s, const struct model_pass *pass,
                      const struct model_sink *sink, struct err *err);

#endif
