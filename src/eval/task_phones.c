/*
 * Which phones are spoken: a head on every frame, trained with CTC or frame by frame.
 *
 * Decoding is greedy: the best class of each frame, runs joined, what is no phone (blank, silence,
 * word boundaries) dropped.  Each phone spoken is a trial, wrong if it is substituted or deleted;
 * insertions are errors too, in total and of the speaker and gender, and belong to no phone.
 *
 * Of a CTC head the loss of whole recordings is a measure of its own: that of training, for each
 * phone of the recording.
 */
#include "config.h"

#include "eval/eval_internal.h"

#include <math.h>
#include <stdlib.h>

#include "eval/distance.h"
#include "base/mem.h"
#include "train/loss.h"

/* Classes of the head that are no phone. */
enum { CLASS_SILENCE = -1, CLASS_OTHER = -2 };

/* The head's classes as phones of the table. */
struct map {
    int32_t *phone;  /* [classes] or CLASS_... */
    uint32_t *class; /* [phones + 1] a class of each phone, then of silence; NAMES_NONE */
};

/* A worker's own. */
struct decoding {
    struct distance distance;
    uint32_t *right, *have; /* phones */
    bool *wrong;
    const struct spoken **spoken; /* [rights] */
    size_t right_cap, have_cap, wrong_cap, spoken_cap;
    int32_t *best; /* [frames] phones or CLASS_... */
    size_t best_cap;
    double *x;       /* [E] */
    float *logits;   /* CTC: [frames][classes], the blank first */
    int32_t *target; /* [rights] classes of them */
    size_t logits_cap, target_cap;
};

static void map_free(struct eval *e)
{
    struct map *m = e->own;
    if (m) {
        free(m->phone);
        free(m->class);
    }
    free(m);
    e->own = NULL;
}

/* Finds which classes are which phones. Several classes may be one phone (stress); the first of
 * them stands for it in the likelihood. */
static void fill_map(struct map *m, const struct eval *e)
{
    const struct head *h = &e->head;
    uint32_t phones = e->corpus.phones.phone.count;
    for (uint32_t p = 0; p <= phones; p++)
        m->class[p] = NAMES_NONE;
    for (uint32_t c = 0; c < h->classes; c++) {
        char name[PHONES_NAME_MAX];
        enum phone_kind kind = phones_canonical(&e->corpus.phones, h->label.name[c], name);
        uint32_t p = kind == PHONE_KNOWN ? names_find(&e->corpus.phones.phone, name) : phones;
        m->phone[c] = kind == PHONE_KNOWN     ? (int32_t)p
                      : kind == PHONE_SILENCE ? CLASS_SILENCE
                                              : CLASS_OTHER;
        if ((int)c == h->blank)
            m->phone[c] = CLASS_OTHER;
        else if (m->phone[c] != CLASS_OTHER && m->class[p] == NAMES_NONE)
            m->class[p] = c;
    }
}

/* A head of letters knows some phones by chance: half of them must be there. */
static enum status check_map(const struct map *m, const struct eval *e, struct err *err)
{
    uint32_t phones = e->corpus.phones.phone.count, known = 0, other = 0;
    for (uint32_t p = 0; p < phones; p++)
        known += m->class[p] != NAMES_NONE;
    if (2 * known >= phones && known > 0)
        return STATUS_OK;
    for (uint32_t c = 0; c < e->head.classes; c++)
        if (m->phone[c] == CLASS_OTHER && (int)c != e->head.blank)
            other = c;
    return err_set(err, STATUS_MISMATCH,
                   "%s: its head knows %u of the %u phones of the table (it has labels like "
                   "'%.40s'): --phones names another table",
                   e->options->head ? e->options->head : e->options->model, known, phones,
                   e->head.label.name[other]);
}

static enum status phones_task_open(struct eval *e, struct err *err)
{
    struct map *m = e->own = mem_zeros(1, sizeof *m);
    if (!m)
        return err_nomem(err);
    m->phone = mem_array(e->head.classes, sizeof *m->phone);
    m->class = mem_array(e->corpus.phones.phone.count + 1u, sizeof *m->class);
    if (!m->phone || !m->class)
        return err_nomem(err);
    fill_map(m, e);
    /* A CTC head need not name the phone in every frame: there is no measure of frames then. */
    if (e->head.blank >= 0)
        e->task = &task_ctc;
    return check_map(m, e, err);
}

static enum status phones_task_worker(struct worker *w, struct err *err)
{
    struct decoding *d = w->own = mem_zeros(1, sizeof *d);
    if (d)
        d->x = mem_array(w->e->info->embed, sizeof *d->x);
    return d && d->x ? STATUS_OK : err_nomem(err);
}

