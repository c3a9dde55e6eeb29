/*
 * The patterns of one phone in many draws (resample.h).  The hits of the phone's units are read
 * once; blocks of neurons, whose rows of all units fit the processor's nearest caches, then go
 * through all draws, so that a draw costs additions and no memory traffic.
 */
#include "config.h"

#include "inference/resample_internal.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/pattern.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "base/sums.h"
#include "inference/tokenunits.h"

#define BLOCK 512 /* neurons; a multiple of 64 */

/* One worker's room, in one allocation. */
struct phone_room {
    uint32_t *table; /* [units][width] hits of the phone's units */
    uint32_t *sum;   /* [slots][width] or, of units, [slots + 1][BLOCK] with the sum of all last */
    uint32_t *there; /* [units] the units that have frames of the phone */
    uint32_t *often; /* [slots] of a draw: units there with that slot, or their frames */
};

static enum status resample_room(struct resample_chunk *c, unsigned worker, struct phone_room **out,
                                 struct err *err)
{
    struct phone_room *room = c->room[worker];
    uint32_t units = c->shape.units, slots = c->shape.slots;
    size_t rows = c->r->units ? units : 0, wide = c->width > BLOCK ? c->width : BLOCK;
    size_t table, sum, all;
    if (room) {
        *out = room;
        return STATUS_OK;
    }
    if (!mul_size(rows, c->width, &table) || !mul_size((size_t)slots + 1, wide, &sum) ||
        !add_size(table, sum, &all) || !add_size(all, (size_t)units + slots, &all) ||
        !mul_size(all, sizeof *room->table, &all) || !add_size(all, sizeof *room, &all))
        return err_nomem(err);
    room = mem_array(all, 1);
    if (!room)
        return err_nomem(err);
    room->table = (uint32_t *)(room + 1);
    room->sum = room->table + table;
    room->there = room->sum + sum;
    room->often = room->there + units;
    *out = c->room[worker] = room;
    return STATUS_OK;
}

/* The slot that most of the COUNT units THERE have, which is not added up but left over. */
static uint32_t resample_largest(const struct resample_chunk *c, const struct phone_room *room,
                                 uint32_t count, const uint32_t *slot)
{
    uint32_t largest = 0;
    memset(room->often, 0, c->shape.slots * sizeof *room->often);
    for (uint32_t i = 0; i < count; i++)
        room->often[slot[room->there[i]]]++;
    for (uint32_t s = 1; s < c->shape.slots; s++)
        largest = room->often[s] > room->often[largest] ? s : largest;
    return largest;
}

/* Sums of N neurons from AT on of each slot in one draw, without weights: room->sum + s * BLOCK. */
static void resample_sum_block(const struct resample_chunk *c, const struct phone_room *room,
                               uint32_t count, uint32_t at, uint32_t n, const uint32_t *slot)
{
    uint32_t slots = c->shape.slots, rest = resample_largest(c, room, count, slot);
    uint32_t *total = room->sum + (size_t)slots * BLOCK, *left = room->sum + (size_t)rest * BLOCK;
    memset(room->sum, 0, (size_t)slots * BLOCK * sizeof *room->sum);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t u = room->there[i];
        if (slot[u] != rest)
            sums_add(room->sum + (size_t)slot[u] * BLOCK, room->table + (size_t)u * c->width + at,
                     n);
    }
    memcpy(left, total, n * sizeof *left);
    for (uint32_t s = 0; s < slots; s++)
        if (s != rest)
            sums_subtract(left, room->sum + (size_t)s * BLOCK, n);
}

/* The same where units count several times or not at all. Most that count do so once or twice:
 * adding again is faster than a multiplication. */
static void resample_weigh_block(const struct resample_chunk *c, const struct phone_room *room,
                                 uint32_t count, uint32_t at, uint32_t n, const uint32_t *slot,
                                 const uint32_t *weight)
{
    memset(room->sum, 0, (size_t)c->shape.slots * BLOCK * sizeof *room->sum);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t u = room->there[i];
        for (uint32_t times = weight[u]; times > 0; times--)
            sums_add(room->sum + (size_t)slot[u] * BLOCK, room->table + (size_t)u * c->width + at,
                     n);
    }
}

/* Bits of N neurons from AT on of every slot's pattern, where their sums lie STRIDE apart. */
static void resample_patterns(const struct resample_chunk *c, const uint32_t *sum, size_t stride,
                              size_t draw, uint32_t phone, uint32_t at, uint32_t n)
{
    for (uint32_t s = 0; s < c->shape.slots; s++) {
        size_t point = draw * c->points + (size_t)s * c->shape.phones + phone;
        uint64_t *bits = c->pattern + point * c->words + at / 64;
        uint32_t frames = c->frames[point];
        if (c->r->analysis->params.authors)
            pattern_from_hits_f32_of(bits, sum + s * stride, n, frames, c->tau, c->width);
        else
            pattern_from_hits_of(bits, sum + s * stride, n, frames, c->tau, c->width);
    }
}

