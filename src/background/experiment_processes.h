/*
 * experiment_processes.h - experiments as processes of their own, which outlive the terminal.
 *
 * An experiment is `propneu experiment` run without a terminal, with its journal (experiment.h) in
 * $XDG_STATE_HOME/propneu/experiments.  Whoever looks there, now or later, sees how far each one
 * is; nothing else is shared with it.
 */
#ifndef PROPNEU_BACKGROUND_EXPERIMENT_PROCESSES_H
#define PROPNEU_BACKGROUND_EXPERIMENT_PROCESSES_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "experiment/request.h"

#define JOBS_MAX       512  /* journals looked at, the newest */
#define JOBS_CHILDREN  16   /* begun from here, at a time */
#define JOBS_LOOK_MS   500  /* between two looks at what runs */
#define JOBS_FIND_MS   5000 /* between two times that what it has found is taken over */
#define JOBS_WORDS_MAX 64   /* of a command of earlier versions */
#define JOBS_MAX_BYTES ((off_t)64 << 20)

enum job_state { JOB_RUNNING, JOB_FINISHED, JOB_STOPPED };

/* One journal. */
struct job {
    char *path;
    struct experiment x;
    off_t size; /* of the file when it was read, and its time in ns */
    long long time;
    long long taken;     /* ms: when what it has found was taken over */
    uint32_t first_done; /* steps when it was first seen running, and when that was, ms */
    long long first_seen;
    unsigned beside; /* number among those compared, from 1; 0: none of them */
};

/* A process begun from here: its messages come to LOG, a file without a name. */
struct job_child {
    pid_t pid;
    int log;
    bool stopped; /* was asked to end */
};

struct jobs {
    char folder[PATH_MAX];
    struct job *job; /* [count] newest first */
    size_t count, cap;
    struct job_child child[JOBS_CHILDREN];
    size_t children;
    char failed[256]; /* what the last process that failed said; "" = none since it was taken */
};

/* Finds the folder; nothing is made there yet. */
void jobs_init(struct jobs *j);

/* Leaves running experiments alone. */
void jobs_free(struct jobs *j);

/* Looks at all journals; true if anything is not as it was.  NOW in ms of a steady clock. */
bool jobs_look(struct jobs *j, long long now);

enum job_state job_state(const struct job *job);

/* Steps in a second, 0 while not known; with that, seconds to go. */
double job_rate(const struct job *job, long long now);

/* How many run, and how many of them were begun from here (those still starting included). */
size_t jobs_running(const struct jobs *j);
size_t jobs_own(const struct jobs *j);

/*
 * Starts `propneu experiment -`, which reads R and keeps its journal where R says: in the folder,
 * to be found here.
 */
enum status jobs_start(struct jobs *j, const struct experiment_request *r, struct err *err);

/* Number of the experiment whose command is COMMAND, as far as files are the same; count: none. */
size_t jobs_begun(const struct jobs *j, const char *command);

/* Forgets the processes that have ended, and keeps why the last of them failed; true if any has. */
bool jobs_reap(struct jobs *j);

/* Makes the folder, which jobs_start does, too. */
enum status jobs_make_folder(const struct jobs *j, struct err *err);

/* Goes on with what was stopped, as it was begun.  STATUS_UNSUPPORTED if that cannot be known. */
enum status jobs_resume(struct jobs *j, const struct job *job, struct err *err);

/* Starts propneu with WORDS (NULL at the end) in the folder PLACE; NULL: in this one. */
enum status jobs_start_words(struct jobs *j, const char *const *words, const char *place,
                             struct err *err);

/* Asks the process to end; what it has done stays. */
enum status jobs_stop(struct jobs *j, const struct job *job, struct err *err);

/* Stops all that were begun from here. */
void jobs_stop_own(struct jobs *j);

/* Takes the journal away.  STATUS_USAGE while it runs. */
enum status jobs_delete(struct jobs *j, size_t i, struct err *err);

#endif
