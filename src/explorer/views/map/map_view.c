/*
 * The Map view: the map of the current layer, turned to lie close to the one before (Procrustes),
 * its points and neighbours, and keys.
 */
#include "config.h"

#include "explorer/views/map/map_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/number.h"

/*
 * Drops the property with all that counts its points and groups: coordinates, hidden groups,
 * selection.
 */
static void map_forget(struct map_state *s)
{
    free(s->xy);
    free(s->hidden);
    s->xy = NULL;
    s->hidden = NULL;
    s->property = NULL;
    s->layer = NULL;
    s->points = s->groups = 0;
    s->selected = s->looked = 0;
    s->fresh = false;
}

static enum status map_init(struct app *app, struct err *err)
{
    (void)err;
    struct map_state *s = map_state(app);
    map_forget(s);
    s->grid.noun = "points";
    if (!s->grid.columns)
        grid_reset(&s->grid, map_columns, MAP_COLUMNS);
    return STATUS_OK;
}

static void map_release(struct app *app)
{
    map_forget(map_state(app));
    grid_free(&map_state(app)->grid);
}

bool map_shows(const struct map_state *s, uint32_t i)
{
    if (s->hidden[s->property->point[i].group])
        return false;
    if (!s->grid.filter[0])
        return true;
    for (size_t k = 0; k < s->grid.count; k++)
        if (s->grid.shown[k] == i)
            return true;
    return false;
}

/* The points as a list, to search and filter. */
static enum status fill_list(struct map_state *s, struct err *err)
{
    grid_clear(&s->grid);
    for (uint32_t i = 0; i < s->points; i++) {
        const struct property_point *p = &s->property->point[i];
        const double number[MAP_COLUMNS] = {
            NAN, NAN,
            (double)bitset_count(&s->layer->pattern[i * s->layer->words], s->layer->words),
            (double)p->frames};
        const char *const text[MAP_COLUMNS] = {level_label(p->label),
                                               s->property->group.name[p->group], "", ""};
        if (!grid_add(&s->grid, i, number, text))
            return err_nomem(err);
    }
    s->grid.wanted = s->selected != 0;
    s->grid.want = (uint64_t)(s->selected ? s->selected - 1 : 0);
    grid_arrange(&s->grid);
    s->grid.wanted = false;
    return STATUS_OK;
}

/* Room for the points and groups of a property that was not shown before. */
enum status map_adopt(struct app *app, const struct property *p, struct err *err)
{
    struct map_state *s = map_state(app);
    if (s->hidden && s->of_property == app->at.property && s->of_file == app->here &&
        s->points == p->points && s->groups == p->groups)
        return STATUS_OK;
    map_forget(s);
    s->xy = mem_zeros((size_t)p->points * 2, sizeof *s->xy);
    s->hidden = mem_zeros(p->groups, 1);
    if (!s->xy || !s->hidden)
        return err_nomem(err);
    s->points = p->points;
    s->groups = p->groups;
    s->of_property = app->at.property;
    s->of_file = app->here;
    s->of_layer = UINT32_MAX;
    for (uint32_t i = 0; i < p->points && app->phone[0]; i++)
        if (strcmp(p->point[i].label, app->phone) == 0) {
            s->selected = (long)i + 1;
            break;
        }
    return STATUS_OK;
}

/*
 * Every layer is laid over the one before, from layer 1 on, so that what one sees in a layer does
 * not depend on the way one came.  False while a layer is missing.
 */
static bool map_do_align(struct app *app)
{
    struct map_state *s = map_state(app);
    size_t n = (size_t)s->points * 2;
    double *ref = mem_array(n, sizeof *ref), *xy = mem_array(n, sizeof *xy);
    bool have = false, complete = ref && xy;
    for (uint32_t l = 0; complete && l <= app->at.layer; l++) {
        const struct engine_result *r = app_result(app, app->at.property, l);
        complete = r && (r->code || !r->xy || r->points == s->points);
        have = complete && !r->code && r->xy;
        if (!have)
            continue;
        memcpy(xy, r->xy, n * sizeof *xy);
        if (l > 0)
            map_align(xy, ref, s->points);
        memcpy(ref, xy, n * sizeof *xy);
    }
    if (complete && have && n)
        memcpy(s->xy, xy, n * sizeof *xy);
    free(ref);
    free(xy);
    return complete;
}

