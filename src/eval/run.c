/*
 * Running the recordings of a pass through worker threads.  What a task made of them is added in
 * the order of the recordings, so that sums do not depend on the number of threads.
 */
#include "config.h"

#include "eval/eval_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "edit/intervention.h"
#include "base/mem.h"

double eval_error(const struct eval_score *s)
{
    return s->trials ? (double)s->errors / (double)s->trials : NAN;
}

double eval_loss(const struct eval_score *s)
{
    return s->trials ? s->loss / (double)s->trials : NAN;
}

const struct eval_score *eval_score(const struct eval_result *r, uint32_t measure, uint32_t group)
{
    return &r->score[measure * (1 + r->groups) + (group == EVAL_TOTAL ? 0 : 1 + group)];
}

void eval_result_free(struct eval_result *r)
{
    free(r->score);
    *r = (struct eval_result){.score = NULL};
}

/* Scores of a result, [measures][1 + groups]. */
static size_t score_count(const struct eval *e)
{
    return (size_t)e->task->measures * (1 + e->factors.groups);
}

double eval_r2(const struct eval_score *s)
{
    /* 1 - SS_res / SS_tot, where SS_tot = sum y^2 - (sum y)^2 / n of the right values y. */
    double n = (double)s->trials, spread = s->square - s->sum * s->sum / n;
    return s->trials && spread > 0 ? 1 - s->loss / spread : NAN;
}

double eval_variance(const struct eval_score *s)
{
    double n = (double)s->trials;
    return s->trials ? fmax(s->square / n - s->sum / n * (s->sum / n), 0) : NAN;
}

double eval_previous(const struct eval_score *s)
{
    return s->followed ? s->steps / (double)s->followed : NAN;
}

static void add_score(struct eval_score *to, const struct eval_score *one)
{
    to->trials += one->trials;
    to->errors += one->errors;
    to->inserted += one->inserted;
    to->loss += one->loss;
    to->sum += one->sum;
    to->square += one->square;
    to->followed += one->followed;
    to->steps += one->steps;
}

const struct frame_labels *eval_frame_labels(const struct worker *w)
{
    return &w->e->run[w->recording].labels;
}

void eval_levels(const struct worker *w, size_t first, size_t frames,
                 int32_t level[CORPUS_MAX_FACTORS])
{
    frame_labels_levels(eval_frame_labels(w), &w->e->factors, &w->e->corpus, first, frames, w->seen,
                        level);
}

void eval_add(struct worker *w, uint32_t measure, const int32_t level[CORPUS_MAX_FACTORS],
              const struct eval_score *one)
{
    const struct factors *f = &w->e->factors;
    struct eval_score *total = w->score + (size_t)measure * (1 + f->groups);
    add_score(total, one);
    for (uint32_t i = 0; i < f->count; i++)
        if (level[i] >= 0)
            add_score(total + 1 + f->factor[i].base + (uint32_t)level[i], one);
}

static void worker_free(struct worker *w)
{
    if (w->e->task->worker_free)
        w->e->task->worker_free(w);
    model_scratch_free(w->scratch);
    audio_free(&w->audio);
    free(w->input);
    free(w->hidden);
    free(w->means);
    free(w->logits);
    free(w->seen);
    free(w->rows);
    free(w->score);
}

/* Memory of one thread and what the task adds to it; worker_free frees it also after a failure. */
static enum status worker_init(struct worker *w, struct eval *e, struct err *err)
{
    size_t states = e->info->layers + 1u;
    *w = (struct worker){.e = e, .audio = AUDIO_INIT};
    w->audio.cancel = &e->stop;
    w->scratch = model_scratch_new();
    w->means = mem_array(states * e->info->embed, sizeof *w->means);
    w->logits = mem_array((size_t)e->head.classes + e->head.in, sizeof *w->logits);
    w->rows = mem_zeros(states, sizeof *w->rows);
    w->score = mem_array(score_count(e), sizeof *w->score);
    w->seen = mem_zeros(e->factors.groups + 1u, sizeof *w->seen);
    if (!w->scratch || !w->means || !w->logits || !w->rows || !w->score || !w->seen)
        return err_nomem(err);
    return e->task->worker ? e->task->worker(w, err) : STATUS_OK;
}

/* With the lock held: the first failure that ends the run. */
static void pass_fail(struct eval *e, const struct err *err)
{
    if (!e->code) {
        e->code = err->code;
        e->err = *err;
    }
    cancel_set(&e->stop);
    pthread_cond_broadcast(&e->turned);
}

/* With the lock held, in turn: what was made of a recording. */
static void recording_merge(struct worker *w)
{
    struct eval *e = w->e;
    const struct frame_labels *x = eval_frame_labels(w);
    if (e->pass == PASS_SCAN) {
        struct pitch_track t = {.kind = PITCH_F0_LIST, .count = x->frames, .f0 = x->f0};
        if (x->f0)
            pitch_bins_add(e->bins, &t);
    } else if (e->pass == PASS_FIT) {
        e->task->merge(w);
    } else {
        for (size_t k = 0; k < score_count(e); k++)
            add_score(&e->result.score[k], &w->score[k]);
    }
}

