/*
 * Listening on a thread: models with heads run on one recording, plain and with a set edited
 * (live.h).
 */
#include "config.h"

#include "background/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/align.h"
#include "analysis/analysis.h"
#include "corpus/audio.h"
#include "corpus/recordings.h"
#include "edit/intervention.h"
#include "model/frontends/logmel.h"
#include "analysis/modelset.h"
#include "base/mem.h"
#include "base/worker.h"
#include "corpus/speakers.h"

/* What is opened once, by the thread. */
struct ear {
    struct listener *listener;
    struct counts counts;
    struct analysis analysis;
    bool counted;
    char where[LIVE_WHERE]; /* conditions its sets are under */
    char why[256];
};

struct live {
    struct live_options o;
    bool open;
    char why[256]; /* why nothing could be opened */
    struct phones phones;
    struct recordings recordings;
    struct labels *labels;
    struct logmel *logmel;
    struct audio audio;
    struct ear ear[LIVE_MODELS];

    struct background thread; /* whose lock guards what is below */
    struct live_ask ask;
    bool asked, busy;
    struct live_answer *fresh; /* not yet taken */
    struct live_answer *taken; /* the screen's */
};

/* A may be NULL. */
static void answer_free(struct live_answer *a)
{
    if (!a)
        return;
    for (int m = 0; m < LIVE_MODELS; m++) {
        free(a->heard[m].plain);
        free(a->heard[m].erased);
    }
    free(a->mel);
    free(a->right);
    free(a);
}

/* Opens one model and its count file. A failure is kept as the reason: the other models still
 * answer. */
static void open_ear(struct live *l, size_t m)
{
    struct ear *e = &l->ear[m];
    const struct live_model *o = &l->o.model[m];
    struct err err = {STATUS_OK, ""};
    enum status code = listener_open(&e->listener, o->model, o->task, &l->thread.cancel, &err);
    if (!code)
        code = counts_open(&e->counts, o->counts, &err);
    if (!code) {
        code = analysis_init(&e->analysis, &e->counts, &l->phones, &err);
        e->counted = code == STATUS_OK;
        e->analysis.cancel = &l->thread.cancel;
        if (code)
            counts_free(&e->counts);
    }
    snprintf(e->why, sizeof e->why, "%.255s", code ? err.msg : "");
}

/* Opens everything on the worker thread at the first question, since loading models takes seconds.
 * Without a recording nothing can be answered, so an error here ends it for all models. */
static void open_all(struct live *l)
{
    struct err err = {STATUS_OK, ""};
    l->open = true;
    enum status code = phones_open(&l->phones, NULL, &err);
    if (!code)
        code = recordings_open(&l->recordings, l->o.audio, &err);
    if (!code)
        code = cancel_check(&l->thread.cancel, &err);
    if (!code && l->o.labels[0])
        code = labels_open(&l->labels, l->o.labels, NULL, &err);
    if (!code)
        code = logmel_new(&l->logmel, LOGMEL_BINS, &err);
    snprintf(l->why, sizeof l->why, "%.255s", code ? err.msg : "");
    for (size_t m = 0; !code && m < l->o.models; m++)
        open_ear(l, m);
}

/* The log-mel spectrogram [rows][LOGMEL_BINS], one row every 10 ms, of the current recording. */
static enum status mel_of(struct live *l, struct live_answer *a, struct err *err)
{
    a->rows = logmel_frames(l->audio.count);
    a->mel = mem_array(a->rows * LOGMEL_BINS, sizeof *a->mel);
    if (!a->mel)
        return err_nomem(err);
    return logmel_run(l->logmel, l->audio.samples, l->audio.count, a->mel, &l->thread.cancel, err);
}

/* Copies LABEL, cut to the size of a name on the screen. */
static void put_name(char name[LIVE_NAME], const char *label)
{
    snprintf(name, LIVE_NAME, "%.*s", LIVE_NAME - 1, label);
}

/* The right labels, on the grid of frames of 20 ms. */
static enum status labels_of(struct live *l, struct live_answer *a, struct err *err)
{
    struct utterance_labels u;
    struct alignment x;
    const struct align_options o = {
        .grid = frame_grid_midpoints(0.02), .frames = COUNTS_FRAMES_ALL, .phones = &l->phones};
    a->frames = (a->rows + 1) / 2;
    a->right = mem_zeros(a->frames, sizeof *a->right);
    if (!a->right)
        return err_nomem(err);
    if (!l->labels || !labels_has(l->labels, a->utterance))
        return STATUS_OK;
    enum status code = labels_get(l->labels, a->utterance, &u, err);
    if (code)
        return code;
    code = align_utterance(&x, &u, NULL, a->frames, &o, err);
    for (size_t i = 0; !code && i < x.count; i++)
        put_name(a->right[x.frame[i].frame],
                 strcmp(x.phone.name[x.frame[i].phone], PHONES_SILENCE) == 0
                     ? "."
                     : x.phone.name[x.frame[i].phone]);
    if (!code)
        alignment_free(&x);
    utterance_labels_free(&u);
    return code;
}

