/*
 * Recordings as examples (trainset.h).  Labels of all are kept; sound, or what a front end without
 * weights makes of it, as far as the memory goes.
 */
#include "config.h"

#include "train/trainset_label.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/worker.h"
#include "train/mask.h"

#define TRAIN_TASK_NAME(number, name) name,
const char *const train_task_names[TRAIN_TASKS] = {TRAIN_TASK_TABLE(TRAIN_TASK_NAME)};
#undef TRAIN_TASK_NAME

enum train_loss train_task_loss(enum train_task task)
{
    static const enum train_loss loss[] = {
        [TRAIN_FRAMES] = LOSS_FRAMES, [TRAIN_CTC] = LOSS_CTC,    [TRAIN_SID] = LOSS_POOLED,
        [TRAIN_F0] = LOSS_SQUARED,    [TRAIN_SSL] = LOSS_FRAMES,
    };
    return loss[task];
}

/* What reading the recordings shares; the lock guards the memory that is left and the hooks. */
struct reading {
    struct trainset *s;
    const struct trainset_hooks *hooks;
    pthread_mutex_t lock;
    size_t left, done;
    struct trainset_room *room; /* [threads] */
    struct model_scratch **scratch;
};

/* A sink for the rows of input. */
static enum status trainset_take_rows(void *context, const struct model_block *b, struct err *err)
{
    struct trainset_room *r = context;
    size_t need;
    if (!mul_size(b->stage_rows, b->width, &need) ||
        !mem_grow(&r->rows, &r->rows_cap, need, sizeof *r->rows))
        return err_nomem(err);
    memcpy(r->rows + b->first * b->width, b->data, b->rows * b->width * sizeof *b->data);
    return STATUS_OK;
}

/* The samples of the recording of E into ROOM, and the rows that they become. */
static enum status trainset_read(const struct trainset *s, size_t recording,
                                 struct trainset_room *room, struct model_scratch *scratch,
                                 const struct cancel *cancel, size_t *frames, struct err *err)
{
    const struct recording *r = &s->corpus.recordings.recording[recording];
    room->audio.cancel = cancel;
    enum status code = audio_read(&room->audio, r->path, err);
    if (code)
        return code;
    *frames = model_frames(s->m, room->audio.count);
    if (*frames == 0)
        return err_set(err, STATUS_FORMAT, "%s: %zu samples are too short for one frame", r->path,
                       room->audio.count);
    if (!s->rows)
        return STATUS_OK;
    struct model_sink sink = {MODEL_WANT(MODEL_INPUT), trainset_take_rows, room};
    const struct model_pass pass = {
        .samples = room->audio.samples, .count = room->audio.count, .cancel = cancel};
    code = model_run(s->m, scratch, &pass, &sink, err);
    return code ? err_prefix(err, "%s", r->path) : STATUS_OK;
}

/* Keeps what was read of E, while there is memory. */
static enum status trainset_keep(struct reading *g, struct trainset_entry *e,
                                 const struct trainset_room *room, struct err *err)
{
    const struct trainset *s = g->s;
    e->count = s->rows ? e->frames * s->width : room->audio.count;
    size_t bytes = e->count * sizeof *e->data;
    pthread_mutex_lock(&g->lock);
    bool fits = bytes <= g->left;
    g->left -= fits ? bytes : 0;
    pthread_mutex_unlock(&g->lock);
    if (!fits)
        return STATUS_OK;
    e->data = mem_array(e->count, sizeof *e->data);
    if (!e->data)
        return err_nomem(err);
    memcpy(e->data, s->rows ? room->rows : room->audio.samples, bytes);
    return STATUS_OK;
}

static void trainset_entry_free(struct trainset_entry *e)
{
    free(e->data);
    free(e->label);
    free(e->target);
    free(e->first);
    free(e->last);
    *e = (struct trainset_entry){.frames = 0};
}

