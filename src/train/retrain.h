/*
 * retrain.h - iterative pruning: some neurons of every layer are cut, the model is trained, more
 * are cut, ...  (Figures 6 and 9 of the paper).
 *
 * Cut N of FOLDER is
 *     cut.N.counts   which neurons have which property in the model that is cut, where that is
 * asked cut.N.pruned/  the model cut, as `prune` writes it cut.N/         the same trained, as
 * `train` writes it each written whole and made from the one before, so that a run goes on wherever
 * it was stopped. FOLDER/log.tsv has the steps of all cuts, FOLDER/cuts.tsv a line a cut; at the
 * end FOLDER itself is the model behind the last one.
 */
#ifndef PROPNEU_TRAIN_RETRAIN_H
#define PROPNEU_TRAIN_RETRAIN_H

#include "analysis/analysis_input.h"
#include "edit/prune.h"
#include "train/training.h"

struct retrain_options {
    struct training_options training; /* of each cut; model and folder are those of the whole */
    uint32_t cuts, rows;              /* neurons that each takes from every layer */
    struct prune_options how;         /* criterion, seed; EXACT unless protection may exceed */
    const char *protect;              /* set expression; NULL: nothing is protected */
    bool random;                      /* as many random neurons of each layer in its place */
    bool once;                        /* of the first model alone; else counted before every cut */
    struct analysis_options analysis; /* how sets are made of counts */
};

/* What was cut. */
struct retrain_cut {
    uint32_t cut;                            /* from 1 */
    size_t kept, protected_, protected_kept; /* neurons of all layers */
};

struct retrain_hooks {
    struct trainset_hooks data;
    void (*cut)(void *context, const struct retrain_cut *cut);
    void (*step)(void *context, const struct training_row *row); /* numbered through all cuts */
    void *context;
};

/* Does all of it, or goes on.  STATUS_USAGE where a layer has fewer neurons than are to be cut. */
enum status retrain_run(const struct retrain_options *o, const struct retrain_hooks *hooks,
                        struct err *err);

#endif