/* Silence and blanks are a dot, as in the right labels. */
static enum status names_of(const struct live *l, const struct listener *ear, const struct heard *h,
                            char (**out)[LIVE_NAME], struct err *err)
{
    char name[PHONES_NAME_MAX];
    *out = mem_zeros(h->frames, sizeof **out);
    if (!*out)
        return err_nomem(err);
    for (size_t t = 0; t < h->frames; t++) {
        const char *label = listener_label(ear, h->best[t]);
        bool silent = !*label || phones_canonical(&l->phones, label, name) == PHONE_SILENCE;
        put_name((*out)[t], silent ? "." : label);
    }
    return STATUS_OK;
}

/* One pass of one model, with EDIT or NULL. SHARE is the best class's share in the sum over all, 0
 * .. 1, of the first frame, or of the only one where the head hears the recording as a whole. */
static enum status live_hear(struct live *l, struct ear *e, const struct model_intervention *edit,
                             char (**names)[LIVE_NAME], double *share, size_t *frames,
                             struct err *err)
{
    struct heard h;
    enum status code = listener_hear(e->listener, l->audio.samples, l->audio.count, edit, &h, err);
    if (code)
        return code;
    *frames = h.frames;
    *share = h.frames ? h.share[0] : 0;
    code = names_of(l, e->listener, &h, names, err);
    heard_free(&h);
    return code;
}

/* The conditions that sets are taken under. */
static enum status set_conditions(struct ear *e, const struct live_ask *ask, struct err *err)
{
    struct analysis_params params = e->analysis.params;
    char where[LIVE_WHERE], *rest = where, *one;
    enum status code = STATUS_OK;
    params.sigma = ask->sigma / 100;
    analysis_set_params(&e->analysis, &params);
    if (strcmp(ask->where, "?") == 0)
        return err_set(err, STATUS_UNSUPPORTED, "too many conditions");
    if (strcmp(ask->where, e->where) == 0)
        return STATUS_OK;
    query_filters_free(&e->analysis.filters);
    analysis_changed(&e->analysis);
    snprintf(where, sizeof where, "%s", ask->where);
    while (!code && (one = strtok_r(rest, "\n", &rest)))
        code = query_filters_add(&e->analysis.filters, &e->counts, one, err);
    snprintf(e->where, sizeof e->where, "%s", code ? "?" : ask->where);
    return code;
}

/* Listens again with the neurons of ASK->set set to zero in the forward pass; the model's weights
 * stay, so the next question can erase another set. */
static enum status hear_erased(struct live *l, struct ear *e, const struct live_ask *ask,
                               struct live_heard *out, struct err *err)
{
    const struct model_info *info = listener_model(e->listener);
    struct neuron_set sets = {0};
    struct intervention change;
    enum status code = set_conditions(e, ask, err);
    if (!code)
        code = neuron_set_init(&sets, info->layers, info->width, err);
    if (!code)
        code = modelset_add(&sets, ask->set, &e->analysis, info->name, err);
    out->neurons = code ? 0 : neuron_set_total(&sets);
    const struct edit edit = {.kind = EDIT_SCALE, .sets = &sets, .gain = 0};
    if (!code && !(code = intervention_init(&change, &edit, err))) {
        code = live_hear(l, e, &change.change, &out->erased, &out->erased_share, &out->frames, err);
        intervention_free(&change);
    }
    neuron_set_free(&sets);
    return code;
}

/* Runs every model on the recording, plain and if asked with the set erased; each keeps its own
 * error. */
static void hear_all(struct live *l, struct live_answer *a)
{
    for (size_t m = 0; m < l->o.models; m++) {
        struct ear *e = &l->ear[m];
        struct live_heard *h = &a->heard[m];
        struct err err = {STATUS_OK, ""};
        enum status code = e->why[0] ? err_set(&err, STATUS_NOTFOUND, "%s", e->why) : STATUS_OK;
        if (!code)
            code = live_hear(l, e, NULL, &h->plain, &h->plain_share, &h->frames, &err);
        if (!code && a->ask.erase)
            code = hear_erased(l, e, &a->ask, h, &err);
        snprintf(h->why, sizeof h->why, "%.255s", code ? err.msg : "");
    }
}

