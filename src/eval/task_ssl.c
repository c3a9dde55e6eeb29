/*
 * Masked prediction: the cluster of every masked frame, by the head that the model was pre-trained
 * with, on spans of its input set to 0 (MelHuBERT; Lin et al., ASRU 2023).
 *
 * Masks are those that training draws (train/mask.h), of the seed and the recording's name, so that
 * a recording has the same in every run.
 */
#include "config.h"

#include "eval/eval_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/tensors/safetensors.h"
#include "train/mask.h"

/* What is predicted: labels of the recordings, or for those without the nearest of the centroids of
 * the input. */
struct ssl {
    struct tensors file;
    bool labelled;
    float *centre; /* [clusters][width] */
    size_t clusters, width;
};

/* A worker's own, of the current item. */
struct masked {
    bool *masked;
    int32_t *label; /* [frames] */
    size_t masked_cap, label_cap;
    double *x; /* [E] */
};

static void ssl_free(struct eval *e)
{
    struct ssl *s = e->own;
    if (s) {
        tensors_free(&s->file);
        free(s->centre);
    }
    free(s);
    e->own = NULL;
}

static bool ssl_ends(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

/* Centroids that the head's classes are, for recordings without labels. */
static enum status ssl_read_centroids(struct eval *e, struct ssl *s, struct err *err)
{
    const char *path = e->options->clusters;
    const struct tensor *t = tensors_find(&s->file, "centroids");
    if (!t && s->labelled)
        return STATUS_OK;
    if (!t || t->ndim != 2 || t->shape[0] == 0 || t->shape[1] == 0)
        return err_set(err, STATUS_FORMAT,
                       "%s: neither labels of recordings nor a matrix of centroids", path);
    s->clusters = t->shape[0];
    s->width = t->shape[1];
    s->centre = mem_array(t->count, sizeof *s->centre);
    if (!s->centre)
        return err_nomem(err);
    tensor_to_f32(t, s->centre);
    if (s->clusters != e->head.classes)
        return err_set(err, STATUS_MISMATCH, "%s: %zu clusters, but the head has %u classes", path,
                       s->clusters, e->head.classes);
    if (e->options->noise > 0 && !s->labelled)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: clusters of input with noise: labels are needed (cluster --assign)",
                       path);
    return STATUS_OK;
}

static enum status ssl_open(struct eval *e, struct err *err)
{
    struct ssl *s = e->own = mem_zeros(1, sizeof *s);
    if (!s)
        return err_nomem(err);
    if (!e->input)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: masked prediction is that of MelHuBERT, of frames of log-mel",
                       e->options->model);
    enum status code = safetensors_open(&s->file, e->options->clusters, err);
    for (size_t i = 0; i < s->file.count && !code; i++)
        s->labelled = s->labelled || ssl_ends(s->file.tensor[i].name, "/labels");
    return code ? code : ssl_read_centroids(e, s, err);
}

static enum status ssl_worker(struct worker *w, struct err *err)
{
    struct masked *m = w->own = mem_zeros(1, sizeof *m);
    if (m)
        m->x = mem_array(w->e->info->embed, sizeof *m->x);
    return m && m->x ? STATUS_OK : err_nomem(err);
}

static void ssl_worker_free(struct worker *w)
{
    struct masked *m = w->own;
    if (!m)
        return;
    free(m->masked);
    free(m->label);
    free(m->x);
    free(m);
}

/* The clusters that the file has for the current recording into *OUT; NULL: it has none. */
static enum status ssl_find_labels(const struct worker *w, const struct tensor **out,
                                   struct err *err)
{
    const struct eval *e = w->e;
    const struct ssl *s = e->own;
    struct buf name = BUF_INIT;
    buf_printf(&name, "%s/labels", e->corpus.recordings.recording[w->recording].utterance);
    bool ok = buf_ok(&name);
    *out = ok ? tensors_find(&s->file, name.data) : NULL;
    buf_free(&name);
    if (!ok)
        return err_nomem(err);
    if (*out || (s->centre && e->options->noise <= 0))
        return STATUS_OK;
    return err_set(err, STATUS_NOTFOUND, "no clusters of it in %s", e->options->clusters);
}

