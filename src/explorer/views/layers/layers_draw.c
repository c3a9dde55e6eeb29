/*
 * Drawing the Layers view as a table, with details of the current layer below.
 */
#include "config.h"

#include "base/number.h"
#include "base/ties.h"
#include "explorer/views/layers/layers_state.h"

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
    bool nulls;                  /* what chance gives of the property at hand */
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
    EXPECTED_WIDTH = 6, /* " 302.1" */
    P_WIDTH = 7,        /* " .0012" and ~ */
    GAP = 2,            /* between properties */
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

/* True if what chance gives of property P stands beside its numbers. */
static bool has_nulls(const struct app *app, uint32_t p, const struct columns *k)
{
    return k->nulls && p == app->at.property;
}

/* A column is as wide as the group's name asks for, within limits. */
static int group_width(const struct app *app, uint32_t p, uint32_t group)
{
    int w = text_width(group_name(app, p, group)) + 1;
    return w < COUNT_WIDTH ? COUNT_WIDTH : w > GROUP_MAX ? GROUP_MAX : w;
}

/* Columns of a property's block with the gap before it; at least as wide as its name. */
static int block_width(const struct app *app, uint32_t p, const struct columns *k)
{
    int least = text_width(app_session(app)->names.name[p]), w = COUNT_WIDTH;
    if (layers_scored(app, p))
        w += SCORE_WIDTH + (k->bars ? k->bar : 0) +
             (k->original ? FULL_WIDTH + (k->bars ? k->bar : 0) : 0);
    if (has_nulls(app, p, k))
        w += EXPECTED_WIDTH + P_WIDTH + (layers_scored(app, p) ? P_WIDTH * (1 + k->original) : 0);
    for (uint32_t g = 0; k->groups && g < group_columns(app, p); g++)
        w += group_width(app, p, g);
    return GAP + (w < least ? least : w);
}

