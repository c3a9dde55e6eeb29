#include "config.h"

#include "layers_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CURVES_ROWS = 10 }; /* left below the table: then the curves are shown there, too */

/* Name of a group of property P, "" where that is not known. */
static const char *group_name(const struct app *app, uint32_t p, uint32_t group)
{
    const struct layers_state *s = view_state(app, VIEW_LAYERS);
    const struct property *property = p < MAX_PROPERTIES ? s->property[p] : NULL;
    return property && group < property->groups ? property->group.name[group] : "";
}

/* What the table holds: fixed widths, and what a wider screen adds. */
struct columns {
    bool bars, original, groups; /* each only where those before it are */
    bool unscored;               /* also properties without silhouettes, not at hand */
    int bar;                     /* cells of a bar with the blank before it */
    uint32_t first;              /* property */
};

enum {
    LAYER_WIDTH = 6, /* "> 12" and a gap */
    ANY_WIDTH = 6,   /* |S| */
    COUNT_WIDTH = 6, /* |P|, |G| */
    GROUP_MAX = 10,  /* |G| under the name of a group */
    SCORE_WIDTH = 8, /* " -0.021*" */
    FULL_WIDTH = 8,
    GAP = 2, /* between properties */
    BAR_MIN = 5,
    BAR_MAX = 17,
    MAX_GROUPS = 4 /* more have no columns of their own */
};

/* Groups of property P that have columns: those of the first layer that is there. */
static uint32_t group_columns(const struct app *app, uint32_t p)
{
    for (uint32_t l = 0; l < app_file(app)->counts.layers; l++) {
        const struct engine_result *r = app_result(app, p, l);
        if (r && !r->code)
            return r->groups <= MAX_GROUPS ? r->groups : 0;
    }
    return 0;
}

static bool has_column(const struct app *app, uint32_t p, const struct columns *k)
{
    return p >= k->first && (k->unscored || layers_scored(app, p) || p == app->at.property);
}

/* A column is as wide as the group's name asks for, within limits. */
static int group_width(const struct app *app, uint32_t p, uint32_t group)
{
    int w = canvas_width(group_name(app, p, group)) + 1;
    return w < COUNT_WIDTH ? COUNT_WIDTH : w > GROUP_MAX ? GROUP_MAX : w;
}

static int block_width(const struct app *app, uint32_t p, const struct columns *k)
{
    int least = canvas_width(app_session(app)->names.name[p]), w = COUNT_WIDTH;
    if (layers_scored(app, p))
        w += SCORE_WIDTH + (k->bars ? k->bar : 0) +
             (k->original ? FULL_WIDTH + (k->bars ? k->bar : 0) : 0);
    for (uint32_t g = 0; k->groups && g < group_columns(app, p); g++)
        w += group_width(app, p, g);
    return GAP + (w < least ? least : w);
}

static int table_width(const struct app *app, const struct columns *k)
{
    int w = LAYER_WIDTH + ANY_WIDTH;
    for (uint32_t p = 0; p < app_session(app)->names.count; p++)
        w += has_column(app, p, k) ? block_width(app, p, k) : 0;
    return w;
}

static uint32_t bars_in(const struct app *app, const struct columns *k)
{
    uint32_t n = 0;
    for (uint32_t p = 0; k->bars && p < app_session(app)->names.count; p++)
        n += has_column(app, p, k) && layers_scored(app, p) ? 1 + k->original : 0;
    return n;
}

/*
 * The most that fits.  Where not even numbers alone fit, properties are left out from the right,
 * or from the left where that would hide the one at hand.
 */
