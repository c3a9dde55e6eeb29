/*
 * propneu/corpus.h - what a model is run on: recordings, and files that say what is spoken in them.
 */
#ifndef PROPNEU_CORPUS_H
#define PROPNEU_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One more factor of the recordings, from a table of names and values. */
struct pn_factor {
    const char *name; /* of the factor: letters, digits, '_' and '-' */
    const char *file;
};

#define PN_MAX_FACTORS 12

/* A corpus: files and folders as the commands take them.  All but AUDIO may be NULL. */
struct pn_corpus_options {
    const char *audio;       /* folder, searched with its subfolders; one recording; or a list */
    const char *labels;      /* folder of TextGrids, or a file of phones by time or by frame */
    const char *label_table; /* names of the numbers in labels by frame */
    const char *tier;        /* with the phones; several divided by tabs */
    const char *phones;    /* phone table: file, or "timit", "ipa-mfa"; NULL: as fits the labels */
    const char *speakers;  /* table of speakers and gender */
    const char *pitch;     /* file of pitch, or "auto": tracked in the recordings */
    bool edges_given;      /* false: the tertiles of the corpus part low, mid and high */
    double pitch_edges[2]; /* Hz, where edges_given */
    /* Factors that are told apart, "phone,gender,pitch,speaker,utterance" or some of them; NULL:
     * phone where there are labels, gender where there are speakers, pitch where there is pitch. */
    const char *by;
    struct pn_factor factor[PN_MAX_FACTORS]; /* [factors] */
    uint32_t factors;
    uint32_t shard, shards; /* shard K of N, from 1; shards 0: the whole corpus */
};

/* All NULL and 0. */
PN_API void pn_corpus_options_init(struct pn_corpus_options *options);

/*
 * Reads a recording as models take it, mono floats at 16 kHz, in any format of libsndfile: *SAMPLES
 * [*COUNT], to be freed with pn_free.  PN_UNSUPPORTED: a rate that cannot be resampled, or longer
 * than 30 minutes.
 */
PN_API enum pn_status pn_audio_read(float **samples, size_t *count, const char *path,
                                    struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
