/*
 * speech_counts.h - simulated counts in memory for the tests of inference: phones x speakers, each
 * speaker of one gender and with neurons of a taste of its own, as real ones are, so that frames of
 * one speaker resemble each other.
 */
#ifndef PROPNEU_SPEECH_COUNTS_H
#define PROPNEU_SPEECH_COUNTS_H

#include "simulated.h"

enum { SPEECH_PHONES = 18 };

struct speech {
    uint32_t speakers, width, tau, layers;
    uint32_t planted; /* neurons that follow the gender, from 0 on: even ones female ... */
    double effect;    /* ... by this share of the baseline */
    double taste;     /* how much speakers differ, likewise */
    double noise;     /* and their phones */
    uint32_t gaps;    /* one cell in so many has no frames; 0: none */
    bool middle;      /* one frame a token */
    uint64_t seed;
};

static const char *const speech_phone[] = {"AA", "AE", "AH", "EH", "IH", "IY", "OW", "UW", "B",
                                           "D",  "M",  "N",  "V",  "Z",  "K",  "P",  "S",  "T"};

/* Hits of a cell: SHARE of its frames, and what is left of one by chance. */
static inline uint16_t speech_hits(struct rng *rng, double share, int64_t frames)
{
    double hits = share * (double)frames + rng_uniform(rng);
    return (uint16_t)(hits < 0 ? 0 : hits > (double)frames ? (double)frames : hits);
}

/* The share of frames in which neuron I of LAYER is active for a phone of a speaker, who has the
 * gender GENDER; drawn anew for each phone, the speaker's taste not. */
static inline double speech_share(const struct speech *s, struct rng *rng, uint32_t layer,
                                  uint32_t speaker, uint32_t gender, uint32_t i)
{
    struct rng own = rng_at(s->seed, ((uint64_t)layer * 1000 + speaker) * 100000 + i);
    double share = 1 + s->taste * (2 * rng_uniform(&own) - 1);
    share += s->noise * (2 * rng_uniform(rng) - 1);
    if (i < s->planted)
        share += i % 2 == gender ? s->effect : -s->effect;
    return share * s->tau / s->width;
}

static inline void speech_cell(const struct speech *s, struct counts *c, uint16_t **hits,
                               struct rng *rng, uint32_t phone, uint32_t speaker)
{
    uint32_t cell = c->cells, gender = speaker % 2;
    int64_t *frames = (int64_t *)c->frames + cell;
    *frames = 100 + (int64_t)rng_below(rng, 200);
    if (s->gaps && rng_below(rng, s->gaps) == 0)
        return;
    ((int32_t *)c->factor[0].index)[cell] = (int32_t)phone;
    ((int32_t *)c->factor[1].index)[cell] = (int32_t)gender;
    ((int32_t *)c->factor[2].index)[cell] = (int32_t)speaker;
    for (uint32_t l = 0; l < s->layers; l++)
        for (uint32_t i = 0; i < s->width; i++)
            hits[l][(size_t)cell * s->width + i] =
                speech_hits(rng, speech_share(s, rng, l, speaker, gender, i), *frames);
    c->cells++;
}

/* Speakers are female and male in turn.  Free with counts_free. */
static inline void speech_counts(struct counts *c, const struct speech *s)
{
    uint32_t most = SPEECH_PHONES * s->speakers;
    struct rng rng = rng_seed(s->seed);
    uint16_t *hits[4];
    int32_t *key[3];
    *c = (struct counts){.layers = s->layers,
                         .factors = 3,
                         .lambda_percent = 1,
                         .frames_mode = s->middle ? COUNTS_FRAMES_MID : COUNTS_FRAMES_ALL};
    c->path = counts_text(c, "speech.counts");
    c->model = counts_text(c, "speech");
    c->strata = counts_text(c, "");
    c->frames = counts_alloc(c, most, sizeof *c->frames);
    c->factor = counts_alloc(c, 3, sizeof *c->factor);
    c->layer = counts_alloc(c, s->layers, sizeof *c->layer);
    for (uint32_t f = 0; f < 3; f++)
        key[f] = counts_alloc(c, most, sizeof *key[f]);
    toy_factor(c, 0, "phone", speech_phone, SPEECH_PHONES, key[0]);
    toy_factor(c, 1, "gender", toy_genders, 2, key[1]);
    simulated_factor(c, 2, "speaker", s->speakers, key[2]);
    for (uint32_t l = 0; l < s->layers; l++) {
        hits[l] = counts_alloc(c, (size_t)most * s->width, sizeof *hits[l]);
        c->layer[l] = (struct counts_layer){.width = s->width, .tau = s->tau, .u16 = hits[l]};
    }
    for (uint32_t k = 0; k < SPEECH_PHONES; k++)
        for (uint32_t speaker = 0; speaker < s->speakers; speaker++)
            speech_cell(s, c, hits, &rng, k, speaker);
}

#endif
