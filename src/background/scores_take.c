/*
 * The scores of a count file's layers as an engine has found them so far.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "report/scores.h"
#include "background/engine.h"

/* Copies one finished result; what chance gives stays as it is. */
static enum status scores_take_result(struct score *v, const struct engine_result *r,
                                      const struct counts_layer *layer, struct err *err)
{
    v->there = true;
    v->width = layer->width;
    v->tau = layer->tau;
    v->points = r->points;
    v->any = r->any;
    v->neurons = r->neurons;
    v->group_sizes = mem_strndup(r->group_sizes, strlen(r->group_sizes));
    v->stress = r->stress;
    v->silhouette = r->silhouette;
    v->silhouette_full = r->silhouette_full;
    return v->group_sizes ? STATUS_OK : err_nomem(err);
}

/* Layers without a result yet stay absent. The best layers are those so far. */
enum status scores_take(struct scores *s, struct engine *engine, const struct counts *c,
                        const struct names *names, const char *title, struct err *err)
{
    enum status code = scores_init(s, title, c->layers, names, err);
    if (code)
        return code;
    for (uint32_t p = 0; !code && p < s->properties; p++)
        for (uint32_t l = 0; !code && l < s->layers; l++) {
            const struct engine_result *r = engine_get(engine, p, l);
            if (r && r->code)
                snprintf(s->property[p].why, sizeof s->property[p].why, "%s", r->why);
            else if (r)
                code = scores_take_result(&s->property[p].layer[l], r, &c->layer[l], err);
        }
    if (code)
        scores_free(s);
    else
        scores_rank(s);
    return code;
}
