/*
 * The Statistics view: what chance gives of the property in every layer, its list and keys.
 */
#include "config.h"

#include "explorer/views/statistics/statistics_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static const struct grid_column columns[STATISTICS_COLUMNS] = {
    {"layer", "layer", false, false},
    {"statistic", "statistic", true, false},
    {"observed", "observed", false, true},
    {"expected", "expected", false, true},
    {"low", "2.5 %", false, true},
    {"high", "97.5 %", false, true},
    {"p", "p", false, false},
    {"p_max", "p_max", false, false},
    {"strata", "within", true, false}};

enum { LAYERS_MOST = 1 << 20, FURTHER = 1 << 8 }; /* of an id */

uint64_t statistics_id(const struct statistic *statistic, uint32_t layer, bool further)
{
    uint64_t i = 0;
    while (statistics[i] && statistics[i] != statistic)
        i++;
    return (i + (further ? FURTHER : 0)) * LAYERS_MOST + layer;
}

uint64_t statistics_row_id(const struct nulls_answer *a, uint32_t i)
{
    const struct null_row *row = nulls_row(a, i);
    return statistics_id(row->statistic, row->layer, nulls_part(a, i) > 1);
}

const struct null_row *statistics_row(const struct app *app, uint64_t id)
{
    const struct nulls_answer *a = app_null(app, app->at.property);
    for (uint32_t i = 0; a && !a->code && i < nulls_rows(a); i++)
        if (statistics_row_id(a, i) == id)
            return nulls_row(a, i);
    return NULL;
}

const char *statistics_why(const struct app *app)
{
    const struct nulls_answer *a = app_null(app, app->at.property);
    if (!app_file(app)->nulls)
        return "nothing is computed (--draws 0)";
    const char *waiting = app->nulls_stopped ? "stopped (Esc goes on)" : "exchanging labels ...";
    if (!a)
        return waiting;
    return a->code ? a->why : nulls_rows(a) ? "" : waiting;
}

static void statistics_reset(struct statistics_state *s)
{
    s->grid.noun = "rows";
    grid_reset(&s->grid, columns, STATISTICS_COLUMNS);
    s->row = s->looked = statistics_id(&statistic_size, 0, false);
}

static enum status statistics_init(struct app *app, struct err *err)
{
    (void)err;
    if (!statistics_state(app)->grid.columns)
        statistics_reset(statistics_state(app));
    return STATUS_OK;
}

static void statistics_release(struct app *app)
{
    grid_free(&statistics_state(app)->grid);
}

static bool statistics_add(struct grid *g, const struct nulls_answer *a, uint32_t i)
{
    const struct null_row *row = nulls_row(a, i);
    const struct summary *s = &row->summary;
    const double number[STATISTICS_COLUMNS] = {row->layer + 1, 0,    s->observed, s->mean, s->low,
                                               s->high,        s->p, s->p_max,    0};
    const char *text[STATISTICS_COLUMNS] = {NULL};
    char layer[16];
    snprintf(layer, sizeof layer, "%u", row->layer + 1);
    text[STATISTICS_LAYER] = layer;
    text[STATISTICS_NAME] = row->statistic->name;
    text[STATISTICS_STRATA] = a->part[nulls_part(a, i)].strata;
    return grid_add(g, statistics_row_id(a, i), number, text);
}

/* The rows there are; the cursor keeps to its statistic and goes to the layer at hand. */
static enum status statistics_prepare(struct app *app, struct err *err)
{
    struct statistics_state *s = statistics_state(app);
    const struct nulls_answer *a = app_null(app, app->at.property);
    struct grid *g = &s->grid;
    grid_clear(g);
    for (uint32_t i = 0; a && !a->code && i < nulls_rows(a); i++)
        if (!statistics_add(g, a, i))
            return err_nomem(err);
    s->row = s->row / LAYERS_MOST * LAYERS_MOST + app->at.layer;
    g->want = s->row;
    g->wanted = true;
    grid_arrange(g);
    g->wanted = false;
    if (!app->lag)
        s->looked = grid_id(g) == GRID_NONE ? s->row : grid_id(g);
    return STATUS_OK;
}

/* The layer under the cursor is the one at hand. */
static void statistics_moved(struct app *app)
{
    struct statistics_state *s = statistics_state(app);
    if (grid_id(&s->grid) == GRID_NONE)
        return;
    s->row = grid_id(&s->grid);
    app->at.layer = (uint32_t)(s->row % LAYERS_MOST);
}

/* Esc stops what is being computed, and goes on where it has been stopped: draws are kept. */
static void statistics_stop(struct app *app)
{
    const struct nulls_answer *a = app_null(app, app->at.property);
    bool all = a && (a->code || nulls_rows(a));
    for (int i = 0; all && i < NULLS_PARTS; i++)
        all = !a->part[i].rows || a->final[i];
    if (app->nulls_stopped || !all)
        app->nulls_stopped = !app->nulls_stopped;
}

