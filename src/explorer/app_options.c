/*
 * The settings as a list to choose from, each written to the user's settings when it is changed.
 */
#include "config.h"

#include "explorer/app_options.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "formats/configfile.h"
#include "explorer/view.h"

enum { SETTINGS = 6 };

/* Setting number I as it is now; its name. */
static const char *app_options_setting(const struct app *app, int i, char *value, size_t size)
{
    static const char *const names[SETTINGS] = {"view",  "sigma", "marks",
                                                "ascii", "mouse", "color"};
    switch (i) {
    case 0: snprintf(value, size, "%s", view_name(app->at.view)); break;
    case 1: snprintf(value, size, "%s", number_short(app->sigma, 10).text); break;
    case 2: snprintf(value, size, "%s", link_glyphs[app->glyphs.points]); break;
    case 3: snprintf(value, size, "%s", app->ascii ? "yes" : "no"); break;
    case 4: snprintf(value, size, "%s", app->mouse ? "yes" : "no"); break;
    default: snprintf(value, size, "%s", app->settings.color ? app->settings.color : "auto");
    }
    return names[i];
}

/*
 * Writes one setting or, with major SETTINGS, all of them. The place of the settings file comes
 * from the start of the program; without one nothing can be saved.
 */
static enum status options_choose(struct app *app, const struct panel_line *line, struct err *err)
{
    uint32_t which = line->major;
    char value[64];
    enum status code = STATUS_OK;
    panel_close(&app->panel);
    if (!app->settings.path)
        return err_set(err, STATUS_UNSUPPORTED, "settings are disabled (--no-config, or no HOME)");
    for (int i = 0; !code && i < SETTINGS; i++)
        if (which == SETTINGS || which == (uint32_t)i) {
            const char *name = app_options_setting(app, i, value, sizeof value);
            code = config_write(app->settings.path, name, value, err);
        }
    if (!code)
        app_say(app, false, "saved in %s", app->settings.path);
    return code;
}

static const struct panel_kind options_panel = {.look = PANEL_MENU, .choose = options_choose};

enum status options_open(struct app *app, struct err *err)
{
    char value[64], text[160];
    enum status code = STATUS_OK;
    panel_begin(app, &options_panel, "Save as a setting of the explorer");
    for (int i = 0; !code && i < SETTINGS; i++) {
        const char *name = app_options_setting(app, i, value, sizeof value);
        snprintf(text, sizeof text, "%s = %s", name, value);
        code = panel_add(&app->panel, -1, (uint32_t)i, 0, text, err);
    }
    if (!code)
        code = panel_add(&app->panel, -1, SETTINGS, 0, "all of these", err);
    return panel_done(app, code);
}
