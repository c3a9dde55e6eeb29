/*
 * report.h - the answer to each question as a table: one function a table, whose columns
 * propneu-tables(5) lists.  Commands, the explorer and figures all print what these fill in.
 *
 * Unless said otherwise a function adds its rows to T, which it starts where it is TABLE_INIT, so
 * that several layers, phones or files can make one table.  Layers are counted from 0 in arguments
 * and from 1 in tables.  On failure (STATUS_NOMEM, or what the analysis answers) T is to be freed.
 */
#ifndef PROPNEU_REPORT_REPORT_H
#define PROPNEU_REPORT_REPORT_H

#include "analysis/overlap.h"
#include "base/neuron_set.h"
#include "eval/eval.h"
#include "experiment/experiment.h"
#include "inference/confound.h"
#include "inference/contrast.h"
#include "inference/difference.h"
#include "inference/neurontest.h"
#include "inference/ledger.h"
#include "inference/null.h"
#include "inference/patterntest.h"
#include "inference/split.h"
#include "inference/stability.h"
#include "inference/sweep.h"
#include "report/pruned.h"
#include "report/scores.h"
#include "report/table.h"
#include "train/training_log.h"

/* Every form there is, in the order of the manual. */
extern const struct table_form *const report_forms[];
extern const size_t report_form_count;

/* report_pruned.c: POINT [points] of P, from pruned_points. */
enum status report_pruned(struct table *t, const struct pruned *p, const struct pruned_point *point,
                          size_t points, struct err *err);

/* report_training.c: every step of the runs LOG [logs], called TITLE; a run as a whole. */
enum status report_training(struct table *t, const struct training_log *log, char *const *title,
                            size_t logs, struct err *err);
enum status report_training_run(struct table *t, const struct training_log *log, const char *title,
                                struct err *err);

/* report_settings.c: what the other tables of a count file were computed under; one row. */
enum status report_settings(struct table *t, const struct analysis *a, struct err *err);

/* What the notes of an answer say, a row each, with no rows where there are none. */
enum status report_notes(struct table *t, const struct names *notes, struct err *err);

/* What chance gives of what is drawn in figures 7, 4 and 5, in columns that are there where they
 * were asked for. */
enum report_bands {
    REPORT_BAND_OBSERVED = 32, /* the number of neurons compared, of the next and of layers */
    REPORT_BAND_NEURONS = 1 | REPORT_BAND_OBSERVED,
    REPORT_BAND_SILHOUETTES = 2,
    REPORT_BAND_BEST = 4,
    REPORT_BAND_NULL = 16 | REPORT_BAND_OBSERVED, /* of layers: what was compared, and how */
    REPORT_BAND_DRAWS = 8,                        /* of figure 7, too: sizes in bootstrap draws */
};

/*
 * report_layers.c: every asked property of SCORES [files] in every layer that was asked for; the
 * best layer of each; properties that a file cannot answer are left out of the first two, and say
 * why in the third.  BANDS: of enum report_bands.
 */
enum status report_layers(struct table *t, const struct scores *scores, size_t files,
                          unsigned bands, struct err *err);
enum status report_properties(struct table *t, const struct scores *scores, struct err *err);
enum status report_best(struct table *t, const struct scores *scores, size_t files, unsigned bands,
                        struct err *err);

/* The groups of PROPERTY (NULL: of every property that the file can answer). */
enum status report_groups(struct table *t, struct analysis *a, const char *property,
                          struct err *err);

/* "female=12,male=9" of the sets GROUP [groups][words] of P into OUT. */
void report_group_sizes(struct buf *out, const struct property *p, const uint64_t *group,
                        size_t words);

/* report_neurons.c: what is said of one neuron. */
struct report_neuron {
    uint32_t group;     /* whose neuron it is; the number of groups: of none */
    uint32_t in_phones; /* patterns of that group's phones that have it */
    uint32_t patterns;  /* patterns of the whole property that have it */
    uint32_t best;      /* point of the highest p */
    double p;           /* there; NAN without points */
    double test_p, q;   /* of neuron tests; NAN where none were made */
    double stability;   /* share of bootstrap draws; NAN where none were made */
};

