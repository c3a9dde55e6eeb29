/*
 * Observed patterns for the visitors of a null (observe.h).
 */
#include "config.h"

#include "inference/observe.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A draw of labelings that exchanges nothing. */
static void observe_labels(const void *context, uint64_t draw, uint32_t *slot, uint32_t *weight,
                           uint32_t *room)
{
    const struct labelings *l = context;
    (void)draw;
    (void)weight;
    (void)room;
    memcpy(slot, l->label, l->units * sizeof *slot);
}

/* The sample of one layer of the file. */
static enum status observe_file(struct analysis *a, const struct property *p, uint32_t layer,
                                const uint32_t *group, uint32_t number, resample_visit *visit,
                                void *context, struct err *err)
{
    const struct property_layer *l;
    struct sample s = {0};
    enum status code = analysis_layer(a, p->name, layer, &l, err);
    if (code)
        return code;
    sample_init(&s, l->width, p->params.sigma, &a->map, a->cancel);
    code = sample_set(&s, l->pattern, group, p->points, p->groups, err);
    if (!code)
        code = visit(context, 0, number, 0, &s, err);
    sample_free(&s);
    return code;
}

enum status observe_layers(const struct exchange *x, struct analysis *a, const char *property,
                           const uint32_t *layer, uint32_t layers, resample_visit *visit,
                           void *context, struct err *err)
{
    struct resample r = {.threads = 1, .cancel = a->cancel};
    const struct property *p;
    enum status code = analysis_property(a, property, &p, err);
    if (code)
        return code;
    if (x && x->tokens) {
        exchange_resample(x, a, property, &r);
        r.draw = observe_labels;
        return resample_run(&r, layer, layers, 0, 1, visit, context, err);
    }
    uint32_t *group = mem_array(p->points, sizeof *group);
    if (!group)
        return err_nomem(err);
    for (uint32_t k = 0; k < p->points; k++)
        group[k] = p->point[k].group;
    for (uint32_t l = 0; l < layers && !code; l++)
        code = observe_file(a, p, layer[l], group, l, visit, context, err);
    free(group);
    return code;
}
