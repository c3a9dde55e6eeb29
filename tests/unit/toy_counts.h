/*
 * toy_counts.h - a small count file in memory for the tests of the analysis: phone x gender x
 * pitch, neurons that follow phone classes and genders, and every irregularity there can be.
 */
#ifndef PROPNEU_TOY_COUNTS_H
#define PROPNEU_TOY_COUNTS_H

#include "unit.h"

#include "formats/countfile.h"
#include "base/mem.h"
#include "base/rng.h"

enum { TOY_WIDTH = 70, TOY_TAU = 2, TOY_LAYERS = 3 };

static const char *const toy_phones[] = {"", "AA", "IY", "M", "S", "T", "XX", "Z", "spn"};
static const char *const toy_genders[] = {"female", "male"};
static const char *const toy_pitches[] = {"high", "low", "mid"};

enum { TOY_AA = 1, TOY_IY, TOY_M, TOY_S, TOY_T, TOY_XX, TOY_Z, TOY_SPN };

static inline void toy_factor(struct counts *c, uint32_t f, const char *name,
                              const char *const *level, uint32_t levels, int32_t *index)
{
    c->factor[f] = (struct counts_factor){.levels = levels, .index = index};
    c->factor[f].name = counts_text(c, name);
    c->factor[f].level = counts_alloc(c, levels, sizeof(char *));
    for (uint32_t i = 0; i < levels; i++)
        c->factor[f].level[i] = counts_text(c, level[i]);
}

/* One activated neuron of a frame: often one that follows the phone or the gender. */
static uint32_t toy_neuron(struct rng *rng, int32_t phone, int32_t gender, uint32_t layer)
{
    static const uint32_t of_class[] = {55, 1, 1, 2, 3, 3, 57, 2, 58};
    uint32_t draw = (uint32_t)rng_below(rng, 10);
    if (draw < 3)
        return of_class[phone] + 5 * layer;
    if (draw < 6 && gender >= 0)
        return 40 + (uint32_t)gender + 5 * layer;
    return (uint32_t)rng_below(rng, TOY_WIDTH);
}

/* Frames of a cell; some have none and are then left out of the file. */
static int64_t toy_frames(struct rng *rng, int32_t phone, int32_t gender, int32_t pitch)
{
    if (phone == TOY_Z && gender == 0) /* never said by women */
        return 0;
    if (phone == TOY_M && gender == 1) /* rare in men */
        return pitch == 0 ? 3 : 0;
    return rng_below(rng, 8) == 0 ? 0 : 20 + (int64_t)rng_below(rng, 200);
}

/* Layer 1 has 32-bit counts, the others 16-bit ones. */
static inline void toy_counts(struct counts *c, uint64_t seed)
{
    enum { MOST = 9 * 3 * 4 };
    struct rng rng = rng_seed(seed);
    *c = (struct counts){.layers = TOY_LAYERS, .factors = 3, .lambda_percent = 3};
    int64_t *frames = counts_alloc(c, MOST, sizeof *frames);
    int32_t *key[3];
    uint16_t *u16[TOY_LAYERS];
    uint32_t *u32 = counts_alloc(c, (size_t)MOST * TOY_WIDTH, sizeof *u32);
    for (int f = 0; f < 3; f++)
        key[f] = counts_alloc(c, MOST, sizeof *key[f]);
    for (uint32_t l = 0; l < TOY_LAYERS; l++)
        u16[l] = counts_alloc(c, (size_t)MOST * TOY_WIDTH, sizeof *u16[l]);
    for (int32_t phone = 0; phone < 9; phone++)
        for (int32_t gender = -1; gender < 2; gender++)
            for (int32_t pitch = -1; pitch < 3; pitch++) {
                uint32_t cell = c->cells;
                frames[cell] = toy_frames(&rng, phone, gender, pitch);
                if (frames[cell] == 0)
                    continue;
                key[0][cell] = phone;
                key[1][cell] = gender;
                key[2][cell] = pitch;
                c->cells++;
                for (uint32_t l = 0; l < TOY_LAYERS; l++)
                    for (int64_t t = 0; t < frames[cell]; t++)
                        for (uint32_t first = UINT32_MAX, k = 0; k < TOY_TAU;) {
                            uint32_t i = toy_neuron(&rng, phone, gender, l);
                            if (i == first)
                                continue;
                            first = i;
                            k++;
                            u16[l][cell * TOY_WIDTH + i]++;
                            u32[cell * TOY_WIDTH + i] += l == 0;
                        }
            }
    c->path = counts_text(c, "toy.counts");
    c->model = counts_text(c, "toy");
    c->frames = frames;
    c->factor = counts_alloc(c, 3, sizeof *c->factor);
    c->layer = counts_alloc(c, TOY_LAYERS, sizeof *c->layer);
    toy_factor(c, 0, "phone", toy_phones, 9, key[0]);
    toy_factor(c, 1, "gender", toy_genders, 2, key[1]);
    toy_factor(c, 2, "pitch", toy_pitches, 3, key[2]);
    for (uint32_t l = 0; l < TOY_LAYERS; l++) {
        c->layer[l] = (struct counts_layer){.width = TOY_WIDTH, .tau = TOY_TAU};
        if (l == 0)
            c->layer[l].u32 = u32;
        else
            c->layer[l].u16 = u16[l];
    }
}

/* Hits of NEURON in LAYER over the cells with these levels (-2: any), and their frames. */
static inline uint32_t toy_hits(const struct counts *c, uint32_t layer, uint32_t neuron,
                                int32_t phone, int32_t gender, int32_t pitch, int64_t *frames)
{
    uint32_t sum = 0;
    const int32_t want[3] = {phone, gender, pitch};
    *frames = 0;
    for (uint32_t cell = 0; cell < c->cells; cell++) {
        bool passes = true;
        for (int f = 0; f < 3; f++)
            passes = passes && (want[f] == -2 || c->factor[f].index[cell] == want[f]);
        if (!passes)
            continue;
        size_t at = (size_t)cell * TOY_WIDTH + neuron;
        sum += layer == 0 ? c->layer[layer].u32[at] : c->layer[layer].u16[at];
        *frames += c->frames[cell];
    }
    return sum;
}

#endif
