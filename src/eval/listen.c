/*
 * What a model with a head decides about one recording, for the explorer: frame by frame, or once.
 */
#include "config.h"

#include "eval/listen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval_internal.h"
#include "eval/head.h"
#include "base/mem.h"

struct listener {
    enum eval_task task;
    struct model *model;
    struct model_scratch *scratch;
    const struct model_info *info;
    struct head head;
    double *sum;        /* [frames][E] of the hidden states the head is given, weighted */
    size_t frames, cap; /* cap: numbers that sum has room for */
    const struct cancel *cancel;
};

void heard_free(struct heard *h)
{
    free(h->best);
    free(h->share);
    *h = (struct heard){.frames = 0};
}

void listener_free(struct listener *l)
{
    if (!l)
        return;
    model_scratch_free(l->scratch);
    model_free(l->model);
    head_free(&l->head);
    free(l->sum);
    free(l);
}

enum status listener_open(struct listener **out, const char *path, enum eval_task task,
                          const struct cancel *cancel, struct err *err)
{
    struct checkpoint c;
    struct listener *l = mem_zeros(1, sizeof *l);
    if (!l)
        return err_nomem(err);
    l->task = task;
    l->cancel = cancel;
    const struct model_options options = {.cancel = cancel};
    enum status code = model_open(&l->model, path, &options, err);
    if (!code)
        code = checkpoint_open(&c, path, err);
    if (!code) {
        l->info = model_info(l->model);
        code = head_open(&l->head, &c, &(struct eval_options){.task = task},
                         eval_task_row(task)->looked_for, l->info, err);
        checkpoint_free(&c);
    }
    if (!code && !(l->scratch = model_scratch_new()))
        code = err_nomem(err);
    if (code)
        listener_free(l);
    else
        *out = l;
    return code;
}

const struct model_info *listener_model(const struct listener *l)
{
    return l->info;
}

const char *listener_label(const struct listener *l, uint32_t class)
{
    return class < l->head.label.count ? l->head.label.name[class] : "?";
}

/* Adds what the head is given of a hidden state. */
static enum status listener_take_rows(void *context, const struct model_block *b, struct err *err)
{
    struct listener *l = context;
    uint32_t state = b->stage == MODEL_FINAL ? l->info->layers : b->index;
    /* Without weights the head takes the last hidden state alone. */
    double weight = l->head.layer ? l->head.layer[state] : state == l->info->layers ? 1 : 0;
    size_t n = b->stage_rows * b->width;
    /* The last state is MODEL_FINAL, behind the final layer norm of models with one, as in eval. */
    if (weight == 0 || (b->stage == MODEL_HIDDEN && state == l->info->layers))
        return STATUS_OK;
    if (!mem_grow(&l->sum, &l->cap, n, sizeof *l->sum))
        return err_nomem(err);
    if (l->frames == 0)
        memset(l->sum, 0, n * sizeof *l->sum);
    l->frames = b->stage_rows;
    for (size_t i = 0; i < b->rows * b->width; i++)
        l->sum[b->first * b->width + i] += weight * (double)b->data[i];
    return STATUS_OK;
}

/* The mean over frames becomes the only one: heads of recordings take that (task_sid.c). */
static void listener_average(struct listener *l)
{
    uint32_t width = l->info->embed;
    for (size_t t = 1; t < l->frames; t++)
        for (uint32_t x = 0; x < width; x++)
            l->sum[x] += l->sum[t * width + x];
    for (uint32_t x = 0; x < width && l->frames; x++)
        l->sum[x] /= (double)l->frames;
    l->frames = l->frames ? 1 : 0;
}

/* The best class of every frame kept, or of their mean, with the share that the head gives it. */
static enum status listener_decide(struct listener *l, struct heard *out, struct err *err)
{
    const struct head *h = &l->head;
    double *logits = mem_array((size_t)h->classes + h->in, sizeof *logits);
    out->classes = h->classes;
    out->frames = l->frames;
    out->best = mem_array(l->frames, sizeof *out->best);
    out->share = mem_array(l->frames, sizeof *out->share);
    enum status code = logits && out->best && out->share ? STATUS_OK : err_nomem(err);
    for (size_t t = 0; !code && t < l->frames; t++) {
        if (!head_logits(h, l->sum + t * l->info->embed, l->info->embed, logits + h->classes,
                         logits)) {
            code = err_set(err, STATUS_FORMAT, "NaN or infinity in the head");
            break;
        }
        out->best[t] = head_best(logits, h->classes);
        out->share[t] = exp(-head_loss(logits, h->classes, out->best[t]));
    }
    free(logits);
    return code;
}

enum status listener_hear(struct listener *l, const float *samples, size_t n,
                          const struct model_intervention *edit, struct heard *out, struct err *err)
{
    const struct model_pass pass = {
        .samples = samples, .count = n, .intervention = edit, .cancel = l->cancel};
    const struct model_sink sink = {.want = MODEL_WANT(MODEL_HIDDEN) | MODEL_WANT(MODEL_FINAL),
                                    .rows = listener_take_rows,
                                    .context = l};
    struct heard h = {.frames = 0};
    l->frames = 0;
    enum status code = model_run(l->model, l->scratch, &pass, &sink, err);
    if (!code && eval_task_about(l->task)->whole)
        listener_average(l);
    if (!code)
        code = listener_decide(l, &h, err);
    if (code)
        heard_free(&h);
    else
        *out = h;
    return code;
}
