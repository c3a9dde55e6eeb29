/*
 * Phone recognition against what a lexicon says of the words that are spoken, stress included: what
 * CTC becomes with a lexicon, as s3prl scores SUPERB's phone recognition.
 *
 * The best symbol of each frame, without blanks, is the hypothesis once equal neighbours are
 * joined: also those that a blank stood between, as s3prl's tokenizer joins them after it has
 * dropped the blanks.  Phones have no times, so that trials belong to gender and speaker alone.
 */
#include "config.h"

#include "eval/eval_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/distance.h"
#include "eval/lexicon.h"
#include "train/loss.h"

struct spelling {
    struct lexicon lexicon;
    struct transcripts transcripts;
    uint32_t *class; /* [phones of the lexicon] of the head, or NAMES_NONE */
    bool *dropped;   /* [classes] no phone */
};

/* A worker's own. */
struct spelled {
    struct distance distance;
    uint32_t *right, *have; /* phones of the lexicon that become classes; classes */
    int32_t *target;
    bool *wrong;
    float *logits; /* [frames][classes], the blank first */
    double *x;     /* [E] */
    size_t right_cap, have_cap, target_cap, wrong_cap, logits_cap;
};

static void lexicon_close_task(struct eval *e)
{
    struct spelling *s = e->own;
    if (s) {
        lexicon_free(&s->lexicon);
        transcripts_free(&s->transcripts);
        free(s->class);
        free(s->dropped);
    }
    free(s);
    e->own = NULL;
}

/* The class of a phone of the lexicon: the one called so, or, where the head knows no stress, that
 * of the phone that both are in the table. */
static uint32_t lexicon_class(const struct eval *e, const char *phone)
{
    char name[PHONES_NAME_MAX], other[PHONES_NAME_MAX];
    uint32_t class = names_find(&e->head.label, phone);
    if (class != NAMES_NONE || phones_canonical(&e->corpus.phones, phone, name) != PHONE_KNOWN)
        return class;
    for (uint32_t c = 0; c < e->head.classes; c++)
        if ((int)c != e->head.blank &&
            phones_canonical(&e->corpus.phones, e->head.label.name[c], other) == PHONE_KNOWN &&
            strcmp(name, other) == 0 && strcmp(other, e->head.label.name[c]) == 0)
            return c;
    return NAMES_NONE;
}

/* The blank, the ends of texts and words: what is no phone of the table, but for the unknown. */
static bool lexicon_drops(const struct eval *e, uint32_t c)
{
    char name[PHONES_NAME_MAX];
    const char *label = e->head.label.name[c];
    return (int)c == e->head.blank ||
           (phones_canonical(&e->corpus.phones, label, name) != PHONE_KNOWN &&
            strcmp(label, "<unk>") != 0 && strcmp(label, "spn") != 0);
}

/* Half of the lexicon's phones must be the head's, or the two do not belong together. */
static enum status lexicon_fill(struct eval *e, struct spelling *s, struct err *err)
{
    uint32_t phones = s->lexicon.phone.count, known = 0, other = 0;
    s->class = mem_array(phones, sizeof *s->class);
    s->dropped = mem_array(e->head.classes, sizeof *s->dropped);
    if (!s->class || !s->dropped)
        return err_nomem(err);
    for (uint32_t p = 0; p < phones; p++) {
        s->class[p] = lexicon_class(e, s->lexicon.phone.name[p]);
        known += s->class[p] != NAMES_NONE;
        other = s->class[p] != NAMES_NONE ? other : p;
    }
    for (uint32_t c = 0; c < e->head.classes; c++)
        s->dropped[c] = lexicon_drops(e, c);
    for (uint32_t p = 0; p < phones; p++)
        if (s->class[p] != NAMES_NONE)
            s->dropped[s->class[p]] = false;
    if (known > 0 && 2 * known >= phones)
        return STATUS_OK;
    return err_set(err, STATUS_MISMATCH,
                   "%s: its head knows %u of the %u phones of the lexicon (not '%.40s')",
                   e->options->head ? e->options->head : e->options->model, known, phones,
                   phones ? s->lexicon.phone.name[other] : "");
}

static enum status lexicon_open_task(struct eval *e, struct err *err)
{
    const struct eval_options *o = e->options;
    struct spelling *s = e->own = mem_zeros(1, sizeof *s);
    enum status code = s ? STATUS_OK : err_nomem(err);
    for (size_t i = 0; i < o->lexicons && !code; i++)
        code = lexicon_add(&s->lexicon, o->lexicon[i], err);
    if (!code)
        code = transcripts_read(&s->transcripts, o->transcripts ? o->transcripts : o->corpus.audio,
                                err);
    return code ? code : lexicon_fill(e, s, err);
}

static enum status lexicon_worker(struct worker *w, struct err *err)
{
    struct spelled *s = w->own = mem_zeros(1, sizeof *s);
    if (s)
        s->x = mem_array(w->e->info->embed, sizeof *s->x);
    return s && s->x ? STATUS_OK : err_nomem(err);
}

