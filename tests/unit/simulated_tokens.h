/*
 * simulated_tokens.h - counts of middle frames with their token file, whose truth is known: pitch
 * that drifts from utterance to utterance together with the neurons, as it does when a speaker
 * tires, and as much of an effect of pitch itself as is asked for.
 */
#ifndef PROPNEU_SIMULATED_TOKENS_H
#define PROPNEU_SIMULATED_TOKENS_H

#include <unistd.h>

#include "formats/tokenfile.h"
#include "simulated.h"

struct token_simulation {
    uint32_t speakers, utterances, phones; /* utterances of each speaker, tokens of each phone */
    uint32_t tokens, width, tau;
    double drift; /* shift of log rates and of pitch by utterance, in deviations */
    double pitch; /* shift of the log rate of the neurons that follow pitch */
    uint64_t seed;
};

struct simulated_tokens {
    uint32_t count;
    int32_t *level[4]; /* phone, pitch, speaker, utterance: [count] */
    uint16_t *neuron;  /* [count][tau] */
    uint32_t tau;
};

/* Low, mid, high by what pitch is in this token. */
static int32_t simulated_pitch(const struct token_simulation *s, uint32_t utterance, uint64_t token)
{
    static const int32_t level[] = {1, 2, 0}; /* toy_pitches: high, low, mid */
    double z = s->drift * simulated_normal(s->seed, 5, utterance, 0) +
               simulated_normal(s->seed, 6, token, 0);
    double third = 0.43 * sqrt(1 + s->drift * s->drift);
    return level[z < -third ? 0 : z < third ? 1 : 2];
}

/* The tau neurons of a token: without replacement, by rates (the largest of log rate + Gumbel). */
static void simulated_activate(const struct token_simulation *s, uint16_t *neuron, uint32_t phone,
                               uint32_t utterance, int32_t pitch, uint64_t token)
{
    double *key = mem_array(s->width, sizeof *key);
    struct rng r = rng_at(s->seed * 31 + 9, token);
    double z = simulated_normal(s->seed, 5, utterance, 0);
    assert_non_null(key);
    for (uint32_t i = 0; i < s->width; i++) {
        key[i] = 0.5 * simulated_normal(s->seed, 7, i, phone) - log(-log(rng_uniform(&r) + 1e-300));
        key[i] += s->drift * z * (i % 2 ? 0.5 : -0.5);
        key[i] += i < s->width / 2 && (int32_t)(i % 3) == pitch ? s->pitch : 0;
    }
    for (uint32_t k = 0; k < s->tau; k++) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < s->width; i++)
            best = key[i] > key[best] ? i : best;
        key[best] = -INFINITY;
        neuron[k] = (uint16_t)best;
    }
    free(key);
    for (uint32_t a = 0; a < s->tau; a++) /* ascending */
        for (uint32_t b = a + 1; b < s->tau; b++)
            if (neuron[b] < neuron[a]) {
                uint16_t keep = neuron[a];
                neuron[a] = neuron[b];
                neuron[b] = keep;
            }
}

static void simulated_say(struct simulated_tokens *t, const struct token_simulation *s)
{
    uint32_t of_utterance = s->phones * s->tokens;
    t->count = s->speakers * s->utterances * of_utterance;
    t->tau = s->tau;
    t->neuron = mem_array((size_t)t->count * s->tau, sizeof *t->neuron);
    for (int f = 0; f < 4; f++)
        assert_non_null(t->level[f] = mem_array(t->count, sizeof *t->level[f]));
    for (uint32_t k = 0; k < t->count; k++) {
        uint32_t utterance = k / of_utterance, phone = k % s->phones;
        t->level[0][k] = (int32_t)phone;
        t->level[1][k] = simulated_pitch(s, utterance, k);
        t->level[2][k] = (int32_t)(utterance / s->utterances);
        t->level[3][k] = (int32_t)utterance;
        simulated_activate(s, t->neuron + (size_t)k * s->tau, phone, utterance, t->level[1][k], k);
    }
}

static int32_t simulated_level(void *context, uint32_t factor, uint32_t token)
{
    return ((const struct simulated_tokens *)context)->level[factor][token];
}

