/*
 * HuBERT, wav2vec 2.0, WavLM and their like: convolutions over the samples, mostly GELU behind
 * each, a norm and a linear map to the encoder's width.
 *
 * Frames lie channels last, so that what a convolution sees of its input through one tap is every
 * stride-th row, and it is a sum of products of a tap each; nothing is copied.  The norm over a
 * whole recording that the first convolution of the base models has is known beforehand from the
 * samples' own wave_moments, so everything runs in pieces of a few frames and no layer's output is
 * ever held as a whole.
 */
#include "config.h"

#include "model/frontends/wave.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/activation.h"

/* Frames of the last convolution made at a time; a few frames of the others are made twice. */
#define CHUNK 64
/* Rows of a convolution that go through all of it before the next ones do, so that sums stay near;
 * the second one's input, the longest, is made for as many at a time. */
#define STRIP 384

static const struct wave *wave_of(const struct model *m)
{
    return m->front;
}

static size_t wave_channels(const struct wave *w)
{
    return w->conv[w->convs - 1].out;
}

/*
 * Distance of the rows that convolution I makes.  The base models' 512 channels, of which a
 * product reads every second row, would all want the same few lines of the L1 cache.
 */
static size_t wave_row_stride(const struct wave *w, uint32_t i)
{
    return i + 1 == w->convs ? w->conv[i].out : scratch_round(w->conv[i].out) + 16;
}

/* The first convolution sees its taps side by side in the samples, the others each in a row. */
static bool wave_taps_apart(const struct wave *w, const struct conv *c)
{
    return c != w->conv;
}

/* W [out][in][kernel] packed as [out][kernel], or tap by tap as [out][in]. */
static enum status wave_pack_conv(struct model *m, struct conv *c, const float *weight,
                                  struct err *err)
{
    bool apart = wave_taps_apart(wave_of(m), c);
    size_t taps = apart ? c->kernel : 1, depth = apart ? c->in : c->kernel;
    size_t size = kernels_packed_size(m->kn, c->out, depth);
    float *tap = mem_array(c->out * depth, sizeof *tap);
    float *packed = model_floats(m, taps * size);
    for (size_t k = 0; k < taps && tap && packed; k++) {
        for (size_t i = 0; i < c->out * depth; i++)
            tap[i] = weight[i * taps + k];
        m->kn->pack_transposed(c->out, depth, tap, depth, packed + k * size);
    }
    free(tap);
    c->packed = tap ? packed : NULL;
    if (!c->packed)
        return err_nomem(err);
    return apart && wave_toom_fits(c) ? wave_toom_pack(m, c, weight, err) : STATUS_OK;
}

/*
 * Convolution N: its weight, its bias if the convolutions have one, and its norm.  The weight of
 * the first stays as it is where its norm is folded into it for every recording.
 */
static enum status wave_bind_conv(struct model *m, struct binder *b, uint32_t n, struct err *err)
{
    struct wave *w = m->front;
    struct conv *c = &w->conv[n];
    const float *weight = NULL;
    char name[MAX_TENSOR_NAME];
    snprintf(name, sizeof name, "feature_extractor.conv_layers.%u.0.weight", n);
    enum status code = bind_floats(b, &weight, name, 3, (size_t[]){c->out, c->in, c->kernel}, err);
    if (!code && w->bias) {
        snprintf(name, sizeof name, "feature_extractor.conv_layers.%u.0.bias", n);
        code = bind_vector(b, &c->bias, name, c->out, err);
    }
    if (code)
        return code;
    if (n == 0 && w->norm == CONV_NORM_FIRST) {
        w->first = weight;
        code = bind_norm(b, &w->first_norm, "feature_extractor.conv_layers.0.2", c->out, err);
        w->first_norm.epsilon = NORM_EPSILON; /* of this norm and those below no setting says it */
        return code;
    }
    if (w->norm == CONV_NORM_EACH) {
        snprintf(name, sizeof name, "feature_extractor.conv_layers.%u.2.1", n);
        code = bind_norm(b, &c->norm, name, c->out, err);
        c->norm.epsilon = NORM_EPSILON;
    }
    return code || b->survey ? code : wave_pack_conv(m, c, weight, err);
}

