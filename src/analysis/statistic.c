/*
 * The table of the statistics.
 */
#include "config.h"

#include "analysis/statistic.h"

#include <string.h>

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
