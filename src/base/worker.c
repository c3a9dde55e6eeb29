/*
 * Threads by POSIX: started here and joined here.  C11's threads have no condition variables on the
 * monotonic clock, and a deadline by the time of day moves when that is set.
 */
#include "config.h"

#include "base/worker.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

double worker_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void worker_condition(pthread_cond_t *c)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(c, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

struct timespec worker_deadline(double seconds)
{
    struct timespec t;
    double whole = floor(seconds);
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += (long)((seconds - whole) * 1e9);
    t.tv_sec += (time_t)whole + t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

bool worker_wait_until(pthread_cond_t *c, pthread_mutex_t *lock, const struct timespec *deadline)
{
    return pthread_cond_timedwait(c, lock, deadline) != ETIMEDOUT;
}

/* As pthread_create.  The system's default, 8 MB for each thread, is a tenth of what some have in
 * all; what threads do here is content with 2, which is the default where stacks are unlimited. */
static bool worker_start(pthread_t *thread, void *(*function)(void *), void *context)
{
    pthread_attr_t how;
    size_t wanted = (size_t)2 << 20, size;
    if (pthread_attr_init(&how) != 0)
        return false;
    if (pthread_attr_getstacksize(&how, &size) == 0 && size > wanted)
        pthread_attr_setstacksize(&how, wanted);
    bool started = pthread_create(thread, &how, function, context) == 0;
    pthread_attr_destroy(&how);
    return started;
}

enum status workers_start(struct workers *w, size_t wanted, void *(*function)(void *),
                          void *context, struct err *err)
{
    *w = (struct workers){.thread = mem_array(wanted, sizeof *w->thread)};
    if (!w->thread)
        return err_nomem(err);
    while (w->count < wanted && worker_start(&w->thread[w->count], function, context))
        w->count++;
    if (w->count == 0 && wanted > 0)
        return err_set(err, STATUS_NOMEM,
                       "out of memory or processes: no thread could be started (ulimit -v, -u)");
    return STATUS_OK;
}

void workers_advise(size_t threads, struct err *err)
{
    size_t n = strlen(err->msg);
    if (err->code == STATUS_NOMEM && threads > 1 && n + 60 < sizeof err->msg)
        snprintf(err->msg + n, sizeof err->msg - n, "; fewer threads than %zu need less", threads);
}

void workers_join(struct workers *w)
{
    for (size_t i = 0; i < w->count; i++)
        pthread_join(w->thread[i], NULL);
    free(w->thread);
    *w = (struct workers){.count = 0};
}

/* One job of workers_each; the lock guards all but what does not change. */
struct workers_job {
    pthread_mutex_t lock;
    worker_task *task;
    void *context;
    size_t tasks, next, failed_task;
    unsigned workers; /* that have begun */
    enum status code;
    struct err err; /* of failed_task */
};

/* The next task into *TASK; false where there is none, or one has failed. */
static bool workers_next(struct workers_job *j, size_t *task)
{
    pthread_mutex_lock(&j->lock);
    bool more = !j->code && j->next < j->tasks;
    if (more)
        *task = j->next++;
    pthread_mutex_unlock(&j->lock);
    return more;
}

static void workers_failed(struct workers_job *j, size_t task, enum status code,
                           const struct err *err)
{
    pthread_mutex_lock(&j->lock);
    if (!j->code || task < j->failed_task) {
        j->code = code;
        j->failed_task = task;
        j->err = *err;
    }
    pthread_mutex_unlock(&j->lock);
}

static void *workers_loop(void *context)
{
    struct workers_job *j = context;
    struct err err;
    size_t task;
    pthread_mutex_lock(&j->lock);
    unsigned worker = j->workers++;
    pthread_mutex_unlock(&j->lock);
    while (workers_next(j, &task)) {
        enum status code = j->task(j->context, worker, task, &err);
        if (code)
            workers_failed(j, task, code, &err);
    }
    return NULL;
}

enum status workers_each(unsigned threads, size_t tasks, worker_task *task, void *context,
                         struct err *err)
{
    struct workers_job j = {.task = task, .context = context, .tasks = tasks};
    struct workers w = {.count = 0};
    size_t wanted = threads < tasks ? threads : tasks;
    pthread_mutex_init(&j.lock, NULL);
    if (wanted > 1 && workers_start(&w, wanted - 1, workers_loop, &j, NULL))
        wanted = 1; /* this thread does all of it */
    workers_loop(&j);
    if (wanted > 1)
        workers_join(&w);
    pthread_mutex_destroy(&j.lock);
    if (j.code && err)
        *err = j.err;
    return j.code;
}

void background_init(struct background *b)
{
    *b = (struct background){.stop = false};
    cancel_init(&b->cancel, NULL);
    pthread_mutex_init(&b->lock, NULL);
    worker_condition(&b->work);
    worker_condition(&b->news);
}

bool background_start(struct background *b, void *(*loop)(void *), void *context)
{
    if (!b->started)
        b->started = worker_start(&b->thread, loop, context);
    return b->started;
}

void background_ask_to_stop(struct background *b)
{
    pthread_mutex_lock(&b->lock);
    b->stop = true;
    cancel_set(&b->cancel);
    pthread_cond_signal(&b->work);
    pthread_mutex_unlock(&b->lock);
}

void background_stop(struct background *b)
{
    background_ask_to_stop(b);
    if (b->started)
        pthread_join(b->thread, NULL);
    b->started = false;
}

void background_free(struct background *b)
{
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->work);
    pthread_cond_destroy(&b->news);
}
