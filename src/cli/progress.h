/*
 * progress.h - what a counting job says while it works: progress, problems, and a summary.
 */
#ifndef PROPNEU_CLI_PROGRESS_H
#define PROPNEU_CLI_PROGRESS_H

#include "base/cancel.h"
#include "cli/cli.h"
#include "count/count.h"

struct progress {
    const struct cli *cli;
    const char *what;   /* is done to the recordings, where they are not counted */
    bool terminal;      /* stderr is one: a line that is written over */
    bool shown;         /* such a line stands there */
    double start, last; /* seconds, monotonic */
    double counting;    /* when tracking pitch had ended, or start */
    unsigned problems;  /* reported so far */
    uint64_t before;    /* utterances done by earlier runs */
};

void progress_start(struct progress *p, const struct cli *cli, const struct count_totals *t);

/* The hooks of a job; CONTEXT is a struct progress. */
void progress_problem(void *context, enum count_problem kind, const char *message);
void progress_show(void *context, const struct count_totals *t);
void progress_tracking(void *context, uint64_t done, uint64_t all);

/* The same for work that is no counting: WHAT is done to recordings. */
void progress_begin(struct progress *p, const struct cli *cli, const char *what);
void progress_message(void *context, const char *message);
void progress_count(void *context, size_t done, size_t all);

/* How many of ALL steps, called OF ("runs of the test set"), are DONE, p->before of them long ago.
 */
void progress_steps(struct progress *p, const char *of, double done, uint64_t all);

/* A hook of work whose share done, 0 to 1, is all that can be said; CONTEXT as above. */
void progress_share(void *context, double share);

/* Takes the progress line away. */
void progress_end(struct progress *p);

/* What was counted, how fast, and what was left out and why, unless --quiet. */
void progress_summary(struct progress *p, const struct count_totals *t);

/* A flag that SIGINT, SIGTERM, SIGHUP and SIGXCPU set; the second of one ends the program at once.
 */
const struct cancel *progress_catch_signals(void);

#endif
