/*
 * lexicon.h - what words are spelled of, and which words are said: the reference of phone
 * recognition where phones are not aligned (SUPERB's, as s3prl scores it).
 */
#ifndef PROPNEU_EVAL_LEXICON_H
#define PROPNEU_EVAL_LEXICON_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "base/status.h"

#define LEXICON_FILES 8

/* Words with the phones of their first pronunciation. */
struct lexicon {
    struct names word, phone;
    size_t *first; /* [words + 1] into at */
    uint32_t *at;  /* [phones of all words] numbers of phone */
    size_t first_cap, at_cap, used;
};

/*
 * Adds the words of PATH, lines "WORD PHONE PHONE ..." (LibriSpeech's, CMU's); of a word that is
 * there already, or is a variant "WORD(2)", nothing.  Lines that begin with ";;;" are comments.
 * STATUS_FORMAT names the line of a word without phones.
 */
enum status lexicon_add(struct lexicon *l, const char *path, struct err *err);
void lexicon_free(struct lexicon *l);

/* The words of utterances: lines "UTTERANCE WORD WORD ...". */
struct transcripts {
    struct names utterance;
    char **words; /* [utterances] */
    size_t cap;
};

/* Reads PATH, or all *.trans.txt (LibriSpeech) below the folder PATH.  STATUS_NOTFOUND: there are
 * none; STATUS_FORMAT: an utterance is there twice. */
enum status transcripts_read(struct transcripts *t, const char *path, struct err *err);
void transcripts_free(struct transcripts *t);

/* The phones of WORDS into OUT [*count], which has room for CAP and grows.
 * STATUS_NOTFOUND names a word that is not in the lexicon. */
enum status lexicon_spell(const struct lexicon *l, const char *words, uint32_t **out, size_t *cap,
                          size_t *count, struct err *err);

#endif
