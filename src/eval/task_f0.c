/*
 * The logarithm of F0 from hidden states: by a head that was trained to give it, or by ridge
 * regression of voiced frames in half of the recordings, tested on those of the others.
 *
 * With C the sums of squares and products about the means, w solves (C_xx + a I) w = C_xy, where a
 * is RIDGE times the mean of C_xx's diagonal: a penalty that means the same in every layer.
 */
#include "config.h"

#include "eval/eval_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/symmetric.h"

#define RIDGE 1e-3

struct regression {
    size_t side; /* E + 2: a state, log F0 and 1 */
    double *all; /* [side][side] sums of products, from the diagonal to the right */
    double *c;   /* [E][E] */
    double *w;   /* [E] */
    double bias;
};

/* A worker's own: the frames of an item side by side, and their products. */
struct products {
    double *row; /* [frames][side] */
    size_t row_cap;
    double *sum; /* [side][side] of the current recording */
};

static void f0_close_task(struct eval *e)
{
    struct regression *r = e->own;
    if (r) {
        free(r->all);
        free(r->c);
        free(r->w);
    }
    free(r);
    e->own = NULL;
}

extern const struct task task_f0_head; /* what F0 becomes with a head */

static enum status f0_open(struct eval *e, struct err *err)
{
    size_t width = e->info->embed;
    if (!pitches_any(&e->corpus.pitch) || pitches_classes(&e->corpus.pitch))
        return err_set(err, STATUS_MISMATCH, "%s: holds classes of pitch, F0 is needed",
                       e->how.pitch ? e->how.pitch : "no pitch");
    if (e->head.classes > 1)
        return err_set(err, STATUS_FORMAT, "%s: its head for F0 has %u outputs, not one",
                       e->options->head ? e->options->head : e->options->model, e->head.classes);
    if (e->head.classes == 1) {
        e->task = &task_f0_head;
        return STATUS_OK;
    }
    struct regression *r = e->own = mem_zeros(1, sizeof *r);
    if (!r)
        return err_nomem(err);
    r->side = width + 2;
    r->all = mem_zeros(r->side * r->side, sizeof *r->all);
    r->c = mem_array(width * width, sizeof *r->c);
    r->w = mem_array(width, sizeof *r->w);
    return r->all && r->c && r->w ? STATUS_OK : err_nomem(err);
}

static enum status f0_worker(struct worker *w, struct err *err)
{
    const struct regression *r = w->e->own;
    struct products *p = w->own = mem_zeros(1, sizeof *p);
    if (p)
        p->sum = mem_zeros(r->side * r->side, sizeof *p->sum);
    return p && p->sum ? STATUS_OK : err_nomem(err);
}

static void f0_worker_free(struct worker *w)
{
    struct products *p = w->own;
    if (p) {
        free(p->row);
        free(p->sum);
    }
    free(p);
}

/* Products are summed for one recording at a time, so that f0_merge can add them in order. */
static void f0_begin(struct worker *w)
{
    const struct regression *r = w->e->own;
    struct products *p = w->own;
    memset(p->sum, 0, r->side * r->side * sizeof *p->sum);
}

/* Adds the products of the voiced frames of IT, each a row (hidden state, log F0, 1), to the sums
 * of the recording. */
static enum status fit_item(struct worker *w, const struct item *it, struct err *err)
{
    const struct regression *r = w->e->own;
    const struct frame_labels *x = eval_frame_labels(w);
    struct products *p = w->own;
    size_t width = w->e->info->embed, n = 0, need;
    if (!mul_size(it->frames, r->side, &need) ||
        !mem_grow(&p->row, &p->row_cap, need, sizeof *p->row))
        return err_nomem(err);
    for (size_t t = 0; t < it->frames; t++) {
        double *row = p->row + n * r->side, f0 = (double)x->f0[it->first + t];
        if (!(f0 > 0))
            continue;
        for (size_t i = 0; i < width; i++)
            row[i] = (double)w->hidden[t * width + i];
        row[width] = log(f0);
        row[width + 1] = 1;
        n++;
    }
    symmetric_add_squares(p->sum, r->side, p->row, n);
    return STATUS_OK;
}

/* A trial: the squared error of ln F0 in voiced frame T, for which GUESS was given; and that of the
 * frame before as a guess, where it is voiced. */
static void f0_add(struct worker *w, size_t t, double guess)
{
    const float *f0 = eval_frame_labels(w)->f0;
    double right = log((double)f0[t]), off = guess - right;
    bool follows = t > 0 && f0[t - 1] > 0;
    double step = follows ? right - log((double)f0[t - 1]) : 0;
    int32_t level[CORPUS_MAX_FACTORS];
    struct eval_score one = {.trials = 1,
                             .loss = off * off,
                             .sum = right,
                             .square = right * right,
                             .followed = follows,
                             .steps = step * step};
    eval_levels(w, t, 1, level);
    eval_add(w, 0, level, &one);
}