static int by_distance(const void *a, const void *b)
{
    const struct map_near *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

/* Distance of two patterns: square root of the number of neurons in one but not the other. */
static double pattern_distance(const struct property_layer *l, uint32_t a, uint32_t b)
{
    size_t n = 0;
    for (size_t w = 0; w < l->words; w++)
        n += (size_t)__builtin_popcountll(l->pattern[a * l->words + w] ^
                                          l->pattern[b * l->words + w]);
    return sqrt((double)n);
}

/*
 * The MAP_NEAREST patterns nearest to the selected one, by distance in full dimension; equal
 * distances keep the order of the points, so that the list is the same on every machine.
 */
static enum status find_near(struct map_state *s, struct err *err)
{
    s->nears = 0;
    s->looked = s->selected;
    if (!s->looked || s->points < 2)
        return STATUS_OK;
    uint32_t here = (uint32_t)s->looked - 1;
    struct map_near *all = mem_array(s->points, sizeof *all);
    size_t n = 0;
    if (!all)
        return err_nomem(err);
    for (uint32_t i = 0; i < s->points; i++)
        if (i != here)
            all[n++] = (struct map_near){i, pattern_distance(s->layer, here, i)};
    qsort(all, n, sizeof *all, by_distance);
    s->nears = n < MAP_NEAREST ? n : MAP_NEAREST;
    memcpy(s->near, all, s->nears * sizeof *all);
    free(all);
    return STATUS_OK;
}

/*
 * Fetches the property and layer to draw and aligns the map to that of the layer before. While the
 * layer's map is being computed the last picture stays (not fresh). The reason why there is no map
 * goes to `why`, which is drawn instead, and is not an error. The neighbours wait while keys are
 * still coming in (lag).
 */
static enum status map_prepare(struct app *app, struct err *err)
{
    struct map_state *s = map_state(app);
    struct analysis *session = &app->file[app->here].session;
    const struct property *p;
    const struct property_layer *l;
    s->why[0] = '\0';
    enum status code = analysis_property(session, app_property(app), &p, err);
    if (!code)
        code = analysis_layer(session, app_property(app), app->at.layer, &l, err);
    if (!code)
        code = map_adopt(app, p, err);
    if (code) {
        map_forget(s);
        snprintf(s->why, sizeof s->why, "%s: %.160s.\n\nAnother property: p.  Conditions: c.",
                 app_property(app), engine_without_path(session->counts, err->msg));
        return STATUS_OK;
    }
    s->property = p;
    s->layer = l;
    s->fresh = map_do_align(app);
    if (s->fresh)
        s->of_layer = app->at.layer;
    const struct engine_result *r = app_result(app, app->at.property, app->at.layer);
    if (r && r->code)
        snprintf(s->why, sizeof s->why, "%s", r->why);
    else if (r && !r->xy)
        snprintf(s->why, sizeof s->why,
                 "%u patterns are too many for a map (at most %d): narrow the conditions",
                 r->points, ENGINE_MAX_POINTS);
    code = fill_list(s, err);
    return code || app->lag ? code : find_near(s, err);
}

/* Steps through the points that are shown. */
static bool step_point(struct app *app, enum action action)
{
    struct map_state *s = map_state(app);
    size_t here = s->selected ? (size_t)s->selected - 1 : 0;
    if (!s->property || !s->points)
        return false;
    if (!s->selected && (action == ACTION_UP || action == ACTION_DOWN))
        ;
    else if (!lists_step(action, &here, s->points, 10))
        return false;
    bool up = action == ACTION_UP || action == ACTION_PAGE_UP || action == ACTION_LAST;
    size_t at = here;
    while (!map_shows(s, (uint32_t)at)) {
        if (up ? at == 0 : at + 1 == s->points)
            return true; /* nothing shown that way: stay */
        at += up ? (size_t)-1 : 1;
    }
    s->selected = (long)at + 1;
    snprintf(app->phone, sizeof app->phone, "%s", s->property->point[at].label);
    return true;
}

static bool map_legend(struct app *app, size_t i, struct legend_entry *entry)
{
    struct map_state *s = map_state(app);
    if (!s->property || i >= s->groups)
        return false;
    *entry = (struct legend_entry){group_letter(s->property, (uint32_t)i),
                                   s->property->group.name[i], &s->hidden[i]};
    return true;
}

/* A point of a hidden group is not selected. */
static void legend_switched(struct app *app)
{
    struct map_state *s = map_state(app);
    if (s->selected && s->hidden[s->property->point[s->selected - 1].group])
        s->selected = 0;
}

void map_show_all(struct app *app)
{
    struct map_state *s = map_state(app);
    if (s->hidden)
        memset(s->hidden, 0, s->groups);
}

/*
 * Keys of the map. Escape unselects the point and shows filtered points again. Not handled here:
 * opening without a selected point, and the legend where there is a map.
 */
static bool map_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct map_state *s = map_state(app);
    (void)arg;
    switch (action) {
    case ACTION_FORM: s->no_labels = !s->no_labels; break;
    case ACTION_GROUPS:
        if (s->property)
            return false;
        err_set(err, STATUS_NOTFOUND, "there is no map");
        break;
    case ACTION_OPEN:
        if (!s->selected)
            return false;
        err->code = view_show(app, ROLE_PHONE, NULL, err);
        break;
    case ACTION_DISMISS:
        s->selected = 0;
        grid_filter(&s->grid, "", NULL, err);
        break;
    default: return step_point(app, action);
    }
    return true;
}

