/*
 * Drawing the Pattern view: the phones, the curve of sorted p and the table of neurons.
 */
#include "config.h"

#include "explorer/views/pattern/pattern_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"

enum {
    LIST_WIDTH = 19, /* of the phones */
    GAP = 2,
    TABLE_NARROW = 24, /* neuron, p, lift */
    TABLE_WIDTH = 43,  /* with the interval */
    COLUMN = 9,        /* p of another phone */
    BESIDE_FROM = 120, /* columns for curves and table side by side */
    CURVES_MIN = 7     /* rows */
};

/* Letters of the curves: a is the phone at hand, b.. those that are kept. */
static char curve_letter(int curve)
{
    return (char)('a' + curve);
}

static bool pattern_draw_shown(const struct pattern_state *s, int curve)
{
    if (!s->curve[curve].there)
        return false;
    return curve == 0 ? pattern_overlay_of(s, s->curve[0].entry) < 0 : s->overlaid[curve - 1] != 0;
}

/* The curve that entry I stands for on the screen, or -1. */
static int curve_of(const struct pattern_state *s, size_t i)
{
    int mark = pattern_overlay_of(s, i);
    return mark >= 0 ? 1 + mark : s->curve[0].there && i == s->curve[0].entry ? 0 : -1;
}

/* "> a AH     14480 !" */
static void draw_entry(const struct app *app, struct canvas *c, int row, size_t i)
{
    const struct pattern_state *s = pattern_state(app);
    const struct pattern_entry *e = &s->entry[i];
    int curve = curve_of(s, i);
    if (i == s->here) {
        canvas_glyph(c, row, 0, STYLE_STRONG, GLYPH_POINTER);
        if (!s->on_neurons)
            c->cursor_row = row, c->cursor_col = 0;
    }
    if (curve >= 0)
        canvas_put(c, row, 2, palette_group((unsigned)curve),
                   (uint32_t)(unsigned char)curve_letter(curve));
    canvas_text(c, row, 4, 5, i == s->here ? STYLE_SELECTED : STYLE_NORMAL, pattern_label(app, i));
    if (e->frames < 0) {
        canvas_right(c, row, 9, 8, STYLE_FAINT, "-");
        return;
    }
    canvas_rightf(c, row, 9, 8, STYLE_NORMAL, "%lld", (long long)e->frames);
    if (pattern_is_rare(app, i))
        canvas_put(c, row, 17, STYLE_ALERT, '!');
}

/*
 * The page of phones that holds the cursor, with their frames. Titles are faint while keys go to
 * the neurons.
 */
static void draw_list(const struct app *app, struct canvas *c, struct rect a)
{
    const struct pattern_state *s = pattern_state(app);
    size_t page = a.rows > 2 ? (size_t)a.rows - 1 : 1, top = s->phones.here / page * page;
    char text[32];
    enum style style = s->on_neurons ? STYLE_FAINT : STYLE_STRONG;
    canvas_text(c, a.row, 2, 6, s->phones.sort == PHONES_PHONE + 1 ? style : STYLE_FAINT,
                grid_title(&s->phones, PHONES_PHONE, text, sizeof text));
    canvas_right(c, a.row, 9, 8, s->phones.sort == PHONES_FRAMES + 1 ? style : STYLE_FAINT,
                 grid_title(&s->phones, PHONES_FRAMES, text, sizeof text));
    for (size_t i = top; i < s->phones.count && i < top + page; i++)
        draw_entry(app, c, a.row + 1 + (int)(i - top), s->phones.shown[i]);
    if (!s->phones.count)
        canvas_text(c, a.row + 1, 2, LIST_WIDTH - 2, STYLE_NORMAL, "none (Esc)");
}

/* One line that names the curves: "p(neuron | phone) sorted   a AH   b IY". */
static void draw_names(const struct app *app, struct canvas *c, struct rect a)
{
    const struct pattern_state *s = pattern_state(app);
    int col = a.col, end = a.col + a.cols;
    col += canvas_text(c, a.row, col, end - col, STYLE_STRONG, "p(neuron | phone), sorted");
    for (int k = 0; k <= PATTERN_OVERLAYS && col < end; k++)
        if (pattern_draw_shown(s, k))
            col += canvas_textf(c, a.row, col, end - col, palette_group((unsigned)k), "  %c %s",
                                curve_letter(k), pattern_label(app, s->curve[k].entry));
    if (end - col >= 14)
        canvas_text(c, a.row, col, end - col, STYLE_FAINT, "  - - baseline");
}

/*
 * p of all neurons in descending order, for the current phone and the overlaid ones. Each curve has
 * its own order, so a rank is not the same neuron in two curves. The axis ends at the first round
 * number above the largest p and the baseline.
 */