/* With the lock held: what came out of recording I, once it is its turn. */
static void recording_add(struct worker *w, size_t i, bool run, enum status code,
                          const struct err *err)
{
    struct eval *e = w->e;
    const struct eval_hooks *h = e->hooks;
    while (e->turn != i && !cancelled(&e->stop))
        pthread_cond_wait(&e->turned, &e->lock);
    if (cancelled(&e->stop))
        return;
    /* Any other problem is the recording's own: it is left out of this run and all later ones. */
    if (code == STATUS_NOMEM || code == STATUS_CANCELLED) {
        pass_fail(e, err);
        return;
    }
    if (code) {
        e->run[i].failed = true;
        if (h->problem)
            h->problem(h->context, err->msg);
    } else if (run) {
        recording_merge(w);
    }
    e->turn++;
    pthread_cond_broadcast(&e->turned);
    if (h->progress)
        h->progress(h->context, e->turn, e->corpus.recordings.count);
}

/* With the lock held: the next recording, or the corpus' count. The caller's flag is looked at
 * here, and within a recording through `stop`, which lies below it. */
static size_t next_recording(struct eval *e)
{
    if (cancelled(e->hooks->cancel)) {
        struct err err;
        err_set(&err, STATUS_CANCELLED, "%s: stopped", e->options->model);
        pass_fail(e, &err);
    }
    return cancelled(&e->stop) || e->next == e->corpus.recordings.count ? e->corpus.recordings.count
                                                                        : e->next++;
}

/* Is recording I of this pass? */
static bool recording_belongs(const struct eval *e, size_t i)
{
    const struct recording_run *t = &e->run[i];
    return !t->failed &&
           (!e->task->about.fits || e->pass == PASS_SCAN || t->tested == (e->pass == PASS_TEST));
}

/* A thread: takes recordings in order until there is none, or the pass has failed. */
static void *worker_run(void *context)
{
    struct eval *e = context;
    struct worker w;
    struct err err;
    size_t i;
    enum status code = worker_init(&w, e, &err);
    pthread_mutex_lock(&e->lock);
    if (code)
        pass_fail(e, &err);
    while ((i = next_recording(e)) < e->corpus.recordings.count) {
        /* Recordings that are not of this pass take their turn, too: turns have no gap. */
        bool run = recording_belongs(e, i);
        pthread_mutex_unlock(&e->lock);
        memset(w.score, 0, score_count(e) * sizeof *w.score);
        code = run ? recording_run_do(&w, i, &err) : STATUS_OK;
        pthread_mutex_lock(&e->lock);
        recording_add(&w, i, run, code, &err);
    }
    pthread_mutex_unlock(&e->lock);
    worker_free(&w);
    return NULL;
}

enum status pass_run(struct eval *e, enum pass pass, struct err *err)
{
    struct workers team;
    size_t wanted = e->options->threads ? e->options->threads : 1;
    wanted = wanted < e->corpus.recordings.count ? wanted : e->corpus.recordings.count;
    e->pass = pass;
    e->next = e->turn = 0;
    cancel_init(&e->stop, e->hooks->cancel);
    pthread_mutex_lock(&e->lock);
    e->code = workers_start(&team, wanted, worker_run, e, &e->err);
    pthread_mutex_unlock(&e->lock);
    size_t threads = team.count;
    workers_join(&team);
    if (e->code) {
        *err = e->err;
        workers_advise(threads, err);
    }
    return e->code;
}

/* The pass that fits, on the model as it is unless REFIT asks for the changed one. A fit on the
 * model as it is serves all later runs. */
static enum status pass_fit(struct eval *e, const struct model_intervention *edit, struct err *err)
{
    const struct model_intervention *on = e->options->refit ? edit : NULL;
    if (!e->task->about.fits || (e->fitted && !e->options->refit))
        return STATUS_OK;
    e->task->clear(e);
    e->edit = on;
    e->first = intervention_first(on, e->info->layers);
    enum status code = pass_run(e, PASS_FIT, err);
    if (!code)
        code = e->task->fit(e, err);
    e->fitted = !code;
    return code;
}

/* The pass that tests: scores start at zero and are added up in the order of the recordings. A
 * result without a trial is an error, since it says nothing. */
static enum status pass_test(struct eval *e, const struct model_intervention *edit, struct err *err)
{
    uint64_t trials = 0;
    e->edit = edit;
    e->first = intervention_first(edit, e->info->layers);
    e->result = (struct eval_result){e->task->measures, e->factors.groups,
                                     mem_zeros(score_count(e), sizeof *e->result.score)};
    enum status code = e->result.score ? pass_run(e, PASS_TEST, err) : err_nomem(err);
    for (uint32_t m = 0; m < e->task->measures && !code; m++)
        trials += eval_score(&e->result, m, EVAL_TOTAL)->trials;
    if (!code && trials == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: no trial in %zu recordings%s", e->how.audio,
                       e->corpus.recordings.count,
                       e->options->piece > 0 ? " (are they too short for pieces?)" : "");
    return code;
}

enum status eval_run(struct eval *e, const struct model_intervention *edit,
                     const struct eval_hooks *hooks, struct eval_result *out, struct err *err)
{
    static const struct eval_hooks none = {.cancel = NULL};
    e->hooks = hooks ? hooks : &none;
    e->result = (struct eval_result){.score = NULL};
    enum status code = pass_fit(e, edit, err);
    if (!code)
        code = pass_test(e, edit, err);
    if (code)
        eval_result_free(&e->result);
    else
        *out = e->result;
    return code;
}
