/*
 * One batch, one after the other: reference values need no speed.
 */
#include "config.h"

#include "train/gradients_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "corpus/audio.h"
#include "corpus/recordings.h"
#include "formats/file.h"
#include "formats/tensors/checkpoint.h"
#include "formats/tensors/safetensors.h"
#include "model/weights.h"
#include "train/gradients_write.h"

struct gradients_run {
    const struct gradients_request *r;
    const struct cancel *cancel;
    struct model *model;
    struct tensors batch;
    struct gradients *gradients;
    struct train_head head;
    float *head_gradient; /* [head.count] */
    struct train_pass pass;
    struct train_sums sums;
};

/* Tensor NAME of the batch, of NDIM dimensions. */
static enum status batch_find(const struct gradients_run *g, const char *name, uint32_t ndim,
                              const struct tensor **out, struct err *err)
{
    char shape[96];
    *out = tensors_find(&g->batch, name);
    if (!*out)
        return err_set(err, STATUS_NOTFOUND, "%s: tensor %s is missing", g->r->batch, name);
    if ((*out)->ndim == ndim && (*out)->count > 0)
        return STATUS_OK;
    tensor_shape_text(*out, shape, sizeof shape);
    return err_set(err, STATUS_FORMAT, "%s: tensor %s is %s, not of %u dimensions", g->r->batch,
                   name, shape, ndim);
}

/* Whole numbers, to be freed. */
static enum status batch_whole(const struct gradients_run *g, const char *name, uint32_t ndim,
                               const struct tensor **t, int64_t **out, struct err *err)
{
    enum status code = batch_find(g, name, ndim, t, err);
    if (code)
        return code;
    int64_t *x = mem_array((*t)->count, sizeof *x);
    if (!x)
        return err_nomem(err);
    code = tensor_to_i64(*t, x, err);
    if (code) {
        free(x);
        return err_prefix(err, "%s: tensor %s", g->r->batch, name);
    }
    *out = x;
    return STATUS_OK;
}

/* Opens the head WEIGHT and BIAS of FROM, a file called PATH, and all that a pass needs. */
static enum status gradients_head(struct gradients_run *g, const struct tensors *from,
                                  const char *path, const char *weight, const char *bias,
                                  struct err *err)
{
    const struct model_info *m = model_info(g->model);
    const struct tensor *w = tensors_find(from, weight), *b = tensors_find(from, bias);
    const struct tensor *mix = tensors_find(&g->batch, "mix");
    if (!w || !b)
        return err_set(err, STATUS_NOTFOUND, "%s: tensor %s is missing", path, w ? bias : weight);
    if (w->ndim != 2 || w->count == 0 || w->shape[1] != m->embed || b->count != w->shape[0])
        return err_set(err, STATUS_FORMAT, "%s: tensors %s and %s are no head behind %u numbers",
                       path, weight, bias, m->embed);
    if (g->r->layer > m->layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %u (there are: 1 to %u)", g->r->model,
                       g->r->layer, m->layers);
    struct train_head *h = &g->head;
    *h = (struct train_head){.layers = m->layers,
                             .layer = g->r->layer ? g->r->layer : m->layers,
                             .mixed = g->r->weighted,
                             .mean = g->r->task == TRAIN_SID,
                             .embed = m->embed,
                             .classes = w->shape[0]};
    enum status code = train_head_open(h, err);
    if (!code)
        code = train_pass_open(&g->pass, h, err);
    if (!code)
        code = gradients_new(&g->gradients, g->model, err);
    if (!code && !(g->head_gradient = mem_zeros(h->count, sizeof *g->head_gradient)))
        code = err_nomem(err);
    if (code)
        return code;
    tensor_to_f32(w, h->weights + h->at_weight);
    tensor_to_f32(b, h->weights + h->at_weight + w->count);
    if (mix && h->mixed && mix->count == m->layers + 1u)
        tensor_to_f32(mix, h->weights);
    return STATUS_OK;
}

