/*
 * view.c - finding a view: by its number, its name, or what it is there to show.
 */
#include "config.h"

#include "explorer/view.h"

#include <string.h>

static const struct {
    const char *name, *title;
    const struct view *view;
} views[VIEW_COUNT] = {
#define VIEW_ROW(id, name, title, definition) {name, title, &definition},
    VIEWS(VIEW_ROW)
#undef VIEW_ROW
};

const struct view *view_of(enum view_id id)
{
    return views[id].view;
}

const char *view_name(enum view_id id)
{
    return views[id].name;
}

const char *view_title(enum view_id id)
{
    return views[id].title;
}

enum view_id view_find(const char *name)
{
    int v = 0;
    while (v < VIEW_COUNT && strcmp(views[v].name, name) != 0)
        v++;
    return (enum view_id)v;
}

enum status view_show(struct app *app, enum view_role role, const char *set, struct err *err)
{
    int v = 0;
    while (v < VIEW_COUNT && views[v].view->role != role)
        v++;
    if (v == VIEW_COUNT)
        return err_set(err, STATUS_UNSUPPORTED, "no view shows this");
    enum status code = set ? views[v].view->take(app, "set", set, err) : STATUS_OK;
    if (!code)
        app->at.view = (enum view_id)v;
    return code;
}
