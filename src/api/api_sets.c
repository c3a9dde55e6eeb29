/* propneu/sets.h: sets of neurons as handles that keep to their shape. */
#include "config.h"

#include "api/api_sets.h"

#include <stdlib.h>

#include "analysis/modelset.h"
#include "api/api.h"
#include "api/api_analysis.h"
#include "api/api_model.h"
#include "formats/setfile.h"

/* An empty set of the shape as a handle. */
static enum status set_make(pn_set **out, uint32_t layers, const uint32_t *widths, struct err *err)
{
    pn_set *handle = calloc(1, sizeof *handle);
    enum status code = handle ? neuron_set_init(&handle->set, layers, widths, err) : err_nomem(err);
    if (code)
        free(handle);
    else
        *out = handle;
    return code;
}

enum pn_status pn_set_new(pn_set **out, uint32_t layers, const uint32_t *widths,
                          struct pn_error *error)
{
    struct err e;
    return api_result(set_make(out, layers, widths, &e), &e, error);
}

enum pn_status pn_set_for_model(pn_set **out, const pn_model *model, struct pn_error *error)
{
    struct err e;
    const struct model_info *info = model_info(model->model);
    return api_result(set_make(out, info->layers, info->width, &e), &e, error);
}

enum pn_status pn_set_for_analysis(pn_set **out, const pn_analysis *analysis,
                                   struct pn_error *error)
{
    struct err e;
    const struct counts *c = &analysis->in.counts;
    uint32_t *widths = counts_widths(c, &e);
    enum status code = widths ? set_make(out, c->layers, widths, &e) : STATUS_NOMEM;
    free(widths);
    return api_result(code, &e, error);
}

void pn_set_free(pn_set *set)
{
    if (set)
        neuron_set_free(&set->set);
    free(set);
}

enum pn_status pn_set_add(pn_set *set, const char *expression, pn_analysis *analysis,
                          struct pn_error *error)
{
    struct err e;
    struct analysis *a = analysis ? &analysis->in.analysis : NULL;
    enum status code = modelset_add(&set->set, expression, a, "the set", &e);
    return api_result(code, &e, error);
}

/* STATUS_NOTFOUND where there is no such neuron in the shape of S. */
static enum status set_check(const struct neuron_set *s, uint32_t layer, uint32_t neuron,
                             struct err *err)
{
    enum status code = api_layer(layer, s->layers, err);
    if (!code && neuron >= s->width[layer - 1])
        code = err_set(err, STATUS_NOTFOUND, "no neuron %u in layer %u (there are: %u)", neuron,
                       layer, s->width[layer - 1]);
    return code;
}

enum pn_status pn_set_put(pn_set *set, uint32_t layer, uint32_t neuron, struct pn_error *error)
{
    struct err e;
    enum status code = set_check(&set->set, layer, neuron, &e);
    if (!code)
        code = neuron_set_put(&set->set, layer - 1, neuron, &e);
    return api_result(code, &e, error);
}

enum pn_status pn_set_drop(pn_set *set, uint32_t layer, uint32_t neuron, struct pn_error *error)
{
    struct err e;
    enum status code = set_check(&set->set, layer, neuron, &e);
    if (!code)
        neuron_set_drop(&set->set, layer - 1, neuron);
    return api_result(code, &e, error);
}

enum pn_status pn_set_only_layers(pn_set *set, const char *list, struct pn_error *error)
{
    struct err e;
    return api_result(modelset_only(&set->set, list, &e), &e, error);
}

enum status api_set_same_shape(const struct neuron_set *a, const struct neuron_set *b,
                               struct err *err)
{
    if (a->layers != b->layers)
        return err_set(err, STATUS_MISMATCH, "sets of %u and of %u layers", a->layers, b->layers);
    for (uint32_t l = 0; l < a->layers; l++)
        if (a->width[l] != b->width[l])
            return err_set(err, STATUS_MISMATCH, "sets of %u and of %u neurons in layer %u",
                           a->width[l], b->width[l], l + 1);
    return STATUS_OK;
}

/* OP is | (union), & (intersection) or - (difference), as in expressions. */
enum pn_status pn_set_combine(pn_set **out, const pn_set *a, char op, const pn_set *b,
                              struct pn_error *error)
{
    struct err e;
    pn_set *handle = NULL;
    enum status code = api_set_same_shape(&a->set, &b->set, &e);
    if (!code && op != '|' && op != '&' && op != '-')
        code = err_set(&e, STATUS_USAGE, "sets are combined by '|', '&' or '-'");
    if (!code && !(handle = calloc(1, sizeof *handle)))
        code = err_nomem(&e);
    if (!code)
        code = neuron_set_combine(&handle->set, &a->set, op, &b->set, &e);
    if (code)
        free(handle);
    else
        *out = handle;
    return api_result(code, &e, error);
}

uint32_t pn_set_layers(const pn_set *set)
{
    return set->set.layers;
}

uint32_t pn_set_width(const pn_set *set, uint32_t layer)
{
    return layer >= 1 && layer <= set->set.layers ? set->set.width[layer - 1] : 0;
}

/* LAYER 0: of all layers together. */
size_t pn_set_size(const pn_set *set, uint32_t layer)
{
    if (layer == 0)
        return neuron_set_total(&set->set);
    return layer <= set->set.layers ? neuron_set_size(&set->set, layer - 1) : 0;
}

bool pn_set_has(const pn_set *set, uint32_t layer, uint32_t neuron)
{
    return layer >= 1 && layer <= set->set.layers && neuron_set_has(&set->set, layer - 1, neuron);
}

/* NEURONS has room for pn_set_size(SET, LAYER) numbers, which come in ascending order. */
void pn_set_neurons(const pn_set *set, uint32_t layer, uint32_t *neurons)
{
    size_t n = 0;
    for (uint32_t i = 0; i < pn_set_width(set, layer); i++)
        if (neuron_set_has(&set->set, layer - 1, i))
            neurons[n++] = i;
}

char *pn_set_text(const pn_set *set)
{
    struct buf b = BUF_INIT;
    settext_print(&set->set, &b);
    if (buf_ok(&b) && b.data)
        return b.data;
    buf_free(&b);
    return NULL;
}

enum pn_status pn_set_write(const pn_set *set, const char *path, const char *comment,
                            struct pn_error *error)
{
    struct err e;
    return api_result(setfile_write(&set->set, path, comment, &e), &e, error);
}
