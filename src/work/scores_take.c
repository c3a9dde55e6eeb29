#include "config.h"

#include <stdio.h>

#include "work/engine.h"
#include "report/scores.h"

static void take_result(struct score *v, const struct engine_result *r, uint32_t width)
{
    *v = (struct score){.there = true,
                        .width = width,
                        .points = r->points,
                        .any = r->any,
                        .neurons = r->neurons,
                        .silhouette = r->silhouette,
                        .silhouette_full = r->silhouette_full};
}

enum status scores_take(struct scores *s, struct engine *engine, const struct counts *c,
                        const struct names *names, const char *title, struct err *err)
{
    enum status code = scores_init(s, title, c->layers, names, err);
    for (uint32_t p = 0; !code && p < s->properties; p++)
        for (uint32_t l = 0; l < s->layers; l++) {
            const struct engine_result *r = engine_get(engine, p, l);
            if (r && r->code)
                snprintf(s->property[p].why, sizeof s->property[p].why, "%s", r->why);
            else if (r)
                take_result(&s->property[p].layer[l], r, c->layer[l].width);
        }
    if (!code)
        scores_rank(s);
    return code;
}