/* FRAMES [slots] of the phone in a draw. */
static void resample_put_frames(const struct resample_chunk *c, size_t draw, uint32_t phone,
                                const uint32_t *frames)
{
    for (uint32_t s = 0; s < c->shape.slots; s++)
        c->frames[draw * c->points + (size_t)s * c->shape.phones + phone] = frames[s];
}

/* Frames of the phone by slot in every draw. */
static enum status resample_frames(const struct resample_chunk *c, uint32_t phone,
                                   const struct phone_room *room, uint32_t count, struct err *err)
{
    const uint32_t *own = c->r->units->frames + (size_t)phone * c->shape.units;
    bool over = false;
    for (uint64_t d = 0; d < c->draws; d++) {
        const uint32_t *slot = c->slot + d * c->shape.units;
        const uint32_t *weight = c->r->weighted ? c->weight + d * c->shape.units : NULL;
        uint32_t *frames = room->often;
        memset(frames, 0, c->shape.slots * sizeof *frames);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t u = room->there[i], more;
            over = __builtin_mul_overflow(own[u], weight ? weight[u] : 1, &more) || over;
            over = __builtin_add_overflow(frames[slot[u]], more, &frames[slot[u]]) || over;
        }
        resample_put_frames(c, (size_t)d, phone, frames);
    }
    return over ? err_set(err, STATUS_UNSUPPORTED, "%s: more than 2^32 frames of one phone",
                          c->r->analysis->counts->path)
                : STATUS_OK;
}

/* The total of the units THERE, for blocks from AT on. */
static void resample_total(const struct resample_chunk *c, const struct phone_room *room,
                           uint32_t count, uint32_t at, uint32_t n)
{
    uint32_t *total = room->sum + (size_t)c->shape.slots * BLOCK;
    memset(total, 0, n * sizeof *total);
    for (uint32_t i = 0; i < count; i++)
        sums_add(total, room->table + (size_t)room->there[i] * c->width + at, n);
}

/* A phone whose hits come from a count file's cells. */
static enum status resample_phone_units(struct resample_chunk *c, uint32_t phone,
                                        struct phone_room *room, struct err *err)
{
    const struct units *u = c->r->units;
    uint32_t count = 0;
    for (uint32_t i = 0; i < u->units; i++)
        if (u->row[(size_t)phone * u->units + i] != QUERY_NO_ROW)
            room->there[count++] = i;
    enum status code = units_table(u, c->layer, phone, room->table, c->r->cancel, err);
    if (!code)
        code = resample_frames(c, phone, room, count, err);
    for (uint32_t at = 0; at < c->width && !code; at += BLOCK) {
        uint32_t n = c->width - at < BLOCK ? c->width - at : BLOCK;
        resample_total(c, room, count, at, n);
        for (uint64_t d = 0; d < c->draws && !code; d++) {
            const uint32_t *slot = c->slot + d * u->units;
            if (c->r->weighted)
                resample_weigh_block(c, room, count, at, n, slot, c->weight + d * u->units);
            else
                resample_sum_block(c, room, count, at, n, slot);
            resample_patterns(c, room->sum, BLOCK, (size_t)d, phone, at, n);
            code = d % 64 == 0 ? cancel_check(c->r->cancel, err) : STATUS_OK;
        }
    }
    return code;
}

/* A phone whose hits come from tokens: each adds one to the neurons it activates. */
static enum status resample_phone_tokens(struct resample_chunk *c, uint32_t phone,
                                         struct phone_room *room, struct err *err)
{
    const struct token_units *t = c->r->tokens;
    enum status code = STATUS_OK;
    for (uint64_t d = 0; d < c->draws && !code; d++) {
        uint32_t *frames = room->often;
        memset(room->sum, 0, (size_t)c->shape.slots * c->width * sizeof *room->sum);
        memset(frames, 0, c->shape.slots * sizeof *frames);
        token_units_add(t, c->layer, phone, c->slot + d * t->units,
                        c->r->weighted ? c->weight + d * t->units : NULL, room->sum, frames);
        resample_put_frames(c, (size_t)d, phone, frames);
        resample_patterns(c, room->sum, c->width, (size_t)d, phone, 0, c->width);
        code = d % 8 == 0 ? cancel_check(c->r->cancel, err) : STATUS_OK;
    }
    return code;
}

enum status resample_phone(void *context, unsigned worker, size_t phone, struct err *err)
{
    struct resample_chunk *c = context;
    struct phone_room *room = NULL;
    enum status code = resample_room(c, worker, &room, err);
    if (code)
        return code;
    return c->r->units ? resample_phone_units(c, (uint32_t)phone, room, err)
                       : resample_phone_tokens(c, (uint32_t)phone, room, err);
}
