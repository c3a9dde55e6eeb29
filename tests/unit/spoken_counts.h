/*
 * spoken_counts.h - a small count file in memory by speaker: phone x speaker x gender x pitch, in
 * which neurons follow phones, genders and single speakers.
 */
#ifndef PROPNEU_SPOKEN_COUNTS_H
#define PROPNEU_SPOKEN_COUNTS_H

#include "toy_counts.h"

enum { SPOKEN_MOST = 32, SPOKEN_SHORT = 3 /* of each so many speakers, one says no Z */ };

struct spoken {
    uint64_t seed;
    uint32_t first, speakers; /* s<first>, s<first + 1>, ...: of odd number male */
    bool backwards;           /* levels of the factor speaker in falling order */
    bool clear;               /* genders in more frames */
    bool columns;             /* "engine" with 2 values of 5 speakers or more in each gender, "hall"
                               * with one of a single speaker */
};

/* A neuron that follows the phone, the gender, the speaker, the pitch, or nothing. */
static uint32_t spoken_neuron(struct rng *rng, const struct spoken *s, int32_t phone,
                              uint32_t speaker, int32_t pitch, uint32_t layer)
{
    uint32_t draw = (uint32_t)rng_below(rng, 10);
    if (draw < 4)
        return toy_neuron(rng, phone, s->clear || speaker % 3 ? (int32_t)(speaker % 2) : -1, layer);
    if (draw < 7)
        return 10 + (speaker * 7 + layer) % 24;
    if (draw == 7 && pitch >= 0)
        return 61 + 2 * (speaker % 3) + (uint32_t)pitch;
    return (uint32_t)rng_below(rng, TOY_WIDTH);
}

static void spoken_columns(struct counts *c, const struct spoken *s)
{
    char **engine = counts_alloc(c, s->speakers, sizeof *engine);
    char **hall = counts_alloc(c, s->speakers, sizeof *hall);
    c->columns = 2;
    c->column = counts_alloc(c, 2, sizeof *c->column);
    c->column[0] = (struct counts_column){counts_text(c, "engine"), engine};
    c->column[1] = (struct counts_column){counts_text(c, "hall"), hall};
    for (uint32_t i = 0; i < s->speakers; i++) {
        engine[i] = counts_text(c, i < s->speakers / 2 ? "a" : "b");
        hall[i] = counts_text(c, i == 0 ? "small" : "large");
    }
    c->strata = counts_text(c, "engine");
}

/* The name of a speaker by level. */
static uint32_t spoken_number(const struct spoken *s, uint32_t level)
{
    return s->first + (s->backwards ? s->speakers - 1 - level : level);
}

/* Each speaker's cells depend on the seed and the speaker's number alone. */
static void spoken_counts(struct counts *c, const struct spoken *s)
{
    enum { MOST = 9 * SPOKEN_MOST * 3 };
    static const char *const pitches[] = {"high", "low"};
    static char name[SPOKEN_MOST][8];
    const char *names[SPOKEN_MOST];
    *c = (struct counts){.layers = 2, .factors = 4, .lambda_percent = 3};
    int64_t *frames = counts_alloc(c, MOST, sizeof *frames);
    int32_t *key[4];
    uint32_t *u32[2];
    for (int f = 0; f < 4; f++)
        key[f] = counts_alloc(c, MOST, sizeof *key[f]);
    for (int l = 0; l < 2; l++)
        u32[l] = counts_alloc(c, (size_t)MOST * TOY_WIDTH, sizeof *u32[l]);
    for (uint32_t v = 0; v < s->speakers; v++) {
        uint32_t number = spoken_number(s, v);
        struct rng rng = rng_at(s->seed, number);
        snprintf(name[v], sizeof name[v], "s%u", number);
        names[v] = name[v];
        for (int32_t phone = 0; phone < 9; phone++)
            for (int32_t pitch = -1; pitch < 2; pitch++) {
                uint32_t cell = c->cells;
                if (phone == TOY_Z && number % SPOKEN_SHORT == 0)
                    continue;
                frames[cell] = 8 + (int64_t)rng_below(&rng, 30);
                key[0][cell] = phone;
                key[1][cell] = (int32_t)v;
                key[2][cell] = (int32_t)(number % 2);
                key[3][cell] = pitch;
                c->cells++;
                for (uint32_t l = 0; l < 2; l++)
                    for (int64_t t = 0; t < frames[cell]; t++)
                        for (uint32_t before = UINT32_MAX, k = 0; k < TOY_TAU;) {
                            uint32_t i = spoken_neuron(&rng, s, phone, number, pitch, l);
                            if (i == before)
                                continue;
                            before = i;
                            k++;
                            u32[l][(size_t)cell * TOY_WIDTH + i]++;
                        }
            }
    }
    c->path = counts_text(c, s->backwards ? "backwards.counts" : "spoken.counts");
    c->model = counts_text(c, "toy");
    c->strata = counts_text(c, "");
    c->frames = frames;
    c->factor = counts_alloc(c, 4, sizeof *c->factor);
    c->layer = counts_alloc(c, 2, sizeof *c->layer);
    toy_factor(c, 0, "phone", toy_phones, 9, key[0]);
    toy_factor(c, 1, "speaker", names, s->speakers, key[1]);
    toy_factor(c, 2, "gender", toy_genders, 2, key[2]);
    toy_factor(c, 3, "pitch", pitches, 2, key[3]);
    for (uint32_t l = 0; l < 2; l++)
        c->layer[l] = (struct counts_layer){.width = TOY_WIDTH, .tau = TOY_TAU, .u32 = u32[l]};
    if (s->columns)
        spoken_columns(c, s);
}

#endif
