/*
 * The information itself (cmi.h), of the neurons and labels of a draw: hits by level and group are
 * added up for these neurons alone.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/bitset.h"
#include "inference/cmi.h"
#include "inference/tokenunits.h"

size_t cmi_room(const struct cmi *c)
{
    const struct counts *counts = c->analysis->counts;
    size_t cells = (size_t)c->levels * c->groups, width = 0;
    for (uint32_t l = 0; l < counts->layers && c->tokens; l++)
        width = counts->layer[l].width > width ? counts->layer[l].width : width;
    return 2 * cells + width * (cells + 1);
}

/* a ln(a M / (n H)), 0 for a = 0. */
static double cmi_term(uint64_t a, uint64_t all, uint64_t n, uint64_t active)
{
    return a ? (double)a * log((double)a * (double)all / ((double)n * (double)active)) : 0;
}

/* Of one level: H hits and N frames by group. */
static double cmi_of_level(const uint64_t *h, const uint64_t *n, uint32_t groups)
{
    uint64_t hits = 0, frames = 0;
    double sum = 0;
    for (uint32_t g = 0; g < groups; g++) {
        hits += h[g];
        frames += n[g];
    }
    for (uint32_t g = 0; g < groups; g++)
        sum +=
            cmi_term(h[g], frames, n[g], hits) + cmi_term(n[g] - h[g], frames, n[g], frames - hits);
    return sum;
}

/* H(P | Q) of N frames by level and group. */
static double cmi_entropy(const struct cmi *c, const uint64_t *n)
{
    uint64_t all = 0;
    double sum = 0;
    for (uint32_t q = 0; q < c->levels; q++, n += c->groups) {
        uint64_t frames = 0;
        for (uint32_t g = 0; g < c->groups; g++)
            frames += n[g];
        for (uint32_t g = 0; g < c->groups; g++)
            sum += n[g] ? (double)n[g] * log((double)frames / (double)n[g]) : 0;
        all += frames;
    }
    return all ? sum / (double)all : NAN;
}

/* Adds up FRAMES or, where that is NULL, HITS [pieces] by level and group into SUM
 * [levels][groups]; the total. */
static uint64_t cmi_add(const struct cmi *c, const uint32_t *label, const uint64_t *frames,
                        const uint32_t *hits, uint64_t *sum)
{
    uint64_t all = 0;
    memset(sum, 0, (size_t)c->levels * c->groups * sizeof *sum);
    for (uint32_t k = 0; k < c->pieces; k++) {
        uint64_t value = frames ? frames[k] : hits[k];
        sum[(size_t)c->level[k] * c->groups + label[c->unit[k]]] += value;
        all += value;
    }
    return all;
}

/* Hits of the tokens, by neuron of NEURONS in their order, level and group, into HITS
 * [neurons][levels][groups]; PLACE [width] is scratch. */
static void cmi_add_tokens(const struct cmi *c, const uint32_t *label, const uint64_t *neurons,
                           uint64_t *hits, uint64_t *place)
{
    const struct token_units *t = c->tokens;
    size_t cells = (size_t)c->levels * c->groups;
    uint64_t count = 0;
    for (uint32_t i = 0; i < c->width; i++)
        place[i] = bitset_has(neurons, i) ? count++ : UINT64_MAX;
    memset(hits, 0, count * cells * sizeof *hits);
    for (uint32_t k = 0; k < c->pieces; k++) {
        uint32_t u = c->unit[k];
        const uint16_t *active = tokens_row(&t->file, c->layer, t->token[u]);
        uint64_t *cell = hits + (size_t)c->level[k] * c->groups + label[u];
        for (uint32_t n = 0; n < t->file.about.layer[c->layer].tau; n++)
            if (place[active[n]] != UINT64_MAX)
                cell[place[active[n]] * cells]++;
    }
}

struct cmi_value cmi_of(const struct cmi *c, const uint32_t *label, const uint64_t *neurons,
                        uint64_t *room)
{
    size_t cells = (size_t)c->levels * c->groups;
    uint64_t *n = room, *h = room + cells;
    uint64_t all = cmi_add(c, label, c->frames, NULL, n);
    uint32_t count = 0;
    double sum = 0;
    if (c->tokens)
        cmi_add_tokens(c, label, neurons, h, h + c->width * cells);
    for (uint32_t i = 0; i < c->width; i++) {
        if (!bitset_has(neurons, i))
            continue;
        if (!c->tokens)
            cmi_add(c, label, NULL, c->hits + (size_t)i * c->pieces, h);
        for (uint32_t q = 0; q < c->levels; q++)
            sum += cmi_of_level(h + (size_t)q * c->groups, n + (size_t)q * c->groups, c->groups);
        h += c->tokens ? cells : 0;
        count++;
    }
    struct cmi_value v = {.mean = count && all ? sum / (double)all / count : NAN,
                          .entropy = cmi_entropy(c, n)};
    v.share = v.entropy > 0 ? v.mean / v.entropy : NAN;
    return v;
}
