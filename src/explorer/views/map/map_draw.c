/*
 * Drawing the Map view: the plot, its legend and scores, and what is said of the selected point.
 */
#include "config.h"

#include "explorer/views/map/map_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/ties.h"

enum { SIDE_WIDTH = 28, SIDE_FROM = 66, ENTRY_NARROW = 14 };

/* Labels: the selected point, the heart of every group, then from the rim inwards. */
static void set_priorities(const struct map_state *s, struct plot_point *point)
{
    for (uint32_t g = 0; g < s->groups; g++) {
        double x = 0, y = 0;
        uint32_t n = 0;
        struct ties heart = TIES_NONE;
        for (uint32_t i = 0; i < s->points; i++)
            if (point[i].group == g) {
                x += s->xy[2 * i];
                y += s->xy[2 * i + 1];
                n++;
            }
        for (uint32_t i = 0; i < s->points; i++) {
            double d = hypot(s->xy[2 * i] - x / n, s->xy[2 * i + 1] - y / n);
            if (point[i].group == g)
                ties_offer(&heart, i, -d);
        }
        if (n)
            point[heart.best].priority = 1 << 20;
    }
}

/*
 * Points of hidden groups and those that the filter excludes get x = NAN, which is not drawn.
 * Labels far from the origin come first, as there is more room at the rim; set_priorities then puts
 * the heart of each group before them.
 */
static void fill_points(const struct app *app, struct plot_point *point)
{
    const struct map_state *s = map_state(app);
    for (uint32_t i = 0; i < s->points; i++) {
        uint32_t g = s->property->point[i].group;
        double x = s->xy[2 * i], y = s->xy[2 * i + 1];
        point[i] =
            (struct plot_point){map_shows(s, i) ? x : NAN, y, g,
                                s->no_labels ? NULL : level_label(s->property->point[i].label),
                                (int)ties_floor(hypot(x, y) * 100)};
    }
    set_priorities(s, point);
}

/* ROW, COL: a cell of the screen the report shall give the nearest point of. */
static void draw_plot(const struct app *app, struct canvas *c, struct rect area, int row, int col,
                      struct plot_report *report)
{
    const struct map_state *s = map_state(app);
    struct plot_point *point = mem_array(s->points, sizeof *point);
    struct plot_group *group = mem_array(s->groups, sizeof *group);
    if (point && group) {
        fill_points(app, point);
        for (uint32_t g = 0; g < s->groups; g++)
            group[g] = map_singles(s)
                           ? (struct plot_group){'o', STYLE_NORMAL}
                           : (struct plot_group){group_letter(s->property, g), palette_group(g)};
        struct plot plot = {point,          s->points,          group,
                            s->groups,      app->glyphs.points, s->selected - 1,
                            row - area.row, col - area.col};
        plot_scatter(c, area, &plot, report);
    }
    free(point);
    free(group);
}

/* "1 v vowel    15"; in a narrow column (many groups) "v vowel". */
static void draw_entry(const struct app *app, struct canvas *c, int row, int col, int width,
                       uint32_t g)
{
    const struct map_state *s = map_state(app);
    char mark = s->hidden[g] ? ' ' : group_letter(s->property, g);
    bool whole = width > ENTRY_NARROW;
    int at = whole ? col + 2 : col;
    if (whole && g < 9)
        canvas_textf(c, row, col, 2, STYLE_FAINT, "%u", g + 1);
    canvas_put(c, row, at, palette_group(g), (uint32_t)(unsigned char)mark);
    canvas_text(c, row, at + 2, width - (whole ? 10 : 3),
                s->hidden[g] ? STYLE_FAINT : palette_group(g), s->property->group.name[g]);
    if (whole)
        canvas_rightf(c, row, col + width - 6, 6, STYLE_NORMAL, "%u", s->property->group_points[g]);
}