/* A task of workers_each: recording I.  Its own problems leave it out. */
static enum status trainset_read_entry(void *context, unsigned worker, size_t i, struct err *err)
{
    struct reading *g = context;
    struct trainset *s = g->s;
    struct trainset_entry *e = &s->entry[i];
    struct trainset_room *room = &g->room[worker];
    e->recording = i;
    enum status code = cancel_check(g->hooks->cancel, err);
    if (!code)
        code = trainset_read(s, i, room, g->scratch[worker], g->hooks->cancel, &e->frames, err);
    if (!code)
        code = trainset_label(s, e, &room->audio, err);
    if (!code)
        code = trainset_keep(g, e, room, err);
    if (code == STATUS_NOMEM || code == STATUS_CANCELLED)
        return code;
    pthread_mutex_lock(&g->lock);
    if (code) {
        trainset_entry_free(e);
        if (g->hooks->problem)
            g->hooks->problem(g->hooks->context, err->msg);
    }
    g->done++;
    if (g->hooks->progress)
        g->hooks->progress(g->hooks->context, g->done, s->tried);
    pthread_mutex_unlock(&g->lock);
    return STATUS_OK;
}

/* Leaves out what teaches nothing. */
static enum status trainset_sieve(struct trainset *s, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < s->tried; i++)
        if (trainset_teaches(s, &s->entry[i])) {
            struct trainset_entry e = s->entry[i];
            s->entry[i] = (struct trainset_entry){.frames = 0};
            s->entry[n++] = e;
        } else {
            trainset_entry_free(&s->entry[i]);
        }
    s->entries = n;
    if (n)
        return STATUS_OK;
    const char *what = s->options->task == TRAIN_CTC
                           ? "no recording has phones that its frames can spell"
                       : s->options->task == TRAIN_F0 ? "no recording has a voiced frame"
                                                      : "no recording can be learnt from";
    return err_set(err, STATUS_NOTFOUND, "%s: %s", s->how.audio, what);
}

static enum status trainset_read_all(struct trainset *s, const struct trainset_hooks *hooks,
                                     struct err *err)
{
    unsigned threads = s->options->threads ? s->options->threads : 1;
    struct reading g = {.s = s, .hooks = hooks, .left = s->options->memory};
    enum status code = STATUS_OK;
    g.room = mem_zeros(threads, sizeof *g.room);
    g.scratch = mem_zeros(threads, sizeof *g.scratch);
    for (unsigned i = 0; i < threads && g.scratch; i++)
        if (!(g.scratch[i] = model_scratch_new()))
            code = err_nomem(err);
    if (!g.room || !g.scratch)
        code = err_nomem(err);
    pthread_mutex_init(&g.lock, NULL);
    if (!code)
        code = workers_each(threads, s->tried, trainset_read_entry, &g, err);
    pthread_mutex_destroy(&g.lock);
    for (unsigned i = 0; i < threads && g.scratch && g.room; i++) {
        model_scratch_free(g.scratch[i]);
        trainset_room_free(&g.room[i]);
    }
    free(g.room);
    free(g.scratch);
    return code ? code : trainset_sieve(s, err);
}

static enum status trainset_open_inputs(struct trainset *s, struct err *err)
{
    struct corpus_options *o = &s->how;
    enum train_task task = s->options->task;
    o->by = (task == TRAIN_F0 ? 1u << CORPUS_PITCH : 0) |
            (task == TRAIN_FRAMES || task == TRAIN_CTC ? 1u << CORPUS_PHONE : 0) |
            (task == TRAIN_SID ? 1u << CORPUS_SPEAKER : 0);
    o->edges_given = true;
    enum status code = corpus_open(&s->corpus, o, err);
    if (!code)
        code = factors_init(&s->factors, &s->corpus, o, 0, err);
    if (!code && task == TRAIN_F0 &&
        (!pitches_any(&s->corpus.pitch) || pitches_classes(&s->corpus.pitch)))
        code = err_set(err, STATUS_MISMATCH, "%s: holds classes of pitch, F0 is needed",
                       o->pitch ? o->pitch : "no pitch");
    if (!code)
        code = trainset_name_classes(s, err);
    return code;
}

enum status trainset_open(struct trainset *s, const struct model *m,
                          const struct trainset_options *o, const struct trainset_hooks *hooks,
                          struct err *err)
{
    static const struct trainset_hooks none = {.cancel = NULL};
    uint32_t count;
    size_t rows;
    *s = (struct trainset){.options = o, .m = m, .info = model_info(m), .how = o->corpus};
    s->classes = (struct names)NAMES_INIT;
    model_stage_shape(m, MODEL_INPUT, 0, &count, &rows);
    s->rows = count > 0;
    s->width = s->rows ? model_stage_width(m, MODEL_INPUT, 0) : 1;
    s->crop = (size_t)lrint(o->crop * 1000 / s->info->frame_ms);
    enum status code = trainset_open_inputs(s, err);
    s->tried = s->corpus.recordings.count;
    if (!code && !(s->entry = mem_zeros(s->tried, sizeof *s->entry)))
        code = err_nomem(err);
    if (!code)
        code = trainset_read_all(s, hooks ? hooks : &none, err);
    if (code)
        trainset_free(s);
    return code;
}