static void phones_task_worker_free(struct worker *w)
{
    struct decoding *d = w->own;
    if (!d)
        return;
    distance_free(&d->distance);
    free(d->right);
    free(d->have);
    free(d->wrong);
    free(d->spoken);
    free(d->best);
    free(d->x);
    free(d->logits);
    free(d->target);
    free(d);
}

/* A frame whose label the head could give is a trial of the second measure. */
static void add_frame(struct worker *w, size_t frame, int32_t best)
{
    const struct eval *e = w->e;
    const struct map *m = e->own;
    const struct frame_labels *x = eval_frame_labels(w);
    int32_t level[CORPUS_MAX_FACTORS], right = x->silent[frame] ? CLASS_SILENCE : x->phone[frame];
    if (right < 0 && !x->silent[frame])
        return;
    uint32_t class = m->class[right < 0 ? e->corpus.phones.phone.count : (uint32_t)right];
    if (class == NAMES_NONE && right < 0)
        return;
    /* A phone that the head has no class for has probability 0. */
    struct eval_score one = {
        .trials = 1,
        .errors = best != right,
        .loss = class == NAMES_NONE ? INFINITY : head_loss(w->logits, e->head.classes, class)};
    eval_levels(w, frame, 1, level);
    eval_add(w, 1, level, &one);
}

/* Keeps the logits of frame T for the loss. */
static void ctc_keep(const struct worker *w, size_t t)
{
    const struct head *h = &w->e->head;
    const struct decoding *d = w->own;
    for (uint32_t c = 0; c < h->classes; c++)
        d->logits[t * h->classes + (size_t)head_ctc_class(h, c)] = (float)w->logits[c];
}

/* The best class of every frame as a phone. */
static enum status phones_task_classify(struct worker *w, const struct item *it, struct err *err)
{
    const struct eval *e = w->e;
    const struct head *h = &e->head;
    const struct map *m = e->own;
    struct decoding *d = w->own;
    uint32_t width = e->info->embed;
    size_t need = 0;
    if ((h->blank >= 0 && !mul_size(it->frames, h->classes, &need)) ||
        !mem_grow(&d->logits, &d->logits_cap, need, sizeof *d->logits) ||
        !mem_grow(&d->best, &d->best_cap, it->frames, sizeof *d->best))
        return err_nomem(err);
    for (size_t t = 0; t < it->frames; t++) {
        enum status code = t % FRAMES_A_LOOK == 0 ? cancel_check(&e->stop, err) : STATUS_OK;
        if (code)
            return code;
        for (uint32_t x = 0; x < width; x++)
            d->x[x] = (double)w->hidden[t * width + x];
        if (!head_logits(h, d->x, width, w->logits + h->classes, w->logits))
            return err_set(err, STATUS_FORMAT, "NaN or infinity in the head");
        uint32_t best = head_best(w->logits, h->classes);
        /* CTC joins classes, so that two of one phone stay apart. */
        d->best[t] = h->blank >= 0 ? (int32_t)best : m->phone[best];
        if (h->blank < 0)
            add_frame(w, it->first + t, d->best[t]);
        else
            ctc_keep(w, t);
    }
    return STATUS_OK;
}

/* Runs of BEST become phones; *COUNT of them. With CTC a run is of one class and counts at any
 * length; otherwise it is of one phone and must be min_run frames long. */
static enum status phones_task_decode(struct worker *w, size_t frames, size_t *count,
                                      struct err *err)
{
    const struct eval *e = w->e;
    const struct map *m = e->own;
    struct decoding *d = w->own;
    *count = 0;
    if (!mem_grow(&d->have, &d->have_cap, frames, sizeof *d->have))
        return err_nomem(err);
    for (size_t t = 0, next; t < frames; t = next) {
        next = t + 1;
        while (next < frames && d->best[next] == d->best[t])
            next++;
        int32_t phone = e->head.blank >= 0 ? m->phone[d->best[t]] : d->best[t];
        if (phone >= 0 && (e->head.blank >= 0 || next - t >= e->options->min_run))
            d->have[(*count)++] = (uint32_t)phone;
    }
    return STATUS_OK;
}

/* The phones whose middle lies in IT, so that each belongs to one piece at most; *COUNT of them. */
static enum status find_spoken(struct worker *w, const struct item *it, size_t *count,
                               struct err *err)
{
    struct decoding *d = w->own;
    const struct frame_labels *x = eval_frame_labels(w);
    *count = 0;
    if (!mem_grow(&d->right, &d->right_cap, x->spokens, sizeof *d->right) ||
        !mem_grow(&d->wrong, &d->wrong_cap, x->spokens, sizeof *d->wrong) ||
        !mem_grow(&d->spoken, &d->spoken_cap, x->spokens, sizeof(struct spoken *)))
        return err_nomem(err);
    for (size_t i = 0; i < x->spokens; i++) {
        const struct spoken *s = &x->spoken[i];
        size_t middle = s->first + (s->last - s->first) / 2;
        if (middle < it->first || middle >= it->first + it->frames)
            continue;
        d->spoken[*count] = s;
        d->right[(*count)++] = s->phone;
    }
    return STATUS_OK;
}

