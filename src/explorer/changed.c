/*
 * Files that another program writes into while the explorer shows them: they are noticed by their
 * time and size whenever the screen is drawn, which also happens when results come.
 */
#include "config.h"

#include "explorer/changed.h"

#include <stdio.h>
#include <stdlib.h>

#include "formats/mapped.h"
#include "formats/tokenfile.h"

bool changed_now(const struct app_file *f)
{
    if (f->changed || mapped_changed(f->path))
        return true;
    char *tokens = f->nulls ? tokens_path(f->path) : NULL;
    bool changed = tokens && mapped_changed(tokens);
    free(tokens);
    return changed;
}

bool changed_notice(struct app *app)
{
    bool any = false;
    for (size_t i = 0; i < app->files; i++) {
        struct app_file *f = &app->file[i];
        if (!f->open || f->changed || !changed_now(f))
            continue;
        f->changed = any = true;
        snprintf(f->why, sizeof f->why, "was changed while in use");
        app_say(app, true, "%s: was changed while in use", f->path);
    }
    if (any && app_file(app)->changed && !app->prompt.kind)
        panel_close(&app->panel);
    return any;
}

bool changed_refuses(const struct app *app, enum action action, unsigned context, struct err *err)
{
    if (!app_file(app)->changed || !(context & CTX_VIEWS))
        return false;
    switch (action) {
    case ACTION_HELP:
    case ACTION_QUIT:
    case ACTION_QUIT_PRINT:
    case ACTION_NEXT_FILE:
    case ACTION_PREV_FILE:
    case ACTION_LOG:
    case ACTION_MOUSE:
    case ACTION_COPY:
    case ACTION_REDRAW: return false;
    default:
        err_set(err, STATUS_IO, "%s: was changed while in use", app_file(app)->path);
        return true;
    }
}

void changed_render(const struct app *app, struct canvas *c, struct rect area)
{
    char text[600];
    snprintf(text, sizeof text,
             "Another program wrote into this file while it was in use. Numbers would be made of "
             "both contents, so none are shown: leave (q) and open the file again. yl copies the "
             "command that does%s.",
             app->files > 1 ? "; f goes to another file" : "");
    canvas_blank(c, (struct rect){area.row, area.col, area.rows + 1, area.cols});
    canvas_wrap(c, area, STYLE_ALERT, text);
    if (app->message.text[0])
        canvas_text(c, area.row + area.rows, 0, c->cols,
                    app->message.bad ? STYLE_ALERT : STYLE_STRONG, app->message.text);
    c->cursor_row = -1;
}
