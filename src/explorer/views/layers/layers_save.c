/*
 * layers_save.c - what the layers view gives to a file: its numbers and its figure.
 *
 * All that the engine has found of the file shown; properties whose curves are hidden are left out.
 */
#include "config.h"

#include "explorer/views/layers/layers_state.h"

#include <stdlib.h>

#include "figure/figures.h"
#include "report/report.h"

/*
 * What the engine has of the file. Hidden curves are not asked for, so that tables and figures
 * leave them out.
 */
static enum status layers_scores(const struct app *app, struct scores *s, struct err *err)
{
    const struct layers_state *state = view_state(app, VIEW_LAYERS);
    const struct app_file *f = app_file(app);
    const char *path = f->path;
    char *title = NULL;
    enum status code = scores_titles(&title, &path, 1, err);
    if (!code)
        code = scores_take(s, f->engine, &f->counts, &f->session.names, title, err);
    for (uint32_t p = 0; !code && p < s->properties && p < MAX_PROPERTIES; p++)
        s->property[p].asked = p >= MAX_PROPERTIES || !state->hidden[p];
    free(title);
    return code;
}

enum status layers_result(const struct app *app, struct table *out, struct err *err)
{
    struct scores s;
    enum status code = layers_scores(app, &s, err);
    if (code)
        return code;
    code = report_layers(out, &s, 1, 0, err);
    scores_free(&s);
    return code;
}

/* The curves that the form shows; of the table the silhouettes. */
enum status layers_figure(const struct app *app, struct figure *out, struct err *err)
{
    const struct layers_state *state = view_state(app, VIEW_LAYERS);
    struct scores s;
    enum status code = layers_scores(app, &s, err);
    if (code)
        return code;
    if (state->form == LAYERS_NEURONS)
        figure_curves(out, &s, 1, CURVES_NEURONS, 0, 0);
    else if (state->form == LAYERS_CURVES)
        figure_both(out, &s, 0, 0);
    else
        figure_curves(out, &s, 1, CURVES_SILHOUETTES, 0, 0);
    scores_free(&s);
    return STATUS_OK;
}
