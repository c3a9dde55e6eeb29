/*
 * training_runs.h - runs of training that are known on this machine: how far each is, whoever runs
 * it, and pausing and resuming it.
 */
#ifndef PROPNEU_BACKGROUND_TRAINING_RUNS_H
#define PROPNEU_BACKGROUND_TRAINING_RUNS_H

#include "background/experiment_processes.h"
#include "train/training_log.h"
#include "train/training_run.h"

#define TRAINING_RUNS_MAX 128 /* looked at */

/* A run, and its log as it was last read. */
struct training_watch {
    struct training_run run;
    struct training_log log;
    char *name;     /* its folder's, without those above */
    char *known_by; /* the file that says its folder */
    off_t size;     /* of the log when it was read, its time in ns, and when that was, ms */
    long long time, taken;
};

struct training_runs {
    struct training_watch *run; /* [count] */
    size_t count;
};

/* Looks at all that are known; true if anything is not as it was.  NOW in ms of a steady clock. */
bool training_runs_look(struct training_runs *t, long long now);
void training_runs_free(struct training_runs *t);

/* Its last step is the last that it is to take: finished; else by who is at work. */
enum job_state training_watch_state(const struct training_watch *w);
uint64_t training_watch_step(const struct training_watch *w);

/* Seconds to go at the speed of late; NAN while that is not known. */
double training_watch_left(const struct training_watch *w);

/* The process saves where it is and ends.  STATUS_NOTFOUND: nobody is at work. */
enum status training_watch_pause(struct jobs *j, const struct training_watch *w, struct err *err);

/* Gives the command of the run again, in the place where it was given, as a process of J. */
enum status training_watch_resume(struct jobs *j, const struct training_watch *w, struct err *err);

/* Begins the run whose command TEXT, words of a shell behind "propneu", is: train or prune
 * --retrain. */
enum status training_runs_start(struct jobs *j, const char *text, struct err *err);

/* Forgets the run, whose folder stays.  STATUS_USAGE while it runs. */
enum status training_runs_forget(struct training_runs *t, size_t i, struct err *err);

#endif
