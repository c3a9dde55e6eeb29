/*
 * One batch: blocks of examples through the model, and their gradients added as a binary tree.
 *
 * A block that is done is added to its neighbour, and their sum to its neighbour, by whoever comes
 * second, the left one first: which sums are made does not depend on who makes them.  A part that
 * was added is used again, so that one thread needs as many as the tree has levels, not blocks.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/worker.h"
#include "train/training_internal.h"

static void training_part_free(struct training_part *p)
{
    gradients_free(p->model);
    free(p->head);
    free(p);
}

void training_parts_free(struct training *t)
{
    while (t->free) {
        struct training_part *p = t->free;
        t->free = p->next;
        training_part_free(p);
    }
}

static enum status training_part_new(const struct training *t, struct training_part **out,
                                     struct err *err)
{
    struct training_part *p = mem_zeros(1, sizeof *p);
    if (!p)
        return err_nomem(err);
    p->head = mem_array(t->head.count, sizeof *p->head);
    enum status code = p->head ? STATUS_OK : err_nomem(err);
    if (!code && t->weights)
        code = gradients_new(&p->model, t->source.model, err);
    if (code)
        training_part_free(p);
    else
        *out = p;
    return code;
}

/* An empty part. */
static enum status training_part_take(struct training *t, struct training_part **out,
                                      struct err *err)
{
    pthread_mutex_lock(&t->lock);
    struct training_part *p = t->free;
    if (p)
        t->free = p->next;
    pthread_mutex_unlock(&t->lock);
    enum status code = p ? STATUS_OK : training_part_new(t, &p, err);
    if (code)
        return code;
    p->sums = (struct train_sums){.loss = 0};
    memset(p->head, 0, t->head.count * sizeof *p->head);
    if (p->model)
        gradients_clear(p->model);
    *out = p;
    return STATUS_OK;
}

void training_part_drop(struct training *t, struct training_part *p)
{
    pthread_mutex_lock(&t->lock);
    p->next = t->free;
    t->free = p;
    pthread_mutex_unlock(&t->lock);
}

static void training_part_add(const struct training *t, struct training_part *to,
                              const struct training_part *from)
{
    if (to->model)
        gradients_add(to->model, from->model);
    for (size_t i = 0; i < t->head.count; i++)
        to->head[i] += from->head[i];
    to->sums.loss += from->sums.loss;
    to->sums.right += from->sums.right;
    to->sums.trials += from->sums.trials;
    to->sums.infinite += from->sums.infinite;
}

/* Part P of block AT into the tree, as far up as its neighbours are there. */
static void training_part_rise(struct training *t, struct training_part *p, size_t at)
{
    for (size_t level = 0; level < TRAINING_LEVELS; level++, at /= 2) {
        struct training_part **neighbour = &t->waiting[level][at ^ 1], *other;
        pthread_mutex_lock(&t->lock);
        other = level + 1 < TRAINING_LEVELS ? *neighbour : NULL;
        if (other)
            *neighbour = NULL;
        else
            t->waiting[level][at] = p;
        pthread_mutex_unlock(&t->lock);
        if (!other)
            return;
        struct training_part *left = at & 1 ? other : p, *right = at & 1 ? p : other;
        training_part_add(t, left, right);
        training_part_drop(t, right);
        p = left;
    }
}

/* Where block N of the batch begins. */
static size_t training_block_first(const struct training *t, size_t n)
{
    return n * t->o.batch / TRAINING_BLOCKS;
}

