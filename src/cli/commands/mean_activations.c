/*
 * Mean activations of every neuron over recordings, which mean ablation (erase --mean) puts in
 * place of a neuron's own.
 */
#include "config.h"

#include "cli/commands/mean_activations.h"

#include <stdlib.h>

#include "cli/progress.h"
#include "corpus/audio.h"
#include "corpus/recordings.h"
#include "formats/file.h"
#include "base/mem.h"
#include "formats/tensors/safetensors.h"

/* Sums over the frames of all recordings so far. */
struct means {
    struct model *model;
    struct model_scratch *scratch;
    struct audio audio;
    double **sum;     /* [layers][width] */
    uint64_t *frames; /* [layers] */
};

/* All sums start at 0; means_free is to be called also on failure. */
static enum status means_init(struct means *s, struct model *m, struct err *err)
{
    const struct model_info *info = model_info(m);
    *s = (struct means){.model = m, .audio = AUDIO_INIT};
    s->scratch = model_scratch_new();
    s->sum = mem_zeros(info->layers, sizeof *s->sum);
    s->frames = mem_zeros(info->layers, sizeof *s->frames);
    bool good = s->scratch && s->sum && s->frames;
    for (uint32_t n = 0; n < info->layers && good; n++)
        good = (s->sum[n] = mem_zeros(info->width[n], sizeof **s->sum)) != NULL;
    return good ? STATUS_OK : err_nomem(err);
}

static void means_free(struct means *s)
{
    for (uint32_t n = 0; s->sum && n < model_info(s->model)->layers; n++)
        free(s->sum[n]);
    free(s->sum);
    free(s->frames);
    audio_free(&s->audio);
    model_scratch_free(s->scratch);
}

/* Adds a block of activations [rows][width] of one layer to that layer's sums. */
static enum status add_block(void *context, const struct model_block *b, struct err *err)
{
    struct means *s = context;
    (void)err;
    s->frames[b->index] += b->rows;
    for (size_t t = 0; t < b->rows; t++)
        for (size_t i = 0; i < b->width; i++)
            s->sum[b->index][i] += (double)b->data[t * b->width + i];
    return STATUS_OK;
}

/* Runs one recording through the model; add_block receives its activations. */
static enum status add_recording(struct means *s, const char *path, struct err *err)
{
    const struct model_sink sink = {MODEL_WANT(MODEL_FC1), add_block, s};
    enum status code = audio_read(&s->audio, path, err);
    if (code)
        return code;
    const struct model_pass pass = {
        .samples = s->audio.samples, .count = s->audio.count, .cancel = s->audio.cancel};
    code = model_run(s->model, s->scratch, &pass, &sink, err);
    if (code)
        err_prefix(err, "%s", path);
    return code;
}

/* Adds all recordings of every PATH to the sums. SIGINT and the like cancel between recordings and
 * within one; no partial result is written then. */
static enum status add_recordings(struct means *s, char *const *path, size_t paths,
                                  const struct cli *cli, struct err *err)
{
    const struct cancel *stop = progress_catch_signals();
    struct progress shown;
    enum status code = STATUS_OK;
    s->audio.cancel = stop;
    progress_begin(&shown, cli, "averaged");
    for (size_t p = 0; p < paths && !code; p++) {
        struct recordings c = {.count = 0};
        code = recordings_open(&c, path[p], err);
        for (size_t i = 0; i < c.count && !code; i++) {
            code = cancelled(stop)
                       ? err_set(err, STATUS_CANCELLED, "%s: interrupted", c.recording[i].path)
                       : add_recording(s, c.recording[i].path, err);
            progress_count(&shown, i + 1, c.count);
        }
        recordings_free(&c);
    }
    progress_end(&shown);
    return code;
}

/* Divides the sums by the frames seen and writes mean.1 .. mean.L, F32 [width], as one safetensors
 * file. Sums are double, so that long corpora lose no precision; only the result is rounded. */
static enum status write_means(const struct means *s, const char *output, struct err *err)
{
    const struct model_info *info = model_info(s->model);
    const char *const meta[] = {
        "created_by", "propneu " PACKAGE_VERSION, "model", info->name, "family", info->family};
    char(*name)[24] = mem_array(info->layers, sizeof *name);
    struct tensor *t = mem_zeros(info->layers, sizeof *t);
    float **mean = mem_zeros(info->layers, sizeof *mean);
    struct outfile out;
    enum status code = name && t && mean ? STATUS_OK : err_nomem(err);
    for (uint32_t n = 0; n < info->layers && !code; n++) {
        snprintf(name[n], sizeof name[n], "mean.%u", n + 1);
        if (!(mean[n] = mem_array(info->width[n], sizeof **mean)))
            code = err_nomem(err);
        for (uint32_t i = 0; i < info->width[n] && !code; i++)
            mean[n][i] = (float)(s->sum[n][i] / (double)s->frames[n]);
        t[n] = (struct tensor){.name = name[n],
                               .dtype = DTYPE_F32,
                               .ndim = 1,
                               .shape = {info->width[n]},
                               .data = (const unsigned char *)mean[n]};
        tensor_set_rows(&t[n]);
    }
    if (!code)
        code = outfile_open(&out, output, err);
    if (!code) {
        code = safetensors_write(out.stream, t, info->layers, meta, 3, err);
        if (code)
            outfile_abandon(&out);
        else
            code = outfile_commit(&out, err);
    }
    for (uint32_t n = 0; mean && n < info->layers; n++)
        free(mean[n]);
    free(mean);
    free(t);
    free(name);
    return code;
}

enum status mean_activations_write(struct model *m, char *const *path, size_t paths,
                                   const char *output, const struct cli *cli, struct err *err)
{
    struct means s;
    enum status code = means_init(&s, m, err);
    if (!code)
        code = add_recordings(&s, path, paths, cli, err);
    if (!code)
        code = write_means(&s, output, err);
    means_free(&s);
    return code;
}
