/*
 * Split halves (split.h): two draws, of which one has the speakers of one half once each and the
 * other has the rest.
 */
#include "config.h"

#include "inference/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistic.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "base/rng.h"

enum { CHOSEN, OTHER };

/* A split under way. */
struct split_work {
    const struct bootstrap *b;
    unsigned char *half; /* [owners] CHOSEN or OTHER */
    struct split *s;
    uint64_t **chosen; /* [layers] members [groups][words] of the chosen half, of one group each */
};

/* Shuffles each cell and cuts it in the middle. */
static void split_halve(struct split_work *w, uint32_t *order)
{
    const struct bootstrap *b = w->b;
    struct rng rng = rng_at(b->design.seed, 0);
    unsigned larger = (unsigned)rng_below(&rng, 2);
    for (uint32_t c = 0; c < b->cells; c++) {
        uint32_t first = b->first[c], n = b->first[c + 1] - first;
        for (uint32_t i = 0; i < n; i++)
            order[i] = first + i;
        for (uint32_t i = n; i > 1; i--) {
            uint32_t other = (uint32_t)rng_below(&rng, i), keep = order[i - 1];
            order[i - 1] = order[other];
            order[other] = keep;
        }
        uint32_t cut = n / 2 + (n % 2 && larger == CHOSEN);
        larger ^= n % 2;
        for (uint32_t i = 0; i < n; i++)
            w->half[order[i]] = i < cut ? CHOSEN : OTHER;
        w->s->chosen += cut;
        w->s->kept += n - cut;
    }
}

/* Draw 0 is the chosen half, draw 1 the other. */
static void split_draw(const void *context, uint64_t draw, uint32_t *slot, uint32_t *weight,
                       uint32_t *room)
{
    const struct split_work *w = context;
    const struct units *u = &w->b->units;
    (void)room;
    memcpy(slot, u->slot, u->units * sizeof *slot);
    for (uint32_t i = 0; i < u->units; i++)
        weight[i] = w->half[w->b->of_unit[i]] == draw;
}

/* The chosen half comes first: there is one worker. */
static enum status split_visit(void *context, unsigned worker, uint32_t layer, uint64_t draw,
                               struct sample *s, struct err *err)
{
    struct split_work *w = context;
    struct split_layer *l = &w->s->layer[layer];
    const uint64_t *members = sample_members(s), *neurons = sample_neurons(s);
    size_t words = s->words, all = s->groups * words;
    (void)worker;
    if (draw == CHOSEN) {
        w->chosen[layer] = mem_array(all, sizeof **w->chosen);
        if (!w->chosen[layer])
            return err_nomem(err);
        for (size_t i = 0; i < all; i++)
            w->chosen[layer][i] = members[i] & neurons[i % words];
        l->size_chosen = (uint32_t)bitset_count(neurons, words);
        return statistic_full_dim.compute(s, &l->silhouette_chosen, err);
    }
    for (size_t i = 0; i < all; i++) {
        uint64_t both = w->chosen[layer][i] & members[i] & neurons[i % words];
        l->size_kept += (uint32_t)bitset_count(&both, 1);
    }
    return statistic_full_dim.compute(s, &l->silhouette_kept, err);
}

static enum status split_run(struct split_work *w, struct analysis *a, const char *property,
                             const uint32_t *layer, struct err *err)
{
    struct split *s = w->s;
    struct resample resample = {.threads = 1, .cancel = a->cancel};
    uint32_t owners = w->b->design.owners, *order = mem_array(owners, sizeof *order);
    uint32_t *asked = mem_array(s->layers, sizeof *asked);
    w->half = mem_zeros(owners, 1);
    w->chosen = mem_zeros(s->layers, sizeof *w->chosen);
    s->layer = mem_zeros(s->layers, sizeof *s->layer);
    enum status code =
        order && asked && w->half && w->chosen && s->layer ? STATUS_OK : err_nomem(err);
    for (uint32_t i = 0; i < s->layers && !code; i++)
        s->layer[i].layer = asked[i] = layer ? layer[i] : i;
    if (!code) {
        split_halve(w, order);
        bool groups = w->b->units.slots > 1 && w->b->units.constant && s->design.fixed[0];
        if (groups || s->chosen == 0 || s->kept == 0)
            code = err_set(err, STATUS_UNSUPPORTED, "%s: cannot be halved: %s", a->counts->path,
                           s->design.fixed);
    }
    if (!code) {
        bootstrap_resample(w->b, a, property, &resample);
        resample.draw = split_draw;
        resample.context = w;
        code = resample_run(&resample, asked, s->layers, 0, 2, split_visit, w, err);
    }
    for (uint32_t i = 0; w->chosen && i < s->layers; i++)
        free(w->chosen[i]);
    free(w->chosen);
    free(w->half);
    free(asked);
    free(order);
    return code;
}

enum status split_make(struct split *out, struct analysis *a, const char *property,
                       const uint32_t *layer, uint32_t layers, const struct bootstrap_options *o,
                       struct err *err)
{
    struct split made = {.layers = layer ? layers : a->counts->layers};
    struct bootstrap b = {0};
    struct split_work w = {.b = &b, .s = &made};
    enum status code = bootstrap_make(&b, a, property, o, true, err);
    made.design = b.design;
    if (!code)
        code = split_run(&w, a, property, layer, err);
    bootstrap_free(&b);
    if (code)
        split_free(&made);
    else
        *out = made;
    return code;
}

void split_free(struct split *s)
{
    free(s->layer);
    *s = (struct split){0};
}