/* Columns of the table with the properties below COUNT. */
static int layers_draw_width(const struct app *app, const struct columns *k, uint32_t count)
{
    int w = LAYER_WIDTH + ANY_WIDTH;
    for (uint32_t p = 0; p < count; p++)
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

/* Takes the first of COUNT tries that fits WIDTH; false if none does. */
static bool layers_draw_try(const struct app *app, int width, const struct columns *tries,
                            size_t count, bool nulls, struct columns *k)
{
    for (size_t i = 0; i < count; i++) {
        *k = tries[i];
        k->nulls = nulls;
        int spare = width - layers_draw_width(app, k, app_session(app)->names.count),
            bars = (int)bars_in(app, k);
        if (spare < 0)
            continue;
        if (bars)
            k->bar += spare / bars;
        k->bar = k->bar > BAR_MAX ? BAR_MAX : k->bar;
        return true;
    }
    return false;
}

/*
 * The most that fits, what chance gives before bars.  Where not even numbers alone fit, properties
 * are left out from the right, or from the left where that would hide the one at hand.
 */
static struct columns layers_draw_choose(const struct app *app, int width)
{
    static const struct columns tries[] = {{true, true, true, true, false, BAR_MIN, 0},
                                           {true, true, false, true, false, BAR_MIN, 0},
                                           {true, false, false, true, false, BAR_MIN, 0},
                                           {true, false, false, false, false, BAR_MIN, 0},
                                           {false, false, false, true, false, 0, 0},
                                           {false, false, false, false, false, 0, 0}};
    const struct engine_result *r = app_result(app, app->at.property, 0);
    bool nulls =
        r && !r->code && app_null_row(app, app->at.property, &statistic_size, 0, r->neurons);
    size_t count = sizeof tries / sizeof tries[0];
    struct columns k;
    if (nulls && layers_draw_try(app, width, tries, count, true, &k))
        return k;
    k = tries[count - 1];
    k.nulls = true;
    if (nulls && LAYER_WIDTH + ANY_WIDTH + block_width(app, app->at.property, &k) <= width) {
        while (layers_draw_width(app, &k, app->at.property + 1) > width)
            k.first++;
        return k;
    }
    if (!layers_draw_try(app, width, tries, count, false, &k) &&
        layers_draw_width(app, &k, app->at.property + 1) > width)
        k.first = app->at.property;
    return k;
}

long layers_best(const struct app *app, uint32_t p)
{
    struct ties t = TIES_NONE;
    for (uint32_t l = 0; l < app_file(app)->counts.layers; l++) {
        const struct engine_result *r = app_result(app, p, l);
        ties_offer(&t, l, r && !r->code ? r->silhouette : NAN);
    }
    return ties_choice(&t);
}

/* TITLE with the arrow of the column it is about, where it is sorted by that. */
static void sorted_title(const struct app *app, struct canvas *c, int row, int col, int width,
                         unsigned k, const char *title)
{
    const struct layers_state *s = view_state(app, VIEW_LAYERS);
    bool here = s->grid.sort == (int)k + 1;
    bool up = here && s->column[k].falling == s->grid.reverse;
    canvas_rightf(c, row, col, width, here ? STYLE_STRONG : STYLE_FAINT, "%s%s", title,
                  !here ? ""
                  : up  ? "^"
                        : "v");
}

/*
 * Two rows above a property's block: its name, reversed for the current property, and the titles of
 * its columns, the sorted one with an arrow. Widths are those of layers_draw_block.
 */
static void layers_draw_head(const struct app *app, struct canvas *c, int row, int col, uint32_t p,
                             const struct columns *k)
{
    const char *name = app_session(app)->names.name[p];
    int width = block_width(app, p, k) - GAP;
    col += GAP;
    canvas_text(c, row, col, width, p == app->at.property ? STYLE_TAB_HERE : STYLE_STRONG, name);
    sorted_title(app, c, row + 1, col, COUNT_WIDTH, LIST_PROPERTIES + 2 * p, "P");
    col += COUNT_WIDTH;
    bool nulls = has_nulls(app, p, k);
    if (nulls) {
        canvas_right(c, row + 1, col, EXPECTED_WIDTH, STYLE_FAINT, "exp.");
        canvas_right(c, row + 1, col + EXPECTED_WIDTH, P_WIDTH - 1, STYLE_FAINT, "p");
        col += EXPECTED_WIDTH + P_WIDTH;
    }
    for (uint32_t g = 0; k->groups && g < group_columns(app, p); g++) {
        int w = group_width(app, p, g);
        canvas_right(c, row + 1, col + 1, w - 1, STYLE_FAINT, group_name(app, p, g));
        col += w;
    }
    if (!layers_scored(app, p))
        return;
    sorted_title(app, c, row + 1, col, SCORE_WIDTH - 1, LIST_PROPERTIES + 2 * p + 1, "map");
    col += SCORE_WIDTH + (k->bars ? k->bar : 0);
    if (nulls) {
        canvas_right(c, row + 1, col, P_WIDTH - 1, STYLE_FAINT, "p");
        col += P_WIDTH;
    }
    if (k->original)
        canvas_right(c, row + 1, col, FULL_WIDTH - 1, STYLE_FAINT, "full-d.");
    if (k->original && nulls)
        canvas_right(c, row + 1, col + FULL_WIDTH + (k->bars ? k->bar : 0), P_WIDTH - 1,
                     STYLE_FAINT, "p");
}

/* A silhouette as number and bar; the bar shows 0..1, what is below 0 has none. */
static void layers_draw_score(struct canvas *c, int row, int col, int width, double v, bool best,
                              int bar)
{
    if (isnan(v)) {
        canvas_right(c, row, col, width, STYLE_FAINT, "-");
        return;
    }
    canvas_right(c, row, col, width, best ? STYLE_BEST : STYLE_NORMAL, number_fixed(v, 3).text);
    if (best)
        canvas_put(c, row, col + width, STYLE_BEST, '*');
    if (bar)
        canvas_bar(c, row, col + width + 2, bar - 1, best ? STYLE_BEST : STYLE_BAR, v);
}

/* p of a statistic as ".0012", there being little room, with ~ while it is provisional; the columns
 * used. */
static int layers_draw_p(const struct app *app, struct canvas *c, int row, int col, uint32_t p,
                         const struct statistic *statistic, uint32_t layer, double shown)
{
    const struct null_row *null = app_null_row(app, p, statistic, layer, shown);
    if (!null)
        return P_WIDTH;
    const struct number n = number_p(null->summary.p);
    canvas_right(c, row, col, P_WIDTH - 1, STYLE_FAINT,
                 n.text + (strncmp(n.text, "0.", 2) == 0 ? 1 : 0));
    if (!app_null_final(app, p, null))
        canvas_put(c, row, col + P_WIDTH - 1, STYLE_FAINT, '~');
    return P_WIDTH;
}

/* The size that chance gives, and p; the columns used. */
static int layers_draw_size_null(const struct app *app, struct canvas *c, int row, int col,
                                 uint32_t p, uint32_t layer, double shown)
{
    const struct null_row *null = app_null_row(app, p, &statistic_size, layer, shown);
    if (null)
        canvas_right(c, row, col, EXPECTED_WIDTH, STYLE_FAINT,
                     isnan(null->summary.mean) ? "-" : number_fixed(null->summary.mean, 1).text);
    return EXPECTED_WIDTH +
           layers_draw_p(app, c, row, col + EXPECTED_WIDTH, p, &statistic_size, layer, shown);
}

/*
 * One property in one layer: |P|, |G| of each group, and silhouettes with bars. "." means not
 * computed yet, "-" that the property is not available under the conditions.
 */
static void layers_draw_block(const struct app *app, struct canvas *c, int row, int col, uint32_t p,
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
    bool nulls = has_nulls(app, p, k);
    if (nulls)
        col += layers_draw_size_null(app, c, row, col, p, layer, r->neurons);
    for (uint32_t g = 0; k->groups && g < group_columns(app, p); g++) {
        int w = group_width(app, p, g);
        canvas_rightf(c, row, col, w, STYLE_FAINT, "%u", r->group[g]);
        col += w;
    }
    if (!layers_scored(app, p))
        return;
    layers_draw_score(c, row, col, SCORE_WIDTH - 1, r->silhouette, best, bar);
    col += SCORE_WIDTH + bar;
    if (nulls)
        col += layers_draw_p(app, c, row, col, p, &statistic_silhouette, layer, r->silhouette);
    if (k->original)
        layers_draw_score(c, row, col, FULL_WIDTH - 1, r->silhouette_full, false, bar);
    if (k->original && nulls)
        layers_draw_p(app, c, row, col + FULL_WIDTH + bar, p, &statistic_full_dim, layer,
                      r->silhouette_full);
}

/*
 * One layer. |S| is that of the first property, or of the current one where the first is not
 * available; the layer with the best silhouette of a property is marked in its block.
 */
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
        layers_draw_block(app, c, row, col, p, layer, k, layers_best(app, p) == (long)layer);
        col += w;
    }
}

