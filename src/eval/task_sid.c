/*
 * Who speaks: the head on the mean over frames of the last hidden state, or of a weighted sum of
 * all.  The mean of a sum is the sum of the means, and the projection is linear: only means of
 * states are needed.
 */
#include "config.h"

#include "eval/eval_internal.h"

/* The weighted sum of the states' means, over that of state 0. */
static const double *sid_mix(struct worker *w)
{
    const struct eval *e = w->e;
    uint32_t layers = e->info->layers, width = e->info->embed;
    if (!e->head.layer)
        return w->means + (size_t)layers * width;
    for (uint32_t x = 0; x < width; x++) {
        double sum = 0;
        for (uint32_t n = 0; n <= layers; n++)
            sum += e->head.layer[n] * w->means[(size_t)n * width + x];
        w->means[x] = sum;
    }
    return w->means;
}

/* Scores one recording: cross-entropy (natural logarithm) and error of the head's best class
 * against the speaker in the recording's name. */
static enum status sid_item(struct worker *w, const struct item *it, struct err *err)
{
    const struct eval *e = w->e;
    const struct head *h = &e->head;
    int32_t level[CORPUS_MAX_FACTORS];
    const char *speaker = e->corpus.recordings.recording[w->recording].speaker;
    uint32_t right = names_find(&h->label, speaker);
    if (right == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "speaker '%s' is not one of the head's", speaker);
    if (!head_logits(h, sid_mix(w), e->info->embed, w->logits + h->classes, w->logits))
        return err_set(err, STATUS_FORMAT, "NaN or infinity in the head");
    struct eval_score one = {.trials = 1,
                             .errors = head_best(w->logits, h->classes) != right,
                             .loss = head_loss(w->logits, h->classes, right)};
    eval_levels(w, it->first, it->frames, level);
    eval_add(w, 0, level, &one);
    return STATUS_OK;
}

/* One recording at least must be of a speaker the head knows. */
static enum status sid_open(struct eval *e, struct err *err)
{
    const struct recordings *c = &e->corpus.recordings;
    const char *speaker = "";
    for (size_t i = 0; i < c->count; i++) {
        speaker = c->recording[i].speaker;
        if (names_find(&e->head.label, speaker) != NAMES_NONE)
            return STATUS_OK;
    }
    return err_set(err, STATUS_MISMATCH,
                   "%s: its head has none of the speakers of %s (it has labels like '%.60s', the "
                   "recordings speakers like '%.60s')",
                   e->options->head ? e->options->head : e->options->model, e->how.audio,
                   e->head.label.name[0], speaker);
}

const struct task task_sid = {
    .about = {.summary = "speaker: a head of the checkpoint on the mean over frames",
              .head = true,
              .whole = true},
    .measures = 1,
    .measure = {"speaker"},
    .looked_for = "speakers (classifier, head)",
    .open = sid_open,
    .item = sid_item};
