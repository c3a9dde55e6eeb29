/*
 * live.h - one recording with and without a set of neurons, at once: what models with heads take
 * its frames and its speaker for.
 *
 * A thread of its own reads, listens and edits; the screen shows the last answer meanwhile.
 */
#ifndef PROPNEU_BACKGROUND_LIVE_H
#define PROPNEU_BACKGROUND_LIVE_H

#include <limits.h>
#include <stdbool.h>

#include "eval/listen.h"

#define LIVE_MODELS 2
#define LIVE_PATH   (PATH_MAX + 64)
#define LIVE_NAME   8 /* of a phone, with its NUL */
#define LIVE_WHERE  4096

/* A model with a head, and the count file that its sets are taken from. */
struct live_model {
    enum eval_task task;
    char model[LIVE_PATH], counts[LIVE_PATH];
};

struct live_options {
    struct live_model model[LIVE_MODELS]; /* [models] */
    size_t models;
    char audio[LIVE_PATH], labels[LIVE_PATH]; /* labels: "" for none */
    bool thread;                              /* false: live_ask answers before it returns */
};

struct live_ask {
    size_t recording;
    bool erase;
    double sigma;           /* percent */
    char where[LIVE_WHERE]; /* conditions, each with a newline; "?": more than there is room for */
    char set[256];
};

/* What one model heard. */
struct live_heard {
    char why[256];  /* why there is nothing; "": all below is there */
    size_t neurons; /* of the set in this model */
    size_t frames;  /* 1 for a speaker */
    char (*plain)[LIVE_NAME], (*erased)[LIVE_NAME]; /* [frames] labels; ERASED NULL: not asked */
    double plain_share, erased_share;               /* of a speaker */
};

struct live_answer {
    struct live_ask ask;
    char why[256]; /* why there is no recording */
    char utterance[128], speaker[64];
    size_t recordings, frames, rows;
    float *mel;               /* [rows][LOGMEL_BINS] every 10 ms */
    char (*right)[LIVE_NAME]; /* [frames] labels; "" where there are none */
    struct live_heard heard[LIVE_MODELS];
    double seconds; /* it took */
};

struct live;

/* NULL without memory. */
struct live *live_new(const struct live_options *o);

/* Ends the thread, which cancels what it computes, and frees.  L may be NULL. */
void live_free(struct live *l);

/* Wants an answer; one asked for before that has not begun is forgotten. */
void live_ask(struct live *l, const struct live_ask *ask);

/* True if an answer is on its way. */
bool live_busy(struct live *l);

/* The last answer, NULL before the first; valid until live_take is called again. */
const struct live_answer *live_take(struct live *l);

#endif
