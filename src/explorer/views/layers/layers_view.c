/*
 * The Layers view: |S|, |P| and silhouettes of every property in every layer, its list and keys.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "explorer/views/layers/layers_state.h"

/* A list of this file's properties. */
static void reset_list(struct app *app)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    const struct names *names = &app_session(app)->names;
    uint32_t n = names->count < MAX_PROPERTIES ? names->count : MAX_PROPERTIES;
    s->column[LIST_LAYER] = (struct grid_column){"layer", "layer", false, false};
    s->column[LIST_ANY] = (struct grid_column){"S", "|S|", false, true};
    for (uint32_t p = 0; p < n; p++) {
        snprintf(s->name[2 * p], sizeof s->name[0], "%.50s", names->name[p]);
        snprintf(s->name[2 * p + 1], sizeof s->name[0], "%.50s.map", names->name[p]);
        for (uint32_t k = 2 * p; k < 2 * p + 2; k++)
            s->column[LIST_PROPERTIES + k] =
                (struct grid_column){s->name[k], s->name[k], false, true};
    }
    s->grid.noun = "layers";
    grid_reset(&s->grid, s->column, LIST_PROPERTIES + 2 * n);
}

static enum status layers_init(struct app *app, struct err *err)
{
    (void)err;
    reset_list(app);
    return STATUS_OK;
}

static void layers_release(struct app *app)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    grid_free(&s->grid);
}

/*
 * The layers as rows to sort and filter: layer, |S|, and of each property |P| and the silhouette on
 * the map. Results that are not computed yet are NAN and sort last. The cursor is put on the
 * current layer only if the filter keeps that; otherwise it stays on its line.
 */
static enum status fill_list(struct app *app, struct err *err)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    struct grid *g = &s->grid;
    grid_clear(g);
    for (uint32_t l = 0; l < app_file(app)->counts.layers; l++) {
        double number[GRID_COLUMNS] = {l + 1, NAN};
        const char *text[GRID_COLUMNS] = {NULL};
        char name[16];
        snprintf(name, sizeof name, "%u", l + 1);
        text[LIST_LAYER] = name;
        for (uint32_t p = 0; 2 * p + LIST_PROPERTIES < g->columns; p++) {
            const struct engine_result *r = app_result(app, p, l);
            bool have = r && !r->code;
            if (have)
                number[LIST_ANY] = r->any;
            number[LIST_PROPERTIES + 2 * p] = have ? r->neurons : NAN;
            number[LIST_PROPERTIES + 2 * p + 1] = have ? r->silhouette : NAN;
        }
        if (!grid_add(g, l, number, text))
            return err_nomem(err);
    }
    g->want = app->at.layer;
    g->wanted = true;
    grid_arrange(g);
    g->wanted = false;
    return STATUS_OK;
}

/*
 * Borrows the properties for the names of their groups. Those that the conditions exclude are NULL.
 */
static enum status layers_prepare(struct app *app, struct err *err)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    struct analysis *session = &app->file[app->here].session;
    struct err ignored;
    uint32_t n = session->names.count < MAX_PROPERTIES ? session->names.count : MAX_PROPERTIES;
    if (s->grid.columns != LIST_PROPERTIES + 2 * n) /* a phone feature was asked for */
        reset_list(app);
    for (uint32_t p = 0; p < n; p++)
        if (analysis_property(session, session->names.name[p], &s->property[p], &ignored))
            s->property[p] = NULL; /* its results say why */
    return fill_list(app, err);
}

/* The layer under the cursor is the one at hand. */
static void layers_moved(struct app *app)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    if (grid_id(&s->grid) != GRID_NONE)
        app->at.layer = (uint32_t)grid_id(&s->grid);
}

/*
 * Moving the cursor changes the current layer at once. The list is filled here if no screen was
 * prepared before the first key.
 */
static bool layers_apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    (void)arg;
    if (!s->grid.rows)
        fill_list(app, err);
    if (lists_move(&s->grid, action, (size_t)app_view_rows(app) - 2)) {
        layers_moved(app);
        return true;
    }
    if (action == ACTION_FORM)
        s->form = (s->form + 1) % LAYERS_FORMS;
    else if (action == ACTION_OPEN)
        err->code = view_show(app, ROLE_LAYER, NULL, err);
    else if (action == ACTION_DISMISS)
        grid_filter(&s->grid, "", NULL, err);
    else
        return false;
    return true;
}

static struct grid *layers_grid(struct app *app)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    return &s->grid;
}

static const char *const forms[LAYERS_FORMS] = {[LAYERS_TABLE] = "table",
                                                [LAYERS_CURVES] = "curves",
                                                [LAYERS_SILHOUETTES] = "silhouettes",
                                                [LAYERS_NEURONS] = "neurons"};

