/*
 * eval_internal.h - the inside of an evaluation, shared by its files.
 *
 * A recording becomes one item or more: itself, or the pieces it is cut into.  Workers take
 * recordings in order, run the model on each item and hand what came out to the task; what the task
 * made of a recording is added in the order of the recordings, so that sums are the same for any
 * number of workers.  Tasks that fit something do so in a pass of its own over half of the
 * recordings and are tested on the other half.
 */
#ifndef PROPNEU_EVAL_EVAL_INTERNAL_H
#define PROPNEU_EVAL_EVAL_INTERNAL_H

#include "base/worker.h"
#include "corpus/frame_labels.h"
#include "eval/head.h"
#include "eval/eval.h"

/* Frames that a task goes through between two looks at the flag. */
#define FRAMES_A_LOOK 16

/* What was kept of one recording. */
struct recording_run {
    bool failed;
    bool tested;                /* by tasks that fit something on the other recordings */
    struct frame_labels labels; /* labels.frames: 0 while it was not read */
    float **rows;  /* [layers + 1] hidden states of its items, one behind the other; NULL: none */
    double *means; /* [items][layers + 1][E] of hidden states up to the last of ROWS; or NULL */
};

struct item {
    size_t first, frames; /* of the recording */
    size_t index, row;    /* number among the items; its first row in what was kept */
};

struct eval;
struct worker;

enum pass { PASS_SCAN /* labels alone */, PASS_FIT, PASS_TEST };

/* What a task is made of; a function that is NULL does nothing. A fitting pass calls clear, then
 * begin, item and merge for each recording, then fit; a testing pass begin and item, which calls
 * eval_add. Only merge runs under the lock. */
struct task {
    struct eval_task_about about;
    uint32_t measures;
    const char *measure[3];
    const char *looked_for; /* in a checkpoint that has no head for it; NULL: needs no head */
    bool may_fit;           /* where there is no head it fits its own */
    bool hidden;            /* wants the hidden states of a layer, or those that its head takes */
    enum status (*open)(struct eval *e, struct err *err);
    void (*free)(struct eval *e);
    enum status (*worker)(struct worker *w, struct err *err); /* its own memory, in w->own */
    void (*worker_free)(struct worker *w);
    void (*begin)(struct worker *w); /* a recording */
    /* Before the model: may change the rows of input of an item.  Hidden states are not kept then.
     */
    enum status (*input)(struct worker *w, const struct item *it, struct err *err);
    enum status (*item)(struct worker *w, const struct item *it, struct err *err);
    void (*clear)(struct eval *e);                       /* before a fitting pass */
    void (*merge)(struct worker *w);                     /* a recording of it, in order */
    enum status (*fit)(struct eval *e, struct err *err); /* after it */
};

#define EVAL_TASK_DECLARE(number, id, name) extern const struct task task_##id;
EVAL_TASK_TABLE(EVAL_TASK_DECLARE)
#undef EVAL_TASK_DECLARE

extern const struct task task_lexicon; /* what CTC becomes with a lexicon */

/* The row of TASK. */
const struct task *eval_task_row(enum eval_task task);

struct eval {
    const struct eval_options *options;
    struct corpus_options how; /* options->corpus, by all that is known */
    const struct task *task;
    void *own; /* the task's */
    struct model *model;
    const struct model_info *info;
    bool input; /* the model has rows of input, which pieces are cut from */
    struct head head;
    struct corpus corpus;
    struct factors factors;
    struct eval_group *group;  /* [factors.groups] */
    uint32_t layer;            /* whose output is looked at, from 1 */
    uint32_t step;             /* hidden states 0, step, 2 step, ... are kept; 0: none */
    size_t budget;             /* bytes */
    struct recording_run *run; /* [corpus.recordings.count] */
    bool fitted;

    /* Of the current pass. */
    enum pass pass;
    const struct model_intervention *edit;
    const struct eval_hooks *hooks;
    uint32_t first; /* layer that is changed; layers: none */
    struct eval_result result;
    struct pitch_bins *bins; /* of a scan */

    /* Under the lock while a pass runs. A worker that is done with recording I waits on `turned`
     * until `turn` is I, so that results are added in the recordings' order. */
    pthread_mutex_t lock;
    pthread_cond_t turned;
    size_t next;      /* recording to be taken by a worker */
    size_t turn;      /* recording whose results are to be added next */
    enum status code; /* the first failure that ends the pass, with err */
    struct err err;

    atomic_size_t kept; /* bytes */
    struct cancel stop; /* the pass is to end; below the caller's flag */
};

/* What one thread works with; kept from recording to recording. */
struct worker {
    struct eval *e;
    void *own; /* the task's */
    struct model_scratch *scratch;
    struct audio audio;
    float *input; /* [frames][input width] */
    size_t input_cap, input_width;
    float *hidden; /* [item's frames][E] of the layer looked at */
    size_t hidden_cap;
    double *means;            /* [layers + 1][E] of the current item */
    double *logits;           /* [classes + in] */
    uint32_t *seen;           /* [groups] zeros, for frame_labels_levels */
    float **rows;             /* [layers + 1] to be kept of the current recording */
    double *kept_means;       /* [items][layers + 1][E] to be kept of it */
    size_t recording;         /* its number */
    const struct item *item;  /* the current item */
    struct eval_score *score; /* [measures][1 + groups] of the current recording */
};

/* What is known of the current recording. */
const struct frame_labels *eval_frame_labels(const struct worker *w);

/* The levels of frames FIRST .. FIRST + FRAMES - 1 of the current recording. */
void eval_levels(const struct worker *w, size_t first, size_t frames,
                 int32_t level[CORPUS_MAX_FACTORS]);

/* Adds ONE to MEASURE, in total and in the groups of LEVEL. */
void eval_add(struct worker *w, uint32_t measure, const int32_t level[CORPUS_MAX_FACTORS],
              const struct eval_score *one);

/* recording_runs.c: one recording, whole: items to the task, rows into what is kept. */
enum status recording_run_do(struct worker *w, size_t recording, struct err *err);
void recording_run_free(struct recording_run *t, uint32_t layers);

/* run.c: the recordings of a pass through workers. */
enum status pass_run(struct eval *e, enum pass pass, struct err *err);

#endif
