/*
 * worker.h - the only place where threads are made: a team that shares one job, and a thread that
 * works in the background of its owner.  Whoever starts threads joins them; none is ever detached.
 *
 * Threads are asked to end by a flag (cancel.h) and answer within the time between two looks at it.
 * What they share is guarded by a lock of the job's or of the background thread's; ends of threads
 * are seen by joining them.
 */
#ifndef PROPNEU_BASE_WORKER_H
#define PROPNEU_BASE_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/cancel.h"

/* Seconds of a clock that nobody sets. */
double worker_clock(void);

/* A condition whose waits are measured by that clock. */
void worker_condition(pthread_cond_t *c);

/* The time of that clock in SECONDS, for worker_wait_until. */
struct timespec worker_deadline(double seconds);

/* With LOCK held: waits on C; false once it is past the DEADLINE. */
bool worker_wait_until(pthread_cond_t *c, pthread_mutex_t *lock, const struct timespec *deadline);

/* Threads that run one function on one job. */
struct workers {
    size_t count;      /* that run */
    pthread_t *thread; /* [count] */
};

/*
 * Starts FUNCTION in WANTED threads, or as many as the system grants: w->count, which whoever has
 * work to do finds to be at least 1.  STATUS_NOMEM if not one of them could be started.
 */
enum status workers_start(struct workers *w, size_t wanted, void *(*function)(void *),
                          void *context, struct err *err);

/* To an ERR that says that memory is used up, adds that fewer than the THREADS there were need
 * less. */
void workers_advise(size_t threads, struct err *err);

/* Waits for the end of all. */
void workers_join(struct workers *w);

/*
 * Does TASK for each number below TASKS in THREADS threads (one: in this one); WORKER, below
 * THREADS, tells it which thread it runs in, for room of its own.  Tasks must not depend on each
 * other.  The error of the lowest task that failed; none is begun after a failure.
 */
typedef enum status worker_task(void *context, unsigned worker, size_t task, struct err *err);
enum status workers_each(unsigned threads, size_t tasks, worker_task *task, void *context,
                         struct err *err);

/*
 * A thread that waits for things to do, does them, and tells its owner:
 *
 *     background_init(&b);
 *     background_start(&b, loop, context);
 *     lock; what is to be done; pthread_cond_signal(&b.work); unlock
 *     background_stop(&b);              the loop has ended, whatever it was doing
 *     background_free(&b);
 *
 * LOOP holds the lock except while it computes, and computes under the flag `cancel`:
 *
 *     lock; while (!b->stop) { nothing to do? pthread_cond_wait(&b->work, &b->lock); ... } unlock
 */
struct background {
    pthread_mutex_t lock;
    pthread_cond_t work; /* there is something to do, or `stop` was set */
    pthread_cond_t news; /* something was done; measured by worker_clock */
    bool stop;           /* under the lock: the loop is to end */
    bool started;        /* the owner's: there is a thread */
    struct cancel cancel;
    pthread_t thread;
};

void background_init(struct background *b);

/* False if there is no thread to be had: the owner does the work itself. */
bool background_start(struct background *b, void *(*loop)(void *), void *context);

/* Asks the thread to end and returns at once: whoever ends several asks all before joining one. */
void background_ask_to_stop(struct background *b);

/* Asks, and waits until it has ended: as long as is between two looks at the flag. */
void background_stop(struct background *b);

/* After background_stop, or where none was started. */
void background_free(struct background *b);

#endif
