/*
 * propneu/count.h - counts activations: recordings, labels and a model in, a count file out.
 */
#ifndef PROPNEU_COUNT_H
#define PROPNEU_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include <propneu/corpus.h>
#include <propneu/model.h>
#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which frames are counted: all, or the middle one of each segment; PN_FRAMES_AUTHORS: everything
 * exactly as the published program does it. */
enum pn_frames { PN_FRAMES_ALL, PN_FRAMES_MID, PN_FRAMES_AUTHORS };

#define PN_MAX_LAMBDAS 8

struct pn_count_options {
    const char *model; /* path */
    struct pn_model_options model_options;
    struct pn_corpus_options corpus; /* with labels */
    double lambda[PN_MAX_LAMBDAS];   /* [lambdas] percent, 0 < lambda <= 100, distinct */
    uint32_t lambdas;                /* at least 1 */
    enum pn_frames frames;
    unsigned threads;    /* 0: one a processor; the result is the same for any number */
    const char *output;  /* count file to be written */
    const char *command; /* that the file says it was made by; NULL: "pn_count_run" */
    bool no_resume;      /* ignore OUTPUT.journal of an interrupted run and start over */
};

/* Lambda 1 %, all frames, one thread a processor. */
PN_API void pn_count_options_init(struct pn_count_options *options);

/* How far a count is, and what came of it. */
struct pn_count_totals {
    uint64_t utterances; /* in the corpus */
    uint64_t counted;    /* of them */
    uint64_t resumed;    /* of those counted, by interrupted runs before */
    uint64_t left_out;   /* that could not be counted; each was reported */
    uint64_t samples;    /* of those counted, at 16 kHz */
    uint64_t frames;     /* counted */
};

/*
 * Called one at a time, from any thread of the job; each may be NULL.  PROGRESS is called about
 * four times a second; when it returns other than 0, the job stops.
 */
struct pn_count_hooks {
    void (*problem)(void *context, const char *message); /* an utterance is left out, and why */
    int (*progress)(void *context, const struct pn_count_totals *totals);
    void *context;
};

/*
 * Counts and writes the output.  All inputs are checked before the first recording is read.  HOOKS
 * and TOTALS may be NULL; TOTALS is filled in also on failure.  PN_CANCELLED: OUTPUT.journal holds
 * what is done, and a call with the same options continues from there.  PN_NOTFOUND: not one frame
 * could be counted.  PN_MISMATCH: the journal is of another job.
 */
PN_API enum pn_status pn_count_run(const struct pn_count_options *options,
                                   const struct pn_count_hooks *hooks,
                                   struct pn_count_totals *totals, struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
