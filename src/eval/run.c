#include "config.h"

#include "job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "propneu/intervention.h"
#include "propneu/mem.h"

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

static size_t scores(const struct eval *e)
{
    return (size_t)e->task->measures * (1 + e->groups);
}

void eval_count(struct worker *w, uint32_t measure, const int32_t level[MAX_FACTORS], bool wrong,
                double loss)
{
    const struct eval *e = w->e;
    struct eval_score *first = w->score + (size_t)measure * (1 + e->groups);
    for (uint32_t f = 0; f <= e->factors; f++) {
        struct eval_score *s = first;
        if (f > 0 && level[f - 1] < 0)
            continue;
        if (f > 0)
            s += 1 + e->factor[f - 1].base + (uint32_t)level[f - 1];
        s->trials++;
        s->errors += wrong;
        s->loss += loss;
    }
}

static void worker_free(struct worker *w)
{
    model_scratch_free(w->scratch);
    audio_free(&w->audio);
    free(w->input);
    free(w->hidden);
    free(w->means);
    free(w->logits);
    free(w->rows);
    free(w->score);
}

static enum status worker_init(struct worker *w, struct eval *e, struct err *err)
{
    size_t states = e->info->layers + 1u;
    *w = (struct worker){.e = e, .audio = AUDIO_INIT};
    w->scratch = model_scratch_new();
    w->means = mem_array(states * e->info->embed, sizeof *w->means);
    w->logits = mem_array((size_t)e->head.classes + e->head.in, sizeof *w->logits);
    w->rows = mem_zeros(states, sizeof *w->rows);
    w->score = mem_array(scores(e), sizeof *w->score);
    return w->scratch && w->means && w->logits && w->rows && w->score ? STATUS_OK : err_nomem(err);
}

/* With the lock held: the first failure that ends the run. */
static void fail(struct eval *e, const struct err *err)
{
    if (!e->code) {
        e->code = err->code;
        e->err = *err;
    }
    atomic_store(&e->stop, true);
    pthread_cond_broadcast(&e->turned);
}

/* With the lock held: what came out of recording I, once it is its turn. */
static void add(struct worker *w, size_t i, enum status code, const struct err *err)
{
    struct eval *e = w->e;
    const struct eval_hooks *h = e->hooks;
    while (e->turn != i && !atomic_load(&e->stop))
        pthread_cond_wait(&e->turned, &e->lock);
    if (atomic_load(&e->stop))
        return;
    if (code == STATUS_NOMEM || code == STATUS_CANCELLED) {
        fail(e, err);
        return;
    }
    if (code) {
        e->take[i].failed = true;
        if (h->problem)
            h->problem(h->context, err->msg);
    }
    for (size_t k = 0; k < scores(e) && !code; k++) {
        e->result.score[k].trials += w->score[k].trials;
        e->result.score[k].errors += w->score[k].errors;
        e->result.score[k].loss += w->score[k].loss;
    }
    e->turn++;
    pthread_cond_broadcast(&e->turned);
    if (h->progress)
        h->progress(h->context, e->turn, e->corpus.count);
}

/* With the lock held: the next recording, those left out passed over in turn; the corpus' count
 * behind the last. */
static size_t take_next(struct eval *e)
{
    if (e->hooks->cancel && *e->hooks->cancel) {
        struct err err;
        err_set(&err, STATUS_CANCELLED, "%s: stopped", e->options->inputs->model);
        fail(e, &err);
    }
    return atomic_load(&e->stop) || e->next == e->corpus.count ? e->corpus.count : e->next++;
}

static void *work(void *context)
{
    struct eval *e = context;
    struct worker w;
    struct err err;
    size_t i;
    enum status code = worker_init(&w, e, &err);
    pthread_mutex_lock(&e->lock);
    if (code)
        fail(e, &err);
    while ((i = take_next(e)) < e->corpus.count) {
        bool told = e->take[i].failed;
        pthread_mutex_unlock(&e->lock);
        memset(w.score, 0, scores(e) * sizeof *w.score);
        code = told ? STATUS_OK : take_run(&w, i, &err);
        pthread_mutex_lock(&e->lock);
        add(&w, i, code, &err);
    }
    e->running--;
    pthread_mutex_unlock(&e->lock);
    worker_free(&w);
    return NULL;
}

static enum status run_workers(struct eval *e, struct err *err)
{
    size_t wanted = e->options->inputs->threads ? e->options->inputs->threads : 1, n = 0;
    wanted = wanted < e->corpus.count ? wanted : e->corpus.count;
    pthread_t *thread = mem_array(wanted, sizeof *thread);
    if (!thread)
        return err_nomem(err);
    /* Workers share the machine among themselves; more threads inside BLAS would only fight. */
    openblas_set_num_threads(1);
    e->next = e->turn = 0;
    e->code = STATUS_OK;
    atomic_store(&e->stop, false);
    pthread_mutex_lock(&e->lock);
    while (n < wanted && pthread_create(&thread[n], NULL, work, e) == 0)
        n++;
    if (n == 0)
        e->code = err_set(&e->err, STATUS_NOMEM, "no thread could be started");
    pthread_mutex_unlock(&e->lock);
    for (size_t i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    free(thread);
    if (e->code)
        *err = e->err;
    return e->code;
}

enum status eval_run(struct eval *e, const struct model_intervention *edit,
                     const struct eval_hooks *hooks, struct eval_result *out, struct err *err)
{
    static const struct eval_hooks none = {.cancel = NULL};
    e->edit = edit;
    e->hooks = hooks ? hooks : &none;
    e->first = intervention_first(edit, e->info->layers);
    e->result = (struct eval_result){e->task->measures, e->groups,
                                     mem_zeros(scores(e), sizeof *e->result.score)};
    enum status code = e->result.score ? run_workers(e, err) : err_nomem(err);
    e->left_out = 0;
    for (size_t i = 0; i < e->corpus.count; i++)
        e->left_out += e->take[i].failed;
    uint64_t trials = 0;
    for (uint32_t m = 0; m < e->task->measures && !code; m++)
        trials += eval_score(&e->result, m, EVAL_TOTAL)->trials;
    if (!code && trials == 0)
        code = err_set(err, STATUS_NOTFOUND, "%s: not one trial in %zu recordings%s",
                       e->options->inputs->audio, e->corpus.count,
                       e->options->piece > 0 ? " (too short for pieces?)" : "");
    if (code)
        eval_result_free(&e->result);
    else
        *out = e->result;
    return code;
}
