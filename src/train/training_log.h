/*
 * training_log.h - what a run of training has written of its steps: FOLDER/log.tsv.
 *
 * Whoever reads it shares nothing else with the run, which may go on meanwhile.
 */
#ifndef PROPNEU_TRAIN_TRAINING_LOG_H
#define PROPNEU_TRAIN_TRAINING_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define TRAINING_LOG_NAME "log.tsv"

/* A row; NAN where the log has no such number. */
struct training_step {
    uint64_t step;
    double loss, accuracy, rate, norm, skipped, seconds; /* rate: of learning */
    double valid_loss, valid_error;
    double cut, kept; /* of pruning */
};

struct training_log {
    char *path;                 /* of the file */
    struct training_step *step; /* [count] by rising step */
    size_t count, cap;
    bool cuts; /* the run prunes */
};

/*
 * Reads PATH, a log or the folder that one is in.  Where a run went on from a checkpoint behind
 * which its log already had steps, the later rows hold.  A last line that is still being written is
 * left out.  STATUS_FORMAT names the line.  Free OUT also after a failure.
 */
enum status training_log_read(struct training_log *out, const char *path, struct err *err);
void training_log_free(struct training_log *l);

/* Steps in a second of late: over the last hundred rows at most; NAN where that is not known. */
double training_log_speed(const struct training_log *l);

#endif
