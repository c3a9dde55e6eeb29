/*
 * Reading the frames that are clustered, a recording a task.  They are all in memory at once: every
 * round of k-means goes over them.
 */
#include "config.h"

#include "train/cluster_rows.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/worker.h"
#include "corpus/audio.h"

/* What a thread has of its own. */
struct cluster_reader {
    struct model_scratch *scratch;
    struct audio audio;
};

struct cluster_job {
    struct cluster_rows *out;
    const struct model *m;
    const struct recordings *c;
    const struct cluster_hooks *hooks;
    uint32_t layer;
    size_t *frames;   /* [recordings] */
    struct err *fail; /* [recordings] why it was left out */
    struct cluster_reader *reader;
    pthread_mutex_t lock;
    size_t done;
};

/* Where the rows of one recording go. */
struct cluster_place {
    float *rows;
    size_t frames, width;
};

static enum status cluster_keep(void *context, const struct model_block *b, struct err *err)
{
    struct cluster_place *p = context;
    size_t need;
    if (!p->rows) {
        if (!mul_size(b->stage_rows, b->width, &need) ||
            !(p->rows = mem_array(need, sizeof *p->rows)))
            return err_nomem(err);
        p->frames = b->stage_rows;
        p->width = b->width;
    }
    memcpy(p->rows + b->first * b->width, b->data, b->rows * b->width * sizeof *p->rows);
    return STATUS_OK;
}

/* Hidden states come for all layers up to the wanted one; only its own are kept. */
static enum status cluster_keep_last(void *context, const struct model_block *b, struct err *err)
{
    struct cluster_job *j = ((void **)context)[0];
    bool wanted = b->index == j->layer;
    return wanted ? cluster_keep(((void **)context)[1], b, err) : STATUS_OK;
}

/* The rows of recording I. */
static enum status cluster_run(struct cluster_job *j, struct cluster_reader *r, size_t i,
                               struct err *err)
{
    const char *path = j->c->recording[i].path;
    struct cluster_place place = {.rows = NULL};
    void *both[2] = {j, &place};
    struct model_sink sink = {MODEL_WANT(MODEL_INPUT), cluster_keep, &place};
    if (j->layer)
        sink = (struct model_sink){MODEL_WANT(MODEL_HIDDEN), cluster_keep_last, both};
    enum status code = audio_read(&r->audio, path, err);
    if (code)
        return code;
    const struct model_pass pass = {.samples = r->audio.samples,
                                    .count = r->audio.count,
                                    .layers = j->layer,
                                    .cancel = j->hooks->cancel};
    if (model_frames(j->m, r->audio.count) == 0)
        return err_set(err, STATUS_FORMAT, "%s: too short for a frame", path);
    if ((code = model_run(j->m, r->scratch, &pass, &sink, err))) {
        free(place.rows);
        return code == STATUS_CANCELLED ? code : err_prefix(err, "%s", path);
    }
    j->out->rows[i] = place.rows;
    j->frames[i] = place.frames;
    return STATUS_OK;
}

/* A task: a recording that cannot be read is left out, anything else ends all. */
static enum status cluster_task(void *context, unsigned worker, size_t i, struct err *err)
{
    struct cluster_job *j = context;
    enum status code = cluster_run(j, &j->reader[worker], i, &j->fail[i]);
    pthread_mutex_lock(&j->lock);
    j->done++;
    if (j->hooks->progress)
        j->hooks->progress(j->hooks->context, j->done, j->c->count);
    pthread_mutex_unlock(&j->lock);
    j->fail[i].code = code;
    if (code == STATUS_NOMEM || code == STATUS_CANCELLED) {
        *err = j->fail[i];
        return code;
    }
    return cancel_check(j->hooks->cancel, err);
}

/* The parts of what was read, and the problems of what was not. */
static enum status cluster_gather(struct cluster_job *j, const char *audio, struct err *err)
{
    struct cluster_rows *out = j->out;
    for (size_t i = 0; i < j->c->count; i++) {
        if (j->fail[i].code && j->hooks->problem)
            j->hooks->problem(j->hooks->context, j->fail[i].msg);
        if (!out->rows[i])
            continue;
        int32_t *label = mem_array(j->frames[i], sizeof *label);
        if (!label)
            return err_nomem(err);
        out->recording[out->parts] = i;
        out->part[out->parts++] = (struct kmeans_part){out->rows[i], j->frames[i], label};
        out->frames += j->frames[i];
    }
    return out->parts ? STATUS_OK
                      : err_set(err, STATUS_NOTFOUND, "%s: no recording could be read", audio);
}

enum status cluster_rows_read(struct cluster_rows *out, const struct model *m,
                              const struct recordings *c, uint32_t layer, unsigned threads,
                              const struct cluster_hooks *hooks, struct err *err)
{
    struct cluster_job j = {.out = out, .m = m, .c = c, .hooks = hooks, .layer = layer};
    uint32_t stages;
    size_t rows;
    *out = (struct cluster_rows){.recordings = c->count};
    model_stage_shape(m, MODEL_INPUT, 16000, &stages, &rows);
    if (layer == 0 && stages == 0)
        return err_set(err, STATUS_UNSUPPORTED, "%s: %s has no log-mel input to cluster",
                       model_info(m)->name, model_info(m)->family);
    out->width = layer ? model_info(m)->embed : model_stage_width(m, MODEL_INPUT, 0);
    threads = threads ? threads : 1;
    pthread_mutex_init(&j.lock, NULL);
    out->rows = mem_zeros(c->count, sizeof *out->rows);
    out->part = mem_zeros(c->count, sizeof *out->part);
    out->recording = mem_zeros(c->count, sizeof *out->recording);
    j.frames = mem_zeros(c->count, sizeof *j.frames);
    j.fail = mem_zeros(c->count, sizeof *j.fail);
    j.reader = mem_zeros(threads, sizeof *j.reader);
    bool made = out->rows && out->part && out->recording && j.frames && j.fail && j.reader;
    for (unsigned t = 0; made && t < threads; t++) {
        j.reader[t].audio = (struct audio)AUDIO_INIT;
        j.reader[t].audio.cancel = hooks->cancel;
        made = (j.reader[t].scratch = model_scratch_new()) != NULL;
    }
    enum status code =
        made ? workers_each(threads, c->count, cluster_task, &j, err) : err_nomem(err);
    if (!code)
        code = cluster_gather(&j, c->count ? c->recording[0].path : model_info(m)->name, err);
    for (unsigned t = 0; j.reader && t < threads; t++) {
        model_scratch_free(j.reader[t].scratch);
        audio_free(&j.reader[t].audio);
    }
    free(j.reader);
    free(j.frames);
    free(j.fail);
    pthread_mutex_destroy(&j.lock);
    return code;
}

void cluster_rows_free(struct cluster_rows *r)
{
    for (size_t i = 0; r->rows && i < r->recordings; i++)
        free(r->rows[i]);
    for (size_t p = 0; p < r->parts; p++)
        free(r->part[p].label);
    free(r->rows);
    free(r->part);
    free(r->recording);
    *r = (struct cluster_rows){.width = 0};
}