/* The labels of utterance U, to be freed. */
static enum status recording_labels(const struct gradients_run *g, const char *u, int32_t **out,
                                    size_t *count, struct err *err)
{
    struct buf name = BUF_INIT;
    const struct tensor *t;
    int64_t *x = NULL;
    buf_printf(&name, "%s/labels", u);
    enum status code = buf_ok(&name) ? batch_whole(g, name.data, 1, &t, &x, err) : err_nomem(err);
    buf_free(&name);
    int64_t classes = (int64_t)g->head.classes;
    int32_t *label = code ? NULL : mem_array(t->count, sizeof *label);
    if (!code && !label)
        code = err_nomem(err);
    for (size_t i = 0; !code && i < t->count; i++) {
        label[i] = x[i] < 0 ? -1 : (int32_t)x[i];
        if (x[i] >= classes)
            code = err_set(err, STATUS_MISMATCH, "%s: label %lld of %s is none of %lld classes",
                           g->r->batch, (long long)x[i], u, (long long)classes);
    }
    free(x);
    if (code) {
        free(label);
        return code;
    }
    *out = label;
    *count = t->count;
    return STATUS_OK;
}

/* Frames with a label, of all recordings C: what the loss is a mean over. */
static enum status recordings_labelled(const struct gradients_run *g, const struct recordings *c,
                                       size_t *all, struct err *err)
{
    for (size_t i = 0; i < c->count; i++) {
        int32_t *label;
        size_t count;
        enum status code = recording_labels(g, c->recording[i].utterance, &label, &count, err);
        if (code)
            return code;
        for (size_t t = 0; t < count; t++)
            *all += label[t] >= 0;
        free(label);
    }
    return STATUS_OK;
}

/* Adds SCALE times the loss of X and its gradients. */
static enum status gradients_run_one(struct gradients_run *g, const struct example *x, double scale,
                                     struct err *err)
{
    return train_pass_run(&g->pass, g->model, &g->head, train_task_loss(g->r->task), x, scale,
                          g->gradients, g->head_gradient, &g->sums, g->cancel, err);
}

static enum status recording_learn(struct gradients_run *g, const struct recording *r, double scale,
                                   struct err *err)
{
    struct audio a = AUDIO_INIT;
    int32_t *label = NULL;
    size_t count;
    a.cancel = g->cancel;
    enum status code = recording_labels(g, r->utterance, &label, &count, err);
    if (!code)
        code = audio_read(&a, r->path, err);
    if (!code) {
        struct example x = {
            .samples = a.samples, .count = a.count, .frames = count, .label = label};
        code = gradients_run_one(g, &x, scale, err);
        if (code && code != STATUS_CANCELLED)
            code = err_prefix(err, "%s", r->path);
    }
    audio_free(&a);
    free(label);
    return code;
}

/* A batch of recordings. */
static enum status gradients_recordings(struct gradients_run *g, struct err *err)
{
    struct recordings *c = mem_zeros(g->r->audios, sizeof *c);
    size_t all = 0;
    enum status code = c || !g->r->audios ? STATUS_OK : err_nomem(err);
    if (!code && g->r->task != TRAIN_FRAMES)
        code = err_set(err, STATUS_UNSUPPORTED, "%s: a batch of recordings is for frames, not %s",
                       g->r->batch, train_task_names[g->r->task]);
    if (!code)
        code = gradients_head(g, &g->batch, g->r->batch, "head.weight", "head.bias", err);
    for (size_t i = 0; !code && i < g->r->audios; i++)
        if (!(code = recordings_open(&c[i], g->r->audio[i], err)))
            code = recordings_labelled(g, &c[i], &all, err);
    if (!code && all == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: no frame of the recordings has a label",
                       g->r->batch);
    for (size_t i = 0; !code && i < g->r->audios; i++)
        for (size_t k = 0; !code && k < c[i].count; k++)
            code = recording_learn(g, &c[i].recording[k], 1 / (double)all, err);
    for (size_t i = 0; c && i < g->r->audios; i++)
        recordings_free(&c[i]);
    free(c);
    return code;
}