static void draw_curves(const struct app *app, struct canvas *c, struct rect a)
{
    const struct pattern_state *s = pattern_state(app);
    const struct profile *p = &s->curve[0].profile;
    struct plot_series series[1 + PATTERN_OVERLAYS];
    double *value = mem_array((size_t)p->width * (1 + PATTERN_OVERLAYS), sizeof *value);
    double high = p->baseline;
    size_t n = 0;
    for (int k = 0; value && k <= PATTERN_OVERLAYS; k++) {
        const struct pattern_curve *curve = &s->curve[k];
        double *v = &value[n * p->width];
        if (!pattern_draw_shown(s, k))
            continue;
        for (uint32_t i = 0; i < p->width; i++)
            v[i] = curve->profile.p[curve->order[i]];
        high = v[0] > high ? v[0] : high;
        series[n++] = (struct plot_series){v, curve_letter(k), palette_group((unsigned)k)};
    }
    double step = plot_step(high, 8);
    draw_names(app, c, a);
    plot_ranks(c, (struct rect){a.row + 1, a.col, a.rows - 1, a.cols}, series, n, p->width,
               ceil(high / step - 1e-9) * step, p->baseline, !s->even, app->glyphs.curves);
    free(value);
}

static void pattern_draw_number(struct canvas *c, int row, int col, int width, int digits, double v)
{
    if (isnan(v))
        canvas_right(c, row, col, width, STYLE_FAINT, "-");
    else
        canvas_right(c, row, col, width, STYLE_NORMAL, number_fixed(v, digits).text);
}

/* What a table of WIDTH cells has room for. */
struct table {
    bool interval, hits;
    int others; /* columns of kept phones */
};

/*
 * Columns by falling importance: neuron, p and lift always; the interval; p of each overlaid phone;
 * hits and the share over all frames. The interval needs counts: probabilities have no number of
 * frames.
 */
static struct table table_of(const struct pattern_state *s, int width)
{
    struct table t = {width >= TABLE_WIDTH && s->curve[0].profile.hits, false, 0};
    int left = width - (t.interval ? TABLE_WIDTH : TABLE_NARROW);
    for (int k = 1; k <= PATTERN_OVERLAYS; k++)
        if (pattern_draw_shown(s, k) && left >= COLUMN) {
            t.others++;
            left -= COLUMN;
        }
    t.hits = t.interval && left >= 2 * COLUMN;
    return t;
}

/* The title of column K at the right of WIDTH cells. */
static int pattern_draw_head(const struct grid *g, struct canvas *c, int row, int col, int width,
                             unsigned k)
{
    char text[32];
    canvas_right(c, row, col, width, g->sort == (int)k + 1 ? STYLE_STRONG : STYLE_FAINT,
                 grid_title(g, k, text, sizeof text));
    return width;
}

/*
 * Titles of the columns that table_of has chosen; the widths are those of table_row. Both ends of
 * the interval share one title, whose arrow shows sorting by either.
 */
static void table_head(const struct app *app, struct canvas *c, struct rect a, struct table t)
{
    const struct pattern_state *s = pattern_state(app);
    const struct grid *g = &s->neurons;
    int col = a.col;
    char arrow[8] = "";
    pattern_draw_head(g, c, a.row, col, g->sort == PATTERN_NEURON + 1 ? 7 : 6, PATTERN_NEURON);
    if (g->sort == PATTERN_P + 1)
        snprintf(arrow, sizeof arrow, g->reverse ? "^" : "v");
    canvas_textf(c, a.row, col + 8, 9, g->sort == PATTERN_P + 1 ? STYLE_STRONG : STYLE_FAINT,
                 "p(.|%.3s)%s", pattern_label(app, s->curve[0].entry), arrow);
    col += 16;
    if (t.interval) {
        int by = g->sort - 1;
        canvas_rightf(c, a.row, col, 17, STYLE_FAINT, "95 %% interval%s",
                      by == PATTERN_LOW || by == PATTERN_HIGH ? (g->reverse ? "^" : "v") : "");
        col += 17;
    }
    col += pattern_draw_head(g, c, a.row, col, 8, PATTERN_LIFT);
    if (t.hits) {
        col += pattern_draw_head(g, c, a.row, col, COLUMN, PATTERN_HITS);
        col += pattern_draw_head(g, c, a.row, col, COLUMN, PATTERN_MARGINAL);
    }
    for (int k = 1, n = 0; k <= PATTERN_OVERLAYS && n < t.others; k++)
        if (pattern_draw_shown(s, k)) {
            canvas_rightf(c, a.row, col + COLUMN * n++, COLUMN, palette_group((unsigned)k), "%c %s",
                          curve_letter(k), pattern_label(app, (size_t)s->overlaid[k - 1] - 1));
        }
}

