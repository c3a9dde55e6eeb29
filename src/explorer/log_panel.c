/*
 * log_panel.c - the messages so far as a list.
 */
#include "config.h"

#include <stdio.h>

#include "explorer/app.h"

/* The messages so far, the latest at hand. */
enum status log_open(struct app *app, struct err *err)
{
    struct panel *p = &app->panel;
    size_t n = log_count(&app->log);
    enum status code = STATUS_OK;
    if (!n)
        return err_set(err, STATUS_NOTFOUND, "there are no messages yet");
    panel_begin(app, &panel_text, "Messages");
    for (size_t i = 0; !code && i < n; i++) {
        const struct log_entry *e = log_entry(&app->log, i);
        char text[560];
        if (e->times > 1)
            snprintf(text, sizeof text, "%s%s (%u times)", e->bad ? "! " : "  ", e->text, e->times);
        else
            snprintf(text, sizeof text, "%s%s", e->bad ? "! " : "  ", e->text);
        code = panel_add(p, -1, 0, 0, text, err);
    }
    code = panel_done(app, code);
    if (!code)
        panel_apply(app, ACTION_LAST, 0, err);
    return code;
}
