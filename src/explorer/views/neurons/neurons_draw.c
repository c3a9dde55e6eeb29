/*
 * Drawing the Neurons view: the list, and p by phone and group of the selected neuron.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer/views/neurons/neurons_state.h"
#include "analysis/pattern.h"
#include "base/number.h"

enum {
    TABLE_WIDTH = 43, /* pointer to patterns */
    SETS_WIDTH = 26,  /* other sets that a neuron is in */
    TESTS_WIDTH = 16, /* q and stable, once they are there */
    BARS_MIN = 34,    /* narrower: no bars */
    GAP = 2,          /* between list and bars */
    NAME = 11,        /* of a bar */
    NUMBER = 8,       /* p with five decimals */
    INTERVAL = 16,
    MAX_GROUPS = 4 /* more are only in the list by phone */
};

static const struct {
    int col, width;
    bool right;
} columns[NEURONS_LIFT] = {
    [NEURONS_NUMBER] = {1, 7, true},    [NEURONS_GROUP] = {9, 9, false},
    [NEURONS_BEST] = {18, 10, false},   [NEURONS_P] = {27, 8, true},
    [NEURONS_PATTERNS] = {35, 8, true}, [NEURONS_SETS] = {45, 25, false},
};

/* Columns between patterns and other sets: TESTS_WIDTH where there are tests and room for them. */
static int draw_tests_width(const struct app *app, int cols)
{
    return app_null_neurons(app) && cols >= TABLE_WIDTH + TESTS_WIDTH ? TESTS_WIDTH : 0;
}

/* The title of column K, which stands out and has an arrow where the list is sorted by it. */
static void draw_title(const struct neurons_state *s, struct canvas *c, int row, int col, int width,
                       unsigned k, bool right)
{
    char text[32];
    enum style style = s->grid.sort == (int)k + 1 ? STYLE_STRONG : STYLE_FAINT;
    grid_title(&s->grid, k, text, sizeof text);
    if (right)
        canvas_right(c, row, col, width, style, text);
    else
        canvas_text(c, row, col, width, style, text);
}

/* Titles, as many whole columns as fit. */
static void draw_head(const struct app *app, struct canvas *c, struct rect a)
{
    const struct neurons_state *s = neurons_state(app);
    int tests = draw_tests_width(app, a.cols);
    for (unsigned k = 0; k < NEURONS_LIFT; k++) {
        int col = columns[k].col + (k == NEURONS_SETS ? tests : 0);
        if (col + columns[k].width <= a.cols)
            draw_title(s, c, a.row, a.col + col, columns[k].width, k, columns[k].right);
    }
    if (tests) {
        draw_title(s, c, a.row, a.col + TABLE_WIDTH, 7, NEURONS_Q, true);
        draw_title(s, c, a.row, a.col + TABLE_WIDTH + 8, 7, NEURONS_STABLE, true);
    }
}

/* q and stability at COL, with ~ while they are of the first draws. */
static void draw_tests(const struct app *app, struct canvas *c, int row, int col,
                       const struct neuron_row *r)
{
    const struct nulls_neurons *t = app_null_neurons(app);
    double stable = neurons_stable(app, r);
    canvas_right(c, row, col, 7, STYLE_NORMAL, number_p(neurons_q(app, r)).text);
    if (t->q && !t->tests_final)
        canvas_put(c, row, col + 7, STYLE_FAINT, '~');
    canvas_right(c, row, col + 8, 7, STYLE_NORMAL,
                 isnan(stable) ? "-" : number_fixed(stable, 3).text);
    if (t->stable && !t->stable_final)
        canvas_put(c, row, col + 15, STYLE_FAINT, '~');
}

/* The properties whose neuron it is, but the one shown; LEAD before them if there are any. */
static void draw_sets(const struct app *app, struct canvas *c, int row, int col, int width,
                      const struct neuron_row *r, const char *lead)
{
    const struct names *names = &app_session(app)->names;
    uint32_t neuron = r->neuron;
    struct buf line = BUF_INIT;
    for (uint32_t i = 0; i < names->count && i < 32; i++)
        if (r->sets >> i & 1 && strcmp(names->name[i], neurons_set(app)) != 0)
            buf_printf(&line, "%s%s", line.len ? " " : lead, names->name[i]);
    /* With a name of the user's own; the marks have their sign. */
    for (size_t i = 1; *lead && i < app->marked.sets.count; i++)
        if (neuron_set_has(&app->marked.sets.set[i].neurons, neurons_state(app)->of_layer, neuron))
            buf_printf(&line, "%s$%s", line.len ? " " : lead, app->marked.sets.set[i].name);
    canvas_text(c, row, col, width, STYLE_NORMAL, buf_text(&line));
    buf_free(&line);
}

