/*
 * The table of the selectors, and what they share: frames and activations by group.
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

/* Adds the hits and frames of the points of each group up. */
enum status selector_hits(const struct selector_input *in, double *hits, double *frames,
                          struct err *err)
{
    const struct property *p = in->property;
    size_t width = in->width;
    if (p->points && p->point[0].frames < 0)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%s: activation rates need counts, not probabilities", in->counts->path);
    uint32_t *row = mem_array(width, sizeof *row);
    enum status code = row ? STATUS_OK : err_nomem(err);
    memset(hits, 0, p->groups * width * sizeof *hits);
    memset(frames, 0, p->groups * sizeof *frames);
    for (uint32_t k = 0; k < p->points && !code; k++) {
        const struct property_point *point = &p->point[k];
        if (point->row == QUERY_NO_ROW)
            continue;
        code = query_row_hits(&p->rows, in->counts, in->layer, point->row, row, in->cancel, err);
        for (size_t i = 0; i < width && !code; i++)
            hits[point->group * width + i] += row[i];
        frames[point->group] += (double)point->frames;
    }
    free(row);
    return code;
}

enum status selector_rates(const struct selector_input *in, double *rate, struct err *err)
{
    uint32_t groups = in->property->groups;
    size_t width = in->width;
    double *frames = mem_array(groups, sizeof *frames);
    enum status code = frames ? selector_hits(in, rate, frames, err) : err_nomem(err);
    for (uint32_t g = 0; g < groups && !code; g++)
        for (size_t i = 0; i < width && frames[g] > 0; i++)
            rate[g * width + i] /= frames[g];
    free(frames);
    return code;
}

void selector_subtract_largest_other(double *value, uint32_t groups, size_t width)
{
    for (size_t i = 0; i < width && groups > 1; i++) {
        uint32_t best = 0;
        double second;
        for (uint32_t g = 1; g < groups; g++)
            if (value[g * width + i] > value[best * width + i])
                best = g;
        second = value[(best == 0 ? 1 : 0) * width + i];
        for (uint32_t g = 0; g < groups; g++)
            if (g != best && value[g * width + i] > second)
                second = value[g * width + i];
        double first = value[best * width + i];
        for (uint32_t g = 0; g < groups; g++)
            value[g * width + i] -= g == best ? second : first;
    }
}

void selector_subtract_mean_other(double *value, uint32_t groups, size_t width)
{
    for (size_t i = 0; i < width && groups > 1; i++) {
        double sum = 0;
        for (uint32_t g = 0; g < groups; g++)
            sum += value[g * width + i];
        for (uint32_t g = 0; g < groups; g++) {
            double *v = &value[g * width + i];
            *v -= (sum - *v) / (groups - 1);
        }
    }
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