/* HITS and P [points] are room for the computation, and hold the neuron's counts and p by point. */
enum status report_neuron(struct report_neuron *out, struct analysis *a, const char *property,
                          uint32_t layer, uint32_t neuron, uint32_t *hits, double *p,
                          struct err *err);

/* What else the rows of a layer say, in columns that are there where it is. */
struct report_neurons_more {
    const struct neuron_tests_layer *tests; /* NULL: no p and q */
    const struct stability *stability;      /* NULL: no stability, and all neurons */
    const struct stability_layer *stable;   /* the layer of it */
    double least;                           /* rows of neurons of at least this stability */
};

/* The columns alone; one row on NEURON of a layer; a layer's property neurons, group by group, and
 * MORE (may be NULL) of them. */
void report_neurons_begin(struct table *t);
void report_neuron_row(struct table *t, const struct property *property, uint32_t layer,
                       uint32_t neuron, const struct report_neuron *r);
enum status report_neurons(struct table *t, struct analysis *a, const char *property,
                           uint32_t layer, const struct report_neurons_more *more, struct err *err);

/* report_neuron_tests.c: a row on each layer of T, how its neurons were tested and what that says
 * of its property neurons. */
enum status report_neuron_tests(struct table *t, struct analysis *a, const char *property,
                                const struct neuron_tests *tests, struct err *err);

/* Neurons in the patterns of enough of a group's phones, whatever other groups they serve. */
enum status report_members(struct table *t, struct analysis *a, const char *property,
                           uint32_t layer, struct err *err);

/* report_select.c: what several selectors make of a property in LAYER. */
struct report_selectors {
    const char *property;
    const struct selector *const *selector; /* [count], at least one */
    size_t count;
    bool all; /* every neuron, not only those that one of them chooses for the group */
};

enum status report_select(struct table *t, struct analysis *a, const struct report_selectors *s,
                          uint32_t layer, struct err *err);
/* Any two of them compared. */
enum status report_agreement(struct table *t, struct analysis *a, const struct report_selectors *s,
                             uint32_t layer, struct err *err);
/* One row on what they are about. */
enum status report_select_summary(struct table *t, struct analysis *a,
                                  const struct report_selectors *s, struct err *err);

/* report_pattern.c: the COUNT first neurons of ORDER, by falling p of PHONE, and what TESTS of
 * these (NULL: none) say. */
enum status report_pattern(struct table *t, const struct profile *p, const uint32_t *order,
                           size_t count, const char *phone, uint32_t layer,
                           const struct pattern_tests *tests, struct err *err);
/* One row on the pattern as a whole. */
enum status report_pattern_summary(struct table *t, const struct profile *p, const char *phone,
                                   uint32_t layer, struct err *err);

/* What chance gives of the silhouettes of a map; NULL where the file cannot say. */
struct report_map_null {
    const struct summary *map, *distances;
};

/* report_map.c: the points of P at XY [points][2], groups HIDDEN [groups] (NULL: none) left out.
 * CHANCE (may be NULL): what chance gives, in columns that are there where it was asked for. */
enum status report_map(struct table *t, const struct property *p, uint32_t layer, const double *xy,
                       const unsigned char *hidden, const struct report_map_null *chance,
                       struct err *err);
/* One row on the map as a whole. */
enum status report_map_summary(struct table *t, const struct property *p, uint32_t layer,
                               const struct map *m, const struct map_params *params,
                               const struct report_map_null *chance, struct err *err);

/* report_overlap.c: every region of the sets SET [o->sets] with LAYER as the layer of names
 * without one; the sets themselves; one row on all. */
enum status report_overlap(struct table *t, const struct overlap *o, const struct setexpr *set,
                           uint32_t layer, struct err *err);
enum status report_sets(struct table *t, const struct overlap *o, const struct setexpr *set,
                        struct err *err);
enum status report_overlap_summary(struct table *t, const struct overlap *o, uint32_t layer,
                                   struct err *err);

/* REGION of the sets as an expression, "a & b - c", into OUT. */
void report_region_name(struct buf *out, const struct setexpr *set, uint32_t sets, uint32_t region);

