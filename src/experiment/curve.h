/*
 * curve.h - pruning curves: what is lost when fewer and fewer neurons are left, without training
 * again, where the neurons of a set are spared, where only scores decide, and at random.
 */
#ifndef PROPNEU_EXPERIMENT_CURVE_H
#define PROPNEU_EXPERIMENT_CURVE_H

#include "experiment/experiment.h"
#include "edit/prune.h"
#include "inference/relabel.h"

struct curve_options {
    const struct checkpoint *checkpoint;
    struct analysis *analysis; /* NULL: no count file */
    const char *protect;       /* expression of the set to spare, or NULL */
    const char *layers;        /* of the set; NULL: all */
    const char *by;            /* factors measured; NULL: in total only */
    struct prune_options how;  /* criterion (no random one), scope, minimum, seed */
    const double *keep;        /* [points] shares that stay, 0 < keep <= 1 */
    uint32_t points;
    uint32_t draws;   /* of random pruning, and of matched random sets to spare */
    uint64_t relabel; /* relabelled sets to spare: labelings or LABELINGS_ALL; 0: none */
    const char *strata, *speakers; /* what labels are exchanged within (exchange.h) */
    unsigned threads;              /* at least 1 */
    const struct cancel *cancel;   /* of choosing relabelled sets; may be NULL */
};

struct curve {
    struct experiment x;
    const struct checkpoint *checkpoint;
    struct prune_options how;
    struct neuron_set protect; /* the set to spare; empty without one */
    struct controls control;   /* of PROTECT; layers 0: none */
    bool has_set;
    struct relabel relabel; /* of PROTECT's property; draws 0: none */
};

/*
 * Plans the curves of what E, opened as ABOUT says, measures.  Rows are "protected" and "control"
 * (a matched random set is spared; with a count file) where there is a set, "relabelled" (what the
 * property's groups would have under exchanged labels, inference/relabel.h), the criterion, and
 * "random".
 */
enum status curve_make(struct curve *c, const struct curve_options *o, const struct eval *e,
                       const struct eval_options *about, struct err *err);
void curve_free(struct curve *c);

/* An experiment_sets with the curve as context. */
enum status curve_sets(void *curve, const struct experiment_step *step, struct neuron_set *out,
                       struct err *err);

#endif
