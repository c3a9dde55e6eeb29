/*
 * Nulls on a thread (nulls.h): what is wanted, and what has come.
 */
#include "config.h"

#include "background/nulls_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "corpus/phones.h"

#define TELL_SECONDS 0.2 /* between two news of progress */

enum { MAX_THREADS = 4 }; /* of the machine's, one being left to the screen */

void nulls_answer_free(struct nulls_answer *a)
{
    for (int i = 0; i < NULLS_PARTS; i++)
        null_free(&a->part[i]);
    *a = (struct nulls_answer){.code = STATUS_OK};
}

static unsigned nulls_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN) - 1;
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (unsigned)n;
}

/* Properties are fixed here; conditions change what is computed, not of what. */
struct nulls *nulls_new(const struct counts *counts, const struct phones *phones,
                        struct engine *tell, const struct nulls_options *options, struct err *err)
{
    struct nulls *n = mem_zeros(1, sizeof *n);
    if (!n) {
        err_nomem(err);
        return NULL;
    }
    n->counts = *counts;
    n->lambda = counts->lambda_percent;
    n->tell = tell;
    if (analysis_init(&n->session, &n->counts, phones, err)) {
        free(n);
        return NULL;
    }
    background_init(&n->thread);
    n->session.cancel = &n->thread.cancel;
    n->options = *options;
    n->options.cache = options->cache ? mem_strndup(options->cache, strlen(options->cache)) : NULL;
    n->threads = nulls_threads();
    n->params = n->session.params;
    n->properties = n->session.names.count + phones->features;
    n->work = mem_zeros(n->properties, sizeof *n->work);
    n->news = mem_zeros(n->properties, sizeof *n->news);
    n->complete = mem_zeros(n->properties, sizeof *n->complete);
    n->kept = mem_zeros(n->properties, sizeof *n->kept);
    n->got = mem_zeros(n->properties, sizeof *n->got);
    size_t all = (size_t)n->properties * counts->layers;
    n->stages = mem_zeros(all, sizeof *n->stages);
    n->neurons_news = mem_zeros(all, sizeof *n->neurons_news);
    n->neurons_complete = mem_zeros(all, sizeof *n->neurons_complete);
    n->neurons_got = mem_zeros(all, sizeof *n->neurons_got);
    if (n->work && n->news && n->complete && n->kept && n->got && n->stages && n->neurons_news &&
        n->neurons_complete && n->neurons_got && names_add_all(&n->names, &n->session.names))
        return n;
    n->properties = 0;
    nulls_free(n);
    err_nomem(err);
    return NULL;
}

/* Brings the session to the properties and conditions asked for; what was drawn under others is
 * forgotten. */
static enum status nulls_adopt(struct nulls *n, struct err *err)
{
    struct query_filters copy = QUERY_FILTERS_INIT;
    for (uint32_t p = n->session.names.count; p < n->names.count; p++)
        if (analysis_find(&n->session, n->names.name[p]) != p)
            return err_nomem(err);
    if (n->computed_for == n->generation)
        return STATUS_OK;
    nulls_forget(n);
    n->digest[0] = '\0';
    enum status code = counts_choose(&n->counts, n->lambda, err);
    if (!code)
        code = query_filters_copy(&copy, &n->filters, err);
    if (code)
        return code;
    query_filters_free(&n->session.filters);
    n->session.filters = copy;
    analysis_changed(&n->session);
    analysis_set_params(&n->session, &n->params);
    n->computed_for = n->generation;
    return STATUS_OK;
}

/* Moves what FROM holds to TO. */
static void nulls_merge(struct nulls_answer *to, struct nulls_answer *from)
{
    to->code = from->code;
    memcpy(to->why, from->why, sizeof to->why);
    for (int i = 0; i < NULLS_PARTS; i++)
        if (from->part[i].rows) {
            null_free(&to->part[i]);
            to->part[i] = from->part[i];
            to->final[i] = from->final[i];
            to->draws[i] = from->draws[i];
            from->part[i] = (struct null_result){0};
        }
}

/* Nothing is to come of what is wanted; with the lock. */
static bool nulls_done(const struct nulls *n)
{
    if (n->property >= n->names.count || n->layer >= n->counts.layers)
        return true;
    switch (n->want) {
    case NULLS_PROPERTY: return n->complete[n->property];
    case NULLS_NEURONS:
        return n->neurons_complete[(size_t)n->property * n->counts.layers + n->layer];
    default: return true;
    }
}

/* What one step has made, before it is known whether anybody still wants it. */
struct nulls_made {
    struct nulls_news news;
    struct nulls_neurons neurons;
    bool complete;
};

