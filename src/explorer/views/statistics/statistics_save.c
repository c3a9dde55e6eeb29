/*
 * statistics_save.c - what the statistics view gives to a file: the table of `propneu null`, and
 * the null of the row at hand as a figure.
 */
#include "config.h"

#include "explorer/views/statistics/statistics_state.h"

#include "figure/figures.h"
#include "report/report.h"

enum status statistics_result(const struct app *app, struct table *out, struct err *err)
{
    const struct nulls_answer *a = app_null(app, app->at.property);
    enum status code = STATUS_OK;
    if (!a || a->code || !nulls_rows(a))
        return err_set(err, STATUS_NOTFOUND, "%s", statistics_why(app));
    for (int i = 0; i < NULLS_PARTS && !code; i++)
        code = report_null(out, &a->part[i], err);
    return code;
}

enum status statistics_figure(const struct app *app, struct figure *out, struct err *err)
{
    const struct nulls_answer *a = app_null(app, app->at.property);
    const struct null_row *row = statistics_row(app, statistics_state(app)->looked);
    for (int i = 0; a && row && i < NULLS_PARTS; i++)
        for (uint32_t k = 0; k < a->part[i].rows; k++)
            if (&a->part[i].row[k] == row && a->part[i].draws) {
                figure_null(out, &(struct null_data){&a->part[i], &k, 1}, 0, 0);
                return STATUS_OK;
            }
    return err_set(err, STATUS_UNSUPPORTED, "no null to draw: %s",
                   a && a->part[0].why[0] ? a->part[0].why : statistics_why(app));
}
