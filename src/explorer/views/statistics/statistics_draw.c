/*
 * Drawing the Statistics view: the list of statistics by layer, and the null's histogram of the row
 * at hand.
 */
#include "config.h"

#include "explorer/views/statistics/statistics_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

enum {
    LIST_WIDTH = 72,     /* all columns */
    WITHIN_WIDTH = 11,   /* "utterance", where labels are exchanged within several */
    WITHIN_SHORT = 6,    /* "speak.", "utt." */
    BESIDE_FROM = 120,   /* the histogram stands beside the list, not below it */
    HISTOGRAM_ROWS = 8,  /* below the list, with its title */
    HISTOGRAM_FROM = 16, /* rows of the view: there is a histogram below the list */
    HISTOGRAM_MOST = 24  /* rows: more say nothing more */
};

/* A column of the list, in its order on the screen. */
struct statistics_cell {
    unsigned column;
    int width, narrow; /* narrow: in less than LIST_WIDTH columns; 0: it is not there */
};

static const struct statistics_cell cells[] = {
    {STATISTICS_OBSERVED, 9, 8}, {STATISTICS_EXPECTED, 9, 9}, {STATISTICS_LOW, 9, 0},
    {STATISTICS_HIGH, 9, 0},     {STATISTICS_P, 8, 7},        {STATISTICS_P_MAX, 8, 0}};

enum { CELLS = sizeof cells / sizeof cells[0], NAME_WIDTH = 11 };

static int statistics_width(const struct statistics_cell *cell, int cols)
{
    return cols < LIST_WIDTH ? cell->narrow : cell->width;
}

/* Where the layer ends and the name begins. */
static int statistics_layer_end(int cols)
{
    return cols < LIST_WIDTH ? 3 : 7;
}

static int statistics_name(int cols)
{
    return statistics_layer_end(cols) + (cols < LIST_WIDTH ? 1 : 2);
}

/* Room for what labels of a row are exchanged within, right of the other columns; 0: there is one
 * kind of rows. */
static int statistics_within(const struct nulls_answer *answer, int cols)
{
    int room = cols - LIST_WIDTH - 1;
    return answer->part[2].rows && room >= WITHIN_SHORT ? room : 0;
}

/* "speaker" of "speaker x phone", whose rows share the phone, shortened to fit COLS. */
static void statistics_draw_within(struct canvas *c, int row, int col, int cols, const char *strata)
{
    int n = (int)strcspn(strata, " ");
    bool utterance = strncmp(strata, "utterance", (size_t)n) == 0;
    if (n <= cols)
        canvas_textf(c, row, col, cols, STYLE_FAINT, "%.*s", n, strata);
    else
        canvas_text(c, row, col, cols, STYLE_FAINT, utterance ? "utt." : strata);
}

/* "gender: all 630 labelings, speakers exchanged within engine"; or why there are none. */
static void statistics_draw_head(const struct app *app, struct canvas *c, struct rect a)
{
    const struct nulls_answer *answer = app_null(app, app->at.property);
    const struct null_result *n = &answer->part[0];
    struct buf line = BUF_INIT;
    buf_printf(&line, "%s: ", app_property(app));
    if (n->why[0])
        buf_printf(&line, "no p: %s", engine_without_path(&app_file(app)->counts, n->why));
    else if (!answer->final[0])
        buf_printf(&line, "provisional (~), %llu of ", (unsigned long long)n->draws);
    else if (n->enumerated)
        buf_str(&line, "all ");
    if (!n->why[0])
        buf_printf(&line, "%llu labelings, %s exchanged", (unsigned long long)answer->draws[0],
                   exchange_name(n->kind));
    if (!n->why[0] && strcmp(n->strata, "none") != 0)
        buf_printf(&line, " within %s", n->strata);
    if (answer->part[2].rows)
        buf_printf(&line, ", and within %s", answer->part[2].strata);
    canvas_text(c, a.row, a.col, a.cols,
                answer->final[0] && !n->why[0] ? STYLE_STRONG : STYLE_ALERT, buf_text(&line));
    buf_free(&line);
}

static void statistics_draw_titles(const struct statistics_state *s, struct canvas *c,
                                   struct rect a, int within)
{
    int col = a.col + statistics_name(a.cols);
    char text[32];
    for (unsigned k = STATISTICS_LAYER; k <= STATISTICS_NAME; k++) {
        enum style style = s->grid.sort == (int)k + 1 ? STYLE_STRONG : STYLE_FAINT;
        const char *title = grid_title(&s->grid, k, text, sizeof text);
        if (k == STATISTICS_NAME)
            canvas_text(c, a.row, col, NAME_WIDTH, style, title);
        else if (a.cols >= LIST_WIDTH)
            canvas_right(c, a.row, a.col, statistics_layer_end(a.cols), style, title);
    }
    col += NAME_WIDTH;
    for (size_t i = 0; i < CELLS; i++) {
        int w = statistics_width(&cells[i], a.cols);
        if (w)
            canvas_right(c, a.row, col, w,
                         s->grid.sort == (int)cells[i].column + 1 ? STYLE_STRONG : STYLE_FAINT,
                         grid_title(&s->grid, cells[i].column, text, sizeof text));
        col += w;
    }
    if (within)
        canvas_text(c, a.row, col + 1, within,
                    s->grid.sort == STATISTICS_STRATA + 1 ? STYLE_STRONG : STYLE_FAINT,
                    grid_title(&s->grid, STATISTICS_STRATA, text, sizeof text));
}

