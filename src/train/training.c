/*
 * A training from its files to a step (training.h).
 */
#include "config.h"

#include "train/training.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/worker.h"
#include "edit/randomize.h"
#include "formats/file.h"
#include "train/training_internal.h"
#include "train/training_run.h"

#define PI 3.14159265358979323846

/* Weights drawn anew: in the model that is trained and in the checkpoint that it is written from.
 */
static enum status training_begin_anew(struct training *t, const struct model_options *mo,
                                       struct err *err)
{
    struct checkpoint c;
    struct randomized r[2] = {{0}, {0}};
    enum status code = checkpoint_open(&c, t->o.model, err);
    if (code)
        return code;
    model_free(t->source.model);
    t->source.model = NULL;
    code = randomize_apply(&r[0], &c, t->o.init, t->hooks.cancel, err);
    randomized_free(&r[0]);
    if (code) {
        checkpoint_free(&c);
        return code;
    }
    if ((code = model_from_checkpoint(&t->source.model, &c, mo, err)))
        return code;
    code = randomize_apply(&r[1], &t->source.checkpoint, t->o.init, t->hooks.cancel, err);
    randomized_free(&r[1]);
    return code;
}

static enum status training_open_model(struct training *t, struct err *err)
{
    const struct model_options mo = {.mean_std = t->o.mean_std,
                                     .normalize = t->o.normalize,
                                     .keep_weights = true,
                                     .cancel = t->hooks.cancel};
    uint32_t count;
    size_t rows;
    enum status code = edit_source_open(&t->source, t->o.model, &mo, err);
    if (!code && t->o.fresh)
        code = training_begin_anew(t, &mo, err);
    if (code)
        return code;
    const struct model_info *m = model_info(t->source.model);
    model_stage_shape(t->source.model, MODEL_INPUT, 0, &count, &rows);
    if (t->o.freeze == FREEZE_NONE && count == 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: the convolutions of %s are not trained: --freeze frontend", t->o.model,
                       m->family);
    if (t->o.data.task == TRAIN_SSL && count == 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: masked prediction is that of MelHuBERT, of frames of log-mel",
                       t->o.model);
    if (t->o.layer > m->layers)
        return err_set(err, STATUS_NOTFOUND, "%s: no layer %u (there are: 1 to %u)", t->o.model,
                       t->o.layer, m->layers);
    t->weights = model_weights(t->source.model, &t->weight);
    if (t->o.freeze == FREEZE_ENCODER)
        t->weights = 0;
    return STATUS_OK;
}

/* What is optimised: the weights, and the head as one. */
static enum status training_open_adam(struct training *t, struct err *err)
{
    size_t all = t->head.count;
    for (size_t i = 0; i < t->weights; i++)
        all += t->weight[i].count;
    t->adam = (struct adam)ADAM_DEFAULTS;
    t->adam.decay = t->o.decay;
    t->parameter = mem_zeros(t->weights + 1, sizeof *t->parameter);
    t->moments = mem_zeros(2 * all, sizeof *t->moments);
    if (!t->parameter || !t->moments)
        return err_nomem(err);
    float *at = t->moments;
    for (size_t i = 0; i <= t->weights; i++) {
        struct adam_parameter *p = &t->parameter[i];
        p->count = i < t->weights ? t->weight[i].count : t->head.count;
        p->weight = i < t->weights ? t->weight[i].data : t->head.weights;
        p->mean = at;
        p->square = at + p->count;
        at += 2 * p->count;
    }
    return STATUS_OK;
}

static enum status training_open_rooms(struct training *t, struct err *err)
{
    t->pass = mem_zeros(t->o.threads, sizeof *t->pass);
    t->room = mem_zeros(t->o.batch, sizeof *t->room);
    t->example = mem_zeros(t->o.batch, sizeof *t->example);
    if (!t->pass || !t->room || !t->example)
        return err_nomem(err);
    for (unsigned i = 0; i < t->o.threads; i++) {
        enum status code = train_pass_open(&t->pass[i], &t->head, err);
        if (code)
            return code;
    }
    return order_open(&t->order, (uint32_t)t->set.entries, t->o.seed, err);
}

