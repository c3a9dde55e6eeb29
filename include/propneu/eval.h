/*
 * propneu/eval.h - how well a model does its task, in total and by groups of what is spoken, as it
 * is and with neurons changed.
 *
 *     pn_eval *eval;
 *     pn_eval_result *plain, *erased;
 *     pn_eval_open(&eval, &options, NULL, &error);
 *     pn_eval_run(eval, NULL, NULL, NULL, &plain, &error);      the model as it is
 *     pn_eval_run(eval, set, NULL, NULL, &erased, &error);      without the neurons of SET
 *     pn_eval_table(&table, eval, erased, plain, &error);
 *
 * Results are the same to the last bit for any number of threads.  One run at a time.
 */
#ifndef PROPNEU_EVAL_H
#define PROPNEU_EVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <propneu/corpus.h>
#include <propneu/edit.h>
#include <propneu/model.h>
#include <propneu/report.h>
#include <propneu/sets.h>
#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pn_eval pn_eval;
typedef struct pn_eval_result pn_eval_result;

struct pn_eval_options {
    const char *model; /* path */
    struct pn_model_options model_options;
    struct pn_corpus_options corpus; /* every task but "sid" needs labels */
    const char *task;                /* "sid", "phones", "frames", "ctc", "centroid" or "f0" */
    const char *head;                /* checkpoint that holds the head; NULL: the model's own */
    const char *head_labels;         /* names of its classes, one a line; NULL: as it says */
    uint32_t layer;                  /* whose output centroid and f0 look at, from 1; 0: the last */
    double piece;     /* seconds of the pieces that recordings are cut into; 0: whole ones */
    double noise;     /* standard deviation of noise added to the input; 0: none */
    uint64_t seed;    /* of the noise */
    bool refit;       /* centroid and f0: fit on the changed model, not on the model as it is */
    unsigned min_run; /* phones: shorter runs of a label, in frames, count as none */
    size_t cache;     /* bytes for hidden states that later runs start from; 0: 1 GiB */
    unsigned threads; /* 0: one a processor */
};

/* Everything 0; the model, the corpus and the task are to be filled in. */
PN_API void pn_eval_options_init(struct pn_eval_options *options);

/*
 * Called one at a time, from any thread of a run; each may be NULL.  PROGRESS gets the recordings
 * of this run that are done; when it returns other than 0, the run stops.
 */
struct pn_eval_hooks {
    void (*problem)(void *context, const char *message); /* a recording is left out, and why */
    int (*progress)(void *context, size_t done, size_t all);
    void *context;
};

/*
 * Opens model, head and corpus into *OUT, to be freed with pn_eval_free.  The strings of OPTIONS
 * must stay until then; OPTIONS itself need not.  HOOKS may be NULL.  PN_NOTFOUND: no head for the
 * task; PN_MISMATCH: its labels are not the recordings' speakers.
 */
PN_API enum pn_status pn_eval_open(pn_eval **out, const struct pn_eval_options *options,
                                   const struct pn_eval_hooks *hooks, struct pn_error *error);
PN_API void pn_eval_free(pn_eval *eval);

/* The number of recordings; of them *LEFT_OUT (may be NULL) in the last run. */
PN_API size_t pn_eval_recordings(const pn_eval *eval, size_t *left_out);

/*
 * Runs all trials with EDIT (NULL: erasure) done to the activations of SET (NULL: the model as it
 * is), into *OUT, to be freed with pn_eval_result_free before the evaluation is.  HOOKS may be
 * NULL.  PN_CANCELLED; PN_NOTFOUND if there was not one trial.
 */
PN_API enum pn_status pn_eval_run(pn_eval *eval, const pn_set *set, const struct pn_edit *edit,
                                  const struct pn_eval_hooks *hooks, pn_eval_result **out,
                                  struct pn_error *error);
PN_API void pn_eval_result_free(pn_eval_result *result);

/* What a run measures, from 0: "speaker", "phone", "frame", ...; NULL: no such number. */
PN_API uint32_t pn_eval_measures(const pn_eval *eval);
PN_API const char *pn_eval_measure(const pn_eval *eval, uint32_t measure);

/* In total: of all trials. */
struct pn_score {
    uint64_t trials;
    uint64_t errors; /* 0 of task f0 */
    double error;    /* errors in a trial; NaN without trials, and of task f0 */
    double loss; /* mean negative log-likelihood; of f0 the mean squared error; NaN: not known */
};
/* False: there is no such measure. */
PN_API bool pn_eval_total(const pn_eval *eval, const pn_eval_result *result, uint32_t measure,
                          struct pn_score *score);

/* RESULT in total and by group, beside BEFORE, a result of the same evaluation (NULL: none). */
PN_API enum pn_status pn_eval_table(pn_table **out, const pn_eval *eval,
                                    const pn_eval_result *result, const pn_eval_result *before,
                                    struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
