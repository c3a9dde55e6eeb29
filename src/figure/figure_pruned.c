/*
 * Figures 6 and 9: the error of models that were pruned with training in between over the share of
 * neurons kept, a panel for each task, a curve for each way of pruning, whiskers from the best seed
 * to the worst.
 */
#include "config.h"

#include "figure/figures.h"

#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "figure/figure_lines.h"

/* The columns of all points, in percent but for F0. */
struct pruned_values {
    double *x, *y, *low, *high; /* [points] */
};

/* F0 has squared errors, other tasks shares. */
static double pruned_scale(const char *task)
{
    return strcasecmp(task, "f0") == 0 ? 1 : 100;
}

static bool pruned_values_make(struct pruned_values *v, const struct pruned *p,
                               const struct pruned_point *point, size_t points)
{
    v->x = mem_array(points, sizeof *v->x);
    v->y = mem_array(points, sizeof *v->y);
    v->low = mem_array(points, sizeof *v->low);
    v->high = mem_array(points, sizeof *v->high);
    if (!v->x || !v->y || !v->low || !v->high)
        return false;
    for (size_t i = 0; i < points; i++) {
        double scale = pruned_scale(p->task.name[point[i].task]);
        v->x[i] = 100 * point[i].share;
        v->y[i] = scale * point[i].error;
        v->low[i] = scale * point[i].low;
        v->high[i] = scale * point[i].high;
    }
    return true;
}

void figure_pruned(struct figure *f, const struct pruned *p, const struct pruned_point *point,
                   size_t points, double width, double height)
{
    struct pruned_values v = {NULL, NULL, NULL, NULL};
    struct lines_series *series =
        mem_zeros((size_t)p->task.count * p->method.count, sizeof *series);
    struct lines_panel *panel = mem_zeros(p->task.count, sizeof *panel);
    bool ok = pruned_values_make(&v, p, point, points) && series && panel;
    for (uint32_t t = 0; ok && t < p->task.count; t++)
        panel[t] = (struct lines_panel){
            .title = p->task.name[t],
            .x_name = "neurons kept / %",
            .y_name = pruned_scale(p->task.name[t]) > 1 ? "error / %" : "mean squared error",
            .series = series + (size_t)t * p->method.count,
            .count = p->method.count,
            .from_zero = true};
    /* Points of one task and method follow each other. */
    for (size_t i = 0; ok && i < points; i++) {
        struct lines_series *s = series + (size_t)point[i].task * p->method.count + point[i].method;
        if (s->n++ == 0)
            *s = (struct lines_series){.x = v.x + i,
                                       .y = v.y + i,
                                       .low = v.low + i,
                                       .high = v.high + i,
                                       .n = 1,
                                       .group = point[i].method,
                                       .marks = true};
    }
    if (ok)
        figure_lines(f, panel, p->task.count, (const char *const *)p->method.name, p->method.count,
                     width, height);
    else
        figure_init(f, FIGURE_MIN_SIDE, FIGURE_MIN_SIDE);
    f->failed = f->failed || !ok;
    free(series);
    free(panel);
    free(v.x);
    free(v.y);
    free(v.low);
    free(v.high);
}