static struct columns choose(const struct app *app, int width)
{
    static const struct columns tries[] = {
        {true, true, true, true, BAR_MIN, 0},   {true, true, false, true, BAR_MIN, 0},
        {true, false, false, true, BAR_MIN, 0}, {true, false, false, false, BAR_MIN, 0},
        {false, false, false, true, 0, 0},      {false, false, false, false, 0, 0}};
    struct columns k = tries[0];
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        k = tries[i];
        int spare = width - table_width(app, &k), bars = (int)bars_in(app, &k);
        if (spare < 0)
            continue;
        if (bars)
            k.bar += spare / bars;
        k.bar = k.bar > BAR_MAX ? BAR_MAX : k.bar;
        return k;
    }
    int w = LAYER_WIDTH + ANY_WIDTH;
    for (uint32_t p = 0; p <= app->at.property; p++)
        w += has_column(app, p, &k) ? block_width(app, p, &k) : 0;
    if (w > width)
        k.first = app->at.property;
    return k;
}

/* The layer with the largest silhouette on the map; -1 if there is none yet. */
static long best_layer(const struct app *app, uint32_t p)
{
    long best = -1;
    double score = -INFINITY;
    for (uint32_t l = 0; l < app_file(app)->counts.layers; l++) {
        const struct engine_result *r = app_result(app, p, l);
        if (r && !r->code && r->silhouette > score) {
            score = r->silhouette;
            best = l;
        }
    }
    return best;
}

static void head(const struct app *app, struct canvas *c, int row, int col, uint32_t p,
                 const struct columns *k)
{
    const char *name = app_session(app)->names.name[p];
    int width = block_width(app, p, k) - GAP;
    col += GAP;
    canvas_text(c, row, col, width, p == app->at.property ? STYLE_TAB_HERE : STYLE_STRONG, name);
    canvas_right(c, row + 1, col, COUNT_WIDTH, STYLE_FAINT, "P");
    col += COUNT_WIDTH;
    for (uint32_t g = 0; k->groups && g < group_columns(app, p); g++) {
        int w = group_width(app, p, g);
        canvas_right(c, row + 1, col + 1, w - 1, STYLE_FAINT, group_name(app, p, g));
        col += w;
    }
    if (!layers_scored(app, p))
        return;
    canvas_right(c, row + 1, col, SCORE_WIDTH - 1, STYLE_FAINT, "map");
    col += SCORE_WIDTH + (k->bars ? k->bar : 0);
    if (k->original)
        canvas_right(c, row + 1, col, FULL_WIDTH - 1, STYLE_FAINT, "orig.");
}

/* A silhouette as number and bar; the bar shows 0..1, what is below 0 has none. */
static void score(struct canvas *c, int row, int col, int width, double v, bool best, int bar)
{
    if (isnan(v)) {
        canvas_right(c, row, col, width, STYLE_FAINT, "-");
        return;
    }
    canvas_rightf(c, row, col, width, best ? STYLE_BEST : STYLE_NORMAL, "%.3f", v);
    if (best)
        canvas_put(c, row, col + width, STYLE_BEST, '*');
    if (bar)
        canvas_bar(c, row, col + width + 2, bar - 1, best ? STYLE_BEST : STYLE_BAR, v);
}

static void block(const struct app *app, struct canvas *c, int row, int col, uint32_t p,
                  uint32_t layer, const struct columns *k, bool best)
{
    const struct engine_result *r = app_result(app, p, layer);
    int bar = k->bars ? k->bar : 0;
    col += GAP;
    if (!r || r->code) {
        canvas_right(c, row, col, COUNT_WIDTH, STYLE_FAINT, r ? "-" : ".");
        return;
    }
    canvas_rightf(c, row, col, COUNT_WIDTH, STYLE_NORMAL, "%u", r->neurons);
    col += COUNT_WIDTH;
    for (uint32_t g = 0; k->groups && g < group_columns(app, p); g++) {
        int w = group_width(app, p, g);
        canvas_rightf(c, row, col, w, STYLE_FAINT, "%u", r->group[g]);
        col += w;
    }
    if (!layers_scored(app, p))
        return;
    score(c, row, col, SCORE_WIDTH - 1, r->silhouette, best, bar);
    if (k->original)
        score(c, row, col + SCORE_WIDTH + bar, FULL_WIDTH - 1, r->silhouette_full, false, bar);
}

