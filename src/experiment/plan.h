/*
 * plan.h - what the plans of experiments share.
 */
#ifndef PROPNEU_EXPERIMENT_PLAN_H
#define PROPNEU_EXPERIMENT_PLAN_H

#include "analysis/analysis.h"
#include "experiment/experiment.h"

/* A plan whose parts are put together. */
struct plan {
    struct experiment *x;
    size_t row_cap, step_cap;
    struct buf settings, title;
};

/* Begins X with the settings of E, opened as HOW says, and step 0. */
enum status plan_begin(struct plan *p, struct experiment *x, enum experiment_kind kind,
                       const struct eval *e, const struct eval_options *how, struct err *err);

/* Adds a row for SET (NULL: empty); M, matched controls (NULL: none), is looked at over DRAWS. */
enum status plan_row(struct plan *p, const char *name, const struct neuron_set *set,
                     struct err *err);
enum status plan_match(struct plan *p, const struct controls *c, const struct neuron_features *f,
                       uint64_t seed, uint32_t draws, struct err *err);

/* Adds the step that changes DRAW of ROW (added before) at POINT, an index into x->point. */
enum status plan_step(struct plan *p, uint32_t row, uint32_t point, uint32_t draw, struct err *err);

/* "task sid, pieces of 0.2 s, noise 1": how E was opened. */
void plan_describe(struct buf *b, const struct eval_options *how);

/* Lines about the count file and how sets are made of it. */
void plan_add_analysis(struct buf *b, const struct analysis *a);

/* Lines about relabelled controls, where there are labelings. */
void plan_add_relabel(struct buf *b, uint64_t labelings, const char *strata);

/* Ends the plan: columns by the factors BY, room for results; frees P in any case. */
enum status plan_end(struct plan *p, enum status code, const struct eval *e, const char *by,
                     struct err *err);

#endif
