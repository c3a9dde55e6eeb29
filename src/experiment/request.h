/*
 * request.h - an experiment before it is run: everything that says what is measured.
 *
 *     struct experiment_request r;
 *     experiment_request_init(&r, EXPERIMENT_MATRIX);
 *     experiment_request_set(&r, "model", "sid.safetensors", &err);   as the commands' options
 *     experiment_request_check(&r, &err);
 *     experiment_session_open(&session, &r, &options, &err);
 *     experiment_session_run(&session, &err);       session.x holds what was found
 *     experiment_session_close(&session, true);
 *
 * A request has two texts, both made from one table of fields: lines that another process reads
 * (experiment_request_write), and a command that a person can run (experiment_request_command).
 * The commands `erase --matrix` and `prune --curve`, the explorer's form and request files all fill
 * it by the names of those fields.
 */
#ifndef PROPNEU_EXPERIMENT_REQUEST_H
#define PROPNEU_EXPERIMENT_REQUEST_H

#include "analysis/analysis_input.h"
#include "base/fields.h"
#include "edit/prune.h"
#include "eval/eval.h"
#include "experiment/experiment.h"

#define EXPERIMENT_POINTS_MAX 100 /* shares of a curve */

/* Strings are borrowed, but for those of a request that was read from text. */
struct experiment_request {
    enum experiment_kind kind;

    /* The count file that sets are taken from, if any. */
    const char *counts;
    struct analysis_options analysis; /* how sets are made; layer is not looked at */
    const char *layers;               /* list of layers of the sets, "1,3-5"; NULL: all */
    const char *set;                  /* matrix: neurons to change, an expression; or */
    const char *property;             /* each of this property's groups in turn */

    /* What is done to the neurons of a matrix. */
    double gain;        /* their activations are multiplied by it */
    bool scaled;        /* it was given */
    const char *mean;   /* file of means put in their place, or NULL */
    uint32_t controls;  /* matched random sets for each */
    uint64_t relabel;   /* relabelled controls: labelings, LABELINGS_ALL; 0: none */
    const char *strata; /* what labels are exchanged within (exchange.h), or NULL */

    /* What is pruned in a curve. */
    const char *protect;                /* expression, or NULL */
    struct prune_options how;           /* criterion, scope and minimum */
    double keep[EXPERIMENT_POINTS_MAX]; /* [points] shares that stay; points 0: 90 % to 10 % */
    uint32_t points, draws;

    /*
     * What is measured, with which model, on which recordings; task EVAL_TASKS: not given; the seed
     * is that of the controls, too.  Phones, extras and threads are put in when it is run.
     */
    struct eval_options eval;
    struct corpus_extra extra[CORPUS_MAX_EXTRAS];
    unsigned extras;
    const char *by;      /* factors measured, "gender,speaker"; NULL: as fits */
    const char *journal; /* file, or folder that gets one for each experiment; NULL: none */

    char *text; /* private: the strings of a request that was read */
};

void experiment_request_init(struct experiment_request *r, enum experiment_kind kind);
void experiment_request_free(struct experiment_request *r);

/* True if a request of the kind of R has the field NAME, set as an option; ONLY: which measuring
 * alone has, not writing an edited model. */
bool experiment_request_has(const struct experiment_request *r, const char *name, bool *only);

/*
 * Sets the field NAME, called as the option of the commands, to VALUE (NULL for a flag), which is
 * borrowed.  STATUS_NOTFOUND: there is none such; STATUS_USAGE, naming the option, for a value that
 * it does not take.
 */
enum status experiment_request_set(struct experiment_request *r, const char *name,
                                   const char *value, struct err *err);

/* What is wrong with --select and --size, which choose the neurons of a count file that sets name,
 * or NULL. */
const char *experiment_request_complaint_rule(const struct experiment_request *r);

/* STATUS_USAGE, naming options, where fields are missing or do not go together. */
enum status experiment_request_check(const struct experiment_request *r, struct err *err);

/* Calls EACH for every field that is not as experiment_request_init leaves it. */
void experiment_request_each(const struct experiment_request *r, field_each *each, void *context);

/* Adds the request's text to OUT, lines of "name: value". */
void experiment_request_write(const struct experiment_request *r, struct buf *out);

/* Reads what experiment_request_write wrote, and checks it.  STATUS_FORMAT, naming PATH and the
 * line, for anything else. */
enum status experiment_request_read(struct experiment_request *out, const char *bytes, size_t size,
                                    const char *path, struct err *err);

/* The command that does the same, for a shell: "propneu erase --matrix --model ...". */
void experiment_request_command(const struct experiment_request *r, struct buf *out);

#endif
