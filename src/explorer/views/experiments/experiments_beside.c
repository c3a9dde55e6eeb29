/*
 * Two experiments side by side: which rows and columns they share, and the difference of each
 * cell.
 */
#include "config.h"

#include "base/number.h"
#include "base/ties.h"
#include "explorer/views/experiments/experiments_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns: a number, and the most and the least of the labels at the left. */
enum { CELL = 12, LABEL = 34, LABEL_LEAST = 14 };

bool experiments_beside(const struct jobs *j, size_t here, struct beside *b)
{
    *b = (struct beside){.count = 0};
    if (here >= j->count || !j->job[here].beside)
        return false;
    for (unsigned n = 1; n <= EXPERIMENTS_BESIDE; n++)
        for (size_t i = 0; i < j->count; i++) {
            const struct experiment *x = &j->job[i].x;
            if (j->job[i].beside == n && x->kind == j->job[here].x.kind && x->measures &&
                x->columns && b->count < EXPERIMENTS_BESIDE) {
                b->letter[b->count] = (char)('A' + n - 1);
                b->x[b->count++] = x;
            }
        }
    return b->count > 1;
}

bool experiments_put_beside(struct jobs *j, size_t here)
{
    bool taken[EXPERIMENTS_BESIDE + 1] = {false};
    unsigned n = 1;
    if (j->job[here].beside) {
        j->job[here].beside = 0;
        return true;
    }
    for (size_t i = 0; i < j->count; i++)
        taken[j->job[i].beside] = true;
    while (n <= EXPERIMENTS_BESIDE && taken[n])
        n++;
    if (n > EXPERIMENTS_BESIDE)
        return false;
    j->job[here].beside = n;
    return true;
}

uint32_t beside_row(const struct experiment *x, const char *name)
{
    for (uint32_t r = 0; r < x->rows; r++)
        if (strcmp(x->row[r].name, name) == 0)
            return r;
    return EXPERIMENT_NOTHING;
}

uint32_t beside_column(const struct experiment *x, const char *name)
{
    for (uint32_t k = 0; k < x->columns; k++)
        if (strcmp(x->column[k], name) == 0)
            return k;
    return EXPERIMENT_NOTHING;
}

uint32_t beside_point(const struct experiment *x, double share)
{
    for (uint32_t p = 0; p < x->points; p++)
        if (x->point[p] == share)
            return p;
    return EXPERIMENT_NOTHING;
}

static uint32_t measure_of(const struct experiment *x, const char *name)
{
    for (uint32_t m = 0; m < x->measures; m++)
        if (strcmp(x->measure[m], name) == 0)
            return m;
    return EXPERIMENT_NOTHING;
}

/* True if one before number I has the row NAME, and COLUMN if it is not NULL. */
static bool experiments_beside_had(const struct beside *b, size_t i, const char *name,
                                   const char *column)
{
    for (size_t k = 0; k < i; k++)
        if (beside_row(b->x[k], name) != EXPERIMENT_NOTHING &&
            (!column || beside_column(b->x[k], column) != EXPERIMENT_NOTHING))
            return true;
    return false;
}

bool beside_line(const struct beside *b, size_t n, struct beside_line *l)
{
    for (size_t i = 0; i < b->count; i++)
        for (uint32_t r = 0; r < b->x[i]->rows; r++)
            for (uint32_t k = 0; k < b->x[i]->columns; k++) {
                *l = (struct beside_line){b->x[i]->row[r].name, b->x[i]->column[k]};
                if (!experiments_beside_had(b, i, l->row, l->column) && n-- == 0)
                    return true;
            }
    return false;
}

const char *beside_row_name(const struct beside *b, size_t n)
{
    for (size_t i = 0; i < b->count; i++)
        for (uint32_t r = 0; r < b->x[i]->rows; r++)
            if (!experiments_beside_had(b, i, b->x[i]->row[r].name, NULL) && n-- == 0)
                return b->x[i]->row[r].name;
    return NULL;
}

static int experiments_beside_ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

size_t beside_points(const struct beside *b, double *share, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < b->count; i++)
        for (uint32_t p = 0; p < b->x[i]->points && count < most; p++) {
            bool known = false;
            for (size_t k = 0; k < i; k++)
                known |= beside_point(b->x[k], b->x[i]->point[p]) != EXPERIMENT_NOTHING;
            if (!known)
                share[count++] = b->x[i]->point[p];
        }
    if (b->count > 1 && count)
        qsort(share, count, sizeof *share, experiments_beside_ascending);
    return count;
}