static bool statistics_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct statistics_state *s = statistics_state(app);
    (void)arg;
    if (lists_move(&s->grid, action, (size_t)app_view_rows(app) / 2)) {
        statistics_moved(app);
        return true;
    }
    if (action == ACTION_FORM)
        s->form = (s->form + 1) % STATISTICS_FORMS;
    else if (action == ACTION_OPEN)
        err->code = view_show(app, ROLE_LAYER, NULL, err);
    else if (action == ACTION_DISMISS && s->grid.filter[0])
        grid_filter(&s->grid, "", NULL, err);
    else if (action == ACTION_DISMISS)
        statistics_stop(app);
    else
        return false;
    return true;
}

static struct grid *statistics_grid(struct app *app)
{
    return &statistics_state(app)->grid;
}

static const char *const forms[STATISTICS_FORMS] = {
    [STATISTICS_LIST] = "table", [STATISTICS_HISTOGRAM] = "histogram"};

static void statistics_tell(const struct app *app, struct link *out)
{
    const struct statistics_state *s = statistics_state(app);
    if (s->form)
        link_add(out, "form", "%s", forms[s->form]);
    link_tell_list(&s->grid, out);
    link_add(out, "select", "%s", statistics[s->row / LAYERS_MOST % FURTHER]->name);
}

/* Takes --form and --select STATISTIC; NAME NULL restores the view as it opens. */
static enum status statistics_take(struct app *app, const char *name, const char *value,
                                   struct err *err)
{
    struct statistics_state *s = statistics_state(app);
    if (!name) {
        s->form = STATISTICS_LIST;
        statistics_reset(s);
        return STATUS_OK;
    }
    for (int i = 0; strcmp(name, "form") == 0 && i < STATISTICS_FORMS; i++)
        if (strcmp(value, forms[i]) == 0) {
            s->form = (enum statistics_form)i;
            return STATUS_OK;
        }
    const struct statistic *statistic = statistic_find(value);
    if (strcmp(name, "select") != 0 || !statistic)
        return link_unknown(name, value, err);
    s->row = statistics_id(statistic, app->at.layer, false);
    return STATUS_OK;
}

/* The property neurons of the layer. */
static bool statistics_set(const struct app *app, enum view_set which, struct buf *out)
{
    (void)which;
    buf_printf(out, "\"%s\"", app_property(app));
    return true;
}

/* What the row at hand says, in words. */
static void statistics_status(const struct app *app, struct buf *line)
{
    const struct statistics_state *s = statistics_state(app);
    const struct null_row *row = statistics_row(app, grid_id(&s->grid));
    if (s->grid.filter[0])
        buf_printf(line, "%zu of %zu rows with '%s'; ", s->grid.count, s->grid.rows,
                   s->grid.filter);
    if (app->nulls_stopped)
        buf_printf(line, "stopped (Esc goes on); ");
    if (!row)
        return;
    const struct summary *u = &row->summary;
    int places = statistics_places(row->statistic);
    buf_printf(line, "layer %u, %s: %s", row->layer + 1, row->statistic->name,
               number_fixed(u->observed, places).text);
    if (!isnan(u->mean))
        buf_printf(line, ", by chance %s", number_fixed(u->mean, places ? 3 : 1).text);
    if (!isnan(u->p))
        buf_printf(line, " (%s to %s), p %s%s", number_fixed(u->low, places).text,
                   number_fixed(u->high, places).text, number_p(u->p).text,
                   u->p > 0.05 ? ": not shown here" : "");
}

const struct view view_statistics = {
    .lesson =
        "STATISTICS: what is more than chance.\n"
        "\n"
        "Each number of the property is computed again with the labels exchanged: the classes of "
        "phones, genders among speakers (within the strata of the speaker table), pitch levels "
        "among tokens of one speaker and phone, utterances among speakers of one gender. "
        "'expected' is the mean of these labelings; 95 of 100 of them lie between the next "
        "two columns. p is the share of labelings that reach the observed number; p_max is that "
        "for the best of "
        "the layers, to be used where the best layer was looked for. A p above .05 means 'not "
        "shown here', never 'no effect'.\n"
        "\n"
        "size: property neurons; full-dim: silhouette on the distances between patterns; "
        "silhouette: that on the map; anosim: ANOSIM R on ranks of distances; permanova-f: "
        "pseudo-F; permdisp: F of the groups' spread, which tells a difference of spread from "
        "one of place.\n"
        "\n"
        "The first 999 labelings are shown as provisional (~) until all are there. Esc stops and "
        "goes on; what was drawn is kept while other views are looked at. Finished "
        "nulls are kept in $XDG_CACHE_HOME/propneu.",
    .role = ROLE_NONE,
    .needs = NEEDS_NULLS,
    .nulls = NULLS_PROPERTY,
    .layer_cursor = true,
    .offers = {ACTION_NEXT_PROPERTY, ACTION_PREV_PROPERTY, ACTION_SORT, ACTION_REVERSE},
    .named_by = NAMED_FILE | NAMED_PROPERTY,
    .state_size = sizeof(struct statistics_state),
    .init = statistics_init,
    .free = statistics_release,
    .grid = statistics_grid,
    .moved = statistics_moved,
    .tell = statistics_tell,
    .take = statistics_take,
    .set = statistics_set,
    .apply = statistics_apply,
    .prepare = statistics_prepare,
    .render = statistics_render,
    .result = statistics_result,
    .figure = statistics_figure,
    .status = statistics_status,
};
