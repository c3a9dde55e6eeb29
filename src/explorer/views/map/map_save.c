/*
 * map_save.c - what the map gives to a file: its points and its figure.
 */
#include "config.h"

#include "explorer/views/map/map_state.h"

#include "figure/figures.h"
#include "report/report.h"

/*
 * What is drawn, borrowed from the view; a map still being computed for another layer is not given
 * away as this one's.
 */
static enum status map_shown(const struct app *app, struct map_data *d, struct err *err)
{
    const struct map_state *s = map_state(app);
    const struct engine_result *r = app_result(app, s->of_property, s->of_layer);
    if (s->why[0] || !s->property || !s->fresh || !r)
        return err_set(err, STATUS_NOTFOUND, "there is no map");
    *d = (struct map_data){.property = s->property,
                           .xy = s->xy,
                           .hidden = s->hidden,
                           .layer = s->of_layer,
                           .stress = r->stress,
                           .silhouette = r->silhouette,
                           .silhouette_full = r->silhouette_full,
                           .selected =
                               s->selected ? s->property->point[s->selected - 1].label : NULL,
                           .no_labels = s->no_labels};
    return STATUS_OK;
}

/* Coordinates as `propneu map` has them: the view turns each layer's map towards the one before. */
enum status map_result(const struct app *app, struct table *out, struct err *err)
{
    const struct map_state *s = map_state(app);
    const struct engine_result *r = app_result(app, s->of_property, s->of_layer);
    struct map_data d;
    enum status code = map_shown(app, &d, err);
    return code ? code : report_map(out, d.property, d.layer, r->xy, d.hidden, NULL, err);
}

enum status map_figure(const struct app *app, struct figure *out, struct err *err)
{
    struct map_data d;
    enum status code = map_shown(app, &d, err);
    if (!code)
        figure_maps(out, &d, 1, 0, 0);
    return code;
}
