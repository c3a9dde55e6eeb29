/*
 * Drawing the Compare view: files side by side by layer, as curves, as best layers, or as counts.
 */
#include "config.h"

#include "explorer/views/compare/compare_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/ties.h"

enum {
    TITLE_MIN = 8, /* of a file's title */
    TITLE_MAX = 28,
    SHAPE_WIDTH = 11, /* "  12 x 3072" */
    SCORE_WIDTH = 14, /* "   0.274*   8 " */
    COUNT_WIDTH = 7,
    PAIR_WIDTH = 16, /* count and silhouette */
    LAYER_WIDTH = 7,
    BAR_MAX = 14,
    CURVES_ROWS = 10, /* fewer: no curves */
    MAX_LAYERS = 512  /* of a curve */
};

static int name_width(const struct compare_state *s, int max)
{
    int w = TITLE_MIN;
    for (size_t i = 0; i < s->files; i++) {
        int n = text_width(s->title[i]);
        w = n > w ? n : w;
    }
    return w > max ? max : w;
}

/* A value, or its difference to BASE; NAN where there is none. */
static void compare_draw_value(const struct compare_state *s, struct canvas *c, int row, int col,
                               int width, enum style style, double v, double base, int digits,
                               bool own)
{
    if (isnan(v) || (s->differences && !own && isnan(base)))
        canvas_right(c, row, col, width, STYLE_FAINT, "-");
    else if (s->differences && !own)
        canvas_right(c, row, col, width, style,
                     number_signed(ties_difference(v, base), digits).text);
    else
        canvas_right(c, row, col, width, style, number_fixed(v, digits).text);
}

static double best_of(const struct score_property *q)
{
    return q && q->best >= 0 ? q->layer[q->best].silhouette : NAN;
}

/* each-phone and the like have no silhouette anywhere: no column where only those are shown. */
static bool compare_draw_scored(const struct compare_state *s, const char *name)
{
    bool known = false;
    for (size_t i = 0; i < s->files; i++) {
        const struct score_property *q = compare_scores(s, i, name);
        for (uint32_t l = 0; q && l < s->scores[i].layers; l++) {
            if (q->layer[l].there && !isnan(q->layer[l].silhouette))
                return true;
            known = known || q->layer[l].there;
        }
    }
    return !known;
}

static void compare_draw_pointer(struct canvas *c, int row)
{
    canvas_glyph(c, row, 0, STYLE_STRONG, GLYPH_POINTER);
    c->cursor_row = row;
    c->cursor_col = 0;
}

/* The letter is that of the file's curve. */
static void draw_file(const struct app *app, struct canvas *c, int row, size_t i, int name)
{
    const struct compare_state *s = compare_state(app);
    bool here = i == app->here;
    if (here)
        compare_draw_pointer(c, row);
    canvas_put(c, row, 2, palette_group((unsigned)i), (uint32_t)(unsigned char)compare_letter(i));
    canvas_text(c, row, 4, name, here ? STYLE_SELECTED : STYLE_NORMAL, s->title[i]);
}

/* "4 x 512", or "12 x 100-3072". */
static void draw_size(const struct app *app, struct canvas *c, int row, int col, size_t i)
{
    const struct counts *k = &app->file[i].counts;
    uint32_t low = UINT32_MAX, high = 0;
    char text[64];
    for (uint32_t l = 0; l < k->layers; l++) {
        low = k->layer[l].width < low ? k->layer[l].width : low;
        high = k->layer[l].width > high ? k->layer[l].width : high;
    }
    if (low == high)
        snprintf(text, sizeof text, "%u x %u", k->layers, low);
    else
        snprintf(text, sizeof text, "%u x ..%u", k->layers, high);
    canvas_right(c, row, col, SHAPE_WIDTH, STYLE_FAINT, text);
}

static long best_file(const struct compare_state *s, const char *name)
{
    struct ties t = TIES_NONE;
    for (size_t i = 0; i < s->files; i++)
        ties_offer(&t, (long)i, best_of(compare_scores(s, i, name)));
    return t.best;
}

/* Columns of the table of best silhouettes. */
struct columns {
    int name, size, block, bar; /* widths; 0: left out */
    uint32_t first, last;       /* properties, last one excluded */
};

static uint32_t compare_draw_position(const struct app *app)
{
    uint32_t p = names_find(&compare_state(app)->names, app_property(app));
    return p == NAMES_NONE ? 0 : p;
}