/* A batch of log-mel frames, zero-padded to the longest. */
struct frames_batch {
    size_t count, frames, width;
    float *feat;
    int64_t *length, *mask, *label, *target_length;
    size_t per; /* labels of an utterance */
};

static void frames_batch_free(struct frames_batch *b)
{
    free(b->feat);
    free(b->length);
    free(b->mask);
    free(b->label);
    free(b->target_length);
}

/* Are the labels, and the lengths of targets, what the shapes allow? */
static enum status frames_batch_check(const struct gradients_run *g, const struct frames_batch *b,
                                      const struct tensor *label, struct err *err)
{
    int64_t classes = (int64_t)g->head.classes;
    bool fits = label->shape[0] == b->count;
    if (g->r->task == TRAIN_SSL)
        fits = fits && b->per == b->frames;
    for (size_t u = 0; fits && u < b->count; u++)
        fits = b->length[u] > 0 && (uint64_t)b->length[u] <= b->frames &&
               (!b->target_length ||
                (b->target_length[u] > 0 && (uint64_t)b->target_length[u] <= b->per));
    for (size_t i = 0; fits && i < label->count; i++)
        fits = b->label[i] < classes && b->label[i] <= INT32_MAX && b->label[i] >= INT32_MIN;
    return fits ? STATUS_OK
                : err_set(err, STATUS_FORMAT, "%s: lengths or labels do not fit the frames",
                          g->r->batch);
}

static enum status frames_batch_read(const struct gradients_run *g, struct frames_batch *b,
                                     struct err *err)
{
    static const char *const labels[TRAIN_TASKS] = {
        [TRAIN_SSL] = "labels", [TRAIN_CTC] = "ctc_targets", [TRAIN_SID] = "sid_labels"};
    const struct tensor *t, *label = NULL;
    enum train_task task = g->r->task;
    enum status code = batch_find(g, "feat", 3, &t, err);
    if (code)
        return code;
    b->count = t->shape[0];
    b->frames = t->shape[1];
    b->width = t->shape[2];
    b->feat = mem_array(t->count, sizeof *b->feat);
    if (!b->feat)
        return err_nomem(err);
    tensor_to_f32(t, b->feat);
    if (b->width != model_stage_width(g->model, MODEL_INPUT, 0))
        return err_set(err, STATUS_MISMATCH, "%s: feat has %zu columns, the model's input %zu",
                       g->r->batch, b->width, model_stage_width(g->model, MODEL_INPUT, 0));
    if ((code = batch_whole(g, "lengths", 1, &t, &b->length, err)))
        return code;
    if (t->count != b->count)
        return err_set(err, STATUS_FORMAT, "%s: %zu lengths of %zu utterances", g->r->batch,
                       t->count, b->count);
    code = batch_whole(g, labels[task], task == TRAIN_SID ? 1 : 2, &label, &b->label, err);
    if (!code && task == TRAIN_SSL && !(code = batch_whole(g, "mask", 2, &t, &b->mask, err)) &&
        t->count != b->count * b->frames)
        code = err_set(err, STATUS_FORMAT, "%s: mask and feat differ", g->r->batch);
    if (!code && task == TRAIN_CTC &&
        !(code = batch_whole(g, "ctc_target_lengths", 1, &t, &b->target_length, err)) &&
        t->count != b->count)
        code = err_set(err, STATUS_FORMAT, "%s: ctc_target_lengths and feat differ", g->r->batch);
    if (code)
        return code;
    b->per = task == TRAIN_SID ? 1 : label->shape[1];
    return frames_batch_check(g, b, label, err);
}

