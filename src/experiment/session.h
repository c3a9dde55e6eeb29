/*
 * session.h - an experiment being run: the model, recordings and count file that a request names,
 * opened; the plan made from them; and the steps done, with the journal.
 */
#ifndef PROPNEU_EXPERIMENT_SESSION_H
#define PROPNEU_EXPERIMENT_SESSION_H

#include "experiment/curve.h"
#include "experiment/matrix.h"
#include "experiment/request.h"
#include "formats/tensors/tensors.h"

struct experiment_session;

struct experiment_options {
    unsigned threads;
    bool restart;       /* ignore what the journal holds */
    const char *output; /* results' file: where the request names no journal, one is kept as
                           OUTPUT.journal until the session is closed as done; NULL: none */
    const struct eval_hooks *hooks; /* problems, progress of a step, cancel; not NULL */
    /* Each may be NULL: everything is open, nothing planned yet; the journal was read, then after
     * each step. */
    void (*opened)(void *context, const struct experiment_session *s);
    void (*stepped)(void *context, const struct experiment *x);
    void *context;
};

struct experiment_session {
    struct experiment *x; /* what is measured, and what was */
    struct eval *eval;
    struct analysis_input counted; /* open where has_counts */
    bool has_counts;

    /* Private. */
    struct eval_options how;
    struct checkpoint checkpoint;
    struct tensors means;
    struct edit edit;
    struct matrix matrix;
    struct curve curve;
    struct experiment_run run;
    struct buf journal;
    const struct experiment_options *options;
};

/*
 * Opens what R names and plans the experiment.  R, OPTIONS and what they point to must outlive the
 * session, and S must stay where it is.  Nothing is left open on failure.
 */
enum status experiment_session_open(struct experiment_session *s,
                                    const struct experiment_request *r,
                                    const struct experiment_options *options, struct err *err);

/*
 * Does the steps that are not done.  STATUS_CANCELLED after a cancel: the journal holds what is
 * done, and running the same request again continues it.
 */
enum status experiment_session_run(struct experiment_session *s, struct err *err);

/* DONE: the results are where they belong, and a journal that nobody asked for is removed. */
void experiment_session_close(struct experiment_session *s, bool done);

#endif
