/*
 * The table of the selectors, and what they share: activation rates by group, and sets from scores.
 */
#include "config.h"

#include "analysis/selector.h"

#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"

#define SELECTOR_ROW(id, name) &selector_##id,
const struct selector *const selectors[] = {SELECTORS(SELECTOR_ROW) NULL};
#undef SELECTOR_ROW

const struct selector *selector_find(const char *name)
{
    for (size_t i = 0; selectors[i]; i++)
        if (strcmp(selectors[i]->name, name) == 0)
            return selectors[i];
    return NULL;
}

/* Adds the hits and frames of the points of each group up, then divides. */
enum status selector_rates(const struct selector_input *in, double *rate, struct err *err)
{
    const struct property *p = in->property;
    size_t width = in->width;
    if (p->points && p->point[0].frames < 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: activation rates need counts, not probabilities", in->counts->path);
    uint32_t *hits = mem_array(width, sizeof *hits);
    double *frames = mem_zeros(p->groups, sizeof *frames);
    enum status code = hits && frames ? STATUS_OK : err_nomem(err);
    for (size_t i = 0; i < p->groups * width; i++)
        rate[i] = 0;
    for (uint32_t k = 0; k < p->points && !code; k++) {
        const struct property_point *point = &p->point[k];
        if (point->row == QUERY_NO_ROW)
            continue;
        code = query_row_hits(&p->rows, in->counts, in->layer, point->row, hits, in->cancel, err);
        for (size_t i = 0; i < width; i++)
            rate[point->group * width + i] += hits[i];
        frames[point->group] += (double)point->frames;
    }
    for (uint32_t g = 0; g < p->groups && !code; g++)
        for (size_t i = 0; i < width && frames[g] > 0; i++)
            rate[g * width + i] /= frames[g];
    free(hits);
    free(frames);
    return code;
}

void selector_take_sigma(const double *score, uint32_t groups, uint32_t width, double sigma,
                         uint64_t *members)
{
    size_t words = bitset_words(width);
    for (uint32_t g = 0; g < groups; g++, score += width, members += words)
        for (uint32_t i = 0; i < width; i++)
            if (score[i] > 0 && score[i] >= sigma)
                bitset_put(members, i);
}

struct selector_ranked {
    double score;
    uint32_t neuron;
};

static int selector_compare_ranked(const void *a, const void *b)
{
    const struct selector_ranked *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->neuron < y->neuron ? -1 : x->neuron > y->neuron;
}

/* Adds the COUNT highest of SCORE [width] to SET; LIST [width] is scratch. */
static void selector_take_top(const double *score, uint32_t width, size_t count, uint64_t *set,
                              struct selector_ranked *list)
{
    for (uint32_t i = 0; i < width; i++)
        list[i] = (struct selector_ranked){score[i], i};
    qsort(list, width, sizeof *list, selector_compare_ranked);
    for (size_t i = 0; i < count && i < width; i++)
        bitset_put(set, list[i].neuron);
}

enum status selector_choose(const struct selector *s, const struct property *p,
                            const struct property_layer *l, const struct counts *c, uint64_t *group,
                            const struct cancel *cancel, struct err *err)
{
    const struct selector_input in = {p, c, l->layer, l->width, l->words, l->pattern, cancel};
    size_t scores;
    if (s->take == SELECTOR_SIGMA) {
        memcpy(group, l->group, l->groups * l->words * sizeof *group);
        return STATUS_OK;
    }
    if (!mul_size(p->groups, l->width, &scores))
        return err_nomem(err);
    double *score = mem_array(scores, sizeof *score);
    struct selector_ranked *list = mem_array(l->width, sizeof *list);
    enum status code = score && list ? s->score(&in, score, err) : err_nomem(err);
    for (uint32_t g = 0; g < p->groups && !code; g++)
        selector_take_top(score + (size_t)g * l->width, l->width,
                          bitset_count(l->group + g * l->words, l->words), group + g * l->words,
                          list);
    free(score);
    free(list);
    return code;
}