/*
 * Line I of the list: mark, number, group, best point, its p, and, as width allows, the patterns (k
 * of n) and other sets. The columns are those of the head above.
 */
static void draw_row(const struct app *app, struct canvas *c, int row, struct rect a, size_t i)
{
    const struct neurons_state *s = neurons_state(app);
    const struct neuron_row *r = &s->row[s->grid.shown[i]];
    const struct property *p = s->property;
    bool here = i == s->grid.here;
    char name[128];
    if (here) {
        canvas_glyph(c, row, a.col, STYLE_STRONG, GLYPH_POINTER);
        c->cursor_row = row;
        c->cursor_col = a.col;
    }
    if (marks_has(app, s->of_layer, r->neuron))
        canvas_put(c, row, a.col + 1, STYLE_STRONG, '+');
    canvas_rightf(c, row, a.col + 2, 6, here ? STYLE_SELECTED : STYLE_NORMAL, "%u", r->neuron);
    canvas_text(c, row, a.col + 9, 8, r->group < p->groups ? palette_group(r->group) : STYLE_FAINT,
                r->group < p->groups ? p->group.name[r->group] : "-");
    neurons_point_name(p, r->best, name, sizeof name);
    canvas_text(c, row, a.col + 18, 9, STYLE_NORMAL, name);
    canvas_right(c, row, a.col + 27, 8, STYLE_NORMAL, number_fixed(r->p, 5).text);
    if (a.cols >= TABLE_WIDTH)
        canvas_rightf(c, row, a.col + 35, 8, STYLE_NORMAL, "%u/%u", r->patterns, p->points);
    int tests = draw_tests_width(app, a.cols);
    if (tests)
        draw_tests(app, c, row, a.col + TABLE_WIDTH, r);
    if (a.cols >= TABLE_WIDTH + tests + SETS_WIDTH + 1)
        draw_sets(app, c, row, a.col + 45 + tests, SETS_WIDTH - 1, r, "");
}

/*
 * The page of rows that holds the cursor, or the reason why the list is empty: the filter, or the
 * set.
 */
static void draw_table(const struct app *app, struct canvas *c, struct rect a)
{
    const struct neurons_state *s = neurons_state(app);
    size_t page = a.rows > 2 ? (size_t)a.rows - 1 : 1, top = s->grid.here / page * page;
    draw_head(app, c, a);
    for (size_t i = top; i < s->grid.count && i < top + page; i++)
        draw_row(app, c, a.row + 1 + (int)(i - top), a, i);
    if (!s->grid.count)
        canvas_text(c, a.row + 1, a.col + 2, a.cols - 2, STYLE_NORMAL,
                    s->rows ? "no match for the filter (Esc)" : "no neurons in this set");
}

/* One line: name, p, * above the baseline, interval where there is one, and a bar. */
static void draw_bar(const struct neurons_state *s, struct canvas *c, int row, struct rect a,
                     const char *name, double p, uint64_t hits, int64_t frames, double most,
                     enum style style)
{
    int col = a.col + NAME + NUMBER + 2;
    bool interval = a.cols >= NAME + NUMBER + INTERVAL + 2 + 8;
    canvas_text(c, row, a.col, NAME - 1, STYLE_NORMAL, name);
    canvas_right(c, row, a.col + NAME - 1, NUMBER, STYLE_NORMAL, number_fixed(p, 5).text);
    if (p > s->baseline)
        canvas_put(c, row, a.col + NAME + NUMBER - 1, STYLE_BEST, '*');
    if (interval && frames > 0) {
        struct wilson_interval w = wilson_interval(hits, (uint64_t)frames);
        canvas_textf(c, row, col - 1, INTERVAL, STYLE_FAINT, "%s-%s", number_fixed(w.low, 5).text,
                     number_fixed(w.high, 5).text);
    }
    col += interval ? INTERVAL : 0;
    if (most > 0)
        canvas_bar(c, row, col, a.col + a.cols - col, style, p / most);
}