static const uint16_t *simulated_row(void *context, uint32_t layer, uint32_t token)
{
    const struct simulated_tokens *t = context;
    (void)layer;
    return t->neuron + (size_t)token * t->tau;
}

/* What both files say; UTTERANCES of the factor, 0: none. */
static void simulated_about(struct counts *c, const struct token_simulation *s, uint32_t utterances,
                            int32_t *const *index)
{
    static const char *const vowels[] = {"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER"};
    *c = (struct counts){.layers = 1,
                         .lambda_percent = 100.0 * s->tau / s->width,
                         .frames_mode = COUNTS_FRAMES_MID,
                         .utterances = s->speakers * s->utterances,
                         .utterance_digest = s->seed + 1,
                         .seconds = 1};
    c->path = counts_text(c, "simulated");
    c->model = counts_text(c, "simulated");
    c->family = c->created_by = c->command = c->model;
    c->strata = c->pitch_edges_hz = counts_text(c, "");
    c->layer = counts_alloc(c, 1, sizeof *c->layer);
    c->layer[0] = (struct counts_layer){.width = s->width, .tau = s->tau};
    c->factor = counts_alloc(c, 4, sizeof *c->factor);
    c->factors = utterances ? 4 : 3;
    toy_factor(c, 0, "phone", vowels, s->phones, index ? index[0] : NULL);
    toy_factor(c, 1, "pitch", toy_pitches, 3, index ? index[1] : NULL);
    simulated_factor(c, 2, "speaker", s->speakers, index ? index[2] : NULL);
    if (utterances)
        simulated_factor(c, 3, "utterance", utterances, NULL);
}

/* The counts of T's tokens in cells of phone x pitch x speaker. */
static void simulated_count(struct counts *c, const struct token_simulation *s,
                            const struct simulated_tokens *t)
{
    uint32_t most = s->phones * 3 * s->speakers, cells = 0;
    int32_t *index[3];
    struct counts memory = {0};
    uint32_t *frames = counts_alloc(&memory, most, sizeof *frames);
    uint32_t *hits = counts_alloc(&memory, (size_t)most * s->width, sizeof *hits);
    assert_true(frames && hits);
    for (uint32_t k = 0; k < t->count; k++) {
        uint32_t cell = ((uint32_t)t->level[0][k] * 3 + (uint32_t)t->level[1][k]) * s->speakers +
                        (uint32_t)t->level[2][k];
        frames[cell]++;
        for (uint32_t i = 0; i < s->tau; i++)
            hits[(size_t)cell * s->width + t->neuron[(size_t)k * s->tau + i]]++;
    }
    simulated_about(c, s, 0, NULL);
    int64_t *there = counts_alloc(c, most, sizeof *there);
    uint32_t *kept = counts_alloc(c, (size_t)most * s->width, sizeof *kept);
    for (int f = 0; f < 3; f++)
        assert_non_null(index[f] = counts_alloc(c, most, sizeof *index[f]));
    for (uint32_t cell = 0; cell < most; cell++) {
        if (!frames[cell])
            continue;
        index[0][cells] = (int32_t)(cell / s->speakers / 3);
        index[1][cells] = (int32_t)(cell / s->speakers % 3);
        index[2][cells] = (int32_t)(cell % s->speakers);
        memcpy(kept + (size_t)cells * s->width, hits + (size_t)cell * s->width,
               s->width * sizeof *kept);
        there[cells++] = frames[cell];
    }
    for (int f = 0; f < 3; f++)
        c->factor[f].index = index[f];
    c->cells = cells;
    c->frames = there;
    c->layer[0].u32 = kept;
    counts_free(&memory);
}

/* Counts in memory, their token file at PATH. */
static inline void simulated_with_tokens(struct counts *c, const struct token_simulation *s,
                                         const char *path)
{
    struct simulated_tokens t;
    struct counts about;
    struct err own;
    simulated_say(&t, s);
    simulated_about(&about, s, s->speakers * s->utterances, NULL);
    const struct tokens_source source = {simulated_level, simulated_row, &t};
    assert_int_equal(tokens_write(&about, t.count, &source, path, &own), STATUS_OK);
    simulated_count(c, s, &t);
    counts_free(&about);
    for (int f = 0; f < 4; f++)
        free(t.level[f]);
    free(t.neuron);
}

#endif
