/*
 * bootstrap.h - the cluster bootstrap: speakers drawn with replacement, as if the recordings had
 * been made again with others of the same kind.
 *
 * Speakers are drawn within the levels of the property where these are constant within speakers
 * (gender is), else within gender; within the strata of the speaker table, too, where each level of
 * each stratum has at least BOOTSTRAP_CELL speakers, for a cell of one speaker would never vary.
 * For the property speaker, utterances are drawn within speakers.  What is drawn keeps all its
 * phones and frames: those of one speaker resemble each other, and an interval that took frames as
 * independent would be too narrow.
 */
#ifndef PROPNEU_INFERENCE_BOOTSTRAP_H
#define PROPNEU_INFERENCE_BOOTSTRAP_H

#include "inference/resample.h"

#define BOOTSTRAP_DRAWS 9999
#define BOOTSTRAP_CELL  5  /* the fewest speakers of a cell of a level and a stratum */
#define BOOTSTRAP_FEW   10 /* with fewer speakers, intervals are too narrow */
#define BOOTSTRAP_LEAST 2  /* with fewer in a group, it never varies: there is no interval */

struct bootstrap_options {
    const char *strata;   /* column of the speaker table, "none", or NULL: the file's own choice */
    const char *speakers; /* speaker table for files without its columns, or NULL */
    uint64_t draws;       /* 0: BOOTSTRAP_DRAWS */
    uint64_t seed;
    const char *tokens; /* token file of nulls that are made under the same options; NULL */
};

/* How the draws are made; for messages and tables. */
struct bootstrap_design {
    const char *drawn;    /* "speakers" or "utterances" */
    char within[80];      /* "gender", "gender x engine", "speaker", "none" */
    char left_out[80];    /* the column whose cells are too small to draw within; "" */
    uint32_t owners;      /* speakers (utterances) there are */
    uint32_t fewest;      /* speakers, or the utterances of the speaker who has the fewest: the
                           * interval is too narrow below BOOTSTRAP_FEW */
    uint64_t draws, seed; /* number of draws */
    char fixed[128];      /* why there is no interval: what is drawn never varies; "" */
};

struct bootstrap {
    struct units units;
    struct bootstrap_design design;
    uint32_t *level;   /* [owners] of the units' owner factor, cell by cell */
    uint32_t cells;    /* that owners are drawn within */
    uint32_t *first;   /* [cells + 1] where each begins among the owners */
    uint32_t *of_unit; /* [units] the unit's owner, by its place in `level` */
};

/*
 * The bootstrap of PROPERTY in A's file.  SMALL: within strata however small their cells are, as
 * halves are made.  STATUS_UNSUPPORTED, saying what the file lacks, where it does not tell speakers
 * apart.
 */
enum status bootstrap_make(struct bootstrap *b, struct analysis *a, const char *property,
                           const struct bootstrap_options *o, bool small, struct err *err);

/*
 * The same draws for another file: each speaker counts as often in it as in LEADER's.
 * STATUS_MISMATCH for a speaker that LEADER does not have.
 */
enum status bootstrap_follow(struct bootstrap *b, struct analysis *a, const char *property,
                             const struct bootstrap *leader, struct err *err);
void bootstrap_free(struct bootstrap *b);

/* The draws as R's source of patterns; B must outlive it. */
void bootstrap_resample(const struct bootstrap *b, struct analysis *a, const char *property,
                        struct resample *r);

/* How far the draws of D can be trusted, a sentence each, with BEFORE in front: strata that were
 * not kept, too few speakers.  False without memory. */
bool bootstrap_notes(struct names *out, const struct bootstrap_design *d, const char *before);

/* How often each owner counts in draw DRAW, into TIMES [owners]. */
void bootstrap_times(const struct bootstrap *b, uint64_t draw, uint32_t *times);

#endif
