/*
 * propneu/experiment.h - a model measured many times over, each time with other neurons changed:
 * the damage matrix of a property's groups, with matched random sets to compare with, and pruning
 * curves.
 *
 * What is measured is said in the words of `propneu erase --matrix` and `propneu prune --curve`:
 *
 *     pn_experiment_new(&experiment, PN_EXPERIMENT_MATRIX, &error);
 *     pn_experiment_set(experiment, "model", "sid.safetensors", &error);
 *     pn_experiment_set(experiment, "counts", "sid.counts", &error);
 *     pn_experiment_set(experiment, "property", "gender", &error);
 *     pn_experiment_set(experiment, "audio", "audio", &error);
 *     pn_experiment_set(experiment, "task", "sid", &error);
 *     pn_experiment_run(experiment, NULL, 0, &table, &error);
 *
 * With a "journal" an experiment that was stopped or killed continues where it was.
 */
#ifndef PROPNEU_EXPERIMENT_H
#define PROPNEU_EXPERIMENT_H

#include <propneu/eval.h>
#include <propneu/report.h>
#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pn_experiment pn_experiment;

enum pn_experiment_kind { PN_EXPERIMENT_MATRIX, PN_EXPERIMENT_CURVE };

/* To be freed with pn_experiment_free. */
PN_API enum pn_status pn_experiment_new(pn_experiment **out, enum pn_experiment_kind kind,
                                        struct pn_error *error);
PN_API void pn_experiment_free(pn_experiment *experiment);

/*
 * Sets what the commands' option --NAME sets; VALUE is copied, NULL for an option without one.
 * PN_NOTFOUND: there is no such option; PN_USAGE: it does not take VALUE.
 */
PN_API enum pn_status pn_experiment_set(pn_experiment *experiment, const char *name,
                                        const char *value, struct pn_error *error);

/*
 * Runs the experiment with THREADS threads (0: one a processor) and gives the cells of the matrix,
 * or the points of the curves, as a table into *OUT.  HOOKS (may be NULL) hear of the recordings of
 * each run of the model; PN_CANCELLED: the journal, if there is one, holds what is done.  PN_USAGE:
 * options are missing or do not go together.
 */
PN_API enum pn_status pn_experiment_run(pn_experiment *experiment,
                                        const struct pn_eval_hooks *hooks, unsigned threads,
                                        pn_table **out, struct pn_error *error);

/* The same table of the journal PATH, whoever may be writing to it, as far as it has come. */
PN_API enum pn_status pn_experiment_read(pn_table **out, const char *path, struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
