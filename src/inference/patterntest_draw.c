/*
 * Intervals of single patterns (patterntest.h): rates of many draws of speakers, some neurons at a
 * time, and two order statistics of each.  A draw depends on its number alone and a neuron's rates
 * stay with the worker that makes them, so that threads change nothing.
 */
#include "config.h"

#include "inference/patterntest_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/worker.h"

#define ROOM_BYTES (32u << 20) /* of a worker's rates */
#define BLOCK      256         /* neurons at a time, at most */

/* One worker's room. */
struct pattern_room {
    double *rate;    /* [block][draws] of the draws that have the phone */
    double *sum;     /* [block] */
    uint32_t *times; /* [owners] */
};

struct pattern_drawing {
    struct pattern_work *w;
    size_t block, draws;
    struct pattern_room *room; /* [threads] */
};

/* The K-th smallest, from 0, of X [N], which it puts there, no larger one before it and no smaller
 * one behind it (Hoare 1961). */
static double pattern_find(double *x, long n, long k)
{
    long low = 0, high = n - 1;
    while (low < high) {
        double pivot = x[low + (high - low) / 2];
        long i = low - 1, j = high + 1;
        for (;;) {
            while (x[++i] < pivot)
                continue;
            while (x[--j] > pivot)
                continue;
            if (i >= j)
                break;
            double swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return x[k];
}

/* The SHARE quantile of X [N], which it reorders, by numpy's linear rule; NAN without numbers. */
static double pattern_quantile(double *x, size_t n, double share)
{
    if (n == 0)
        return NAN;
    double at = share * (double)(n - 1);
    size_t k = (size_t)at;
    double low = pattern_find(x, (long)n, (long)k), high = k + 1 < n ? x[k + 1] : low;
    for (size_t i = k + 2; i < n; i++)
        high = x[i] < high ? x[i] : high;
    return low + (at - (double)k) * (high - low);
}

/* Hits of the neurons FIRST .. FIRST + N - 1 in a draw, into room->sum; the draw's frames. */
static double pattern_add_up(const struct pattern_work *w, const struct pattern_room *room,
                             size_t first, size_t n)
{
    double frames = 0;
    memset(room->sum, 0, n * sizeof *room->sum);
    for (uint32_t o = 0; o < w->bootstrap->design.owners; o++) {
        uint32_t speaker = w->bootstrap->level[o];
        const uint32_t *hits = w->here.hits + (size_t)speaker * w->r->count + first;
        double times = room->times[o];
        if (room->times[o] == 0)
            continue;
        frames += times * (double)w->here.frames[speaker];
        for (size_t i = 0; i < n; i++)
            room->sum[i] += times * hits[i];
    }
    return frames;
}

/* All draws of one block of neurons, a task of workers_each. */
static enum status pattern_draw_block(void *context, unsigned worker, size_t task, struct err *err)
{
    const struct pattern_drawing *d = context;
    const struct pattern_work *w = d->w;
    const struct pattern_room *room = &d->room[worker];
    size_t first = task * d->block, n = w->r->count - first, there = 0;
    n = n < d->block ? n : d->block;
    for (uint64_t draw = 0; draw < d->draws; draw++) {
        if (draw % 64 == 0 && cancel_check(w->a->cancel, err))
            return STATUS_CANCELLED;
        bootstrap_times(w->bootstrap, draw, room->times);
        double frames = pattern_add_up(w, room, first, n);
        for (size_t i = 0; i < n && frames > 0; i++)
            room->rate[i * d->draws + there] = room->sum[i] / frames;
        there += frames > 0;
    }
    for (size_t i = 0; i < n; i++) {
        double *rate = room->rate + i * d->draws;
        w->out[first + i].low = pattern_quantile(rate, there, 0.025);
        w->out[first + i].high = pattern_quantile(rate, there, 0.975);
    }
    return cancel_check(w->a->cancel, err);
}

static enum status pattern_make_room(struct pattern_drawing *d, unsigned threads, struct err *err)
{
    size_t most = ROOM_BYTES / sizeof(double) / d->draws, rates;
    d->block = most < 1 ? 1 : most > BLOCK ? BLOCK : most;
    d->room = mem_zeros(threads, sizeof *d->room);
    if (!d->room || !mul_size(d->block, d->draws, &rates))
        return err_nomem(err);
    for (unsigned t = 0; t < threads; t++) {
        struct pattern_room *room = &d->room[t];
        room->rate = mem_array(rates, sizeof *room->rate);
        room->sum = mem_array(d->block, sizeof *room->sum);
        room->times = mem_array(d->w->bootstrap->design.owners, sizeof *room->times);
        if (!room->rate || !room->sum || !room->times)
            return err_nomem(err);
    }
    return STATUS_OK;
}

enum status pattern_draw(struct pattern_work *w, struct err *err)
{
    struct pattern_drawing d = {.w = w, .draws = (size_t)w->bootstrap->design.draws};
    unsigned threads = w->r->threads;
    enum status code = pattern_make_room(&d, threads, err);
    if (!code)
        code = workers_each(threads, (w->r->count + d.block - 1) / d.block, pattern_draw_block, &d,
                            err);
    for (unsigned t = 0; d.room && t < threads; t++) {
        free(d.room[t].rate);
        free(d.room[t].sum);
        free(d.room[t].times);
    }
    free(d.room);
    return code;
}