/* Every letter is explained as long as that is possible: many groups stand in several columns. */
static int draw_legend(const struct app *app, struct canvas *c, struct rect a, int max)
{
    const struct map_state *s = map_state(app);
    uint32_t rows = max > 3 ? (uint32_t)max - 2 : 1, columns = (s->groups + rows - 1) / rows;
    columns = columns > 3 ? 3 : columns < 1 ? 1 : columns;
    uint32_t shown = s->groups < rows * columns ? s->groups : rows * columns;
    int width = a.cols / (int)columns, row = a.row + 1;
    rows = (shown + columns - 1) / columns;
    canvas_text(c, a.row, a.col, a.cols, STYLE_STRONG, app_property(app));
    if (map_singles(s)) {
        canvas_text(c, row, a.col, a.cols, STYLE_NORMAL, "o a group of one phone");
        return row + 1;
    }
    for (uint32_t g = 0; g < shown; g++)
        draw_entry(app, c, row + (int)(g % rows), a.col + width * (int)(g / rows), width, g);
    row += (int)rows;
    if (shown < s->groups)
        canvas_textf(c, row++, a.col, a.cols, STYLE_FAINT, "%u more: t lists them",
                     s->groups - shown);
    return row;
}

static void number_line(struct canvas *c, int row, struct rect a, const char *name, double v)
{
    canvas_text(c, row, a.col, a.cols - 8, STYLE_NORMAL, name);
    if (isnan(v))
        canvas_right(c, row, a.col + a.cols - 8, 8, STYLE_FAINT, "-");
    else
        canvas_right(c, row, a.col + a.cols - 8, 8, STYLE_NORMAL, number_fixed(v, 3).text);
}

/* What chance gives of a silhouette, below it: "  by chance -0.012   p 0.0012", with ~ while it is
 * provisional; where tokens are exchanged, below the number of their middle frames, which is
 * compared. Returns the row after it. */
static int chance_line(const struct app *app, struct canvas *c, int row, struct rect a,
                       const struct statistic *statistic, double shown)
{
    const struct map_state *s = map_state(app);
    const struct null_row *null = app_null_row(app, s->of_property, statistic, s->of_layer, shown);
    const struct null_row *tokens =
        null ? NULL : app_null_tokens(app, s->of_property, statistic, s->of_layer);
    if (tokens) {
        number_line(c, row++, a, "  tokens' middle", tokens->summary.observed);
        null = tokens;
    }
    if (!null || isnan(null->summary.p))
        return row;
    canvas_textf(c, row, a.col, a.cols, STYLE_FAINT, "  by chance %s",
                 number_fixed(null->summary.mean, 3).text);
    canvas_rightf(c, row, a.col + a.cols - 9, 9, STYLE_NORMAL, "p %s%s",
                  number_p(null->summary.p).text,
                  app_null_final(app, s->of_property, null) ? "" : "~");
    return row + 1;
}

enum { SCALE_MAX = 9 }; /* columns */

/* How far a round distance is on the map. */
static void draw_scale(struct canvas *c, int row, struct rect a, double per_col)
{
    double length = plot_step(SCALE_MAX * per_col / 2.5, 1);
    int cols = (int)ties_round(length / per_col);
    cols = cols < 1 ? 1 : cols;
    canvas_glyph(c, row, a.col, STYLE_FAINT, GLYPH_VLINE);
    canvas_hline(c, row, a.col + 1, cols - 1, STYLE_FAINT);
    canvas_glyph(c, row, a.col + cols, STYLE_FAINT, GLYPH_VLINE);
    canvas_textf(c, row, a.col + cols + 2, a.cols - cols - 2, STYLE_FAINT, "distance %s",
                 number_short(length, 6).text);
}

/*
 * Stress and silhouettes of the map, then how many cells hold several groups, how many labels had
 * no room, and the scale: what the drawing itself cannot show. Returns the row after the last.
 */