static struct grid *map_grid(struct app *app)
{
    return &map_state(app)->grid;
}

/* The point found is the one at hand. */
static void map_moved(struct app *app)
{
    struct map_state *s = map_state(app);
    size_t row = grid_row(&s->grid);
    if (lists_filtering(app) || row >= s->points || !s->property)
        return;
    s->selected = (long)row + 1;
    snprintf(app->phone, sizeof app->phone, "%s", s->property->point[row].label);
}

/*
 * The selected point and its three nearest patterns; without one, the scores of the map. A property
 * of single points (each-phone) has no silhouette: only its stress is given.
 */
static void map_status(const struct app *app, struct buf *line)
{
    const struct map_state *s = map_state(app);
    char text[160];
    if (s->grid.filter[0])
        buf_printf(line, "%zu of %zu points with '%s'; ", s->grid.count, s->grid.rows,
                   s->grid.filter);
    if (s->why[0] || !s->property || !s->layer)
        return;
    if (!s->fresh) {
        buf_printf(line, "%s, layer %u is being computed", app_property(app), app->at.layer + 1);
        return;
    }
    const struct engine_result *r = app_result(app, s->of_property, s->of_layer);
    if (s->looked) {
        uint32_t i = (uint32_t)s->looked - 1;
        map_point_name(s, i, text, sizeof text);
        buf_printf(line, "%s: %zu neurons", text,
                   bitset_count(&s->layer->pattern[i * s->layer->words], s->layer->words));
        for (size_t k = 0; k < s->nears && k < 3; k++) {
            map_point_name(s, s->near[k].point, text, sizeof text);
            buf_printf(line, "%s %s %s", k ? "," : "; nearest", text,
                       number_fixed(s->near[k].distance, 1).text);
        }
    } else if (r && isnan(r->silhouette))
        buf_printf(line, "%s: %u patterns, stress %s", app_property(app), s->points,
                   number_fixed(r->stress, 3).text);
    else if (r)
        buf_printf(line, "%s: %u patterns, silhouette %s (full-dim. %s), stress %s",
                   app_property(app), s->points, number_fixed(r->silhouette, 3).text,
                   number_fixed(r->silhouette_full, 3).text, number_fixed(r->stress, 3).text);
}

const struct view view_map = {
    .lesson = "MAP: the activation patterns of one layer in the plane, as in figure 3 of the "
              "paper.\n"
              "\n"
              "Each point is the activation pattern of a phone, under the condition of its group "
              "(AH of female speakers, AH at low pitch, ...). The distance of two patterns is the "
              "square root of the number of neurons that are in only one of them. Multidimensional "
              "scaling places the points so that their distances in the plane approximate these "
              "distances: stress measures the error (0 = exact). Both axes have the same scale; "
              "their directions have no meaning. If the points of a group are close together and "
              "far from the others, the layer encodes the property; the silhouette measures that.\n"
              "\n"
              "A point is the letter of its group; * marks a cell with several groups. Each layer "
              "is rotated to match the previous one, so that stepping through the layers shows how "
              "groups form and dissolve.",
    .role = ROLE_LAYER,
    .needs = NEEDS_MAPS,
    .nulls = NULLS_PROPERTY,
    .points = true,
    .offers = {ACTION_NEXT_PROPERTY, ACTION_PREV_PROPERTY, ACTION_GROUPS, ACTION_GLYPHS},
    .named_by = NAMED_FILE | NAMED_PROPERTY | NAMED_LAYER,
    .state_size = sizeof(struct map_state),
    .init = map_init,
    .free = map_release,
    .apply = map_apply,
    .prepare = map_prepare,
    .render = map_render,
    .result = map_result,
    .figure = map_figure,
    .status = map_status,
    .grid = map_grid,
    .moved = map_moved,
    .tell = map_tell,
    .take = map_take,
    .set = map_set,
    .legend_title = "Groups shown",
    .legend = map_legend,
    .legend_switched = legend_switched,
    .click = map_click,
};