/* Adds to MEASURE what is no phone's: it belongs to what holds for all of the recording. */
static void add_whole(struct worker *w, const struct item *it, uint32_t measure,
                      const struct eval_score *one)
{
    const struct factors *f = &w->e->factors;
    int32_t level[CORPUS_MAX_FACTORS];
    eval_levels(w, it->first, 1, level);
    for (uint32_t i = 0; i < f->count; i++)
        if (f->factor[i].kind != CORPUS_GENDER && f->factor[i].kind != CORPUS_SPEAKER)
            level[i] = -1;
    eval_add(w, measure, level, one);
}

/*
 * The loss of IT, whose phones are the first RIGHTS of right: a trial unless the head has no class
 * for one of them.  As in training it is divided by the number of phones, and that of more phones
 * than frames can spell is 0.
 */
static enum status ctc_add_loss(struct worker *w, const struct item *it, size_t rights,
                                const struct eval_score *errors, struct err *err)
{
    const struct eval *e = w->e;
    const struct map *m = e->own;
    struct decoding *d = w->own;
    struct eval_score one = {.trials = 1, .errors = errors->errors > 0};
    if (rights == 0)
        return STATUS_OK;
    if (!mem_grow(&d->target, &d->target_cap, rights, sizeof *d->target))
        return err_nomem(err);
    for (size_t i = 0; i < rights; i++) {
        if (m->class[d->right[i]] == NAMES_NONE)
            return STATUS_OK;
        d->target[i] = head_ctc_class(&e->head, m->class[d->right[i]]);
    }
    enum status code =
        loss_ctc(d->logits, it->frames, e->head.classes, d->target, rights, 1, &one.loss, err);
    one.loss = isinf(one.loss) ? 0 : one.loss / (double)rights;
    if (!code)
        add_whole(w, it, 1, &one);
    return code;
}

/*
 * A trial: phone S. Its group is its own class; other factors have the level of most of its frames.
 */
static void add_spoken(struct worker *w, const struct spoken *s, bool wrong)
{
    const struct eval *e = w->e;
    const struct factors *f = &e->factors;
    struct eval_score one = {.trials = 1, .errors = wrong, .loss = NAN};
    int32_t level[CORPUS_MAX_FACTORS];
    eval_levels(w, s->first, s->last - s->first + 1, level);
    for (uint32_t i = 0; i < f->count; i++)
        if (f->factor[i].kind == CORPUS_PHONE)
            level[i] = (int32_t)e->corpus.phones.phone_class[s->phone];
    eval_add(w, 0, level, &one);
}

static enum status phones_task_item(struct worker *w, const struct item *it, struct err *err)
{
    struct decoding *d = w->own;
    size_t haves, rights, inserted;
    enum status code = phones_task_classify(w, it, err);
    if (code || (code = phones_task_decode(w, it->frames, &haves, err)) ||
        (code = find_spoken(w, it, &rights, err)) ||
        (code = distance_align(&d->distance, d->right, rights, d->have, haves, d->wrong, &inserted,
                               err)))
        return code;
    struct eval_score extra = {.errors = inserted, .inserted = inserted}, all = extra;
    for (size_t i = 0; i < rights; i++) {
        add_spoken(w, d->spoken[i], d->wrong[i]);
        all.errors += d->wrong[i];
    }
    if (inserted)
        add_whole(w, it, 0, &extra);
    return w->e->head.blank < 0 ? STATUS_OK : ctc_add_loss(w, it, rights, &all, err);
}

#define PHONES_TASK                                                                           \
    .hidden = true, .open = phones_task_open, .free = map_free, .worker = phones_task_worker, \
    .worker_free = phones_task_worker_free, .item = phones_task_item

const struct task task_phones = {
    .about = {.summary = "phones: a head of the checkpoint on every frame",
              .labels = true,
              .head = true,
              .runs = true},
    .measures = 2,
    .measure = {"phone", "frame"},
    .looked_for = "phones (lm_head, w2v_encoder.proj, head)",
    PHONES_TASK};

const struct task task_frames = {
    .about = {.summary = "phones: a head that was trained frame by frame",
              .labels = true,
              .head = true,
              .runs = true},
    .measures = 2,
    .measure = {"phone", "frame"},
    .looked_for = "phones of every frame (head.frames, head)",
    PHONES_TASK};

const struct task task_ctc = {
    .about = {.summary = "phones: a head that was trained with CTC", .labels = true, .head = true},
    .measures = 2,
    .measure = {"phone", "recording"},
    .looked_for = "CTC (lm_head, w2v_encoder.proj, head.ctc)",
    PHONES_TASK};