/* The frames of the points of a group taken together; where frames are not known, their mean. */
static double group_share(const struct neurons_state *s, uint32_t group, uint64_t *hits,
                          int64_t *frames)
{
    const struct property *p = s->property;
    double sum = 0;
    uint32_t n = 0;
    *hits = 0;
    *frames = 0;
    for (uint32_t k = 0; k < p->points; k++)
        if (p->point[k].group == group) {
            *hits += s->hits[k];
            *frames += p->point[k].frames > 0 ? p->point[k].frames : 0;
            sum += s->p[k];
            n++;
        }
    if (*frames > 0)
        return (double)*hits / (double)*frames;
    return n ? sum / n : 0;
}

/*
 * p of the selected neuron: by group where there are at most MAX_GROUPS, then by point in
 * descending order, as far as there are rows. All bars have one scale: full width is the largest p
 * by point, or the baseline if that is larger.
 */
static void draw_bars(const struct app *app, struct canvas *c, struct rect a)
{
    const struct neurons_state *s = neurons_state(app);
    const struct property *p = s->property;
    const struct neuron_row *r = &s->row[s->looked];
    int row = a.row, end = a.row + a.rows;
    double most = fmax(s->p[s->order[0]], s->baseline);
    char name[128];
    canvas_textf(c, row++, a.col, a.cols, STYLE_STRONG, "Neuron %u, layer %u: p by %s", r->neuron,
                 s->of_layer + 1, p->name);
    int col = a.col + canvas_textf(c, row, a.col, a.cols, STYLE_FAINT, "baseline %s  ",
                                   number_fixed(s->baseline, 5).text);
    draw_sets(app, c, row++, col, a.col + a.cols - col, r, "in ");
    double q = neurons_q(app, r), stable = neurons_stable(app, r);
    if (!isnan(q) || !isnan(stable))
        canvas_textf(c, row++, a.col, a.cols, STYLE_FAINT, "q %s, stable %s", number_p(q).text,
                     isnan(stable) ? "-" : number_fixed(stable, 3).text);
    for (uint32_t g = 0; p->groups <= MAX_GROUPS && g < p->groups && row < end; g++) {
        uint64_t hits;
        int64_t frames;
        double share = group_share(s, g, &hits, &frames);
        draw_bar(s, c, row++, a, p->group.name[g], share, hits, frames, most, palette_group(g));
    }
    if (p->groups <= MAX_GROUPS && end - row > 6)
        row++;
    for (uint32_t k = 0; k < p->points && row < end; k++) {
        uint32_t i = s->order[k];
        neurons_point_name(p, i, name, sizeof name);
        draw_bar(s, c, row++, a, name, s->p[i], s->hits[i], p->point[i].frames, most,
                 palette_group(p->point[i].group));
    }
}

/*
 * List and bars next to each other where there is room for both, else the form that was chosen,
 * else the list. On wide screens the list has the column of other sets.
 */
void neurons_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct neurons_state *s = neurons_state(app);
    int tests = app_null_neurons(app) ? TESTS_WIDTH : 0, rest = GAP + BARS_MIN;
    int table = area.cols >= TABLE_WIDTH + tests + SETS_WIDTH + rest + 12
                    ? TABLE_WIDTH + tests + SETS_WIDTH + 1
                : area.cols >= TABLE_WIDTH + tests + rest ? TABLE_WIDTH + tests
                                                          : TABLE_WIDTH;
    if (s->why[0] || !s->property) {
        canvas_wrap(c, (struct rect){area.row + 1, 2, area.rows - 1, area.cols - 4}, STYLE_NORMAL,
                    s->why);
        return;
    }
    bool bars = s->have && s->grid.count && !s->table_only && s->property->points;
    if (bars && s->bars_only)
        draw_bars(app, c, area);
    else if (bars && area.cols >= TABLE_WIDTH + GAP + BARS_MIN) {
        draw_table(app, c, (struct rect){area.row, area.col, area.rows, table});
        draw_bars(
            app, c,
            (struct rect){area.row, area.col + table + GAP, area.rows, area.cols - table - GAP});
    } else
        draw_table(app, c, area);
}
