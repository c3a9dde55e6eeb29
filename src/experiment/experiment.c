/*
 * The memory of an experiment, and where its steps are found.
 */
#include "config.h"

#include "experiment/experiment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/experiment_text.h"
#include "base/mem.h"

/* Steps x measures x columns, at most: 2^26 cells take 1.5 GiB. */
#define CELLS_MAX ((size_t)1 << 26)

const char *experiment_kind_name(enum experiment_kind kind)
{
    return kind == EXPERIMENT_MATRIX ? "matrix" : "curve";
}

void experiment_free(struct experiment *x)
{
    for (uint32_t r = 0; x->row && r < x->rows; r++) {
        free(x->row[r].name);
        free(x->row[r].size);
        free(x->row[r].match);
    }
    for (uint32_t m = 0; x->measure && m < x->measures; m++)
        free(x->measure[m]);
    for (uint32_t c = 0; x->column && c < x->columns; c++)
        free(x->column[c]);
    free(x->measure);
    free(x->title);
    free(x->settings);
    free(x->command);
    free(x->request);
    free(x->row);
    free(x->column);
    free(x->point);
    free(x->step);
    free(x->is_done);
    free(x->neurons);
    free(x->cell);
    for (uint32_t u = 0; x->relabelled.unit && u < x->relabelled.units; u++)
        free(x->relabelled.unit[u]);
    free(x->relabelled.unit);
    free(x->relabelled.strata);
    free(x->relabelled.label);
    free(x->relabelled.cell);
    *x = (struct experiment){0};
}

enum status experiment_room(struct experiment *x, struct err *err)
{
    uint32_t units = x->relabelled.units;
    size_t cells, by_unit;
    if (!mul_size(x->steps, x->columns, &cells) || !mul_size(cells, x->measures, &cells) ||
        !mul_size(x->steps, units, &by_unit) || !mul_size(by_unit, x->measures, &by_unit) ||
        cells > CELLS_MAX || by_unit > CELLS_MAX)
        return err_set(err, STATUS_UNSUPPORTED,
                       "%u steps by %u groups and %u speakers are too many", x->steps, x->columns,
                       units);
    x->is_done = mem_zeros(x->steps, sizeof *x->is_done);
    x->neurons = mem_zeros(x->steps, sizeof *x->neurons);
    x->cell = mem_zeros(cells, sizeof *x->cell);
    x->relabelled.cell = mem_zeros(by_unit, sizeof *x->relabelled.cell);
    return x->is_done && x->neurons && x->cell && x->relabelled.cell ? STATUS_OK : err_nomem(err);
}

uint32_t experiment_find(const struct experiment *x, uint32_t row, uint32_t point, uint32_t draw)
{
    /* Steps are few, since each is a pass over the corpus: no index is needed. */
    for (uint32_t i = 0; i < x->steps; i++)
        if (x->step[i].row == row && x->step[i].point == point && x->step[i].draw == draw)
            return i;
    return EXPERIMENT_NOTHING;
}
