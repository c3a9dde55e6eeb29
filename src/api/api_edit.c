/* propneu/edit.h: edited models in memory and on disk, and the choice of neurons to prune. */
#include "config.h"

#include "api/api_edit.h"

#include <jansson.h>
#include <stdlib.h>

#include "api/api.h"
#include "api/api_model.h"
#include "api/api_sets.h"
#include "edit/editfolder.h"
#include "edit/prune.h"
#include "formats/tensors/safetensors.h"

void pn_edit_init(struct pn_edit *edit)
{
    *edit = (struct pn_edit){.kind = PN_EDIT_SCALE};
}

enum status api_edit_open(struct edit *out, struct tensors *means, const struct pn_edit *edit,
                          const pn_set *set, struct err *err)
{
    static const enum edit_kind kinds[] = {[PN_EDIT_SCALE] = EDIT_SCALE,
                                           [PN_EDIT_MEAN] = EDIT_MEAN,
                                           [PN_EDIT_MASK] = EDIT_MASK,
                                           [PN_EDIT_EQUAL] = EDIT_EQUAL,
                                           [PN_EDIT_REMOVE] = EDIT_REMOVE};
    struct pn_edit erasure;
    pn_edit_init(&erasure);
    edit = edit ? edit : &erasure;
    if ((unsigned)edit->kind >= sizeof kinds / sizeof *kinds)
        return err_set(err, STATUS_USAGE, "there is no edit number %d", (int)edit->kind);
    *out = (struct edit){.kind = kinds[edit->kind],
                         .sets = &set->set,
                         .gain = edit->gain,
                         .means = means,
                         .means_path = edit->means};
    if (edit->kind != PN_EDIT_MEAN)
        return STATUS_OK;
    if (!edit->means)
        return err_set(err, STATUS_USAGE, "mean ablation needs a file of means");
    return safetensors_open(means, edit->means, err);
}

/* The model with the edit applied to its weights in memory; no file is written. */
enum pn_status pn_edit_open_model(pn_model **out, const char *path,
                                  const struct pn_model_options *options, const pn_set *set,
                                  const struct pn_edit *edit, struct pn_error *error)
{
    struct err e;
    struct edit inner;
    struct tensors means = {0};
    struct model *m;
    const struct model_options o = api_model_options(options);
    enum status code = api_edit_open(&inner, &means, edit, set, &e);
    if (!code)
        code = edit_open_model(&m, path, &o, &inner, &e);
    if (!code)
        code = api_model_wrap(out, m, &e);
    tensors_free(&means);
    return api_result(code, &e, error);
}

/* What the manifest says of EDIT, as the commands say it; NULL without memory. */
static json_t *edit_describe(const struct pn_edit *edit)
{
    switch (edit->kind) {
    case PN_EDIT_SCALE:
        return edit->gain == 0 ? json_pack("{s:s}", "kind", "erase")
                               : json_pack("{s:s, s:f}", "kind", "scale", "gain", edit->gain);
    case PN_EDIT_MEAN: return json_pack("{s:s, s:s}", "kind", "mean", "mean", edit->means);
    case PN_EDIT_MASK: return json_pack("{s:s, s:s}", "kind", "prune", "shape", "masked");
    case PN_EDIT_EQUAL: return json_pack("{s:s, s:s}", "kind", "prune", "shape", "equal");
    default: return json_pack("{s:s, s:s}", "kind", "prune", "shape", "uneven");
    }
}

/* Like `propneu erase` and `prune`: the folder gets the edited checkpoint and a manifest that
 * describes the edit, so that a later reader knows how it was made. */
enum pn_status pn_edit_write(const char *path, const struct pn_model_options *options,
                             const pn_set *set, const struct pn_edit *edit, const char *folder,
                             struct pn_error *error)
{
    struct err e;
    struct edit inner;
    struct tensors means = {0};
    struct edit_source source = {0};
    struct pn_edit erasure;
    const struct model_options o = api_model_options(options);
    pn_edit_init(&erasure);
    edit = edit ? edit : &erasure;
    enum status code = api_edit_open(&inner, &means, edit, set, &e);
    if (!code)
        code = edit_source_open(&source, path, &o, &e);
    if (!code)
        code = edit_apply(&source.checkpoint, &inner, &e);
    json_t *described = code ? NULL : edit_describe(edit);
    const struct edit_record record = {.sets = &set->set,
                                       .edit = described,
                                       .set = edit->set,
                                       .counts = edit->counts,
                                       .command = edit->command ? edit->command : "pn_edit_write"};
    if (!code)
        code = described ? edit_folder_write(&source, &record, folder, NULL, &e) : err_nomem(&e);
    json_decref(described);
    edit_source_free(&source);
    tensors_free(&means);
    return api_result(code, &e, error);
}

void pn_prune_options_init(struct pn_prune_options *options)
{
    *options =
        (struct pn_prune_options){.criterion = prune_criteria[0]->name, .keep = 0.5, .minimum = 1};
}

/* OPTIONS in the words of prune.h. */
static enum status prune_translate(struct prune_options *out,
                                   const struct pn_prune_options *options, struct err *err)
{
    *out = (struct prune_options){.criterion = prune_criterion_find(options->criterion),
                                  .seed = options->seed,
                                  .keep = options->keep,
                                  .global = options->global,
                                  .minimum = options->minimum,
                                  .protect = options->protect ? &options->protect->set : NULL};
    if (!out->criterion)
        return err_set(err, STATUS_USAGE, "there is no criterion '%s'", options->criterion);
    if (!(out->keep > 0 && out->keep <= 1))
        return err_set(err, STATUS_USAGE, "the share that stays is above 0 and up to 1");
    if (out->minimum < 1)
        return err_set(err, STATUS_USAGE, "at least 1 neuron stays in every layer");
    return STATUS_OK;
}

/* PROTECT must have the shape of the model, which is known only once it is open. */
enum pn_status pn_prune_choose(pn_set **out, const char *path,
                               const struct pn_prune_options *options, struct pn_error *error)
{
    struct err e;
    struct prune_options o;
    pn_set *set = NULL;
    struct edit_source source = {0};
    enum status code = prune_translate(&o, options, &e);
    if (!code)
        code = edit_source_open(&source, path, NULL, &e);
    if (!code && !(set = calloc(1, sizeof *set)))
        code = err_nomem(&e);
    if (!code)
        code = neuron_set_init(&set->set, source.layers, source.width, &e);
    if (!code && o.protect)
        code = api_set_same_shape(o.protect, &set->set, &e);
    if (!code)
        code = prune_choose(&set->set, &source.checkpoint, &o, &e);
    edit_source_free(&source);
    if (code)
        pn_set_free(set);
    else
        *out = set;
    return api_result(code, &e, error);
}
