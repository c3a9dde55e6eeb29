/*
 * count.h - the counting job: recordings, labels and a model in, a count file out.
 *
 *     struct count_job *job;
 *     code = count_open(&job, &options, &err);       opens and checks all inputs and the output
 *     code = count_run(job, &hooks, &err);           works; goes on from an interrupted run
 *     totals = *count_totals(job);
 *     count_free(job);
 *
 * Worker threads take one utterance at a time; what they count is added to one set of cells, so
 * that memory grows with the cells that occur and the longest recordings, not with the corpus, and
 * the result is the same for any number of threads.
 */
#ifndef PROPNEU_COUNT_COUNT_H
#define PROPNEU_COUNT_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/countfile.h"
#include "corpus/corpus.h"
#include "model/model.h"
#include "base/cancel.h"
#include "base/status.h"

/*
 * The processes that count one corpus together, in a build with MPI: those that mpirun started.
 * Process 0 writes the result; in the others count_run only works for it.
 */
struct count_team {
    unsigned rank, size; /* from 0; 1 where there is but one */
    unsigned local;      /* of them on this machine */
    unsigned others;     /* that still count; in process 1, 2, ...: 1 until it has ended */
    bool started, lost;  /* private */
    double stopped;      /* private */
};

/* Finds the others.  Call count_team_end also after a failure: it ends MPI, and the other processes
 * if they cannot end in order. */
enum status count_team_start(struct count_team *t, struct err *err);
void count_team_end(struct count_team *t);

/*
 * What the counts by speaker may take where nobody asked for them: 1.5 GiB for all combinations of
 * the corpus' speakers, the table's phones and the other factors' levels.
 */
#define COUNT_SPEAKER_BYTES (1.5 * (1 << 30))

struct count_options {
    struct corpus_options corpus;   /* with labels; cells are kept by the factors of BY */
    bool speaker_if_small;          /* but by speaker only below COUNT_SPEAKER_BYTES */
    const char *strata;             /* column of the speaker table, or NULL (countfile.h) */
    const char *model, *mean_std;   /* model.h */
    enum model_normalize normalize; /* model.h */
    double lambda_percent;          /* of the file */
    const double *lambda;      /* [lambdas] where it is counted at several: the file's own first */
    unsigned lambdas;          /* up to COUNTS_MAX_LAMBDAS; 0: lambda_percent alone */
    enum counts_frames frames; /* COUNTS_FRAMES_AUTHORS: as the published program in all */
    bool tokens;               /* also write OUTPUT.tokens (tokenfile.h): by phone, in 16 bits */
    unsigned threads;
    struct count_team *team; /* NULL: this process alone */
    const char *output;
    bool resume; /* go on where OUTPUT.journal says an equal job was interrupted */
    const char *created_by, *command; /* for the count file */
};

/* Why an utterance was left out. */
enum count_problem {
    COUNT_NO_AUDIO,   /* unreadable, cut short, ... */
    COUNT_TOO_SHORT,  /* not one frame */
    COUNT_NO_LABELS,  /* none, or broken */
    COUNT_NO_SPEAKER, /* speaker not listed */
    COUNT_NO_PITCH,   /* none, or broken */
    COUNT_UNFIT,      /* labels or the user's own factors have times of another unit */
    COUNT_NO_RESULT,  /* the model's numbers are none, or memory was used up */
    COUNT_PROBLEMS
};

struct count_totals {
    uint64_t utterances; /* in the corpus */
    uint64_t counted;    /* utterances done */
    uint64_t resumed;    /* of them, by interrupted runs before */
    uint64_t problem[COUNT_PROBLEMS];
    uint64_t samples;         /* of the utterances counted, at AUDIO_RATE */
    uint64_t resumed_samples; /* of them, by runs before */
    uint64_t frames;          /* counted */
    uint64_t unlabelled;      /* frames of the models without a label */
    uint64_t surplus;         /* labels behind the last frame */
    uint64_t unknown;         /* counted frames whose label is in no phone table */
    uint64_t short_segments;  /* intervals too short for a frame */
    uint64_t parted;          /* counted in this run by one part of their label (phones.h) */
};

/* Called one at a time, from any thread of the job; each may be NULL. */
struct count_hooks {
    void (*problem)(void *context, enum count_problem kind, const char *message);
    /* About four times a second. */
    void (*progress)(void *context, const struct count_totals *totals);
    /* The same before, while tertiles are found of pitch that is tracked: recordings done. */
    void (*tracking)(void *context, uint64_t done, uint64_t all);
    void *context;
    const struct cancel *cancel; /* stops the job once it is set; may be NULL */
};

struct count_job;

/*
 * Opens and checks everything, so that what can fail fails before hours of work: that recordings
 * have labels at all, that the output can be written.  STATUS_MISMATCH if a journal next to the
 * output is of another job, naming what differs; STATUS_FORMAT if it is damaged.  OPTIONS and its
 * strings must outlive the job.
 */
enum status count_open(struct count_job **out, const struct count_options *options,
                       struct err *err);

/*
 * Counts and writes the output.  Utterances with problems are left out and reported.
 * STATUS_CANCELLED after a cancel: the journal holds what is done.  STATUS_NOTFOUND if not one
 * frame could be counted, or not one is a phone.
 */
enum status count_run(struct count_job *job, const struct count_hooks *hooks, struct err *err);

/* What has been done so far; what was left by runs before is known after count_open. */
const struct count_totals *count_totals(const struct count_job *job);

/* The corpus that is counted, with what the user is to be told of how it was read. */
const struct corpus *count_corpus(const struct count_job *job);

/* Folders of recordings that could not be searched, reported like problems. */
size_t count_unread_folders(const struct count_job *job);

/* Utterances with problems, in all. */
uint64_t count_left_out(const struct count_totals *t);

/* "129.03,179.78" of a job that counts by pitch from F0, else ""; tertiles of pitch that is tracked
 * are known after count_run. */
const char *count_pitch_edges(const struct count_job *job);

/* Bytes that the counts by speaker could take, because of which they are not made; 0: they are, or
 * were not asked for. */
double count_speaker_dropped(const struct count_job *job);

/* What the counts of a job that is done take. */
struct count_cost {
    uint32_t speakers, utterances; /* levels; 0: not a factor */
    double bytes, without;         /* of the counts, and of those by the other factors alone */
};
enum status count_costs(const struct count_job *job, struct count_cost *cost, struct err *err);

/* What of a job that is done was matched by its inputs. */
void count_match(const struct count_job *job, struct corpus_matches *m);

/* The model that is counted with. */
const struct model_info *count_model(const struct count_job *job);

void count_free(struct count_job *job);

#endif