/* Where the columns of the details begin. */
enum { DETAIL_MAP = 13, DETAIL_ORIGINAL = 20, DETAIL_SETS = 33 };

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
    layers_draw_score(c, row, DETAIL_MAP, 7, r->silhouette, false, 0);
    layers_draw_score(c, row, DETAIL_ORIGINAL, 10, r->silhouette_full, false, 0);
    buf_printf(&line, "%u", r->neurons);
    const struct null_row *null = app_null_row(app, p, &statistic_size, app->looked, r->neurons);
    const struct null_row *tokens = app_null_tokens(app, p, &statistic_size, app->looked);
    if (!null && tokens)
        buf_printf(&line, " (of tokens %s, %s by chance, p %s%s)",
                   number_fixed(tokens->summary.observed, 0).text,
                   number_fixed(tokens->summary.mean, 1).text, number_p(tokens->summary.p).text,
                   app_null_final(app, p, tokens) ? "" : "~");
    if (null && !isnan(null->summary.mean))
        buf_printf(&line, " (%s by chance, p %s%s)", number_fixed(null->summary.mean, 1).text,
                   number_p(null->summary.p).text, app_null_final(app, p, null) ? "" : "~");
    if (r->groups <= MAX_GROUPS)
        for (uint32_t g = 0; g < r->groups; g++)
            buf_printf(&line, " %c %s %u", g ? '+' : '=', group_name(app, p, g), r->group[g]);
    else
        buf_printf(&line, " in %u groups", r->groups);
    canvas_text(c, row, DETAIL_SETS, c->cols - DETAIL_SETS, STYLE_NORMAL, buf_text(&line));
    buf_free(&line);
}

