/*
 * The Map view's place as options, and clicks on its points.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer/mouse.h"
#include "explorer/views/map/map_state.h"
#include "screen/keys.h"

const struct grid_column map_columns[MAP_COLUMNS] = {{"phone", "phone", true, false},
                                                     {"group", "group", true, false},
                                                     {"neurons", "neurons", false, true},
                                                     {"frames", "frames", false, true}};

void map_tell(const struct app *app, struct link *out)
{
    const struct map_state *s = map_state(app);
    char text[160];
    if (s->no_labels)
        link_add(out, "form", "bare");
    if (!s->property || s->of_property != app->at.property)
        return;
    for (uint32_t g = 0; g < s->groups; g++)
        if (s->hidden[g])
            link_add(out, "hide", "%s", s->property->group.name[g]);
    link_tell_list(&s->grid, out);
    if (s->selected) {
        map_point_name(s, (uint32_t)s->selected - 1, text, sizeof text);
        link_add(out, "select", "%s", text);
    } else if (app->phone[0]) /* which would choose a point */
        link_add(out, "select", "none");
}

/* Property and points, without waiting for their map. */
static enum status need_points(struct app *app, struct err *err)
{
    struct map_state *s = map_state(app);
    struct analysis *session = &app->file[app->here].session;
    const struct property *p;
    const struct property_layer *l;
    enum status code = analysis_property(session, app_property(app), &p, err);
    if (!code)
        code = analysis_layer(session, app_property(app), app->at.layer, &l, err);
    if (!code)
        code = map_adopt(app, p, err);
    if (code)
        return code;
    s->property = p;
    s->layer = l;
    return STATUS_OK;
}

/*
 * A point by the name that the map shows; the phone becomes the current one in the other views,
 * too. "none" keeps a phone chosen elsewhere from selecting a point.
 */
static enum status take_point(struct app *app, const char *value, struct err *err)
{
    struct map_state *s = map_state(app);
    char text[160];
    s->selected = 0;
    if (strcmp(value, "none") == 0)
        return STATUS_OK;
    for (uint32_t i = 0; i < s->points; i++) {
        map_point_name(s, i, text, sizeof text);
        if (strcmp(text, value) == 0) {
            s->selected = (long)i + 1;
            snprintf(app->phone, sizeof app->phone, "%s", s->property->point[i].label);
            return STATUS_OK;
        }
    }
    return err_set(err, STATUS_NOTFOUND, "no point '%.60s' on the map of %s", value,
                   app_property(app));
}

/*
 * Takes --form, --hide GROUP and --select POINT. NAME NULL restores the view as it opens. Groups
 * and points are known only once the property is, so it is made here without waiting for the map.
 */
enum status map_take(struct app *app, const char *name, const char *value, struct err *err)
{
    struct map_state *s = map_state(app);
    if (!name) {
        s->no_labels = false;
        s->selected = 0;
        map_show_all(app);
        grid_reset(&s->grid, map_columns, MAP_COLUMNS);
        return STATUS_OK;
    }
    if (strcmp(name, "form") == 0 && (!strcmp(value, "bare") || !strcmp(value, "labels"))) {
        s->no_labels = strcmp(value, "bare") == 0;
        return STATUS_OK;
    }
    bool hide = strcmp(name, "hide") == 0;
    if (!hide && strcmp(name, "select") != 0)
        return link_unknown(name, value, err);
    enum status code = need_points(app, err);
    if (code)
        return code;
    if (!hide)
        return take_point(app, value, err);
    uint32_t g = names_find(&s->property->group, value);
    if (g == NAMES_NONE)
        return err_set(err, STATUS_NOTFOUND, "no group '%.60s' in %s", value, app_property(app));
    s->hidden[g] = 1;
    return STATUS_OK;
}

/* The pattern of the point. */
bool map_set(const struct app *app, enum view_set which, struct buf *out)
{
    const struct map_state *s = map_state(app);
    (void)which;
    if (!s->selected || !s->property)
        return false;
    const struct property_point *p = &s->property->point[s->selected - 1];
    const char *group = s->property->group.name[p->group];
    buf_printf(out, "[\"%s\"", p->label);
    if (counts_find_factor(&app_file(app)->counts, s->property->name) >= 0 &&
        strcmp(s->property->name, "phone") != 0)
        buf_printf(out, ",\"%s\"=\"%s\"", s->property->name, group);
    buf_str(out, "]");
    return true;
}

/* To the point that was clicked; on the one selected, Enter. */
size_t map_click(const struct app *app, const struct canvas *c, int row, int col, uint32_t *key)
{
    const struct map_state *s = map_state(app);
    long point = map_point_at(app, c, row, col);
    size_t n = 0;
    if (point < 0)
        return 0;
    if (s->selected == point + 1) {
        key[0] = KEY_CODE_ENTER;
        return 1;
    }
    key[n++] = KEY_CODE_HOME;
    bool first = true;
    for (long i = 0; i <= point && n < MOUSE_MAX_KEYS; i++)
        if (!s->hidden[s->property->point[i].group]) {
            if (!first)
                key[n++] = KEY_CODE_DOWN;
            first = false;
        }
    return n;
}
