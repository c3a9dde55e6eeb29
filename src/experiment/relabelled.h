/*
 * relabelled.h - what the relabelled controls of a damage matrix say: is it gender, or any split of
 * the speakers?
 *
 * For a labeling of the speakers, each group's neurons under it are erased (inference/relabel.h).
 * T is the damage to that labeling's own group minus that to the other speakers, mean over the
 * groups: under the observed labeling, how much more women are hurt by the neurons of women than
 * men are, and men by those of men.  A labeling that means nothing tells how large T becomes for
 * neurons that are merely chosen on some speakers and measured on them.
 *
 * In a pruning curve the neurons of all groups under a labeling are spared instead, and what is
 * left of the task is compared.
 */
#ifndef PROPNEU_EXPERIMENT_RELABELLED_H
#define PROPNEU_EXPERIMENT_RELABELLED_H

#include "experiment/experiment.h"

/* T of the observed labeling, and its distribution over the labelings that are done. */
struct experiment_change experiment_relabelled(const struct experiment *x, uint32_t measure,
                                               enum experiment_quantity q, double coverage);

/* What the speakers that have labels measure together with nothing erased. */
struct experiment_cell experiment_relabelled_before(const struct experiment *x, uint32_t measure);

/* Neurons erased under one labeling, over the groups. */
uint64_t experiment_relabelled_neurons(const struct experiment *x);

/*
 * One point of a pruning curve.  `change` is the quantity with the neurons of the observed labeling
 * spared, chosen like those of the others, whose quantities are `controls`; p is the share of
 * labelings that keep it as low.  NAN in rows that are not relabelled.
 */
struct experiment_change experiment_relabelled_point(const struct experiment *x, uint32_t row,
                                                     uint32_t point, uint32_t measure,
                                                     uint32_t column, enum experiment_quantity q,
                                                     double coverage);

/* The row's name in tables. */
extern const char experiment_relabelled_name[];

#endif
