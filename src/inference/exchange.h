/*
 * exchange.h - which units may be exchanged if a claim about a property is false, decided from the
 * file: the null hypothesis of every p.
 *
 *     property                              exchanged    within
 *     phone classes and features            classes      -
 *     constant within speakers (gender)     speakers     the strata of the speaker table
 *     varies within speakers (pitch)        tokens       speaker x phone, or utterance x phone
 *     speaker                               utterances   gender
 *
 * Frames are never exchanged: those of one token, one utterance and one speaker resemble each
 * other, and a test that took them as independent would call noise significant.
 */
#ifndef PROPNEU_INFERENCE_EXCHANGE_H
#define PROPNEU_INFERENCE_EXCHANGE_H

#include "inference/resample.h"

enum exchange_kind { EXCHANGE_CLASSES, EXCHANGE_SPEAKERS, EXCHANGE_TOKENS, EXCHANGE_UTTERANCES };

/* "classes", "speakers", "tokens", "utterances". */
const char *exchange_name(enum exchange_kind kind);

/* What is said where the observed labeling is the only one; of exchange_name. */
#define EXCHANGE_ONLY "the labels of the %s cannot be exchanged, for there is no other labeling"

/* "labels of speakers exchanged within engine, all 630 labelings", to be freed; NULL without
 * memory. */
char *exchange_words(enum exchange_kind kind, const char *strata, uint64_t draws, bool enumerated);

struct exchange_options {
    const char *strata;   /* column of the speaker table, "none", or NULL: the file's own choice;
                           * for tokens "speaker" (also NULL) or "utterance" */
    const char *speakers; /* speaker table for files without its columns, or NULL */
    const char *tokens;   /* token file, or NULL: the one beside the count file */
    uint64_t draws;       /* 0: LABELINGS_DRAWS; LABELINGS_ALL */
    uint64_t seed;
};

struct exchange {
    enum exchange_kind kind;
    char strata[80]; /* what labels are exchanged within: "engine", "speaker x phone"; "none" */
    struct labelings labelings;
    struct units units;         /* of speakers and utterances */
    struct token_units *tokens; /* of tokens; owned */
};

/*
 * The exchange for PROPERTY of A's file.  STATUS_UNSUPPORTED, saying why and what would help, where
 * the file cannot give it; STATUS_NOTFOUND, listing what there is, for an unknown column.
 */
enum status exchange_make(struct exchange *x, struct analysis *a, const char *property,
                          const struct exchange_options *o, struct err *err);
void exchange_free(struct exchange *x);

/* True if a null of PROPERTY lacks a token file and nothing else; its counts by speaker are then in
 * U, to be freed. */
bool exchange_lacks_tokens(struct units *u, struct analysis *a, const char *property,
                           const struct exchange_options *o);

/* What else tokens are exchanged within where nothing was asked for, as `strata` of a second null
 * under the same options: slow changes within a session look like an effect within speakers.  NULL:
 * one null is all. */
const char *exchange_further_strata(enum exchange_kind kind, const struct exchange_options *o);

/* R's source of patterns and draws from X, which must outlive it. */
void exchange_resample(const struct exchange *x, struct analysis *a, const char *property,
                       struct resample *r);

#endif