/* Hands over what was made of PROPERTY's null, or why nothing was; with the lock. */
static void nulls_deliver(struct nulls *n, uint32_t property, struct nulls_made *m,
                          enum status code, const struct err *err)
{
    struct nulls_answer *answer = &m->news.answer;
    if (code) {
        nulls_answer_free(answer);
        m->news.any = m->complete = true;
        answer->code = code;
        snprintf(answer->why, sizeof answer->why, "%.255s",
                 engine_without_path(&n->counts, err->msg));
    }
    if (m->news.any) {
        nulls_merge(&n->news[property].answer, answer);
        n->news[property].any = true;
    }
    n->complete[property] = m->complete;
}

/*
 * Some draws more, the lock being held at the start and the end; false if there is nothing to do.
 * What was cancelled, or belongs to conditions that are no longer asked for, is dropped.
 */
static bool nulls_step(struct nulls *n)
{
    struct nulls_made m = {.complete = false};
    struct err err = {STATUS_OK, ""};
    uint32_t property = n->property, layer = n->layer;
    if (n->thread.stop || nulls_done(n))
        return false;
    bool neurons = n->want == NULLS_NEURONS;
    unsigned generation = n->generation;
    cancel_clear(&n->thread.cancel); /* set for what was wanted before */
    enum status code = nulls_adopt(n, &err);
    pthread_mutex_unlock(&n->thread.lock);
    if (!code)
        code = neurons ? nulls_compute_neurons(n, property, layer, &m.neurons, &m.complete, &err)
                       : nulls_compute(n, property, &m.news, &m.complete, &err);
    pthread_mutex_lock(&n->thread.lock);
    if (generation != n->generation || code == STATUS_CANCELLED) {
        nulls_answer_free(&m.news.answer);
        nulls_neurons_free(&m.neurons);
        return true;
    }
    size_t at = (size_t)property * n->counts.layers + layer;
    if (!neurons) {
        nulls_deliver(n, property, &m, code, &err);
        n->kept[property] = n->before;
    } else {
        nulls_neurons_merge(&n->neurons_news[at], &m.neurons);
        n->neurons_complete[at] = m.complete || code;
    }
    if (neurons || m.news.any || m.complete)
        engine_tell(n->tell);
    return true;
}

void nulls_progress(struct nulls *n, double share)
{
    double now = worker_clock();
    pthread_mutex_lock(&n->thread.lock);
    n->share = share;
    pthread_mutex_unlock(&n->thread.lock);
    if (now < n->told + TELL_SECONDS)
        return;
    n->told = now;
    engine_tell(n->tell);
}

/* The thread: one step after another, until it is asked to stop. */
static void *nulls_loop(void *arg)
{
    struct nulls *n = arg;
    pthread_mutex_lock(&n->thread.lock);
    while (!n->thread.stop)
        if (nulls_step(n))
            pthread_cond_signal(&n->thread.news);
        else
            pthread_cond_wait(&n->thread.work, &n->thread.lock);
    pthread_mutex_unlock(&n->thread.lock);
    return NULL;
}

void nulls_start(struct nulls *n)
{
    background_start(&n->thread, nulls_loop, n);
}

void nulls_ask_to_stop(struct nulls *n)
{
    if (n)
        background_ask_to_stop(&n->thread);
}

/* All that was made under the last conditions. */
static void nulls_clear(struct nulls *n)
{
    for (uint32_t p = 0; p < n->properties; p++) {
        nulls_answer_free(&n->news[p].answer);
        n->news[p].any = n->complete[p] = false;
        n->kept[p] = 0;
        if (n->got[p])
            nulls_answer_free(n->got[p]);
        free(n->got[p]);
        n->got[p] = NULL;
    }
    for (size_t i = 0; i < (size_t)n->properties * n->counts.layers; i++) {
        nulls_neurons_free(&n->neurons_news[i]);
        nulls_neurons_free(&n->neurons_got[i]);
        n->neurons_complete[i] = false;
    }
    n->share = 0;
}

void nulls_free(struct nulls *n)
{
    if (!n)
        return;
    background_stop(&n->thread);
    nulls_clear(n);
    nulls_forget(n);
    analysis_free(&n->session);
    query_filters_free(&n->filters);
    names_free(&n->names);
    background_free(&n->thread);
    free(n->options.cache);
    free(n->work);
    free(n->news);
    free(n->complete);
    free(n->kept);
    free(n->got);
    free(n->stages);
    free(n->neurons_news);
    free(n->neurons_complete);
    free(n->neurons_got);
    free(n);
}

