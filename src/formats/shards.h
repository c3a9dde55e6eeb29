/*
 * shards.h - which parts of a corpus a count file is of, where a job array divides the corpus.
 *
 * Shard K of N holds every N-th utterance of the corpus sorted by name, from the K-th on: shards
 * differ by one utterance at most, and follow from the names alone.
 */
#ifndef PROPNEU_FORMATS_SHARDS_H
#define PROPNEU_FORMATS_SHARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define SHARDS_MAX 65536

/* The same numbers in every shard of a corpus, but for those it holds. */
struct shards {
    uint32_t of;                /* N; 0: no shard, what follows is not looked at */
    char *held;                 /* "2"; after merging some of them "1-3,5" */
    uint64_t corpus_utterances; /* recordings of the whole corpus */
    uint64_t recordings_digest; /* sum of the hashes of their names (corpus_hash) */
};

/* "2/3": false unless 1 <= K <= N <= SHARDS_MAX. */
bool shards_number(const char *text, uint32_t *k, uint32_t *n);

/* Puts the shards of the list HELD, from 1, into SET [OF] bits, from 0; false if it is no rising
 * list of numbers up to OF. */
bool shards_parse(const char *held, uint32_t of, uint64_t *set);

/* The list of the shards in SET [OF], as shards_parse reads it. */
void shards_print(struct buf *out, const uint64_t *set, uint32_t of);

#endif
