/* propneu/model.h: models as handles, and the forward pass with its stages from layer 1. */
#include "config.h"

#include "api/api_model.h"

#include <stdlib.h>

#include "api/api.h"

struct pn_scratch {
    struct model_scratch *scratch;
};

_Static_assert((int)PN_NORMALIZE_NO == (int)MODEL_NORMALIZE_NO, "the same numbers");

void pn_model_options_init(struct pn_model_options *options)
{
    *options = (struct pn_model_options){.normalize = PN_NORMALIZE_AS_TRAINED};
}

struct model_options api_model_options(const struct pn_model_options *options)
{
    if (!options)
        return (struct model_options){.normalize = MODEL_NORMALIZE_AS_TRAINED};
    return (struct model_options){.mean_std = options->mean_std,
                                  .normalize = (enum model_normalize)options->normalize};
}

enum status api_model_wrap(pn_model **out, struct model *m, struct err *err)
{
    pn_model *handle = malloc(sizeof *handle);
    if (!handle) {
        model_free(m);
        return err_nomem(err);
    }
    handle->model = m;
    *out = handle;
    return STATUS_OK;
}

enum pn_status pn_model_open(pn_model **out, const char *path,
                             const struct pn_model_options *options, struct pn_error *error)
{
    struct err e;
    struct model *m;
    const struct model_options o = api_model_options(options);
    enum status code = model_open(&m, path, &o, &e);
    if (!code)
        code = api_model_wrap(out, m, &e);
    return api_result(code, &e, error);
}

void pn_model_free(pn_model *model)
{
    if (model)
        model_free(model->model);
    free(model);
}

const char *pn_model_name(const pn_model *model)
{
    return model_info(model->model)->name;
}

const char *pn_model_family(const pn_model *model)
{
    return model_info(model->model)->family;
}

uint32_t pn_model_layers(const pn_model *model)
{
    return model_info(model->model)->layers;
}

uint32_t pn_model_width(const pn_model *model, uint32_t layer)
{
    const struct model_info *info = model_info(model->model);
    return layer >= 1 && layer <= info->layers ? info->width[layer - 1] : 0;
}

uint32_t pn_model_embed(const pn_model *model)
{
    return model_info(model->model)->embed;
}

double pn_model_frame_ms(const pn_model *model)
{
    return model_info(model->model)->frame_ms;
}

uint64_t pn_model_fingerprint(const pn_model *model)
{
    return model_info(model->model)->fingerprint;
}

size_t pn_model_frames(const pn_model *model, size_t samples)
{
    return model_frames(model->model, samples);
}

pn_scratch *pn_scratch_new(void)
{
    pn_scratch *s = malloc(sizeof *s);
    if (s && !(s->scratch = model_scratch_new())) {
        free(s);
        s = NULL;
    }
    return s;
}

void pn_scratch_free(pn_scratch *scratch)
{
    if (scratch)
        model_scratch_free(scratch->scratch);
    free(scratch);
}

/* Whom the rows of one forward pass go to. */
struct receiver {
    pn_rows_callback *callback;
    void *context;
};

/*
 * Layers in the interface: hidden state 0 is the input of layer 1, activations begin with layer 1.
 */
static enum status receiver_rows(void *context, const struct model_block *block, struct err *err)
{
    const struct receiver *r = context;
    bool hidden = block->stage == MODEL_HIDDEN;
    const struct pn_rows rows = {.stage = hidden ? PN_STAGE_HIDDEN : PN_STAGE_ACTIVATIONS,
                                 .layer = block->index + !hidden,
                                 .first = block->first,
                                 .rows = block->rows,
                                 .width = block->width,
                                 .data = block->data};
    return r->callback(r->context, &rows) ? err_set(err, STATUS_CANCELLED, "stopped") : STATUS_OK;
}

/* Rows arrive in blocks during the pass: no stage is held as a whole. */
enum pn_status pn_model_run(const pn_model *model, pn_scratch *scratch, const float *samples,
                            size_t count, unsigned want, pn_rows_callback *callback, void *context,
                            struct pn_error *error)
{
    struct err e;
    struct receiver receiver = {callback, context};
    const struct model_sink sink = {.want =
                                        (want & PN_WANT_HIDDEN ? MODEL_WANT(MODEL_HIDDEN) : 0) |
                                        (want & PN_WANT_ACTIVATIONS ? MODEL_WANT(MODEL_FC1) : 0),
                                    .rows = receiver_rows,
                                    .context = &receiver};
    enum status code = model_forward(model->model, scratch->scratch, samples, count, &sink, &e);
    return api_result(code, &e, error);
}