static void table_row(const struct app *app, struct canvas *c, int row, uint32_t layer,
                      const struct columns *k)
{
    bool here = layer == app->at.layer;
    const struct engine_result *r = app_result(app, 0, layer);
    int col = LAYER_WIDTH + ANY_WIDTH;
    if (r && r->code)
        r = app_result(app, app->at.property, layer);
    if (here) {
        canvas_glyph(c, row, 0, STYLE_STRONG, GLYPH_POINTER);
        c->cursor_row = row;
        c->cursor_col = 0;
    }
    canvas_rightf(c, row, 1, 4, here ? STYLE_SELECTED : STYLE_NORMAL, "%u", layer + 1);
    if (r && !r->code)
        canvas_rightf(c, row, LAYER_WIDTH - 1, ANY_WIDTH, STYLE_NORMAL, "%u", r->any);
    for (uint32_t p = 0; p < app_session(app)->names.count; p++) {
        int w = block_width(app, p, k);
        if (!has_column(app, p, k))
            continue;
        if (col + w > c->cols)
            break;
        block(app, c, row, col, p, layer, k, best_layer(app, p) == (long)layer);
        col += w;
    }
}

enum { DETAIL_MAP = 13, DETAIL_ORIGINAL = 20, DETAIL_SETS = 31 };

/* "phone   0.274  0.112   375 = vowel 120 + voiced 130 + unvoiced 125" */
static void detail_line(const struct app *app, struct canvas *c, int row, uint32_t p)
{
    const char *name = app_session(app)->names.name[p];
    const struct engine_result *r = app_result(app, p, app->looked);
    struct buf line = BUF_INIT;
    canvas_text(c, row, 2, 11, p == app->at.property ? STYLE_STRONG : STYLE_NORMAL, name);
    if (!r || r->code) {
        canvas_text(c, row, DETAIL_MAP + 1, c->cols - DETAIL_MAP - 1,
                    r ? STYLE_ALERT : STYLE_NORMAL, r ? r->why : "...");
        return;
    }
    score(c, row, DETAIL_MAP, 7, r->silhouette, false, 0);
    score(c, row, DETAIL_ORIGINAL, 8, r->silhouette_full, false, 0);
    buf_printf(&line, "%u", r->neurons);
    if (r->groups <= MAX_GROUPS)
        for (uint32_t g = 0; g < r->groups; g++)
            buf_printf(&line, " %c %s %u", g ? '+' : '=', group_name(app, p, g), r->group[g]);
    else
        buf_printf(&line, " in %u groups", r->groups);
    canvas_text(c, row, DETAIL_SETS, c->cols - DETAIL_SETS, STYLE_NORMAL, buf_text(&line));
    buf_free(&line);
}

static void details(const struct app *app, struct canvas *c, int row, int rows)
{
    uint32_t n = app_session(app)->names.count;
    canvas_textf(c, row, 0, 12, STYLE_STRONG, "Layer %u", app->looked + 1);
    canvas_right(c, row, DETAIL_MAP, 7, STYLE_FAINT, "map");
    canvas_right(c, row, DETAIL_ORIGINAL, 8, STYLE_FAINT, "orig.");
    canvas_text(c, row, DETAIL_SETS, c->cols - DETAIL_SETS, STYLE_FAINT,
                "property neurons P = group neurons G");
    for (uint32_t p = 0; p < n && (int)p + 1 < rows; p++)
        detail_line(app, c, row + 1 + (int)p, p);
}

