/*
 * synth_counts.h - count files made by rule: every vowel, gender, ... has neurons of its own, in
 * some layers more than in others.  Integers only, so the same bytes everywhere.
 */
#ifndef PROPNEU_SYNTH_COUNTS_H
#define PROPNEU_SYNTH_COUNTS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/countfile.h"
#include "base/rng.h"

#define SYNTH_CELLS 512

struct synth {
    uint32_t layers, width, tau, phones; /* phones: so many of the 39, spread over the classes */
    int64_t frames;                      /* of the smallest cell */
    bool wide;                           /* counts that need 32 bits */
    /* filled by synth_write */
    int32_t phone[SYNTH_CELLS], gender[SYNTH_CELLS], pitch[SYNTH_CELLS];
    int64_t n[SYNTH_CELLS];
    int kind[64]; /* [phones] 0 vowel, 1 voiced, 2 unvoiced */
    uint32_t *row;
};

static const char *const synth_names[] = {
    "AA", "AE", "AH", "AO", "AW", "AY", "B",  "CH", "D", "DH", "EH", "ER", "EY",
    "F",  "G",  "HH", "IH", "IY", "JH", "K",  "L",  "M", "N",  "NG", "OW", "OY",
    "P",  "R",  "S",  "SH", "T",  "TH", "UH", "UW", "V", "W",  "Y",  "Z",  "ZH"};

static inline int synth_kind(const char *phone)
{
    static const char *const unvoiced[] = {"CH", "F", "HH", "K", "P", "S", "SH", "T", "TH"};
    if (phone[0] == 'A' || phone[0] == 'E' || phone[0] == 'I' || phone[0] == 'O' || phone[0] == 'U')
        return 0;
    for (size_t i = 0; i < sizeof unvoiced / sizeof unvoiced[0]; i++)
        if (strcmp(unvoiced[i], phone) == 0)
            return 2;
    return 1;
}

/* How much neuron I likes the cell: more where one of its three tastes is met. */
static inline uint32_t synth_weight(const struct synth *s, uint32_t layer, uint32_t cell,
                                    uint32_t i)
{
    struct rng taste = rng_seed(1 + i + (uint64_t)layer * 100003);
    struct rng whim = rng_seed(7 + i + (uint64_t)s->phone[cell] * 7919 + (uint64_t)layer * 104729);
    uint32_t w = 1 + (uint32_t)rng_below(&whim, 6);
    uint32_t kind = (uint32_t)rng_below(&taste, 6), gender = (uint32_t)rng_below(&taste, 4);
    uint32_t pitch = (uint32_t)rng_below(&taste, 6);
    w += kind == (uint32_t)s->kind[s->phone[cell]] ? 4 + 3 * layer : 0;
    w += gender == (uint32_t)s->gender[cell] ? 20 / (1 + layer) : 0;
    w += s->pitch[cell] >= 0 && pitch == (uint32_t)s->pitch[cell] ? 16 / (1 + layer) : 0;
    return w * w;
}

/* Counts of one cell: shares of its frames by weight, adding up to frames times tau. */
static const uint32_t *synth_row(void *context, uint32_t layer, uint32_t cell)
{
    struct synth *s = context;
    uint64_t total = 0, left = (uint64_t)s->n[cell] * s->tau, all = left;
    for (uint32_t i = 0; i < s->width; i++)
        total += s->row[i] = synth_weight(s, layer, cell, i);
    for (uint32_t i = 0; i < s->width; i++) {
        uint64_t hits = all * s->row[i] / total;
        s->row[i] = (uint32_t)(hits < (uint64_t)s->n[cell] ? hits : (uint64_t)s->n[cell]);
        left -= s->row[i];
    }
    if (s->wide && cell == 0 && left < (uint64_t)s->n[0]) /* one neuron in every frame */
        for (uint32_t i = 1; i < s->width; i++) {
            left += s->row[i] / 2;
            s->row[i] -= s->row[i] / 2;
        }
    for (uint32_t i = 0; left && i < s->width; i++) {
        uint64_t room = (uint64_t)s->n[cell] - s->row[i], more = room < left ? room : left;
        s->row[i] += (uint32_t)more;
        left -= more;
    }
    return s->row;
}

static inline uint32_t synth_cells(struct synth *s)
{
    uint32_t c = 0;
    for (uint32_t p = 0; p < s->phones; p++)
        for (int g = 0; g < 2; g++)
            for (int q = -1; q < 3; q++) {
                if (s->kind[p] == 2 && q >= 0)
                    continue;
                s->phone[c] = (int32_t)p;
                s->gender[c] = g;
                s->pitch[c] = q;
                s->n[c++] = s->frames + 10 * (int64_t)((p * 7 + (uint32_t)g * 3) % 5);
            }
    return c;
}

static inline enum status synth_write(struct synth *s, const char *path, struct err *err)
{
    static char names[64][4];
    static char female[] = "female", male[] = "male", high[] = "high", low[] = "low", mid[] = "mid";
    static char phone[] = "phone", gender[] = "gender", pitch[] = "pitch", text[] = "synthetic";
    static char none[] = "", model[] = "toy";
    char *levels[64], *genders[] = {female, male}, *pitches[] = {high, low, mid};
    static struct counts_layer layer[64];
    for (uint32_t p = 0; p < s->phones; p++) {
        snprintf(names[p], sizeof names[p], "%s", synth_names[p * 39 / s->phones]);
        levels[p] = names[p];
        s->kind[p] = synth_kind(names[p]);
    }
    for (uint32_t l = 0; l < s->layers; l++)
        layer[l] = (struct counts_layer){.width = s->width, .tau = s->tau};
    struct counts_factor factor[] = {{phone, levels, s->phones, s->phone},
                                     {gender, genders, 2, s->gender},
                                     {pitch, pitches, 3, s->pitch}};
    struct counts c = {.path = none,
                       .model = model,
                       .family = text,
                       .created_by = text,
                       .command = text,
                       .pitch_edges_hz = none,
                       .lambda_percent = 100.0 * s->tau / s->width,
                       .utterances = 1,
                       .seconds = 1,
                       .cells = synth_cells(s),
                       .frames = s->n,
                       .factors = 3,
                       .factor = factor,
                       .layers = s->layers,
                       .layer = layer};
    s->row = malloc(s->width * sizeof *s->row);
    enum status code = s->row ? counts_write_rows(&c, synth_row, s, path, err) : STATUS_NOMEM;
    free(s->row);
    return code;
}

/* The small file of the golden screens and the terminal's tests. */
static inline enum status synth_small(const char *path, struct err *err)
{
    struct synth s = {.layers = 6, .width = 300, .tau = 6, .phones = 20, .frames = 900};
    return synth_write(&s, path, err);
}

#endif
