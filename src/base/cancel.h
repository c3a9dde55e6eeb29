/*
 * cancel.h - a flag by which a computation is asked to stop.
 *
 * Whoever waits for the computation sets the flag: another thread, or a handler of signals (an
 * atomic int without a lock is one of the few things a handler may touch).  The computation looks
 * at it every few milliseconds of work, at places where it can give up, and returns
 * STATUS_CANCELLED with everything as if it had not been asked; that it has stopped is known when
 * it returns, or when its thread has been joined.
 *
 * Memory model: the flag carries no data.  What was computed passes from thread to thread under a
 * lock or by joining, so relaxed accesses are enough, and a look costs as much as reading an int.
 */
#ifndef PROPNEU_BASE_CANCEL_H
#define PROPNEU_BASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#if ATOMIC_INT_LOCK_FREE != 2
#error "a handler of signals could not set the flag"
#endif

struct cancel {
    atomic_int set;
    const struct cancel *parent; /* a flag that counts as well; NULL: none */
    /* For tests: how many more looks find nothing, so that a computation can be stopped at each of
     * its places in turn; what is left of it says how often one looks.  NULL: no such limit. */
    atomic_long *looks;
};

/* Not set; PARENT may be NULL and must outlive the flag's use. */
static inline void cancel_init(struct cancel *c, const struct cancel *parent)
{
    atomic_init(&c->set, 0);
    c->parent = parent;
    c->looks = NULL;
}

static inline void cancel_set(struct cancel *c)
{
    atomic_store_explicit(&c->set, 1, memory_order_relaxed);
}

/* Only while nothing computes under the flag: what runs might miss that it was set. */
static inline void cancel_clear(struct cancel *c)
{
    atomic_store_explicit(&c->set, 0, memory_order_relaxed);
}

/* True once C or a flag above it was set; NULL never is. */
static inline bool cancelled(const struct cancel *c)
{
    for (; c; c = c->parent) {
        if (atomic_load_explicit(&c->set, memory_order_relaxed))
            return true;
        if (c->looks && atomic_fetch_sub_explicit(c->looks, 1, memory_order_relaxed) <= 0)
            return true;
    }
    return false;
}

/* The same as a status, with a message for whoever has nothing better to say. */
static inline enum status cancel_check(const struct cancel *c, struct err *err)
{
    return cancelled(c) ? err_set(err, STATUS_CANCELLED, "stopped") : STATUS_OK;
}

#endif