/* The convolutions, the norm behind them and the projection to the width of the encoder. */
static enum status wave_bind(struct model *m, struct binder *b, const struct checkpoint *c,
                             const struct model_options *o, struct err *err)
{
    struct wave *w = m->front;
    uint32_t width = w->conv[w->convs - 1].out;
    char name[MAX_TENSOR_NAME];
    const bool keep = b->keep;
    enum status code = wave_read_normalize(m, b, c, o, err);
    b->keep = false; /* the convolutions are not trained */
    for (uint32_t n = 0; !code && n < w->convs; n++)
        code = wave_bind_conv(m, b, n, err);
    b->keep = keep;
    if (!code && !w->no_proj_norm)
        code = bind_norm(b, &w->proj_norm, "layer_norm", width, err);
    /* Where both sizes are equal the original releases have no projection, others may. */
    if (code || (width == m->encoder.embed && !binder_find(b, "post_extract_proj.weight", name)))
        return code;
    return bind_linear(b, &w->proj, "post_extract_proj", m->encoder.embed, width, err);
}

static void wave_repack(struct model *m)
{
    struct wave *w = m->front;
    if (w->proj.packed)
        linear_pack(m->kn, &w->proj, w->proj.weight);
}

/* Complete windows only, convolution by convolution, as in the reference. */
static size_t wave_frames(const struct model *m, size_t samples)
{
    const struct wave *w = wave_of(m);
    for (uint32_t i = 0; i < w->convs; i++) {
        if (samples < w->conv[i].kernel)
            return 0;
        samples = (samples - w->conv[i].kernel) / w->conv[i].stride + 1;
    }
    return samples;
}

static size_t wave_stage_rows(const struct model *m, enum model_stage stage, size_t samples)
{
    (void)stage;
    return wave_frames(m, samples);
}

static size_t wave_stage_width(const struct model *m, enum model_stage stage)
{
    (void)stage;
    return wave_channels(wave_of(m));
}

/* One run: arrays in the caller's scratch. */
struct wave_pass {
    const struct model *m;
    const float *samples;
    float *normalized;     /* [samples], where the waveform is normalised */
    float *first, *packed; /* the first convolution with its norm folded in */
    float *bias;           /* its bias */
    float *out[MAX_CONVS]; /* of each convolution, as many rows as its user wants at a time */
    float *last;           /* wave_toom_rows */
    bool finite;
    const struct cancel *cancel;
};

/* Rows of convolution N that ROWS of the next one are made of. */
static size_t wave_rows_below(const struct conv *above, size_t rows)
{
    return (rows - 1) * above->stride + above->kernel;
}

/*
 * Lays the arrays of one run out in MEMORY, from the last convolution's rows down to the rows of
 * the first that they are made of; returns the floats they take, also for NULL.
 */
static size_t wave_carve(const struct model *m, size_t samples, struct wave_pass *r, float *memory)
{
    const struct wave *w = wave_of(m);
    const struct conv *c = &w->conv[0];
    size_t used = 0, last = 0, rows = wave_frames(m, samples);
    r->normalized = scratch_take(memory, &used, w->normalize ? samples : 0);
    r->first = scratch_take(memory, &used, (size_t)c->out * c->kernel);
    r->packed = scratch_take(memory, &used, kernels_packed_size(m->kn, c->out, c->kernel));
    r->bias = scratch_take(memory, &used, c->out);
    rows = rows < CHUNK ? rows : CHUNK;
    for (uint32_t i = w->convs; i-- > 0;) {
        r->out[i] = scratch_take(memory, &used, rows * wave_row_stride(w, i));
        if (i == 1 && rows > STRIP)
            rows = STRIP;
        size_t strip = (rows < STRIP ? rows : STRIP) / 4 * (i ? wave_row_stride(w, i - 1) : 0);
        if (w->conv[i].mixed && last < strip)
            last = strip;
        rows = wave_rows_below(&w->conv[i], rows);
    }
    r->last = scratch_take(memory, &used, last);
    return used;
}

static size_t wave_scratch(const struct model *m, size_t samples)
{
    struct wave_pass r;
    return wave_frames(m, samples) ? wave_carve(m, samples, &r, NULL) : 0;
}

/* X = (samples - mean) / sqrt(variance + EPSILON), which decides what a quiet
 * recording becomes. */