/* The recordings for validation: all of them, whole, with the classes that are learnt. */
static enum status training_open_valid(struct training *t, struct err *err)
{
    t->o.data.classes = &t->set.classes;
    struct trainset_options *o = mem_array(1, sizeof *o);
    if (!o)
        return err_nomem(err);
    *o = t->o.data;
    o->corpus.audio = t->o.valid;
    o->crop = 0;
    enum status code = trainset_open(&t->valid, t->source.model, o, &t->hooks, err);
    if (code)
        free(o);
    t->validated = !code;
    return code;
}

/* True if FOLDER is there with the file NAME in it. */
static bool training_has(const struct training *t, const char *name)
{
    char *path = training_path(t, name);
    bool there = path && access(path, F_OK) == 0;
    free(path);
    return there;
}

/* Whatever lies in a folder that no training was begun in is somebody's: a model, of all things. */
static enum status training_spare(const struct training *t, struct err *err)
{
    static const char *const models[] = {"model.safetensors", "config.json", "pytorch_model.bin",
                                         "mean-std.npy", "preprocessor_config.json"};
    struct stat model, own;
    char *weights = training_path(t, models[0]);
    bool same =
        weights && stat(t->o.model, &model) == 0 &&
        ((stat(t->o.folder, &own) == 0 && own.st_ino == model.st_ino &&
          own.st_dev == model.st_dev) ||
         (stat(weights, &own) == 0 && own.st_ino == model.st_ino && own.st_dev == model.st_dev));
    free(weights);
    if (same)
        return err_set(err, STATUS_USAGE, "%s: is the model that is trained, and would be replaced",
                       t->o.folder);
    if (training_has(t, TRAINING_RUN_NAME))
        return STATUS_OK;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (training_has(t, models[i]))
            return err_set(err, STATUS_USAGE, "%s: holds a model, whose %s would be replaced",
                           t->o.folder, models[i]);
    return STATUS_OK;
}

static enum status training_make_folder(struct training *t, struct err *err)
{
    struct stat st;
    t->made = mkdir(t->o.folder, 0777) == 0;
    if (t->made)
        return STATUS_OK;
    if (errno == EEXIST && stat(t->o.folder, &st) == 0 && S_ISDIR(st.st_mode))
        return training_spare(t, err);
    if (errno == EEXIST)
        return err_set(err, STATUS_IO, "%s: exists and is not a folder", t->o.folder);
    return err_errno(err, t->o.folder);
}

/* What can be said before recordings are read comes first. */
static enum status training_open_all(struct training *t, struct err *err)
{
    enum status code = training_open_model(t, err);
    if (!code)
        code = training_make_folder(t, err);
    if (!code)
        code = training_run_begin(&t->hold, t->o.folder, t->o.command, t->o.steps, err);
    if (!code)
        code = trainset_open(&t->set, t->source.model, &t->o.data, &t->hooks, err);
    if (!code && t->o.valid)
        code = training_open_valid(t, err);
    if (!code)
        code = training_open_head(t, err);
    if (!code)
        code = training_open_adam(t, err);
    if (!code)
        code = training_open_rooms(t, err);
    if (!code)
        code = training_key(t, err);
    if (!code)
        code = training_load(t, err);
    if (!code)
        code = training_log_resume(t, err);
    t->begun = !code;
    return code;
}

/* A folder in which nothing was begun. */
static void training_unmake_folder(const struct training *t)
{
    char *run = training_path(t, TRAINING_RUN_NAME);
    if (run)
        unlink(run);
    free(run);
    rmdir(t->o.folder);
}

enum status training_open(struct training **out, const struct training_options *o,
                          const struct trainset_hooks *hooks, struct err *err)
{
    struct training *t = mem_zeros(1, sizeof *t);
    if (!t)
        return err_nomem(err);
    t->o = *o;
    t->o.threads = o->threads ? o->threads : 1;
    t->o.data.threads = t->o.threads;
    t->o.data.seed = o->seed;
    if (hooks)
        t->hooks = *hooks;
    t->key = (struct buf)BUF_INIT;
    t->hold = -1;
    pthread_mutex_init(&t->lock, NULL);
    enum status code = training_open_all(t, err);
    if (code)
        training_close(t);
    else
        *out = t;
    return code;
}