/* One number of ROW as text. */
static struct number statistics_number(const struct null_row *row, unsigned column)
{
    const struct summary *s = &row->summary;
    int places = statistics_places(row->statistic);
    double v = column == STATISTICS_OBSERVED   ? s->observed
               : column == STATISTICS_EXPECTED ? s->mean
               : column == STATISTICS_LOW      ? s->low
               : column == STATISTICS_HIGH     ? s->high
               : column == STATISTICS_P        ? s->p
                                               : s->p_max;
    if (column == STATISTICS_P || column == STATISTICS_P_MAX || isnan(v))
        return number_p(v);
    return number_fixed(v, places ? places : column == STATISTICS_EXPECTED);
}

static void statistics_draw_row(const struct app *app, struct canvas *c, int row, struct rect a,
                                uint32_t of, bool here)
{
    const struct nulls_answer *answer = app_null(app, app->at.property);
    const struct null_row *r = nulls_row(answer, of);
    int col = a.col + statistics_name(a.cols), end = statistics_layer_end(a.cols);
    int part = nulls_part(answer, of);
    bool final = answer->final[part];
    if (here) {
        canvas_glyph(c, row, a.col, STYLE_STRONG, GLYPH_POINTER);
        c->cursor_row = row;
        c->cursor_col = a.col;
    }
    canvas_rightf(c, row, a.col + 1, end - 1, here ? STYLE_SELECTED : STYLE_NORMAL, "%u",
                  r->layer + 1);
    canvas_text(c, row, col, NAME_WIDTH, STYLE_NORMAL, r->statistic->name);
    col += NAME_WIDTH;
    for (size_t i = 0; i < CELLS; i++) {
        bool p = cells[i].column == STATISTICS_P || cells[i].column == STATISTICS_P_MAX;
        int w = statistics_width(&cells[i], a.cols);
        if (!w)
            continue;
        canvas_right(c, row, col, w,
                     p || cells[i].column == STATISTICS_OBSERVED ? STYLE_NORMAL : STYLE_FAINT,
                     statistics_number(r, cells[i].column).text);
        col += w;
        if (p && !final)
            canvas_put(c, row, col, STYLE_ALERT, '~');
    }
    int within = statistics_within(answer, a.cols);
    if (within)
        statistics_draw_within(c, row, col + 1, within, answer->part[part].strata);
}

/* What is exchanged, then the page of rows that holds the cursor. */
static void statistics_draw_list(const struct app *app, struct canvas *c, struct rect a)
{
    const struct statistics_state *s = statistics_state(app);
    const struct grid *g = &s->grid;
    size_t page = a.rows > 3 ? (size_t)a.rows - 2 : 1, top = g->here / page * page;
    statistics_draw_head(app, c, a);
    statistics_draw_titles(s, c, (struct rect){a.row + 1, a.col, 1, a.cols},
                           statistics_within(app_null(app, app->at.property), a.cols));
    for (size_t i = top; i < g->count && i < top + page; i++)
        statistics_draw_row(app, c, a.row + 2 + (int)(i - top), a, g->shown[i], i == g->here);
}

/* "size, layer 3" over the histogram of its null. */
static void statistics_draw_histogram(const struct app *app, struct canvas *c, struct rect a)
{
    const struct null_row *row = statistics_row(app, statistics_state(app)->looked);
    const struct nulls_answer *answer = app_null(app, app->at.property);
    char text[64];
    if (!row || c->plain)
        return;
    const struct null_result *n =
        row->statistic == &statistic_silhouette ? &answer->part[1] : &answer->part[0];
    if (n->why[0]) {
        canvas_wrap(c, a, STYLE_NORMAL, engine_without_path(&app_file(app)->counts, n->why));
        return;
    }
    a.rows = a.rows > HISTOGRAM_MOST ? HISTOGRAM_MOST : a.rows;
    canvas_textf(c, a.row, a.col, a.cols, STYLE_STRONG, "%s in layer %u, %llu labelings",
                 row->statistic->name, row->layer + 1, (unsigned long long)n->draws);
    snprintf(text, sizeof text, "observed %s",
             number_fixed(row->summary.observed, statistics_places(row->statistic)).text);
    plot_histogram(c, (struct rect){a.row + 1, a.col, a.rows - 1, a.cols}, row->value,
                   (size_t)n->draws, row->summary.observed, text, row->statistic->unit[0] != '\0');
}

/*
 * The reason where there is nothing; else the list, with the histogram beside it on wide screens,
 * below it on high ones; on small ones the form shows either.
 */
void statistics_render(const struct app *app, struct canvas *c, struct rect area)
{
    const struct statistics_state *s = statistics_state(app);
    const struct nulls_answer *answer = app_null(app, app->at.property);
    const char *why = statistics_why(app);
    if (*why) {
        canvas_wrap(c, (struct rect){area.row + 1, 2, area.rows - 1, area.cols - 4},
                    answer && answer->code ? STYLE_ALERT : STYLE_NORMAL, why);
        return;
    }
    if (s->form == STATISTICS_HISTOGRAM && !c->plain) {
        statistics_draw_histogram(app, c, area);
    } else if (area.cols >= BESIDE_FROM) {
        int list = LIST_WIDTH + (answer->part[2].rows ? WITHIN_WIDTH : 0);
        statistics_draw_list(app, c, (struct rect){area.row, 0, area.rows, list});
        statistics_draw_histogram(
            app, c, (struct rect){area.row, list + 4, area.rows, area.cols - list - 5});
    } else if (area.rows >= HISTOGRAM_FROM && !c->plain) {
        int rows = area.rows - HISTOGRAM_ROWS - 1;
        statistics_draw_list(app, c, (struct rect){area.row, 0, rows, area.cols});
        statistics_draw_histogram(
            app, c, (struct rect){area.row + rows + 1, 2, HISTOGRAM_ROWS, area.cols - 4});
    } else
        statistics_draw_list(app, c, area);
}
