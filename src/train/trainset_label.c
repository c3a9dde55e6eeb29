/*
 * What is to be said of recordings, by task (trainset_label.h).
 */
#include "config.h"

#include "train/trainset_label.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "formats/tensors/safetensors.h"
#include "train/loss.h"

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the names of FROM to TO in bytewise order. */
static enum status names_add_sorted(struct names *to, const struct names *from, struct err *err)
{
    char **list = mem_array(from->count, sizeof *list);
    bool ok = list != NULL;
    for (uint32_t i = 0; i < from->count && ok; i++)
        list[i] = from->name[i];
    if (ok && from->count)
        qsort(list, from->count, sizeof *list, name_compare);
    for (uint32_t i = 0; i < from->count && ok; i++)
        ok = names_add(to, list[i]) != NAMES_NONE;
    free(list);
    return ok ? STATUS_OK : err_nomem(err);
}

/* Centroids name the classes; labels are needed of every recording. */
static enum status trainset_open_clusters(struct trainset *s, struct err *err)
{
    const char *path = s->options->clusters;
    enum status code = safetensors_open(&s->clusters, path, err);
    if (code)
        return code;
    const struct tensor *t = tensors_find(&s->clusters, "centroids");
    if (!t || t->ndim != 2 || t->shape[0] < 2 || t->shape[0] > 100000)
        return err_set(err, STATUS_FORMAT, "%s: no centroids, as propneu cluster writes them",
                       path);
    for (size_t i = 0; i < t->shape[0] && s->classes.count <= i; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i);
        if (names_add(&s->classes, number) == NAMES_NONE)
            return err_nomem(err);
    }
    return STATUS_OK;
}

enum status trainset_name_classes(struct trainset *s, struct err *err)
{
    struct names speakers = NAMES_INIT;
    const struct recordings *r = &s->corpus.recordings;
    enum train_task task = s->options->task;
    enum status code = STATUS_OK;
    if (task == TRAIN_SSL)
        return trainset_open_clusters(s, err);
    if (s->options->classes)
        return names_add_all(&s->classes, s->options->classes) ? STATUS_OK : err_nomem(err);
    if (task == TRAIN_FRAMES || task == TRAIN_CTC) {
        const char *first = task == TRAIN_CTC ? "<blank>" : "sil";
        if (names_add(&s->classes, first) == NAMES_NONE)
            return err_nomem(err);
        return names_add_sorted(&s->classes, &s->corpus.phones.phone, err);
    }
    for (size_t i = 0; task == TRAIN_SID && i < r->count; i++)
        if (names_add(&speakers, r->recording[i].speaker) == NAMES_NONE)
            code = err_nomem(err);
    if (!code)
        code = names_add_sorted(&s->classes, &speakers, err);
    if (!code && task == TRAIN_SID && speakers.count < 2)
        code = err_set(err, STATUS_MISMATCH, "%s: recordings of %u speaker: nothing to tell apart",
                       s->how.audio, speakers.count);
    names_free(&speakers);
    return code;
}

/* The class of PHONE of the table, NAMES_NONE where the head has none. */
static uint32_t trainset_phone_class(const struct trainset *s, int32_t phone)
{
    return names_find(&s->classes, s->corpus.phones.phone.name[phone]);
}

/* Silence is class 0; noise, what is unlabelled and what the head does not know have no loss. */
static enum status trainset_frame_classes(const struct trainset *s, struct trainset_entry *e,
                                          const struct frame_labels *x, struct err *err)
{
    e->label = mem_array(e->frames, sizeof *e->label);
    if (!e->label)
        return err_nomem(err);
    for (size_t t = 0; t < e->frames; t++) {
        uint32_t c = x->phone[t] >= 0 ? trainset_phone_class(s, x->phone[t]) : NAMES_NONE;
        e->label[t] = c != NAMES_NONE ? (int32_t)c : x->phone[t] < 0 && x->silent[t] ? 0 : -1;
    }
    return STATUS_OK;
}

