/*
 * corpus.h - what a model is run on: recordings, and what is known of what is spoken in them.
 *
 * struct corpus_options is what every command that runs a model on recordings takes (count, eval,
 * and the experiments made of eval); corpus_open checks that its files belong together and opens
 * them.
 */
#ifndef PROPNEU_CORPUS_CORPUS_H
#define PROPNEU_CORPUS_CORPUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "corpus/factorfile.h"
#include "corpus/phones.h"
#include "corpus/pitches.h"
#include "corpus/published.h"
#include "corpus/recordings.h"
#include "corpus/speakers.h"
#include "formats/labels/labels.h"
#include "formats/shards.h"

/* Factors that frames are told apart by, in the order in which they stand in count files; then come
 * the user's own. */
enum corpus_factor {
    CORPUS_PHONE,
    CORPUS_GENDER,
    CORPUS_PITCH,
    CORPUS_SPEAKER,
    CORPUS_UTTERANCE, /* one level a recording: only in counts */
    CORPUS_FACTORS
};

/* "phone", "gender", ... */
extern const char *const corpus_factor_names[CORPUS_FACTORS];

/* The factors of TEXT, "phone,speaker", as bits 1 << CORPUS_PHONE | ... into *BY; false unless each
 * is one of them and there once. */
bool corpus_factors_parse(const char *text, unsigned *by);

#define CORPUS_MAX_EXTRAS  12
#define CORPUS_MAX_FACTORS (CORPUS_FACTORS + CORPUS_MAX_EXTRAS)

/* A factor of the user's own (factorfile.h). */
struct corpus_extra {
    char name[FACTOR_NAME_MAX]; /* factor_name_ok, and no other's */
    const char *file;
};

/* All zero but AUDIO: recordings of which nothing is known but their speakers. */
struct corpus_options {
    const char *audio;       /* recordings.h */
    const char *labels;      /* labels.h; NULL: none */
    const char *label_table; /* of lists by frame, or NULL */
    const char *tier;        /* of TextGrids, or NULL */
    uint32_t label_part;     /* of labels in parts, from 1 (phones.h); 0: the first */
    const char *phones;      /* phones_open; NULL: the table of the labels' format */
    const char *speakers;    /* needed for CORPUS_GENDER, read for CORPUS_SPEAKER, else not */
    const char *pitch;       /* file or CORPUS_PITCH_AUTO, needed for CORPUS_PITCH, else not read */
    bool edges_given;        /* else tertiles of the corpus, where pitch is F0 */
    double pitch_edges[2];
    unsigned by;                      /* factors: 1 << CORPUS_PHONE | ... */
    const struct corpus_extra *extra; /* [extras] the user's own, too */
    unsigned extras;
    uint32_t shard, shards; /* shard K of N, from 1; N = 0: all (shards.h) */
};

/* "129.03,179.78": two rising frequencies; false for anything else. */
bool corpus_parse_edges(const char *text, double edges[2]);

/* "NAME=FILE" becomes EXTRA[*EXTRAS] [CORPUS_MAX_EXTRAS], FILE borrowed; what is wrong with it, to
 * stand behind the name of the option, or NULL. */
const char *corpus_parse_extra(const char *text, struct corpus_extra *extra, unsigned *extras);

/* The factors that O gives files for, as bits of BY; a speaker is known of every recording.  Its
 * name is, too, but as a factor only on request. */
unsigned corpus_known(const struct corpus_options *o);

struct corpus {
    struct recordings recordings;
    struct shards shards;              /* of the corpus, which is cut down to one */
    struct labels *labels;             /* NULL: none were given */
    struct published_labels published; /* of the label table, if there is one */
    struct phones phones;
    struct speakers speakers;
    bool gendered;   /* every speaker must be among them */
    uint32_t voices; /* speakers of the recordings with labels, of the whole corpus */
    struct pitches pitch;
    bool edged; /* edges are known: given, or tertiles of F0 from a file */
    double edges[2];
    struct factorfile extra[CORPUS_MAX_EXTRAS]; /* [extras] */
    struct names notes;    /* what the user is to be told of how the files were read */
    struct names warnings; /* what looks wrong in them, to be told whatever --quiet says */
};

/* What of a corpus was matched by the files that tell of it. */
struct corpus_matches {
    bool by_phone, by_pitch, by_speaker;
    uint64_t frames, phones;            /* frames with labels, and those that are phones */
    uint64_t unlabelled, surplus;       /* without a label; labels behind the last frames */
    uint64_t voiced, pitched;           /* that might have pitch, and those that have it */
    uint64_t valued[CORPUS_MAX_EXTRAS]; /* [extras] that have a value of the factor */
    uint64_t recordings, listed;        /* recordings, and those whose speaker is in the table */
};

/* Fills in what is known of the speakers. */
void corpus_match_speakers(const struct corpus *c, struct corpus_matches *m);

/*
 * Opens what O says, and checks that at least one recording has labels, where there are any, and a
 * value of each of the user's factors: else STATUS_MISMATCH.  Speakers and pitch are opened where O
 * goes by them; tertiles are those of the whole corpus, also of a shard.  Free with corpus_free,
 * also a zeroed one.
 */
enum status corpus_open(struct corpus *c, const struct corpus_options *o, struct err *err);
void corpus_free(struct corpus *c);

#endif