static void lexicon_worker_free(struct worker *w)
{
    struct spelled *s = w->own;
    if (!s)
        return;
    distance_free(&s->distance);
    void *all[] = {s->right, s->have, s->target, s->wrong, s->logits, s->x, s};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* What is said in the current recording, as classes of the head: RIGHT [*count]. */
static enum status lexicon_right(const struct worker *w, size_t *count, struct err *err)
{
    const struct eval *e = w->e;
    const struct spelling *s = e->own;
    struct spelled *d = w->own;
    const char *utterance = e->corpus.recordings.recording[w->recording].utterance;
    uint32_t u = names_find(&s->transcripts.utterance, utterance);
    if (u == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "no transcript of it");
    enum status code =
        lexicon_spell(&s->lexicon, s->transcripts.words[u], &d->right, &d->right_cap, count, err);
    for (size_t i = 0; i < *count && !code; i++) {
        uint32_t class = s->class[d->right[i]];
        if (class == NAMES_NONE)
            code = err_set(err, STATUS_MISMATCH, "the head knows no phone '%.40s'",
                           s->lexicon.phone.name[d->right[i]]);
        d->right[i] = class;
    }
    return code;
}

/* What is heard: HAVE [*count] classes; and the logits for the loss. */
static enum status lexicon_hear(struct worker *w, const struct item *it, size_t *count,
                                struct err *err)
{
    const struct eval *e = w->e;
    const struct head *h = &e->head;
    const struct spelling *s = e->own;
    struct spelled *d = w->own;
    uint32_t width = e->info->embed, before = NAMES_NONE;
    size_t need;
    *count = 0;
    if (!mul_size(it->frames, h->classes, &need) ||
        !mem_grow(&d->logits, &d->logits_cap, need, sizeof *d->logits) ||
        !mem_grow(&d->have, &d->have_cap, it->frames, sizeof *d->have))
        return err_nomem(err);
    for (size_t t = 0; t < it->frames; t++) {
        enum status code = t % FRAMES_A_LOOK == 0 ? cancel_check(&e->stop, err) : STATUS_OK;
        if (code)
            return code;
        for (uint32_t i = 0; i < width; i++)
            d->x[i] = (double)w->hidden[t * width + i];
        if (!head_logits(h, d->x, width, w->logits + h->classes, w->logits))
            return err_set(err, STATUS_FORMAT, "NaN or infinity in the head");
        for (uint32_t c = 0; c < h->classes; c++)
            d->logits[t * h->classes + (size_t)head_ctc_class(h, c)] = (float)w->logits[c];
        uint32_t best = head_best(w->logits, h->classes);
        if (s->dropped[best])
            continue;
        if (best != before)
            d->have[(*count)++] = best;
        before = best;
    }
    return STATUS_OK;
}

/* The loss of training, for each phone; 0 where there are more phones than frames can spell. */
static enum status lexicon_loss(struct worker *w, const struct item *it, size_t rights,
                                double *loss, struct err *err)
{
    const struct head *h = &w->e->head;
    struct spelled *d = w->own;
    if (!mem_grow(&d->target, &d->target_cap, rights, sizeof *d->target))
        return err_nomem(err);
    for (size_t i = 0; i < rights; i++)
        d->target[i] = head_ctc_class(h, d->right[i]);
    enum status code = loss_ctc(d->logits, it->frames, h->classes, d->target, rights, 1, loss, err);
    *loss = isinf(*loss) || rights == 0 ? 0 : *loss / (double)rights;
    return code;
}

static enum status lexicon_item(struct worker *w, const struct item *it, struct err *err)
{
    struct spelled *d = w->own;
    const struct factors *f = &w->e->factors;
    int32_t level[CORPUS_MAX_FACTORS];
    size_t rights, haves, inserted;
    double loss = 0;
    enum status code = lexicon_right(w, &rights, err);
    if (code || (code = lexicon_hear(w, it, &haves, err)))
        return code;
    if (!mem_grow(&d->wrong, &d->wrong_cap, rights, sizeof *d->wrong))
        return err_nomem(err);
    code = distance_align(&d->distance, d->right, rights, d->have, haves, d->wrong, &inserted, err);
    if (!code)
        code = lexicon_loss(w, it, rights, &loss, err);
    if (code)
        return code;
    struct eval_score phones = {
        .trials = rights, .errors = inserted, .inserted = inserted, .loss = NAN};
    for (size_t i = 0; i < rights; i++)
        phones.errors += d->wrong[i];
    struct eval_score one = {.trials = 1, .errors = phones.errors > 0, .loss = loss};
    eval_levels(w, it->first, it->frames, level);
    for (uint32_t i = 0; i < f->count; i++)
        if (f->factor[i].kind == CORPUS_PHONE || f->factor[i].kind == CORPUS_PITCH)
            level[i] = -1;
    eval_add(w, 0, level, &phones);
    eval_add(w, 1, level, &one);
    return STATUS_OK;
}

const struct task task_lexicon = {
    .about = {.summary = "phones: a CTC head against a lexicon", .head = true},
    .measures = 2,
    .measure = {"phone", "recording"},
    .looked_for = "CTC (lm_head, w2v_encoder.proj, head.ctc)",
    .hidden = true,
    .open = lexicon_open_task,
    .free = lexicon_close_task,
    .worker = lexicon_worker,
    .worker_free = lexicon_worker_free,
    .item = lexicon_item};
