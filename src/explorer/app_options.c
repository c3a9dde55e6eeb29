#include "config.h"

#include "explorer/app_options.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "formats/configfile.h"
#include "explorer/view.h"

static const char *const view_names[VIEW_COUNT] = {
#define VIEW_NAME(id, name, title) [VIEW_##id] = name,
    VIEWS(VIEW_NAME)
#undef VIEW_NAME
};

enum { SETTINGS = 6 };

/* Setting number I as it is now; its name. */
static const char *setting(const struct app *app, int i, char *value, size_t size)
{
    static const char *const names[SETTINGS] = {"view",  "sigma", "marks",
                                                "ascii", "mouse", "color"};
    switch (i) {
    case 0: snprintf(value, size, "%s", view_names[app->at.view]); break;
    case 1: snprintf(value, size, "%s", number_short(app->sigma, 10).text); break;
    case 2: snprintf(value, size, "%s", link_glyphs[app->point_glyphs]); break;
    case 3: snprintf(value, size, "%s", app->ascii ? "yes" : "no"); break;
    case 4: snprintf(value, size, "%s", app->mouse ? "yes" : "no"); break;
    default: snprintf(value, size, "%s", app->color ? app->color : "auto");
    }
    return names[i];
}

enum status options_open(struct app *app, struct err *err)
{
    char value[64], text[160];
    enum status code = STATUS_OK;
    panel_begin(app, PANEL_OPTIONS, "Save as a setting: how the explorer opens");
    for (int i = 0; !code && i < SETTINGS; i++) {
        const char *name = setting(app, i, value, sizeof value);
        snprintf(text, sizeof text, "%s = %s", name, value);
        code = panel_add(&app->panel, -1, (uint32_t)i, 0, text, err);
    }
    if (!code)
        code = panel_add(&app->panel, -1, SETTINGS, 0, "all of these", err);
    return panel_done(app, code);
}

enum status options_choose(struct app *app, const struct panel_line *line, struct err *err)
{
    uint32_t which = line->major;
    char value[64];
    enum status code = STATUS_OK;
    panel_close(&app->panel);
    if (!app->config_path)
        return err_set(err, STATUS_UNSUPPORTED,
                       "settings are not read (--no-config, or no HOME), so none are saved");
    for (int i = 0; !code && i < SETTINGS; i++)
        if (which == SETTINGS || which == (uint32_t)i) {
            const char *name = setting(app, i, value, sizeof value);
            code = config_write(app->config_path, name, value, err);
        }
    if (!code)
        app_say(app, false, "saved in %s", app->config_path);
    return code;
}
