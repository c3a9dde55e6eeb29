/*
 * The Neurons view: the neurons of a set with their statistics, and keys.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer/views/neurons/neurons_state.h"
#include "base/bitset.h"
#include "base/mem.h"
#include "analysis/setexpr.h"
#include "report/report.h"

static const struct grid_column columns[NEURONS_COLUMNS] = {
    [NEURONS_NUMBER] = {"neuron", "neuron", false, false},
    [NEURONS_GROUP] = {"group", "group", true, false},
    [NEURONS_BEST] = {"best", "best at", true, false},
    [NEURONS_P] = {"p", "p", false, true},
    [NEURONS_PATTERNS] = {"patterns", "in S_k", false, true},
    [NEURONS_SETS] = {"sets", "also in", true, false},
    [NEURONS_LIFT] = {"lift", "lift", false, true},
    [NEURONS_MARKED] = {"marked", "marked", false, true},
    [NEURONS_Q] = {"q", "q", false, false},
    [NEURONS_STABLE] = {"stable", "stable", false, true}};

static enum status neurons_init(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    (void)err;
    neurons_forget(s);
    if (!s->grid.columns) {
        grid_reset(&s->grid, columns, NEURONS_COLUMNS);
        s->grid.noun = "neurons";
    }
    return STATUS_OK;
}

static void neurons_release(struct app *app)
{
    neurons_forget(neurons_state(app));
    grid_free(&neurons_state(app)->grid);
}

static const struct neurons_state *sorting; /* qsort has no argument to spare; one thread only */

