/*
 * job.h - the inside of an evaluation, shared by its files.
 *
 * A recording becomes one trial or more ("items": itself, or the pieces it is cut into).  Workers
 * take recordings in order, run the model on each item, hand what it made of it to the task, and
 * add what came out in the order of the recordings: sums are the same for any number of workers.
 */
#ifndef PROPNEU_EVAL_JOB_H
#define PROPNEU_EVAL_JOB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "head.h"
#include "propneu/audio.h"
#include "propneu/corpus.h"
#include "propneu/eval.h"
#include "propneu/names.h"
#include "propneu/speakers.h"

#define MAX_FACTORS (COUNT_FACTORS + COUNT_MAX_EXTRAS)

/* Factors trials are grouped by. */
struct factor {
    const char *name;
    struct names level;
    uint32_t base; /* of its levels among the groups */
};

/* What was kept of one recording. */
struct take {
    bool known, failed;
    size_t frames; /* of the model, of all of the recording */
    float **rows;  /* [layers + 1] hidden states of its items, one behind the other; NULL: none */
    double *means; /* [items][layers + 1][E] of hidden states up to the last of ROWS; or NULL */
};

struct item {
    size_t first, frames; /* of the recording */
    size_t index, row;    /* number among the items; its first row in what was kept */
};

struct worker;

/* What a task is made of. */
struct task {
    uint32_t measures;
    const char *measure[4];
    bool means;  /* wants the mean over frames of hidden states */
    bool hidden; /* wants the hidden states of a layer */
    /* One item, whose hidden states or means are in the worker: trials into its scores. */
    enum status (*item)(struct worker *w, const struct item *it, struct err *err);
};

extern const struct task task_sid;

struct eval {
    const struct eval_options *options;
    const struct task *task;
    struct model *model;
    const struct model_info *info;
    bool input; /* the model has rows of input, which pieces are cut from */
    struct head head;
    struct corpus corpus;
    struct speakers speakers;
    bool gendered;
    struct factor factor[MAX_FACTORS];
    uint32_t factors, groups;
    struct eval_group *group; /* [groups] */
    uint32_t layer;           /* whose output is looked at, from 1 */
    uint32_t step;            /* hidden states 0, step, 2 step, ... are kept; 0: none */
    size_t budget;            /* bytes */
    struct take *take;        /* [corpus.count] */
    size_t left_out;

    /* Of the run at hand. */
    const struct model_intervention *edit;
    const struct eval_hooks *hooks;
    uint32_t first; /* layer that is changed; layers: none */
    struct eval_result result;

    /* Under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t turned;
    size_t next; /* recording to be taken by a worker */
    size_t turn; /* recording whose results are to be added next */
    unsigned running;
    enum status code;
    struct err err;

    atomic_size_t kept; /* bytes */
    atomic_bool stop;
};

/* What one thread works with; kept from recording to recording. */
struct worker {
    struct eval *e;
    struct model_scratch *scratch;
    struct audio audio;
    float *input; /* [frames][input width] */
    size_t input_cap;
    size_t input_width;
    float *hidden; /* [item's frames][E] of the layer looked at */
    size_t hidden_cap;
    double *means;  /* [layers + 1][E] of the item at hand */
    double *logits; /* [classes + in] */
    float **rows;   /* [layers + 1] to be kept of the recording at hand */
    double *kept_means;
    size_t recording;
    const struct item *item;
    struct eval_score *score; /* [measures][1 + groups] of the recording at hand */
};

/* eval.c: factors and groups. */
void eval_levels(const struct eval *e, size_t recording, const struct item *it,
                 int32_t level[MAX_FACTORS]);

/* A trial of MEASURE with these levels. */
void eval_count(struct worker *w, uint32_t measure, const int32_t level[MAX_FACTORS], bool wrong,
                double loss);

/* takes.c: one recording, whole: items into the worker's scores, rows into what is kept. */
enum status take_run(struct worker *w, size_t recording, struct err *err);
void take_free(struct take *t, uint32_t layers);

#endif