static void wave_normalize(const float *samples, size_t n, double epsilon, float *x)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)samples[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        square += ((double)samples[i] - mean) * ((double)samples[i] - mean);
    double scale = 1 / sqrt(square / (double)n + epsilon);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(((double)samples[i] - mean) * scale);
}

/*
 * Mean [kernel] and covariance [kernel][kernel] of the samples that the first convolution sees,
 * tap by tap: a tap sees every stride-th sample.
 */
static void wave_moments(const struct conv *c, const float *x, size_t rows, double *mean,
                         double *cov)
{
    size_t k = c->kernel;
    for (size_t i = 0; i < k; i++) {
        mean[i] = 0;
        for (size_t t = 0; t < rows; t++)
            mean[i] += (double)x[t * c->stride + i];
        mean[i] /= (double)rows;
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t t = 0; t < rows; t++)
                sum += ((double)x[t * c->stride + i] - mean[i]) *
                       ((double)x[t * c->stride + j] - mean[j]);
            cov[i * k + j] = cov[j * k + i] = sum / (double)rows;
        }
}

/*
 * The first convolution is linear, so a channel w has the mean w . mean and the variance
 * w' cov w over the recording, whatever its bias; the norm becomes other weights and a bias.
 */
static enum status wave_fold_norm(struct wave_pass *r, size_t samples, struct err *err)
{
    const struct wave *w = wave_of(r->m);
    const struct conv *c = &w->conv[0];
    size_t k = c->kernel, rows = (samples - k) / c->stride + 1;
    double *mean = mem_array(k * (k + 1), sizeof *mean), *cov = mean + k;
    if (!mean)
        return err_nomem(err);
    wave_moments(c, r->samples, rows, mean, cov);
    for (size_t o = 0; o < c->out; o++) {
        const float *weight = w->first + o * k;
        double centre = 0, variance = 0;
        for (size_t i = 0; i < k; i++) {
            double sum = 0;
            for (size_t j = 0; j < k; j++)
                sum += cov[i * k + j] * (double)weight[j];
            centre += mean[i] * (double)weight[i];
            variance += sum * (double)weight[i];
        }
        double scale = (double)w->first_norm.gain[o] /
                       sqrt((variance > 0 ? variance : 0) + (double)w->first_norm.epsilon);
        for (size_t i = 0; i < k; i++)
            r->first[o * k + i] = (float)(scale * (double)weight[i]);
        r->bias[o] = (float)((double)w->first_norm.bias[o] - scale * centre);
    }
    r->m->kn->pack_transposed(c->out, k, r->first, k, r->packed);
    free(mean);
    return STATUS_OK;
}

/* N rows of convolution I into OUT, from what it sees at IN, as sums of products of its taps. */
static void wave_multiply_taps(const struct wave_pass *r, uint32_t i, size_t n, const float *in,
                               float *out)
{
    const struct wave *w = wave_of(r->m);
    const struct conv *c = &w->conv[i];
    bool folded = i == 0 && w->norm == CONV_NORM_FIRST, apart = wave_taps_apart(w, c);
    size_t below = i ? wave_row_stride(w, i - 1) : 1, depth = apart ? c->in : c->kernel;
    size_t taps = apart ? c->kernel : 1, size = kernels_packed_size(r->m->kn, c->out, depth);
    const float *packed = folded ? r->packed : c->packed, *bias = folded ? r->bias : c->bias;
    for (size_t k = 0; k < taps && !cancelled(r->cancel); k++)
        r->m->kn->gemm(n, c->out, depth, in + k * below, c->stride * below, packed + k * size, out,
                       wave_row_stride(w, i), k ? NULL : bias, k > 0);
}

/*
 * N rows of convolution I into OUT from its input's row FROM on, with fewer products where it has
 * the form for it, through its norm and function.
 */