void training_close(struct training *t)
{
    if (!t)
        return;
    training_parts_free(t);
    for (unsigned i = 0; i < t->o.threads && t->pass; i++)
        train_pass_free(&t->pass[i]);
    for (uint32_t i = 0; i < t->o.batch && t->room; i++)
        trainset_room_free(&t->room[i]);
    free(t->pass);
    free(t->room);
    free(t->example);
    free(t->parameter);
    free(t->moments);
    order_free(&t->order);
    train_head_free(&t->head);
    if (t->validated) {
        free((void *)(uintptr_t)t->valid.options);
        trainset_free(&t->valid);
    }
    trainset_free(&t->set);
    edit_source_free(&t->source);
    if (t->made && !t->begun)
        training_unmake_folder(t);
    if (t->hold >= 0)
        training_run_end(t->hold);
    buf_free(&t->key);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

uint64_t training_steps_done(const struct training *t)
{
    return t->step;
}

bool training_done(const struct training *t)
{
    return t->step >= t->o.steps;
}

const struct trainset *training_set(const struct training *t)
{
    return &t->set;
}

const struct model_info *training_model(const struct training *t)
{
    return model_info(t->source.model);
}

bool training_head_kept(const struct training *t)
{
    return t->head_kept;
}

/* The learning rate of the step after STEP steps. */
static double training_rate(const struct training_options *o, uint64_t step)
{
    double warmup = o->warmup < 1 ? o->warmup * (double)o->steps : o->warmup;
    double at = (double)step, all = (double)o->steps;
    if (at < warmup)
        return o->rate * (at + 1) / (warmup + 1);
    double part = all > warmup ? (at - warmup) / (all - warmup) : 0;
    if (o->schedule == SCHEDULE_LINEAR)
        return o->rate * (1 - part);
    if (o->schedule == SCHEDULE_COSINE)
        return o->rate * (1 + cos(PI * part)) / 2;
    return o->rate;
}

/* A task of workers_each: the matrices of layer N packed again, or of what is in no layer. */
static enum status training_repack(void *context, unsigned worker, size_t n, struct err *err)
{
    struct training *t = context;
    (void)worker;
    uint32_t layers = model_info(t->source.model)->layers;
    return model_repack(t->source.model, n < layers ? (uint32_t)n : MODEL_NO_LAYER, err);
}

static enum status training_update(struct training *t, struct training_part *p,
                                   struct training_row *row, struct err *err)
{
    for (size_t i = 0; i < t->weights; i++)
        t->parameter[i].gradient = gradients_data(p->model, i);
    t->parameter[t->weights].gradient = p->head;
    row->norm = adam_norm(t->parameter, t->weights + 1);
    row->rate = training_rate(&t->o, t->step);
    if (!adam_step(&t->adam, t->parameter, t->weights + 1, row->rate, t->o.clip, row->norm))
        t->skipped++;
    else if (t->weights)
        return workers_each(t->o.threads, model_info(t->source.model)->layers + 1u, training_repack,
                            t, err);
    return STATUS_OK;
}

enum status training_step(struct training *t, struct training_row *row, struct err *err)
{
    struct training_part *p = NULL;
    struct err why;
    double begun = worker_clock();
    *row = (struct training_row){.accuracy = NAN, .valid_loss = NAN, .valid_error = NAN};
    enum status code = cancel_check(t->hooks.cancel, err);
    if (!code)
        code = training_batch(t, &p, err);
    if (code) {
        if (code == STATUS_CANCELLED && training_save(t, &why))
            *err = why;
        return err->code;
    }
    row->loss = p->sums.loss;
    if (p->sums.trials)
        row->accuracy = (double)p->sums.right / (double)p->sums.trials;
    code = training_update(t, p, row, err);
    training_part_drop(t, p);
    if (code)
        return code;
    row->step = ++t->step;
    row->skipped = t->skipped;
    row->seconds = worker_clock() - begun;
    bool last = training_done(t), save = t->o.save_every && t->step % t->o.save_every == 0;
    if (t->validated && (last || save))
        code = training_validate(t, row, err);
    if (!code)
        code = training_log(t, row, err);
    return code || (!save && !last) ? code : training_save(t, err);
}