enum status nulls_set(struct nulls *n, const struct analysis_params *params, double lambda,
                      const struct query_filters *filters, struct err *err)
{
    struct query_filters copy = QUERY_FILTERS_INIT;
    enum status code = query_filters_copy(&copy, filters, err);
    if (code)
        return code;
    pthread_mutex_lock(&n->thread.lock);
    query_filters_free(&n->filters);
    n->filters = copy;
    n->params = *params;
    n->lambda = lambda;
    n->generation++;
    cancel_set(&n->thread.cancel); /* nobody wants what is being computed any more */
    nulls_clear(n);
    pthread_cond_signal(&n->thread.work);
    pthread_mutex_unlock(&n->thread.lock);
    return STATUS_OK;
}

void nulls_focus(struct nulls *n, enum nulls_want want, uint32_t property, uint32_t layer)
{
    pthread_mutex_lock(&n->thread.lock);
    bool layers = want == NULLS_NEURONS && n->layer != layer;
    if (n->want != want || (want && n->property != property) || layers) {
        n->want = want;
        n->property = property;
        n->layer = layer;
        n->share = want == NULLS_PROPERTY && property < n->properties ? n->kept[property] : 0;
        cancel_set(&n->thread.cancel);
        pthread_cond_signal(&n->thread.work);
    }
    pthread_mutex_unlock(&n->thread.lock);
}

bool nulls_take(struct nulls *n)
{
    bool taken = false;
    pthread_mutex_lock(&n->thread.lock);
    for (uint32_t p = 0; p < n->properties; p++) {
        if (!n->news[p].any)
            continue;
        if (!n->got[p])
            n->got[p] = mem_zeros(1, sizeof *n->got[p]);
        if (!n->got[p])
            continue; /* later, perhaps */
        nulls_merge(n->got[p], &n->news[p].answer);
        n->news[p].any = false;
        taken = true;
    }
    for (size_t i = 0; i < (size_t)n->properties * n->counts.layers; i++)
        if (n->neurons_news[i].width || n->neurons_news[i].why[0]) {
            nulls_neurons_merge(&n->neurons_got[i], &n->neurons_news[i]);
            taken = true;
        }
    pthread_mutex_unlock(&n->thread.lock);
    return taken;
}

bool nulls_complete(struct nulls *n)
{
    pthread_mutex_lock(&n->thread.lock);
    bool done = nulls_done(n);
    pthread_mutex_unlock(&n->thread.lock);
    return done;
}

double nulls_share(struct nulls *n)
{
    pthread_mutex_lock(&n->thread.lock);
    double share = n->share;
    pthread_mutex_unlock(&n->thread.lock);
    return share;
}

void nulls_follow(struct nulls *n, const struct names *names)
{
    if (names->count <= n->names.count) /* changed by this thread alone */
        return;
    pthread_mutex_lock(&n->thread.lock);
    while (n->names.count < names->count && n->names.count < n->properties &&
           names_add(&n->names, names->name[n->names.count]) != NAMES_NONE)
        ;
    pthread_mutex_unlock(&n->thread.lock);
}

void nulls_finish(struct nulls *n, int ms)
{
    struct timespec until = worker_deadline(ms / 1000.0);
    pthread_mutex_lock(&n->thread.lock);
    if (n->thread.started) {
        while (!nulls_done(n))
            if (!worker_wait_until(&n->thread.news, &n->thread.lock, &until))
                break;
    } else
        while (nulls_step(n))
            ;
    pthread_mutex_unlock(&n->thread.lock);
}

const struct nulls_answer *nulls_get(const struct nulls *n, uint32_t property)
{
    return property < n->properties ? n->got[property] : NULL;
}

uint32_t nulls_rows(const struct nulls_answer *a)
{
    uint32_t rows = 0;
    for (int i = 0; i < NULLS_PARTS; i++)
        rows += a->part[i].rows;
    return rows;
}

int nulls_part(const struct nulls_answer *a, uint32_t row)
{
    int i = 0;
    for (; i < NULLS_PARTS - 1 && row >= a->part[i].rows; i++)
        row -= a->part[i].rows;
    return i;
}

const struct null_row *nulls_row(const struct nulls_answer *a, uint32_t row)
{
    int i = 0;
    for (; i < NULLS_PARTS - 1 && row >= a->part[i].rows; i++)
        row -= a->part[i].rows;
    return &a->part[i].row[row];
}

const struct null_row *nulls_find(const struct nulls_answer *a, const struct statistic *statistic,
                                  uint32_t layer)
{
    for (uint32_t i = 0; a && !a->code && i < nulls_rows(a); i++)
        if (nulls_row(a, i)->statistic == statistic && nulls_row(a, i)->layer == layer)
            return nulls_row(a, i);
    return NULL;
}

const struct nulls_neurons *nulls_get_neurons(const struct nulls *n, uint32_t property,
                                              uint32_t layer)
{
    if (property >= n->properties || layer >= n->counts.layers)
        return NULL;
    const struct nulls_neurons *got = &n->neurons_got[(size_t)property * n->counts.layers + layer];
    return got->width ? got : NULL;
}