/* True if SETTINGS have the LINE of N bytes. */
static bool has_line(const char *settings, const char *line, size_t n)
{
    for (const char *s = settings; *s;) {
        size_t m = strcspn(s, "\n");
        if (m == n && memcmp(s, line, n) == 0)
            return true;
        s += m + (s[m] == '\n');
    }
    return false;
}

/* "--sigma: 0.20000000000000001" for people; what follows from other lines is left out. */
static int draw_setting(struct canvas *c, int row, int col, const char *line, size_t n)
{
    char text[200], *end;
    int key = (int)strcspn(line, ":");
    snprintf(text, sizeof text, "%.*s", (int)n, line);
    if (strncmp(text, "neurons:", 8) == 0 || (size_t)key + 2 > strlen(text))
        return 0;
    const char *value = text + key + 2;
    double number = strtod(value, &end);
    if (strchr(value, '.') && !*end)
        return canvas_textf(c, row, col, c->cols - col, STYLE_NORMAL, "  %.*s %s", key, text,
                            number_short(number, 10).text);
    return canvas_textf(c, row, col, c->cols - col, STYLE_NORMAL, "  %.*s %s", key, text,
                        *value ? value : "none");
}

/* Which letter is which, and in what settings they differ; rows used. */
static int draw_key(const struct beside *b, struct canvas *c, struct rect a)
{
    int row = a.row;
    for (size_t i = 0; i < b->count && row < a.row + a.rows; i++, row++) {
        const char *settings = b->x[i]->settings ? b->x[i]->settings : "";
        int col =
            canvas_textf(c, row, 0, c->cols, STYLE_STRONG, "%c %s", b->letter[i], b->x[i]->title);
        for (const char *s = settings; *s;) {
            size_t n = strcspn(s, "\n");
            bool same = true;
            for (size_t k = 0; k < b->count; k++)
                same &= has_line(b->x[k]->settings ? b->x[k]->settings : "", s, n);
            if (!same && col < c->cols - 4)
                col += draw_setting(c, row, col, s, n);
            s += n + (s[n] == '\n');
        }
    }
    return row - a.row;
}

/* What is drawn in one line of a table, for all experiments. */
struct cells {
    const struct beside *b;
    const char *measure;
    enum experiment_quantity q;
    int label;
};

/*
 * One number, or "-" where it is not known. SIGN not empty: a change, with its sign and the MARK of
 * its place among the controls in a column of its own.
 */
static void draw_cell(const struct cells *t, struct canvas *c, int row, size_t i, double v,
                      const char *sign, const char *mark)
{
    int col = t->label + (int)i * CELL;
    if (isnan(v))
        canvas_right(c, row, col, CELL - 1, STYLE_FAINT, "-");
    else if (*sign)
        canvas_rightf(c, row, col, CELL, *mark == ' ' ? STYLE_NORMAL : STYLE_BEST, "%s%s",
                      number_signed(experiments_scale(t->q) * v, experiments_digits(t->q)).text,
                      mark);
    else
        canvas_right(c, row, col, CELL - 1, STYLE_NORMAL,
                     number_fixed(experiments_scale(t->q) * v, experiments_digits(t->q)).text);
}

/* The model as it is, in COLUMN. */
static void draw_plain(const struct cells *t, struct canvas *c, int row, const char *column)
{
    canvas_textf(c, row, 0, t->label, STYLE_NORMAL, "nothing: %s", experiments_column(column));
    for (size_t i = 0; i < t->b->count; i++) {
        const struct experiment *x = t->b->x[i];
        uint32_t k = beside_column(x, column), m = measure_of(x, t->measure);
        bool known = k != EXPERIMENT_NOTHING && m != EXPERIMENT_NOTHING && x->is_done[0];
        draw_cell(t, c, row, i, known ? experiment_value(&experiment_cells(x, 0, m)[k], t->q) : NAN,
                  "", " ");
    }
}

/*
 * A set erased and a group measured: the change in each experiment, * above the interval of its
 * controls, - below. Every experiment is compared with controls of its own.
 */
static void draw_line(const struct cells *t, struct canvas *c, int row, const struct beside_line *l)
{
    canvas_textf(c, row, 0, t->label, STYLE_NORMAL, "%s: %s", l->row,
                 experiments_column(l->column));
    for (size_t i = 0; i < t->b->count; i++) {
        const struct experiment *x = t->b->x[i];
        uint32_t r = beside_row(x, l->row), k = beside_column(x, l->column);
        uint32_t m = measure_of(x, t->measure);
        struct experiment_change v = {.change = NAN};
        if (r != EXPERIMENT_NOTHING && k != EXPERIMENT_NOTHING && m != EXPERIMENT_NOTHING)
            v = experiment_changed(x, r, m, k, t->q, CONFIDENCE);
        draw_cell(t, c, row, i, v.change, "+",
                  ties_above(v.change, v.controls.high)  ? "*"
                  : ties_above(v.controls.low, v.change) ? "-"
                                                         : " ");
    }
}

