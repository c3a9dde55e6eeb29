/*
 * experiment.h - a model measured many times over, each time with other neurons changed: what is
 * measured, what was found so far, and the journal that keeps it.
 *
 * An experiment is a list of steps.  Each step changes the neurons of one set and measures the
 * task, in all trials together and in every group (column).  Step 0 changes nothing.  Rows and
 * points say what the others do:
 *     damage matrix    row: group erased     draw 0: its neurons, 1, 2, ...: matched controls
 *                      point 1: the neurons that the group has under labeling `draw` (relabelled.h)
 *     pruning curve    row: what is spared   point: share kept     draw: of a random choice; of
 *                      the row "relabelled" the labeling, 0 the observed one
 *
 * The journal is a text file that only grows, a line for the experiment, then one for each step
 * done.  Any process may read it at any time (experiment_read): a run in the background is watched
 * so, and what it has found is all there, also after a kill.  A run killed at any byte goes on
 * with the steps that are missing, and ends with the same results.
 */
#ifndef PROPNEU_EXPERIMENT_EXPERIMENT_H
#define PROPNEU_EXPERIMENT_EXPERIMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "edit/controls.h"
#include "edit/edit.h"
#include "eval/eval.h"
#include "analysis/interval.h"
#include "base/names.h"
#include "base/status.h"

/* The row of step 0, and the answer where no step is found. */
#define EXPERIMENT_NOTHING UINT32_MAX

enum experiment_kind { EXPERIMENT_MATRIX, EXPERIMENT_CURVE };

struct experiment_step {
    uint32_t row; /* EXPERIMENT_NOTHING: the model as it is */
    uint32_t point, draw;
};

/* One measurement. */
#define EXPERIMENT_NO_ERRORS UINT64_MAX
struct experiment_cell {
    uint64_t errors; /* EXPERIMENT_NO_ERRORS: a task that knows none, F0 */
    uint64_t trials;
    double
        loss; /* mean negative log-likelihood, F0: squared error; NAN: no trials, or none known */
};

struct experiment_row {
    char *name;
    uint32_t *size; /* [layers] neurons of the set: erased, or spared */
    /* [layers], then all together; NULL where there are no controls */
    struct controls_match *match;
};

/* The second point of a matrix with relabelled controls. */
#define EXPERIMENT_RELABELLED 1

/* The labelings of an experiment with relabelled controls (relabelled.h); of a matrix errors by
 * speaker, too. */
struct experiment_relabelled {
    uint32_t units;  /* speakers; 0: there are no labelings, or it is a curve */
    uint32_t draws;  /* labelings beside the observed one */
    bool enumerated; /* they are all there are */
    char *strata;    /* what speakers are exchanged within; "none"; NULL: there are no labelings */
    char **unit;     /* [units] names of the speakers */
    uint32_t *label; /* [1 + draws][units] the row whose group each is in; observed first */
    struct experiment_cell *cell; /* [steps][measures][units] */
};

/* What is to be measured, and what was. */
struct experiment {
    enum experiment_kind kind;
    char *title;          /* one line: model, sets, task */
    char *settings;       /* lines "what: value": equal settings, equal results (settings.h) */
    char *command;        /* that started it, for people */
    char *request;        /* the same as text (request.h); "" in journals before 0.2 */
    uint64_t all_neurons; /* of the model */
    uint32_t layers, rows, measures, columns, points, steps;
    struct experiment_row *row;   /* [rows] */
    char **measure;               /* [measures] what is measured: "speaker", "frame", ... */
    char **column;                /* [columns] where: "all", then "gender=female", ... */
    double *point;                /* [points] shares kept; 0 in a matrix */
    struct experiment_step *step; /* [steps] */
    uint32_t done;                /* steps */
    uint64_t left_out;            /* recordings that could not be measured on, in any step */
    bool *is_done;                /* [steps] */
    uint32_t *neurons;            /* [steps] changed in a step that is done */
    struct experiment_cell *cell; /* [steps][measures][columns] */
    struct experiment_relabelled relabelled;
    int64_t started, changed; /* seconds since 1970: first run, latest step; 0: not known */
    pid_t pid;                /* the process at work on the journal; 0: none */
};

void experiment_free(struct experiment *x);

/* Makes room for what is found, after measures, columns and steps were filled in. */
enum status experiment_room(struct experiment *x, struct err *err);

/* "matrix", "curve". */
const char *experiment_kind_name(enum experiment_kind kind);

/* Number of the step, or EXPERIMENT_NOTHING. */
uint32_t experiment_find(const struct experiment *x, uint32_t row, uint32_t point, uint32_t draw);

/* What a step that is done found [columns]. */
static inline struct experiment_cell *experiment_cells(const struct experiment *x, uint32_t step,
                                                       uint32_t measure)
{
    return x->cell + ((size_t)step * x->measures + measure) * x->columns;
}

