/*
 * Patterns under one assignment of groups (sample.h): sets by equations 3 to 5 in whole numbers,
 * distances and their ranks.  A null makes thousands of these, so that memory is taken once and
 * nothing is computed that no statistic asks for.
 */
#include "config.h"

#include "analysis/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"

enum {
    SAMPLE_SIZES = 1,
    SAMPLE_CONTAINING = 2,
    SAMPLE_SETS = 4,
    SAMPLE_DIFFERING = 8,
    SAMPLE_DISTANCES = 16,
    SAMPLE_RANKS = 32,
    SAMPLE_MAP = 64,
    SAMPLE_OF_GROUPS = SAMPLE_SIZES | SAMPLE_CONTAINING | SAMPLE_SETS
};

void sample_init(struct sample *s, uint32_t width, double sigma, const struct map_params *map,
                 const struct cancel *cancel)
{
    *s = (struct sample){
        .width = width, .words = bitset_words(width), .sigma = sigma, .map = map, .cancel = cancel};
}

static void sample_free_sets(struct sample *s)
{
    free(s->size);
    free(s->containing);
    free(s->neurons);
    free(s->members);
    free(s->more);
    free(s->histogram);
}

static void sample_free_pairs(struct sample *s)
{
    free(s->differing);
    free(s->dist);
    free(s->rank);
    free(s->xy);
    free(s->scratch);
}

void sample_free(struct sample *s)
{
    sample_free_sets(s);
    sample_free_pairs(s);
    *s = (struct sample){0};
}

/* Room for the sets of GROUPS; kept where there is enough. */
static bool sample_room_sets(struct sample *s, uint32_t groups)
{
    size_t counts, bits;
    if (groups <= s->room_sets && s->size)
        return true;
    sample_free_sets(s);
    s->size = mem_array(groups, sizeof *s->size);
    s->containing =
        mul_size(groups, s->width, &counts) ? mem_array(counts, sizeof *s->containing) : NULL;
    s->members = mul_size(groups, s->words, &bits) ? mem_array(bits, sizeof *s->members) : NULL;
    s->neurons = mem_array(s->words, sizeof *s->neurons);
    s->more = mem_array(s->words, sizeof *s->more);
    s->histogram = mem_array((size_t)s->width + 2, sizeof *s->histogram);
    s->room_sets = groups;
    return s->size && s->containing && s->members && s->neurons && s->more && s->histogram;
}

/* Room for the pairs of POINTS. */
static bool sample_room_pairs(struct sample *s, uint32_t points, uint32_t groups)
{
    size_t pairs, need = (size_t)points + groups + 2;
    if (need <= s->room_points && s->differing)
        return true;
    sample_free_pairs(s);
    bool fits = mul_size(need, need, &pairs);
    s->differing = fits ? mem_array(pairs, sizeof *s->differing) : NULL;
    s->dist = fits ? mem_array(pairs, sizeof *s->dist) : NULL;
    s->rank = fits ? mem_array(pairs, sizeof *s->rank) : NULL;
    s->scratch = fits ? mem_array(pairs, sizeof *s->scratch) : NULL;
    s->xy = fits ? mem_array(need, 2 * sizeof *s->xy) : NULL;
    s->room_points = need;
    return s->differing && s->dist && s->rank && s->scratch && s->xy;
}

enum status sample_set(struct sample *s, const uint64_t *pattern, const uint32_t *group,
                       uint32_t points, uint32_t groups, struct err *err)
{
    s->have = 0;
    if (points > MAP_MAX_POINTS)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%u patterns are too many to compare with each other (at most %d); narrow "
                       "the condition",
                       points, MAP_MAX_POINTS);
    if (!sample_room_sets(s, groups) || !sample_room_pairs(s, points, groups)) {
        s->room_sets = s->room_points = 0;
        return err_nomem(err);
    }
    s->pattern = pattern;
    s->group = group;
    s->points = points;
    s->groups = groups;
    return STATUS_OK;
}

void sample_relabel(struct sample *s, const uint32_t *group)
{
    s->group = group;
    s->have &= ~(unsigned)SAMPLE_OF_GROUPS;
}

const uint32_t *sample_sizes(struct sample *s)
{
    if (!(s->have & SAMPLE_SIZES)) {
        memset(s->size, 0, s->groups * sizeof *s->size);
        for (uint32_t k = 0; k < s->points; k++)
            s->size[s->group[k]]++;
        s->have |= SAMPLE_SIZES;
    }
    return s->size;
}

/* Adds the bits of a pattern to COUNT [width]; whole words at a time, for the compiler to make
 * vectors of. */
static void sample_add_bits(uint16_t *restrict count, const uint64_t *restrict bits, uint32_t width)
{
    uint32_t whole = width / 64 * 64;
    for (uint32_t i = 0; i < whole; i += 64) {
        uint64_t word = bits[i / 64];
        for (uint32_t q = 0; q < 64; q += 16) {
            uint16_t part = (uint16_t)(word >> q);
            for (uint32_t b = 0; b < 16; b++)
                count[i + q + b] = (uint16_t)(count[i + q + b] + (part >> b & 1));
        }
    }
    for (uint32_t i = whole; i < width; i++)
        count[i] = (uint16_t)(count[i] + bitset_has(bits, i));
}

