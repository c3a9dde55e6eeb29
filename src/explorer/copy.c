/*
 * What can be copied to the clipboard: the link to this place, the set, a list, or the screen.
 */
#include "config.h"

#include "explorer/copy.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "explorer/lists.h"
#include "explorer/view.h"

static enum status copy_choose_line(struct app *app, const struct panel_line *line, struct err *err)
{
    return copy_choose(app, (enum action)line->major, err);
}

static const struct panel_kind copy_panel = {.context = CTX_COPY, .choose = copy_choose_line};

enum status copy_open(struct app *app, struct err *err)
{
    enum status code = STATUS_OK;
    panel_begin(app, &copy_panel, "Copy");
    for (int a = ACTION_COPY_LINK; !code && a <= ACTION_COPY_TABLE; a++) {
        char text[120], key[16];
        const struct action_entry *e = action_entry((enum action)a, CTX_COPY);
        action_key_name(e, key, sizeof key);
        snprintf(text, sizeof text, "%s  %s", key, e->help);
        code = panel_add(&app->panel, -1, (uint32_t)a, 0, text, err);
    }
    return panel_done(app, code);
}

/* Row ROW of G, its columns with tabs between; numbers that were not given as text are added. */
static void add_row(const struct grid *g, size_t row, struct buf *out)
{
    const char *text = buf_text(&g->plain) + g->at[row];
    for (unsigned k = 0; k < g->columns; k++) {
        size_t len = strcspn(text, "\n");
        buf_str(out, k ? "\t" : "");
        if (len)
            buf_add(out, text, len);
        else if (g->number[row * g->columns + k] == g->number[row * g->columns + k])
            buf_str(out, number_short(g->number[row * g->columns + k], 10).text);
        text += len + 1;
    }
}

/*
 * The row under the cursor without a newline, or ALL rows shown, with the columns' names above, as
 * tab-separated text.
 */
static enum status copy_list(struct app *app, bool all, struct err *err)
{
    const struct grid *g = lists_of_view(app);
    if (!g || !g->count)
        return err_set(err, STATUS_NOTFOUND, "there is no list here");
    for (unsigned k = 0; all && k < g->columns; k++)
        buf_printf(&app->clip.text, "%s%s%s", k ? "\t" : "", g->column[k].name,
                   k + 1 == g->columns ? "\n" : "");
    for (size_t i = 0; i < g->count; i++)
        if (all || i == g->here) {
            add_row(g, g->shown[i], &app->clip.text);
            buf_str(&app->clip.text, all ? "\n" : "");
        }
    return STATUS_OK;
}

static enum status copy_set(struct app *app, struct err *err)
{
    const struct view *view = view_current(app);
    if (!view->set || !view->set(app, SET_ASKED, &app->clip.text))
        return err_set(err, STATUS_NOTFOUND, "there is no set here");
    return STATUS_OK;
}

/* What is too long for the status line, in lines of its own. */
static enum status show_whole(struct app *app, struct err *err)
{
    size_t width = app->cols > 40 ? (size_t)app->cols - 14 : 26;
    const char *text = buf_text(&app->clip.text);
    enum status code = STATUS_OK;
    char line[2 * CANVAS_MAX_SIDE];
    panel_begin(app, &panel_text, "Copied");
    while (!code && *text) {
        size_t len = strlen(text), n = len;
        if (len > width) /* at a blank where there is one */
            for (n = width; n > width / 2 && text[n] != ' '; n--)
                ;
        if (len > width && text[n] != ' ')
            n = width;
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        code = panel_add(&app->panel, -1, 0, 0, line, err);
        text += n + (text[n] == ' ');
    }
    return panel_done(app, code);
}

/*
 * Fills the clip with what ACTION copies and says so. Whoever owns the terminal passes it on
 * (ready); a clip over COPY_MAX bytes is refused there, since terminals limit the sequence, and the
 * message says so. A line that the status line would cut is shown whole in a panel.
 */
enum status copy_choose(struct app *app, enum action action, struct err *err)
{
    size_t lines = 1;
    enum status code = STATUS_OK;
    panel_close(&app->panel);
    if (app_file(app)->changed && action != ACTION_COPY_LINK)
        return err_set(err, STATUS_IO, "%s: was changed while in use", app_file(app)->path);
    buf_clear(&app->clip.text);
    switch (action) {
    case ACTION_COPY_ROW: code = copy_list(app, false, err); break;
    case ACTION_COPY_TABLE: code = copy_list(app, true, err); break;
    case ACTION_COPY_SET: code = copy_set(app, err); break;
    case ACTION_COPY_NEURONS: code = marks_lines(app, &app->clip.text, &lines, err); break;
    default: link_command(app, &app->clip.text);
    }
    if (!code && !buf_ok(&app->clip.text))
        code = err_nomem(err);
    if (code) {
        buf_free(&app->clip.text);
        return code;
    }
    app->clip.ready = true;
    if (app->clip.text.len > COPY_MAX)
        app_say(app, true, "%zu bytes are too many for the clipboard (at most %d)",
                app->clip.text.len, COPY_MAX);
    else if (action == ACTION_COPY_NEURONS)
        app_say(app, false, "copied: %zu neurons", lines);
    else if (action == ACTION_COPY_TABLE)
        app_say(app, false, "copied: the table, %zu bytes", app->clip.text.len);
    else {
        app_say(app, false, "copied: %s", buf_text(&app->clip.text));
        if (text_width(buf_text(&app->clip.text)) + 8 > app->cols)
            code = show_whole(app, err);
    }
    return code;
}
