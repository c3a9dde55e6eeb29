/*
 * The frame around every view: title, tabs, status line and footer, and what is drawn where the
 * terminal is too small.
 */
#include "config.h"

#include "base/number.h"
#include "explorer/changed.h"
#include "explorer/view.h"

#include <stdio.h>
#include <string.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "512", or "512-2048" where layers differ. */
static void widths_text(const struct counts *k, char *text, size_t size)
{
    uint32_t low = UINT32_MAX, high = 0;
    for (uint32_t l = 0; l < k->layers; l++) {
        low = k->layer[l].width < low ? k->layer[l].width : low;
        high = k->layer[l].width > high ? k->layer[l].width : high;
    }
    if (low == high)
        snprintf(text, size, "%u", low);
    else
        snprintf(text, size, "%u-%u", low, high);
}

/*
 * File, model, layers x neurons, lambda, sigma, conditions.  Where not all fits, the model goes
 * first, then lambda; what limits the data shown (the conditions) stays.
 */
static void draw_title(const struct app *app, struct canvas *c)
{
    const struct app_file *f = app_file(app);
    char part[6][300], width[32];
    static const int shed[] = {1, 3, 2};
    char which[32] = "";
    if (app->files > 1)
        snprintf(which, sizeof which, " (%zu of %zu)", app->here + 1, app->files);
    snprintf(part[0], sizeof part[0], "%.200s%s", base_name(f->path), which);
    snprintf(part[1], sizeof part[1], "%.200s", f->counts.model ? f->counts.model : "");
    widths_text(&f->counts, width, sizeof width);
    snprintf(part[2], sizeof part[2], "%u layers x %s neurons", f->counts.layers, width);
    snprintf(part[3], sizeof part[3], "lambda %s%%",
             number_short(f->counts.lambda_percent, 6).text);
    snprintf(part[4], sizeof part[4], "sigma %s%%", number_short(app->sigma, 6).text);
    query_filters_text(&f->session.filters, &f->counts, part[5], sizeof part[5]);
    for (size_t s = 0;; s++) {
        int total = 0;
        for (int i = 0; i < 6; i++)
            total += part[i][0] ? text_width(part[i]) + 2 : 0;
        if (total <= c->cols || s == sizeof shed / sizeof shed[0])
            break;
        part[shed[s]][0] = '\0';
    }
    int col = 0;
    for (int i = 0; i < 6; i++)
        if (part[i][0] && col < c->cols)
            col += canvas_text(c, 0, col, c->cols - col,
                               i == 0   ? STYLE_TITLE
                               : i == 5 ? STYLE_STRONG
                                        : STYLE_NORMAL,
                               part[i]) +
                   2;
}

/* TITLE, or where it is long its beginning; the width. */
static int short_title(const char *title, char *text, size_t size)
{
    snprintf(text, size, text_width(title) > 7 ? "%.5s." : "%s", title);
    return text_width(text);
}

/*
 * Tabs in the widest of three forms for which there is room: whole titles, short titles, numbers
 * only; the current view has its whole title where that fits. The layer follows at the right, as
 * "7/12" where "layer 7 of 12" does not fit. A plain canvas names view and layer in words instead.
 */
static void draw_tabs(const struct app *app, struct canvas *c)
{
    int col = 0;
    if (c->plain) {
        canvas_textf(c, 1, 0, c->cols, STYLE_NORMAL, "%s, layer %u of %u", view_title(app->at.view),
                     app->at.layer + 1, app_file(app)->counts.layers);
        return;
    }
    char where[128];
    int whole = 14, narrow = 6; /* "layer 12 of 24"; "12/24" */
    for (int v = 0; v < VIEW_COUNT; v++) {
        whole += text_width(view_title((enum view_id)v)) + 4;
        narrow += short_title(view_title((enum view_id)v), where, sizeof where) + 3;
    }
    bool wide = whole <= c->cols, titled = narrow <= c->cols;
    const char *title = view_title(app->at.view);
    bool cut = titled && !wide &&
               narrow - short_title(title, where, sizeof where) + text_width(title) > c->cols;
    for (int v = 0; v < VIEW_COUNT; v++) {
        bool here = v == (int)app->at.view;
        snprintf(where, sizeof where, "%s", here || wide ? view_title((enum view_id)v) : "");
        if (titled && !wide && (!here || cut))
            short_title(view_title((enum view_id)v), where, sizeof where);
        col +=
            canvas_textf(c, 1, col, c->cols - col, here ? STYLE_TAB_HERE : STYLE_TAB, "%s%d%s%s ",
                         wide || !titled ? " " : "", v + 1, *where ? " " : "", where);
    }
    snprintf(where, sizeof where, "layer %u of %u", app->at.layer + 1,
             app_file(app)->counts.layers);
    int room = c->cols - col - 1, w = text_width(where);
    if (w > room)
        snprintf(where, sizeof where, "%u/%u", app->at.layer + 1, app_file(app)->counts.layers);
    canvas_right(c, 1, col + 1, room, STYLE_STRONG, where);
}

