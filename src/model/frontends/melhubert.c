/*
 * MelHuBERT: log-mel features, normalised per bin, one or two 10 ms frames side by side, a linear
 * map to the encoder's width; no norm before it.
 */
#include "config.h"

#include "model/internal.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/file.h"
#include "model/frontends/logmel.h"
#include "base/mem.h"
#include "base/number.h"
#include "formats/tensors/npy.h"

struct melhubert {
    struct logmel *logmel;
    float mean[LOGMEL_BINS], std[LOGMEL_BINS];
    uint32_t stack;     /* 10 ms frames in a model frame: 1 or 2 */
    uint32_t input;     /* stack * LOGMEL_BINS */
    struct linear proj; /* absent (packed NULL) where input equals the encoder's width */
};

static const struct melhubert *front(const struct model *m)
{
    return m->front;
}

/*
 * Where the settings stand: Upstream_Config.melhubert of the trainer's checkpoints ("hubert" in
 * older ones), "melhubert" of a JSON beside the weights, or the whole of a config.json that says
 * model_type melhubert.
 */
static const json_t *find(const struct model_family *family, const struct checkpoint *c)
{
    (void)family;
    static const char *const keys[] = {"melhubert", "hubert"};
    const json_t *upstream = json_object_get(c->config, "Upstream_Config");
    const char *type = json_string_value(json_object_get(c->config, "model_type"));
    if (type && strcmp(type, "melhubert") == 0)
        return c->config;
    for (int i = 0; i < 2; i++) {
        const json_t *here = json_object_get(upstream ? upstream : c->config, keys[i]);
        if (json_is_object(here) && (upstream || i == 0))
            return here;
    }
    return NULL;
}

static enum status configure(struct model *m, const json_t *settings, struct err *err)
{
    uint32_t bins;
    struct melhubert *f = mem_zeros(1, sizeof *f);
    if (!f)
        return err_nomem(err);
    m->front = f;
    /* The published class has a single layer by default. */
    enum status code = config_encoder(m, settings, 1, err);
    if (!code)
        code = config_uint(settings, "feat_emb_dim", LOGMEL_BINS, 1, 1u << 16, &bins, err);
    if (code)
        return code;
    if (bins != LOGMEL_BINS && bins != 2 * LOGMEL_BINS)
        return err_set(err, STATUS_UNSUPPORTED,
                       "feat_emb_dim %u cannot be computed, only 40 (10 ms) and 80 (20 ms)", bins);
    f->stack = bins / LOGMEL_BINS;
    f->input = bins;
    m->info.hop = f->stack * LOGMEL_HOP;
    m->info.window = LOGMEL_WINDOW + (f->stack - 1) * LOGMEL_HOP;
    return logmel_new(&f->logmel, LOGMEL_BINS, err);
}

/* Mean and standard deviation, rounded to float as the reference does; no bin may be constant. */
static enum status take_stats(struct melhubert *f, const float *mean, const float *std,
                              const char *path, struct err *err)
{
    for (uint32_t b = 0; b < LOGMEL_BINS; b++)
        if (!isfinite(mean[b]) || !isfinite(std[b]) || std[b] <= 0)
            return err_set(err, STATUS_FORMAT, "%s: mean %s, standard deviation %s of bin %u", path,
                           number_short((double)mean[b], 6).text,
                           number_short((double)std[b], 6).text, b);
    memcpy(f->mean, mean, sizeof f->mean);
    memcpy(f->std, std, sizeof f->std);
    return STATUS_OK;
}

static enum status read_stats_file(struct melhubert *f, const char *path, struct err *err)
{
    struct tensors file;
    float both[2 * LOGMEL_BINS];
    enum status code = npy_open(&file, path, err);
    if (code)
        return code;
    const struct tensor *t = &file.tensor[0];
    if (t->ndim != 2 || t->shape[0] != 2 || t->shape[1] != LOGMEL_BINS) {
        char have[96];
        tensor_shape_text(t, have, sizeof have);
        code = err_set(err, STATUS_FORMAT,
                       "%s: %s, not the mean and standard deviation of log-mel bins [2, %d]", path,
                       have, LOGMEL_BINS);
    } else {
        tensor_to_f32(t, both);
        code = take_stats(f, both, both + LOGMEL_BINS, path, err);
    }
    tensors_free(&file);
    return code;
}

static int is_stats_name(const struct dirent *d)
{
    const char *end = "mean-std.npy";
    size_t n = strlen(d->d_name), k = strlen(end);
    return n >= k && strcmp(d->d_name + n - k, end) == 0;
}

/*
 * The one file *mean-std.npy beside the checkpoint into PATH; none, or several of which none is
 * called mean-std.npy itself, leave it empty.
 */
static enum status find_stats_file(const struct checkpoint *c, struct buf *path, struct err *err)
{
    struct dirent **found = NULL;
    const char *slash = strrchr(c->path, '/');
    int n = -1;
    buf_str(path, c->path);
    if (c->layout == CHECKPOINT_FOLDER)
        n = scandir(buf_text(path), &found, is_stats_name, alphasort);
    else {
        buf_clear(path);
        buf_printf(path, "%.*s", slash ? (int)(slash - c->path + 1) : 2, slash ? c->path : "./");
        n = scandir(buf_text(path), &found, is_stats_name, alphasort);
    }
    int chosen = n == 1 ? 0 : -1;
    for (int i = 0; i < n; i++)
        if (strcmp(found[i]->d_name, "mean-std.npy") == 0)
            chosen = i;
    if (chosen >= 0)
        buf_printf(path, "/%s", found[chosen]->d_name);
    else
        buf_clear(path);
    for (int i = 0; i < n; i++)
        free(found[i]);
    free(found);
    return buf_ok(path) ? STATUS_OK : err_nomem(err);
}