static void layers_tell(const struct app *app, struct link *out)
{
    const struct layers_state *s = view_state(app, VIEW_LAYERS);
    if (s->form)
        link_add(out, "form", "%s", forms[s->form]);
    for (uint32_t p = 0; p < app_session(app)->names.count && p < MAX_PROPERTIES; p++)
        if (s->hidden[p])
            link_add(out, "hide", "%s", app_session(app)->names.name[p]);
    link_tell_list(&s->grid, out);
}

/*
 * Takes --form and --hide PROPERTY. NAME NULL restores the view as it opens. A property beyond
 * MAX_PROPERTIES, or not in the file, cannot be hidden and is reported.
 */
static enum status layers_take_option(struct app *app, const char *name, const char *value,
                                      struct err *err)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    if (!name) {
        s->form = LAYERS_TABLE;
        memset(s->hidden, 0, sizeof s->hidden);
        reset_list(app);
        return STATUS_OK;
    }
    uint32_t p = names_find(&app_session(app)->names, value);
    if (strcmp(name, "hide") == 0 && p < MAX_PROPERTIES) {
        s->hidden[p] = 1;
        return STATUS_OK;
    }
    for (int i = 0; strcmp(name, "form") == 0 && i < LAYERS_FORMS; i++)
        if (strcmp(value, forms[i]) == 0) {
            s->form = (enum layers_form)i;
            return STATUS_OK;
        }
    return link_unknown(name, value, err);
}

/* The property neurons of the layer. */
static bool set_of(const struct app *app, enum view_set which, struct buf *out)
{
    (void)which;
    buf_printf(out, "\"%s\"", app_property(app));
    return true;
}

static bool layers_legend(struct app *app, size_t i, struct legend_entry *entry)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    const struct names *names = &app_session(app)->names;
    if (i >= names->count || i >= MAX_PROPERTIES)
        return false;
    *entry = (struct legend_entry){layers_letter(app, (uint32_t)i), names->name[i], &s->hidden[i]};
    return true;
}

static void layers_status(const struct app *app, struct buf *line)
{
    long best = layers_best(app, app->at.property);
    const struct engine_result *r;
    const struct layers_state *s = view_state(app, VIEW_LAYERS);
    if (s->grid.filter[0])
        buf_printf(line, "%zu of %zu layers with '%s'; ", s->grid.count, s->grid.rows,
                   s->grid.filter);
    if (best < 0 || !(r = app_result(app, app->at.property, (uint32_t)best)))
        return;
    buf_printf(line, "%s: best silhouette %s in layer %ld (*)", app_property(app),
               number_fixed(r->silhouette, 3).text, best + 1);
    const struct null_row *null =
        app_null_row(app, app->at.property, &statistic_silhouette, (uint32_t)best, r->silhouette);
    if (null)
        buf_printf(line, ", p_max %s", number_p(null->summary.p_max).text);
}

const struct view view_layers = {
    .lesson = "LAYERS: what each layer encodes, as in figures 4 and 7 of the paper.\n"
              "\n"
              "A neuron is activated in a frame when its value is among the lambda percent largest "
              "of its layer. The activation pattern S_k of a phone k contains the neurons whose "
              "activation probability in frames of k is above the baseline; |S| is the number of "
              "neurons in the pattern of any phone. N_g contains the neurons in the patterns of at "
              "least sigma percent of the phones of a group g (vowels, female speech, low pitch, "
              "...). The group neurons G_g are those of N_g that are in no other group's N; the "
              "property neurons P are the union of all G_g.\n"
              "\n"
              "The silhouette measures how well the groups are separated: 1 = compact and far "
              "apart, 0 = mixed, below 0 = points are nearer to another group. It is given on the "
              "two-dimensional map, as published, and on the full-dimensional distances between "
              "patterns. The best layer of each property is marked with *.\n"
              "\n"
              "Once it is computed, what chance gives of the current property stands beside its "
              "numbers: 'exp.' is the mean size with labels exchanged, p the share of labelings "
              "that reach the number (~: of the first 999). A p above .05 means 'not shown here', "
              "never 'no effect'; the Statistics view has the rest.",
    .role = ROLE_FILE,
    .needs = NEEDS_FILE,
    .nulls = NULLS_PROPERTY,
    .layer_cursor = true,
    .offers = {ACTION_NEXT_PROPERTY, ACTION_PREV_PROPERTY, ACTION_GROUPS, ACTION_SORT,
               ACTION_REVERSE, ACTION_GLYPHS},
    .named_by = NAMED_FILE,
    .state_size = sizeof(struct layers_state),
    .init = layers_init,
    .free = layers_release,
    .grid = layers_grid,
    .moved = layers_moved,
    .tell = layers_tell,
    .take = layers_take_option,
    .set = set_of,
    .apply = layers_apply,
    .prepare = layers_prepare,
    .render = layers_render,
    .result = layers_result,
    .figure = layers_figure,
    .status = layers_status,
    .legend_title = "Curves shown",
    .legend = layers_legend,
};