/* The same by speaker [relabelled.units]. */
static inline struct experiment_cell *experiment_speakers(const struct experiment *x, uint32_t step,
                                                          uint32_t measure)
{
    return x->relabelled.cell + ((size_t)step * x->measures + measure) * x->relabelled.units;
}

/*
 * Reads the journal PATH, whoever may be writing to it.  What a kill has torn off its end is not
 * there; STATUS_FORMAT for what is no journal.
 */
enum status experiment_read(struct experiment *x, const char *path, struct err *err);

/* Names of the journals in FOLDER (experiments, newest last) added to OUT, whole paths. */
enum status experiment_list(const char *folder, struct names *out, struct err *err);

/* A journal that is written to, locked against other runs. */
struct experiment_journal {
    char *path;
    int fd;        /* -1: closed */
    double synced; /* when it was last brought to the disk */
};

/*
 * Opens the journal PATH of X, or begins it.  With RESUME, what it holds of an experiment of equal
 * settings is taken into X; STATUS_MISMATCH names what differs otherwise, STATUS_FORMAT if it is
 * damaged, STATUS_IO if in use by another run.
 */
enum status experiment_journal_open(struct experiment_journal *j, struct experiment *x,
                                    const char *path, bool resume, struct err *err);

/* Adds STEP, which is done. */
enum status experiment_journal_add(struct experiment_journal *j, const struct experiment *x,
                                   uint32_t step, struct err *err);

/* Harmless on one that is closed; REMOVE: takes the file away. */
void experiment_journal_close(struct experiment_journal *j, bool remove);

/* Adds the neurons that STEP changes to OUT, empty sets: always the same ones. */
typedef enum status experiment_sets(void *context, const struct experiment_step *step,
                                    struct neuron_set *out, struct err *err);

struct experiment_run {
    /* What is measured, and which neurons each step changes. */
    struct eval *eval;
    experiment_sets *sets;
    void *context;
    const struct edit *edit; /* what is done to a step's sets, its own sets aside; NULL: erasure */
    const char *journal;     /* path; NULL: none is kept */
    bool resume;             /* go on with what it holds */
    bool keep;               /* let it stand though the experiment is done */
    /* Called after the journal was read, and after each step; may be NULL. */
    void (*stepped)(void *shown, const struct experiment *x);
    void *shown;
    const struct eval_hooks *hooks; /* of each run */
    struct experiment_journal file; /* private */
};

/*
 * Lists what E measures by the factors BY ("gender,speaker"; NULL: in total only) as the measures
 * and columns of X, and makes room.  STATUS_NOTFOUND, naming what there is, for another factor.
 */
enum status experiment_columns(struct experiment *x, const struct eval *e, const char *by,
                               struct err *err);

/*
 * Does the steps of X that are not done.  STATUS_CANCELLED
 * after a cancel: the journal holds what is done.  Call experiment_finish in the end, in any case:
 * DONE, the results are where they belong, and the journal is taken away unless it is to be kept.
 */
enum status experiment_do(struct experiment *x, struct experiment_run *r, struct err *err);
void experiment_finish(struct experiment_run *r, bool done);

/* Lines about what E is opened with: model, recordings, labels, task, noise. */
enum status experiment_settings(struct buf *b, const struct eval *e, const struct eval_options *o,
                                struct err *err);

/* What is compared: errors in a trial, or the mean negative log-likelihood. */
enum experiment_quantity { EXPERIMENT_ERROR, EXPERIMENT_LOSS };

/* The quantity in a cell; NAN without trials. */
double experiment_value(const struct experiment_cell *cell, enum experiment_quantity q);

/* True if a quantity was measured at all: phone errors have no likelihood. */
bool experiment_measured(const struct experiment *x, uint32_t measure, enum experiment_quantity q);

/* What the loss of X is: "mean squared error" where it counts no errors, or the likelihood. */
const char *experiment_loss_name(const struct experiment *x);

/* Change by a row's set against the model as it is, and the changes by its controls. */
struct experiment_change {
    double change;            /* NAN while not known */
    struct interval controls; /* of their changes */
    double p;                 /* share of controls that do as much damage, interval_p */
};

struct experiment_change experiment_changed(const struct experiment *x, uint32_t row,
                                            uint32_t measure, uint32_t column,
                                            enum experiment_quantity q, double coverage);

/* Neurons that were left at a point of a row, on average over its draws; NAN while not known. */
double experiment_left(const struct experiment *x, uint32_t row, uint32_t point);

/* The quantity at a point of a row over its draws; of relabelled ones, without the observed
 * labeling. */
struct interval experiment_at(const struct experiment *x, uint32_t row, uint32_t point,
                              uint32_t measure, uint32_t column, enum experiment_quantity q,
                              double coverage);

#endif