/* A task of workers_each: block N. */
static enum status training_block(void *context, unsigned worker, size_t n, struct err *err)
{
    struct training *t = context;
    struct training_part *p;
    struct train_pass *pass = &t->pass[worker];
    enum status code = training_part_take(t, &p, err);
    if (code)
        return code;
    for (size_t i = training_block_first(t, n); i < training_block_first(t, n + 1) && !code; i++) {
        struct example *e = &t->example[i];
        code = trainset_fetch(&t->set, &t->room[i], pass->scratch, e, t->hooks.cancel, err);
        /* CTC: each recording's by the length of its target. */
        double scale = t->scale;
        if (t->set.options->task == TRAIN_CTC)
            scale /= (double)(e->labels ? e->labels : 1);
        if (!code)
            code = train_pass_run(pass, t->source.model, &t->head,
                                  train_task_loss(t->set.options->task), e, scale, p->model,
                                  p->head, &p->sums, t->hooks.cancel, err);
        if (code && code != STATUS_NOMEM && code != STATUS_CANCELLED) {
            size_t at = t->set.entry[t->room[i].entry].recording;
            err_prefix(err, "%s", t->set.corpus.recordings.recording[at].path);
        }
    }
    if (code)
        training_part_drop(t, p);
    else
        training_part_rise(t, p, n);
    return code;
}

/* The examples of the current step, and what their losses are multiplied by. */
static enum status training_prepare(struct training *t, struct err *err)
{
    double all = 0;
    for (uint32_t i = 0; i < t->o.batch; i++) {
        uint64_t position = t->step * t->o.batch + i;
        double weight;
        enum status code = trainset_example(&t->set, position, order_utterance(&t->order, position),
                                            &t->room[i], &t->example[i], &weight, err);
        if (code)
            return code;
        all += weight;
    }
    t->scale = all > 0 ? 1 / all : 0;
    return STATUS_OK;
}

enum status training_batch(struct training *t, struct training_part **part, struct err *err)
{
    enum status code = training_prepare(t, err);
    if (!code)
        code = workers_each(t->o.threads, TRAINING_BLOCKS, training_block, t, err);
    for (size_t level = 0; level < TRAINING_LEVELS; level++)
        for (size_t i = 0; i < TRAINING_BLOCKS; i++) {
            struct training_part *p = t->waiting[level][i];
            t->waiting[level][i] = NULL;
            if (p && !code && level + 1 == TRAINING_LEVELS)
                *part = p;
            else if (p)
                training_part_drop(t, p);
        }
    return code;
}

/* What a thread measures of the recordings for validation. */
struct validation {
    struct training *t;
    struct train_sums *sums; /* [entries] */
    double *weight;          /* [entries] */
};

static enum status validation_run(void *context, unsigned worker, size_t i, struct err *err)
{
    struct validation *v = context;
    struct training *t = v->t;
    struct trainset_room room = {.audio = AUDIO_INIT};
    struct example e;
    enum status code = trainset_example(&t->valid, i, i, &room, &e, &v->weight[i], err);
    if (!code)
        code = trainset_fetch(&t->valid, &room, t->pass[worker].scratch, &e, t->hooks.cancel, err);
    double scale = t->o.data.task == TRAIN_CTC ? 1 / (double)(e.labels ? e.labels : 1) : 1;
    if (!code)
        code = train_pass_run(&t->pass[worker], t->source.model, &t->head,
                              train_task_loss(t->o.data.task), &e, scale, NULL, NULL, &v->sums[i],
                              t->hooks.cancel, err);
    trainset_room_free(&room);
    return code;
}

enum status training_validate(struct training *t, struct training_row *row, struct err *err)
{
    struct validation v = {.t = t,
                           .sums = mem_zeros(t->valid.entries, sizeof *v.sums),
                           .weight = mem_zeros(t->valid.entries, sizeof *v.weight)};
    enum status code = v.sums && v.weight
                           ? workers_each(t->o.threads, t->valid.entries, validation_run, &v, err)
                           : err_nomem(err);
    double loss = 0, weight = 0;
    uint64_t right = 0, trials = 0;
    for (size_t i = 0; i < t->valid.entries && !code; i++) {
        loss += v.sums[i].loss;
        weight += v.weight[i];
        right += v.sums[i].right;
        trials += v.sums[i].trials;
    }
    if (!code) {
        row->valid_loss = weight > 0 ? loss / weight : NAN;
        row->valid_error = trials ? 1 - (double)right / (double)trials : NAN;
    }
    free(v.sums);
    free(v.weight);
    return code;
}
