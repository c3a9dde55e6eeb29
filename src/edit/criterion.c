/*
 * The table of the pruning criteria.
 */
#include "config.h"

#include "edit/criterion.h"

#include <string.h>

#define CRITERION_ROW(id, name) &prune_criterion_##id,
const struct prune_criterion *const prune_criteria[] = {PRUNE_CRITERIA(CRITERION_ROW) NULL};
#undef CRITERION_ROW

const struct prune_criterion *prune_criterion_find(const char *name)
{
    for (size_t i = 0; prune_criteria[i]; i++)
        if (strcmp(prune_criteria[i]->name, name) == 0)
            return prune_criteria[i];
    return NULL;
}