/*
 * The status line from the right: results still to be computed, then how many neurons are marked
 * (left out where 40 columns or fewer remain). The rest belongs to the last message or, without
 * one, to the view.
 */
static void draw_status(const struct app *app, struct canvas *c)
{
    const struct view *view = view_current(app);
    struct buf line = BUF_INIT;
    int row = c->rows - 2, room = c->cols;
    if (!app_settled(app)) {
        char text[40] = " ";
        app_progress(app, text + 1, sizeof text - 1);
        canvas_right(c, row, 0, c->cols, STYLE_FAINT, text);
        room -= text_width(text);
    }
    size_t marked = neuron_set_total(marks_set(app)), here = marks_in_layer(app, app->at.layer);
    if (marked && room > 40) {
        char text[64];
        if (here == marked)
            snprintf(text, sizeof text, " %zu marked (+)", marked);
        else
            snprintf(text, sizeof text, " %zu of %zu marked (+)", here, marked);
        canvas_right(c, row, 0, room, STYLE_NORMAL, text);
        room -= text_width(text);
    }
    if (app->message.text[0])
        canvas_text(c, row, 0, room, app->message.bad ? STYLE_ALERT : STYLE_STRONG,
                    app->message.text);
    else if (view->status) {
        view->status(app, &line);
        canvas_text(c, row, 0, room, STYLE_NORMAL, buf_text(&line));
    }
    buf_free(&line);
}

/* The entry of the footer at A: "Left/Right layer".  Keys that follow with "&" are joined. */
static void footer_keys(enum action a, unsigned context, char *text, size_t size)
{
    action_key_name(action_entry(a, context), text, size);
    while ((a = action_next(a, context)) && strcmp(action_entry(a, context)->footer, "&") == 0) {
        size_t used = strlen(text);
        if (used + 2 >= size)
            break;
        text[used] = '/';
        action_key_name(action_entry(a, context), text + used + 1, size - used - 1);
    }
}

void footer_render(struct canvas *c, int row, int width, unsigned context)
{
    int col = 0;
    bool full = false;
    for (int priority = 0; priority < 9 && !full; priority++)
        for (enum action a = action_next(ACTION_NONE, context); a; a = action_next(a, context)) {
            const struct action_entry *e = action_entry(a, context);
            char keys[64];
            if (e->priority != priority || !e->footer[0] || e->footer[0] == '&')
                continue;
            footer_keys(a, context, keys, sizeof keys);
            int need = text_width(keys) + 1 + text_width(e->footer);
            full = col + need > width;
            if (full)
                break;
            col += canvas_text(c, row, col, width - col, STYLE_KEY, keys) + 1;
            col += canvas_text(c, row, col, width - col, STYLE_FAINT, e->footer) + 2;
        }
}

static void too_small(const struct app *app, struct canvas *c)
{
    char text[80];
    snprintf(text, sizeof text, "terminal too small: need %dx%d, have %dx%d", APP_MIN_COLS,
             APP_MIN_ROWS, app->cols, app->rows);
    canvas_wrap(c, canvas_all(c), STYLE_NORMAL, text);
}

/*
 * Title and tabs in rows 0 and 1, status line and footer in the last two, the view in all others.
 * Panels are drawn over the view, the prompt over the lowest rows. On a plain canvas, which is read
 * out, a panel replaces the view.
 */
enum status app_render(const struct app *app, struct canvas *c, struct err *err)
{
    struct rect area = {2, 0, c->rows - 4, c->cols};
    (void)err;
    canvas_blank(c, canvas_all(c));
    c->dotted = 0;
    c->cursor_row = -1;
    c->cursor_shown = false;
    if (c->cols < APP_MIN_COLS || c->rows < APP_MIN_ROWS) {
        too_small(app, c);
        return STATUS_OK;
    }
    draw_title(app, c);
    draw_tabs(app, c);
    if (app->help.open)
        help_render(app, c, area);
    else if (!c->plain || !app->panel.kind) {
        view_current(app)->render(app, c, area);
        draw_status(app, c);
    }
    /* Asked last: what was drawn was read before. */
    bool changed = changed_now(app_file(app));
    if (changed && !app->help.open)
        changed_render(app, c, area);
    if (app->panel.kind && !app->help.open && (!changed || app_file(app)->changed))
        panel_render(app, c, area);
    if (!c->plain)
        footer_render(c, c->rows - 1, c->cols, app_context(app));
    if (app->prompt.kind)
        prompt_render(app, c);
    if (app->a11y) {
        if (c->cursor_row < 0) { /* nothing is chosen: what is said about the whole */
            c->cursor_row = c->rows - 2;
            c->cursor_col = 0;
        }
        c->cursor_shown = true;
    }
    return STATUS_OK;
}