/* Frame T, whose hidden state is HIDDEN [E], by the regression. */
static void test_frame(struct worker *w, size_t t, const float *hidden)
{
    const struct regression *r = w->e->own;
    double guess = r->bias;
    if (!(eval_frame_labels(w)->f0[t] > 0))
        return;
    for (size_t i = 0; i < w->e->info->embed; i++)
        guess += r->w[i] * (double)hidden[i];
    f0_add(w, t, guess);
}

/* The voiced frames of IT by the head. */
static enum status f0_head_item(struct worker *w, const struct item *it, struct err *err)
{
    const struct eval *e = w->e;
    uint32_t width = e->info->embed;
    double *x = w->own;
    for (size_t t = 0; t < it->frames; t++) {
        enum status code = t % FRAMES_A_LOOK == 0 ? cancel_check(&e->stop, err) : STATUS_OK;
        if (code)
            return code;
        if (!(eval_frame_labels(w)->f0[it->first + t] > 0))
            continue;
        for (uint32_t i = 0; i < width; i++)
            x[i] = (double)w->hidden[t * width + i];
        if (!head_logits(&e->head, x, width, w->logits + e->head.classes, w->logits))
            return err_set(err, STATUS_FORMAT, "NaN or infinity in the head");
        f0_add(w, it->first + t, w->logits[0]);
    }
    return STATUS_OK;
}

static enum status f0_head_worker(struct worker *w, struct err *err)
{
    w->own = mem_array(w->e->info->embed, sizeof(double));
    return w->own ? STATUS_OK : err_nomem(err);
}

static void f0_head_worker_free(struct worker *w)
{
    free(w->own);
}

static enum status f0_item(struct worker *w, const struct item *it, struct err *err)
{
    if (w->e->pass == PASS_FIT)
        return fit_item(w, it, err);
    for (size_t t = 0; t < it->frames; t++)
        test_frame(w, it->first + t, w->hidden + t * w->e->info->embed);
    return STATUS_OK;
}

/* In the order of the recordings: sums of floating-point numbers depend on it. */
static void f0_merge(struct worker *w)
{
    struct regression *r = w->e->own;
    const struct products *p = w->own;
    for (size_t i = 0; i < r->side * r->side; i++)
        r->all[i] += p->sum[i];
}

/* Solves the ridge regression from the sums of all recordings: covariances first, then the weights
 * by a Cholesky factorisation, then the bias. */
static enum status f0_fit(struct eval *e, struct err *err)
{
    struct regression *r = e->own;
    size_t width = e->info->embed;
    /* The last two columns of the sums, with y = ln F0: row[width] = sum y x, and
     * row[width + 1] = sum x; after the rows of x those of y and 1. */
    const double *row_y = r->all + width * r->side, *row_1 = row_y + r->side;
    double n = row_1[width + 1], sum_y = row_y[width + 1], diagonal = 0;
    if (n < 2)
        return err_set(err, STATUS_NOTFOUND, "%s: no F0 in the recordings for fitting",
                       e->how.audio);
    for (size_t i = 0; i < width; i++) {
        const double *row = r->all + i * r->side;
        double mean = row[width + 1] / n;
        for (size_t k = i; k < width; k++)
            r->c[i * width + k] = row[k] - mean * r->all[k * r->side + width + 1];
        r->w[i] = row[width] - mean * sum_y;
        diagonal += r->c[i * width + i];
    }
    for (size_t i = 0; i < width; i++)
        r->c[i * width + i] += RIDGE * diagonal / (double)width;
    if (!isfinite(diagonal) || !symmetric_solve(r->c, width, r->w))
        return err_set(err, STATUS_UNSUPPORTED, "%s: layer %u is constant: nothing to regress on",
                       e->options->model, e->layer);
    r->bias = sum_y / n;
    for (size_t i = 0; i < width; i++)
        r->bias -= r->w[i] * r->all[i * r->side + width + 1] / n;
    return STATUS_OK;
}

static void f0_clear(struct eval *e)
{
    struct regression *r = e->own;
    memset(r->all, 0, r->side * r->side * sizeof *r->all);
}

const struct task task_f0_head = {.about = {.summary = "log F0 by a head",
                                            .labels = true,
                                            .pitch = true,
                                            .head = true,
                                            .squares = true},
                                  .measures = 1,
                                  .measure = {"log-f0"},
                                  .hidden = true,
                                  .worker = f0_head_worker,
                                  .worker_free = f0_head_worker_free,
                                  .item = f0_head_item};

const struct task task_f0 = {.about = {.summary = "log F0 by a head, or ridge regression on hidden "
                                                  "states",
                                       .labels = true,
                                       .pitch = true,
                                       .fits = true,
                                       .head = true,
                                       .squares = true},
                             .measures = 1,
                             .measure = {"log-f0"},
                             .looked_for = "F0 (head.f0)",
                             .may_fit = true,
                             .hidden = true,
                             .open = f0_open,
                             .free = f0_close_task,
                             .worker = f0_worker,
                             .worker_free = f0_worker_free,
                             .begin = f0_begin,
                             .item = f0_item,
                             .clear = f0_clear,
                             .merge = f0_merge,
                             .fit = f0_fit};