/* The neurons of SET, in LAYER and in the layers that it names. */
enum status report_set(struct table *t, struct analysis *a, const struct setexpr *set,
                       uint32_t layer, struct err *err);
enum status report_set_summary(struct table *t, const struct setexpr *set, uint32_t layer,
                               struct err *err);

/* report_ledger.c: the paper's claims and their verdicts. */
enum status report_ledger(struct table *t, const struct ledger *l, struct err *err);

/* report_null.c: every statistic of N in every layer that was asked for, against its null. */
enum status report_null(struct table *t, const struct null_result *n, struct err *err);

/* report_stability.c: how speakers are drawn, DRAWS of them or once, in halves; what two files
 * share, of which OTHER is the second. */
enum status report_drawn(struct table *t, const struct bootstrap_design *d, bool draws,
                         struct err *err);
enum status report_shared(struct table *t, const struct difference *d, const char *other,
                          struct err *err);

/* Neurons of the sets of S, and others whose share is at least LEAST; the sizes of the draws. */
enum status report_stability(struct table *t, const struct stability *s, double least,
                             struct err *err);
enum status report_sizes(struct table *t, const struct stability *s, struct err *err);

/* The halves of PROPERTY; the difference of two models in it, whose statistics' names are "size",
 * "size:female". */
enum status report_split(struct table *t, const struct split *s, const char *property,
                         struct err *err);
enum status report_difference(struct table *t, const struct difference *d, const char *property,
                              struct err *err);
/* Layers against others. */
enum status report_contrast(struct table *t, const struct contrast *c, struct err *err);
void report_difference_name(struct buf *out, const struct difference_statistic *s);

/* report_confound.c: every level of C in every layer; what is exchanged at each. */
enum status report_confound(struct table *t, const struct confound_result *c, struct err *err);
enum status report_confound_levels(struct table *t, const struct confound_result *c,
                                   struct err *err);

/* report_sweep.c: every setting of S in every layer; under how many of them the claim holds. */
enum status report_sweep(struct table *t, const struct sweep_result *s, struct err *err);
enum status report_sweep_shares(struct table *t, const struct sweep_result *s, struct err *err);

/* report_edit.c: how many of SET's neurons lie in each layer. */
enum status report_edited(struct table *t, const struct neuron_set *set, struct err *err);

/* report_randomized.c: what each tensor was drawn from. */
struct randomized; /* edit/randomize.h */
enum status report_randomized(struct table *t, const struct randomized *r, struct err *err);

/* report_movement.c: how far every neuron moved; the sets of PROPERTY against the rest. */
struct movement; /* edit/movement.h */
struct report_movement_how {
    uint32_t draws;
    uint64_t seed;
    const struct cancel *stop; /* may be NULL */
};
enum status report_movement(struct table *t, const struct movement *m, struct err *err);
enum status report_movement_sets(struct table *t, const struct movement *m, struct analysis *a,
                                 const char *property, const struct report_movement_how *how,
                                 struct err *err);

/* F0: the mean squared error of each speaker's mean in all trials of MEASURE. */
double report_speaker_variance(const struct eval *e, const struct eval_result *r, uint32_t measure);

/* report_eval.c: every measure of RESULT in total and by group, next to BEFORE (NULL: none). */
enum status report_eval(struct table *t, const struct eval *e, const struct eval_options *options,
                        const struct eval_result *result, const struct eval_result *before,
                        struct err *err);
/* One row on the evaluation as a whole; EDIT: what was changed, or NULL. */
enum status report_eval_summary(struct table *t, const struct eval *e,
                                const struct eval_options *options, const char *edit,
                                struct err *err);

/* report_experiment.c: the cells of a damage matrix and the points of a pruning curve, with the
 * interval that holds COVERAGE of the draws; how well a matrix's controls match; one row on all. */
enum status report_matrix(struct table *t, const struct experiment *x, double coverage,
                          struct err *err);
enum status report_curve(struct table *t, const struct experiment *x, double coverage,
                         struct err *err);
enum status report_erased(struct table *t, const struct experiment *x, struct err *err);
enum status report_experiment_summary(struct table *t, const struct experiment *x, double coverage,
                                      struct err *err);

#endif
