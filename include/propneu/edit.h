/*
 * propneu/edit.h - models with neurons changed: opened in memory, or written as a folder that other
 * programs read (config.json, model.safetensors, ..., manifest.json).
 */
#ifndef PROPNEU_EDIT_H
#define PROPNEU_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include <propneu/model.h>
#include <propneu/sets.h>
#include <propneu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Neuron i of a layer is row i of its first feed-forward matrix and column i of the second. */
enum pn_edit_kind {
    PN_EDIT_SCALE, /* column i times the gain; gain 0 is erasure (zero ablation) */
    PN_EDIT_MEAN,  /* column i zero, its mean activation added to the bias (mean ablation) */
    PN_EDIT_MASK,  /* row, bias and column zero */
    PN_EDIT_EQUAL, /* taken out; all layers as wide as the widest, filled up with zero neurons */
    PN_EDIT_REMOVE /* taken out; each layer as wide as what stays (MelHuBERT alone can be read) */
};

/* What is done to the neurons of a set. */
struct pn_edit {
    enum pn_edit_kind kind;
    double gain;         /* PN_EDIT_SCALE */
    const char *means;   /* PN_EDIT_MEAN: safetensors file with mean.N [width] of each layer N */
    const char *set;     /* for the manifest: how the set was written; NULL: its list alone */
    const char *counts;  /* for the manifest: the count file it came from; NULL: none */
    const char *command; /* for the manifest; NULL: "pn_edit_write" */
};

/* Erasure: scale by 0, nothing for the manifest. */
PN_API void pn_edit_init(struct pn_edit *edit);

/*
 * Opens the model PATH with EDIT done to the neurons of SET.  OPTIONS may be NULL.  PN_MISMATCH:
 * the set is not of the model's shape; PN_UNSUPPORTED: a layer would have no neuron left.
 */
PN_API enum pn_status pn_edit_open_model(pn_model **out, const char *path,
                                         const struct pn_model_options *options, const pn_set *set,
                                         const struct pn_edit *edit, struct pn_error *error);

/*
 * Writes the same model to FOLDER, which must not exist, or be empty: atomically, and checked by
 * opening what was written.
 */
PN_API enum pn_status pn_edit_write(const char *path, const struct pn_model_options *options,
                                    const pn_set *set, const struct pn_edit *edit,
                                    const char *folder, struct pn_error *error);

struct pn_prune_options {
    const char *criterion; /* "l1", "l1-bias", "random", ...: as `propneu prune --criterion` */
    uint64_t seed;         /* of random criteria */
    double keep;           /* share of the neurons that stays, 0 < keep <= 1 */
    bool global;           /* of all layers together, else the same share of each */
    uint32_t minimum;      /* neurons that stay in a layer whatever their scores; at least 1 */
    const pn_set *protect; /* never pruned; NULL: none */
};

/* The first criterion, keep 0.5 of each layer, minimum 1. */
PN_API void pn_prune_options_init(struct pn_prune_options *options);

/* The neurons of the model PATH to prune into *OUT, a new set of its shape: those of the lowest
 * scores. */
PN_API enum pn_status pn_prune_choose(pn_set **out, const char *path,
                                      const struct pn_prune_options *options,
                                      struct pn_error *error);

#ifdef __cplusplus
}
#endif

#endif