void trainset_free(struct trainset *s)
{
    for (size_t i = 0; i < s->tried && s->entry; i++)
        trainset_entry_free(&s->entry[i]);
    free(s->entry);
    names_free(&s->classes);
    tensors_free(&s->clusters);
    factors_free(&s->factors);
    corpus_free(&s->corpus);
    *s = (struct trainset){.entries = 0};
}

void trainset_room_free(struct trainset_room *r)
{
    audio_free(&r->audio);
    free(r->rows);
    free(r->label);
    free(r->masked);
    *r = (struct trainset_room){.entry = 0};
}

/* CTC's labels of the phones that lie in the example as a whole. */
static enum status trainset_spoken_in(const struct trainset_entry *x, struct trainset_room *room,
                                      struct example *e, struct err *err)
{
    if (!mem_grow(&room->label, &room->label_cap, x->spokens, sizeof *room->label))
        return err_nomem(err);
    for (size_t i = 0; i < x->spokens; i++)
        if (x->first[i] >= room->first && x->last[i] < room->first + e->frames)
            room->label[e->labels++] = x->label[i];
    e->label = room->label;
    return STATUS_OK;
}

/* What is masked has a label, what is not has none. */
static enum status trainset_mask(const struct trainset *s, const struct trainset_entry *x,
                                 uint64_t position, struct trainset_room *room, struct example *e,
                                 struct err *err)
{
    static const struct mask mask = MASK_DEFAULTS;
    if (!mem_grow(&room->label, &room->label_cap, e->frames, sizeof *room->label) ||
        !mem_grow(&room->masked, &room->masked_cap, e->frames, sizeof *room->masked))
        return err_nomem(err);
    mask_draw(&mask, s->options->seed, position, 0, room->masked, e->frames);
    for (size_t t = 0; t < e->frames; t++)
        room->label[t] = room->masked[t] ? x->label[room->first + t] : -1;
    e->label = room->label;
    e->masked = room->masked;
    return STATUS_OK;
}

enum status trainset_example(const struct trainset *s, uint64_t position, size_t entry,
                             struct trainset_room *room, struct example *e, double *weight,
                             struct err *err)
{
    const struct trainset_entry *x = &s->entry[entry];
    enum status code = STATUS_OK;
    *e = (struct example){.frames = s->crop && s->crop < x->frames ? s->crop : x->frames};
    room->entry = entry;
    room->first = order_crop(s->options->seed, position, x->frames, e->frames);
    *weight = 1;
    if (s->options->task == TRAIN_CTC) {
        code = trainset_spoken_in(x, room, e, err);
    } else if (s->options->task == TRAIN_SID) {
        e->label = x->label;
    } else {
        e->label = x->label ? x->label + room->first : NULL;
        e->target = x->target ? x->target + room->first : NULL;
        if (s->options->task == TRAIN_SSL)
            code = trainset_mask(s, x, position, room, e, err);
        *weight = 0;
        for (size_t t = 0; t < e->frames && !code; t++)
            *weight += e->target ? !isnan(e->target[t]) : e->label[t] >= 0;
    }
    return code;
}

enum status trainset_fetch(const struct trainset *s, struct trainset_room *room,
                           struct model_scratch *scratch, struct example *e,
                           const struct cancel *cancel, struct err *err)
{
    const struct trainset_entry *x = &s->entry[room->entry];
    const float *data = x->data;
    size_t frames = x->frames;
    if (!data) {
        enum status code = trainset_read(s, x->recording, room, scratch, cancel, &frames, err);
        if (code)
            return code;
        if (frames != x->frames)
            return err_set(err, STATUS_FORMAT, "%s: changed while in use",
                           s->corpus.recordings.recording[x->recording].path);
        data = s->rows ? room->rows : room->audio.samples;
    }
    if (s->rows) {
        e->rows = data + room->first * s->width;
    } else {
        e->samples = data + room->first * s->info->hop;
        /* (frames - 1) hop + window samples make exactly that many frames. */
        e->count =
            e->frames == x->frames ? x->count : (e->frames - 1) * s->info->hop + s->info->window;
    }
    return STATUS_OK;
}
