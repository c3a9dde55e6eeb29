/*
 * overlap_save.c - what the overlap view gives to a file: its regions and its figure.
 */
#include "config.h"

#include "explorer/views/overlap/overlap_state.h"

#include "figure/figures.h"
#include "report/report.h"

/* NAMES [SETS] are borrowed by D. */
static enum status overlap_data(const struct app *app, struct sets_data *d, const char **names,
                                struct err *err)
{
    const struct overlap_state *s = overlap_state(app);
    for (uint32_t i = 0; i < s->sets; i++)
        names[i] = s->set[i].text;
    if (!s->sets || s->why[0])
        return err_set(err, STATUS_NOTFOUND, "there are no sets");
    *d = (struct sets_data){&s->result, names, app->at.layer};
    return STATUS_OK;
}

enum status overlap_result(const struct app *app, struct table *out, struct err *err)
{
    const char *names[SETS];
    struct sets_data d;
    enum status code = overlap_data(app, &d, names, err);
    return code ? code : report_overlap(out, d.overlap, overlap_state(app)->set, d.layer, err);
}

enum status overlap_figure(const struct app *app, struct figure *out, struct err *err)
{
    const char *names[SETS];
    struct sets_data d;
    enum status code = overlap_data(app, &d, names, err);
    if (!code)
        figure_sets(out, &d, 0, 0);
    return code;
}