const uint16_t *sample_containing(struct sample *s)
{
    if (!(s->have & SAMPLE_CONTAINING)) {
        memset(s->containing, 0, (size_t)s->groups * s->width * sizeof *s->containing);
        for (uint32_t k = 0; k < s->points; k++)
            sample_add_bits(s->containing + (size_t)s->group[k] * s->width,
                            s->pattern + k * s->words, s->width);
        s->have |= SAMPLE_CONTAINING;
    }
    return s->containing;
}

uint32_t sample_needed(uint32_t size, double sigma)
{
    uint32_t n = 1;
    while (n <= size && (double)n / size < sigma)
        n++;
    return n;
}

/* Bits of COUNT [width] that are at least NEEDED into SET. */
static void sample_take(uint64_t *set, const uint16_t *count, uint32_t width, uint32_t needed)
{
    for (uint32_t i = 0; i < width; i += 64) {
        uint32_t n = width - i < 64 ? width - i : 64;
        uint64_t word = 0;
        for (uint32_t b = 0; b < n; b++)
            word |= (uint64_t)(count[i + b] >= needed) << b;
        set[i / 64] = word;
    }
}

/* Members of each group, and the neurons that are members of exactly one (equations 3 to 5). */
static void sample_make_sets(struct sample *s)
{
    const uint16_t *containing = sample_containing(s);
    const uint32_t *size = sample_sizes(s);
    if (s->have & SAMPLE_SETS)
        return;
    memset(s->neurons, 0, s->words * sizeof *s->neurons);
    memset(s->more, 0, s->words * sizeof *s->more);
    for (uint32_t g = 0; g < s->groups; g++) {
        uint64_t *members = s->members + g * s->words;
        sample_take(members, containing + (size_t)g * s->width, s->width,
                    sample_needed(size[g], s->sigma));
        for (size_t w = 0; w < s->words; w++) {
            s->more[w] |= s->neurons[w] & members[w];
            s->neurons[w] |= members[w];
        }
    }
    for (size_t w = 0; w < s->words; w++)
        s->neurons[w] &= ~s->more[w];
    s->have |= SAMPLE_SETS;
}

const uint64_t *sample_members(struct sample *s)
{
    sample_make_sets(s);
    return s->members;
}

const uint64_t *sample_neurons(struct sample *s)
{
    sample_make_sets(s);
    return s->neurons;
}

const uint32_t *sample_differing(struct sample *s)
{
    uint32_t n = s->points;
    if (s->have & SAMPLE_DIFFERING)
        return s->differing;
    for (uint32_t a = 0; a < n; a++) {
        s->differing[(size_t)a * n + a] = 0;
        for (uint32_t b = a + 1; b < n; b++)
            s->differing[(size_t)a * n + b] = s->differing[(size_t)b * n + a] =
                (uint32_t)bitset_differing(s->pattern + a * s->words, s->pattern + b * s->words,
                                           s->words);
    }
    s->have |= SAMPLE_DIFFERING;
    return s->differing;
}

const double *sample_distances(struct sample *s)
{
    size_t pairs = (size_t)s->points * s->points;
    const uint32_t *differing = sample_differing(s);
    if (!(s->have & SAMPLE_DISTANCES))
        for (size_t i = 0; i < pairs; i++)
            s->dist[i] = sqrt(differing[i]);
    s->have |= SAMPLE_DISTANCES;
    return s->dist;
}

/* Ranks by counting: squared distances are whole numbers up to the width. */
const double *sample_ranks(struct sample *s)
{
    uint32_t n = s->points;
    const uint32_t *differing = sample_differing(s);
    uint32_t *below = s->histogram; /* [d + 1]: pairs of a distance below d + 1 */
    if (s->have & SAMPLE_RANKS)
        return s->rank;
    memset(below, 0, ((size_t)s->width + 2) * sizeof *below);
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = a + 1; b < n; b++)
            below[differing[(size_t)a * n + b] + 1]++;
    for (uint32_t d = 0; d <= s->width; d++)
        below[d + 1] += below[d];
    for (size_t i = 0; i < (size_t)n * n; i++) {
        uint32_t d = differing[i];
        s->rank[i] = ((double)below[d] + (double)below[d + 1] + 1) / 2;
    }
    s->have |= SAMPLE_RANKS;
    return s->rank;
}

enum status sample_map(struct sample *s, const double **xy, struct err *err)
{
    struct map m = {0};
    if (!(s->have & SAMPLE_MAP)) {
        enum status code = map_make(&m, sample_distances(s), s->points, s->group, s->groups, s->map,
                                    s->cancel, err);
        if (code)
            return code;
        memcpy(s->xy, m.xy, (size_t)s->points * 2 * sizeof *s->xy);
        map_free(&m);
        s->have |= SAMPLE_MAP;
    }
    *xy = s->xy;
    return STATUS_OK;
}
