/*
 * The table of the statistics, and the value of one in a layer as the file has it.
 */
#include "config.h"

#include "analysis/statistic.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define STATISTIC_ROW(id, name) &statistic_##id,
const struct statistic *const statistics[] = {STATISTICS(STATISTIC_ROW) NULL};
#undef STATISTIC_ROW

const struct statistic *statistic_find(const char *name)
{
    for (size_t i = 0; statistics[i]; i++)
        if (strcmp(statistics[i]->name, name) == 0)
            return statistics[i];
    return NULL;
}

enum status statistic_of_layer(const struct statistic *statistic, struct analysis *a,
                               const char *property, uint32_t layer, const uint64_t *reference,
                               double *value, struct err *err)
{
    const struct property *p;
    const struct property_layer *l;
    struct sample s = {0};
    uint32_t *group = NULL;
    enum status code = analysis_property(a, property, &p, err);
    if (!code)
        code = analysis_layer(a, property, layer, &l, err);
    if (code)
        return code;
    group = mem_array(p->points, sizeof *group);
    if (!group)
        return err_nomem(err);
    for (uint32_t k = 0; k < p->points; k++)
        group[k] = p->point[k].group;
    sample_init(&s, l->width, p->params.sigma, &a->map, a->cancel);
    s.reference = reference;
    code = sample_set(&s, l->pattern, group, p->points, p->groups, err);
    if (!code)
        code = statistic->compute(&s, value, err);
    sample_free(&s);
    free(group);
    return code;
}
