/*
 * lists.c - searching, filtering and sorting the list that keys go to: of the view, of a panel or
 * of the help.
 */
#include "config.h"

#include "explorer/lists.h"

#include <stdio.h>
#include <string.h>

#include "explorer/view.h"

static const struct prompt_kind filter_prompt;

struct grid *lists_of_view(struct app *app)
{
    const struct view *view = view_current(app);
    return view->grid ? view->grid(app) : NULL;
}

struct grid *lists_here(struct app *app)
{
    return app->help.open    ? &app->help.grid
           : app->panel.kind ? &app->panel.grid
                             : lists_of_view(app);
}

static enum grid_move lists_grid_move(enum action action)
{
    switch (action) {
    case ACTION_UP: return GRID_UP;
    case ACTION_DOWN: return GRID_DOWN;
    case ACTION_PAGE_UP: return GRID_PAGE_UP;
    case ACTION_PAGE_DOWN: return GRID_PAGE_DOWN;
    case ACTION_FIRST: return GRID_FIRST;
    case ACTION_LAST: return GRID_LAST;
    default: return GRID_STAY;
    }
}

bool lists_step(enum action action, size_t *here, size_t count, size_t page)
{
    enum grid_move move = lists_grid_move(action);
    grid_step(move, here, count, page);
    return move != GRID_STAY;
}

bool lists_move(struct grid *g, enum action action, size_t page)
{
    enum grid_move move = lists_grid_move(action);
    grid_move(g, move, page);
    return move != GRID_STAY;
}

/* The cursor of the list is elsewhere, or its rows are others. */
static void lists_moved(struct app *app)
{
    const struct view *view = view_current(app);
    if (app->help.open)
        return;
    if (app->panel.kind)
        panel_scroll(app);
    else if (view->moved)
        view->moved(app);
}

static const char *lists_noun(const struct grid *g)
{
    return g->noun ? g->noun : "lines";
}

/* The next row that matches, round the end if need be, which is said. */
static enum status lists_next_match(struct app *app, bool forward, struct err *err)
{
    struct grid *g = lists_here(app);
    bool wrapped = false;
    if (!g->search[0])
        return err_set(err, STATUS_NOTFOUND, "no search yet: press /");
    if (g->count == 0)
        return err_set(err, STATUS_NOTFOUND, "no %s to search", lists_noun(g));
    size_t from = (g->here + (forward ? 1 : g->count - 1)) % g->count;
    bool round = forward ? from <= g->here : from >= g->here;
    enum status code = grid_find(g, g->search, from, forward, &wrapped, NULL, err);
    if (!code && (wrapped || round))
        app_say(app, false, "search wrapped: '%s'", g->search);
    if (!code)
        lists_moved(app);
    return code;
}

bool lists_filtering(const struct app *app)
{
    return app->prompt.kind == &filter_prompt;
}

/* How many rows match TEXT, whatever is filtered now. */
static size_t lists_count_matches(const struct grid *g, const char *text)
{
    struct match m;
    struct err ignored;
    size_t n = 0;
    if (match_make(&m, text, g->column, g->columns, NULL, &ignored))
        return 0;
    for (size_t i = 0; i < g->rows; i++)
        n += grid_matches(g, &m, i);
    match_free(&m);
    return n;
}

static void lists_complain(struct prompt *p, const struct err *err, size_t at)
{
    snprintf(p->error, sizeof p->error, "%.255s", err->msg);
    p->column = at ? at : 1;
}

/* A search begins behind where the cursor was when it was asked for, whatever was typed between. */
static void lists_typed(struct app *app)
{
    struct grid *g = lists_here(app);
    struct prompt *p = &app->prompt;
    struct err err = {STATUS_OK, ""};
    bool wrapped = false;
    size_t at = 0;
    if (lists_filtering(app)) {
        if (grid_filter(g, p->text, &at, &err)) {
            lists_complain(p, &err, at);
            return;
        }
        snprintf(p->error, sizeof p->error, "%zu of %zu %s", g->count, g->rows, lists_noun(g));
    } else {
        enum status code = STATUS_NOTFOUND;
        g->here = p->here < g->count ? p->here : 0;
        if (p->text[0])
            code = grid_find(g, p->text, g->here + 1, true, &wrapped, &at, &err);
        if (code && at) {
            lists_complain(p, &err, at);
            return;
        }
        snprintf(p->error, sizeof p->error, "%zu of %zu %s%s", lists_count_matches(g, p->text),
                 g->rows, lists_noun(g), wrapped ? ", wrapped" : "");
    }
    lists_moved(app);
}

/*
 * Enter in the prompt of a search or a filter. An empty search repeats the last one, as in less.
 * The search starts behind the line where the cursor was before typing, because every key typed has
 * already moved it. *COLUMN of the prompt says where the text is wrong.
 */
