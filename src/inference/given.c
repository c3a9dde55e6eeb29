/*
 * Groups as conditions (given.h): levels of the factor that makes them, or phones.
 */
#include "config.h"

#include "inference/given.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The group of each level of the factor. */
static void given_place(struct given *g, const struct counts *c, const struct property *p)
{
    const struct counts_factor *f = &c->factor[g->factor];
    if (strcmp(f->name, "phone") == 0) {
        for (uint32_t k = 0; k < p->points; k++)
            if (p->point[k].phone >= 0)
                g->of[p->point[k].phone] = p->point[k].group;
        return;
    }
    for (uint32_t l = 0; l < f->levels; l++) {
        uint32_t group = names_find(&p->group, f->level[l]);
        g->of[l] = group == NAMES_NONE ? GIVEN_NONE : group;
    }
}

enum status given_make(struct given *g, struct analysis *a, const char *name, struct err *err)
{
    struct given made = {.of = NULL};
    const struct property *p;
    enum status code = analysis_property(a, name, &p, err);
    if (code)
        return code;
    int factor = counts_find_factor(a->counts, name);
    made.factor = (uint32_t)(factor >= 0 ? factor : counts_find_factor(a->counts, "phone"));
    uint32_t levels = a->counts->factor[made.factor].levels;
    made.of = mem_array(levels, sizeof *made.of);
    if (!made.of || !names_add_all(&made.level, &p->group)) {
        given_free(&made);
        return err_nomem(err);
    }
    memset(made.of, 0xff, levels * sizeof *made.of); /* GIVEN_NONE */
    given_place(&made, a->counts, p);
    *g = made;
    return STATUS_OK;
}

void given_free(struct given *g)
{
    names_free(&g->level);
    free(g->of);
    *g = (struct given){.of = NULL};
}

enum status given_narrow(const struct given *g, struct analysis *a, uint32_t level, struct err *err)
{
    uint32_t levels = a->counts->factor[g->factor].levels;
    unsigned char *allow = mem_zeros(levels, 1);
    if (!allow)
        return err_nomem(err);
    for (uint32_t l = 0; l < levels; l++)
        allow[l] = g->of[l] == level;
    enum status code = query_filters_narrow(&a->filters, a->counts, g->factor, allow, err);
    analysis_changed(a);
    free(allow);
    return code;
}
