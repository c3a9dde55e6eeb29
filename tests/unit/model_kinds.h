/*
 * model_kinds.h - small models of every kind that a tape and a backward pass tell apart.
 */
#ifndef PROPNEU_MODEL_KINDS_H
#define PROPNEU_MODEL_KINDS_H

#include "unit.h"

#include "formats/tensors/checkpoint.h"
#include "model/families.h"
#include "model/model.h"

/* Models that differ in what is on the tape: log-mel and waveform front ends, norms behind the sums
 * and before them, and a gated bias of relative positions. */
static const struct kind {
    const char *path;
    bool norm_first;
    size_t samples;
} kinds[] = {
    {"models/g_melhubert_20ms/hf", false, 9000},
    {"models/g_melhubert_20ms/native.pt", true, 9000},
    {"models/a_hubert_base/fairseq.pt", false, 9000},
    {"models/e_wavlm_base/hf", false, 9000},
    {"models/e_wavlm_base/hf", true, 700},
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* The checkpoint of K, with its norms where K wants them. */
static inline void open_checkpoint(struct checkpoint *c, const struct kind *k)
{
    struct err err;
    const json_t *settings;
    assert_ok(checkpoint_open(c, data_path(k->path), &err));
    assert_non_null(family_find(c, &settings));
    const char *key =
        json_object_get(settings, "model_type") ? "do_stable_layer_norm" : "layer_norm_first";
    if (strstr(k->path, "melhubert"))
        key = "layer_norm_first";
    json_object_set_new((json_t *)(uintptr_t)settings, key, json_boolean(k->norm_first));
}

static inline struct model *open_model(struct checkpoint *c, bool keep)
{
    struct err err;
    struct model *m;
    struct model_options o = {.keep_weights = keep};
    if (strstr(c->path, "melhubert"))
        o.mean_std = data_path("info/mean-std.npy");
    assert_ok(model_from_checkpoint(&m, c, &o, &err));
    return m;
}

static inline struct model *open_kind(const struct kind *k, bool keep)
{
    struct checkpoint c;
    open_checkpoint(&c, k);
    return open_model(&c, keep);
}

#endif