/*
 * Divides WIDTH columns: file names (at most TITLE_MAX, 10 on screens under 80), the size column if
 * each property still fits after it, then a block for each property, widened by a bar of 5 to
 * BAR_MAX columns if there is room.
 */
static struct columns compare_draw_choose(const struct app *app, int width)
{
    const struct compare_state *s = compare_state(app);
    int name = name_width(s, width >= 80 ? TITLE_MAX : 10);
    struct columns k = {name, SHAPE_WIDTH, SCORE_WIDTH, 0, 0, 0};
    int shown = 0;
    for (uint32_t p = 0; p < s->names.count; p++)
        shown += compare_draw_scored(s, s->names.name[p]);
    int room = width - 4 - name;
    if (room - k.size < k.block * (shown ? shown : 1))
        k.size = 0;
    room -= k.size;
    int fit = room / k.block;
    if (shown && fit >= shown) {
        k.bar = (room - shown * k.block) / shown;
        k.bar = k.bar > BAR_MAX ? BAR_MAX : k.bar < 5 ? 0 : k.bar;
        k.block += k.bar;
    }
    /* Where not all properties fit, those from the one at hand on. */
    k.first = fit < shown && compare_draw_position(app) >= (uint32_t)(fit > 0 ? fit : 1)
                  ? compare_draw_position(app)
                  : 0;
    k.last = s->names.count;
    return k;
}

/*
 * The property's name, reversed if it is the current one and the current file has it, above "best"
 * and "layer".
 */
static void compare_draw_head(const struct app *app, struct canvas *c, int row, int col,
                              const char *name, int width)
{
    enum style style =
        scores_find(&compare_state(app)->scores[app->here], name) >= 0 &&
                names_find(&compare_state(app)->names, name) == compare_draw_position(app)
            ? STYLE_TAB_HERE
            : STYLE_STRONG;
    canvas_text(c, row, col + 2, width - 3, style, name);
    canvas_right(c, row + 1, col, 8, STYLE_FAINT, "best");
    canvas_right(c, row + 1, col + 9, 5, STYLE_FAINT, "layer");
}

/*
 * One file's row of best silhouettes: its size, then for each property the silhouette (or its
 * difference to the current file), * in the file with the largest one, the layer and a bar. A file
 * that could not be opened shows the reason instead.
 */
static void best_row(const struct app *app, struct canvas *c, int row, size_t i,
                     const struct columns *k)
{
    const struct compare_state *s = compare_state(app);
    int col = 4 + k->name;
    draw_file(app, c, row, i, k->name);
    if (!app_file_there(app, i)) {
        canvas_text(c, row, col + 2, c->cols - col - 2, STYLE_ALERT, app->file[i].why);
        return;
    }
    if (k->size)
        draw_size(app, c, row, col, i);
    col += k->size;
    for (uint32_t p = k->first; p < k->last && col + k->block <= c->cols; p++) {
        const char *name = s->names.name[p];
        const struct score_property *q = compare_scores(s, i, name);
        double v = best_of(q), base = best_of(compare_scores(s, app->here, name));
        bool best = best_file(s, name) == (long)i;
        if (!compare_draw_scored(s, name))
            continue;
        compare_draw_value(s, c, row, col, 8, best ? STYLE_BEST : STYLE_NORMAL, v, base, 3,
                           i == app->here);
        if (best && !isnan(v))
            canvas_put(c, row, col + 8, STYLE_BEST, '*');
        if (!isnan(v))
            canvas_rightf(c, row, col + 9, 5, STYLE_FAINT, "%ld", q->best + 1);
        if (k->bar > 2)
            canvas_bar(c, row, col + 15, k->bar - 2, best ? STYLE_BEST : STYLE_BAR, v);
        col += k->block;
    }
}

