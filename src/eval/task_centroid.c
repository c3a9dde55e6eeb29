/*
 * Phone, gender and speaker of a frame by the nearest of the classes' mean hidden states: what is
 * in a layer without a head that was trained on it.
 *
 * Means are those of frames with a phone in half of the recordings; frames with a phone in the
 * others are the trials.  A class that has no mean, since it does not occur in the first half, is
 * never a trial.
 */
#include "config.h"

#include "eval/eval_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { TARGET_PHONE, TARGET_GENDER, TARGET_SPEAKER, TARGETS };

/* Sums over frames; those of a worker are of the current recording. */
struct sums {
    double *sum;     /* [classes][E], of all targets one behind the other */
    uint64_t *count; /* [classes] */
};

struct centroids {
    uint32_t from[TARGETS + 1]; /* first class of each target; then all classes */
    struct sums sums;
    double *centre; /* [classes][E] */
    double *square; /* [classes] of the centre's length */
};

static void sums_free(struct sums *s)
{
    free(s->sum);
    free(s->count);
}

static enum status sums_init(struct sums *s, uint32_t classes, uint32_t width, struct err *err)
{
    size_t cells;
    if (!mul_size(classes, width, &cells))
        return err_nomem(err);
    s->sum = mem_zeros(cells, sizeof *s->sum);
    s->count = mem_zeros(classes, sizeof *s->count);
    return s->sum && s->count ? STATUS_OK : err_nomem(err);
}

static void centroid_close_task(struct eval *e)
{
    struct centroids *c = e->own;
    if (c) {
        sums_free(&c->sums);
        free(c->centre);
        free(c->square);
    }
    free(c);
    e->own = NULL;
}

/* Levels of the built-in factor KIND; 0 where there is no such factor. */
static uint32_t centroid_levels(const struct eval *e, unsigned kind)
{
    for (uint32_t i = 0; i < e->factors.count; i++)
        if (e->factors.factor[i].kind == kind)
            return e->factors.factor[i].level.count;
    return 0;
}

static enum status centroid_open(struct eval *e, struct err *err)
{
    uint32_t width = e->info->embed;
    struct centroids *c = e->own = mem_zeros(1, sizeof *c);
    if (!c)
        return err_nomem(err);
    /* Classes are numbered through: phones, then genders, then speakers. */
    c->from[TARGET_GENDER] = e->corpus.phones.phone.count;
    c->from[TARGET_SPEAKER] = c->from[TARGET_GENDER] + centroid_levels(e, CORPUS_GENDER);
    c->from[TARGETS] = c->from[TARGET_SPEAKER] + centroid_levels(e, CORPUS_SPEAKER);
    enum status code = sums_init(&c->sums, c->from[TARGETS], width, err);
    if (code)
        return code;
    c->centre = mem_array((size_t)c->from[TARGETS] * width, sizeof *c->centre);
    c->square = mem_array(c->from[TARGETS], sizeof *c->square);
    return c->centre && c->square ? STATUS_OK : err_nomem(err);
}

static enum status centroid_worker(struct worker *w, struct err *err)
{
    const struct centroids *c = w->e->own;
    struct sums *s = w->own = mem_zeros(1, sizeof *s);
    return s ? sums_init(s, c->from[TARGETS], w->e->info->embed, err) : err_nomem(err);
}

static void centroid_worker_free(struct worker *w)
{
    if (w->own)
        sums_free(w->own);
    free(w->own);
}

/* The class of frame T for each target; -1: none. Frames without a phone (silence, noise) are of no
 * gender or speaker either. */
static void find_classes(const struct worker *w, size_t t, int32_t class[TARGETS])
{
    const struct centroids *c = w->e->own;
    const struct frame_labels *x = eval_frame_labels(w);
    int32_t own[TARGETS] = {x->phone[t], x->gender, x->speaker};
    for (int k = 0; k < TARGETS; k++)
        class[k] = x->phone[t] < 0 || own[k] < 0 ? -1 : (int32_t)c->from[k] + own[k];
}

/* Adds hidden state X [E] to the sums of its classes. */
static void fit_frame(struct worker *w, const float *x, const int32_t class[TARGETS])
{
    struct sums *s = w->own;
    uint32_t width = w->e->info->embed;
    for (int k = 0; k < TARGETS; k++) {
        if (class[k] < 0)
            continue;
        double *sum = s->sum + (size_t) class[k] * width;
        s->count[class[k]]++;
        for (uint32_t i = 0; i < width; i++)
            sum[i] += (double)x[i];
    }
}

