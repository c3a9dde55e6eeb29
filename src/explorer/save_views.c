#include "config.h"

#include "explorer/save.h"

#include <stdlib.h>
#include <string.h>

#include "explorer/views/compare/compare_state.h"
#include "explorer/views/layers/layers_state.h"
#include "explorer/views/map/map_state.h"
#include "explorer/views/neurons/neurons_state.h"
#include "explorer/views/pattern/pattern_state.h"
#include "base/mem.h"

/* Layers: all that the engine has found of the file at hand, curves that are hidden left out. */
static enum status take_layers(const struct app *app, struct scores *s, struct err *err)
{
    const struct layers_state *state = view_state(app, VIEW_LAYERS);
    const struct app_file *f = app_file(app);
    const char *path = f->path;
    char *title = NULL;
    enum status code = scores_titles(&title, &path, 1, err);
    if (!code)
        code = scores_take(s, f->engine, &f->counts, &f->session.names, title, err);
    for (uint32_t p = 0; !code && p < s->properties && p < MAX_PROPERTIES; p++)
        s->property[p].asked = !state->hidden[p];
    free(title);
    return code;
}

static enum status layers_out(const struct app *app, struct figure *f, struct table *t,
                              struct err *err)
{
    const struct layers_state *state = view_state(app, VIEW_LAYERS);
    struct scores s;
    enum status code = take_layers(app, &s, err);
    if (code)
        return code;
    if (f && state->form == LAYERS_NEURONS)
        figure_curves(f, &s, 1, CURVES_NEURONS, 0, 0);
    else if (f && state->form == LAYERS_CURVES)
        figure_both(f, &s, 0, 0);
    else if (f)
        figure_curves(f, &s, 1, CURVES_SILHOUETTES, 0, 0);
    if (t)
        table_layers(t, &s, 1);
    scores_free(&s);
    return STATUS_OK;
}

static enum status compare_out(const struct app *app, struct figure *f, struct table *t,
                               struct err *err)
{
    const struct compare_state *s = compare_state(app);
    struct scores *shown = mem_zeros(s->files, sizeof *shown); /* borrowed from s */
    size_t n = 0;
    if (!shown)
        return err_nomem(err);
    for (size_t i = 0; i < s->files; i++)
        if (app->file[i].open && !(s->form == COMPARE_CURVES && s->hidden[i]))
            shown[n++] = s->scores[i];
    bool best = s->form == COMPARE_BEST;
    if (f && best)
        figure_best(f, shown, n, 0, 0);
    else if (f)
        figure_curves(f, shown, n, CURVES_NEURONS, 0, 0);
    if (t && best)
        table_best(t, shown, n);
    else if (t)
        table_layers(t, shown, n);
    free(shown);
    return n ? STATUS_OK : err_set(err, STATUS_NOTFOUND, "there are no files to compare");
}

static enum status pattern_out(const struct app *app, struct figure *f, struct table *t,
                               struct err *err)
{
    const struct pattern_state *s = pattern_state(app);
    const struct counts *c = &app_file(app)->counts;
    int factor = counts_find_factor(c, "phone");
    struct rank_data d = {.layer = app->at.layer, .logarithmic = !s->even};
    for (int k = 0; k <= PATTERN_MARKS && factor >= 0; k++) {
        const struct pattern_curve *curve = &s->curve[k];
        bool kept = k && s->marked[k - 1], here = !k && pattern_mark_of(s, s->here) < 0;
        if (curve->there && (kept || here))
            d.curve[d.curves++] = (struct rank_curve){c->factor[factor].level[curve->level],
                                                      &curve->profile, curve->order};
    }
    if (!d.curves)
        return err_set(err, STATUS_NOTFOUND, "there is no pattern");
    if (f)
        figure_ranks(f, &d, 0, 0);
    if (t)
        table_ranks(t, &d);
    return STATUS_OK;
}

static enum status map_out(const struct app *app, struct figure *f, struct table *t,
                           struct err *err)
{
    const struct map_state *s = map_state(app);
    const struct engine_result *r = app_result(app, s->of_property, s->of_layer);
    if (s->why[0] || !s->property || !s->fresh || !r)
        return err_set(err, STATUS_NOTFOUND, "there is no map");
    struct map_data d = {.property = s->property,
                         .xy = s->xy,
                         .hidden = s->hidden,
                         .layer = s->of_layer,
                         .stress = r->stress,
                         .silhouette = r->silhouette,
                         .silhouette_full = r->silhouette_full,
                         .selected = s->selected ? s->property->point[s->selected - 1].label : NULL,
                         .no_labels = s->no_labels};
    if (f)
        figure_maps(f, &d, 1, 0, 0);
    if (t)
        table_maps(t, &d, 1);
    return STATUS_OK;
}

static enum status overlap_out(const struct app *app, struct figure *f, struct table *t,
                               struct err *err)
{
    const char *names[OVERLAP_MAX_SETS];
    struct sets_data d = {overlap_shown(app, names), names, app->at.layer};
    if (!d.overlap)
        return err_set(err, STATUS_NOTFOUND, "there are no sets");
    if (f)
        figure_sets(f, &d, 0, 0);
    if (t)
        table_sets(t, &d);
    return STATUS_OK;
}

static enum status neurons_out(const struct app *app, struct table *t, struct err *err)
{
    static const char *const columns[] = {"layer",      "neuron", "group",    "best_phone",
                                          "best_group", "p",      "patterns", "of_patterns"};
    const struct neurons_state *s = neurons_state(app);
    const struct property *p = s->property;
    if (s->why[0] || !p)
        return err_set(err, STATUS_NOTFOUND, "there are no neurons");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        table_column(t, columns[i]);
    for (size_t i = 0; i < s->grid.count; i++) {
        const struct neuron_row *r = &s->row[s->grid.shown[i]];
        table_count(t, s->of_layer + 1);
        table_count(t, r->neuron);
        table_words(t, r->group < p->groups ? p->group.name[r->group] : NULL);
        table_words(t, level_label(p->point[r->best].label));
        table_words(t, level_label(p->group.name[p->point[r->best].group]));
        table_number(t, r->p, 8);
        table_count(t, r->patterns);
        table_count(t, p->points);
    }
    return STATUS_OK;
}

/* One of both, for the view at hand. */
static enum status give(const struct app *app, struct figure *f, struct table *t, struct err *err)
{
    if (!app_settled(app))
        return err_set(err, STATUS_NOTFOUND, "not all is computed yet: save it when it is");
    switch (app->at.view) {
    case VIEW_LAYERS: return layers_out(app, f, t, err);
    case VIEW_PATTERN: return pattern_out(app, f, t, err);
    case VIEW_MAP: return map_out(app, f, t, err);
    case VIEW_OVERLAP: return overlap_out(app, f, t, err);
    case VIEW_COMPARE: return compare_out(app, f, t, err);
    case VIEW_NEURONS:
        if (t)
            return neurons_out(app, t, err);
        break;
    default: break;
    }
    return err_set(err, STATUS_UNSUPPORTED,
                   f ? "this view has no figure of its own"
                     : "this view has no table: save it as .txt or .svg");
}

enum status save_table(const struct app *app, struct table *t, struct err *err)
{
    return give(app, NULL, t, err);
}

enum status save_figure(const struct app *app, struct figure *f, struct err *err)
{
    return give(app, f, NULL, err);
}
