/*
 * compare_save.c - what the compare view gives to a file: its numbers and its figure.
 */
#include "config.h"

#include "explorer/views/compare/compare_state.h"

#include <stdlib.h>

#include "base/mem.h"
#include "figure/figures.h"
#include "report/report.h"

/* The scores of the files shown, [*COUNT], borrowed from S in an array that the caller frees. */
static enum status compare_shown(const struct app *app, struct scores **shown, size_t *count,
                                 struct err *err)
{
    const struct compare_state *s = compare_state(app);
    *shown = mem_zeros(s->files, sizeof **shown);
    *count = 0;
    if (!*shown)
        return err_nomem(err);
    for (size_t i = 0; i < s->files; i++)
        if (app_file_there(app, i) && !(s->form == COMPARE_CURVES && s->hidden[i]))
            (*shown)[(*count)++] = s->scores[i];
    if (*count)
        return STATUS_OK;
    free(*shown);
    return err_set(err, STATUS_NOTFOUND, "there are no files to compare");
}

enum status compare_result(const struct app *app, struct table *out, struct err *err)
{
    struct scores *shown;
    size_t n;
    enum status code = compare_shown(app, &shown, &n, err);
    if (code)
        return code;
    if (compare_state(app)->form == COMPARE_BEST)
        code = report_best(out, shown, n, 0, err);
    else
        code = report_layers(out, shown, n, 0, err);
    free(shown);
    return code;
}

enum status compare_figure(const struct app *app, struct figure *out, struct err *err)
{
    struct scores *shown;
    size_t n;
    enum status code = compare_shown(app, &shown, &n, err);
    if (code)
        return code;
    if (compare_state(app)->form == COMPARE_BEST)
        figure_best(out, shown, n, 0, 0);
    else
        figure_curves(out, shown, n, CURVES_NEURONS, 0, 0);
    free(shown);
    return STATUS_OK;
}