static int draw_scores(const struct app *app, struct canvas *c, struct rect a, int row,
                       const struct plot_report *report)
{
    const struct map_state *s = map_state(app);
    const struct engine_result *r = app_result(app, s->of_property, s->of_layer);
    number_line(c, row++, a, "stress", r ? r->stress : NAN);
    number_line(c, row++, a, "silhouette (map)", r ? r->silhouette : NAN);
    row = chance_line(app, c, row, a, &statistic_silhouette, r ? r->silhouette : NAN);
    number_line(c, row++, a, "silh. (full-dim.)", r ? r->silhouette_full : NAN);
    row = chance_line(app, c, row, a, &statistic_full_dim, r ? r->silhouette_full : NAN);
    if (report->mixed) {
        canvas_put(c, row, a.col, STYLE_MIXED, app->glyphs.points && !c->ascii ? ' ' : '*');
        canvas_text(c, row, a.col + 2, a.cols - 8, STYLE_NORMAL, "several groups");
        canvas_rightf(c, row++, a.col + a.cols - 6, 6, STYLE_NORMAL, "%zu", report->mixed);
    }
    if (report->dropped) {
        canvas_textf(c, row++, a.col, a.cols, STYLE_NORMAL, "%zu label%s omitted (no space)",
                     report->dropped, report->dropped == 1 ? "" : "s");
    }
    if (report->per_col > 0)
        draw_scale(c, row++, a, report->per_col);
    return row;
}

void map_point_name(const struct map_state *s, uint32_t i, char *text, size_t size)
{
    const struct property_point *p = &s->property->point[i];
    const char *group = s->property->group.name[p->group], *label = level_label(p->label);
    if (strcmp(group, label) == 0)
        snprintf(text, size, "%s", label);
    else
        snprintf(text, size, "%s %s", label, group);
}

/*
 * The selected point: its name, the size of its pattern S_k, its frames where they are known, and
 * its nearest patterns by distance in full dimension, not in the plane. Lines that do not fit are
 * left out from the end.
 */
static void draw_selected(const struct app *app, struct canvas *c, struct rect a, int row)
{
    const struct map_state *s = map_state(app);
    int end = a.row + a.rows;
    char text[160];
    if (!s->looked || row + 2 > end)
        return;
    uint32_t i = (uint32_t)s->looked - 1;
    const struct property_point *p = &s->property->point[i];
    map_point_name(s, i, text, sizeof text);
    canvas_text(c, row++, a.col, a.cols, STYLE_SELECTED, text);
    number_line(c, row, a, "neurons in S_k", NAN);
    canvas_rightf(c, row++, a.col + a.cols - 8, 8, STYLE_NORMAL, "%zu",
                  bitset_count(&s->layer->pattern[i * s->layer->words], s->layer->words));
    if (p->frames >= 0 && row < end) {
        canvas_text(c, row, a.col, a.cols - 10, STYLE_NORMAL, "frames");
        canvas_rightf(c, row++, a.col + a.cols - 10, 10, STYLE_NORMAL, "%lld",
                      (long long)p->frames);
    }
    if (row < end)
        canvas_text(c, row++, a.col, a.cols, STYLE_FAINT, "nearest patterns, distance");
    for (size_t k = 0; k < s->nears && row < end; k++, row++) {
        map_point_name(s, s->near[k].point, text, sizeof text);
        canvas_text(c, row, a.col + 2, a.cols - 10,
                    palette_group(s->property->point[s->near[k].point].group), text);
        canvas_right(c, row, a.col + a.cols - 8, 8, STYLE_NORMAL,
                     number_fixed(s->near[k].distance, 1).text);
    }
}

/* On a narrow screen the legend is one line. */
static void draw_line(const struct app *app, struct canvas *c, struct rect a,
                      const struct plot_report *report)
{
    const struct map_state *s = map_state(app);
    int col = a.col;
    for (uint32_t g = 0; !map_singles(s) && g < s->groups && col < a.cols; g++)
        col += 2 + canvas_textf(c, a.row, col, a.cols - col,
                                s->hidden[g] ? STYLE_FAINT : palette_group(g), "%c %s",
                                group_letter(s->property, g), s->property->group.name[g]);
    if (report->mixed && col + 9 <= a.cols)
        canvas_text(c, a.row, col, 9, STYLE_NORMAL, "* several");
}

static bool there_is_none(const struct map_state *s)
{
    return s->why[0] || !s->property || (!s->fresh && s->of_layer == UINT32_MAX);
}

/* Where the points are in the view's AREA. */
static struct rect plot_area(struct rect area)
{
    if (area.cols < SIDE_FROM)
        return (struct rect){area.row + 1, area.col, area.rows - 1, area.cols};
    return (struct rect){area.row, area.col, area.rows, area.cols - SIDE_WIDTH - 2};
}

