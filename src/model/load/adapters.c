/*
 * Adapters that are kept beside the weights they adapt (LoRA, Hu et al. 2021, and its relatives in
 * PEFT): a model computed without them would be its base model, without a word.
 */
#include "config.h"

#include "model/load/adapters.h"

#include <string.h>

/* Parts of names that PEFT gives to tensors of adapters, and other LoRA programs; the last ones
 * are of what an adapter stands beside. */
static const char *const marks[] = {
    "lora_",
    ".hada_w",
    ".lokr_w",
    ".oft_",
    ".boft_",
    ".vera_",
    ".ia3_l",
    ".adapter_model",
    "prompt_embeddings",
    "prompt_encoder.",
    ".randlora_",
    ".hra_u",
    ".base_layer.",
    ".modules_to_save.",
    ".original_module.",
};

static const char *adapters_mark(const char *name)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strstr(name, marks[i]))
            return marks[i];
    return NULL;
}

const struct tensor *adapters_find(const struct tensors *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (adapters_mark(t->tensor[i].name))
            return &t->tensor[i];
    return NULL;
}

enum status adapters_refuse(const struct tensors *t, const char *path, struct err *err)
{
    const struct tensor *found = adapters_find(t);
    const char *kind = "an adapter";
    size_t others = 0;
    if (!found)
        return STATUS_OK;
    for (size_t i = 0; i < t->count; i++) {
        const char *mark = adapters_mark(t->tensor[i].name);
        others += mark == NULL;
        if (mark == marks[0] && kind[1] == 'n') {
            kind = "a LoRA adapter";
            found = &t->tensor[i];
        }
    }
    if (others == 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: %s (PEFT), not a model: merge it into its base model first", path,
                       kind);
    return err_set(err, STATUS_UNSUPPORTED,
                   "%s: tensor %.200s: %s that is not merged: merge it into the weights first "
                   "(merge_and_unload of PEFT)",
                   path, found->name, kind);
}
