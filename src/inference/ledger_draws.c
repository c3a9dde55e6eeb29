/*
 * Full-dimensional silhouettes of every layer under bootstrap draws, for the claims of the ledger.
 */
#include "config.h"

#include "inference/ledger_internal.h"

#include <stdlib.h>

#include "analysis/statistic.h"
#include "base/mem.h"
#include "inference/bootstrap.h"

struct ledger_values {
    double *value; /* [layers][draws] */
    size_t draws;
};

static enum status ledger_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                                struct sample *s, struct err *err)
{
    struct ledger_values *v = context;
    (void)worker;
    return statistic_full_dim.compute(s, &v->value[layer * v->draws + draw], err);
}

enum status ledger_draws(struct ledger_work *w, struct analysis *a, const char *property,
                         const struct bootstrap *b, double *value, struct err *err)
{
    struct ledger_values v = {value, (size_t)b->design.draws};
    struct resample resample = {.threads = w->r->threads, .cancel = a->cancel};
    uint32_t layers = a->counts->layers, *layer = mem_array(layers, sizeof *layer);
    if (!layer)
        return err_nomem(err);
    for (uint32_t l = 0; l < layers; l++)
        layer[l] = l;
    bootstrap_resample(b, a, property, &resample);
    enum status code =
        resample_run(&resample, layer, layers, 0, b->design.draws, ledger_visit, &v, err);
    free(layer);
    return code;
}