/* Those of IT from T, which must have as many as the recording has frames. */
static enum status ssl_take_labels(const struct worker *w, const struct item *it,
                                   const struct tensor *t, int32_t *label, struct err *err)
{
    const struct eval *e = w->e;
    size_t frames = eval_frame_labels(w)->frames;
    if (t->dtype != DTYPE_I32 || t->ndim != 1 || t->count != frames)
        return err_set(err, STATUS_MISMATCH, "%zu clusters in %s for %zu frames", t->count,
                       e->options->clusters, frames);
    int32_t *all = mem_array(t->count, sizeof *all);
    if (!all)
        return err_nomem(err);
    tensor_copy(t, all);
    memcpy(label, all + it->first, it->frames * sizeof *label);
    free(all);
    for (size_t i = 0; i < it->frames; i++)
        if (label[i] < 0 || (uint32_t)label[i] >= e->head.classes)
            return err_set(err, STATUS_MISMATCH,
                           "cluster %d in %s is none of the head's %u classes", label[i],
                           e->options->clusters, e->head.classes);
    return STATUS_OK;
}

/* The nearest centroid of each row of input, the first of equals.  Where a row is two frames of
 * 10 ms and the centroids are of one, the first counts, as in MelHuBERT's targets. */
static enum status ssl_assign(const struct worker *w, const struct item *it, int32_t *label,
                              struct err *err)
{
    const struct ssl *s = w->e->own;
    if (w->input_width % s->width != 0)
        return err_set(err, STATUS_MISMATCH,
                       "%s: centroids of %zu numbers, but frames of input have %zu",
                       w->e->options->clusters, s->width, w->input_width);
    for (size_t t = 0; t < it->frames; t++) {
        const float *x = w->input + (it->first + t) * w->input_width;
        double least = INFINITY;
        label[t] = 0;
        for (size_t k = 0; k < s->clusters; k++) {
            double sum = 0;
            for (size_t i = 0; i < s->width; i++) {
                double d = (double)x[i] - (double)s->centre[k * s->width + i];
                sum += d * d;
            }
            if (sum < least) {
                least = sum;
                label[t] = (int32_t)k;
            }
        }
    }
    return STATUS_OK;
}

/* Clusters are found on the input as it is, which is masked then. */
static enum status ssl_input(struct worker *w, const struct item *it, struct err *err)
{
    static const struct mask mask = MASK_DEFAULTS;
    const struct eval *e = w->e;
    struct masked *m = w->own;
    const char *utterance = e->corpus.recordings.recording[w->recording].utterance;
    if (!mem_grow(&m->masked, &m->masked_cap, it->frames, sizeof *m->masked) ||
        !mem_grow(&m->label, &m->label_cap, it->frames, sizeof *m->label))
        return err_nomem(err);
    const struct tensor *labels;
    enum status code = ssl_find_labels(w, &labels, err);
    if (!code)
        code = labels ? ssl_take_labels(w, it, labels, m->label, err)
                      : ssl_assign(w, it, m->label, err);
    if (code)
        return code;
    mask_draw(&mask, e->options->seed, corpus_hash(utterance), it->index, m->masked, it->frames);
    mask_rows(w->input + it->first * w->input_width, w->input_width, m->masked, it->frames);
    return STATUS_OK;
}

/* Every masked frame is a trial. */
static enum status ssl_item(struct worker *w, const struct item *it, struct err *err)
{
    const struct eval *e = w->e;
    const struct head *h = &e->head;
    const struct masked *m = w->own;
    uint32_t width = e->info->embed;
    for (size_t t = 0; t < it->frames; t++) {
        enum status code = t % FRAMES_A_LOOK == 0 ? cancel_check(&e->stop, err) : STATUS_OK;
        if (code)
            return code;
        if (!m->masked[t])
            continue;
        for (uint32_t i = 0; i < width; i++)
            m->x[i] = (double)w->hidden[t * width + i];
        if (!head_logits(h, m->x, width, w->logits + h->classes, w->logits))
            return err_set(err, STATUS_FORMAT, "NaN or infinity in the head");
        int32_t level[CORPUS_MAX_FACTORS];
        uint32_t right = (uint32_t)m->label[t];
        struct eval_score one = {.trials = 1,
                                 .errors = head_best(w->logits, h->classes) != right,
                                 .loss = head_loss(w->logits, h->classes, right)};
        eval_levels(w, it->first + t, 1, level);
        eval_add(w, 0, level, &one);
    }
    return STATUS_OK;
}

const struct task task_ssl = {
    .about = {.summary = "clusters of masked frames, by the head of pre-training", .masks = true},
    .measures = 1,
    .measure = {"masked-frame"},
    .looked_for = "masked prediction (final_proj)",
    .hidden = true,
    .open = ssl_open,
    .free = ssl_free,
    .worker = ssl_worker,
    .worker_free = ssl_worker_free,
    .input = ssl_input,
    .item = ssl_item};
