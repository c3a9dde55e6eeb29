/*
 * big_counts.h - count files as large as one likes, phone x speaker, whose property "speaker" has
 * 39 points for each of SPEAKERS: their maps take as long as real ones.  Integers only, so the same
 * bytes everywhere.
 */
#ifndef PROPNEU_BIG_COUNTS_H
#define PROPNEU_BIG_COUNTS_H

#include "synth_counts.h"

enum { BIG_PHONES = 39, BIG_SPEAKERS = 64, BIG_FRAMES = 60 };

struct big {
    uint32_t speakers, layers, width, tau; /* up to BIG_SPEAKERS; 41 make 1599 points */
    uint32_t *row;
};

/* Hits of one cell: as many as its frames have, at random; neurons lean to phones and speakers. */
static const uint32_t *big_row(void *context, uint32_t layer, uint32_t cell)
{
    struct big *b = context;
    struct rng rng = rng_seed(1 + cell + (uint64_t)layer * 1000003);
    uint32_t phone = cell / b->speakers, speaker = cell % b->speakers;
    memset(b->row, 0, b->width * sizeof *b->row);
    for (uint32_t left = BIG_FRAMES * b->tau; left;) {
        uint32_t i = (uint32_t)rng_below(&rng, b->width), taste = i % (BIG_PHONES + b->speakers);
        bool likes = taste == phone || taste == BIG_PHONES + speaker;
        if ((likes || rng_below(&rng, 4) == 0) && b->row[i] < BIG_FRAMES) {
            b->row[i]++;
            left--;
        }
    }
    return b->row;
}

static inline enum status big_write(struct big *b, const char *path, struct err *err)
{
    static char phones[BIG_PHONES][4], speakers[BIG_SPEAKERS][8];
    static int32_t phone[BIG_PHONES * BIG_SPEAKERS], speaker[BIG_PHONES * BIG_SPEAKERS];
    static int64_t frames[BIG_PHONES * BIG_SPEAKERS];
    static char text[] = "big", none[] = "", phone_name[] = "phone", speaker_name[] = "speaker";
    char *phone_level[BIG_PHONES], *speaker_level[BIG_SPEAKERS];
    struct counts_layer layer[8];
    for (uint32_t p = 0; p < BIG_PHONES; p++)
        snprintf(phone_level[p] = phones[p], sizeof phones[p], "%s", synth_names[p]);
    for (uint32_t s = 0; s < b->speakers; s++)
        snprintf(speaker_level[s] = speakers[s], sizeof speakers[s], "%u", 1000 + s);
    for (uint32_t c = 0; c < BIG_PHONES * b->speakers; c++) {
        phone[c] = (int32_t)(c / b->speakers);
        speaker[c] = (int32_t)(c % b->speakers);
        frames[c] = BIG_FRAMES;
    }
    for (uint32_t l = 0; l < b->layers; l++)
        layer[l] = (struct counts_layer){.width = b->width, .tau = b->tau};
    struct counts_factor factor[] = {{phone_name, phone_level, BIG_PHONES, phone},
                                     {speaker_name, speaker_level, b->speakers, speaker}};
    struct counts c = {.path = none,
                       .model = text,
                       .family = text,
                       .created_by = text,
                       .command = text,
                       .pitch_edges_hz = none,
                       .lambda_percent = 100.0 * b->tau / b->width,
                       .utterances = 1,
                       .seconds = 1,
                       .cells = BIG_PHONES * b->speakers,
                       .frames = frames,
                       .factors = 2,
                       .factor = factor,
                       .layers = b->layers,
                       .layer = layer};
    b->row = malloc(b->width * sizeof *b->row);
    enum status code = b->row ? counts_write_rows(&c, big_row, b, path, err) : STATUS_NOMEM;
    free(b->row);
    return code;
}

#endif