/* The class of target K whose mean is nearest to X, the first of equals. */
static int32_t centroid_nearest(const struct eval *e, int k, const float *x)
{
    const struct centroids *c = e->own;
    uint32_t width = e->info->embed;
    int32_t best = -1;
    double least = INFINITY;
    /* |x - c|^2 without |x|^2, which is the same for all classes. */
    for (uint32_t n = c->from[k]; n < c->from[k + 1]; n++) {
        const double *centre = c->centre + (size_t)n * width;
        double dot = 0;
        if (c->sums.count[n] == 0)
            continue;
        for (uint32_t i = 0; i < width; i++)
            dot += (double)x[i] * centre[i];
        if (c->square[n] - 2 * dot < least) {
            least = c->square[n] - 2 * dot;
            best = (int32_t)n;
        }
    }
    return best;
}

/* One trial of frame T for each target whose class has a mean. */
static void test_frame(struct worker *w, const float *x, size_t t, const int32_t class[TARGETS])
{
    const struct centroids *c = w->e->own;
    int32_t level[CORPUS_MAX_FACTORS];
    eval_levels(w, t, 1, level);
    for (int k = 0; k < TARGETS; k++) {
        if (class[k] < 0 || c->sums.count[class[k]] == 0)
            continue;
        struct eval_score one = {
            .trials = 1, .errors = centroid_nearest(w->e, k, x) != class[k], .loss = NAN};
        eval_add(w, (uint32_t)k, level, &one);
    }
}

static enum status centroid_item(struct worker *w, const struct item *it, struct err *err)
{
    for (size_t t = 0; t < it->frames; t++) {
        const float *x = w->hidden + t * w->e->info->embed;
        int32_t class[TARGETS];
        enum status code = t % FRAMES_A_LOOK == 0 ? cancel_check(&w->e->stop, err) : STATUS_OK;
        if (code)
            return code;
        find_classes(w, it->first + t, class);
        if (class[TARGET_PHONE] < 0)
            continue;
        if (w->e->pass == PASS_FIT)
            fit_frame(w, x, class);
        else
            test_frame(w, x, it->first + t, class);
    }
    return STATUS_OK;
}

/* The worker's sums, which become zero, into all. */
static void centroid_merge(struct worker *w)
{
    struct centroids *c = w->e->own;
    struct sums *s = w->own;
    uint32_t width = w->e->info->embed;
    for (uint32_t n = 0; n < c->from[TARGETS]; n++) {
        if (s->count[n] == 0)
            continue;
        double *from = s->sum + (size_t)n * width, *to = c->sums.sum + (size_t)n * width;
        for (uint32_t i = 0; i < width; i++)
            to[i] += from[i];
        c->sums.count[n] += s->count[n];
        memset(from, 0, width * sizeof *from);
        s->count[n] = 0;
    }
}

/* Sums into means; the sums are then free for another fit. */
static enum status centroid_fit(struct eval *e, struct err *err)
{
    struct centroids *c = e->own;
    uint32_t width = e->info->embed;
    uint64_t frames = 0;
    for (uint32_t n = 0; n < c->from[TARGETS]; n++) {
        double *sum = c->sums.sum + (size_t)n * width, *centre = c->centre + (size_t)n * width;
        c->square[n] = 0;
        for (uint32_t i = 0; i < width && c->sums.count[n]; i++) {
            centre[i] = sum[i] / (double)c->sums.count[n];
            c->square[n] += centre[i] * centre[i];
        }
        frames += c->sums.count[n];
    }
    return frames ? STATUS_OK
                  : err_set(err, STATUS_NOTFOUND, "%s: no phone in the recordings for fitting",
                            e->how.audio);
}

static void centroid_clear(struct eval *e)
{
    struct centroids *c = e->own;
    memset(c->sums.sum, 0, (size_t)c->from[TARGETS] * e->info->embed * sizeof *c->sums.sum);
    memset(c->sums.count, 0, c->from[TARGETS] * sizeof *c->sums.count);
}

const struct task task_centroid = {
    .about = {.summary = "phone, gender and speaker by the nearest class mean of hidden states",
              .labels = true,
              .fits = true},
    .measures = TARGETS,
    .measure = {"phone", "gender", "speaker"},
    .hidden = true,
    .open = centroid_open,
    .free = centroid_close_task,
    .worker = centroid_worker,
    .worker_free = centroid_worker_free,
    .item = centroid_item,
    .clear = centroid_clear,
    .merge = centroid_merge,
    .fit = centroid_fit};