static void draw_heading(const struct cells *t, struct canvas *c, int row, const char *left)
{
    canvas_text(c, row, 0, t->label, STYLE_HEADING, left);
    for (size_t i = 0; i < t->b->count; i++)
        canvas_rightf(c, row, t->label + (int)i * CELL, CELL - 1, STYLE_HEADING, "%c",
                      t->b->letter[i]);
}

/* Changes of one measure, a line for each set and group; rows used. */
static int draw_changes(const struct cells *t, struct canvas *c, struct rect a)
{
    struct beside_line l;
    int row = a.row, end = a.row + a.rows;
    const struct experiment *first = t->b->x[0];
    canvas_textf(c, row++, 0, c->cols, STYLE_STRONG, "%s: %s, then its change%s", t->measure,
                 t->q == EXPERIMENT_ERROR ? "error in %" : experiment_loss_name(first),
                 t->q == EXPERIMENT_ERROR ? " in points" : "");
    draw_heading(t, c, row++, "erased: measured");
    for (uint32_t k = 0; k < first->columns && row < end; k++)
        draw_plain(t, c, row++, first->column[k]);
    for (size_t n = 0; row < end && beside_line(t->b, n, &l); n++)
        draw_line(t, c, row++, &l);
    return row - a.row;
}

/*
 * Curves as numbers: a line for each curve and share that any of the experiments has, a column for
 * each experiment. Values are means over the draws; what an experiment did not measure is NAN and
 * shows as "-".
 */
static void draw_points(const struct cells *t, struct canvas *c, struct rect a)
{
    double share[100];
    size_t points = beside_points(t->b, share, sizeof share / sizeof share[0]);
    int row = a.row, end = a.row + a.rows;
    const char *name;
    canvas_textf(c, row++, 0, c->cols, STYLE_STRONG, "%s: error in %% by the share of neurons kept",
                 t->measure);
    draw_heading(t, c, row++, "curve: kept");
    for (size_t n = 0; row < end && (name = beside_row_name(t->b, n)); n++)
        for (size_t p = 0; p < points && row < end; p++, row++) {
            canvas_textf(c, row, 0, t->label, STYLE_NORMAL, "%s: %s%%", name,
                         number_short(100 * share[p], 4).text);
            for (size_t i = 0; i < t->b->count; i++) {
                const struct experiment *x = t->b->x[i];
                uint32_t r = beside_row(x, name), at = beside_point(x, share[p]);
                bool known = r != EXPERIMENT_NOTHING && at != EXPERIMENT_NOTHING;
                draw_cell(t, c, row, i,
                          known ? experiment_at(x, r, at, 0, 0, t->q, CONFIDENCE).mean : NAN, "",
                          " ");
            }
        }
}

/*
 * The key of letters, then the plot or the table. Labels take what the columns of numbers leave,
 * from LABEL_LEAST to LABEL. Tables repeat for every measure of the first experiment and every
 * quantity that it has measured.
 */
void experiments_draw_beside(const struct beside *b, int shape, struct canvas *c, struct rect area)
{
    int used = draw_key(b, c, area) + (area.rows > 12);
    struct rect below = {area.row + used, area.col, area.rows - used, area.cols};
    int label = c->cols - (int)b->count * CELL;
    struct cells t = {b, b->x[0]->measure[0], EXPERIMENT_ERROR,
                      label > LABEL         ? LABEL
                      : label < LABEL_LEAST ? LABEL_LEAST
                                            : label};
    if (below.rows < 3)
        return;
    if (shape == EXPERIMENTS_PLOT)
        experiments_plot(b, c, below);
    else if (b->x[0]->kind == EXPERIMENT_CURVE)
        draw_points(&t, c, below);
    else
        for (uint32_t m = 0; m < b->x[0]->measures; m++)
            for (int q = EXPERIMENT_ERROR; q <= EXPERIMENT_LOSS && below.rows > 3; q++) {
                t.measure = b->x[0]->measure[m];
                t.q = (enum experiment_quantity)q;
                if (b->x[0]->is_done[0] && !experiment_measured(b->x[0], m, t.q))
                    continue;
                int rows = draw_changes(&t, c, below) + 1;
                below.row += rows;
                below.rows -= rows;
            }
}