static enum status trainset_spoken(const struct trainset *s, struct trainset_entry *e,
                                   const struct frame_labels *x, struct err *err)
{
    e->label = mem_array(x->spokens, sizeof *e->label);
    e->first = mem_array(x->spokens, sizeof *e->first);
    e->last = mem_array(x->spokens, sizeof *e->last);
    if (!e->label || !e->first || !e->last)
        return err_nomem(err);
    for (size_t i = 0; i < x->spokens; i++) {
        uint32_t c = trainset_phone_class(s, (int32_t)x->spoken[i].phone);
        if (c == NAMES_NONE)
            continue;
        e->label[e->spokens] = (int32_t)c;
        e->first[e->spokens] = x->spoken[i].first;
        e->last[e->spokens++] = x->spoken[i].last;
    }
    return STATUS_OK;
}

static enum status trainset_pitch(struct trainset_entry *e, const struct frame_labels *x,
                                  struct err *err)
{
    e->target = mem_array(e->frames, sizeof *e->target);
    if (!e->target)
        return err_nomem(err);
    for (size_t t = 0; t < e->frames; t++)
        e->target[t] = x->f0 && x->f0[t] > 0 ? log((double)x->f0[t]) : NAN;
    return STATUS_OK;
}

static enum status trainset_read_labels(const struct trainset *s, struct trainset_entry *e,
                                        const struct audio *audio, struct err *err)
{
    const struct recording *r = &s->corpus.recordings.recording[e->recording];
    struct frame_labels x;
    if (s->options->task == TRAIN_SID) {
        e->label = mem_array(1, sizeof *e->label);
        if (!e->label)
            return err_nomem(err);
        uint32_t c = names_find(&s->classes, r->speaker);
        *e->label = c == NAMES_NONE ? -1 : (int32_t)c;
        return STATUS_OK;
    }
    enum status code = frame_labels_read(&x, &s->corpus, &s->how, &s->factors, r, audio, e->frames,
                                         s->info->frame_ms / 1000, err);
    if (code)
        return code;
    code = s->options->task == TRAIN_FRAMES ? trainset_frame_classes(s, e, &x, err)
           : s->options->task == TRAIN_CTC  ? trainset_spoken(s, e, &x, err)
                                            : trainset_pitch(e, &x, err);
    frame_labels_free(&x);
    return code;
}

/* The clusters of the recording, one for each frame, as `propneu cluster --assign` wrote them. */
static enum status trainset_cluster(const struct trainset *s, struct trainset_entry *e,
                                    struct err *err)
{
    const char *utterance = s->corpus.recordings.recording[e->recording].utterance;
    struct buf name = BUF_INIT;
    buf_printf(&name, "%s/labels", utterance);
    const struct tensor *t = buf_ok(&name) ? tensors_find(&s->clusters, name.data) : NULL;
    bool known = buf_ok(&name);
    buf_free(&name);
    if (!known)
        return err_nomem(err);
    if (!t)
        return err_set(err, STATUS_NOTFOUND, "%s: no clusters of it in %s", utterance,
                       s->options->clusters);
    if (t->dtype != DTYPE_I32 || t->ndim != 1 || t->count != e->frames)
        return err_set(err, STATUS_MISMATCH, "%s: %zu clusters in %s for %zu frames", utterance,
                       t->count, s->options->clusters, e->frames);
    e->label = mem_array(e->frames, sizeof *e->label);
    if (!e->label)
        return err_nomem(err);
    tensor_copy(t, e->label);
    for (size_t i = 0; i < e->frames; i++)
        if (e->label[i] < 0 || (uint32_t)e->label[i] >= s->classes.count)
            return err_set(err, STATUS_MISMATCH, "%s: cluster %d in %s, which has %u", utterance,
                           e->label[i], s->options->clusters, s->classes.count);
    return STATUS_OK;
}

enum status trainset_label(const struct trainset *s, struct trainset_entry *e,
                           const struct audio *audio, struct err *err)
{
    return s->options->task == TRAIN_SSL ? trainset_cluster(s, e, err)
                                         : trainset_read_labels(s, e, audio, err);
}

bool trainset_teaches(const struct trainset *s, const struct trainset_entry *e)
{
    size_t frames = s->crop && s->crop < e->frames ? s->crop : e->frames;
    if (e->frames == 0)
        return false;
    if (s->options->task == TRAIN_CTC)
        return e->spokens > 0 &&
               (frames < e->frames || loss_ctc_frames(e->label, e->spokens) <= frames);
    if (s->options->task == TRAIN_SID)
        return e->label[0] >= 0;
    for (size_t t = 0; t < e->frames; t++)
        if (e->target ? !isnan(e->target[t]) : e->label[t] >= 0)
            return true;
    return false;
}
