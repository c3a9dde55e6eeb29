/*
 * training_internal.h - private to training*.c: a training and its blocks.
 */
#ifndef PROPNEU_TRAIN_TRAINING_INTERNAL_H
#define PROPNEU_TRAIN_TRAINING_INTERNAL_H

#include <pthread.h>

#include "base/buf.h"
#include "edit/editfolder.h"
#include "model/weights.h"
#include "train/adam.h"
#include "train/training.h"

/* The gradients of some examples. */
struct training_part {
    struct gradients *model; /* NULL where it is frozen */
    float *head;
    struct train_sums sums;
    struct training_part *next; /* of those that are free */
};

/* A part of the head as a tensor of the checkpoint. */
struct head_part {
    char name[48];
    uint32_t ndim;
    size_t shape[2], at; /* its first number */
};
#define HEAD_PARTS 5

/* The sums of a tree's subtrees that wait for their neighbours. */
#define TRAINING_LEVELS 4 /* 2^3 = TRAINING_BLOCKS */

struct training {
    struct training_options o;
    struct trainset_hooks hooks;
    struct edit_source source; /* its model is the one that is trained */
    const struct model_weight *weight;
    size_t weights; /* that are trained: 0 where the model is frozen */
    struct trainset set, valid;
    bool validated; /* there is a set for it */
    struct order order;
    struct train_head head;
    bool head_kept;
    char head_name[32];                /* "head.frames", "final_proj" */
    struct head_part part[HEAD_PARTS]; /* once the checkpoint has it */
    struct adam adam;
    struct adam_parameter *parameter; /* [weights + 1], the head last */
    float *moments;                   /* of all of them */
    uint64_t step, skipped;           /* taken */
    struct buf key;                   /* what tells trainings apart */
    bool made, begun;                 /* the folder is new; it has a log */
    int hold;                         /* the folder is this process's (training_run.h) */

    struct train_pass *pass;    /* [threads] */
    struct trainset_room *room; /* [batch] */
    struct example *example;    /* [batch] */
    double scale;               /* of an example's loss in the mean over the batch */

    pthread_mutex_t lock; /* of the parts */
    struct training_part *free;
    struct training_part *waiting[TRAINING_LEVELS][TRAINING_BLOCKS];
};

/* training_state.c */
enum status training_key(struct training *t, struct err *err);
enum status training_load(struct training *t, struct err *err);
enum status training_save(struct training *t, struct err *err);
enum status training_log(struct training *t, const struct training_row *row, struct err *err);
enum status training_log_resume(struct training *t, struct err *err);
/* The heading of the log, a line; a row without its newline; TEXT at the end of PATH. */
extern const char training_log_head[];
void training_log_print(const struct training_row *row, struct buf *out);
enum status training_append(const char *path, const struct buf *text, struct err *err);
/* FOLDER/NAME, to be freed. */
char *training_path(const struct training *t, const char *name);

/* training_blocks.c: the batch at the current step.  SUMS are of all of it; the gradients are those
 * of PART, which goes back by training_part_drop. */
enum status training_batch(struct training *t, struct training_part **part, struct err *err);
void training_part_drop(struct training *t, struct training_part *p);
enum status training_validate(struct training *t, struct training_row *row, struct err *err);
void training_parts_free(struct training *t);

/* training_head.c: the head as the checkpoint has it, if it fits. */
enum status training_open_head(struct training *t, struct err *err);
/* The checkpoint becomes what was trained: weights, head and the names of its classes. */
enum status training_fill_checkpoint(struct training *t, struct err *err);

#endif
