/*
 * matrix.h - the damage matrix: the group neurons of a property erased, group after group, and
 * what that does to every group, compared with what matched random sets do.
 */
#ifndef PROPNEU_EXPERIMENT_MATRIX_H
#define PROPNEU_EXPERIMENT_MATRIX_H

#include "experiment/experiment.h"
#include "inference/relabel.h"

struct matrix_options {
    struct analysis *analysis; /* of the count file; NULL where SET is a file */
    const struct checkpoint *checkpoint;
    const char *property;    /* whose groups are erased, one a row; or NULL: */
    const char *set;         /* an expression, the only row */
    const char *layers;      /* list of modelset_only; NULL: all */
    const char *by;          /* factors measured; NULL: the property's own, if the task has it */
    const struct edit *edit; /* what is done to the sets; NULL: erasure */
    uint32_t controls;       /* matched random sets of every row; 0: none */
    uint64_t seed;
    uint64_t relabel; /* relabelled controls of the property: labelings or LABELINGS_ALL; 0: none */
    const char *audio;             /* the recordings, for messages */
    const char *strata, *speakers; /* what they are exchanged within (exchange.h) */
    unsigned threads;              /* at least 1 */
    const struct cancel *cancel;   /* of choosing their neurons; may be NULL */
};

struct matrix {
    struct experiment x;
    uint64_t seed;
    struct neuron_set *set;   /* [x.rows] */
    struct controls *control; /* [x.rows]; NULL: none are drawn */
    struct relabel relabel;   /* where x.relabelled has units */
};

/*
 * Plans the matrix of what E measures.  Rows without a neuron have no steps.  Controls are drawn
 * outside the group neurons of the whole property.  STATUS_NOTFOUND: no group has a neuron, or
 * there are too few neurons outside to draw controls from.  HOW is what E was opened with.
 */
enum status matrix_make(struct matrix *m, const struct matrix_options *o, const struct eval *e,
                        const struct eval_options *how, struct err *err);
void matrix_free(struct matrix *m);

/*
 * matrix_relabel.c: opens the labelings of M's property and notes them in its experiment, whose
 * rows are planned and whose sets are SET [rows].  STATUS_UNSUPPORTED or STATUS_MISMATCH, saying
 * why, where the file cannot give them or the recordings of E cannot score them.
 */
enum status matrix_relabel(struct matrix *m, const struct neuron_set *set,
                           const struct matrix_options *o, const struct eval *e, struct err *err);

/* An experiment_sets with the matrix as context. */
enum status matrix_sets(void *matrix, const struct experiment_step *step, struct neuron_set *out,
                        struct err *err);

#endif
