/*
 * experiments_quit.c - what becomes of running experiments when the explorer is left.
 */
#include "config.h"

#include <stdio.h>

#include "explorer/views/experiments/experiments_state.h"

size_t experiments_own(struct app *app)
{
    struct experiments_state *s = experiments_state(app);
    if (s->open && jobs_own(&s->jobs))
        experiments_look(app); /* some may have ended */
    return s->open ? jobs_own(&s->jobs) : 0;
}

/* Major of a line: to stop them; minor: to print neurons at the end. */
static enum status experiments_quit(struct app *app, const struct panel_line *line, struct err *err)
{
    (void)err;
    if (line->major == 1)
        jobs_stop_own(&experiments_state(app)->jobs);
    app_quit(app, line->minor == 1);
    return STATUS_OK;
}

static const struct panel_kind quit_panel = {.choose = experiments_quit};

bool experiments_leave(struct app *app, bool print, struct err *err)
{
    char title[80];
    size_t n = experiments_own(app);
    if (!n)
        return false;
    snprintf(title, sizeof title, "%zu experiment%s still run%s", n, n == 1 ? "" : "s",
             n == 1 ? "s" : "");
    panel_begin(app, &quit_panel, title);
    enum status code = panel_add(&app->panel, -1, 0, print, "quit and keep them running", err);
    if (!code)
        code =
            panel_add(&app->panel, -1, 1, print, "stop them (they can be resumed) and quit", err);
    panel_done(app, code);
    return true;
}
