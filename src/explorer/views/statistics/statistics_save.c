/*
 * statistics_save.c - what the statistics view gives to a file: the table of `propneu null`.
 */
#include "config.h"

#include "explorer/views/statistics/statistics_state.h"

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
