/*
 * Permutations by Fisher and Yates, one for each epoch.
 */
#include "config.h"

#include "train/order.h"

#include <stdlib.h>

#include "base/mem.h"
#include "train/draw.h"

static void order_shuffle(struct order *o, uint64_t epoch)
{
    struct rng r = draw_begin(o->seed, DRAW_ORDER, epoch, 0);
    o->epoch = epoch;
    for (uint32_t i = 0; i < o->count; i++)
        o->at[i] = i;
    for (uint32_t left = o->count; left > 1; left--) {
        uint32_t i = (uint32_t)rng_below(&r, left), last = o->at[left - 1];
        o->at[left - 1] = o->at[i];
        o->at[i] = last;
    }
}

enum status order_open(struct order *o, uint32_t count, uint64_t seed, struct err *err)
{
    *o = (struct order){.seed = seed, .count = count, .at = mem_array(count, sizeof *o->at)};
    if (!o->at)
        return err_nomem(err);
    order_shuffle(o, 0);
    return STATUS_OK;
}

void order_free(struct order *o)
{
    free(o->at);
    *o = (struct order){.at = NULL};
}

uint32_t order_utterance(struct order *o, uint64_t position)
{
    uint64_t epoch = position / o->count;
    if (epoch != o->epoch)
        order_shuffle(o, epoch);
    return o->at[position % o->count];
}

size_t order_crop(uint64_t seed, uint64_t position, size_t frames, size_t length)
{
    struct rng r = draw_begin(seed, DRAW_CROP, position, 0);
    return frames > length ? (size_t)rng_below(&r, frames - length + 1) : 0;
}