static int by_p(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (sorting->p[x] != sorting->p[y])
        return sorting->p[x] > sorting->p[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* p by point of the neuron under the cursor. */
static enum status look_closer(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    size_t row = grid_row(&s->grid);
    if (row >= s->rows || (s->have && (s->looked == row || app->lag)))
        return STATUS_OK;
    s->looked = row;
    enum status code = analysis_neuron(&app->file[app->here].session, app_property(app),
                                       app->at.layer, s->row[row].neuron, s->hits, s->p, err);
    for (uint32_t k = 0; k < s->property->points; k++)
        s->order[k] = k;
    sorting = s;
    if (s->property->points)
        qsort(s->order, s->property->points, sizeof *s->order, by_p);
    s->have = !code;
    return code;
}

/* True if the set depends on the marks or other sets with a name. */
static bool names_sets(const struct app *app)
{
    return strchr(neurons_set(app), '$') != NULL;
}

/*
 * Recomputes only what is out of date: rows after a change of layer, property, conditions or set,
 * and, if the set names $marks or another named set, after every change of the marks; otherwise new
 * marks and tests only refill the list. The reason for failure is drawn in the view.
 */
static enum status neurons_prepare(struct app *app, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    enum status code = STATUS_OK;
    bool marks = s->marks_stamp != app->marked.stamp, news = s->nulls_stamp != app->nulls_stamp;
    if (!s->made || s->stamp != app->conditions || s->of_layer != app->at.layer ||
        s->of_property != app->at.property || (marks && names_sets(app))) {
        s->why[0] = '\0';
        code = neurons_make_rows(app, err);
        s->made = true;
        s->stamp = app->conditions;
        s->of_layer = app->at.layer;
        s->of_property = app->at.property;
        marks = true;
    }
    if (!code && (marks || news))
        code = neurons_fill_grid(app, err);
    if (!code)
        code = look_closer(app, err);
    if (code)
        snprintf(s->why, sizeof s->why, "%.255s",
                 engine_without_path(&app_file(app)->counts, err->msg));
    return STATUS_OK;
}

/*
 * Makes TEXT the set shown; "" goes back to the current property. The expression is parsed and its
 * files are read here, so that an error is reported while the text is still in the prompt; *COLUMN
 * is where it is wrong.
 */
static enum status neurons_set_text(struct app *app, const char *text, size_t *column,
                                    struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    struct setexpr e;
    if (!*text) {
        s->set[0] = '\0';
        s->made = false;
        return STATUS_OK;
    }
    enum status code = setexpr_parse(&e, text, app_session(app), column, err);
    if (!code) {
        code = setexpr_load(&e, app_session(app), err);
        setexpr_free(&e);
    }
    if (!code) {
        snprintf(s->set, sizeof s->set, "%s", text);
        s->made = false;
    }
    return code;
}

static enum status neurons_accept(struct app *app, struct err *err)
{
    return neurons_set_text(app, app->prompt.text, &app->prompt.column, err);
}

static const struct prompt_kind set_prompt = {.text = PROMPT_SET, .accept = neurons_accept};

static void next_form(struct neurons_state *s)
{
    bool table = !s->table_only && !s->bars_only, bars = s->table_only;
    s->table_only = table;
    s->bars_only = bars;
}

/*
 * Keys of the view. A change of property drops the set that was typed: the view shows the new
 * property's neurons.
 */
static bool neurons_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    (void)arg;
    switch (action) {
    case ACTION_FORM: next_form(s); break;
    case ACTION_OPEN: s->bars_only = !s->bars_only, s->table_only = false; break;
    case ACTION_EDIT: prompt_open(app, &set_prompt, 0, "neurons of", neurons_set(app)); break;
    case ACTION_DISMISS: return grid_filter(&s->grid, "", NULL, err) == STATUS_OK;
    case ACTION_NEXT_PROPERTY:
    case ACTION_PREV_PROPERTY: s->set[0] = '\0'; return false;
    default: return lists_move(&s->grid, action, (size_t)app_view_rows(app) - 2);
    }
    return true;
}

static void neurons_status(const struct app *app, struct buf *line)
{
    const struct neurons_state *s = neurons_state(app);
    if (s->why[0] || !s->property)
        return;
    buf_printf(line, "%zu neurons of %s", s->rows, neurons_set(app));
    if (s->grid.filter[0])
        buf_printf(line, ", %zu of them with '%s' (Esc shows all)", s->grid.count, s->grid.filter);
}

static struct grid *neurons_grid(struct app *app)
{
    return &neurons_state(app)->grid;
}

static const char *const forms[] = {"both", "table", "bars"};

static void neurons_tell(const struct app *app, struct link *out)
{
    const struct neurons_state *s = neurons_state(app);
    int form = s->table_only ? 1 : s->bars_only ? 2 : 0;
    if (s->set[0])
        link_add(out, "set", "%s", s->set);
    if (form)
        link_add(out, "form", "%s", forms[form]);
    link_tell_list(&s->grid, out);
    if (grid_id(&s->grid) != GRID_NONE)
        link_add(out, "select", "%llu", (unsigned long long)grid_id(&s->grid));
}

/*
 * Takes --set, --form and --select NEURON. NAME NULL restores the view as it opens: the current
 * property, table and bars, no filter or sorting.
 */
static enum status neurons_take_option(struct app *app, const char *name, const char *value,
                                       struct err *err)
{
    struct neurons_state *s = neurons_state(app);
    if (!name) {
        s->set[0] = '\0';
        s->table_only = s->bars_only = s->made = false;
        grid_reset(&s->grid, columns, NEURONS_COLUMNS);
        s->grid.noun = "neurons";
        return STATUS_OK;
    }
    if (strcmp(name, "set") == 0)
        return neurons_set_text(app, value, NULL, err);
    if (strcmp(name, "form") == 0)
        for (int i = 0; i < 3; i++)
            if (strcmp(value, forms[i]) == 0) {
                s->table_only = i == 1;
                s->bars_only = i == 2;
                return STATUS_OK;
            }
    if (strcmp(name, "select") == 0)
        return link_take_neuron(app, &s->grid, value, err);
    return link_unknown(name, value, err);
}

/* The neurons listed, or the one under the cursor, by their numbers; or what they are. */
static bool set_of(const struct app *app, enum view_set which, struct buf *out)
{
    const struct neurons_state *s = neurons_state(app);
    const struct neuron_row *r = neurons_here(s);
    if (which == SET_ASKED) {
        buf_str(out, neurons_set(app));
        return true;
    }
    if (s->why[0] || !r)
        return false;
    if (which == SET_CURSOR) {
        buf_printf(out, "{%u:%u}", s->of_layer + 1, r->neuron);
        return true;
    }
    buf_printf(out, "{%u:", s->of_layer + 1);
    for (size_t i = 0; i < s->grid.count; i++)
        buf_printf(out, "%s%u", i ? "," : "", s->row[s->grid.shown[i]].neuron);
    buf_str(out, "}");
    return true;
}

const struct view view_neurons = {
    .lesson = "NEURONS: the neurons of a set, one by one.\n"
              "\n"
              "The default set is the property neurons of the current property (p selects the next "
              "property); e takes any set expression, as in the overlap view. For each neuron: its "
              "group (G_g), the phone, under the condition of the group, with the highest "
              "activation probability, that probability p(neuron | phone), the number of patterns "
              "that contain it, and the other properties that it is a property neuron of.\n"
              "\n"
              "The panel next to the list shows the selected neuron: p by group, over all frames "
              "of the group's phones, and by phone, with Wilson's interval at 95 percent. Values "
              "above the baseline are marked with *. Space marks a neuron (+), M marks many at "
              "once; the marks are the set $marks, in every view. Search and filter take words, "
              "regular expressions and comparisons with the columns neuron, group, best, p, "
              "patterns, sets, lift, marked, q and stable: p>0.05 group=female !AH.\n"
              "\n"
              "q is computed in the background, against labelings that exchange the property's "
              "labels: the expected share of false ones among the neurons of this layer that stand "
              "out as much from the other groups. stable is the share of draws of speakers, with "
              "replacement, in which the neuron is in its set. ~: of the first 999 draws.",
    .role = ROLE_SET,
    .needs = NEEDS_NOTHING,
    .nulls = NULLS_NEURONS,
    .offers = {ACTION_NEXT_PROPERTY, ACTION_PREV_PROPERTY, ACTION_SORT, ACTION_REVERSE, ACTION_MARK,
               ACTION_EDIT},
    .named_by = NAMED_FILE | NAMED_PROPERTY | NAMED_LAYER,
    .state_size = sizeof(struct neurons_state),
    .init = neurons_init,
    .free = neurons_release,
    .apply = neurons_apply,
    .prepare = neurons_prepare,
    .render = neurons_render,
    .result = neurons_result,
    .status = neurons_status,
    .grid = neurons_grid,
    .tell = neurons_tell,
    .take = neurons_take_option,
    .set = set_of,
};
