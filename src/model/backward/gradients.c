/*
 * Gradients of a model's weights: one allocation, in the order of model_weights().
 */
#include "config.h"

#include "model/backward/backward.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/internal.h"
#include "model/weights.h"

struct gradients {
    size_t weights, floats;
    struct gradient {
        const float *weight; /* of the model */
        float *data;
    } * at, *by_weight; /* [weights] in order, and by address */
    float *memory;      /* [floats] */
};

static int gradient_by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const struct gradient *)a)->weight;
    uintptr_t y = (uintptr_t)((const struct gradient *)b)->weight;
    return x < y ? -1 : x > y;
}

enum status gradients_new(struct gradients **out, const struct model *m, struct err *err)
{
    const struct model_weight *w;
    size_t n = model_weights(m, &w), used = 0;
    struct gradients *g = mem_zeros(1, sizeof *g);
    for (size_t i = 0; i < n; i++)
        scratch_take(NULL, &used, w[i].count);
    if (g) {
        g->at = mem_zeros(n, sizeof *g->at);
        g->by_weight = mem_zeros(n, sizeof *g->by_weight);
        g->memory = mem_aligned(used, sizeof *g->memory);
    }
    if (!g || !g->at || !g->by_weight || !g->memory) {
        gradients_free(g);
        return err_nomem(err);
    }
    g->weights = n;
    g->floats = used;
    used = 0;
    for (size_t i = 0; i < n; i++)
        g->at[i] = (struct gradient){w[i].data, scratch_take(g->memory, &used, w[i].count)};
    memcpy(g->by_weight, g->at, n * sizeof *g->at);
    qsort(g->by_weight, n, sizeof *g->by_weight, gradient_by_address);
    gradients_clear(g);
    *out = g;
    return STATUS_OK;
}

void gradients_free(struct gradients *g)
{
    if (!g)
        return;
    free(g->at);
    free(g->by_weight);
    free(g->memory);
    free(g);
}

void gradients_clear(struct gradients *g)
{
    memset(g->memory, 0, g->floats * sizeof *g->memory);
}

void gradients_add(struct gradients *to, const struct gradients *from)
{
    for (size_t i = 0; i < to->floats; i++)
        to->memory[i] += from->memory[i];
}

float *gradients_data(const struct gradients *g, size_t i)
{
    return g->at[i].data;
}

float *gradients_of(const struct gradients *g, const float *weight)
{
    struct gradient key = {.weight = weight};
    const struct gradient *found =
        bsearch(&key, g->by_weight, g->weights, sizeof key, gradient_by_address);
    return found ? found->data : NULL;
}