static void wave_run_strip(struct wave_pass *r, uint32_t i, size_t n, size_t from, float *out)
{
    const struct wave *w = wave_of(r->m);
    const struct kernels *kn = r->m->kn;
    const struct conv *c = &w->conv[i];
    size_t quick = c->mixed ? n / 4 * 4 : 0, stride = wave_row_stride(w, i);
    size_t below = i ? wave_row_stride(w, i - 1) : 1;
    const float *in = i ? r->out[i - 1] + from * below : r->samples + from;
    if (quick)
        wave_toom_rows(kn, c, quick / 4, r->out[i - 1] + from * below, below, r->last, out, stride,
                       c->bias, r->cancel);
    wave_multiply_taps(r, i, n - quick, in + quick * c->stride * below, out + quick * stride);
    for (size_t j = 0; j < n && !cancelled(r->cancel); j++, out += stride) {
        if (w->norm == CONV_NORM_EACH)
            kn->layer_norm(out, out, 1, c->out, c->norm.gain, c->norm.bias, c->norm.epsilon);
        r->finite &= activation_run(kn, w->activation, out, c->out);
    }
}

/*
 * ROWS of convolution I from FIRST on into OUT; what they are made of is made first.  Once the flag
 * is set OUT is left undefined, and whoever asked for it looks at the flag.
 */
static void wave_run_conv(struct wave_pass *r, uint32_t i, size_t first, size_t rows, float *out)
{
    const struct wave *w = wave_of(r->m);
    const struct conv *c = &w->conv[i];
    size_t most = i == 1 ? STRIP : rows, stride = wave_row_stride(w, i);
    for (size_t done = 0; done < rows && !cancelled(r->cancel); done += most) {
        size_t n = rows - done < most ? rows - done : most, from = (first + done) * c->stride;
        if (i > 0)
            wave_run_conv(r, i - 1, from, wave_rows_below(c, n), r->out[i - 1]);
        for (size_t s = 0; s < n && !cancelled(r->cancel); s += STRIP)
            wave_run_strip(r, i, n - s < STRIP ? n - s : STRIP, (i ? 0 : from) + s * c->stride,
                           out + (done + s) * stride);
    }
}

/* Norm and projection of ROWS frames X, which are spoiled, into OUT [rows][E]. */
static void wave_project(const struct model *m, float *x, size_t rows, float *out)
{
    const struct wave *w = wave_of(m);
    if (!w->no_proj_norm)
        m->kn->layer_norm(x, x, rows, wave_channels(w), w->proj_norm.gain, w->proj_norm.bias,
                          w->proj_norm.epsilon);
    if (w->proj.packed)
        linear_run(m->kn, &w->proj, x, rows, out);
    else
        memcpy(out, x, rows * wave_channels(w) * sizeof *out);
}

/* The front end in pieces of CHUNK frames: convolutions, norm, projection. */
static enum status wave_run(const struct model *m, const struct model_pass *pass, float *out,
                            float *work, const struct model_sink *sink, struct err *err)
{
    const struct wave *w = wave_of(m);
    size_t n = pass->count, t = wave_frames(m, n), width = wave_channels(w);
    struct wave_pass r = {.m = m, .samples = pass->samples, .finite = true, .cancel = pass->cancel};
    enum status code = STATUS_OK;
    wave_carve(m, n, &r, work);
    if (w->normalize) {
        wave_normalize(pass->samples, n, w->epsilon, r.normalized);
        r.samples = r.normalized;
    }
    if (w->norm == CONV_NORM_FIRST && (code = wave_fold_norm(&r, n, err)))
        return code;
    for (size_t i = 0; i < t; i += CHUNK) {
        size_t rows = t - i < CHUNK ? t - i : CHUNK;
        float *x = r.out[w->convs - 1];
        wave_run_conv(&r, w->convs - 1, i, rows, x);
        if ((code = cancel_check(r.cancel, err)))
            return code;
        if (!r.finite)
            return err_set(err, STATUS_FORMAT, "NaN or infinity in the convolutions");
        struct model_block block = {MODEL_CONV, 0, i, rows, t, width, x};
        if (sink_wants(sink, MODEL_CONV) && (code = sink->rows(sink->context, &block, err)))
            return code;
        wave_project(m, x, rows, out + i * m->encoder.embed);
    }
    return sink_send(sink, MODEL_FEAT, 0, t, m->encoder.embed, out, err);
}

const struct frontend wave_frontend = {
    .size = sizeof(struct wave),
    .stages = MODEL_WANT(MODEL_CONV),
    .bind = wave_bind,
    .frames = wave_frames,
    .stage_rows = wave_stage_rows,
    .stage_width = wave_stage_width,
    .scratch = wave_scratch,
    .run = wave_run,
    .repack = wave_repack,
    .back = wave_back,
};
