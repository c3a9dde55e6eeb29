/*
 * Sizes at many sigmas (sweep_sizes.h).  The number of patterns that a member needs rises with
 * sigma: in each group a neuron is a member up to some sigma, which a table by number of patterns
 * says, and the sizes are running sums of where neurons come and go.
 */
#include "config.h"

#include "inference/sweep_sizes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void sweep_room_free(struct sweep_room *room)
{
    free(room->reach);
    free(room->best);
    free(room->other);
    *room = (struct sweep_room){0};
}

static enum status sweep_room_for(struct sweep_room *room, const struct sample *s, struct err *err)
{
    size_t need = (size_t)s->points + 1;
    if (need > room->cap) {
        free(room->reach);
        room->reach = mem_array(need, 1);
        room->cap = room->reach ? need : 0;
    }
    if (s->width > room->widths) {
        free(room->best);
        free(room->other);
        room->best = mem_array(s->width, 1);
        room->other = mem_array(s->width, 1);
        room->widths = room->best && room->other ? s->width : 0;
    }
    return need <= room->cap && s->width <= room->widths ? STATUS_OK : err_nomem(err);
}

/* How many sigmas a neuron passes that is in N of a group's SIZE patterns, into REACH [size + 1]:
 * those up to some place, for they rise. */
static void sweep_reach(uint8_t *reach, uint32_t size, const double *sigma, uint32_t sigmas)
{
    uint8_t passed = 0;
    for (uint32_t n = 0; n <= size; n++) {
        while (passed < sigmas && n >= sample_needed(size, sigma[passed]))
            passed++;
        reach[n] = passed;
    }
}

/*
 * The number of property neurons of S at each of SIGMA [sigmas], into SIZE.  A neuron that passes
 * `best` sigmas in one group and at most `other` in the rest is a member of one group alone from
 * number `other` on and before `best`.
 */
enum status sweep_sizes(struct sample *s, const double *sigma, uint32_t sigmas,
                        struct sweep_room *room, uint32_t *size, struct err *err)
{
    const uint16_t *containing = sample_containing(s);
    const uint32_t *points = sample_sizes(s);
    int64_t change[SWEEP_VALUES + 1] = {0}, sum = 0;
    enum status code = sweep_room_for(room, s, err);
    if (code)
        return code;
    memset(room->best, 0, s->width);
    memset(room->other, 0, s->width);
    for (uint32_t g = 0; g < s->groups; g++) {
        const uint16_t *in = containing + (size_t)g * s->width;
        sweep_reach(room->reach, points[g], sigma, sigmas);
        for (uint32_t i = 0; i < s->width; i++) {
            uint8_t reach = room->reach[in[i]], best = room->best[i];
            uint8_t less = reach < best ? reach : best;
            room->best[i] = reach > best ? reach : best;
            room->other[i] = less > room->other[i] ? less : room->other[i];
        }
    }
    for (uint32_t i = 0; i < s->width; i++) {
        change[room->other[i]]++;
        change[room->best[i]]--;
    }
    for (uint32_t k = 0; k < sigmas; k++) {
        sum += change[k];
        size[k] = (uint32_t)sum;
    }
    return STATUS_OK;
}
