#include "config.h"

#include "explorer/view.h"

#include <stdio.h>

/* The legend of the view at hand as a list, each line to be switched on and off. */
enum status legend_open(struct app *app, struct err *err)
{
    struct legend_entry entry[LEGEND_MAX];
    const struct view *view = view_of(app->at.view);
    size_t n = view->legend ? view->legend(app, entry, LEGEND_MAX) : 0;
    enum status code = STATUS_OK;
    if (!n)
        return err_set(err, STATUS_NOTFOUND, "there is nothing to show or hide");
    panel_begin(app, PANEL_GROUPS, "Curves shown");
    for (size_t i = 0; !code && i < n; i++) {
        char text[128];
        snprintf(text, sizeof text, "%c %.100s", entry[i].letter, entry[i].name);
        code = panel_add(&app->panel, !*entry[i].hidden, (uint32_t)i, 0, text, err);
    }
    return panel_done(app, code);
}

enum status legend_toggle(struct app *app, uint32_t i, struct err *err)
{
    struct legend_entry entry[LEGEND_MAX];
    const struct view *view = view_of(app->at.view);
    size_t n = view->legend ? view->legend(app, entry, LEGEND_MAX) : 0;
    if (i < n)
        *entry[i].hidden = !*entry[i].hidden;
    return legend_open(app, err);
}

enum status legend_show_all(struct app *app, struct err *err)
{
    struct legend_entry entry[LEGEND_MAX];
    const struct view *view = view_of(app->at.view);
    size_t n = view->legend ? view->legend(app, entry, LEGEND_MAX) : 0;
    for (size_t i = 0; i < n; i++)
        *entry[i].hidden = 0;
    return legend_open(app, err);
}
