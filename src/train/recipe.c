/*
 * The table of recipes.
 */
#include "config.h"

#include "train/recipe.h"

#include <string.h>

#define RECIPE_ROW(name, batch, crop, rate, clip, steps) {#name, batch, crop, rate, clip, steps},
static const struct recipe recipes[] = {RECIPES(RECIPE_ROW)};
#undef RECIPE_ROW

const struct recipe *recipe_find(const char *name)
{
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        if (strcmp(recipes[i].name, name) == 0)
            return &recipes[i];
    return NULL;
}
