/*
 * simulated.h - count files in memory whose truth is known: neurons that follow phones, speakers
 * and utterances, and as much of gender, class or synthesiser as is asked for.  Frames of a speaker
 * resemble each other, as they do in speech: what makes naive tests wrong.
 */
#ifndef PROPNEU_SIMULATED_H
#define PROPNEU_SIMULATED_H

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "toy_counts.h"

struct simulation {
    uint32_t speakers, phones;           /* genders take turns */
    uint32_t utterances;                 /* of each speaker; 0: the file has no such factor */
    uint32_t layers, width, tau, frames; /* frames of a cell */
    double phone, speaker, utterance;    /* deviation of log rates */
    double gender, engine, class;        /* shift of the log rate of the neurons that follow it */
    double share;                        /* of neurons that follow gender, engine and class */
    uint32_t pieces; /* of one person that the file takes for as many speakers; 0, 1: none */
    bool blocked;    /* most speakers of the first synthesiser are women */
    uint64_t seed;
};

/* Vowels, voiced and unvoiced consonants in turn. */
static const char *const simulated_phones[] = {"AA", "B",  "CH", "AE", "D",  "F",  "AH", "DH",
                                               "K",  "AO", "G",  "P",  "AW", "L",  "S",  "AY",
                                               "M",  "SH", "EH", "N",  "T",  "ER", "R",  "TH"};

static double simulated_normal(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
    struct rng r = rng_at(seed * 31 + a, b * 100003 + c);
    double sum = -6;
    for (int k = 0; k < 12; k++)
        sum += rng_uniform(&r);
    return sum;
}

/* The synthesiser of a speaker; genders are female, male in turn. */
static uint32_t simulated_engine(const struct simulation *s, uint32_t speaker)
{
    if (!s->blocked)
        return speaker / 2 % 2;
    return speaker / 2 % 4 == 0 ? speaker % 2 == 0 : speaker % 2; /* three of four by gender */
}

/* Who a speaker of the file is. */
static uint32_t simulated_person(const struct simulation *s, uint32_t speaker)
{
    return s->pieces > 1 ? speaker / s->pieces : speaker;
}

static double simulated_rate(const struct simulation *s, uint32_t layer, uint32_t i, uint32_t phone,
                             uint32_t speaker, uint32_t utterance)
{
    uint64_t n = (uint64_t)layer * s->width + i;
    double log_rate = s->phone * simulated_normal(s->seed, 1, n, phone) +
                      s->speaker * simulated_normal(s->seed, 2, n, speaker);
    if (s->utterance > 0)
        log_rate += s->utterance * simulated_normal(s->seed, 3, n, speaker * 1000 + utterance);
    if (i < s->share * s->width) {
        log_rate += s->gender * (speaker % 2 == i % 2 ? 0.5 : -0.5);
        log_rate += s->engine * (simulated_engine(s, speaker) == i % 2 ? 0.5 : -0.5);
        log_rate += s->class * (phone % 3 == i % 3 ? 0.5 : -0.5);
    }
    return fmin(0.9, 2.0 * s->tau / s->width * exp(log_rate));
}

/* Levels "1000" on of a factor. */
static void simulated_factor(struct counts *c, uint32_t f, const char *name, uint32_t levels,
                             int32_t *index)
{
    static char text[4096][8];
    static const char *level[4096];
    for (uint32_t i = 0; i < levels; i++) {
        snprintf(text[i], sizeof text[i], "%u", 1000 + i);
        level[i] = text[i];
    }
    toy_factor(c, f, name, level, levels, index);
}

static void simulated_engines(struct counts *c, const struct simulation *s)
{
    c->columns = 1;
    c->column = counts_alloc(c, 1, sizeof *c->column);
    c->column->name = counts_text(c, "engine");
    c->column->value = counts_alloc(c, s->speakers, sizeof *c->column->value);
    for (uint32_t i = 0; i < s->speakers; i++)
        c->column->value[i] = counts_text(c, simulated_engine(s, i) ? "B" : "A");
}

/* Phone x gender x speaker (x utterance). */
static inline void simulated_counts(struct counts *c, const struct simulation *s)
{
    uint32_t tokens = s->utterances ? s->utterances : 1;
    size_t cells = (size_t)s->phones * s->speakers * tokens;
    *c = (struct counts){.layers = s->layers, .lambda_percent = 100.0 * s->tau / s->width};
    int64_t *frames = counts_alloc(c, cells, sizeof *frames);
    int32_t *key[4];
    c->factor = counts_alloc(c, 4, sizeof *c->factor);
    c->layer = counts_alloc(c, s->layers, sizeof *c->layer);
    for (int f = 0; f < 4; f++)
        assert_non_null(key[f] = counts_alloc(c, cells, sizeof *key[f]));
    assert_true(frames && c->factor && c->layer);
    c->path = counts_text(c, "simulated");
    c->strata = counts_text(c, "");
    c->cells = (uint32_t)cells;
    c->frames = frames;
    for (uint32_t cell = 0; cell < cells; cell++) {
        key[0][cell] = (int32_t)(cell / (s->speakers * tokens));
        key[2][cell] = (int32_t)(cell / tokens % s->speakers);
        key[1][cell] = (int32_t)simulated_person(s, (uint32_t)key[2][cell]) % 2;
        key[3][cell] = (int32_t)(cell % (s->speakers * tokens));
        frames[cell] = s->frames;
    }
    toy_factor(c, 0, "phone", simulated_phones, s->phones, key[0]);
    toy_factor(c, 1, "gender", toy_genders, 2, key[1]);
    simulated_factor(c, 2, "speaker", s->speakers, key[2]);
    c->factors = 3;
    if (s->utterances)
        simulated_factor(c, c->factors++, "utterance", s->speakers * tokens, key[3]);
    simulated_engines(c, s);
    for (uint32_t l = 0; l < s->layers; l++) {
        uint32_t *hits = counts_alloc(c, cells * s->width, sizeof *hits);
        assert_non_null(hits);
        c->layer[l] = (struct counts_layer){.width = s->width, .tau = s->tau, .u32 = hits};
        for (uint32_t cell = 0; cell < cells; cell++)
            for (uint32_t i = 0; i < s->width; i++) {
                struct rng r = rng_at(s->seed * 31 + 7 + l, (uint64_t)cell * s->width + i);
                double p = simulated_rate(s, l, i, (uint32_t)key[0][cell],
                                          simulated_person(s, (uint32_t)key[2][cell]),
                                          (uint32_t)key[3][cell] % tokens);
                for (uint32_t n = 0; n < s->frames; n++)
                    hits[(size_t)cell * s->width + i] += rng_uniform(&r) < p;
            }
    }
}

#endif