/* NULL without memory. */
static struct live_answer *live_do_answer(struct live *l, const struct live_ask *ask)
{
    struct live_answer *a = mem_zeros(1, sizeof *a);
    struct err err = {STATUS_OK, ""};
    double from = worker_clock();
    if (!a)
        return NULL;
    if (!l->open)
        open_all(l);
    a->ask = *ask;
    a->recordings = l->recordings.count;
    enum status code = l->why[0] ? err_set(&err, STATUS_IO, "%s", l->why) : STATUS_OK;
    if (!code && ask->recording >= l->recordings.count)
        code = err_set(&err, STATUS_NOTFOUND, "no such recording");
    if (!code) {
        const struct recording *r = &l->recordings.recording[ask->recording];
        snprintf(a->utterance, sizeof a->utterance, "%s", r->utterance);
        snprintf(a->speaker, sizeof a->speaker, "%s", r->speaker);
        code = audio_read(&l->audio, r->path, &err);
    }
    if (!code)
        code = mel_of(l, a, &err);
    if (!code)
        code = labels_of(l, a, &err);
    if (!code)
        hear_all(l, a);
    snprintf(a->why, sizeof a->why, "%.255s", code ? err.msg : "");
    a->seconds = worker_clock() - from;
    return a;
}

/* The thread: answers what was asked last, until it is asked to stop. */
static void *live_loop(void *arg)
{
    struct live *l = arg;
    pthread_mutex_lock(&l->thread.lock);
    while (!l->thread.stop) {
        if (!l->asked) {
            pthread_cond_wait(&l->thread.work, &l->thread.lock);
            continue;
        }
        struct live_ask ask = l->ask;
        l->asked = false;
        l->busy = true;
        pthread_mutex_unlock(&l->thread.lock);
        struct live_answer *a = live_do_answer(l, &ask);
        pthread_mutex_lock(&l->thread.lock);
        answer_free(l->fresh);
        l->fresh = a;
        l->busy = false;
    }
    pthread_mutex_unlock(&l->thread.lock);
    return NULL;
}

/* Opens nothing yet: the first question does. */
struct live *live_new(const struct live_options *o)
{
    struct live *l = mem_zeros(1, sizeof *l);
    if (!l)
        return NULL;
    l->o = *o;
    background_init(&l->thread);
    l->audio.cancel = &l->thread.cancel;
    if (o->thread)
        background_start(&l->thread, live_loop, l);
    return l;
}

/* To be called when the thread has ended. */
static void close_all(struct live *l)
{
    for (size_t m = 0; m < LIVE_MODELS; m++) {
        listener_free(l->ear[m].listener);
        if (l->ear[m].counted) {
            analysis_free(&l->ear[m].analysis);
            counts_free(&l->ear[m].counts);
        }
    }
    labels_free(l->labels);
    logmel_free(l->logmel);
    audio_free(&l->audio);
    recordings_free(&l->recordings);
    phones_free(&l->phones);
}

void live_free(struct live *l)
{
    if (!l)
        return;
    background_stop(&l->thread);
    answer_free(l->fresh);
    answer_free(l->taken);
    close_all(l);
    background_free(&l->thread);
    free(l);
}

void live_ask(struct live *l, const struct live_ask *ask)
{
    if (!l->thread.started) {
        answer_free(l->fresh);
        l->fresh = live_do_answer(l, ask);
        return;
    }
    pthread_mutex_lock(&l->thread.lock);
    l->ask = *ask;
    l->asked = true;
    pthread_cond_signal(&l->thread.work);
    pthread_mutex_unlock(&l->thread.lock);
}

/* An answer that is not taken yet counts as on its way. */
bool live_busy(struct live *l)
{
    pthread_mutex_lock(&l->thread.lock);
    bool busy = l->busy || l->asked || l->fresh;
    pthread_mutex_unlock(&l->thread.lock);
    return busy;
}

const struct live_answer *live_take(struct live *l)
{
    pthread_mutex_lock(&l->thread.lock);
    if (l->fresh) {
        answer_free(l->taken);
        l->taken = l->fresh;
        l->fresh = NULL;
    }
    const struct live_answer *a = l->taken;
    pthread_mutex_unlock(&l->thread.lock);
    return a;
}
