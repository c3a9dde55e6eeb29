/*
 * Expected sizes without tokens (expected.h).  Which tokens activate several neurons together is
 * not known, so that the spread of the size is not either; its mean is the sum over neurons of the
 * probability to be a property neuron, whatever depends on what.
 */
#include "config.h"

#include "inference/expected.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/sample.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/worker.h"

/* One layer: counts and what follows from frames alone. */
struct expected {
    const struct units *u;
    uint32_t width, tau;
    uint64_t seed;
    uint32_t *hits;   /* [phones][units][width] */
    uint32_t *frames; /* [phones][slots] */
    uint32_t *needed; /* [slots] patterns that make a member; UINT32_MAX: the slot has none */
    uint32_t **room;  /* [threads][3 * slots + units] */
    uint64_t *often;  /* [width] draws in which the neuron is one */
    const struct cancel *cancel;
};

/* Deals the COUNT hits of one speaker and phone to slots, whose frames LEFT [slots] are then taken
 * away: each hit is one of the tokens that are left. */
static void expected_deal(struct rng *rng, uint32_t count, uint32_t *left, uint32_t all,
                          uint32_t *dealt)
{
    for (; count > 0 && all > 0; count--, all--) {
        uint64_t token = rng_below(rng, all);
        uint32_t s = 0;
        while (token >= left[s])
            token -= left[s++];
        left[s]--;
        dealt[s]++;
    }
}

/* Hits of neuron I in PHONE by slot under exchanged levels, into DEALT [slots].  The units of one
 * owner stand anywhere, so owners are gone through by their first. */
static void expected_phone(const struct expected *e, struct rng *rng, uint32_t phone, uint32_t i,
                           uint32_t *dealt, uint32_t *left, uint32_t *done)
{
    const struct units *u = e->u;
    const uint32_t *frames = u->frames + (size_t)phone * u->units;
    const uint32_t *hits = e->hits + (size_t)phone * u->units * e->width + i;
    memset(dealt, 0, u->slots * sizeof *dealt);
    memset(done, 0, u->units * sizeof *done);
    for (uint32_t a = 0; a < u->units; a++) {
        uint32_t count = 0, all = 0;
        if (done[a] || !frames[a])
            continue;
        memset(left, 0, u->slots * sizeof *left);
        for (uint32_t b = a; b < u->units; b++)
            if (u->owner[b] == u->owner[a]) {
                done[b] = 1;
                left[u->slot[b]] += frames[b];
                all += frames[b];
                count += frames[b] ? hits[(size_t)b * e->width] : 0;
            }
        expected_deal(rng, count, left, all, dealt);
    }
}

/* True if neuron I is a property neuron in one draw. */
static bool expected_draw(const struct expected *e, struct rng *rng, uint32_t i, uint32_t *room)
{
    const struct units *u = e->u;
    uint32_t *containing = room, *dealt = room + u->slots, *left = dealt + u->slots;
    uint32_t groups = 0;
    memset(containing, 0, u->slots * sizeof *containing);
    for (uint32_t k = 0; k < u->phones; k++) {
        expected_phone(e, rng, k, i, dealt, left, left + u->slots);
        for (uint32_t s = 0; s < u->slots; s++) {
            uint64_t frames = e->frames[(size_t)k * u->slots + s];
            containing[s] += frames > 0 && (uint64_t)dealt[s] * e->width > e->tau * frames;
        }
    }
    for (uint32_t s = 0; s < u->slots; s++)
        groups += containing[s] >= e->needed[s];
    return groups == 1;
}

static enum status expected_neuron(void *context, unsigned worker, size_t i, struct err *err)
{
    struct expected *e = context;
    struct rng rng = rng_at(e->seed, i);
    for (uint32_t d = 0; d < EXPECTED_DRAWS; d++)
        e->often[i] += expected_draw(e, &rng, (uint32_t)i, e->room[worker]);
    return cancel_check(e->cancel, err);
}

/* Frames of the points, and how many patterns make a member. */
static void expected_points(struct expected *e)
{
    const struct units *u = e->u;
    const struct analysis_params *params = &u->analysis->params;
    for (uint32_t s = 0; s < u->slots; s++)
        e->needed[s] = 0;
    for (uint32_t k = 0; k < u->phones; k++)
        for (uint32_t s = 0; s < u->slots; s++) {
            uint32_t *frames = &e->frames[(size_t)k * u->slots + s];
            for (uint32_t i = 0; i < u->units; i++)
                *frames += u->slot[i] == s ? u->frames[(size_t)k * u->units + i] : 0;
            *frames = *frames >= params->min_frames ? *frames : 0;
            e->needed[s] += *frames > 0;
        }
    for (uint32_t s = 0; s < u->slots; s++)
        e->needed[s] = e->needed[s] ? sample_needed(e->needed[s], params->sigma) : UINT32_MAX;
}

static enum status expected_make_room(struct expected *e, uint32_t layer, unsigned threads,
                                      struct err *err)
{
    const struct units *u = e->u;
    size_t cells, size, points;
    if (!mul_size(u->phones, u->units, &cells) || !mul_size(cells, e->width, &size) ||
        !mul_size(u->phones, u->slots, &points))
        return err_nomem(err);
    e->hits = mem_array(size, sizeof *e->hits);
    e->frames = mem_zeros(points, sizeof *e->frames);
    e->needed = mem_array(u->slots, sizeof *e->needed);
    e->often = mem_zeros(e->width, sizeof *e->often);
    e->room = mem_zeros(threads, sizeof *e->room);
    if (!e->hits || !e->frames || !e->needed || !e->often || !e->room)
        return err_nomem(err);
    for (unsigned t = 0; t < threads; t++)
        if (!(e->room[t] = mem_array(3 * (size_t)u->slots + u->units, sizeof **e->room)))
            return err_nomem(err);
    enum status code = STATUS_OK;
    for (uint32_t k = 0; k < u->phones && !code; k++)
        code = units_table(u, layer, k, e->hits + (size_t)k * u->units * e->width, e->cancel, err);
    return code;
}

enum status expected_size(double *mean, const struct units *u, uint32_t layer, uint64_t seed,
                          unsigned threads, const struct cancel *cancel, struct err *err)
{
    const struct counts_layer *l = &u->analysis->counts->layer[layer];
    struct expected e = {.u = u,
                         .width = l->width,
                         .tau = l->tau,
                         .seed = seed + ((uint64_t)layer << 32),
                         .cancel = cancel};
    enum status code = expected_make_room(&e, layer, threads, err);
    if (!code) {
        expected_points(&e);
        code = workers_each(threads, e.width, expected_neuron, &e, err);
    }
    uint64_t often = 0;
    for (uint32_t i = 0; i < e.width && !code; i++)
        often += e.often[i];
    if (!code)
        *mean = (double)often / EXPECTED_DRAWS;
    for (unsigned t = 0; e.room && t < threads; t++)
        free(e.room[t]);
    free(e.room);
    free(e.hits);
    free(e.frames);
    free(e.needed);
    free(e.often);
    return code;
}
