#include "config.h"

#include "pattern_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "propneu/mem.h"

enum {
    LIST_WIDTH = 19,
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

static bool shown(const struct pattern_state *s, int curve)
{
    if (!s->curve[curve].there)
        return false;
    return curve == 0 ? pattern_mark_of(s, s->curve[0].entry) < 0 : s->marked[curve - 1] != 0;
}

/* The curve that entry I stands for on the screen, or -1. */
static int curve_of(const struct pattern_state *s, size_t i)
{
    int mark = pattern_mark_of(s, i);
    return mark >= 0 ? 1 + mark : s->curve[0].there && i == s->curve[0].entry ? 0 : -1;
}

/* "> a AH     14480 !" */
static void draw_entry(const struct app *app, struct canvas *c, int row, size_t i)
{
    const struct pattern_state *s = pattern_state(app);
    const struct pattern_entry *e = &s->entry[i];
    const struct counts_layer *layer = &app_file(app)->counts.layer[app->at.layer];
    int curve = curve_of(s, i);
    if (i == s->here) {
        canvas_glyph(c, row, 0, STYLE_STRONG, GLYPH_POINTER);
        c->cursor_row = row;
        c->cursor_col = 0;
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
    if ((double)e->frames * layer->tau < PATTERN_RARE * (double)layer->width)
        canvas_put(c, row, 17, STYLE_ALERT, '!');
}

static void draw_list(const struct app *app, struct canvas *c, struct rect a)
{
    const struct pattern_state *s = pattern_state(app);
    size_t page = a.rows > 2 ? (size_t)a.rows - 1 : 1, top = s->here / page * page;
    canvas_text(c, a.row, 2, 6, STYLE_FAINT, "phone");
    canvas_right(c, a.row, 9, 8, STYLE_FAINT, "frames");
    for (size_t i = top; i < s->entries && i < top + page; i++)
        draw_entry(app, c, a.row + 1 + (int)(i - top), i);
}

/* One line that names the curves: "p(neuron | phone) sorted   a AH   b IY". */
static void draw_names(const struct app *app, struct canvas *c, struct rect a)
{
    const struct pattern_state *s = pattern_state(app);
    int col = a.col, end = a.col + a.cols;
    col += canvas_text(c, a.row, col, end - col, STYLE_STRONG, "p(neuron | phone), sorted");
    for (int k = 0; k <= PATTERN_MARKS && col < end; k++)
        if (shown(s, k))
            col += canvas_textf(c, a.row, col, end - col, palette_group((unsigned)k), "  %c %s",
                                curve_letter(k), pattern_label(app, s->curve[k].entry));
    if (end - col >= 14)
        canvas_text(c, a.row, col, end - col, STYLE_FAINT, "  - - baseline");
}

static void draw_curves(const struct app *app, struct canvas *c, struct rect a)
{
    const struct pattern_state *s = pattern_state(app);
    const struct profile *p = &s->curve[0].profile;
    struct plot_series series[1 + PATTERN_MARKS];
    double *value = mem_array((size_t)p->width * (1 + PATTERN_MARKS), sizeof *value);
    double high = p->baseline;
    size_t n = 0;
    for (int k = 0; value && k <= PATTERN_MARKS; k++) {
        const struct pattern_curve *curve = &s->curve[k];
        double *v = &value[n * p->width];
        if (!shown(s, k))
            continue;
        for (uint32_t i = 0; i < p->width; i++)
            v[i] = curve->profile.p[curve->order[i]];
        high = v[0] > high ? v[0] : high;
        series[n++] = (struct plot_series){v, curve_letter(k), palette_group((unsigned)k)};
    }
    double step = plot_step(high, 8);
    draw_names(app, c, a);
    plot_ranks(c, (struct rect){a.row + 1, a.col, a.rows - 1, a.cols}, series, n, p->width,
               ceil(high / step - 1e-9) * step, p->baseline, !s->even, app->lines);
    free(value);
}

static void number(struct canvas *c, int row, int col, int width, int digits, double v)
{
    if (isnan(v))
        canvas_right(c, row, col, width, STYLE_FAINT, "-");
    else
        canvas_rightf(c, row, col, width, STYLE_NORMAL, "%.*f", digits, v);
}

/* What a table of WIDTH cells has room for. */
struct table {
    bool interval, hits;
    int others; /* columns of kept phones */
};

static struct table table_of(const struct pattern_state *s, int width)
{
    struct table t = {width >= TABLE_WIDTH && s->curve[0].profile.hits, false, 0};
    int left = width - (t.interval ? TABLE_WIDTH : TABLE_NARROW);
    for (int k = 1; k <= PATTERN_MARKS; k++)
        if (shown(s, k) && left >= COLUMN) {
            t.others++;
            left -= COLUMN;
        }
    t.hits = t.interval && left >= 2 * COLUMN;
    return t;
}

static void table_head(const struct app *app, struct canvas *c, struct rect a, struct table t)
{
    const struct pattern_state *s = pattern_state(app);
    int col = a.col;
    canvas_right(c, a.row, col, 6, STYLE_FAINT, "neuron");
    canvas_textf(c, a.row, col + 8, 8, STYLE_STRONG, "p(.|%.3s)",
                 pattern_label(app, s->curve[0].entry));
    col += 16;
    if (t.interval) {
        canvas_right(c, a.row, col, 17, STYLE_FAINT, "95 % interval");
        col += 17;
    }
    canvas_right(c, a.row, col, 8, STYLE_FAINT, "lift");
    col += 8;
    if (t.hits) {
        canvas_right(c, a.row, col, COLUMN, STYLE_FAINT, "hits");
        canvas_right(c, a.row, col + COLUMN, COLUMN, STYLE_FAINT, "marginal");
        col += 2 * COLUMN;
    }
    for (int k = 1, n = 0; k <= PATTERN_MARKS && n < t.others; k++)
        if (shown(s, k)) {
            canvas_rightf(c, a.row, col + COLUMN * n++, COLUMN, palette_group((unsigned)k), "%c %s",
                          curve_letter(k), pattern_label(app, (size_t)s->marked[k - 1] - 1));
        }
}

/* "    17*  0.32145  0.29876-0.34503    32.91" */
static void table_row(const struct app *app, struct canvas *c, int row, int col, uint32_t neuron,
                      struct table t)
{
    const struct pattern_state *s = pattern_state(app);
    const struct profile *p = &s->curve[0].profile;
    struct profile_stats v = profile_stats(p, neuron);
    canvas_rightf(c, row, col, 6, STYLE_NORMAL, "%u", neuron);
    if (v.in)
        canvas_put(c, row, col + 6, STYLE_BEST, '*');
    number(c, row, col + 7, 9, 5, p->p[neuron]);
    col += 16;
    if (t.interval) {
        if (!isnan(v.low))
            canvas_rightf(c, row, col, 17, STYLE_NORMAL, "%.5f-%.5f", v.low, v.high);
        else
            canvas_right(c, row, col, 17, STYLE_FAINT, "-");
        col += 17;
    }
    number(c, row, col, 8, 2, v.lift);
    col += 8;
    if (t.hits) {
        number(c, row, col, COLUMN, 0, v.hits);
        number(c, row, col + COLUMN, COLUMN, 5, v.marginal);
        col += 2 * COLUMN;
    }
    for (int k = 1, n = 0; k <= PATTERN_MARKS && n < t.others; k++)
        if (shown(s, k))
            number(c, row, col + COLUMN * n++, COLUMN, 5, s->curve[k].profile.p[neuron]);
}

static void draw_table(const struct app *app, struct canvas *c, struct rect a)
{
    const struct pattern_curve *k = &pattern_state(app)->curve[0];
    struct table t = table_of(pattern_state(app), a.cols);
    table_head(app, c, a, t);
    for (uint32_t i = 0; i < k->profile.width && (int)i + 1 < a.rows; i++)
        table_row(app, c, a.row + 1 + (int)i, a.col, k->order[i], t);
}

/* Both: side by side on a wide screen, one over the other on a high one, else the table. */
static void draw_both(const struct app *app, struct canvas *c, struct rect a)
{
    int curves = a.rows * 3 / 5;
    if (a.cols + LIST_WIDTH + GAP >= BESIDE_FROM) {
        int extra = 0;
        for (int k = 1; k <= PATTERN_MARKS; k++)
            extra += shown(pattern_state(app), k) ? COLUMN : 0;
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
