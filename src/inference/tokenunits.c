/*
 * Tokens as units (tokenunits.h): a draw costs as many additions as there are tokens times the
 * neurons that each activates, whatever the width of the layer.
 */
#include "config.h"

#include "inference/tokenunits.h"

#include <stdlib.h>

void token_units_free(struct token_units *t)
{
    free(t->owner);
    free(t->utterance);
    free(t->slot);
    free(t->phone);
    free(t->first);
    free(t->point_group);
    free(t->token);
    free(t->layer);
    *t = (struct token_units){0};
}

void token_units_add(const struct token_units *t, uint32_t layer, uint32_t phone,
                     const uint32_t *slot, const uint32_t *weight, uint32_t *hits, uint32_t *frames)
{
    const struct token_layer *l = &t->layer[layer];
    for (uint32_t u = t->first[phone]; u < t->first[phone + 1]; u++) {
        uint32_t times = weight ? weight[u] : 1;
        uint32_t *sum = hits + (size_t)slot[u] * l->width;
        const uint16_t *active = l->active + (size_t)t->token[u] * l->tau;
        frames[slot[u]] += times;
        for (uint32_t i = 0; i < l->tau; i++)
            sum[active[i]] += times;
    }
}