/* "    17*  0.32145  0.29876-0.34503    32.91" */
static void table_row(const struct app *app, struct canvas *c, int row, int col, uint32_t neuron,
                      struct table t)
{
    const struct pattern_state *s = pattern_state(app);
    const struct profile *p = &s->curve[0].profile;
    struct profile_stats v = profile_stats(p, neuron);
    bool here = s->on_neurons && grid_id(&s->neurons) == neuron;
    if (here) {
        canvas_glyph(c, row, col - 1, STYLE_STRONG, GLYPH_POINTER);
        c->cursor_row = row;
        c->cursor_col = col - 1;
    }
    if (marks_has(app, s->curve[0].layer, neuron))
        canvas_put(c, row, col, STYLE_STRONG, '+');
    canvas_rightf(c, row, col + 1, 5, here ? STYLE_SELECTED : STYLE_NORMAL, "%u", neuron);
    if (v.in)
        canvas_put(c, row, col + 6, STYLE_BEST, '*');
    pattern_draw_number(c, row, col + 7, 9, 5, p->p[neuron]);
    col += 16;
    if (t.interval) {
        if (!isnan(v.low))
            canvas_rightf(c, row, col, 17, STYLE_NORMAL, "%s-%s", number_fixed(v.low, 5).text,
                          number_fixed(v.high, 5).text);
        else
            canvas_right(c, row, col, 17, STYLE_FAINT, "-");
        col += 17;
    }
    pattern_draw_number(c, row, col, 8, 2, v.lift);
    col += 8;
    if (t.hits) {
        pattern_draw_number(c, row, col, COLUMN, 0, v.hits);
        pattern_draw_number(c, row, col + COLUMN, COLUMN, 5, v.marginal);
        col += 2 * COLUMN;
    }
    for (int k = 1, n = 0; k <= PATTERN_OVERLAYS && n < t.others; k++)
        if (pattern_draw_shown(s, k))
            pattern_draw_number(c, row, col + COLUMN * n++, COLUMN, 5,
                                s->curve[k].profile.p[neuron]);
}

/* The page that holds the cursor, or the first page while keys go to the phones. */
static void draw_table(const struct app *app, struct canvas *c, struct rect a)
{
    const struct pattern_state *s = pattern_state(app);
    const struct grid *g = &s->neurons;
    struct table t = table_of(s, a.cols);
    size_t page = a.rows > 2 ? (size_t)a.rows - 1 : 1;
    size_t top = s->on_neurons ? g->here / page * page : 0;
    table_head(app, c, a, t);
    for (size_t i = top; i < g->count && i < top + page; i++)
        table_row(app, c, a.row + 1 + (int)(i - top), a.col, g->shown[i], t);
    if (!g->count)
        canvas_text(c, a.row + 1, a.col, a.cols, STYLE_NORMAL, "no match for the filter (Esc)");
}

size_t pattern_page(const struct app *app)
{
    int rows = app_view_rows(app), curves = rows * 3 / 5;
    bool below =
        pattern_state(app)->form == PATTERN_BOTH && app->cols < BESIDE_FROM && curves >= CURVES_MIN;
    rows -= below ? curves + 1 : 1;
    return rows > 1 ? (size_t)rows : 1;
}

/* Both: side by side on a wide screen, one over the other on a high one, else the table. */
static void draw_both(const struct app *app, struct canvas *c, struct rect a)
{
    int curves = a.rows * 3 / 5;
    if (a.cols + LIST_WIDTH + GAP >= BESIDE_FROM) {
        int extra = 0;
        for (int k = 1; k <= PATTERN_OVERLAYS; k++)
            extra += pattern_draw_shown(pattern_state(app), k) ? COLUMN : 0;
        int table = TABLE_WIDTH + extra + (a.cols >= 150 ? 2 * COLUMN : 0);
        table = table > a.cols / 2 ? a.cols / 2 : table;
        draw_curves(app, c, (struct rect){a.row, a.col, a.rows, a.cols - table - GAP});
        draw_table(app, c, (struct rect){a.row, a.col + a.cols - table, a.rows, table});
    } else if (curves >= CURVES_MIN) {
        draw_curves(app, c, (struct rect){a.row, a.col, curves, a.cols});
        draw_table(app, c, (struct rect){a.row + curves, a.col, a.rows - curves, a.cols});
    } else
        draw_table(app, c, a);
}

static void draw_reason(const struct app *app, struct canvas *c, struct rect a)
{
    char text[400];
    snprintf(text, sizeof text, "%s.%s", pattern_state(app)->curve[0].why,
             counts_is_probability(&app_file(app)->counts)
                 ? "\n\nKeep one level of each other factor: conditions, c."
                 : "");
    canvas_wrap(c, a, STYLE_NORMAL, text);
}

/*
 * Phones at the left, and the chosen form in the rest, or the reason why there is no pattern. A
 * plain canvas always has the table: curves cannot be read out.
 */
void pattern_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct pattern_state *s = pattern_state(app);
    struct rect rest = {area.row, area.col + LIST_WIDTH + GAP, area.rows,
                        area.cols - LIST_WIDTH - GAP};
    if (!s->entries) {
        canvas_wrap(c, (struct rect){area.row + 1, 2, area.rows - 1, area.cols - 4}, STYLE_NORMAL,
                    "there are no phones in this file");
        return;
    }
    draw_list(app, c, area);
    if (!s->curve[0].there)
        draw_reason(app, c, (struct rect){rest.row + 1, rest.col, rest.rows - 1, rest.cols - 1});
    else if (c->plain)
        draw_table(app, c, rest);
    else if (s->form == PATTERN_CURVES)
        draw_curves(app, c, rest);
    else if (s->form == PATTERN_TABLE)
        draw_table(app, c, rest);
    else
        draw_both(app, c, rest);
}
