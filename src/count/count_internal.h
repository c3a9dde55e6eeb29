/*
 * count_internal.h - the inside of a counting job, shared by its files.
 */
#ifndef PROPNEU_COUNT_COUNT_INTERNAL_H
#define PROPNEU_COUNT_COUNT_INTERNAL_H

#include <stdio.h>

#include "corpus/align.h"
#include "base/buf.h"
#include "base/worker.h"
#include "count/cells.h"
#include "count/count.h"
#include "count/tokens.h"
#include "corpus/corpus.h"
#include "model/model.h"

/* What was counted of which utterances: of a job, or the part one process hands to another. */
struct tally {
    struct cells cells;
    uint64_t *done;  /* bits [corpus.recordings.count] */
    uint64_t digest; /* sum of corpus_hash of the utterances done */
    struct count_totals totals;
    struct token_records tokens; /* of them, that are not on disk yet */
};

/* Utterances handed to this process by the one that leads (team.h). */
struct count_feed {
    size_t *utterance; /* [count] to be taken from the end */
    size_t count, cap;
    bool ended; /* no more will come */
};

struct count_job {
    const struct count_options *options;
    const struct count_hooks *hooks;
    struct model *model;
    const struct model_info *info;
    struct corpus corpus;
    struct align_options align;
    char edges[64];         /* pitch edges as text, "" while not known */
    unsigned by;            /* as the options' corpus.by, less what would be too large */
    double dropped;         /* count_speaker_dropped */
    struct columns columns; /* of the speakers */
    uint32_t built_in;      /* factors that are not the user's own, the first ones of the cells */
    enum corpus_factor kind[CORPUS_FACTORS]; /* [built_in] */
    char *journal;                           /* path, or NULL: the output is no regular file */
    int journal_fd;                          /* holds the lock on it, or -1 */
    struct token_spill spill;
    struct buf settings; /* what must be equal to go on */

    /* Under the lock while workers run. Workers signal `changed`, which the main thread waits on;
     * it signals `filled` to workers that wait for utterances from another process. */
    pthread_mutex_t lock;
    pthread_cond_t changed, filled;
    struct count_feed *feed; /* another process says which utterances; NULL: the job itself */
    struct tally tally;
    size_t next;             /* utterance to be taken by a worker */
    size_t stride;           /* from one to the next while pitch is tracked */
    struct pitch_bins *bins; /* while pitch is tracked for its tertiles */
    uint64_t scanned;        /* recordings tracked so */
    unsigned running;        /* workers that have not ended */
    bool fresh;              /* something was counted that the journal does not hold */
    enum status code;
    struct err err; /* why the whole job has to stop */

    struct cancel stop; /* the job is to end; below the caller's flag */
};

/*
 * Bytes of counts by speaker, if every combination occurred: known before anything is counted, and
 * the same in all shards and processes.
 */
double count_speaker_bytes(const struct count_job *j);

void count_set_edges(struct count_job *j, const double edges[2]);

/* A tally of nothing for J, with the levels every job begins with. */
enum status tally_init(struct tally *t, const struct count_job *j, struct err *err);
void tally_free(struct tally *t);

/*
 * Adds PART, whose utterances are others.  STATUS_MISMATCH if they are not, STATUS_NOMEM; nothing
 * but empty cells was added then.
 */
enum status tally_add(struct tally *t, const struct tally *part, const struct count_job *j,
                      struct err *err);

/* The totals that belong to utterances done, in the order in which they stand in a journal. */
#define TALLY_TOTALS 7
void tally_totals(struct count_totals *t, uint64_t *kept[TALLY_TOTALS]);

/* A worker thread; its argument is the job. */
void *count_worker(void *job);

/* With the lock held: the next utterance that is not done, or the corpus' count. */
size_t count_next(struct count_job *j);

/*
 * Pitch edges of pitch that is tracked, as pitches_tertiles: a pass over all recordings with
 * labels, by the job's threads. What cannot be read is passed over, and reported when it is
 * counted. Edges are rounded to 0.01 Hz.
 */
enum status count_track(struct count_job *j, double edges[2], struct err *err);

/*
 * Runs WORK in the job's threads, at most LEFT of them, and LOOK, with the lock held, until
 * running is 0.  The job's error, if there is one.
 */
enum status count_threads(struct count_job *j, uint64_t left, void *(*work)(void *),
                          void (*look)(struct count_job *), struct err *err);

/* With the lock held: waits on the threads for up to SECONDS, less than one. */
void count_wait(struct count_job *j, double seconds);

/* The journal: what an interrupted run had counted, replaced in whole every few seconds. */

/* Lines "what: value" that must be equal for a run to go on, into SETTINGS. */
enum status journal_settings(struct count_job *j, struct err *err);

/* Keeps other runs with this output away: STATUS_IO if there is one. */
enum status journal_lock(struct count_job *j, struct err *err);
void journal_unlock(struct count_job *j);

/* Writes T to F as a journal of J; false without memory. */
bool journal_put(const struct count_job *j, const struct tally *t, FILE *f);

/* Reads a journal's SIZE bytes, of the settings of J, into T, which tally_init made; false if they
 * are damaged. */
bool journal_get(const struct count_job *j, const void *bytes, size_t size, struct tally *t);

/* Takes in what the journal holds, if there is one. */
enum status journal_load(struct count_job *j, struct err *err);

/*
 * Writes the journal.  Called with the lock held, and gives it up for as long as the disk takes.
 */
enum status journal_save(struct count_job *j, struct err *err);

/* Removes the journal: the job is done. */
void journal_remove(const struct count_job *j);

/* STATUS_NOTFOUND if frames were counted and not one of them is a phone. */
enum status count_check_phones(const struct count_job *j, struct err *err);

#endif
