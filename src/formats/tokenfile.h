/*
 * tokenfile.h - the tokens behind activation counts (propneu-counts(5)): each phone that was
 * spoken, with its utterance, speaker and levels, and the neurons activated in its middle frame.
 *
 * Counts forget which frames came from one utterance; what has to be exchanged within utterances,
 * or token by token, needs these.  The token file of a count file FILE is called FILE.tokens
 * (tokens_path), and tokens_fit says whether it is of these very counts.
 */
#ifndef PROPNEU_FORMATS_TOKENFILE_H
#define PROPNEU_FORMATS_TOKENFILE_H

#include <stdint.h>

#include "formats/countfile.h"

/* Neurons are kept in 16 bits. */
#define TOKENS_MAX_WIDTH UINT16_MAX

/* The level of each token under one factor, -1 = none: exactly one of the pointers is set. */
struct tokens_index {
    const int8_t *i8; /* [tokens] */
    const int16_t *i16;
    const int32_t *i32;
};

/*
 * Tokens in the order of their utterances' names, those of one utterance as they were spoken.
 * ABOUT is what a count file says but its counts: model, settings, totals, widths and tau of the
 * layers, and the factors with their levels, without indices.  Among them are always utterance,
 * speaker and phone; levels of factors that the count file has are its own, in its order.
 */
struct tokens {
    struct counts about;        /* cells is 0; frames_mode is MID or AUTHORS */
    uint32_t count;             /* tokens, at least 1 */
    struct tokens_index *index; /* [about.factors] */
    const uint16_t **neuron;    /* [about.layers]: [count][tau of the layer], ascending */
};

/*
 * Opens PATH, mapped; everything is checked before it is used: levels in range, utterances in
 * order and each of one speaker, neurons ascending and below their layer's width.  Free with
 * tokens_free.
 */
enum status tokens_open(struct tokens *t, const char *path, struct err *err);

/* The same for SIZE bytes in memory, which must outlive T; NAME stands in messages. */
enum status tokens_parse(struct tokens *t, const void *bytes, size_t size, const char *name,
                         struct err *err);
void tokens_free(struct tokens *t);

/* Where the token file of the count file COUNTS lies, to be freed; NULL without memory. */
char *tokens_path(const char *counts);

/* The level of TOKEN under FACTOR, -1: none. */
static inline int32_t tokens_level(const struct tokens *t, uint32_t factor, uint32_t token)
{
    const struct tokens_index *i = &t->index[factor];
    return i->i8 ? i->i8[token] : i->i16 ? i->i16[token] : i->i32[token];
}

/* The tau neurons of TOKEN in LAYER, ascending. */
static inline const uint16_t *tokens_row(const struct tokens *t, uint32_t layer, uint32_t token)
{
    return t->neuron[layer] + (size_t)token * t->about.layer[layer].tau;
}

/*
 * STATUS_MISMATCH, which names both files and what differs, unless T is of the recordings, model,
 * settings and levels of C, and no cell has fewer frames than tokens (as many where C counts middle
 * frames).
 */
enum status tokens_fit(const struct tokens *t, const struct counts *c, struct err *err);

/* Where the tokens that are written come from; each is asked for token by token, in order, once. */
struct tokens_source {
    int32_t (*level)(void *context, uint32_t factor, uint32_t token);
    const uint16_t *(*row)(void *context, uint32_t layer, uint32_t token);
    void *context;
};

/* Writes COUNT tokens of what ABOUT says to PATH, atomically; its factors' indices are not looked
 * at. */
enum status tokens_write(const struct counts *about, uint32_t count,
                         const struct tokens_source *source, const char *path, struct err *err);

#endif
