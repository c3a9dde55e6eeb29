/*
 * tokenset.h - tokens of many utterances from several places, put in order and written as one
 * token file: what a counting job and a merge have in common.
 */
#ifndef PROPNEU_COUNT_TOKENSET_H
#define PROPNEU_COUNT_TOKENSET_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "formats/tokenfile.h"

/* The tokens of one utterance. */
struct token_run {
    uint32_t utterance, speaker; /* numbers in the set's names, later of sorted levels */
    uint32_t source, tokens;     /* which of the places; how many */
    size_t offset;               /* where they begin there */
};

struct token_set {
    struct names utterance, speaker;
    struct token_run *run; /* [runs] */
    size_t runs, cap;
    uint64_t tokens; /* of all runs */
    /* Where the tokens of a run are: the level, in the order of the file, of its token I under a
     * factor that is neither utterance nor speaker; and its neurons. */
    int32_t (*level)(void *context, const struct token_run *run, uint32_t factor, uint32_t i);
    const uint16_t *(*row)(void *context, const struct token_run *run, uint32_t layer, uint32_t i);
    void *context;
    /* Private, while the set is written. */
    uint32_t utterance_factor, speaker_factor, first;
    size_t at;
};

void token_set_free(struct token_set *s);

/* Adds TOKENS tokens (0: nothing) of UTTERANCE by SPEAKER; false without memory. */
bool token_set_add(struct token_set *s, const char *utterance, const char *speaker, uint32_t source,
                   size_t offset, uint32_t tokens);

/*
 * Writes the set, by utterance.  ABOUT has the factors with their levels, in the order of the file;
 * utterance and speaker are added where it lacks them.  STATUS_MISMATCH if it has them without a
 * level that is needed.
 */
enum status token_set_write(struct token_set *s, const struct counts *about, const char *path,
                            struct err *err);

#endif