static void render_table(const struct app *app, struct canvas *c, struct rect area)
{
    uint32_t layers = app_file(app)->counts.layers, n = app_session(app)->names.count;
    struct columns k = choose(app, area.cols);
    int col = LAYER_WIDTH + ANY_WIDTH, rows = area.rows - 2;
    uint32_t page = rows > 1 ? (uint32_t)rows : 1, top = app->at.layer / page * page, l;
    canvas_text(c, area.row + 1, 0, LAYER_WIDTH, STYLE_FAINT, "layer");
    canvas_right(c, area.row + 1, LAYER_WIDTH - 1, ANY_WIDTH, STYLE_FAINT, "|S|");
    for (uint32_t p = 0; p < n && col < c->cols; p++) {
        if (!has_column(app, p, &k))
            continue;
        if (col + block_width(app, p, &k) <= c->cols)
            head(app, c, area.row, col, p, &k);
        col += block_width(app, p, &k);
    }
    for (l = top; l < layers && l < top + page; l++)
        table_row(app, c, area.row + 2 + (int)(l - top), l, &k);
    int row = area.row + 2 + (int)(l - top) + 1, left = area.row + area.rows - row;
    if (left < 2)
        return;
    details(app, c, row, left);
    row += (int)n + 2;
    left -= (int)n + 2;
    if (left >= CURVES_ROWS && !c->plain)
        layers_curves(app, c, (struct rect){row, 0, left, area.cols}, LAYERS_CURVES);
}

static void render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct layers_state *s = view_state(app, VIEW_LAYERS);
    if (s->form != LAYERS_TABLE && !c->plain)
        layers_curves(app, c, area, s->form);
    else
        render_table(app, c, area);
}

static enum status prepare(struct app *app, struct err *err)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    struct analysis *session = &app->file[app->here].session;
    for (uint32_t p = 0; p < session->names.count && p < MAX_PROPERTIES; p++)
        if (analysis_property(session, session->names.name[p], &s->property[p], err))
            s->property[p] = NULL; /* its results say why */
    return STATUS_OK;
}

static bool apply(struct app *app, enum action action, long arg, struct err *err)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    size_t here = app->at.layer;
    (void)arg;
    if (app_move(action, &here, app_file(app)->counts.layers, (size_t)app_view_rows(app) - 2)) {
        app->at.layer = (uint32_t)here;
        return true;
    }
    if (action == ACTION_FORM)
        s->form = (s->form + 1) % LAYERS_FORMS;
    else if (action == ACTION_GROUPS)
        err->code = legend_open(app, err);
    else if (action == ACTION_OPEN) {
        app_remember(app);
        app->at.view = VIEW_MAP;
    } else
        return false;
    return true;
}

static size_t legend(struct app *app, struct legend_entry *entry, size_t max)
{
    struct layers_state *s = view_state(app, VIEW_LAYERS);
    const struct names *names = &app_session(app)->names;
    size_t n = names->count < MAX_PROPERTIES ? names->count : MAX_PROPERTIES;
    n = n < max ? n : max;
    for (uint32_t p = 0; p < n; p++)
        entry[p] = (struct legend_entry){layers_letter(app, p), names->name[p], &s->hidden[p]};
    return n;
}

static void status(const struct app *app, struct buf *line)
{
    long best = best_layer(app, app->at.property);
    const struct engine_result *r;
    if (best < 0 || !(r = app_result(app, app->at.property, (uint32_t)best)))
        return;
    buf_printf(line, "%s: best silhouette %.3f in layer %ld (*)", app_property(app), r->silhouette,
               best + 1);
}

const struct view view_layers = {
    .lesson =
        "LAYERS: what every layer encodes, as in figures 4 and 7 of the paper.\n"
        "\n"
        "A neuron is activated in a frame when its value is among the lambda percent largest of "
        "its layer. The pattern S_k of a phone k holds the neurons that are activated in frames "
        "of k more often than chance; |S| counts the neurons that are in the pattern of any "
        "phone. N_g are the neurons in the patterns of at least sigma percent of the phones of "
        "a group g (vowels, female speech, low pitch, ...). The group neurons G_g are those of "
        "N_g that are in no other group's N; the property neurons P are all G_g together.\n"
        "\n"
        "The silhouette says how well the groups stand apart: 1 = tight and far from each other, "
        "0 = mixed, below 0 = points lie nearer to another group. It is given on the "
        "two-dimensional map, as published, and on the original distances between patterns. "
        "The best layer of each property is marked with *.",
    .state_size = sizeof(struct layers_state),
    .apply = apply,
    .prepare = prepare,
    .render = render,
    .status = status,
    .legend = legend,
};
