/*
 * Scoring labelings (relabelled.h) from the errors of every speaker, which the journal keeps.
 */
#include "config.h"

#include "experiment/relabelled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/ties.h"

const char experiment_relabelled_name[] = "relabelled";

/* The speakers of CELL [units] together: those in GROUP by LABEL, or all others. */
static struct experiment_cell relabelled_pool(const struct experiment_cell *cell,
                                              const uint32_t *label, uint32_t units, uint32_t group,
                                              bool own)
{
    struct experiment_cell sum = {0, 0, 0};
    for (uint32_t u = 0; u < units; u++) {
        if ((label[u] == group) != own || cell[u].trials == 0)
            continue;
        if (cell[u].errors == EXPERIMENT_NO_ERRORS || sum.errors == EXPERIMENT_NO_ERRORS)
            sum.errors = EXPERIMENT_NO_ERRORS;
        else
            sum.errors += cell[u].errors;
        sum.trials += cell[u].trials;
        sum.loss += cell[u].loss * (double)cell[u].trials;
    }
    sum.loss = sum.trials ? sum.loss / (double)sum.trials : NAN;
    return sum;
}

/* The change by STEP of the speakers in GROUP, or of all others. */
static double relabelled_change(const struct experiment *x, uint32_t step, const uint32_t *label,
                                uint32_t measure, uint32_t group, bool own,
                                enum experiment_quantity q)
{
    uint32_t units = x->relabelled.units;
    const struct experiment_cell before =
        relabelled_pool(experiment_speakers(x, 0, measure), label, units, group, own);
    const struct experiment_cell after =
        relabelled_pool(experiment_speakers(x, step, measure), label, units, group, own);
    return ties_difference(experiment_value(&after, q), experiment_value(&before, q));
}

/* T of labeling DRAW, whose steps are STEP [rows]; NAN while one is not done. */
static double relabelled_score(const struct experiment *x, uint32_t draw, const uint32_t *step,
                               uint32_t measure, enum experiment_quantity q)
{
    const uint32_t *label = x->relabelled.label + (size_t)draw * x->relabelled.units;
    double sum = 0, n = 0;
    for (uint32_t r = 0; r < x->rows; r++) {
        if (step[r] == EXPERIMENT_NOTHING) /* the group has no neurons */
            continue;
        if (!x->is_done[step[r]])
            return NAN;
        double own = relabelled_change(x, step[r], label, measure, r, true, q);
        double rest = relabelled_change(x, step[r], label, measure, r, false, q);
        sum = ties_difference(sum, -ties_difference(own, rest)); /* a sum of 0 stays 0 */
        n++;
    }
    return n > 0 ? sum / n : NAN;
}

/* The steps of every labeling [1 + draws][rows], to be freed; NULL without memory. */
static uint32_t *relabelled_steps(const struct experiment *x)
{
    size_t n, rows = x->rows, labelings = x->relabelled.draws + (size_t)1;
    uint32_t *step = mul_size(labelings, rows, &n) ? mem_array(n, sizeof *step) : NULL;
    for (size_t i = 0; step && i < n; i++)
        step[i] = EXPERIMENT_NOTHING;
    for (uint32_t i = 0; step && i < x->steps; i++) {
        const struct experiment_step *s = &x->step[i];
        if (s->row < rows && s->point == EXPERIMENT_RELABELLED && s->draw < labelings)
            step[s->draw * rows + s->row] = i;
    }
    return step;
}

/* The share of T [n], of X's labelings, that reach OBSERVED; where they are all there are, it is
 * one of them. */
static double relabelled_share(const struct experiment *x, const double *t, size_t n,
                               double observed)
{
    size_t reached = 0;
    if (!x->relabelled.enumerated || n != x->relabelled.draws || n == 0 || isnan(observed))
        return interval_p(t, n, observed);
    for (size_t i = 0; i < n; i++)
        reached += !ties_above(observed, t[i]);
    return (double)reached / (double)n;
}

struct experiment_change experiment_relabelled(const struct experiment *x, uint32_t measure,
                                               enum experiment_quantity q, double coverage)
{
    struct experiment_change c = {.change = NAN, .controls = {0, NAN, NAN, NAN}, .p = NAN};
    uint32_t draws = x->relabelled.draws;
    uint32_t *step = x->relabelled.units && x->is_done[0] ? relabelled_steps(x) : NULL;
    double *t = step ? mem_array(draws, sizeof *t) : NULL;
    size_t n = 0;
    if (t) {
        c.change = relabelled_score(x, 0, step, measure, q);
        for (uint32_t d = 1; d <= draws; d++) {
            double score = relabelled_score(x, d, step + (size_t)d * x->rows, measure, q);
            if (!isnan(score))
                t[n++] = score;
        }
        c.p = relabelled_share(x, t, n, c.change);
        c.controls = interval_of(t, n, coverage);
    }
    free(t);
    free(step);
    return c;
}

struct experiment_change experiment_relabelled_point(const struct experiment *x, uint32_t row,
                                                     uint32_t point, uint32_t measure,
                                                     uint32_t column, enum experiment_quantity q,
                                                     double coverage)
{
    struct experiment_change c = {.change = NAN, .controls = {0, NAN, NAN, NAN}, .p = NAN};
    double *value = NULL;
    size_t n = 0;
    if (x->kind == EXPERIMENT_CURVE && x->relabelled.strata &&
        strcmp(x->row[row].name, experiment_relabelled_name) == 0)
        value = mem_array(x->steps, sizeof *value);
    for (uint32_t i = 0; value && i < x->steps; i++) {
        const struct experiment_step *s = &x->step[i];
        double v = experiment_value(&experiment_cells(x, i, measure)[column], q);
        if (!x->is_done[i] || s->row != row || s->point != point)
            continue;
        if (s->draw == 0)
            c.change = v;
        else if (!isnan(v))
            value[n++] = -v; /* low is good */
    }
    if (value) {
        c.p = relabelled_share(x, value, n, -c.change);
        for (size_t i = 0; i < n; i++)
            value[i] = -value[i];
        c.controls = interval_of(value, n, coverage);
    }
    free(value);
    return c;
}

struct experiment_cell experiment_relabelled_before(const struct experiment *x, uint32_t measure)
{
    const uint32_t *label = x->relabelled.label; /* nobody has the label EXPERIMENT_NOTHING */
    return relabelled_pool(experiment_speakers(x, 0, measure), label, x->relabelled.units,
                           EXPERIMENT_NOTHING, false);
}

uint64_t experiment_relabelled_neurons(const struct experiment *x)
{
    uint64_t n = 0;
    for (uint32_t r = 0; r < x->rows; r++)
        for (uint32_t l = 0; l < x->layers; l++)
            n += x->row[r].size[l];
    return n;
}