enum status melhubert_stats_beside(const struct checkpoint *c, char **path, struct err *err)
{
    struct buf found = BUF_INIT;
    enum status code = find_stats_file(c, &found, err);
    if (code || found.len == 0)
        buf_free(&found);
    if (!code)
        *path = found.data;
    return code;
}

static enum status bind_stats(struct model *m, struct binder *b, const struct checkpoint *c,
                              const struct model_options *o, struct err *err)
{
    struct melhubert *f = m->front;
    struct buf path = BUF_INIT;
    char name[MAX_TENSOR_NAME];
    enum status code;
    if (o && o->mean_std)
        return read_stats_file(f, o->mean_std, err);
    if (binder_find(b, "input.mean", name) && binder_find(b, "input.std", name)) {
        const float *mean, *std;
        /* They may come from a file as well and are no part of what tells models apart. */
        uint64_t hash = b->hash;
        if ((code = bind_vector(b, &mean, "input.mean", LOGMEL_BINS, err)) ||
            (code = bind_vector(b, &std, "input.std", LOGMEL_BINS, err)))
            return code;
        b->hash = hash;
        return take_stats(f, mean, std, b->path, err);
    }
    code = find_stats_file(c, &path, err);
    if (!code && *buf_text(&path))
        code = read_stats_file(f, buf_text(&path), err);
    else if (!code)
        code = err_set(err, STATUS_NOTFOUND,
                       "%s: the mean and standard deviation of its log-mel bins are neither in "
                       "the checkpoint nor in a file *mean-std.npy beside it: give --mean-std FILE",
                       b->path);
    buf_free(&path);
    return code;
}

static enum status bind(struct model *m, struct binder *b, const struct checkpoint *c,
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
    return b->survey ? STATUS_OK : bind_stats(m, b, c, o, err);
}

static void free_front(struct model *m)
{
    struct melhubert *f = m->front;
    if (f)
        logmel_free(f->logmel);
    free(f);
}

static size_t frames(const struct model *m, size_t samples)
{
    uint32_t stack = front(m)->stack;
    return (logmel_frames(samples) + stack - 1) / stack;
}

static size_t stage_rows(const struct model *m, enum model_stage stage, size_t samples)
{
    bool mel = stage == MODEL_FBANK || stage == MODEL_FBANK_NORM;
    return mel ? logmel_frames(samples) : frames(m, samples);
}

static size_t stage_width(const struct model *m, enum model_stage stage)
{
    return stage == MODEL_INPUT ? front(m)->input : LOGMEL_BINS;
}

static size_t scratch(const struct model *m, size_t samples)
{
    return frames(m, samples) * front(m)->input;
}

static void normalise(const struct melhubert *f, float *x, size_t rows)
{
    for (size_t t = 0; t < rows; t++, x += LOGMEL_BINS)
        for (uint32_t b = 0; b < LOGMEL_BINS; b++)
            x[b] = (x[b] - f->mean[b]) / f->std[b];
}

static enum status project(const struct model *m, const float *input, size_t t, float *out,
                           const struct model_sink *sink, struct err *err)
{
    const struct melhubert *f = front(m);
    if (f->proj.packed)
        linear_run(m->kn, &f->proj, input, t, out);
    else
        memcpy(out, input, t * f->input * sizeof *out);
    return sink_send(sink, MODEL_FEAT, 0, t, m->encoder.embed, out, err);
}

static enum status run(const struct model *m, const float *samples, size_t n, float *out,
                       float *work, const struct model_sink *sink, struct err *err)
{
    const struct melhubert *f = front(m);
    size_t mel = logmel_frames(n), t = frames(m, n);
    enum status code;
    logmel_run(f->logmel, samples, n, work);
    if ((code = sink_send(sink, MODEL_FBANK, 0, mel, LOGMEL_BINS, work, err)))
        return code;
    normalise(f, work, mel);
    if ((code = sink_send(sink, MODEL_FBANK_NORM, 0, mel, LOGMEL_BINS, work, err)))
        return code;
    /* Rows of 2 x 40 are the frames side by side already; a missing last one is zero. */
    memset(work + mel * LOGMEL_BINS, 0, (t * f->stack - mel) * LOGMEL_BINS * sizeof *work);
    if ((code = sink_send(sink, MODEL_INPUT, 0, t, f->input, work, err)))
        return code;
    return project(m, work, t, out, sink, err);
}

const struct model_family family_melhubert = {
    .name = "melhubert",
    .stages = MODEL_WANT(MODEL_FBANK) | MODEL_WANT(MODEL_FBANK_NORM) | MODEL_WANT(MODEL_INPUT),
    .find = find,
    .configure = configure,
    .bind = bind,
    .free = free_front,
    .frames = frames,
    .stage_rows = stage_rows,
    .stage_width = stage_width,
    .scratch = scratch,
    .run = run,
    .project = project,
};
