/*
 * training_run.h - a run of training as others see it: what it was begun with, and whether a
 * process is at work on it.
 *
 * FOLDER/run.json says what was begun where.  The process at work holds its lock, so that nobody
 * else trains in the folder, and whoever asks learns its pid; the lock goes with the process,
 * however that ends.  $XDG_STATE_HOME/propneu/training has a file for each run that says its
 * folder.
 */
#ifndef PROPNEU_TRAIN_TRAINING_RUN_H
#define PROPNEU_TRAIN_TRAINING_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

#define TRAINING_RUN_NAME "run.json"

struct training_run {
    char *folder;   /* absolute */
    char *command;  /* "propneu train ...", quoted for a shell */
    char *place;    /* the folder that the command was given in */
    uint64_t steps; /* that it is to take */
    pid_t pid;      /* at work; 0: nobody */
};

/*
 * Takes FOLDER, which exists, for this process: writes its run.json, makes it known, and holds it
 * until *HOLD is closed with training_run_end.  STATUS_USAGE: another process trains in it.  That
 * the run cannot be made known is no failure.
 */
enum status training_run_begin(int *hold, const char *folder, const char *command, uint64_t steps,
                               struct err *err);
void training_run_end(int hold);

/* The run in FOLDER.  Free OUT with training_run_free.  Not for the process at work, which would
 * lose its lock. */
enum status training_run_read(struct training_run *out, const char *folder, struct err *err);
void training_run_free(struct training_run *r);

/* Where runs are made known into PATH [size]; false without a place. */
bool training_run_place(char *path, size_t size);

#endif
