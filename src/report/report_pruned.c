/*
 * Models that were pruned with training in between: one row each, and what they give by the share
 * that is kept.
 */
#include "config.h"

#include <math.h>

#include "report/report.h"
#include "report/report_forms.h"

static const struct table_column model_columns[] = {
    {"task", TABLE_TEXT, NULL, "what the model was measured with, such as pr, sid or f0", 0, 0},
    {"method", TABLE_TEXT, NULL, "what was pruned last, such as protect, l1 or random-protect", 0,
     0},
    {"seed", TABLE_INTEGER, NULL, "seed of the run", 0, 0},
    {"share", TABLE_REAL, NULL, "share of the feed-forward neurons that is kept, above 0", 0, 4},
    {"kept", TABLE_INTEGER, "neurons", "their number; may be missing, as all that follow error", 0,
     0},
    {"error", TABLE_REAL, NULL, "error, or for F0 the mean squared error", 0, 4},
    {"parameters", TABLE_INTEGER, NULL, "parameters of the model", 0, 0},
    {"multiply_adds", TABLE_REAL, NULL, "multiplications with addition for a second of audio", 0,
     0},
    {"real_time", TABLE_REAL, NULL, "seconds of computing for a second of audio, as measured", 0,
     5},
};

static const struct table_column point_columns[] = {
    {"task", TABLE_TEXT, NULL, "what the models were measured with", 0, 0},
    {"method", TABLE_TEXT, NULL, "what was pruned last", 0, 0},
    {"share", TABLE_REAL, NULL, "share of the feed-forward neurons that is kept", 0, 4},
    {"error", TABLE_REAL, NULL, "mean error over the seeds", 0, 4},
    {"error_low", TABLE_REAL, NULL, "the least", 0, 4},
    {"error_high", TABLE_REAL, NULL, "the largest", 0, 4},
    {"seeds", TABLE_INTEGER, "seeds", "models", 0, 0},
    {"kept", TABLE_REAL, "neurons", "mean number of neurons", 0, 1},
    {"parameters", TABLE_REAL, NULL, "mean number of parameters", 0, 0},
    {"multiply_adds", TABLE_REAL, NULL, "multiplications with addition for a second of audio", 0,
     0},
    {"real_time", TABLE_REAL, NULL, "seconds of computing for a second of audio, mean", 0, 5},
};

const struct table_form form_pruning = TABLE_FORM(
    "pruning", "",
    "What does each model give that was pruned with training in between? Not printed, but read: a "
    "file like this is what the figures 6 and 9 are drawn from. Its columns may stand in any order "
    "beside others.",
    model_columns);
const struct table_form form_pruning_points = TABLE_FORM(
    "pruning-points", "",
    "What do models give that were pruned with training in between, by the share kept? figure 6 "
    "and figure 9.",
    point_columns);

enum status report_pruned(struct table *t, const struct pruned *p, const struct pruned_point *point,
                          size_t points, struct err *err)
{
    table_extend(t, &form_pruning_points, 0);
    for (size_t i = 0; i < points; i++) {
        const struct pruned_point *q = &point[i];
        table_words(t, p->task.name[q->task]);
        table_words(t, p->method.name[q->method]);
        table_real(t, q->share);
        table_real(t, q->error);
        table_real(t, q->low);
        table_real(t, q->high);
        table_count(t, (int64_t)q->seeds);
        table_real(t, q->kept);
        table_real(t, q->parameters);
        table_real(t, q->multiply_adds);
        table_real(t, q->real_time);
    }
    return table_ok(t, NULL, err);
}
