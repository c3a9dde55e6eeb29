/* Flags, teams and background threads. */
#include "config.h"

#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/worker.h"

static struct err err;

static void a_flag_counts_with_those_above_it(void **state)
{
    struct cancel job, step;
    (void)state;
    cancel_init(&job, NULL);
    cancel_init(&step, &job);
    assert_false(cancelled(NULL));
    assert_false(cancelled(&step));
    assert_ok(cancel_check(&step, &err));
    cancel_set(&step);
    assert_true(cancelled(&step));
    assert_false(cancelled(&job));
    cancel_clear(&step);
    assert_false(cancelled(&step));
    cancel_set(&job);
    assert_true(cancelled(&step));
    assert_status(cancel_check(&step, &err), STATUS_CANCELLED);
}

static void looks_can_be_numbered(void **state)
{
    struct cancel c;
    atomic_long looks = 3;
    (void)state;
    cancel_init(&c, NULL);
    c.looks = &looks;
    for (int i = 0; i < 3; i++)
        assert_false(cancelled(&c));
    for (int i = 0; i < 3; i++)
        assert_true(cancelled(&c));
}

struct crowd {
    atomic_int met;
    int wanted;
};

/* Ends once all are there: a team that were run one after another would never. */
static void *meet(void *context)
{
    struct crowd *c = context;
    atomic_fetch_add(&c->met, 1);
    while (atomic_load(&c->met) < c->wanted)
        ;
    return NULL;
}

static void a_team_works_at_the_same_time(void **state)
{
    struct workers w;
    struct crowd c = {.wanted = 4};
    (void)state;
    assert_ok(workers_start(&w, 4, meet, &c, &err));
    assert_int_equal(w.count, 4);
    workers_join(&w);
    assert_int_equal(c.met, 4);
    assert_ok(workers_start(&w, 0, meet, &c, &err));
    workers_join(&w);
    assert_int_equal(c.met, 4);
}

struct task {
    struct background thread;
    int wanted, done; /* under its lock */
    atomic_bool computing;
};

/* Adds 1 for each thing wanted; the third is a computation that only a flag ends. */
static void *loop(void *context)
{
    struct task *t = context;
    pthread_mutex_lock(&t->thread.lock);
    while (!t->thread.stop) {
        if (t->done == t->wanted) {
            pthread_cond_wait(&t->thread.work, &t->thread.lock);
            continue;
        }
        bool endless = t->done == 2;
        pthread_mutex_unlock(&t->thread.lock);
        atomic_store(&t->computing, endless);
        while (endless && !cancelled(&t->thread.cancel))
            ;
        pthread_mutex_lock(&t->thread.lock);
        t->done++;
        pthread_cond_signal(&t->thread.news);
    }
    pthread_mutex_unlock(&t->thread.lock);
    return NULL;
}

static void want(struct task *t, int wanted)
{
    pthread_mutex_lock(&t->thread.lock);
    t->wanted = wanted;
    pthread_cond_signal(&t->thread.work);
    pthread_mutex_unlock(&t->thread.lock);
}

static void a_background_thread_ends_whatever_it_does(void **state)
{
    struct task t = {.wanted = 0};
    struct timespec until = worker_deadline(20);
    (void)state;
    background_init(&t.thread);
    assert_true(background_start(&t.thread, loop, &t));
    want(&t, 2);
    pthread_mutex_lock(&t.thread.lock);
    while (t.done < 2)
        assert_true(worker_wait_until(&t.thread.news, &t.thread.lock, &until));
    pthread_mutex_unlock(&t.thread.lock);
    want(&t, 3);
    while (!atomic_load(&t.computing))
        ;
    background_stop(&t.thread);
    assert_int_equal(t.done, 3);
    assert_false(t.thread.started);
    background_free(&t.thread);
}

static void an_idle_background_thread_ends(void **state)
{
    struct task t = {.wanted = 0};
    (void)state;
    background_init(&t.thread);
    background_stop(&t.thread); /* none yet */
    background_free(&t.thread);
    background_init(&t.thread);
    assert_true(background_start(&t.thread, loop, &t));
    background_stop(&t.thread);
    assert_int_equal(t.done, 0);
    background_free(&t.thread);
}

static void waits_end_at_their_deadline(void **state)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never;
    double from = worker_clock();
    struct timespec until = worker_deadline(0.02);
    (void)state;
    worker_condition(&never);
    pthread_mutex_lock(&lock);
    while (worker_wait_until(&never, &lock, &until))
        ;
    pthread_mutex_unlock(&lock);
    pthread_cond_destroy(&never);
    assert_true(worker_clock() - from >= 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flag_counts_with_those_above_it),
        cmocka_unit_test(looks_can_be_numbered),
        cmocka_unit_test(a_team_works_at_the_same_time),
        cmocka_unit_test(a_background_thread_ends_whatever_it_does),
        cmocka_unit_test(an_idle_background_thread_ends),
        cmocka_unit_test(waits_end_at_their_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