long map_point_at(const struct app *app, const struct canvas *c, int row, int col)
{
    struct rect area = plot_area((struct rect){2, 0, c->rows - 4, c->cols});
    struct plot_report report = {.nearest = -1};
    struct canvas scratch;
    if (there_is_none(map_state(app)) || row < area.row || row >= area.row + area.rows ||
        col < area.col || col >= area.col + area.cols ||
        !canvas_init(&scratch, c->cols, c->rows, c->ascii))
        return -1;
    draw_plot(app, &scratch, area, row, col, &report);
    canvas_free(&scratch);
    return report.nearest;
}

/* Draws the points; the cursor stands on the selected one. */
static void draw_area(const struct app *app, struct canvas *c, struct rect area,
                      struct plot_report *report)
{
    draw_plot(app, c, area, 0, 0, report);
    if (report->row >= 0) {
        c->cursor_row = area.row + report->row;
        c->cursor_col = area.col + report->col;
    }
}

/* The points as a list: their places cannot be read out otherwise. */
static void draw_list(const struct app *app, struct canvas *c, struct rect a)
{
    const struct map_state *s = map_state(app);
    size_t here = s->selected ? (size_t)s->selected - 1 : 0;
    size_t page = a.rows > 2 ? (size_t)a.rows - 1 : 1, top = here / page * page;
    int row = a.row;
    char text[160];
    canvas_text(c, row, a.col + 2, 20, STYLE_FAINT, "point");
    canvas_text(c, row, a.col + 22, 16, STYLE_FAINT, "group");
    canvas_right(c, row, a.col + 38, 10, STYLE_FAINT, "x");
    canvas_right(c, row, a.col + 48, 10, STYLE_FAINT, "y");
    for (size_t i = top; i < s->points && i < top + page; i++) {
        const struct property_point *p = &s->property->point[i];
        if (s->hidden[p->group])
            continue;
        row++;
        if ((long)i + 1 == s->selected)
            canvas_glyph(c, row, a.col, STYLE_STRONG, GLYPH_POINTER);
        map_point_name(s, (uint32_t)i, text, sizeof text);
        canvas_text(c, row, a.col + 2, 19, STYLE_NORMAL, text);
        canvas_text(c, row, a.col + 22, 15, STYLE_NORMAL, s->property->group.name[p->group]);
        canvas_right(c, row, a.col + 38, 10, STYLE_NORMAL, number_fixed(s->xy[2 * i], 3).text);
        canvas_right(c, row, a.col + 48, 10, STYLE_NORMAL, number_fixed(s->xy[2 * i + 1], 3).text);
    }
}

/*
 * No map: the reason. A plain canvas: the points as a list. Under SIDE_FROM columns: the plot with
 * a line of legend; else the plot with a column of SIDE_WIDTH at the right for legend, scores and
 * selection.
 */
void map_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct map_state *s = map_state(app);
    struct plot_report report = {.row = -1};
    if (there_is_none(s)) {
        canvas_wrap(c, (struct rect){area.row + 1, 2, area.rows - 1, area.cols - 4}, STYLE_NORMAL,
                    s->why[0] ? s->why : "computing the map ...");
        return;
    }
    if (c->plain) {
        draw_list(app, c, area);
        return;
    }
    if (area.cols < SIDE_FROM) {
        draw_area(app, c, plot_area(area), &report);
        draw_line(app, c, area, &report);
        return;
    }
    int width = area.cols - SIDE_WIDTH - 2;
    struct rect side = {area.row, area.col + width + 2, area.rows, SIDE_WIDTH - 1};
    draw_area(app, c, plot_area(area), &report);
    for (int r = 0; r < area.rows; r++)
        canvas_glyph(c, area.row + r, area.col + width, STYLE_FAINT, GLYPH_VLINE);
    int row = draw_legend(app, c, side, area.rows / 2) + (area.rows > 16);
    row = draw_scores(app, c, side, row, &report) + 1;
    draw_selected(app, c, side, row);
}