/* Utterance U; MASKED [frames] and LABEL [the larger of frames and b->per] are the caller's. */
static enum status frames_learn(struct gradients_run *g, const struct frames_batch *b, size_t u,
                                size_t hidden, bool *masked, int32_t *label, struct err *err)
{
    enum train_task task = g->r->task;
    struct example x = {.rows = b->feat + u * b->frames * b->width,
                        .frames = (size_t)b->length[u],
                        .label = label,
                        .labels = b->target_length ? (size_t)b->target_length[u] : 1};
    double scale = 1 / (double)b->count;
    for (size_t i = 0; i < b->per; i++)
        label[i] = (int32_t)b->label[u * b->per + i];
    if (task == TRAIN_CTC)
        scale /= (double)x.labels;
    if (task == TRAIN_SSL) {
        x.masked = masked;
        scale = 1 / (double)hidden;
        for (size_t t = 0; t < b->frames; t++) {
            masked[t] = b->mask[u * b->frames + t] != 0;
            label[t] = masked[t] ? label[t] : -1;
        }
    }
    enum status code = gradients_run_one(g, &x, scale, err);
    return code && code != STATUS_CANCELLED ? err_prefix(err, "%s", g->r->batch) : code;
}

static enum status frames_learn_all(struct gradients_run *g, const struct frames_batch *b,
                                    struct err *err)
{
    size_t hidden = 0, most = b->frames > b->per ? b->frames : b->per;
    bool *masked = mem_zeros(b->frames, sizeof *masked);
    int32_t *label = mem_zeros(most, sizeof *label);
    enum status code = masked && label ? STATUS_OK : err_nomem(err);
    for (size_t u = 0; b->mask && u < b->count; u++)
        for (size_t t = 0; t < (size_t)b->length[u]; t++)
            hidden += b->mask[u * b->frames + t] != 0;
    if (!code && b->mask && hidden == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: no frame is masked", g->r->batch);
    for (size_t u = 0; !code && u < b->count; u++)
        code = frames_learn(g, b, u, hidden, masked, label, err);
    free(masked);
    free(label);
    return code;
}

/* A batch of frames. */
static enum status gradients_frames(struct gradients_run *g, struct err *err)
{
    struct frames_batch b = {.count = 0};
    struct checkpoint c = {.path = NULL};
    enum status code;
    if (g->r->task == TRAIN_SSL) {
        if ((code = checkpoint_open(&c, g->r->model, err)))
            return code;
        code =
            gradients_head(g, &c.tensors, g->r->model, "final_proj.weight", "final_proj.bias", err);
        checkpoint_free(&c);
    } else if (g->r->task == TRAIN_CTC)
        code = gradients_head(g, &g->batch, g->r->batch, "ctc_head_weight", "ctc_head_bias", err);
    else if (g->r->task == TRAIN_SID)
        code = gradients_head(g, &g->batch, g->r->batch, "sid_head_weight", "sid_head_bias", err);
    else
        return err_set(err, STATUS_UNSUPPORTED, "%s: a batch of frames is for ssl, ctc or sid",
                       g->r->batch);
    if (!code)
        code = frames_batch_read(g, &b, err);
    if (!code)
        code = frames_learn_all(g, &b, err);
    frames_batch_free(&b);
    return code;
}

enum status gradients_file_make(const struct gradients_request *r, const char *out, double *loss,
                                const struct cancel *cancel, struct err *err)
{
    struct gradients_run g = {.r = r, .cancel = cancel};
    struct model_options how = r->how;
    how.keep_weights = true;
    how.cancel = cancel;
    enum status code = safetensors_open(&g.batch, r->batch, err);
    if (!code)
        code = model_open(&g.model, r->model, &how, err);
    if (!code)
        code = tensors_find(&g.batch, "feat") ? gradients_frames(&g, err)
                                              : gradients_recordings(&g, err);
    const struct gradients_found found = {g.model, g.gradients, &g.head, g.head_gradient,
                                          g.sums.loss};
    if (!code)
        code = gradients_write(&found, r->task == TRAIN_SSL, out, err);
    if (!code && loss)
        *loss = g.sums.loss;
    train_pass_free(&g.pass);
    train_head_free(&g.head);
    gradients_free(g.gradients);
    free(g.head_gradient);
    tensors_free(&g.batch);
    model_free(g.model);
    return code;
}