/*
 * The layer under the cursor in words: both silhouettes and the sizes of the groups, or the reason
 * why there are none. The layer is `looked`, which follows the cursor late while keys are still
 * coming in.
 */
static void layers_draw_details(const struct app *app, struct canvas *c, int row, int rows)
{
    uint32_t n = app_session(app)->names.count;
    canvas_textf(c, row, 0, 12, STYLE_STRONG, "Layer %u", app->looked + 1);
    canvas_right(c, row, DETAIL_MAP, 7, STYLE_FAINT, "map");
    canvas_right(c, row, DETAIL_ORIGINAL, 10, STYLE_FAINT, "full-dim.");
    canvas_text(c, row, DETAIL_SETS, c->cols - DETAIL_SETS, STYLE_FAINT,
                "property neurons P = group neurons G");
    for (uint32_t p = 0; p < n && (int)p + 1 < rows; p++)
        detail_line(app, c, row + 1 + (int)p, p);
}

/*
 * The page of layers that holds the cursor, then details of the current layer and, if CURVES_ROWS
 * are left, the curves. Blocks that do not fit at the right are left out whole.
 */
static void render_table(const struct app *app, struct canvas *c, struct rect area)
{
    uint32_t n = app_session(app)->names.count;
    struct columns k = layers_draw_choose(app, area.cols);
    int col = LAYER_WIDTH + ANY_WIDTH, rows = area.rows - 2;
    const struct grid *g = &((const struct layers_state *)view_state(app, VIEW_LAYERS))->grid;
    size_t page = rows > 1 ? (size_t)rows : 1, top = g->here / page * page, l;
    sorted_title(app, c, area.row + 1, 0, LAYER_WIDTH - (g->sort != 1), LIST_LAYER, "layer");
    sorted_title(app, c, area.row + 1, LAYER_WIDTH - 1, ANY_WIDTH, LIST_ANY, "|S|");
    for (uint32_t p = 0; p < n && col < c->cols; p++) {
        if (!has_column(app, p, &k))
            continue;
        if (col + block_width(app, p, &k) <= c->cols)
            layers_draw_head(app, c, area.row, col, p, &k);
        col += block_width(app, p, &k);
    }
    for (l = top; l < g->count && l < top + page; l++)
        table_row(app, c, area.row + 2 + (int)(l - top), g->shown[l], &k);
    int row = area.row + 2 + (int)(l - top) + 1, left = area.row + area.rows - row;
    if (left < 2)
        return;
    layers_draw_details(app, c, row, left);
    row += (int)n + 2;
    left -= (int)n + 2;
    if (left >= CURVES_ROWS && !c->plain)
        layers_curves(app, c, (struct rect){row, 0, left, area.cols}, LAYERS_CURVES);
}

void layers_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct layers_state *s = view_state(app, VIEW_LAYERS);
    if (s->form != LAYERS_TABLE && !c->plain)
        layers_curves(app, c, area, s->form);
    else
        render_table(app, c, area);
}
