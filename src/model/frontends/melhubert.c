/*
 * MelHuBERT's front end (Lin et al. 2023): log-mel features, normalised per bin, one or two 10 ms
 * frames side by side, a linear map to the encoder's width; no norm before it.
 */
#include "config.h"

#include "model/frontends/melhubert.h"

#include <string.h>

#include "model/backward/parts.h"

static const struct melhubert *melhubert_of(const struct model *m)
{
    return m->front;
}

/* The projection and the statistics of the bins. */
static enum status melhubert_bind(struct model *m, struct binder *b, const struct checkpoint *c,
                                  const struct model_options *o, struct err *err)
{
    struct melhubert *f = m->front;
    if (o && o->normalize != MODEL_NORMALIZE_AS_TRAINED)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: MelHuBERT reads no waveform that could be normalised", b->path);
    if (f->input != m->encoder.embed) {
        enum status code =
            bind_linear(b, &f->proj, "pre_extract_proj", m->encoder.embed, f->input, err);
        if (code)
            return code;
    }
    return b->survey ? STATUS_OK : melhubert_bind_stats(m, b, c, o, err);
}

static void melhubert_close(struct model *m)
{
    struct melhubert *f = m->front;
    logmel_free(f->logmel);
}

static void melhubert_repack(struct model *m)
{
    struct melhubert *f = m->front;
    if (f->proj.packed)
        linear_pack(m->kn, &f->proj, f->proj.weight);
}

static size_t melhubert_frames(const struct model *m, size_t samples)
{
    uint32_t stack = melhubert_of(m)->stack;
    return (logmel_frames(samples) + stack - 1) / stack;
}

static size_t melhubert_stage_rows(const struct model *m, enum model_stage stage, size_t samples)
{
    bool mel = stage == MODEL_FBANK || stage == MODEL_FBANK_NORM;
    return mel ? logmel_frames(samples) : melhubert_frames(m, samples);
}

static size_t melhubert_stage_width(const struct model *m, enum model_stage stage)
{
    return stage == MODEL_INPUT ? melhubert_of(m)->input : LOGMEL_BINS;
}

static size_t melhubert_scratch(const struct model *m, size_t samples)
{
    return melhubert_frames(m, samples) * melhubert_of(m)->input;
}

static void melhubert_normalise(const struct melhubert *f, float *x, size_t rows)
{
    for (size_t t = 0; t < rows; t++, x += LOGMEL_BINS)
        for (uint32_t b = 0; b < LOGMEL_BINS; b++)
            x[b] = (x[b] - f->mean[b]) / f->std[b];
}

/* The projection of INPUT [T][input] to OUT [T][E]. */
static enum status melhubert_project(const struct model *m, const float *input, size_t t,
                                     float *out, const struct model_sink *sink, struct err *err)
{
    const struct melhubert *f = melhubert_of(m);
    if (f->proj.packed)
        linear_run(m->kn, &f->proj, input, t, out);
    else
        memcpy(out, input, t * f->input * sizeof *out);
    return sink_send(sink, MODEL_FEAT, 0, t, m->encoder.embed, out, err);
}

/* Log-mel frames, normalised, stacked and projected; WORK holds [T][input], frame by frame. */
static enum status melhubert_run(const struct model *m, const struct model_pass *pass, float *out,
                                 float *work, const struct model_sink *sink, struct err *err)
{
    const struct melhubert *f = melhubert_of(m);
    size_t n = pass->count, mel = logmel_frames(n), t = melhubert_frames(m, n);
    enum status code = logmel_run(f->logmel, pass->samples, n, work, pass->cancel, err);
    if (code || (code = sink_send(sink, MODEL_FBANK, 0, mel, LOGMEL_BINS, work, err)))
        return code;
    melhubert_normalise(f, work, mel);
    if ((code = sink_send(sink, MODEL_FBANK_NORM, 0, mel, LOGMEL_BINS, work, err)))
        return code;
    /* Rows of 2 x 40 are the frames side by side already; a missing last one is zero. */
    memset(work + mel * LOGMEL_BINS, 0, (t * f->stack - mel) * LOGMEL_BINS * sizeof *work);
    if ((code = sink_send(sink, MODEL_INPUT, 0, t, f->input, work, err)))
        return code;
    return melhubert_project(m, work, t, out, sink, err);
}

static void melhubert_back(struct backward *b, const float *input)
{
    const struct melhubert *f = melhubert_of(b->m);
    if (f->proj.packed)
        linear_back(b, &f->proj, input, f->input, b->d, b->m->encoder.embed, NULL, false);
}

const struct frontend melhubert_frontend = {
    .size = sizeof(struct melhubert),
    .stages = MODEL_WANT(MODEL_FBANK) | MODEL_WANT(MODEL_FBANK_NORM) | MODEL_WANT(MODEL_INPUT),
    .bind = melhubert_bind,
    .close = melhubert_close,
    .frames = melhubert_frames,
    .stage_rows = melhubert_stage_rows,
    .stage_width = melhubert_stage_width,
    .scratch = melhubert_scratch,
    .run = melhubert_run,
    .project = melhubert_project,
    .repack = melhubert_repack,
    .back = melhubert_back,
    .side_file = melhubert_stats_file,
};
