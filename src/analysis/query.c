/*
 * Filtering and grouping the cells of a count file (query.h). Which cell belongs to which row does
 * not depend on the layer and is found once; the counts of a layer are then added row by row.
 */
#include "config.h"

#include "analysis/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sums.h"

/* Cells added between two looks at a flag: a fraction of a millisecond, or what a disk needs to
 * read as many rows of counts. */
#define CELLS_A_LOOK 64

/* A cell on its way to a row. */
struct keyed {
    const int32_t *key; /* [groups] */
    uint32_t groups, cell;
};

static int query_compare_keys(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    for (uint32_t g = 0; g < x->groups; g++)
        if (x->key[g] != y->key[g])
            return x->key[g] < y->key[g] ? -1 : 1;
    return x->cell < y->cell ? -1 : x->cell > y->cell;
}

static bool same_key(const struct keyed *x, const struct keyed *y)
{
    return memcmp(x->key, y->key, x->groups * sizeof *x->key) == 0;
}

static bool cell_passes(const struct counts *c, const struct query_filters *f, uint32_t cell)
{
    for (uint32_t i = 0; f && i < f->count; i++) {
        int32_t level = c->factor[f->filter[i].factor].index[cell];
        if (level < 0 || !f->filter[i].allow[level])
            return false;
    }
    return true;
}

/* Fills KEYED with the cells that pass and have all levels; returns their number. */
static uint32_t query_collect_keys(struct keyed *keyed, int32_t *keys, const struct counts *c,
                                   const struct query_filters *filters, const uint32_t *factor,
                                   uint32_t groups)
{
    uint32_t n = 0;
    for (uint32_t cell = 0; cell < c->cells; cell++) {
        int32_t *key = keys + (size_t)n * groups;
        bool whole = cell_passes(c, filters, cell);
        for (uint32_t g = 0; g < groups && whole; g++) {
            key[g] = c->factor[factor[g]].index[cell];
            whole = key[g] >= 0;
        }
        if (whole)
            keyed[n++] = (struct keyed){key, groups, cell};
    }
    return n;
}

static enum status cannot_add(const struct counts *c, struct err *err)
{
    return err_set(err, STATUS_UNSUPPORTED,
                   "%s: combining cells needs frame counts, which imports do not have", c->path);
}

/* Makes rows of the sorted cells and adds up their frames. */
static enum status make_rows(struct query_rows *r, const struct keyed *keyed, uint32_t n,
                             const struct counts *c, struct err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        int64_t frames = c->frames[keyed[i].cell];
        if (i == 0 || !same_key(&keyed[i - 1], &keyed[i])) {
            for (uint32_t g = 0; g < r->groups; g++)
                r->level[(size_t)r->rows * r->groups + g] = keyed[i].key[g];
            r->first[r->rows] = i;
            r->frames[r->rows++] = 0;
        } else if (counts_is_probability(c)) {
            return cannot_add(c, err);
        }
        int64_t *sum = &r->frames[r->rows - 1];
        r->cell[i] = keyed[i].cell;
        *sum = frames < 0 ? -1 : *sum + frames;
        if (*sum > UINT32_MAX) /* so that sums of counts fit 32 bits too */
            return err_set(err, STATUS_UNSUPPORTED, "%s: more than 2^32 frames in one condition",
                           c->path);
    }
    if (r->groups == 0 && r->rows == 0) {
        r->first[0] = 0;
        r->frames[r->rows++] = counts_is_probability(c) ? -1 : 0;
    }
    r->first[r->rows] = n;
    return STATUS_OK;
}

enum status query_rows(struct query_rows *r, const struct counts *c,
                       const struct query_filters *filters, const uint32_t *factor, uint32_t groups,
                       struct err *err)
{
    size_t most = (size_t)c->cells + 1, keys = most * (groups ? groups : 1);
    struct query_rows rows = {.groups = groups};
    struct keyed *keyed = mem_array(most, sizeof *keyed);
    int32_t *key = mem_array(keys, sizeof *key);
    rows.level = mem_array(keys, sizeof *rows.level);
    rows.frames = mem_array(most, sizeof *rows.frames);
    rows.first = mem_array(most + 1, sizeof *rows.first);
    rows.cell = mem_array(most, sizeof *rows.cell);
    enum status code = STATUS_OK;
    if (!keyed || !key || !rows.level || !rows.frames || !rows.first || !rows.cell) {
        code = err_nomem(err);
        goto out;
    }
    uint32_t n = query_collect_keys(keyed, key, c, filters, factor, groups);
    qsort(keyed, n, sizeof *keyed, query_compare_keys);
    code = make_rows(&rows, keyed, n, c, err);
    if (!code) {
        *r = rows;
        rows = (struct query_rows){0};
    }
out:
    query_rows_free(&rows);
    free(keyed);
    free(key);
    return code;
}

void query_rows_free(struct query_rows *r)
{
    free(r->level);
    free(r->frames);
    free(r->first);
    free(r->cell);
    *r = (struct query_rows){0};
}

enum status query_row_hits(const struct query_rows *r, const struct counts *c, uint32_t layer,
                           uint32_t row, uint32_t *hits, const struct cancel *cancel,
                           struct err *err)
{
    const struct counts_layer *l = &c->layer[layer];
    size_t width = l->width;
    memset(hits, 0, width * sizeof *hits);
    for (uint32_t i = r->first[row]; i < r->first[row + 1]; i++) {
        size_t at = r->cell[i] * width;
        enum status code =
            (i - r->first[row]) % CELLS_A_LOOK == 0 ? cancel_check(cancel, err) : STATUS_OK;
        if (code)
            return code;
        if (l->u16)
            sums_add_u16(hits, l->u16 + at, width);
        else if (l->u32)
            sums_add(hits, l->u32 + at, width);
    }
    return STATUS_OK;
}

uint32_t query_one_count(const struct query_rows *r, const struct counts *c, uint32_t layer,
                         uint32_t row, uint32_t neuron)
{
    const struct counts_layer *l = &c->layer[layer];
    uint32_t sum = 0;
    for (uint32_t i = r->first[row]; i < r->first[row + 1]; i++) {
        size_t at = (size_t)r->cell[i] * l->width + neuron;
        sum += l->u16 ? l->u16[at] : l->u32[at];
    }
    return sum;
}

const float *query_row_probabilities(const struct query_rows *r, const struct counts *c,
                                     uint32_t layer, uint32_t row)
{
    const struct counts_layer *l = &c->layer[layer];
    if (!l->probability || r->first[row] == r->first[row + 1])
        return NULL;
    return l->probability + (size_t)r->cell[r->first[row]] * l->width;
}
