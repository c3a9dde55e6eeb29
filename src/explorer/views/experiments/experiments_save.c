/*
 * experiments_save.c - what the experiments view gives to a file: the numbers found so far by the
 * experiment under the cursor.
 */
#include "config.h"

#include "explorer/views/experiments/experiments_state.h"

#include "report/report.h"

enum status experiments_result(const struct app *app, struct table *out, struct err *err)
{
    const struct experiments_state *s = experiments_state(app);
    if (experiments_run(app))
        return experiments_training_result(app, out, err);
    if (s->here >= s->jobs.count || !s->jobs.job[s->here].x.cell)
        return err_set(err, STATUS_NOTFOUND, "there is no experiment");
    const struct experiment *x = &s->jobs.job[s->here].x;
    return x->kind == EXPERIMENT_MATRIX ? report_matrix(out, x, CONFIDENCE, err)
                                        : report_curve(out, x, CONFIDENCE, err);
}