/* The curves of all files for the property at hand. */
static void curves_of(const struct app *app, struct canvas *c, struct rect a, bool silhouettes)
{
    const struct compare_state *s = compare_state(app);
    struct plot_series *series = mem_zeros(s->files, sizeof *series);
    size_t n = 0, layers = 1;
    for (size_t i = 0; i < s->files; i++)
        layers = s->scores[i].layers > layers ? s->scores[i].layers : layers;
    layers = layers > MAX_LAYERS ? MAX_LAYERS : layers;
    double *v = mem_array(s->files * layers, sizeof *v), low = 0, high = silhouettes ? 0.1 : 1;
    const char *name = app_property(app);
    int col = a.col + canvas_textf(c, a.row, a.col, a.cols, STYLE_STRONG, "%s, %s",
                                   silhouettes ? "Silhouette" : "Property neurons", name);
    for (size_t i = 0; series && v && i < s->files; i++) {
        const struct score_property *q = compare_scores(s, i, name);
        double *mine = &v[n * layers];
        if (!q || s->hidden[i])
            continue;
        for (uint32_t l = 0; l < layers; l++) {
            bool there = l < s->scores[i].layers && q->layer[l].there;
            mine[l] = !there ? NAN : silhouettes ? q->layer[l].silhouette : q->layer[l].neurons;
            low = mine[l] < low ? mine[l] : low;
            high = mine[l] > high ? mine[l] : high;
        }
        series[n++] = (struct plot_series){mine, compare_letter(i), palette_group((unsigned)i)};
        if (col < a.col + a.cols)
            col += canvas_textf(c, a.row, col, a.col + a.cols - col, palette_group((unsigned)i),
                                "  %c %s", compare_letter(i), s->title[i]);
    }
    double step = plot_step(high - low, 8);
    if (series && v)
        plot_curves(c, (struct rect){a.row + 1, a.col, a.rows - 1, a.cols}, series, n, layers,
                    floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, app->at.layer,
                    app->glyphs.curves);
    free(series);
    free(v);
}

/* Both curves: side by side on a wide screen, one over the other on a high one, else the first. */
static void draw_curves(const struct app *app, struct canvas *c, struct rect a)
{
    if (a.cols >= 110) {
        int half = a.cols / 2 - 1;
        curves_of(app, c, (struct rect){a.row, a.col, a.rows, half}, true);
        curves_of(app, c, (struct rect){a.row, a.col + a.cols - half, a.rows, half}, false);
    } else if (a.rows >= 16) {
        int half = a.rows / 2;
        curves_of(app, c, (struct rect){a.row, a.col, half, a.cols}, true);
        curves_of(app, c, (struct rect){a.row + half, a.col, a.rows - half, a.cols}, false);
    } else
        curves_of(app, c, a, true);
}

/* What files cannot answer, as far as there is room; returns the rows used. */
static int draw_reasons(const struct app *app, struct canvas *c, struct rect a)
{
    const struct compare_state *s = compare_state(app);
    int row = 0;
    for (size_t i = 0; i < s->files; i++)
        for (uint32_t p = 0; p < s->names.count && row < a.rows; p++) {
            const char *why = compare_reason(app, i, s->names.name[p]);
            if (!app_file_there(app, i) || !*why)
                continue;
            canvas_textf(c, a.row + row++, a.col + 2, a.cols - 2, STYLE_FAINT, "%s, %s: %s",
                         s->title[i], s->names.name[p], why);
        }
    return row;
}

/*
 * The form "best" from top to bottom: the page of files that holds the current one, the reasons for
 * missing values (at most 6 rows), and the curves if CURVES_ROWS are left. The reasons leave that
 * much where at least two rows remain for themselves.
 */
static void draw_best(const struct app *app, struct canvas *c, struct rect a)
{
    const struct compare_state *s = compare_state(app);
    struct columns k = compare_draw_choose(app, a.cols);
    size_t page = a.rows > 3 ? (size_t)a.rows - 2 : 1, top = app->here / page * page, i;
    int col = 4 + k.name + k.size;
    if (s->differences)
        canvas_text(c, a.row, 4, col - 4, STYLE_STRONG, "differences");
    canvas_text(c, a.row + 1, 4, k.name, STYLE_FAINT, "file");
    if (k.size)
        canvas_right(c, a.row + 1, 4 + k.name, SHAPE_WIDTH, STYLE_FAINT, "layers x D");
    for (uint32_t p = k.first; p < k.last && col + k.block <= a.cols; p++)
        if (compare_draw_scored(s, s->names.name[p])) {
            compare_draw_head(app, c, a.row, col, s->names.name[p], k.block);
            col += k.block;
        }
    for (i = top; i < s->files && i < top + page; i++)
        best_row(app, c, a.row + 2 + (int)(i - top), i, &k);
    int row = a.row + 2 + (int)(i - top) + 1, left = a.row + a.rows - row;
    if (left < 1)
        return;
    int most = left >= CURVES_ROWS + 3 ? left - CURVES_ROWS - 1 : left;
    most = most > 6 ? 6 : most;
    int used = draw_reasons(app, c, (struct rect){row, a.col, most, a.cols});
    row += used ? used + 1 : 0;
    left = a.row + a.rows - row;
    if (left >= CURVES_ROWS)
        draw_curves(app, c, (struct rect){row, a.col, left, a.cols});
}

