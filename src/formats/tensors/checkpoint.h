/*
 * checkpoint.h - a model's weights and configuration, whatever box they came in.
 *
 * Reads Hugging Face folders, single safetensors files and the torch.save files of fairseq, s3prl,
 * WavLM, MelHuBERT and torchaudio.  What the names and configuration keys mean is the model layer's
 * business: here they stay as they are written.  Nothing in a checkpoint is ever executed.
 */
#ifndef PROPNEU_FORMATS_TENSORS_CHECKPOINT_H
#define PROPNEU_FORMATS_TENSORS_CHECKPOINT_H

#include <jansson.h>

#include "formats/tensors/tensors.h"

enum checkpoint_layout {
    CHECKPOINT_FOLDER,      /* Hugging Face: config.json and weights, sharded or not */
    CHECKPOINT_SAFETENSORS, /* one .safetensors file; config.json or STEM.json next to it */
    CHECKPOINT_FAIRSEQ,     /* args or cfg, model, task_state, ... */
    CHECKPOINT_S3PRL,       /* task_cfg, model_cfg, model_weight: s3prl-converted */
    CHECKPOINT_WAVLM,       /* cfg (plain), model */
    CHECKPOINT_MELHUBERT,   /* model, Upstream_Config, Args, ... */
    CHECKPOINT_DISTILLER,   /* Distiller, Config: s3prl's DistilHuBERT */
    CHECKPOINT_TORCHAUDIO,  /* a state dict of torchaudio's models; configuration from its shapes */
    CHECKPOINT_BARE, /* a torch file that is a state dict; configuration as for safetensors */
};

struct checkpoint {
    char *path; /* as given; of a repository in Hugging Face's cache: its snapshot's */
    enum checkpoint_layout layout;
    /* Names as they stand in the weights, those of s3prl's other state dicts behind "Downstream."
     * and "Featurizer."; data borrowed from mappings. */
    struct tensors tensors;
    /*
     * An object, never NULL.  FOLDER, SAFETENSORS, BARE: config.json (or STEM.json), empty if there
     * is none.  Other torch files, and BARE without one: every top-level key but weights and
     * optimiser, so that config["cfg"]["model"] or config["Upstream_Config"]["melhubert"] can be
     * looked up. Namespaces and attribute objects become objects, enums their value or name, other
     * unknown objects {"__class__": "module.name", ...attributes}, tensors {"__tensor__": [shape]},
     * keys strings, tuples and sets arrays, NaN and infinities null.
     */
    json_t *config;
    /* How recordings are read, as the newest of transformers' files next to config.json has it
     * (checkpoint_extractor.c), and the name of that file; or NULL. */
    json_t *preprocessor;
    const char *preprocessor_from;
};

/*
 * Opens PATH: a folder or a file as above.  Data stay in mapped files and are read when used
 * (compressed zip members are unpacked).  Messages begin with the path of the file at fault.
 */
enum status checkpoint_open(struct checkpoint *c, const char *path, struct err *err);
void checkpoint_free(struct checkpoint *c);

/* True if PATH is a folder that checkpoint_open would look for a model in: one with a
 * configuration, of an adapter, or of Hugging Face's cache. */
bool checkpoint_is_folder(const char *path);

/* "Hugging Face folder", "fairseq checkpoint", ...: for people. */
const char *checkpoint_layout_name(enum checkpoint_layout layout);

#endif
