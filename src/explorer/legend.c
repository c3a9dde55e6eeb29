/*
 * legend.c - the legend of the view shown as a panel, each line to be switched on and off.
 */
#include "config.h"

#include "explorer/legend.h"

#include <stdio.h>

#include "explorer/view.h"

static bool legend_entry(struct app *app, size_t i, struct legend_entry *entry)
{
    const struct view *view = view_current(app);
    return view->legend && view->legend(app, i, entry);
}

static enum status legend_switched(struct app *app, struct err *err)
{
    if (view_current(app)->legend_switched)
        view_current(app)->legend_switched(app);
    return legend_open(app, err);
}

static enum status legend_toggle(struct app *app, const struct panel_line *line, struct err *err)
{
    struct legend_entry entry;
    if (legend_entry(app, line->major, &entry))
        *entry.hidden = !*entry.hidden;
    return legend_switched(app, err);
}

static enum status legend_show_all(struct app *app, struct err *err)
{
    struct legend_entry entry;
    for (size_t i = 0; legend_entry(app, i, &entry); i++)
        *entry.hidden = 0;
    return legend_switched(app, err);
}

static const struct panel_kind legend_panel = {
    .look = PANEL_BOXES, .choose = legend_toggle, .reset = legend_show_all};

enum status legend_open(struct app *app, struct err *err)
{
    struct legend_entry entry;
    enum status code = STATUS_OK;
    if (!legend_entry(app, 0, &entry))
        return err_set(err, STATUS_NOTFOUND, "there is nothing to show or hide");
    panel_begin(app, &legend_panel, view_current(app)->legend_title);
    for (size_t i = 0; !code && legend_entry(app, i, &entry); i++) {
        char text[128];
        snprintf(text, sizeof text, "%c %.100s", entry.letter, entry.name);
        code = panel_add(&app->panel, !*entry.hidden, (uint32_t)i, 0, text, err);
    }
    return panel_done(app, code);
}