/*
 * File I in layer L: |P| and, if there is room for a PAIR, the silhouette, starred in the file's
 * best layer. Differences are to the same layer of the current file, where it has one.
 */
static void counts_cell(const struct app *app, struct canvas *c, int row, int col, size_t i,
                        uint32_t l, bool pair)
{
    const struct compare_state *s = compare_state(app);
    const char *name = app_property(app);
    const struct score_property *q = compare_scores(s, i, name);
    const struct score_property *own = compare_scores(s, app->here, name);
    bool there = q && l < s->scores[i].layers && q->layer[l].there, best = q && q->best == (long)l;
    bool base = own && l < s->scores[app->here].layers && own->layer[l].there;
    compare_draw_value(s, c, row, col, COUNT_WIDTH, STYLE_NORMAL, there ? q->layer[l].neurons : NAN,
                       base ? own->layer[l].neurons : NAN, 0, i == app->here);
    if (!pair)
        return;
    compare_draw_value(s, c, row, col + COUNT_WIDTH, 8, best ? STYLE_BEST : STYLE_NORMAL,
                       there ? q->layer[l].silhouette : NAN, base ? own->layer[l].silhouette : NAN,
                       3, i == app->here);
    if (best)
        canvas_put(c, row, col + COUNT_WIDTH + 8, STYLE_BEST, '*');
}

/* Two rows: letter and title of the file, then the titles of its one or two columns. */
static void counts_head(const struct app *app, struct canvas *c, int row, int col, size_t i,
                        int width, bool pair)
{
    const struct compare_state *s = compare_state(app);
    char name[200];
    snprintf(name, sizeof name, "%c %.150s", compare_letter(i), s->title[i]);
    canvas_right(c, row, col + 1, (pair ? width - 1 : width) - 1,
                 i == app->here ? STYLE_SELECTED : palette_group((unsigned)i), name);
    canvas_right(c, row + 1, col, COUNT_WIDTH, STYLE_FAINT, "P");
    if (pair)
        canvas_right(c, row + 1, col + COUNT_WIDTH, 8, STYLE_FAINT, "map");
}

/* One property: layers down, files across. */
static void draw_counts(const struct app *app, struct canvas *c, struct rect a)
{
    const struct compare_state *s = compare_state(app);
    uint32_t layers = 0;
    for (size_t i = 0; i < s->files; i++)
        layers = s->scores[i].layers > layers ? s->scores[i].layers : layers;
    int room = a.cols - LAYER_WIDTH;
    bool pair = room >= PAIR_WIDTH * (int)s->files || room >= 3 * PAIR_WIDTH;
    int width = pair ? PAIR_WIDTH : COUNT_WIDTH + 3;
    size_t across = room / width > 0 ? (size_t)(room / width) : 1;
    size_t first = app->here / across * across;
    uint32_t page = a.rows > 4 ? (uint32_t)a.rows - 3 : 1, top = app->at.layer / page * page;
    canvas_textf(c, a.row, 0, a.cols, STYLE_STRONG, "%s%s%s", app_property(app),
                 s->differences ? ", differences to " : "",
                 s->differences ? s->title[app->here] : "");
    canvas_text(c, a.row + 2, 0, LAYER_WIDTH, STYLE_FAINT, "layer");
    for (size_t i = first; i < s->files && i < first + across; i++) {
        int col = a.col + LAYER_WIDTH + width * (int)(i - first);
        counts_head(app, c, a.row + 1, col, i, width, pair);
        for (uint32_t l = top; l < layers && l < top + page; l++)
            counts_cell(app, c, a.row + 3 + (int)(l - top), col, i, l, pair);
    }
    for (uint32_t l = top; l < layers && l < top + page; l++) {
        int row = a.row + 3 + (int)(l - top);
        if (l == app->at.layer)
            compare_draw_pointer(c, row);
        canvas_rightf(c, row, 1, 4, l == app->at.layer ? STYLE_SELECTED : STYLE_NORMAL, "%u",
                      l + 1);
    }
    int row = a.row + 3 + (int)(layers < page ? layers : page) + 1, left = a.row + a.rows - row;
    if (left >= CURVES_ROWS)
        draw_curves(app, c, (struct rect){row, a.col, left, a.cols});
}

void compare_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct compare_state *s = compare_state(app);
    if (!s->title)
        return;
    if (s->form == COMPARE_BEST)
        draw_best(app, c, area);
    else if (s->form == COMPARE_COUNTS)
        draw_counts(app, c, area);
    else
        draw_curves(app, c, area);
}