static enum status lists_accept(struct app *app, struct err *err)
{
    struct grid *g = lists_here(app);
    struct prompt *p = &app->prompt;
    bool wrapped = false;
    size_t at = 0;
    if (lists_filtering(app)) {
        enum status code = grid_filter(g, p->text, &p->column, err);
        lists_moved(app);
        return code;
    }
    if (!p->text[0]) /* as in less: the search of before */
        snprintf(p->text, sizeof p->text, "%s", g->search);
    if (!p->text[0])
        return STATUS_OK;
    g->here = p->here < g->count ? p->here : 0;
    enum status code = grid_find(g, p->text, g->here + 1, true, &wrapped, &at, err);
    p->column = at;
    if (code == STATUS_NOTFOUND && !at) {
        /* It is not an error of what was typed: say it where n would. */
        snprintf(g->search, sizeof g->search, "%.127s", p->text);
        app_say(app, false, "%s", err->msg);
        lists_moved(app);
        return STATUS_OK;
    }
    if (code)
        return code;
    snprintf(g->search, sizeof g->search, "%.127s", p->text);
    if (wrapped)
        app_say(app, false, "search wrapped: '%s'", g->search);
    lists_moved(app);
    return STATUS_OK;
}

/*
 * Escape restores filter and cursor as they were before typing. The cursor goes back by the row's
 * id, as its line may have changed with the filter.
 */
static void lists_cancel(struct app *app)
{
    struct grid *g = lists_here(app);
    struct prompt *p = &app->prompt;
    struct err ignored;
    if (lists_filtering(app))
        grid_filter(g, p->filter, NULL, &ignored);
    g->here = p->here < g->count ? p->here : 0;
    if (p->id != GRID_NONE)
        grid_select(g, p->id);
    lists_moved(app);
}

static const struct prompt_kind search_prompt = {
    .accept = lists_accept, .typed = lists_typed, .cancel = lists_cancel};
static const struct prompt_kind filter_prompt = {
    .accept = lists_accept, .typed = lists_typed, .cancel = lists_cancel};

/* The panel is closed before lists_moved, which would take it for the list that has changed. */
static enum status lists_choose_sort(struct app *app, const struct panel_line *line,
                                     struct err *err)
{
    struct grid *g = lists_of_view(app);
    (void)err;
    grid_sort(g, line->major == UINT32_MAX ? -1 : (int)line->major);
    panel_close(&app->panel);
    lists_moved(app);
    return STATUS_OK;
}

static const struct panel_kind sort_panel = {.look = PANEL_RADIO, .choose = lists_choose_sort};

/*
 * A line for each column, then the natural order. A column's own direction (falling) is turned
 * round by reverse, so that the arrow shows the order on the screen. Major is the column from 0,
 * UINT32_MAX for the natural order.
 */
static enum status lists_open_sort(struct app *app, struct err *err)
{
    struct grid *g = lists_of_view(app);
    enum status code = STATUS_OK;
    if (!g || !g->columns)
        return err_set(err, STATUS_NOTFOUND, "there is no list to sort");
    panel_begin(app, &sort_panel, "Sort by; again: reverse");
    for (unsigned k = 0; !code && k < g->columns; k++) {
        char text[100];
        bool here = g->sort == (int)k + 1;
        bool falling = g->column[k].falling != (here && g->reverse);
        snprintf(text, sizeof text, "%u %-12s%s", k + 1, g->column[k].name,
                 !here     ? ""
                 : falling ? " v descending"
                           : " ^ ascending");
        code = panel_add(&app->panel, here, k, 0, text, err);
    }
    if (!code)
        code = panel_add(&app->panel, g->sort == 0, UINT32_MAX, 0, "  default order", err);
    app->panel.grid.here = g->sort ? (size_t)g->sort - 1 : g->columns;
    return panel_done(app, code);
}

static void lists_open_prompt(struct app *app, const struct prompt_kind *kind, const char *title,
                              const char *text)
{
    struct grid *g = lists_here(app);
    prompt_open(app, kind, 0, title, text);
    snprintf(app->prompt.filter, sizeof app->prompt.filter, "%s", g->filter);
    app->prompt.here = g->here;
    app->prompt.id = grid_id(g);
}

/*
 * Search, filter and sorting for whichever list has the keys. The reversed natural order does not
 * exist: reversing it sorts by the first column instead.
 */
bool lists_apply(struct app *app, enum action action, struct err *err)
{
    struct grid *g = lists_here(app);
    bool ours = action == ACTION_SEARCH || action == ACTION_FILTER || action == ACTION_NEXT_MATCH ||
                action == ACTION_PREV_MATCH || action == ACTION_SORT || action == ACTION_REVERSE;
    if (!ours)
        return false;
    if (!g || !g->columns) {
        err_set(err, STATUS_NOTFOUND, "there is no list here");
        return true;
    }
    switch (action) {
    case ACTION_SEARCH: lists_open_prompt(app, &search_prompt, "search", ""); break;
    case ACTION_FILTER: lists_open_prompt(app, &filter_prompt, "filter", g->filter); break;
    case ACTION_NEXT_MATCH: err->code = lists_next_match(app, true, err); break;
    case ACTION_PREV_MATCH: err->code = lists_next_match(app, false, err); break;
    case ACTION_SORT: err->code = lists_open_sort(app, err); break;
    default:
        if (!g->sort)
            g->sort = 1;
        g->reverse = !g->reverse;
        grid_arrange(g);
        lists_moved(app);
    }
    return true;
}
